"""Does an area that was read back agree with the one that was told (H5.3)? Outlines as they are, not grown.

Given as centre and extent, it must be the smallest circle round all that was told: centre and radius each within the
tolerance. Given as an outline, no point of its border may be farther than the tolerance from the border of all that was
told together, and the other way round (the Hausdorff distance of the two borders).
"""

from collections.abc import Iterator, Sequence
from math import acos, ceil, cos, pi, sin

from s2geometry import (
    S1Angle,
    S2BufferOperation,
    S2BufferOperationOptions,
    S2Loop,
    S2Point,
    S2Point_FromRaw,
    S2Point_ToRaw,
    S2Polygon,
    S2PolygonLayer,
)

from beforehand.airspace.arc import Arc, angle_between
from beforehand.airspace.enclosing import enclosing_cap, enclosing_circle
from beforehand.airspace.outline import EARTH_RADIUS_M, Vector, centre, sound
from beforehand.airspace.volume import Circle, Outline

__all__ = ["area_agrees", "enclosing_circle"]

_RADIAN_MM = 1000 * EARTH_RADIUS_M
# Outlines are kept on a grid of 1 cm: what was rounded twice is still the same.
_GRID_MM = 20
# Borders are compared to within a metre, which three roundings share: circles as polygons, outlines grown into one, pieces of
# edges no longer than this.
_STEP = 0.5 / EARTH_RADIUS_M
_BULGE = 0.2 / EARTH_RADIUS_M
_GROWN = 0.25 / EARTH_RADIUS_M
# What grows may fall short by this part; the corners are rounded by as little.
_SHORT = 0.1
# How many pieces of a border are looked at beyond one an edge.
_MOST_PIECES = 20_000


def area_agrees(told: Sequence[Outline], said: Outline, tolerance_mm: int) -> bool:
    """Whether what was said is what was told, which may be several outlines, to within the tolerance in millimetres.

    Right to within a metre: areas that differ by a metre more than the tolerance may agree. Borders between outlines that
    touch or overlap are no borders. Some milliseconds; of thousands of corners, dense and near the limit, a second or two.

    Raises ``OutlineError`` as ``cells.cover`` does, except for a number of cells; ``ValueError`` for nothing told.
    """
    if not told:
        raise ValueError("Nothing was told to agree with; give at least one outline.")
    if isinstance(said, Circle):
        return _circle_agrees(told, said, tolerance_mm)
    if [*told] == [said]:
        sound(said)
        return True
    allowed = (tolerance_mm + _GRID_MM) / _RADIAN_MM
    said_border, told_border = [_Border(sound(said)[0])], _border_of_all(told)
    return _stays_near(said_border, told_border, allowed) and _stays_near(told_border, said_border, allowed)


def _circle_agrees(told: Sequence[Outline], said: Circle, tolerance_mm: int) -> bool:
    middle, radius = enclosing_cap(told)
    said_middle, said_radius = centre(said)
    allowed = (tolerance_mm + _GRID_MM) / _RADIAN_MM
    return angle_between(middle, said_middle) <= allowed and abs(radius - said_radius) <= allowed


class _Border:
    """A closed line, from either side of which the distance is told."""

    __slots__ = ("_inner", "_outer", "points")

    def __init__(self, points: list[Vector]) -> None:
        self.points = points
        self._inner, self._outer = _loop(points), _loop(points[::-1])

    def away(self, point: S2Point) -> float:
        """The distance of a point: it is inside one of the two loops, and the other tells."""
        inner: float = self._inner.GetDistance(point).radians()
        outer: float = self._outer.GetDistance(point).radians()
        return max(inner, outer)


def _border_of_all(outlines: Sequence[Outline]) -> list[_Border]:
    """The border of all outlines together, each of its closed lines; of several outlines grown by a quarter of a metre, so
    that seams between those that touch close."""
    shapes = [_round_points(each) if isinstance(each, Circle) else sound(each)[0] for each in outlines]
    if len(shapes) == 1:
        return [_Border(shapes[0])]
    options = S2BufferOperationOptions()
    options.set_buffer_radius(S1Angle.Radians(_GROWN))
    options.set_error_fraction(_SHORT)
    union = S2Polygon()
    growing = S2BufferOperation(S2PolygonLayer(union), options)
    for points in shapes:
        loop = _loop(points)
        loop.Normalize()
        growing.AddPolygon(S2Polygon(loop))
    growing.Build()
    loops = [union.loop(i) for i in range(union.num_loops())]
    return [_Border([S2Point_ToRaw(loop.vertex(i)) for i in range(loop.num_vertices())]) for loop in loops]


def _round_points(circle: Circle) -> list[Vector]:
    """Points of a circle's border, so many that edges between them stay within a fraction of a metre of it."""
    middle, angle = centre(circle)
    number = max(16, ceil(pi / acos(max(0.0, 1 - _BULGE / angle))))
    frame = Arc(middle, middle)
    (x, y, z), (u, v, w), (p, q, r) = middle, frame.onward, frame.normal
    c, s = cos(angle), sin(angle)
    turns = [2 * pi * i / number for i in range(number)]
    return [
        (
            x * c + (u * cos(turn) + p * sin(turn)) * s,
            y * c + (v * cos(turn) + q * sin(turn)) * s,
            z * c + (w * cos(turn) + r * sin(turn)) * s,
        )
        for turn in turns
    ]


def _stays_near(borders: Sequence[_Border], others: Sequence[_Border], allowed: float) -> bool:
    """Whether every point of the borders is within the allowed distance of some other.

    From one point to the next the distance changes by no more than they are apart, so that a piece whose middle is near
    enough is near enough; else it is halved, the longest first, until it is no longer than a metre. Where so much of a long
    border lies within metres of the limit that pieces run out, those left are judged by their middles.
    """
    left = [(edge, 0.0, edge.length) for border in borders for edge in _edges(border.points)]
    longest = max(edge.length for edge, _, _ in left)
    most = len(left) + _MOST_PIECES
    while left and longest > _STEP:
        undecided = []
        for edge, low, high in left:
            most -= 1
            point = S2Point_FromRaw(*edge.at((low + high) / 2))
            apart = min(other.away(point) for other in others)
            if apart > allowed:
                return False
            if apart + (high - low) / 2 > allowed:
                undecided.append((edge, low, high))
        if most < 2 * len(undecided):
            return True
        longest /= 2
        left = []
        for edge, low, high in undecided:
            middle = (low + high) / 2
            left += [(edge, low, high)] if high - low <= longest else [(edge, low, middle), (edge, middle, high)]
    return True


def _edges(points: list[Vector]) -> Iterator[Arc]:
    return (Arc(a, b) for a, b in zip(points, [*points[1:], points[0]], strict=True))


def _loop(points: list[Vector]) -> S2Loop:
    loop = S2Loop()
    loop.Init([S2Point_FromRaw(x, y, z) for x, y, z in points])
    return loop
