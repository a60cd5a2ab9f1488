"""Bodies meet where they are within the buffers of each other (H4.7, H4.9, H6.2); none that does is missed."""

import math
from dataclasses import dataclass
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from beforehand.airspace.encounter import Apart, Body, Buffers, Meeting, Ready, encounter, meet
from beforehand.airspace.meeting import clearance_mm, meeting
from beforehand.airspace.moving import Leg
from beforehand.airspace.volume import Circle, Polygon, Volume

from . import oracle
from .bodies import (
    NEAR_M,
    SECOND,
    from_outline,
    lowest,
    some_body,
    some_buffers,
    some_leg,
    some_outline,
    some_place,
    some_volume,
    speed,
    times,
    where,
)

_NONE = Buffers()
_MM = 0.001


def _box(lat: float, lng: float, size: float) -> Polygon:
    west, east = ((x + 180) % 360 - 180 for x in (lng, lng + size))
    return Polygon.from_degrees([(lat, west), (lat, east), (lat + size, east), (lat + size, west)])


def _size(random: Random) -> float:
    return random.choice([30.0, 1000.0, 1000.0, 15_000.0])


def _near_times(gap, start: float, end: float, limit: float) -> list[float]:
    """Times at which a gap is within a limit: of many, and of the lowest place round each that is lower than its neighbours."""
    at = times(start, end, 240)
    gaps = [gap(t) for t in at]
    found = [t for t, g in zip(at, gaps, strict=True) if g <= limit]
    for i in range(len(at)):
        if gaps[i] > limit and (i == 0 or gaps[i] < gaps[i - 1]) and gaps[i] <= gaps[min(i + 1, len(at) - 1)]:
            low = lowest(gap, at[max(0, i - 1)], at[min(len(at) - 1, i + 1)])
            if gap(low) <= limit:
                found.append(low)
    return found


@pytest.mark.parametrize("seed", range(200))
def test_a_disc_meets_an_outline_when_samples_of_its_way_do(seed: int) -> None:
    """H4.9: exact in 4D. No moment at which they touch is outside of the window, and at both its ends they do touch."""
    random = Random(seed)
    place, size = some_place(random), _size(random)
    leg, outline = some_leg(random, place, size), some_outline(random, place, size)
    buffers = Buffers(random.choice([0, round(random.uniform(0, 0.5) * size * 1000)]))
    limit = leg.radius_mm / 1000 + buffers.horizontal_mm / 1000 + NEAR_M

    def gap(time: float) -> float:
        return from_outline(where(leg, time), outline)

    if leg.start_us == leg.end_us:
        moving = replace(leg, end_us=leg.start_us + SECOND)
        near = _near_times(lambda t: from_outline(where(moving, t), outline), moving.start_us, moving.end_us, limit)
        met = encounter(leg, Volume(outline), buffers)
        assert not near or isinstance(met, Meeting)
        assert not isinstance(met, Meeting) or (met.start_us, met.end_us) == (leg.start_us, leg.end_us)
        return
    near = _near_times(gap, leg.start_us, leg.end_us, limit - 1e-5)
    met = encounter(Volume(outline), leg, buffers)
    if isinstance(met, Apart):
        assert not near
        least = min(gap(t) for t in times(leg.start_us, leg.end_us, 240)) - leg.radius_mm / 1000 - 0.04
        step = speed(leg) * (leg.end_us - leg.start_us) / 240
        assert met.horizontal_mm * _MM - 1e-5 <= max(0, least) <= met.horizontal_mm * _MM + step / 2 + 0.002
        return
    assert met.start_us is not None
    assert met.end_us is not None
    assert leg.start_us <= met.start_us <= met.end_us <= leg.end_us
    assert all(met.start_us <= t <= met.end_us for t in near)
    hair = _MM + 2 * speed(leg)
    assert gap(met.start_us) <= limit + hair
    assert gap(met.end_us) <= limit + hair


