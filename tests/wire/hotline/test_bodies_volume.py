from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.airspace.volume import Circle
from beforehand.wire.hotline.bodies_volume import VolumeBody, read_volume
from beforehand.wire.hotline.errors import BadField

SAID = b"""{
    "circle": ["35 31.2 N", "35 46.2 E", 10000.5], "lower": {"value": 100, "unit": "fl"},
    "upper": [{"value": 25000.5, "unit": "ft", "reference": "amsl"}, {"value": 250, "unit": "fl", "qnh_hpa": 1003}],
    "from": "2018-09-17T21:40:00+03:00", "to": "2018-09-17T22:10:00+03:00", "datum": "unknown"
}"""


def body(**members: Any) -> VolumeBody:
    return msgspec.convert(members, VolumeBody)


def test_a_volume_is_kept_as_said_and_as_it_counts() -> None:
    """H4.6"""
    read = read_volume(msgspec.json.decode(SAID, type=VolumeBody), "volumes[0]")
    assert read.outline == Circle(355_200_000, 357_700_000, 10_000_500)
    assert read.lower_mm == 3_048_000 - 300_000
    assert read.upper_mm == 7_620_153 + 110_000
    assert (read.widened_mm, read.grow_mm) == (300_000, 200_000)
    assert read.start_us is not None
    assert read.end_us == read.start_us + 30 * 60_000_000
    assert [each.kind for each in read.contradictions] == ["TWO_ALTITUDE_LIMITS"]
    assert read.said == {
        "circle": ["35 31.2 N", "35 46.2 E", "10000.5"],
        "lower": {"value": "100", "unit": "fl", "reference": "unknown", "qnh_hpa": None},
        "upper": [
            {"value": "25000.5", "unit": "ft", "reference": "amsl", "qnh_hpa": None},
            {"value": "250", "unit": "fl", "reference": "unknown", "qnh_hpa": "1003"},
        ],
        "from": "2018-09-17T21:40:00+03:00",
        "to": "2018-09-17T22:10:00+03:00",
        "datum": "unknown",
    }


def test_what_is_not_said_is_unbounded() -> None:
    """H4.1"""
    read = read_volume(body(), "volumes[0]")
    assert (read.outline, read.lower_mm, read.upper_mm, read.start_us, read.end_us) == (None,) * 5
    assert (read.widened_mm, read.grow_mm, read.contradictions, read.said) == (0, 0, (), {"datum": "wgs84"})


def test_what_no_volume_has_is_refused() -> None:
    """H4: no field for a target, a weapon or a unit."""
    with pytest.raises(msgspec.ValidationError):
        body(target="x")


def test_properties_of_a_feature_are_no_field_of_a_volume() -> None:
    """H4: what a volume has no field for is not kept."""
    ring = [[35.7, 35.5], [35.8, 35.5], [35.8, 35.6], [35.7, 35.5]]
    polygon = {"type": "Polygon", "coordinates": [ring], "note": "x"}
    read = read_volume(body(outline={"type": "Feature", "geometry": polygon, "properties": {"target": "x"}}), "v")
    assert read.outline is not None
    assert read.said["outline"] == {
        "type": "Polygon",
        "coordinates": [[["35.7", "35.5"], ["35.8", "35.5"], ["35.8", "35.6"], ["35.7", "35.5"]]],
    }


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"lower": []}, "v.lower"),
        ({"upper": [{"value": 1, "unit": "m"}] * 9}, "v.upper"),
        ({"upper": [{"value": 1, "unit": "m"}, {"value": 1e9, "unit": "m"}]}, "v.upper[1].value"),
        ({"lower": {"value": 1, "unit": "fl", "reference": "agl"}}, "v.lower.reference"),
        ({"from": "21:40"}, "v.from"),
        ({"to": "2018-09-17T22:10:00"}, "v.to"),
        ({"circle": [35, 35]}, "v.circle"),
        ({"outline": {}}, "v.outline"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(members: dict[str, Any], field: str) -> None:
    """H4.6"""
    with pytest.raises(BadField) as refused:
        read_volume(body(**members), "v")
    assert refused.value.field == field


numbers = st.floats(allow_nan=True, allow_infinity=True)
altitudes = st.fixed_dictionaries(
    {
        "value": numbers,
        "unit": st.sampled_from(("ft", "m", "km", "fl")),
        "reference": st.sampled_from(("wgs84", "amsl", "agl", "fl", "unknown")),
    }
)
times = st.datetimes().map(lambda each: each.isoformat() + "Z") | st.text(max_size=30)


@given(st.none() | altitudes | st.lists(altitudes), st.none() | altitudes, st.none() | times, st.none() | times)
def test_any_body_is_a_volume_with_bounds_in_order_or_refused(lower: Any, upper: Any, start: Any, end: Any) -> None:
    """H4.4: contradictory bounds count as their hull."""
    try:
        read = read_volume(body(lower=lower, upper=upper, **{"from": start, "to": end}), "v")
    except BadField:
        return
    assert read.lower_mm is None or read.upper_mm is None or read.lower_mm <= read.upper_mm
    assert read.start_us is None or read.end_us is None or read.start_us <= read.end_us
