"""Two volumes meet exactly if they share a place, a height and a time; touching counts."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from beforehand.airspace.cells import cover
from beforehand.airspace.meeting import Meeting, Prepared, clearance_mm, meeting, meets, overlap
from beforehand.airspace.volume import Circle, Outline, OutlineError, Polygon, Volume

from . import oracle
from .outlines import outlines, polygons, small_sizes

# Each outline is grown by 2 cm.
_GROWN_MM = 40


def _corners(polygon: Polygon) -> list[oracle.Vector]:
    return [oracle.point(*vertex) for vertex in polygon.vertices]


def _expected_mm(a: Outline, b: Outline) -> float:
    """The distance of two outlines as they are, by brute force."""
    if isinstance(a, Circle):
        centre = oracle.point(a.lat_e7, a.lng_e7)
        if isinstance(b, Circle):
            return oracle.apart(centre, oracle.point(b.lat_e7, b.lng_e7)) * 1000 - a.radius_mm - b.radius_mm
        return oracle.distance_from_point(centre, _corners(b)) * 1000 - a.radius_mm
    if isinstance(b, Circle):
        return _expected_mm(b, a)
    return oracle.distance(_corners(a), _corners(b)) * 1000


def _prepared(outline: Outline) -> Prepared:
    try:
        return Prepared(outline)
    except OutlineError as refused:
        assume(refused.reason != "self_intersecting")
        raise


@st.composite
def _pairs(draw: st.DrawFn) -> tuple[Outline, Outline]:
    """Two outlines near each other: the second is moved until it lies beside, across or within the first."""
    a, b = draw(outlines(small_sizes)), draw(outlines(small_sizes))
    anchor = a.vertices[0] if isinstance(a, Polygon) else (a.lat_e7, a.lng_e7)
    assume(abs(anchor[0]) < 890_000_000)
    lat_e7 = anchor[0] + draw(st.integers(-100_000, 100_000) | st.integers(-30, 30))
    lng_e7 = anchor[1] + draw(st.integers(-100_000, 100_000) | st.integers(-30, 30))
    if isinstance(b, Circle):
        return a, Circle(_lat(lat_e7), _lng(lng_e7), b.radius_mm)
    from_lat, from_lng = b.vertices[draw(st.integers(0, len(b.vertices) - 1))]
    assume(all(abs(lng - from_lng) < 900_000_000 and abs(lat) < 890_000_000 for lat, lng in b.vertices))
    moved = tuple((_lat(lat - from_lat + lat_e7), _lng(lng - from_lng + lng_e7)) for lat, lng in b.vertices)
    assume(len(set(moved)) == len(moved))
    return a, Polygon(moved)


def _lat(lat_e7: int) -> int:
    return max(-899_999_999, min(899_999_999, lat_e7))


def _lng(lng_e7: int) -> int:
    return (lng_e7 + 1_800_000_000) % 3_600_000_000 - 1_800_000_000


@settings(max_examples=1000, deadline=None)
@given(_pairs())
def test_clearance_and_meeting_are_what_every_edge_against_every_edge_gives(pair: tuple[Outline, Outline]) -> None:
    a, b = (_prepared(outline) for outline in pair)
    expected = max(0.0, _expected_mm(*pair) - _GROWN_MM)
    found = a.clearance_mm(b)
    assert found == b.clearance_mm(a)
    assert found - 0.001 <= expected < found + 1.001
    assert a.meets(b) is b.meets(a) is (found == 0)


@settings(max_examples=100, deadline=None)
@given(_pairs())
def test_outlines_that_meet_share_a_cell(pair: tuple[Outline, Outline]) -> None:
    a, b = (_prepared(outline) for outline in pair)
    if _expected_mm(*pair) <= _GROWN_MM - 1:
        assert a.meets(b)
        assert set(cover(pair[0])) & set(cover(pair[1]))


@settings(max_examples=50, deadline=None)
@given(polygons(), st.integers(0, 11))
def test_an_outline_meets_itself_and_a_point_on_its_border(polygon: Polygon, corner: int) -> None:
    shape = _prepared(polygon)
    assert shape.meets(shape)
    assert shape.clearance_mm(shape) == 0
    assert shape.meets(Prepared(Circle(*polygon.vertices[corner % len(polygon.vertices)], 1)))


def _box(lat: float, lng: float, size: float) -> Polygon:
    west, east = ((x + 180) % 360 - 180 for x in (lng, lng + size))
    return Polygon.from_degrees([(lat, west), (lat, east), (lat + size, east), (lat + size, west)])


@pytest.mark.parametrize("place", [(46.0, 7.0), (0.0, 179.995), (-89.9, 10.0), (0.0, 0.0)])
def test_boxes_that_share_an_edge_or_a_corner_or_lie_within_each_other_meet(place: tuple[float, float]) -> None:
    lat, lng = place
    size = 0.004
    box = Prepared(_box(lat, lng, size))
    assert box.meets(Prepared(_box(lat, lng + size, size)))
    assert box.meets(Prepared(_box(lat + size, lng + size, size)))
    assert box.meets(Prepared(_box(lat + size / 4, lng + size / 4, size / 4)))
    assert not box.meets(Prepared(_box(lat, lng + size + 2e-3 / math.cos(math.radians(lat)), size)))


def test_a_circle_meets_what_it_lies_in_and_what_lies_in_it() -> None:
    box = _box(46, 7, 0.01)
    assert clearance_mm(box, Circle.from_degrees(46.005, 7.005, 1)) == 0
    assert clearance_mm(Circle.from_degrees(46.005, 7.005, 5000), box) == 0
    assert clearance_mm(Circle.from_degrees(46, 7, 100), Circle.from_degrees(46, 7, 1)) == 0


def test_circles_are_apart_by_what_lies_between_their_rims() -> None:
    # One degree along the equator on a sphere of radius 6,371,010 m.
    between_centres = math.radians(1) * 6_371_010_000
    found = clearance_mm(Circle.from_degrees(0, 0, 1000), Circle.from_degrees(0, 1, 500.5))
    assert found == math.floor(between_centres - 1_500_500) - _GROWN_MM


def test_opposite_sides_of_the_earth_are_half_a_circumference_apart() -> None:
    found = clearance_mm(Circle.from_degrees(0, 0, 1), Circle.from_degrees(0, 180, 1))
    assert found == math.floor(math.pi * 6_371_010_000 - 2000) - _GROWN_MM
    assert clearance_mm(_box(0, 0, 0.01), _box(-0.01, 180 - 0.01, 0.01)) > 19_000_000_000


@pytest.mark.parametrize("bad", [Polygon(((0, 0), (0, 1))), Circle(0, 0, 0), Circle(0, 0, 60_000_000)])
def test_an_outline_that_cannot_be_covered_cannot_be_held_against_others(bad: Outline) -> None:
    with pytest.raises(OutlineError):
        Prepared(bad)


_bounds = st.none() | st.integers(-5, 5)


def _shared(a_low: int | None, a_high: int | None, b_low: int | None, b_high: int | None) -> list[float]:
    lows, highs = (-math.inf, a_low, b_low), (math.inf, a_high, b_high)
    return [max(x for x in lows if x is not None), min(x for x in highs if x is not None)]


@given(st.tuples(*[_bounds] * 4), st.tuples(*[_bounds] * 4))
def test_band_and_window_are_shared_bounds_included(a: tuple[int | None, ...], b: tuple[int | None, ...]) -> None:
    found = overlap(Volume(None, *a), Volume(None, *b))
    band, window = _shared(a[0], a[1], b[0], b[1]), _shared(a[2], a[3], b[2], b[3])
    if band[0] > band[1] or window[0] > window[1]:
        assert found is None
    else:
        bounds = [None if math.isinf(bound) else int(bound) for bound in band + window]
        assert found == Meeting(*bounds)


def test_volumes_meet_only_if_place_height_and_time_all_do() -> None:
    here, there = _box(46, 7, 0.01), _box(46, 7.02, 0.01)
    one = Volume(here, 0, 100_000, 0, 60)
    assert meeting(one, Volume(here, 100_000, 200_000, 60, 120)) == Meeting(100_000, 100_000, 60, 60)
    assert not meets(one, Volume(here, 100_010, 200_000, 0, 60))
    assert not meets(one, Volume(here, 0, 100_000, 61, 120))
    assert not meets(one, Volume(there, 0, 100_000, 0, 60))
    assert meets(one, Volume(None, 0, 100_000, 0, 60))
    assert meets(one, Volume(here, None, None, None, None))
