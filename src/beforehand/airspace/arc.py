"""A piece of a great circle, and where along it one is near a point or near another piece.

Lengths and distances are angles in radians, points are of length 1; a place along an arc is the angle from its start. What is
computed is exact but for what doubles round off, some nanometres on the ground, except where an arc runs along what
it comes near: there nanometres aside are metres along.
"""

from collections.abc import Callable, Iterable
from math import asin, atan2, cos, hypot, pi, sin, sqrt

from beforehand.airspace.outline import Vector

#: From where to where along an arc.
Span = tuple[float, float]

# Points nearer than this (6 um) are one; directions from one to the other mean nothing.
_SAME = 1e-12
_FULL_TURN = 2 * pi
# By so much (6 um) a point may lie beyond the end of an arc and still count as beside it.
_BESIDE = 1e-12
#: By so much (0.6 mm) a span may lie too far away in its middle: distances by S2 are less exact than bounds of spans.
UNSURE = 1e-10


class Arc:
    """The shortest way from one point to another, which must not lie on the other side of the globe."""

    __slots__ = ("end", "length", "normal", "onward", "start")

    def __init__(self, start: Vector, end: Vector) -> None:
        self.start, self.end = start, end
        ux, uy, uz = start
        vx, vy, vz = end
        # start x end, computed as (end + start) x (end - start) / 2, which stays exact for short arcs.
        dx, dy, dz, sx, sy, sz = vx - ux, vy - uy, vz - uz, vx + ux, vy + uy, vz + uz
        nx, ny, nz = (sy * dz - sz * dy) / 2, (sz * dx - sx * dz) / 2, (sx * dy - sy * dx) / 2
        size = sqrt(nx * nx + ny * ny + nz * nz)
        if size < _SAME:
            self.length = 0.0
            # Any direction will do.
            nx, ny, nz = (uy, -ux, 0.0) if abs(uz) < 0.8 else (0.0, uz, -uy)
            size = sqrt(nx * nx + ny * ny + nz * nz)
        else:
            self.length = atan2(size, ux * vx + uy * vy + uz * vz)
        nx, ny, nz = nx / size, ny / size, nz / size
        #: To the left of travel.
        self.normal: Vector = (nx, ny, nz)
        #: The direction of travel at the start.
        self.onward: Vector = (ny * uz - nz * uy, nz * ux - nx * uz, nx * uy - ny * ux)

    def at(self, angle: float) -> Vector:
        """The point at an angle from the start."""
        (ux, uy, uz), (wx, wy, wz) = self.start, self.onward
        c, s = cos(angle), sin(angle)
        return ux * c + wx * s, uy * c + wy * s, uz * c + wz * s

    def along(self, point: Vector) -> float:
        """How far along the great circle a point is, from -pi to pi."""
        x, y, z = point
        (ux, uy, uz), (wx, wy, wz) = self.start, self.onward
        return atan2(x * wx + y * wy + z * wz, x * ux + y * uy + z * uz)

    def away(self, point: Vector) -> float:
        """The distance of a point from the arc."""
        return self.away_between(point, 0.0, self.length)

    def away_between(self, point: Vector, start: float, end: float) -> float:
        """The distance of a point from what lies between two angles along the arc."""
        x, y, z = point
        (ux, uy, uz), (wx, wy, wz), (nx, ny, nz) = self.start, self.onward, self.normal
        c, s = x * ux + y * uy + z * uz, x * wx + y * wy + z * wz
        if start <= atan2(s, c) <= end:
            return atan2(abs(x * nx + y * ny + z * nz), hypot(c, s))
        return min(angle_between(point, self.at(start)), angle_between(point, self.at(end)))

    def near_point(self, point: Vector, reach: float) -> list[Span]:
        """Where the arc is within reach (less than a quarter round the globe) of a point: at most two spans."""
        x, y, z = point
        nx, ny, nz = self.normal
        aside = abs(x * nx + y * ny + z * nz)
        if aside > sin(reach):
            return []
        aside = asin(aside)
        half = 2 * asin(min(1.0, sqrt(max(0.0, sin((reach + aside) / 2) * sin((reach - aside) / 2) / cos(aside)))))
        middle = self.along(point)
        return [
            (max(0.0, low), min(self.length, low + 2 * half))
            for low in (middle - half, middle - half + _FULL_TURN)
            if low <= self.length and low + 2 * half >= 0
        ]

    def beside(self, other: "Arc", reach: float) -> list[float]:
        """Where the arc is exactly at a distance from points of another that are not its ends."""
        if other.length == 0:
            return []
        (ux, uy, uz), (wx, wy, wz), (mx, my, mz) = self.start, self.onward, other.normal
        c, s = ux * mx + uy * my + uz * mz, wx * mx + wy * my + wz * mz
        steep, height = hypot(c, s), sin(reach)
        if steep < height:
            return []
        top = atan2(s, c)
        across = sqrt((steep - height) * (steep + height))
        found = []
        for half in (atan2(across, height), atan2(across, -height)):
            for angle in (top - half, top + half):
                angle %= _FULL_TURN
                if angle <= self.length and -_BESIDE <= other.along(self.at(angle)) <= other.length + _BESIDE:
                    found.append(angle)
        return found

    def near_arc(self, other: "Arc", reach: float) -> list[Span]:
        """Where the arc is within reach of another."""
        bounds = self.beside(other, reach)
        for end in (other.start, other.end):
            for span in self.near_point(end, reach):
                bounds += span
        return self.spans(bounds, lambda point: other.away(point) <= reach + UNSURE)

    def spans(self, bounds: Iterable[float], is_near: Callable[[Vector], bool]) -> list[Span]:
        """The spans that are near, of those into which bounds divide the arc; each is judged by its middle."""
        found: list[Span] = []
        before = 0.0
        for bound in [*sorted(bounds), self.length]:
            if (bound > before or not self.length) and is_near(self.at((before + bound) / 2)):
                if found and found[-1][1] == before:
                    found[-1] = (found[-1][0], bound)
                else:
                    found.append((before, bound))
            before = bound
        return found

    def away_from_arc(self, other: "Arc") -> float:
        """The distance between two arcs; 0 if they cross."""
        mine = [other.away(self.start), other.away(self.end)]
        least = min(mine[0], mine[1], self.away(other.start), self.away(other.end))
        return 0.0 if least and _cross(self, other) else least