@dataclass
class _Two:
    p: Leg
    q: Leg
    apart_us: int

    def gap(self, q_time: float, number: int) -> float:
        """The least distance of q at a time from p at some times around it."""
        low, high = max(self.p.start_us, q_time - self.apart_us), min(self.p.end_us, q_time + self.apart_us)
        if low > high:
            return math.inf
        point = where(self.q, q_time)
        if low == high or not self.apart_us:
            return oracle.apart(point, where(self.p, low))
        at = times(low, high, number)
        gaps = [oracle.apart(point, where(self.p, t)) for t in at]
        i = gaps.index(min(gaps))
        best = lowest(lambda t: oracle.apart(point, where(self.p, t)), at[max(0, i - 1)], at[min(number, i + 1)])
        return min(gaps[i], oracle.apart(point, where(self.p, best)))


@pytest.mark.parametrize("seed", range(200))
def test_two_discs_meet_when_samples_of_their_ways_do(seed: int) -> None:
    """H4.9, H6.2: with and without a buffer in time."""
    random = Random(seed)
    place, size = some_place(random), _size(random)
    p, q = some_leg(random, place, size), some_leg(random, place, size)
    p, q = (leg if leg.end_us > leg.start_us else replace(leg, end_us=leg.start_us + SECOND) for leg in (p, q))
    buffers = Buffers(
        some_buffers(random, size).horizontal_mm, 10**9, random.choice([0, 0, random.randrange(99 * SECOND)])
    )
    limit = (p.radius_mm + q.radius_mm + buffers.horizontal_mm) / 1000 + NEAR_M
    start, end = max(q.start_us, p.start_us - buffers.time_us), min(q.end_us, p.end_us + buffers.time_us)
    met = encounter(p, q, buffers)
    if start > end:
        assert isinstance(met, Apart)
        assert met.time_us > buffers.time_us
        return
    two = _Two(p, q, buffers.time_us)
    near = _near_times(lambda t: two.gap(t, 12), start, end, limit - 1e-5) if buffers.time_us == 0 else [
        t for t in times(start, end, 200) if two.gap(t, 12) <= limit - 1e-5
    ]  # fmt: skip
    if isinstance(met, Apart):
        assert not near
        return
    assert met.start_us is not None
    assert met.end_us is not None
    assert start <= met.start_us <= met.end_us <= end
    assert all(met.start_us <= t <= met.end_us for t in near)
    hair = _MM + 2 * (speed(p) + speed(q))
    for time in (met.start_us, met.end_us):
        assert two.gap(time, 200) <= limit + hair


@pytest.mark.parametrize("seed", range(40))
def test_two_ways_are_apart_by_what_samples_of_both_say(seed: int) -> None:
    random = Random(seed)
    place, size = some_place(random), _size(random)
    p, q = some_leg(random, place, size), some_leg(random, place, size)
    p, q = replace(p, start_us=0, end_us=SECOND), replace(q, start_us=2 * SECOND, end_us=3 * SECOND)
    met = encounter(p, q, _NONE)
    assert isinstance(met, Apart)
    at = times(0, SECOND, 60)
    least = min(oracle.apart(where(p, s), where(q, 2 * SECOND + t)) for s in at for t in at)
    least -= (p.radius_mm + q.radius_mm) / 1000 + 0.04
    step = (speed(p) + speed(q)) * SECOND / 60
    assert met.horizontal_mm * _MM - 1e-5 <= max(0, least) <= met.horizontal_mm * _MM + step / 2 + 0.002
    assert met.time_us == SECOND


@pytest.mark.parametrize("seed", range(150))
def test_volumes_meet_as_they_do_exactly_and_grown_by_the_buffers(seed: int) -> None:
    """H4.7: the volumes grown by the buffers."""
    random = Random(seed)
    place, size = some_place(random), _size(random)
    a, b = some_volume(random, place, size), some_volume(random, place, size)
    met = encounter(a, b, _NONE)
    assert (met if isinstance(met, Meeting) else None) == meeting(a, b)
    buffers = some_buffers(random, size)
    grown = Volume(
        None,
        None if a.lower_mm is None else a.lower_mm - buffers.vertical_mm,
        None if a.upper_mm is None else a.upper_mm + buffers.vertical_mm,
        None if a.start_us is None else a.start_us - buffers.time_us,
        None if a.end_us is None else a.end_us + buffers.time_us,
    )
    apart = 0 if a.outline is None or b.outline is None else clearance_mm(a.outline, b.outline)
    met = encounter(a, b, buffers)
    if apart <= buffers.horizontal_mm and meeting(grown, b) is not None:
        assert met == meeting(grown, b)
    else:
        assert isinstance(met, Apart)
        assert met.horizontal_mm == apart
        assert (
            met.horizontal_mm > buffers.horizontal_mm
            or met.vertical_mm > buffers.vertical_mm
            or met.time_us > buffers.time_us
        )


