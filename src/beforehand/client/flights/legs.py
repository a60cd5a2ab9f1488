"""A flight cut into legs: each a volume that holds the aircraft, with room around, for a stretch of its time.

Between points heard, the aircraft is taken to have gone straight; legs are cut there too, so that none lasts longer than
asked, and two neighbours share the place of the cut.
"""

from __future__ import annotations

from itertools import pairwise

from msgspec import Struct

from beforehand.airspace.volume import Polygon, Volume, ceil_mm, floor_mm
from beforehand.client.flights.growth import between, grown_hulls
from beforehand.client.flights.records import Point
from beforehand.client.flights.tracks import Flight

#: What is added on each side: to the outline and the band in metres, to the window in µs.
GROW_M, GROW_BAND_M, GROW_WINDOW_US = 1_000.0, 150.0, 30 * 1_000_000
#: A shape nearer than this counts as meeting, so that who measures on another figure of the Earth agrees.
NEAR_M, NEAR_BAND_MM, NEAR_WINDOW_US = 25.0, 1_000, 1_000_000
LEG_MIN_S, LEG_MAX_S = 5, 300


class Leg(Struct, frozen=True):
    """A stretch of a flight, at its recorded time.

    `volume` is what is declared; `wide` the same outline, grown by `NEAR_M` more, by which others are tested.
    """

    volume: Volume
    wide: Polygon


def legs_of(flight: Flight, leg_s: int) -> list[Leg]:
    """The legs of a flight in order, none longer than `leg_s` seconds; together they hold all of its path."""
    return [_leg(stretch) for stretch in stretches(flight.points, leg_s * 1_000_000)]


def stretches(points: tuple[Point, ...], longest_us: int) -> list[list[Point]]:
    """The path in pieces of equal duration; each ends where the next begins."""
    begin, duration = points[0].time_us, points[-1].time_us - points[0].time_us
    count = max(1, -(-duration // longest_us))
    cuts = [begin + duration * k // count for k in range(1, count)]
    pieces = [[points[0]]]
    cut = 0
    for one, other in pairwise(points):
        while cut < len(cuts) and cuts[cut] <= other.time_us:
            middle = _at(one, other, cuts[cut])
            if middle.time_us > pieces[-1][-1].time_us:
                pieces[-1].append(middle)
            pieces.append([middle])
            cut += 1
        if other.time_us > pieces[-1][-1].time_us:
            pieces[-1].append(other)
    return pieces


def _at(one: Point, other: Point, time_us: int) -> Point:
    """Where an aircraft that goes straight from one point to another is in between."""
    if time_us == other.time_us:
        return other
    share = (time_us - one.time_us) / (other.time_us - one.time_us)
    lat, lng = between((one.lat, one.lng), (other.lat, other.lng), share)
    return Point(time_us, lat, lng, one.altitude_m + (other.altitude_m - one.altitude_m) * share)


def _leg(stretch: list[Point]) -> Leg:
    places = [(point.lat, point.lng) for point in stretch]
    heights = [point.altitude_m for point in stretch]
    outline, wide = grown_hulls(places, (GROW_M, GROW_M + NEAR_M))
    volume = Volume(
        outline,
        floor_mm(min(heights) - GROW_BAND_M),
        ceil_mm(max(heights) + GROW_BAND_M),
        stretch[0].time_us - GROW_WINDOW_US,
        stretch[-1].time_us + GROW_WINDOW_US,
    )
    return Leg(volume, wide)
