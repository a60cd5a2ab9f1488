"""The outline of a leg: the convex hull of its points, grown on all sides.

Worked out in the gnomonic plane that touches the globe amid the points: there great circles are straight lines, so that
the hull is exact, and no length on the globe is drawn shorter than it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import atan2, cos, degrees, hypot, pi, radians, sin, sqrt

from beforehand.airspace.outline import EARTH_RADIUS_M
from beforehand.airspace.volume import Polygon

#: On the ellipsoid a degree of latitude is up to 0.56 % shorter than on the sphere; so much more is grown, and for rounding.
ELLIPSOID = 1.01
#: A regular polygon round a circle: the more sides, the less ground is taken beyond what was asked.
SIDES = 8
#: The hull is worked out on a grid of some 6 cm (radians): exactly, and without corners that later fall together.
GRID = 1e-8
#: Beyond this from the middle the plane is too much stretched (radians): some 600 km.
_WIDEST = 0.1

_Plane = tuple[int, int]
_Vector = tuple[float, float, float]


def grown_hulls(places: Iterable[tuple[float, float]], grow_m: Sequence[float]) -> list[Polygon]:
    """For each growth a convex polygon that holds every place (degrees) with at least so much around it.

    On sphere and ellipsoid alike. Raises ValueError if the places lie more than some 1,000 km apart.
    """
    points = [vector(lat, lng) for lat, lng in places]
    middle = _unit(tuple(map(sum, zip(*points, strict=True))))  # type: ignore[arg-type]
    east, north = _axes(middle)
    flat, highest = [], 1.0
    for point in points:
        height = _dot(point, middle)
        if height < cos(_WIDEST):
            raise ValueError("The places of one leg lie too far apart; make its time shorter.")
        highest = min(highest, height)
        flat.append(_on_grid(_dot(point, east) / height, _dot(point, north) / height))
    core = hull(flat)
    grown = []
    for metres in grow_m:
        # The plane stretches by 1 / cos^2 of the angle from the middle, and the border lies one growth further out.
        reach = metres * ELLIPSOID / EARTH_RADIUS_M
        radius = reach / cos(_angle(highest) + 2 * reach) ** 2 / cos(pi / SIDES)
        border = hull([(x + dx, y + dy) for x, y in core for dx, dy in _round(radius)])
        grown.append(Polygon.from_degrees([_place(x * GRID, y * GRID, middle, east, north) for x, y in border]))
    return grown


def _round(radius: float) -> list[_Plane]:
    return [_on_grid(radius * cos(2 * pi * k / SIDES), radius * sin(2 * pi * k / SIDES)) for k in range(SIDES)]


def _on_grid(x: float, y: float) -> _Plane:
    return round(x / GRID), round(y / GRID)


def hull(points: Sequence[_Plane]) -> list[_Plane]:
    """The corners of the convex hull, counter-clockwise (A. M. Andrew, 1979); a single point or two stay as they are."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered
    return _chain(ordered)[:-1] + _chain(ordered[::-1])[:-1]


def _chain(points: Sequence[_Plane]) -> list[_Plane]:
    chain: list[_Plane] = []
    for x, y in points:
        while len(chain) > 1:
            (ax, ay), (bx, by) = chain[-2], chain[-1]
            if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                break
            chain.pop()
        chain.append((x, y))
    return chain


def between(one: tuple[float, float], other: tuple[float, float], share: float) -> tuple[float, float]:
    """The place (degrees) on the straight way between two, that share of it from the first."""
    a, b = vector(*one), vector(*other)
    x, y, z = (p + (q - p) * share for p, q in zip(a, b, strict=True))
    if x == y == z == 0:
        return one
    return degrees(atan2(z, hypot(x, y))), degrees(atan2(y, x))


def vector(lat: float, lng: float) -> _Vector:
    """The point of the unit sphere at a latitude and longitude in degrees."""
    flat = cos(radians(lat))
    return flat * cos(radians(lng)), flat * sin(radians(lng)), sin(radians(lat))


def _place(x: float, y: float, middle: _Vector, east: _Vector, north: _Vector) -> tuple[float, float]:
    px, py, pz = (m + x * e + y * n for m, e, n in zip(middle, east, north, strict=True))
    return degrees(atan2(pz, hypot(px, py))), degrees(atan2(py, px))


def _axes(middle: _Vector) -> tuple[_Vector, _Vector]:
    """East and north at a point; at a pole any two that are square to each other."""
    x, y, z = middle
    flat = hypot(x, y)
    east = (-y / flat, x / flat, 0.0) if flat > 1e-12 else (1.0, 0.0, 0.0)
    ex, ey, ez = east
    return east, (y * ez - z * ey, z * ex - x * ez, x * ey - y * ex)


def _unit(v: _Vector) -> _Vector:
    length = sqrt(_dot(v, v))
    if length < 1e-9:
        raise ValueError("The places of one leg lie on opposite sides of the Earth.")
    return v[0] / length, v[1] / length, v[2] / length


def _dot(a: _Vector, b: _Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _angle(cosine: float) -> float:
    return atan2(sqrt(max(0.0, 1 - cosine * cosine)), cosine)
