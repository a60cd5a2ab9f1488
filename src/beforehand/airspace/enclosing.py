"""The smallest circle that holds outlines: what "centre and extent" of them is.

The smallest cap round points of a sphere is what the smallest ball round them cuts out of it, which two or three of them
determine. A circle among the outlines stands for its farthest points, found as they come to matter.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations
from math import ceil, cos, pi, sin, sqrt

from beforehand.airspace.arc import Arc, angle_between
from beforehand.airspace.moving import place_of
from beforehand.airspace.outline import EARTH_RADIUS_M, Vector, centre, corners
from beforehand.airspace.volume import Circle, Outline

#: A point and how far round it, as an angle.
Cap = tuple[Vector, float]

# Below this (0.6 mm) one circle is as good as another.
_GOOD = 1e-10
# Each round takes in the point that is farthest out; a dozen is usual.
_MOST_ROUNDS = 200
# Points round the whole globe have the globe as their ball, whose middle lies nowhere on it.
_NO_WAY = 1e-6


def enclosing_circle(outlines: Sequence[Outline]) -> Circle:
    """The smallest circle that holds all of the outlines, to within some millimetres, its radius rounded up.

    Of a single circle, itself. Outlines that fit in no circle smaller than half of the globe get one that holds them, not
    the smallest. Raises ``ValueError`` for no outlines, ``OutlineError`` for corners or circles that are not well formed.
    """
    if len(outlines) == 1 and isinstance(outlines[0], Circle):
        centre(outlines[0])
        return outlines[0]
    middle, _ = enclosing_cap(outlines)
    lat_e7, lng_e7 = place_of(middle)
    rounded, _ = centre(Circle(lat_e7, lng_e7, 1))
    radius = max(_farthest(rounded, each)[0] for each in _caps(outlines))
    return Circle(lat_e7, lng_e7, max(1, ceil((radius + 1e-14) * 1000 * EARTH_RADIUS_M)))


def enclosing_cap(outlines: Sequence[Outline]) -> Cap:
    """As ``enclosing_circle``, before it is rounded."""
    caps = _caps(outlines)
    if not caps:
        raise ValueError("No outlines have no smallest circle; give at least one.")
    if len(caps) == 1:
        return caps[0]
    middle = caps[0][0]
    support: list[Vector] = []
    for _ in range(_MOST_ROUNDS):
        radius, point = max(_farthest(middle, each) for each in caps)
        reached = max((angle_between(middle, each) for each in support), default=-1.0)
        if radius <= reached + _GOOD:
            break
        support = _smallest_support([*support, point])
        ball, _ = _ball(support)
        size = sqrt(_dot(ball, ball))
        if size < _NO_WAY:
            break
        middle = (ball[0] / size, ball[1] / size, ball[2] / size)
    return middle, max(_farthest(middle, each)[0] for each in caps)


def _caps(outlines: Iterable[Outline]) -> list[Cap]:
    """Circles as they are, and the corners of polygons as circles of no extent."""
    caps: list[Cap] = []
    for outline in outlines:
        if isinstance(outline, Circle):
            caps.append(centre(outline))
        else:
            caps += [(point, 0.0) for point in corners(outline)]
    return caps


def _farthest(middle: Vector, cap: Cap) -> tuple[float, Vector]:
    """How far the farthest point of a cap is from a point, and which it is."""
    at, angle = cap
    apart = angle_between(middle, at)
    if not angle:
        return apart, at
    out = Arc(middle, at).at(apart + angle) if apart > _GOOD else _beside(at, angle)
    return min(pi, apart + angle), out


def _beside(point: Vector, angle: float) -> Vector:
    """Some point at an angle from another."""
    (x, y, z), c, s = point, cos(angle), sin(angle)
    u, v, w = Arc(point, point).onward
    return x * c + u * s, y * c + v * s, z * c + w * s


def _smallest_support(points: list[Vector]) -> list[Vector]:
    """Those of at most four points, at most three, whose smallest ball holds all."""
    best: tuple[float, list[Vector]] | None = None
    for number in range(1, min(3, len(points)) + 1):
        for some in combinations(points, number):
            middle, square = _ball(some)
            if all(_square(middle, each) <= square * (1 + 1e-9) + 1e-26 for each in points) and (
                best is None or square < best[0]
            ):
                best = square, list(some)
    # So nearly in a line, or on one circle, that doubles see no ball: any of them will do, the next round takes in the rest.
    return points[-3:] if best is None else best[1]


def _ball(points: Sequence[Vector]) -> tuple[Vector, float]:
    """The smallest ball with one to three points on it, and the square of its radius; of three in a line it is very large."""
    a = points[0]
    if len(points) == 1:
        return a, 0.0
    u = _minus(points[1], a)
    if len(points) == 2:
        return (a[0] + u[0] / 2, a[1] + u[1] / 2, a[2] + u[2] / 2), _dot(u, u) / 4
    v = _minus(points[2], a)
    normal = _cross(u, v)
    twice = 2 * _dot(normal, normal)
    if twice == 0:
        return a, -1.0
    uu, vv = _dot(u, u), _dot(v, v)
    out = _cross((uu * v[0] - vv * u[0], uu * v[1] - vv * u[1], uu * v[2] - vv * u[2]), normal)
    out = (out[0] / twice, out[1] / twice, out[2] / twice)
    return (a[0] + out[0], a[1] + out[1], a[2] + out[2]), _dot(out, out)


def _minus(a: Vector, b: Vector) -> Vector:
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def _square(a: Vector, b: Vector) -> float:
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2


def _dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _cross(a: Vector, b: Vector) -> Vector:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]
