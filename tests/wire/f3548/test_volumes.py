from __future__ import annotations

from typing import Any

import msgspec
import pytest

from beforehand.airspace.cells import cover, pack
from beforehand.airspace.volume import Polygon
from beforehand.core.strategic.commands import Extent
from beforehand.wire.f3548 import bodies
from beforehand.wire.f3548.errors import BadRequest, TooLargeInline
from beforehand.wire.f3548.volumes import MAX_VOLUMES, read_volume, read_volumes

from .asking import SQUARE, at, circle, metres, polygon, volume

FAR = [(46.50, 7.50), (46.50, 7.51), (46.51, 7.51), (46.51, 7.50)]


def one(body: dict[str, Any], inline_cells: int | None = None) -> Extent:
    return read_volume(msgspec.convert(body, bodies.Volume4D), "extents", inline_cells)


def several(*given: Any, altitudes: bool = True, inline_cells: int | None = None) -> Extent:
    return read_volumes(msgspec.convert(list(given), list[bodies.Volume4D | None]), "extents", inline_cells, altitudes)


def refusal(*given: Any, altitudes: bool = True) -> BadRequest:
    with pytest.raises(BadRequest) as refused:
        several(*given, altitudes=altitudes)
    return refused.value


def bent(path: str, value: Any) -> dict[str, Any]:
    """A sound volume with one place set, or left out where the value is `...`."""
    found = volume()
    *way, last = path.split(".")
    inner: Any = found
    for step in way:
        inner = inner[int(step) if step.isdigit() else step]
    key = int(last) if last.isdigit() else last
    if value is ...:
        del inner[key]
    else:
        inner[key] = value
    return found


def test_a_volume_becomes_cells_millimetres_and_microseconds() -> None:
    extent = several(volume(band=(50.25, 100.0001)))
    assert extent.cells == pack(cover(Polygon.from_degrees(SQUARE)))
    assert (extent.lower_mm, extent.upper_mm) == (50_250, 100_001)
    assert (extent.start_us, extent.end_us) == (1_924_992_000_000_000, 1_924_995_600_000_000)


def test_several_volumes_become_the_box_around_them() -> None:
    extent = several(
        volume(band=(0, 10), window=("2031-01-01T00:00:00Z", "2031-01-01T00:10:00Z")),
        volume(polygon(FAR), band=(100, 110), window=("2031-01-01T01:00:00Z", "2031-01-01T01:10:00Z")),
    )
    cells = set(cover(Polygon.from_degrees(SQUARE))) | set(cover(Polygon.from_degrees(FAR)))
    assert extent.cells == pack(tuple(sorted(cells)))
    assert (extent.lower_mm, extent.upper_mm) == (0, 110_000)
    assert extent.end_us is not None
    assert extent.start_us is not None
    assert extent.end_us - extent.start_us == 4_200_000_000


def test_a_constraint_without_one_altitude_is_open_on_that_side() -> None:
    extent = several(volume(), bent("volume.altitude_lower", ...), altitudes=False)
    assert extent.lower_mm is None
    assert extent.upper_mm == 100_000


def test_a_query_may_leave_all_but_the_place_open() -> None:
    extent = one(volume(band=None, window=None))
    assert (extent.lower_mm, extent.upper_mm, extent.start_us, extent.end_us) == (None, None, None, None)


