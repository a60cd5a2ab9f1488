from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.airspace.meeting import clearance_mm
from beforehand.airspace.volume import Circle, Polygon
from beforehand.wire.hotline.bearings import Spot, ahead, bearing, distance_m, gap_m, off_bearing, spot

spots = st.builds(Spot, st.integers(-800_000_000, 800_000_000), st.integers(-1_800_000_000, 1_800_000_000))
near = st.builds(Spot, st.integers(350_000_000, 360_000_000), st.integers(1_795_000_000, 1_800_000_000))


def test_latakia_bears_west_north_west_of_the_middle_of_syria() -> None:
    """H4.5"""
    assert 280 < bearing(Spot(348_979_500, 389_654_700), Spot(355_200_000, 357_700_000)) < 295


def test_35_52_for_35_degrees_52_minutes_is_38_km() -> None:
    """H4.6"""
    assert 38_000 < distance_m(Spot(355_200_000, 357_700_000), Spot(358_666_667, 357_700_000)) < 39_000


@given(spots, st.floats(0, 359.9), st.floats(1000, 1_000_000))
def test_what_lies_ahead_lies_so_far_that_way(from_: Spot, towards: float, metres: float) -> None:
    """H4.5"""
    there = ahead(from_, towards, metres)
    assert abs(distance_m(from_, there) - metres) < 1
    assert off_bearing(bearing(from_, there), towards) < 0.01


@given(near, near, st.integers(1, 20_000_000))
def test_a_gap_is_never_more_than_the_outlines_are_apart(a: Spot, b: Spot, radius_mm: int) -> None:
    """H4.5"""
    circle = Circle(a.lat_e7, a.lng_e7, radius_mm)
    triangle = Polygon(((b.lat_e7, b.lng_e7), (b.lat_e7 + 900_000, b.lng_e7), (b.lat_e7, b.lng_e7 - 900_000)))
    assert gap_m(spot(circle), spot(triangle)) * 1000 <= clearance_mm(circle, triangle) + 100


@pytest.mark.parametrize(("a", "b", "apart"), [(350, 10, 20), (10, 350, 20), (0, 180, 180), (90, 90, 0)])
def test_bearings_are_apart_the_short_way(a: float, b: float, apart: float) -> None:
    """H4.5"""
    assert off_bearing(a, b) == apart
