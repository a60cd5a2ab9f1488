"""From points to flights: what one aircraft did under one callsign, split where nothing was heard for long.

Receivers mishear: a point that no aircraft can have reached from the ones around it is left out, and counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import cos, hypot, radians

from msgspec import Struct

from beforehand.airspace.outline import EARTH_RADIUS_M
from beforehand.client.flights.records import Ident, Point, Traffic

#: Nothing heard for longer than this ends a flight.
GAP_US = 600 * 1_000_000
#: Faster than any aircraft with a transponder; the slack covers late and rounded time stamps.
SPEED_M_S, SPEED_SLACK_M = 1_000.0, 2_000.0
CLIMB_M_S, CLIMB_SLACK_M = 300.0, 500.0
#: Two points alone beside a longer track are misheard; three that follow one another are a track of their own.
TRACK_POINTS = 3
#: Tracks that may interleave under one name (spoofing, two senders with one address).
_INTERLEAVED = 8

OUTLIER = "out of reach of the points around it"
REPEATED = "said before"


class Flight(Struct, frozen=True):
    """One flight as it was recorded. `number` counts the flights of the same aircraft and callsign from 1.

    `points`: at least one, at ascending times.
    """

    ident: Ident
    number: int
    points: tuple[Point, ...]

    @property
    def name(self) -> str:
        """Unique within a file, and readable: `4b1815/SWR123/1`."""
        return f"{self.ident.icao24 or '-'}/{self.ident.callsign or '-'}/{self.number}"

    @property
    def operator(self) -> str:
        """The party that plans it."""
        return operator_of(self.ident)


class Flights(Struct):
    """The flights of a file, by departure, and for every aircraft and callsign without a flight the reason."""

    flights: list[Flight]
    without: dict[Ident, str]
    unusable: Counter[str]


def operator_of(ident: Ident) -> str:
    """The first three letters or digits of the callsign: an airline's designator, or the beginning of a registration.

    Who flies without a callsign is an operator of their own, named by the aircraft's address.
    """
    prefix = re.sub(r"[^A-Z0-9]", "", ident.callsign.upper())[:3]
    return prefix or re.sub(r"[^0-9A-Z]", "", ident.icao24.upper()) or "UNKNOWN"


def flights_of(traffic: Traffic) -> Flights:
    """Every flight of a file."""
    flights: list[Flight] = []
    without: dict[Ident, str] = {}
    unusable = Counter(traffic.unusable)
    for ident, points in traffic.points.items():
        if not points:
            reasons = traffic.unusable_of.get(ident, Counter())
            without[ident] = "no usable point: " + ", ".join(f"{n} {reason}" for reason, n in reasons.most_common())
            continue
        tracks = split(points, unusable)
        flights += [Flight(ident, number, tuple(track)) for number, track in enumerate(tracks, 1)]
    flights.sort(key=lambda flight: (flight.points[0].time_us, flight.name))
    return Flights(flights, without, unusable)


def split(points: Sequence[Point], unusable: Counter[str]) -> list[list[Point]]:
    """Tracks by their begin, each without gaps and jumps; what is left out is added to `unusable`."""
    tracks: list[list[Point]] = []
    running: list[list[Point]] = []
    for point in sorted(points):
        running = [track for track in running if point.time_us - track[-1].time_us <= GAP_US]
        track = next((track for track in running if reachable(track[-1], point)), None)
        if track is None:
            track = [point]
            tracks.append(track)
        else:
            running.remove(track)
            if point == track[-1]:
                unusable[REPEATED] += 1
            else:
                track.append(point)
        running = [track, *running[: _INTERLEAVED - 1]]
    kept = [track for track in tracks if len(track) >= TRACK_POINTS or not _beside_longer(track, tracks)]
    if len(kept) < len(tracks):
        unusable[OUTLIER] += sum(map(len, tracks)) - sum(map(len, kept))
    return [_one_place_a_time(track, unusable) for track in kept]


def reachable(one: Point, other: Point) -> bool:
    """Can an aircraft have been at both?"""
    seconds = abs(other.time_us - one.time_us) / 1e6
    return (
        distance_m(one, other) <= SPEED_M_S * seconds + SPEED_SLACK_M
        and abs(other.altitude_m - one.altitude_m) <= CLIMB_M_S * seconds + CLIMB_SLACK_M
    )


def distance_m(one: Point, other: Point) -> float:
    """Metres over ground, good to a few per cent up to some hundred kilometres: enough to tell a jump."""
    east = abs(other.lng - one.lng)
    east = min(east, 360 - east) * cos(radians((one.lat + other.lat) / 2))
    return radians(hypot(other.lat - one.lat, east)) * EARTH_RADIUS_M


def _beside_longer(track: list[Point], tracks: list[list[Point]]) -> bool:
    """Is there a longer track within a gap's length of this one?"""
    return any(
        len(other) > len(track)
        and other[0].time_us - track[-1].time_us <= GAP_US
        and track[0].time_us - other[-1].time_us <= GAP_US
        for other in tracks
    )


def _one_place_a_time(track: list[Point], unusable: Counter[str]) -> list[Point]:
    """Of several points at one time the first stays: a path has one place a time."""
    kept = track[:1]
    for point in track[1:]:
        if point.time_us > kept[-1].time_us:
            kept.append(point)
        else:
            unusable[REPEATED] += 1
    return kept
