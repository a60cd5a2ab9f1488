from __future__ import annotations

from beforehand.wire.hotline.contradictions import contradictions, hull
from beforehand.wire.hotline.values import SaidAltitude, SaidTime, said_time


def m(value: float) -> SaidAltitude:
    return SaidAltitude(value, "m", "wgs84")


def at(clock: str) -> SaidTime:
    return said_time(f"2018-09-17T{clock}:00+03:00", "at")


def test_a_floor_above_the_ceiling_is_spelled_out_and_its_hull_counts() -> None:
    """H4.4"""
    (found,) = contradictions([m(3000)], [m(1000)], None, None)
    assert found.kind == "FLOOR_ABOVE_CEILING"
    assert found.words == (
        "The floor, 3000 m above the WGS84 ellipsoid, is above the ceiling, 1000 m above the WGS84 ellipsoid."
    )
    bounds = hull([m(3000)], [m(1000)], None, None)
    assert (bounds.lower_mm, bounds.upper_mm) == (1_000_000, 3_000_000)


def test_two_limits_are_a_contradiction_and_the_outer_one_counts() -> None:
    """H4.4"""
    (found,) = contradictions([], [SaidAltitude(250, "fl"), m(5000)], None, None)
    assert found.kind == "TWO_ALTITUDE_LIMITS"
    assert found.words == "Two upper limits: FL 250 without QNH, ±300 m; and 5000 m above the WGS84 ellipsoid."
    bounds = hull([], [SaidAltitude(250, "fl"), m(5000)], None, None)
    assert (bounds.lower_mm, bounds.upper_mm, bounds.widened_mm) == (None, 7_920_000, 300_000)
    assert hull([m(500), m(100)], [], None, None).lower_mm == 100_000


def test_one_limit_said_twice_is_no_contradiction() -> None:
    """H4.4: 10,000 ft is 3,048 m."""
    assert contradictions([], [SaidAltitude(10_000, "ft", "amsl"), SaidAltitude(3048, "m", "amsl")], None, None) == ()


def test_an_end_before_the_start_is_spelled_out_and_its_hull_counts() -> None:
    """H4.4"""
    (found,) = contradictions([], [], at("22:03"), at("21:39"))
    assert found.kind == "END_BEFORE_START"
    assert found.words == "The end, 2018-09-17T21:39:00+03:00, is before the start, 2018-09-17T22:03:00+03:00."
    bounds = hull([], [], at("22:03"), at("21:39"))
    assert (bounds.start_us, bounds.end_us) == (at("21:39").time_us, at("22:03").time_us)


def test_heights_above_different_things_contradict_only_where_nothing_fits() -> None:
    """H4.4: 100 m above sea level may be below 50 m above the ellipsoid, 1,000 m may not."""
    assert contradictions([SaidAltitude(100, "m", "amsl")], [m(50)], None, None) == ()
    bounds = hull([SaidAltitude(100, "m", "amsl")], [m(50)], None, None)
    assert (bounds.lower_mm, bounds.upper_mm) == (-10_000, 50_000)
    assert [each.kind for each in contradictions([SaidAltitude(1000, "m", "amsl")], [m(50)], None, None)] == [
        "FLOOR_ABOVE_CEILING"
    ]


def test_widening_hides_no_contradiction_of_one_reference() -> None:
    """H4.4: FL 101 is above FL 100, though both are unsure by 300 m."""
    (found,) = contradictions([SaidAltitude(101, "fl")], [SaidAltitude(100, "fl")], None, None)
    assert found.kind == "FLOOR_ABOVE_CEILING"


def test_all_that_contradicts_is_named() -> None:
    """H4.4"""
    found = contradictions([m(3), m(9)], [m(1), m(5)], at("22:00"), at("21:00"))
    assert [each.kind for each in found] == [
        "TWO_ALTITUDE_LIMITS",
        "TWO_ALTITUDE_LIMITS",
        "FLOOR_ABOVE_CEILING",
        "END_BEFORE_START",
    ]


def test_a_volume_without_bounds_says_nothing_against_itself() -> None:
    """H4.4"""
    assert contradictions([m(3000)], [], at("22:00"), None) == ()
    bounds = hull([m(3000)], [], at("22:00"), None)
    assert (bounds.upper_mm, bounds.end_us) == (None, None)
