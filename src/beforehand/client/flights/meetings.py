"""Do flights that were planned meet? Held against each other afterwards, as exact shapes, whatever planning had found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from beforehand.airspace.meeting import Prepared
from beforehand.airspace.volume import Volume
from beforehand.client.shapes import Cap, cap_of


class Pair(NamedTuple):
    """Two legs, as (flight, leg), that share a place, a height and a moment."""

    one: tuple[int, int]
    other: tuple[int, int]


class _Leg(NamedTuple):
    start_us: int
    end_us: int
    lower_mm: int
    upper_mm: int
    cap: Cap
    outline: Prepared
    flight: int
    leg: int


def meetings(flights: Sequence[Sequence[Volume]]) -> list[Pair]:
    """Every pair of legs of two flights that really meet. Volumes must be bounded, with outlines."""
    legs = sorted(
        (_leg(volume, flight, leg) for flight, volumes in enumerate(flights) for leg, volume in enumerate(volumes)),
        key=lambda leg: leg.start_us,
    )
    found = []
    running: list[_Leg] = []
    for leg in legs:
        running = [other for other in running if other.end_us >= leg.start_us]
        for other in running:
            if (
                other.flight != leg.flight
                and other.lower_mm <= leg.upper_mm
                and other.upper_mm >= leg.lower_mm
                and other.cap.within(leg.cap, 0.0)
                and other.outline.meets(leg.outline)
            ):
                found.append(Pair((other.flight, other.leg), (leg.flight, leg.leg)))
        running.append(leg)
    return found


def _leg(volume: Volume, flight: int, leg: int) -> _Leg:
    assert volume.outline is not None
    assert volume.start_us is not None
    assert volume.end_us is not None
    assert volume.lower_mm is not None
    assert volume.upper_mm is not None
    outline = Prepared(volume.outline)
    return _Leg(
        volume.start_us, volume.end_us, volume.lower_mm, volume.upper_mm, cap_of(volume.outline), outline, flight, leg
    )
