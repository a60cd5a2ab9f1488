"""Slow, obvious geometry on the sphere: vectors, every edge against every edge, angles summed. For tests only.

Lengths are in metres on a sphere of radius 6,371,010 m; points are unit vectors.
"""

import math
from itertools import pairwise

RADIUS_M = 6_371_010.0
Vector = tuple[float, float, float]


def point(lat_e7: int, lng_e7: int) -> Vector:
    lat, lng = math.radians(lat_e7 / 1e7), math.radians(lng_e7 / 1e7)
    return (math.cos(lat) * math.cos(lng), math.cos(lat) * math.sin(lng), math.sin(lat))


def dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def plus(a: Vector, b: Vector, times: float = 1.0) -> Vector:
    return (a[0] + times * b[0], a[1] + times * b[1], a[2] + times * b[2])


def unit(a: Vector) -> Vector:
    length = math.sqrt(dot(a, a))
    return (a[0] / length, a[1] / length, a[2] / length)


def normal(a: Vector, b: Vector) -> Vector:
    """The unit normal of edge a-b, to the left of travel."""
    return unit(cross(plus(a, b), plus(b, a, -1)))


def degrees_of(p: Vector) -> tuple[float, float]:
    return math.degrees(math.atan2(p[2], math.hypot(p[0], p[1]))), math.degrees(math.atan2(p[1], p[0]))


def apart(a: Vector, b: Vector) -> float:
    d = plus(a, b, -1)
    return RADIUS_M * 2 * math.asin(min(1.0, math.sqrt(dot(d, d)) / 2))


def edges(corners: list[Vector]) -> list[tuple[Vector, Vector]]:
    return list(pairwise([*corners, corners[0]]))


def from_edge(p: Vector, a: Vector, b: Vector) -> float:
    """The distance of a point from an edge."""
    if a == b:
        return apart(p, a)
    n = normal(a, b)
    if dot(cross(n, a), p) > 0 and dot(cross(n, b), p) < 0:
        return RADIUS_M * math.asin(min(1.0, abs(dot(n, p))))
    return min(apart(p, a), apart(p, b))


def cross_each_other(a: Vector, b: Vector, c: Vector, d: Vector) -> bool:
    n, m = normal(a, b), normal(c, d)
    p = cross(n, m)
    if dot(p, p) == 0:
        return False
    return any(
        all(dot(cross(k, start), q) > 0 > dot(cross(k, end), q) for k, start, end in ((n, a, b), (m, c, d)))
        for q in (p, (-p[0], -p[1], -p[2]))
    )


def inside(p: Vector, corners: list[Vector]) -> bool:
    """Is a point that is not on the border on the smaller side? By the angle under which it sees the border go round."""
    total = 0.0
    for a, b in edges(corners):
        u, v = plus(a, p, -dot(a, p)), plus(b, p, -dot(b, p))
        total += math.atan2(dot(cross(u, v), p), dot(u, v))
    # Seen from its far side, a small outline goes round once too.
    middle = (sum(c[0] for c in corners), sum(c[1] for c in corners), sum(c[2] for c in corners))
    return abs(total) > math.pi and dot(p, middle) > 0


def distance(some: list[Vector], others: list[Vector]) -> float:
    """Between two polygons given by corners; 0 if they share a point."""
    if any(cross_each_other(*e, *f) for e in edges(some) for f in edges(others)):
        return 0.0
    if inside(some[0], others) or inside(others[0], some):
        return 0.0
    return min(
        min(from_edge(p, *f) for p in some for f in edges(others)),
        min(from_edge(p, *e) for p in others for e in edges(some)),
    )


def distance_from_point(p: Vector, corners: list[Vector]) -> float:
    return 0.0 if inside(p, corners) else min(from_edge(p, *e) for e in edges(corners))
