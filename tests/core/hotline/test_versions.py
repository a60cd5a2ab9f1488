"""How a version stands to the one before, bound by bound."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from beforehand.airspace.moving import Leg
from beforehand.airspace.volume import Circle, Polygon, Volume
from beforehand.core.hotline.decide.versions import differing, kind_of

ROUND = Circle.from_degrees(35.5, 35.5, 3_000)
SQUARE = Polygon.from_degrees([(35.4, 35.4), (35.4, 35.6), (35.6, 35.6), (35.6, 35.4)])
OLD = Volume(ROUND, 100_000, 900_000, 1_000, 9_000)


def but(**fields):
    return replace(OLD, **fields)


@pytest.mark.parametrize(
    ("new", "kind"),
    [
        (OLD, "inside"),
        (but(outline=replace(ROUND, radius_mm=2_999_999)), "inside"),
        (but(outline=replace(ROUND, radius_mm=3_000_100)), "outside"),
        (but(outline=replace(ROUND, lat_e7=ROUND.lat_e7 + 10)), "outside"),
        (but(outline=SQUARE), "outside"),
        (but(lower_mm=100_001), "inside"),
        (but(lower_mm=99_999), "outside"),
        (but(lower_mm=None), "outside"),
        (but(upper_mm=899_999), "inside"),
        (but(upper_mm=900_001), "outside"),
        (but(upper_mm=None), "outside"),
        (but(start_us=1_001), "inside"),
        (but(start_us=999), "slip"),
        (but(start_us=None), "slip"),
        (but(end_us=8_999), "inside"),
        (but(end_us=9_001), "slip"),
        (but(end_us=None), "slip"),
        (but(start_us=2_000, end_us=10_000), "slip"),
        (but(start_us=2_000, end_us=10_000, lower_mm=100_001), "outside"),
        (but(start_us=2_000, end_us=10_000, upper_mm=899_999), "outside"),
        (but(start_us=2_000, end_us=10_000, outline=replace(ROUND, radius_mm=1)), "outside"),
    ],
)
def test_a_version_is_inside_slip_or_outside_to_the_last_unit(new, kind):
    """H4.10: inside the old, the same place at other times, or outside."""
    assert kind_of([new], [OLD]) == kind


@pytest.mark.parametrize("bound", ["lower_mm", "upper_mm"])
def test_what_had_no_limit_of_height_holds_any(bound):
    """H4.10: an unbounded band holds every band; a bounded one holds no unbounded one."""
    old = but(**{bound: None})
    assert kind_of([OLD], [old]) == "inside"
    assert kind_of([old], [old]) == "inside"
    assert kind_of([old], [OLD]) == "outside"


@pytest.mark.parametrize("bound", ["start_us", "end_us"])
def test_a_time_that_was_not_said_holds_none_that_is_said_now(bound):
    """H4.10, H4.1: who was told of no window yet has not read back the one that is said now."""
    unsaid = but(**{bound: None})
    assert kind_of([OLD], [unsaid]) == "slip"
    assert kind_of([unsaid], [unsaid]) == "inside"
    assert kind_of([but(start_us=None, end_us=None, outline=replace(ROUND, radius_mm=1))], [unsaid]) == "outside"


def test_a_place_in_words_alone_is_never_the_same():
    """H4.10, H4.5: the words may say another place now."""
    words = but(outline=None)
    assert kind_of([words], [words]) == "outside"
    assert kind_of([OLD], [words]) == "outside"
    assert kind_of([words], [OLD]) == "outside"
    assert differing([words], [words]) == [0]


def test_polygons_and_circles_lie_inside_each_other_by_their_shapes():
    """H4.10: exactly, whichever of both is which."""
    square = but(outline=SQUARE)
    assert kind_of([OLD], [square]) == "inside"
    assert kind_of([square], [OLD]) == "outside"
    inner = but(outline=Polygon.from_degrees([(35.49, 35.49), (35.49, 35.51), (35.51, 35.51)]))
    assert kind_of([inner], [OLD]) == "inside"
    assert kind_of([inner], [square]) == "inside"
    assert kind_of([square], [inner]) == "outside"


def test_every_volume_must_lie_inside_one_of_the_old():
    """H4.10: any one, and one is enough for several; fewer volumes than before are still inside."""
    other = but(outline=replace(ROUND, lat_e7=ROUND.lat_e7 + 10_000_000))
    assert kind_of([other, OLD], [OLD, other]) == "inside"
    assert kind_of([OLD], [OLD, other]) == "inside"
    assert kind_of([OLD, OLD], [OLD]) == "inside"
    assert kind_of([OLD, other], [OLD]) == "outside"
    assert kind_of([], [OLD]) == "inside"


def test_a_slip_has_the_same_volumes_in_the_same_order():
    """H4.10: as many, each at its own place."""
    other = but(outline=replace(ROUND, lat_e7=ROUND.lat_e7 + 10_000_000))
    later, other_later = but(end_us=9_001), replace(other, end_us=9_001)
    assert kind_of([later, other_later], [OLD, other]) == "slip"
    assert kind_of([later, other], [OLD, other]) == "slip"
    assert kind_of([other_later, later], [OLD, other]) == "outside"
    assert kind_of([later], [OLD, other]) == "outside"
    assert kind_of([later, other_later], [OLD]) == "outside"


def test_without_the_shapes_of_the_old_nothing_is_inside_it():
    """H4.10: what cannot be compared is read back."""
    leg = Leg(0, 0, 1, 1, 0, 1, None, None, 1)
    assert kind_of([OLD], []) == "outside"
    assert kind_of([OLD], [leg]) == "outside"
    assert kind_of([OLD], [leg, OLD]) == "inside"


def test_volumes_that_differ_are_those_that_are_exactly_none_of_the_old():
    """H4.10: read back the difference."""
    changed = but(upper_mm=900_001)
    assert differing([OLD, changed], [changed]) == [0]
    assert differing([OLD, changed], [OLD]) == [1]
    assert differing([OLD, changed], [changed, OLD]) == []
    assert differing([OLD, changed], []) == [0, 1]