def _later(body: Body, by: int) -> Body:
    return replace(
        body,
        start_us=None if body.start_us is None else body.start_us + by,
        end_us=None if body.end_us is None else body.end_us + by,
    )


def _within(bound: int | None, other: int | None, by: int) -> bool:
    return bound == other or (bound is not None and other is not None and abs(bound - other) <= by)


@settings(max_examples=250, deadline=None)
@given(st.integers(0, 2**40), st.integers(-(10**15), 10**15))
def test_meeting_is_mutual_moves_with_time_and_grows_with_the_buffers(seed: int, by: int) -> None:
    random = Random(seed)
    place, size = some_place(random), _size(random)
    a, b = some_body(random, place, size), some_body(random, place, size)
    buffers = some_buffers(random, size)
    met, back = encounter(a, b, buffers), encounter(b, a, buffers)
    assert meet(Ready(a), Ready(b), buffers) == (met if isinstance(met, Meeting) else None)
    if isinstance(met, Meeting):
        assert isinstance(back, Meeting)
        assert _within(met.lower_mm, back.lower_mm, buffers.vertical_mm)
        assert _within(met.upper_mm, back.upper_mm, buffers.vertical_mm)
        # What exact sums say of first and last moments is within the buffer both ways; each rounds by 1 us.
        assert _within(met.start_us, back.start_us, buffers.time_us + 2 + _slack(a, b))
        assert _within(met.end_us, back.end_us, buffers.time_us + 2 + _slack(a, b))
        moved = encounter(_later(a, by), _later(b, by), buffers)
        assert isinstance(moved, Meeting)
        assert moved == replace(
            met,
            start_us=None if met.start_us is None else met.start_us + by,
            end_us=None if met.end_us is None else met.end_us + by,
        )
    else:
        assert met == back
        assert met == encounter(_later(a, by), _later(b, by), buffers)
    wider = Buffers(*(bound + random.randrange(bound + 2) for bound in _three(buffers)))
    grown = encounter(a, b, wider)
    if isinstance(met, Meeting):
        assert isinstance(grown, Meeting)
        assert met.start_us is None or grown.start_us is None or grown.start_us <= met.start_us + 1
        assert met.end_us is None or grown.end_us is None or grown.end_us >= met.end_us - 1


def _three(buffers: Buffers) -> tuple[int, int, int]:
    return buffers.horizontal_mm, buffers.vertical_mm, buffers.time_us


def _slack(a: Body, b: Body) -> int:
    """How long a millimetre takes where one of them hardly moves against the other: nothing is said of grazing."""
    return 10 * SECOND if isinstance(a, Leg) and isinstance(b, Leg) else 0


def test_a_disc_that_crosses_a_box_meets_it_from_its_edge_to_its_edge() -> None:
    """H6.2: a leg north along a meridian, 0.1 degrees in 100 s, through a box of 0.01 degrees."""
    box, leg = (
        Volume(_box(46.04, 7, 0.01), 0, 100, None, None),
        Leg(460000000, 70050000, 461000000, 70050000, 0, 100 * SECOND, 50, None, 1000),
    )
    met = encounter(leg, box, _NONE)
    assert isinstance(met, Meeting)
    assert (met.lower_mm, met.upper_mm) == (50, 100)
    grown_s = (1 + NEAR_M) / (math.radians(0.1) * oracle.RADIUS_M) * 100
    assert met.start_us == pytest.approx((40 - grown_s) * SECOND, abs=1000)
    # The northern edge is a great circle, which bulges north between its corners by less than half a metre.
    assert met.end_us == pytest.approx((50 + grown_s) * SECOND, abs=5000)
    assert met.end_us >= (50 + grown_s) * SECOND


