"""What a party says becomes whole numbers once, and loses nothing that matters."""

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.airspace.volume import Circle, Extent, OutlineError, Polygon, ceil_mm, floor_mm, union

_metres = st.floats(-1e6, 1e6) | st.decimals(-100_000, 100_000, places=3).map(float)


@given(_metres)
def test_bounds_are_rounded_outwards_by_less_than_a_millimetre(metres: float) -> None:
    exact = Decimal(metres) * 1000
    low, high = floor_mm(metres), ceil_mm(metres)
    # A decimal of three places is read as the nearest double, which may lie a hair inside of it.
    hair = Decimal(math.ulp(metres)) * 1000
    assert exact.to_integral_value(ROUND_FLOOR) <= low <= exact + hair
    assert exact - hair <= high <= exact.to_integral_value(ROUND_CEILING)


@given(st.integers(-100_000_000, 100_000_000))
def test_decimals_of_three_places_are_kept_exactly(millimetres: int) -> None:
    metres = float(f"{Decimal(millimetres) / 1000:.3f}")
    assert floor_mm(metres) == ceil_mm(metres) == millimetres


def test_bounds_a_centimetre_apart_stay_apart() -> None:
    assert ceil_mm(100) == 100_000 < floor_mm(100.01) == 100_010


@pytest.mark.parametrize("wild", [math.nan, math.inf, -math.inf, 1e13, -1e308])
def test_heights_beyond_all_sense_are_refused(wild: float) -> None:
    with pytest.raises(ValueError, match="metres"):
        floor_mm(wild)
    with pytest.raises(ValueError, match="metres"):
        ceil_mm(wild)


def rounded(degrees: float) -> int:
    """A longitude as it is kept."""
    return Circle.from_degrees(0, degrees, 1).lng_e7


@given(st.integers(-1_800_000_000, 1_800_000_000))
def test_decimals_of_seven_places_are_kept_exactly(e7: int) -> None:
    assert rounded(float(f"{Decimal(e7) / 10_000_000:.7f}")) == e7


def test_degrees_are_rounded_to_nearest_and_ties_to_even() -> None:
    assert rounded(0.00000004) == 0
    assert rounded(0.00000006) == 1
    assert rounded(0.5e-7) == 0
    assert rounded(1.5e-7) == 2
    assert rounded(-0.00000006) == -1


@pytest.mark.parametrize(
    "corner", [(90.00000001, 0), (-90.1, 0), (0, 180.00000001), (0, -181), (math.nan, 0), (0, math.inf), (1e300, 0)]
)
def test_corners_and_centres_off_the_globe_are_refused_before_rounding(corner: tuple[float, float]) -> None:
    with pytest.raises(OutlineError, match="off the globe") as refused:
        Polygon.from_degrees([corner, (1, 0), (1, 1)])
    assert refused.value.reason == "lat_lng_out_of_range"
    with pytest.raises(OutlineError, match="off the globe"):
        Circle.from_degrees(*corner, 10)


def test_corners_that_rounding_makes_one_are_one() -> None:
    corners = [(1.0, 1.0), (1.0, 1.00000001), (1.0, 2.0), (2.0, 2.0), (1.00000001, 1.0)]
    assert Polygon.from_degrees(corners).vertices == (
        (10_000_000, 10_000_000),
        (10_000_000, 20_000_000),
        (20_000_000, 20_000_000),
    )


def test_corners_given_twice_stay_twice() -> None:
    square = [(1.0, 1.0), (1.0, 2.0), (2.0, 2.0)]
    assert len(Polygon.from_degrees([*square, square[0]]).vertices) == 4
    assert len(Polygon.from_degrees([square[0], *square]).vertices) == 4


def test_at_least_three_corners_stay() -> None:
    assert len(Polygon.from_degrees([(1.0, 1.0), (1.0, 1.00000001), (1.00000001, 1.0)]).vertices) == 3
    assert len(Polygon.from_degrees([(1.0, 1.0), (1.0, 1.00000001)]).vertices) == 2


@pytest.mark.parametrize("radius", [0, -1, -0.0, math.nan, math.inf])
def test_a_radius_must_be_positive(radius: float) -> None:
    with pytest.raises(OutlineError) as refused:
        Circle.from_degrees(0, 0, radius)
    assert refused.value.reason == "radius_not_positive"


def test_a_radius_is_rounded_up() -> None:
    assert Circle.from_degrees(0, 0, 1e-9).radius_mm == 1
    assert Circle.from_degrees(0, 0, 150.0).radius_mm == 150_000
    assert Circle.from_degrees(0, 0, 1e39).radius_mm == 10**15


def test_a_union_holds_all_and_lacks_a_bound_where_one_does() -> None:
    one, two = Extent((3, 5), 10, 20, 100, 200), Extent((1, 3), 0, 15, 300, None)
    assert union([one, two]) == Extent((1, 3, 5), 0, 20, 100, None)
    assert union([one, Extent((5,), None, 30, None, 400)]) == Extent((3, 5), None, 30, None, 400)
    assert union([one]) is one


@given(st.lists(st.builds(Extent, st.just((1,)), *[st.none() | st.integers(-9, 9)] * 4), min_size=1, max_size=4))
def test_a_union_does_not_depend_on_order(extents: list[Extent]) -> None:
    assert union(extents) == union(extents[::-1])


def test_a_union_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        union([])
