"""Where outlines lie roughly: their middle and reach, bearings and distances between middles. For questions put to a
person, never for what is decided: exact meetings are `airspace.meeting`'s.
"""

from __future__ import annotations

from math import asin, atan2, cos, degrees, hypot, pi, radians, sin, sqrt

from msgspec import Struct

from beforehand.airspace.outline import EARTH_RADIUS_M, point
from beforehand.airspace.volume import Circle, Outline


class Spot(Struct, frozen=True, gc=False):
    """A place on the globe: degrees times 10^7, and how far it reaches round there, in metres."""

    lat_e7: int
    lng_e7: int
    reach_m: float = 0.0


def spot(outline: Outline) -> Spot:
    """The middle of an outline (of a polygon: the mean of its corners) and the circle round it that holds the corners."""
    if isinstance(outline, Circle):
        return Spot(outline.lat_e7, outline.lng_e7, outline.radius_mm / 1000)
    points = [point(*vertex) for vertex in outline.vertices]
    x, y, z = (sum(each[axis] for each in points) for axis in range(3))
    middle = Spot(round(degrees(atan2(z, hypot(x, y))) * 1e7), round(degrees(atan2(y, x)) * 1e7))
    reach_m = max(distance_m(middle, Spot(*vertex)) for vertex in outline.vertices)
    return Spot(middle.lat_e7, middle.lng_e7, reach_m)


def distance_m(a: Spot, b: Spot) -> float:
    """Metres from middle to middle along the sphere."""
    ax, ay, az = point(a.lat_e7, a.lng_e7)
    bx, by, bz = point(b.lat_e7, b.lng_e7)
    chord = sqrt((ax - bx) ** 2 + (ay - by) ** 2 + (az - bz) ** 2)
    return 2 * asin(min(1.0, chord / 2)) * EARTH_RADIUS_M


def gap_m(a: Spot, b: Spot) -> float:
    """Metres between the circles that hold them, at least 0; never more than the outlines are apart."""
    return max(0.0, distance_m(a, b) - a.reach_m - b.reach_m)


def bearing(from_: Spot, to: Spot) -> float:
    """Degrees clockwise from north, 0 to below 360, at which one middle sees the other; 0 at the same place."""
    lat_a, lat_b = radians(from_.lat_e7 / 1e7), radians(to.lat_e7 / 1e7)
    east = radians((to.lng_e7 - from_.lng_e7) / 1e7)
    y = sin(east) * cos(lat_b)
    x = cos(lat_a) * sin(lat_b) - sin(lat_a) * cos(lat_b) * cos(east)
    return degrees(atan2(y, x)) % 360


def off_bearing(seen: float, meant: float) -> float:
    """Degrees between two bearings, 0 to 180."""
    return abs((seen - meant + 180) % 360 - 180)


def ahead(from_: Spot, towards: float, metres: float) -> Spot:
    """The place that lies so far at a bearing."""
    angle, lat, turn = metres / EARTH_RADIUS_M, radians(from_.lat_e7 / 1e7), radians(towards)
    sine = max(-1.0, min(1.0, sin(lat) * cos(angle) + cos(lat) * sin(angle) * cos(turn)))
    east = atan2(sin(turn) * sin(angle) * cos(lat), cos(angle) - sin(lat) * sine)
    lng = (radians(from_.lng_e7 / 1e7) + east + pi) % (2 * pi) - pi
    return Spot(round(degrees(asin(sine)) * 1e7), round(degrees(lng) * 1e7))