def angle_between(a: Vector, b: Vector) -> float:
    """The angle between two points."""
    dx, dy, dz = a[0] - b[0], a[1] - b[1], a[2] - b[2]
    return 2 * asin(min(1.0, sqrt(dx * dx + dy * dy + dz * dz) / 2))


def _cross(a: Arc, b: Arc) -> bool:
    """Whether the ends of each lie on different sides of the other, the same way round."""
    ends = [_height(b, a.start), _height(b, a.end), _height(a, b.start), _height(a, b.end)]
    if ends[0] * ends[1] > 0 or ends[2] * ends[3] > 0:
        return False
    (nx, ny, nz), (mx, my, mz) = a.normal, b.normal
    meeting = (ny * mz - nz * my, nz * mx - nx * mz, nx * my - ny * mx)
    size = sqrt(meeting[0] ** 2 + meeting[1] ** 2 + meeting[2] ** 2)
    if size == 0:
        return False
    for sign in (1 / size, -1 / size):
        point = (meeting[0] * sign, meeting[1] * sign, meeting[2] * sign)
        if 0 <= a.along(point) <= a.length and 0 <= b.along(point) <= b.length:
            return True
    return False


def _height(arc: Arc, point: Vector) -> float:
    return arc.normal[0] * point[0] + arc.normal[1] * point[1] + arc.normal[2] * point[2]
