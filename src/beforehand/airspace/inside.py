"""Does one outline lie inside another? Never yes where it does not; outlines as they are, not grown."""

from __future__ import annotations

from math import asin, sqrt

from s2geometry import S2Loop, S2Point_FromRaw

from beforehand.airspace.outline import centre, sound
from beforehand.airspace.volume import Circle, Outline

#: Angles below this are what a double rounds off: some micrometres on the ground.
_ROUNDING = 1e-12


def lies_inside(inner: Outline, outer: Outline) -> bool:
    """Whether every point of `inner` is one of `outer`. Equal outlines lie inside each other.

    Raises ``OutlineError`` as ``cells.cover`` does, except for a number of cells.
    """
    if inner == outer:
        return True
    if isinstance(outer, Circle):
        (x, y, z), radius = centre(outer)
        if isinstance(inner, Circle):
            (ix, iy, iz), inner_radius = centre(inner)
            apart = 2 * asin(min(1.0, sqrt((x - ix) ** 2 + (y - iy) ** 2 + (z - iz) ** 2) / 2))
            return apart + inner_radius <= radius + _ROUNDING
        # A cap below a quarter of the globe is convex: it holds every edge between points that it holds.
        points, _ = sound(inner)
        return all(
            2 * asin(min(1.0, sqrt((x - px) ** 2 + (y - py) ** 2 + (z - pz) ** 2) / 2)) <= radius + _ROUNDING
            for px, py, pz in points
        )
    points, loop = sound(outer)
    if isinstance(inner, Circle):
        (x, y, z), radius = centre(inner)
        outside = S2Loop()
        outside.Init([S2Point_FromRaw(*corner) for corner in reversed(points)])
        return bool(outside.GetDistance(S2Point_FromRaw(x, y, z)).radians() >= radius - _ROUNDING)
    _, inner_loop = sound(inner)
    return bool(loop.Contains(inner_loop))