def test_null_is_the_same_as_absent() -> None:
    body = volume(band=None, window=None)
    body["time_start"] = body["time_end"] = body["volume"]["altitude_lower"] = body["volume"]["outline_circle"] = None
    assert one(body) == one(volume(band=None, window=None))


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("time_start", ..., "extents[1].time_start is required."),
        ("time_end", None, "extents[1].time_end is required."),
        ("time_start", {}, "extents[1].time_start.value is required: an RFC 3339 time."),
        ("time_end", at("junk"), "extents[1].time_end.value must be an RFC 3339 time"),
        ("time_start", at("2031-01-01T02:00:00Z"), "extents[1].time_start must not be after time_end."),
        ("volume", ..., "extents[1].volume is required"),
        ("volume", {}, "extents[1].volume must have an outline"),
        ("volume.outline_polygon.vertices", [], "extents[1].volume.outline_polygon.vertices must have from 3 to 5000 corners"),
        ("volume.outline_polygon.vertices", None, "extents[1].volume.outline_polygon.vertices must have from 3 to 5000"),
        ("volume.outline_polygon.vertices.2", None, "extents[1].volume.outline_polygon.vertices[2] must have lat and lng"),
        ("volume.outline_polygon.vertices.2.lng", ..., "extents[1].volume.outline_polygon.vertices[2] must have lat and lng"),
        ("volume.outline_polygon.vertices.2.lat", 91, "extents[1].volume.outline_polygon.vertices[2].lat must be from -90"),
        ("volume.outline_polygon.vertices.3.lng", -180.5, "extents[1].volume.outline_polygon.vertices[3].lng must be from"),
        ("volume.outline_polygon.vertices.1", {"lat": 46.1, "lng": 7.1}, "extents[1].volume.outline_polygon cannot be taken"),
        ("volume.outline_circle", {}, "extents[1].volume has both"),
        ("volume.altitude_lower", ..., "extents[1].volume.altitude_lower is required."),
        ("volume.altitude_upper", ..., "extents[1].volume.altitude_upper is required."),
        ("volume.altitude_lower", metres(101), "extents[1].volume.altitude_lower must not be above altitude_upper."),
        ("volume.altitude_lower", metres(100.00000001), "extents[1].volume.altitude_lower must not be above altitude_upper."),
        ("volume.altitude_lower.value", ..., "extents[1].volume.altitude_lower.value is required"),
        ("volume.altitude_lower.units", "m", "extents[1].volume.altitude_lower.units must be `M`"),
        ("volume.altitude_lower.reference", "MSL", "extents[1].volume.altitude_lower.reference must be `W84`"),
        ("volume.altitude_lower.value", -8000.1, "extents[1].volume.altitude_lower.value must be from -8000 to 100000"),
        ("volume.altitude_upper.value", 1e308, "extents[1].volume.altitude_upper.value must be from -8000 to 100000"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_field_that_is_wrong(path: str, value: Any, message: str) -> None:
    assert refusal(volume(), bent(path, value)).message.startswith(message)


CENTRE = {"lat": 1, "lng": 1}


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({}, "center must have lat and lng"),
        ({"radius": {"value": 1, "units": "M"}, "center": None}, "center must have lat and lng"),
        ({"center": CENTRE}, "radius.value is required"),
        ({"center": CENTRE, "radius": {"value": None, "units": "M"}}, "radius.value is required"),
        ({"center": CENTRE, "radius": {"value": 9}}, "radius.units must be `M`"),
        ({"center": CENTRE, "radius": {"value": 0, "units": "M"}}, "radius.value must be greater than 0"),
        ({"center": {"lat": 91, "lng": 1}, "radius": {"value": 1, "units": "M"}}, "center.lat must be from -90"),
    ],
)
def test_a_circle_needs_a_centre_and_a_radius_in_metres(bad: dict[str, Any], message: str) -> None:
    refused = refusal(volume({"outline_circle": bad}))
    assert refused.message.startswith(f"extents[0].volume.outline_circle.{message}")


def test_a_volume_that_is_null_or_none_at_all_is_refused() -> None:
    assert refusal(None).field == "extents[0].volume"
    assert refusal().field == "extents"


def test_an_empty_window_is_refused_only_where_it_is_all_there_is() -> None:
    empty = volume(window=("2031-01-01T00:30:00.0000001Z", "2031-01-01T00:30:00.0000009Z"))
    assert refusal(empty).reason == "bad_time"
    assert several(volume(), empty) == several(volume())
    assert one(empty).start_us == one(empty).end_us


def test_more_volumes_than_allowed_are_refused_unread() -> None:
    assert refusal(*[None] * (MAX_VOLUMES + 1)).reason == "too_many"
    assert several(*[volume()] * MAX_VOLUMES) == several(volume())


def test_what_is_too_large_is_refused_alone_and_in_sum() -> None:
    assert refusal(volume(circle(radius=30_000))).reason == "area_too_large"
    apart = [volume(circle(lat, lng, 27_000)) for lat in (10, 12, 14) for lng in (1, 3)]
    assert refusal(*apart).reason == "area_too_large"
    assert len(several(*apart[:4]).cells) == sum(len(several(each).cells) for each in apart[:4])


def test_outlines_that_overlap_are_counted_one_by_one() -> None:
    needles = [polygon([(-30 + k * 1e-5, 60), (-30 + k * 1e-5 + 4e-6, 60), (-5 + k * 1e-5, 120)]) for k in range(100)]
    assert refusal(*map(volume, needles)).reason == "too_many"
    rings = [[(46 + k * 1e-5, 7), *((46 + k * 1e-5 + i * 1e-6, 7.1) for i in range(5_000))] for k in range(30)]
    assert refusal(*[volume(polygon(ring[:5_000])) for ring in rings]).reason == "too_many"
    assert several(*[volume(circle(radius=900 + k)) for k in range(MAX_VOLUMES)])


def test_what_takes_long_is_left_to_those_who_have_the_time() -> None:
    wide = volume(circle(radius=20_000))
    with pytest.raises(TooLargeInline):
        several(wide, inline_cells=400)
    corners = [(46 + i * 1e-6, 7 + (i % 2) * 1e-7) for i in range(4000)]
    with pytest.raises(TooLargeInline):
        one(volume(polygon(corners)), inline_cells=400)
    assert several(volume(), inline_cells=400) == several(volume())
    assert several(wide, inline_cells=None).cells
