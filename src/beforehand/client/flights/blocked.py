"""Which delays of a flight are blocked by what stands already.

A flight is moved as a whole, by whole minutes. Whether a leg and a shape share a place and a height does not depend on
the delay; then arithmetic says at which delays they share a time as well. The delays that one shape blocks are the bits
of a number: bit d stands for d minutes.
"""

from __future__ import annotations

from beforehand.airspace.meeting import Prepared
from beforehand.airspace.outline import EARTH_RADIUS_M
from beforehand.client.flights.legs import NEAR_BAND_MM, NEAR_WINDOW_US, Leg
from beforehand.client.shapes import Cap, Shape, cap_of

MAX_DELAY_MIN = 30
MINUTE_US = 60_000_000
_ALL = (1 << MAX_DELAY_MIN + 1) - 1
#: Two outlines in one level-13 cell are no farther apart than its diagonal, at most some 1.9 km; generously.
_CELL = 2_500 / EARTH_RADIUS_M


class Course:
    """The legs of a flight at their planned times, to be held against shapes. `offset_us`: from recorded to planned."""

    def __init__(self, legs: list[Leg], offset_us: int) -> None:
        self._legs: list[tuple[int, int, int, int]] = []
        for leg in legs:
            volume = leg.volume
            assert volume.lower_mm is not None
            assert volume.upper_mm is not None
            assert volume.start_us is not None
            assert volume.end_us is not None
            self._legs.append(
                (volume.lower_mm, volume.upper_mm, volume.start_us + offset_us, volume.end_us + offset_us)
            )
        self._wide = [leg.wide for leg in legs]
        self._caps: list[Cap | None] = [None] * len(legs)
        self._prepared: list[Prepared | None] = [None] * len(legs)
        self.start_us = min(leg[2] for leg in self._legs)
        self.end_us = max(leg[3] for leg in self._legs) + MAX_DELAY_MIN * MINUTE_US

    def near(self, shape: Shape) -> int:
        """The legs, as bits, for which the registry could find the shape relevant at some delay."""
        if shape.end_us + NEAR_WINDOW_US < self.start_us or shape.start_us - NEAR_WINDOW_US > self.end_us:
            return 0
        near = 0
        for i, (lower, upper, _, _) in enumerate(self._legs):
            if (
                lower - NEAR_BAND_MM <= shape.upper_mm
                and upper + NEAR_BAND_MM >= shape.lower_mm
                and self._cap(i).within(shape.cap, _CELL)
            ):
                near |= 1 << i
        return near

    def blocked(self, shape: Shape, near: int) -> int:
        """The delays at which some leg really meets the shape; `near` as this class gives it."""
        blocked = 0
        while near:
            i = (near & -near).bit_length() - 1
            near &= near - 1
            _, _, start, end = self._legs[i]
            # start + d - window <= shape.end and end + d + window >= shape.start
            last = (shape.end_us + NEAR_WINDOW_US - start) // MINUTE_US
            first = -((end + NEAR_WINDOW_US - shape.start_us) // MINUTE_US)
            minutes = _minutes(first, last)
            if minutes & ~blocked and self._cap(i).within(shape.cap, 0.0) and self._outline(i).meets(shape.outline):
                blocked |= minutes
        return blocked

    def touches_window(self, i: int, delay_min: int, shape: Shape) -> bool:
        """Does a leg at a delay share a moment with the shape?"""
        _, _, start, end = self._legs[i]
        shift = delay_min * MINUTE_US
        return start + shift <= shape.end_us and end + shift >= shape.start_us

    def _cap(self, i: int) -> Cap:
        cap = self._caps[i]
        if cap is None:
            cap = self._caps[i] = cap_of(self._wide[i])
        return cap

    def _outline(self, i: int) -> Prepared:
        outline = self._prepared[i]
        if outline is None:
            outline = self._prepared[i] = Prepared(self._wide[i])
        return outline


def first_free(blocked: int) -> int | None:
    """The least delay that nothing blocks, in minutes; None if all are blocked."""
    free = _ALL & ~blocked
    return (free & -free).bit_length() - 1 if free else None


def _minutes(first: int, last: int) -> int:
    first, last = max(first, 0), min(last, MAX_DELAY_MIN)
    return (1 << last + 1) - (1 << first) if first <= last else 0
