from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.airspace.outline import area_km2
from beforehand.airspace.volume import Circle, Polygon
from beforehand.wire.hotline.bearings import Spot, distance_m
from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.shapes import read_shape, ring, to_geojson

SQUARE = [[35.7, 35.5], [35.8, 35.5], [35.8, 35.6], [35.7, 35.6], [35.7, 35.5]]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(("type", "coordinates", "circle")), inner)
    ),
    max_leaves=20,
)


def polygon(rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": rings}


def refused(outline: Any, circle: Any = None) -> BadField:
    with pytest.raises(BadField) as caught:
        read_shape(outline, circle, "volumes[0]")
    return caught.value


def test_geojson_has_longitude_first() -> None:
    """H4.1"""
    read = read_shape(polygon([SQUARE]), None, "volumes[0]")
    assert read == Polygon(
        ((355_000_000, 357_000_000), (355_000_000, 358_000_000), (356_000_000, 358_000_000), (356_000_000, 357_000_000))
    )
    assert read == read_shape({"type": "Feature", "properties": {}, "geometry": polygon([SQUARE])}, None, "volumes[0]")


def test_a_circle_has_latitude_first_and_may_be_in_minutes() -> None:
    """H4.6"""
    circle = Circle(355_200_000, 357_700_000, 10_000_500)
    assert read_shape(None, ["35 31.2 N", "35 46.2 E", 10_000.5], "volumes[0]") == circle
    assert read_shape({"circle": [35.52, 35.77, 10_000.5]}, None, "volumes[0]") == circle
    assert read_shape(None, None, "volumes[0]") is None


def test_positions_of_a_polygon_may_be_in_minutes() -> None:
    """H4.6"""
    said = [["35 42 E", "35 30 N"], ["35 48 E", "35 30 N"], [35.8, 35.6, 0], ["35 42 E", "35 30 N"]]
    read = read_shape(polygon([said]), None, "v")
    assert read == Polygon(((355_000_000, 357_000_000), (355_000_000, 358_000_000), (356_000_000, 358_000_000)))


@pytest.mark.parametrize(
    ("outline", "reason", "field"),
    [
        (polygon([SQUARE, SQUARE]), "holes", "outline.coordinates"),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE]]}, "several_shapes", "outline"),
        ({"type": "Feature", "geometry": {"type": "MultiPolygon"}}, "several_shapes", "outline.geometry"),
        (polygon([SQUARE[:-1]]), "ring_not_closed", "outline.coordinates[0]"),
        (polygon([SQUARE[:3]]), "bad_outline", "outline.coordinates[0]"),
        (polygon([]), "missing", "outline.coordinates"),
        (polygon([[*SQUARE[:2], [35.8, 95], SQUARE[0]]]), "off_globe", "outline.coordinates[0][2][1]"),
        (polygon([[*SQUARE[:2], [35.8, 35.6, 100], SQUARE[0]]]), "bad_position", "outline.coordinates[0][2]"),
        (polygon([[SQUARE[i] for i in (0, 2, 1, 3, 0)]]), "bad_outline", "outline"),
        (polygon([[SQUARE[i] for i in (0, 1, 0, 3, 0)]]), "bad_outline", "outline"),
        (polygon([[[0, 0], [9, 0], [9, 9], [0, 0]]]), "area_too_large", "outline"),
        ({"type": "Point", "coordinates": [0, 0]}, "wrong_type", "outline"),
        (polygon([SQUARE]) | {"crs": "ED50"}, "wrong_type", "outline.crs"),
        ({"circle": [35, 35]}, "wrong_type", "outline.circle"),
        ({"circle": [35, 35, 0]}, "bad_radius", "outline.circle[2]"),
        ({"circle": [35, 35, True]}, "bad_radius", "outline.circle[2]"),
        ({"circle": [35, 35, 1e6]}, "area_too_large", "outline.circle"),
        ({"circle": [35, 35, 1], "type": "Polygon"}, "two_outlines", "outline"),
    ],
)
def test_what_is_no_outline_is_refused_with_its_place(outline: Any, reason: str, field: str) -> None:
    """H4.1"""
    bad = refused(outline)
    assert (bad.reason, bad.field) == (reason, f"volumes[0].{field}")
    assert bad.message.endswith((".", ")"))


def test_no_message_about_a_ring_says_not_to_close_it() -> None:
    """H4.1"""
    assert "do not close" not in refused(polygon([[SQUARE[i] for i in (0, 1, 0, 3, 0)]])).message


def test_an_outline_and_a_circle_are_two() -> None:
    """H4.1"""
    assert refused(polygon([SQUARE]), [35, 35, 1]).reason == "two_outlines"


@given(anything, anything)
def test_anything_is_an_outline_or_refused(outline: Any, circle: Any) -> None:
    """H4.1"""
    for said in ((outline, None), (None, circle), (polygon(outline), None), (None, [circle, 0, 1])):
        with suppress(BadField):
            read_shape(*said, "volumes[0]")


@given(st.integers(-800_000_000, 800_000_000), st.integers(-1_799_000_000, 1_799_000_000), st.integers(1, 28_000_000))
def test_what_is_written_is_read_back(lat: int, lng: int, radius: int) -> None:
    """H4.6"""
    circle = Circle(lat, lng, radius)
    triangle = Polygon(((lat, lng), (lat + 900_000, lng), (lat, lng + 900_000)))
    assert read_shape(to_geojson(circle), None, "v") == circle
    assert read_shape(to_geojson(triangle), None, "v") == triangle


@pytest.mark.parametrize("lng_e7", [0, 1_799_999_999, -1_800_000_000])
@pytest.mark.parametrize("lat_e7", [0, 350_000_000, -895_000_000])
def test_a_ring_holds_the_whole_circle_and_little_more(lat_e7: int, lng_e7: int) -> None:
    """H4.7: what is drawn is never smaller than what is meant."""
    circle = Circle(lat_e7, lng_e7, 20_000_000)
    drawn = ring(circle)
    assert len(drawn) == 65
    assert drawn[0] == drawn[-1]
    corners = [Spot(round(lat * 1e7), round(lng * 1e7)) for lng, lat in drawn]
    assert all(-180 <= lng <= 180 for lng, _ in drawn)
    assert all(20_000 <= distance_m(Spot(lat_e7, lng_e7), each) <= 20_040 for each in corners)
    polygon = Polygon(tuple((each.lat_e7, each.lng_e7) for each in corners[:-1]))
    assert area_km2(circle) <= area_km2(polygon) <= 1.002 * area_km2(circle)
