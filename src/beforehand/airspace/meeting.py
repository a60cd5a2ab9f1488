"""Do two volumes meet, where and when, and how far apart are two outlines? Exact shapes, not cells.

Outlines are grown by 2 cm each, as for coverings, so that rounding never hides a meeting. Touching counts as meeting,
in place, height and time alike; a bound that is ``None`` is unbounded, and so is a volume without outline.
"""

from math import asin, floor, pi, sqrt

import msgspec
from s2geometry import S2Loop, S2Point, S2Point_FromRaw

from beforehand.airspace.border import GROWTH_MM
from beforehand.airspace.outline import EARTH_RADIUS_M, Vector, centre, sound
from beforehand.airspace.volume import Outline, Polygon, Volume

_RADIUS_MM = 1000 * EARTH_RADIUS_M
# Grown outlines whose distance is below one millimetre meet; this is how far the outlines themselves then are apart.
_NEAR_MM = 2 * GROWTH_MM + 1
# Half of it is added to the reach of each of two outlines, and far more than a double rounds off.
_HALF_NEAR = _NEAR_MM / 2 / _RADIUS_MM + 1e-12
_HALF_WAY_ROUND_MM = pi * _RADIUS_MM
# Caps that reach a quarter round the globe no longer hold every edge between points that they hold.
_QUARTER_CHORD = 1.41
_EVERYWHERE = 4.0


class Meeting(msgspec.Struct, frozen=True, gc=False):
    """The band and window that two volumes share, bounds inclusive."""

    lower_mm: int | None
    upper_mm: int | None
    start_us: int | None
    end_us: int | None


class Prepared:
    """An outline made ready to be held against many others.

    Where the caps that bound two outlines are apart, ``meets`` costs well under a microsecond.
    Raises ``OutlineError`` as ``cells.cover`` does, except for a number of cells.
    """

    __slots__ = ("_angle", "_loop", "_points", "_reach", "_vertices", "_x", "_y", "_z")

    def __init__(self, outline: Outline) -> None:
        self._loop: S2Loop | None = None
        self._points: list[Vector] = []
        self._vertices: list[S2Point] | None = None
        self._angle = 0.0
        if isinstance(outline, Polygon):
            self._points, self._loop = sound(outline)
            middle, reach = _bounding_cap(self._points)
            self._reach = reach + _HALF_NEAR
        else:
            # A chord is shorter than its arc, so that the angle may stand for it.
            middle, self._angle = centre(outline)
            self._reach = self._angle + _HALF_NEAR
        self._x, self._y, self._z = middle

    def meets(self, other: "Prepared") -> bool:
        """Do the two outlines share a place? The same as ``clearance_mm(other) == 0``, but faster."""
        dx, dy, dz = self._x - other._x, self._y - other._y, self._z - other._z
        reach = self._reach + other._reach
        return dx * dx + dy * dy + dz * dz <= reach * reach and self._distance(other, _NEAR_MM) < _NEAR_MM

    def clearance_mm(self, other: "Prepared") -> int:
        """The least distance between the two grown outlines along the sphere, rounded down; 0 if they meet."""
        return max(0, floor(self._distance(other, 0.0)) - 2 * GROWTH_MM)

    def _distance(self, other: "Prepared", enough: float) -> float:
        """Millimetres between the outlines as they are, at least 0; any number below ``enough`` may stand for another."""
        if self._loop is None:
            if other._loop is None:
                chord = sqrt((self._x - other._x) ** 2 + (self._y - other._y) ** 2 + (self._z - other._z) ** 2)
                return max(0.0, 2 * asin(min(1.0, chord / 2)) - self._angle - other._angle) * _RADIUS_MM
            return other._distance(self, enough)
        if other._loop is None:
            to_centre: float = self._loop.GetDistance(S2Point_FromRaw(other._x, other._y, other._z)).radians()
            return max(0.0, to_centre - other._angle) * _RADIUS_MM
        if self._loop.Intersects(other._loop):
            return 0.0
        # Of two outlines that do not meet, a corner of one or the other is nearest.
        least: float = _HALF_WAY_ROUND_MM
        for loop, vertices in ((self._loop, other._corners()), (other._loop, self._corners())):
            for vertex in vertices:
                apart: float = loop.GetDistance(vertex).radians() * _RADIUS_MM
                least = min(least, apart)
                if least < enough:
                    return least
        return least

    def _corners(self) -> list[S2Point]:
        if self._vertices is None:
            self._vertices = [S2Point_FromRaw(x, y, z) for x, y, z in self._points]
        return self._vertices


def clearance_mm(a: Outline, b: Outline) -> int:
    """The least distance in millimetres between two outlines grown by 2 cm each, rounded down; 0 if they meet.

    What exact arithmetic gives on the rounded outlines, to within 1 mm. Raises ``OutlineError`` as ``Prepared``.
    """
    return Prepared(a).clearance_mm(Prepared(b))


def overlap(a: Volume, b: Volume) -> Meeting | None:
    """The band and window that two volumes share, wherever their outlines are; ``None`` if there is none."""
    lower, upper = _later(a.lower_mm, b.lower_mm), _sooner(a.upper_mm, b.upper_mm)
    if lower is not None and upper is not None and lower > upper:
        return None
    start, end = _later(a.start_us, b.start_us), _sooner(a.end_us, b.end_us)
    if start is not None and end is not None and start > end:
        return None
    return Meeting(lower, upper, start, end)


def meeting(a: Volume, b: Volume) -> Meeting | None:
    """The band and window in which two volumes meet, or ``None``. Raises ``OutlineError`` as ``Prepared``."""
    shared = overlap(a, b)
    if shared is None or a.outline is None or b.outline is None:
        return shared
    return shared if Prepared(a.outline).meets(Prepared(b.outline)) else None


def meets(a: Volume, b: Volume) -> bool:
    """Do two volumes share a point of space and time? Raises ``OutlineError`` as ``Prepared``."""
    return meeting(a, b) is not None


def _bounding_cap(points: list[Vector]) -> tuple[Vector, float]:
    """A point of the sphere and a chord within which every point of the polygon lies."""
    x, y, z = sum(p[0] for p in points), sum(p[1] for p in points), sum(p[2] for p in points)
    length = sqrt(x * x + y * y + z * z)
    if length == 0:
        return points[0], _EVERYWHERE
    x, y, z = x / length, y / length, z / length
    reach = sqrt(max((x - p[0]) ** 2 + (y - p[1]) ** 2 + (z - p[2]) ** 2 for p in points))
    return (x, y, z), reach if reach < _QUARTER_CHORD else _EVERYWHERE


def _later(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else max(a, b)


def _sooner(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else min(a, b)
