"""The delays that are blocked are exactly those at which exact shapes, held against each other one by one, meet."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from beforehand.airspace.cells import cover
from beforehand.airspace.meeting import meets
from beforehand.airspace.volume import Polygon, Volume
from beforehand.client.flights.blocked import MAX_DELAY_MIN, MINUTE_US, Course, first_free
from beforehand.client.flights.legs import NEAR_BAND_MM, NEAR_WINDOW_US, Leg, legs_of
from beforehand.client.flights.records import Ident, Point
from beforehand.client.flights.tracks import Flight
from beforehand.client.shapes import read_shapes, write_outline, write_volume

SECOND = 1_000_000
OFFSET_US = 3_600 * SECOND


def course(begin_s: int = 0) -> tuple[list[Leg], Course]:
    """Five minutes eastwards from 47 N 8 E, climbing from 1 to 4 km."""
    points = tuple(Point((begin_s + 30 * i) * SECOND, 47.0, 8 + 0.08 * i, 1_000 + 300.0 * i) for i in range(11))
    legs = legs_of(Flight(Ident("a", "b"), 1, points), 60)
    return legs, Course(legs, OFFSET_US)


others = st.builds(
    lambda lat, lng, size, lower, band, start, lasts: Volume(
        Polygon.from_degrees([(lat, lng), (lat, lng + size), (lat + size, lng + size), (lat + size, lng)]),
        lower, lower + band, OFFSET_US + start * SECOND, OFFSET_US + (start + lasts) * SECOND,
    ),
    st.floats(46.9, 47.1), st.floats(7.9, 8.9), st.floats(0.01, 0.3), st.integers(0, 5_000_000),
    st.integers(0, 1_000_000), st.integers(-3_000, 3_000), st.integers(1, 4_000),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(others)
def test_blocked_delays_are_those_at_which_shapes_meet(other: Volume) -> None:
    legs, planned = course()
    (shape,) = read_shapes(b"[%b]" % write_volume(write_outline(other.outline), other))
    near = planned.near(shape)
    blocked = planned.blocked(shape, near)
    for delay in range(MAX_DELAY_MIN + 1):
        real = any(meets(_widely(leg, delay), other) for leg in legs)
        assert bool(blocked >> delay & 1) == real
    cells = set(cover(other.outline))
    for i, leg in enumerate(legs):
        for delay in (0, 7, MAX_DELAY_MIN):
            volume = _declared(leg, delay)
            if meets(_anywhere(volume), _anywhere(other)) and cells & set(cover(volume.outline)):
                assert near >> i & 1
                assert planned.touches_window(i, delay, shape)


def _declared(leg: Leg, delay: int) -> Volume:
    shift = OFFSET_US + delay * MINUTE_US
    volume = leg.volume
    return Volume(volume.outline, volume.lower_mm, volume.upper_mm, volume.start_us + shift, volume.end_us + shift)


def _widely(leg: Leg, delay: int) -> Volume:
    """As others are told apart: 25 m, 1 m and 1 s are near enough to count as meeting."""
    v = _declared(leg, delay)
    return Volume(leg.wide, v.lower_mm - NEAR_BAND_MM, v.upper_mm + NEAR_BAND_MM, v.start_us - NEAR_WINDOW_US,
                  v.end_us + NEAR_WINDOW_US)  # fmt: skip


def _anywhere(volume: Volume) -> Volume:
    return Volume(None, volume.lower_mm, volume.upper_mm, volume.start_us, volume.end_us)


@given(st.integers(0, (1 << MAX_DELAY_MIN + 1) - 1))
def test_the_first_free_minute_is_the_first(blocked: int) -> None:
    free = [delay for delay in range(MAX_DELAY_MIN + 1) if not blocked >> delay & 1]
    assert first_free(blocked) == (free[0] if free else None)
