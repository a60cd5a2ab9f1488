"""A leg is where its ends, its times and a constant speed put it (H6.2)."""

import math
from random import Random

import pytest
from msgspec.structs import replace

from beforehand.airspace.arc import Arc, angle_between
from beforehand.airspace.moving import Leg, Path, position
from beforehand.airspace.volume import OutlineError

from . import oracle
from .bodies import SECOND, some_leg, some_place, where
from .outlines import near

_LEG = Leg(460000000, 70000000, 461000000, 72000000, 0, 100 * SECOND, None, None, 1000)


@pytest.mark.parametrize("seed", range(200))
def test_a_leg_is_on_the_shortest_way_at_constant_speed(seed: int) -> None:
    """H6.2: everywhere, over poles and the antimeridian, from metres to half way round."""
    random = Random(seed)
    leg = replace(some_leg(random, some_place(random), random.choice([10.0, 1000.0, 3e6, 9e6])), radius_mm=1)
    for time in (leg.start_us, leg.end_us, random.randint(leg.start_us, leg.end_us)):
        lat_e7, lng_e7 = position(leg, time)
        assert abs(lat_e7) <= 900_000_000
        assert abs(lng_e7) <= 1_800_000_000
        assert oracle.apart(oracle.point(lat_e7, lng_e7), where(leg, time)) < 0.009


def test_a_leg_begins_and_ends_exactly_where_it_says() -> None:
    assert position(_LEG, 0) == (460000000, 70000000)
    assert position(_LEG, 100 * SECOND) == (461000000, 72000000)
    at_the_line = replace(_LEG, from_lng_e7=-1_800_000_000, to_lng_e7=1_799_000_000)
    assert position(at_the_line, 0) == (460000000, -1_800_000_000)
    standing = replace(_LEG, to_lat_e7=460000000, to_lng_e7=70000000)
    assert position(standing, 50) == (460000000, 70000000)


def test_a_leg_of_no_duration_is_at_its_start() -> None:
    assert position(replace(_LEG, start_us=7, end_us=7), 7) == (460000000, 70000000)


@pytest.mark.parametrize("time", [-1, 100 * SECOND + 1])
def test_a_leg_is_nowhere_at_other_times(time: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        position(_LEG, time)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"to_lat_e7": -460000000, "to_lng_e7": -1_730_000_000}, "degenerate"),
        ({"from_lat_e7": 900_000_000, "to_lat_e7": -900_000_000}, "degenerate"),
        ({"radius_mm": 0}, "radius_not_positive"),
        ({"radius_mm": 60_000_000}, "area_too_large"),
        ({"to_lat_e7": 900_000_001}, "lat_lng_out_of_range"),
        ({"from_lng_e7": -1_800_000_001}, "lat_lng_out_of_range"),
    ],
)
def test_a_leg_that_makes_no_sense_is_refused(changed: dict[str, int], reason: str) -> None:
    leg = replace(_LEG, **changed)
    with pytest.raises(OutlineError) as refused:
        Path(leg)
    assert refused.value.reason == reason


def test_a_leg_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        Path(replace(_LEG, start_us=1, end_us=0))


def test_windows_are_rounded_outwards_and_stay_within_the_leg() -> None:
    path = Path(_LEG)
    assert path.window((0.0, path.length)) == (0, 100 * SECOND)
    assert path.window((-1e-9, path.length * 1.1)) == (0, 100 * SECOND)
    start, end = path.window((path.length / 3, path.length / 1.5))
    assert start == 33_333_333
    assert end == 66_666_667


def _arc(random: Random) -> Arc:
    place, size = some_place(random), random.choice([1.0, 1000.0, 3e6])
    return Arc(
        near(place, random.uniform(-size, size), random.uniform(-size, size)),
        near(place, random.uniform(-size, size), random.uniform(-size, size)),
    )


@pytest.mark.parametrize("seed", range(100))
def test_a_point_is_as_far_from_an_arc_as_from_the_nearest_of_its_points(seed: int) -> None:
    random = Random(seed)
    arc = _arc(random)
    size = arc.length * oracle.RADIUS_M
    point = near(arc.at(arc.length * random.uniform(-1, 2)), *[random.uniform(-size, size) for _ in range(2)])
    least = min(angle_between(point, arc.at(arc.length * i / 2000)) for i in range(2001))
    assert arc.away(point) <= least + 1e-15
    assert least <= arc.away(point) + arc.length / 4000
    assert arc.away(point) * oracle.RADIUS_M == pytest.approx(
        oracle.from_edge(point, arc.start, arc.end), rel=1e-6, abs=1e-6
    )


@pytest.mark.parametrize("seed", range(100))
def test_spans_near_a_point_or_an_arc_end_where_the_reach_does(seed: int) -> None:
    random = Random(seed)
    arc = _arc(random)
    other = Arc(
        *(arc.at(arc.length * random.uniform(0, 1)), near(arc.start, *[random.gauss(0, 1) * arc.length * 6e6] * 2))
    )
    reach = min(0.2, random.uniform(0.01, 0.5) * arc.length)
    for spans, away in (
        (arc.near_point(other.end, reach), lambda p: angle_between(p, other.end)),
        (arc.near_arc(other, reach), other.away),
    ):
        for i in range(1001):
            angle = min(arc.length, arc.length * i / 1000)
            is_in = any(low <= angle <= high for low, high in spans)
            apart = away(arc.at(angle))
            assert is_in == (apart <= reach) or math.isclose(apart, reach, rel_tol=1e-6, abs_tol=2e-10)