def test_a_leg_through_both_arms_of_an_outline_is_met_from_the_first_to_the_last() -> None:
    """A concave outline: between its arms the disc is out of reach, the window spans both; a window between meets nothing."""
    arms = Polygon.from_degrees(
        [(0, 0), (0, 0.05), (0.03, 0.05), (0.03, 0.04), (0.01, 0.04), (0.01, 0.01), (0.03, 0.01), (0.03, 0)]
    )
    leg = Leg(200000, -100000, 200000, 600000, 0, 70 * SECOND, None, None, 1)
    met = encounter(Volume(arms), leg, _NONE)
    assert isinstance(met, Meeting)
    assert (met.start_us, met.end_us) == (pytest.approx(10 * SECOND, abs=1000), pytest.approx(60 * SECOND, abs=1000))
    assert encounter(Volume(arms, None, None, 21 * SECOND, 49 * SECOND), leg, _NONE) == Apart(0, 0, 0)
    assert isinstance(
        encounter(Volume(arms, None, None, 21 * SECOND, 49 * SECOND), leg, Buffers(time_us=2 * SECOND)), Meeting
    )


def test_of_a_leg_and_a_buffer_in_time_the_window_is_that_of_the_second() -> None:
    leg = Leg(460000000, 70050000, 461000000, 70050000, 0, 100 * SECOND, None, None, 1000)
    at_40 = Volume(_box(46.04, 7, 0.01), None, None, 55 * SECOND, 90 * SECOND)
    assert encounter(leg, at_40, _NONE) == Apart(0, 0, 0)
    met = encounter(leg, at_40, Buffers(time_us=10 * SECOND))
    assert isinstance(met, Meeting)
    assert met.start_us == 55 * SECOND
    assert met.end_us == pytest.approx(60 * SECOND, abs=30_000)
    back = encounter(at_40, leg, Buffers(time_us=10 * SECOND))
    assert isinstance(back, Meeting)
    assert back.start_us == 45 * SECOND
    assert back.end_us == pytest.approx(50 * SECOND, abs=30_000)


@pytest.mark.parametrize(
    ("lat", "lng", "to_lat", "to_lng"), [(0, 179.9, 0, -179.9), (89.9, 0, 89.9, 180), (-89.9, 90, -89.9, -90)]
)
def test_legs_lead_over_the_antimeridian_and_the_poles(lat: float, lng: float, to_lat: float, to_lng: float) -> None:
    leg = Leg(*(round(x * 1e7) for x in (lat, lng, to_lat, to_lng)), 0, 100 * SECOND, None, None, 100_000)
    middle = Circle.from_degrees(90 if lat > 1 else -90 if lat < -1 else 0, 180, 100)
    met = encounter(Volume(middle), leg, _NONE)
    assert isinstance(met, Meeting)
    assert met.start_us is not None
    assert met.end_us is not None
    assert met.start_us + met.end_us == pytest.approx(100 * SECOND, abs=10)
    across = replace(leg, from_lat_e7=leg.from_lat_e7, start_us=50 * SECOND, end_us=51 * SECOND)
    assert isinstance(encounter(leg, across, _NONE), Meeting)


def test_a_leg_of_no_duration_is_on_all_its_way_at_that_instant() -> None:
    flash = Leg(460000000, 70050000, 461000000, 70050000, 5, 5, None, None, 1000)
    box = Volume(_box(46.04, 7, 0.01))
    assert encounter(flash, box, _NONE) == Meeting(None, None, 5, 5)
    assert encounter(box, flash, _NONE) == Meeting(None, None, 5, 5)
    other = Leg(460500000, 70000000, 460500000, 70100000, 5, 5, None, None, 1000)
    assert encounter(flash, other, _NONE) == Meeting(None, None, 5, 5)
    assert encounter(flash, replace(other, start_us=6, end_us=6), _NONE) == Apart(0, 0, 1)
    assert encounter(flash, replace(other, start_us=6, end_us=6), Buffers(time_us=1)) == Meeting(None, None, 6, 6)
    slow = replace(other, start_us=0, end_us=10)
    assert encounter(flash, slow, _NONE) == Meeting(None, None, 5, 5)
    assert encounter(slow, flash, _NONE) == Meeting(None, None, 5, 5)
    assert isinstance(encounter(flash, replace(slow, end_us=100), _NONE), Apart)


def test_a_disc_that_stands_is_a_circle() -> None:
    standing = Leg(460000000, 70000000, 460000000, 70000000, 0, 100, 0, 9, 5000)
    circle = Volume(Circle(460000000, 70000000, 5000), 0, 9, 0, 100)
    for other in (
        Volume(_box(46, 7, 0.01), 5, 20, 50, 60),
        Volume(_box(46.1, 7, 0.01)),
        Leg(459000000, 70000000, 461000000, 70000000, 0, 100, None, None, 10),
    ):
        assert encounter(standing, other, _NONE) == encounter(circle, other, _NONE)
        assert encounter(other, standing, _NONE) == encounter(other, circle, _NONE)


def test_touching_counts_in_time_height_and_place() -> None:
    one, above = Volume(_box(46, 7, 0.01), 0, 100, 0, 10), Volume(_box(46, 7.01, 0.01), 100, 200, 10, 20)
    assert encounter(one, above, _NONE) == Meeting(100, 100, 10, 10)
    assert encounter(one, replace(above, lower_mm=101), _NONE) == Apart(0, 1, 0)
    assert encounter(one, replace(above, start_us=12), _NONE) == Apart(0, 0, 2)
    assert encounter(one, replace(above, lower_mm=101), Buffers(vertical_mm=1)) == Meeting(101, 101, 10, 10)


def test_what_has_no_place_counts_as_everywhere() -> None:
    leg = Leg(460000000, 70050000, 461000000, 70050000, 10, 20, 5, 6, 1000)
    assert encounter(Volume(None, 0, 5, 0, 15), leg, _NONE) == Meeting(5, 5, 10, 15)
    assert encounter(leg, Volume(None, 7, 8, 21, 22), _NONE) == Apart(0, 1, 1)
    assert encounter(Volume(), Volume(), _NONE) == Meeting(None, None, None, None)


def test_contradictory_bounds_count_as_their_hull() -> None:
    """H4.4: what is delivered as given is not missed."""
    assert encounter(Volume(None, 100, 0, 50, 40), Volume(None, 20, 30, 45, 60), _NONE) == Meeting(20, 30, 45, 50)


def test_two_discs_side_by_side_all_the_way_are_judged_within_the_bound_on_work() -> None:
    a = Leg(0, 0, 0, 300000000, 0, 3600 * SECOND, None, None, 50_000)
    b = replace(a, from_lat_e7=10_000, to_lat_e7=10_000)
    met = encounter(a, b, Buffers(horizontal_mm=12_000))
    assert met == Meeting(None, None, 0, 3600 * SECOND)
    assert isinstance(
        encounter(a, replace(b, from_lat_e7=20_000, to_lat_e7=20_000), Buffers(horizontal_mm=12_000)), Apart
    )


@pytest.mark.parametrize("bad", [(-1, 0, 0), (0, -1, 0), (0, 0, -1), (10**9 + 1, 0, 0)])
def test_buffers_are_not_negative_and_not_wider_than_sense(bad: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="Buffers"):
        Buffers(*bad)


def test_windows_of_a_leg_are_ascending_and_apart() -> None:
    comb = [(0.0, 0.0)]
    for tooth in range(5):
        comb += [
            (0.03, tooth * 0.01),
            (0.03, tooth * 0.01 + 0.004),
            (0.01, tooth * 0.01 + 0.004),
            (0.01, tooth * 0.01 + 0.009),
        ]
    ready = Ready(Volume(Polygon.from_degrees([*comb, (0, 0.05)])))
    path = Ready(Leg(200000, -100000, 200000, 600000, 0, 70 * SECOND, None, None, 1)).path
    assert ready.place is not None
    assert path is not None
    windows = ready.place.touched_by(path, 0)
    assert len(windows) == 5
    assert all(a[1] < b[0] for a, b in pairwise(windows))
