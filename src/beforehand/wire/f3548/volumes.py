"""Volumes of a request: read, checked, rounded outwards and covered with cells, into the one extent it is compared by."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from beforehand.airspace.cells import MAX_CELLS, cover, expected_cells, pack
from beforehand.airspace.outline import MAX_CORNERS
from beforehand.airspace.volume import Circle, Outline, OutlineError, Polygon, ceil_mm, floor_mm, union
from beforehand.airspace.volume import Extent as Box
from beforehand.core.stamp import Caller
from beforehand.core.strategic.commands import Extent
from beforehand.wire.f3548 import bodies
from beforehand.wire.f3548.errors import BadRequest, TooLargeInline
from beforehand.wire.f3548.times import parse_time

MAX_VOLUMES = 1_000
#: No place on Earth lies lower than the first, no aircraft of the standard flies above the second (metres above WGS84).
LOWEST_M, HIGHEST_M = -8_000, 100_000
#: Coverings that are remembered, and what all those of one request may cost at most, in cells.
REMEMBERED, REMEMBERED_COST = 8_192, 200
#: A corner costs about as much time as this many cells of a covering.
_CELLS_PER_CORNER = 4
#: The most that the outlines of one request may cost together, in cells: half a second of one processor, and more than 4 MiB
#: of corners. Outlines that overlap cost each its own: 10,000 cells could else take a thousand needles and 15 seconds.
MAX_COST = 500_000


def read_volumes(
    volumes: Sequence[bodies.Volume4D | None] | None,
    field: str,
    inline_cells: int | None,
    altitudes: bool,
    caller: Caller | None = None,
) -> Extent:
    """The union of the volumes of an intent (`altitudes` required) or a constraint: bounded in time, with a place.

    Raises BadRequest, and TooLargeInline where covering would take about longer than `inline_cells` cells do.
    """
    if not volumes:
        raise BadRequest("missing", "must hold at least one volume, with time_start and time_end.", field)
    if len(volumes) > MAX_VOLUMES:
        raise BadRequest("too_many", f"has {len(volumes)} volumes, at most {MAX_VOLUMES} are taken. Send fewer.", field)
    all_read = []
    for i, volume in enumerate(volumes):
        read = _read(volume, f"{field}[{i}]")
        _require_bounds(read, f"{field}[{i}]", altitudes)
        all_read.append(read)
    bounds = union([Box((), each.lower_mm, each.upper_mm, each.start_us, each.end_us) for each in all_read])
    if bounds.start_us == bounds.end_us:
        raise BadRequest("bad_time", "has a window that is empty to the microsecond; time_end must be later.", field)
    cells = _cover({each.outline: f"{field}[{i}]" for i, each in enumerate(all_read)}, inline_cells, caller)
    return Extent(pack(cells), bounds.lower_mm, bounds.upper_mm, bounds.start_us, bounds.end_us)


def read_volume(
    volume: bodies.Volume4D | None, field: str, inline_cells: int | None, caller: Caller | None = None
) -> Extent:
    """One volume with a place, as queries and subscriptions have it; the rest may be open. Raises as `read_volumes`."""
    read = _read(volume, field)
    cells = _cover({read.outline: field}, inline_cells, caller)
    return Extent(pack(cells), read.lower_mm, read.upper_mm, read.start_us, read.end_us)


class _Read(Struct, frozen=True, gc=False):
    """One volume, read and checked but not yet covered."""

    outline: Outline
    lower_mm: int | None
    upper_mm: int | None
    start_us: int | None
    end_us: int | None


def _read(volume: bodies.Volume4D | None, field: str) -> _Read:
    space = None if volume is None else volume.volume
    if volume is None or space is None:
        raise BadRequest("missing", "is required: it must have an outline.", f"{field}.volume")
    start_us = _time(volume.time_start, field, "time_start")
    end_us = _time(volume.time_end, field, "time_end")
    if start_us is not None and end_us is not None and start_us > end_us:
        raise BadRequest("bad_time", "must not be after time_end.", f"{field}.time_start")
    outline = _outline(space, f"{field}.volume")
    lower_m = _altitude(space.altitude_lower, field, "altitude_lower")
    upper_m = _altitude(space.altitude_upper, field, "altitude_upper")
    if lower_m is not None and upper_m is not None and lower_m > upper_m:
        raise BadRequest("bad_altitude", "must not be above altitude_upper.", f"{field}.volume.altitude_lower")
    lower_mm = None if lower_m is None else floor_mm(lower_m)
    upper_mm = None if upper_m is None else ceil_mm(upper_m)
    return _Read(outline, lower_mm, upper_mm, start_us, end_us)


def _require_bounds(read: _Read, field: str, altitudes: bool) -> None:
    if read.start_us is None:
        raise BadRequest("missing", "is required.", f"{field}.time_start")
    if read.end_us is None:
        raise BadRequest("missing", "is required.", f"{field}.time_end")
    if altitudes and read.lower_mm is None:
        raise BadRequest("missing", "is required.", f"{field}.volume.altitude_lower")
    if altitudes and read.upper_mm is None:
        raise BadRequest("missing", "is required.", f"{field}.volume.altitude_upper")


def _time(time: bodies.Time | None, field: str, name: str) -> int | None:
    if time is None:
        return None
    if time.value is None:
        raise BadRequest("bad_time", "is required: an RFC 3339 time.", f"{field}.{name}.value")
    try:
        return parse_time(time.value)
    except ValueError as error:
        raise BadRequest("bad_time", f"{error}.", f"{field}.{name}.value") from None


def _altitude(altitude: bodies.Altitude | None, field: str, name: str) -> float | None:
    if altitude is None:
        return None
    metres = altitude.value
    if metres is not None and LOWEST_M <= metres <= HIGHEST_M and altitude.units == "M" and altitude.reference == "W84":
        return metres
    at = f"{field}.volume.{name}"
    if metres is None:
        raise BadRequest("bad_altitude", "is required: metres above the WGS84 ellipsoid.", f"{at}.value")
    if altitude.units != "M":
        raise BadRequest("bad_altitude", "must be `M`: altitudes are in metres.", f"{at}.units")
    if altitude.reference != "W84":
        raise BadRequest("bad_altitude", "must be `W84`: altitudes are above the WGS84 ellipsoid.", f"{at}.reference")
    raise BadRequest("bad_altitude", f"must be from {LOWEST_M} to {HIGHEST_M} metres.", f"{at}.value")


def _outline(space: bodies.Volume3D, field: str) -> Outline:
    polygon, circle = space.outline_polygon, space.outline_circle
    if polygon is not None:
        if circle is not None:
            raise BadRequest("bad_outline", "has both outline_circle and outline_polygon; give one.", field)
        return _polygon(polygon, f"{field}.outline_polygon")
    if circle is None:
        raise BadRequest("missing", "must have an outline: outline_polygon or outline_circle.", field)
    return _circle(circle, f"{field}.outline_circle")


def _polygon(polygon: bodies.Polygon, field: str) -> Polygon:
    vertices = polygon.vertices or ()
    if not 3 <= len(vertices) <= MAX_CORNERS:
        raise BadRequest(
            "bad_outline", f"must have from 3 to {MAX_CORNERS} corners, not {len(vertices)}.", f"{field}.vertices"
        )
    corners = []
    for i, vertex in enumerate(vertices):
        if vertex is None or vertex.lat is None or vertex.lng is None:
            raise BadRequest("missing", "must have lat and lng, both numbers.", f"{field}.vertices[{i}]")
        corners.append((vertex.lat, vertex.lng))
    try:
        return Polygon.from_degrees(corners)
    except OutlineError:
        for i, (lat, lng) in enumerate(corners):
            _on_globe(lat, lng, f"{field}.vertices[{i}]")
        raise


def _circle(circle: bodies.Circle, field: str) -> Circle:
    centre, radius = circle.center, circle.radius
    if centre is None or centre.lat is None or centre.lng is None:
        raise BadRequest("missing", "must have lat and lng, both numbers.", f"{field}.center")
    if radius is None or radius.value is None:
        raise BadRequest("missing", "is required: a number of metres.", f"{field}.radius.value")
    if radius.units != "M":
        raise BadRequest("bad_radius", "must be `M`: radii are in metres.", f"{field}.radius.units")
    if radius.value <= 0:
        raise BadRequest("bad_radius", "must be greater than 0 metres.", f"{field}.radius.value")
    _on_globe(centre.lat, centre.lng, f"{field}.center")
    return Circle.from_degrees(centre.lat, centre.lng, radius.value)


def _on_globe(lat: float, lng: float, field: str) -> None:
    if not -90 <= lat <= 90:
        raise BadRequest("bad_outline", "must be from -90 to 90 degrees.", f"{field}.lat")
    if not -180 <= lng <= 180:
        raise BadRequest("bad_outline", "must be from -180 to 180 degrees.", f"{field}.lng")


@lru_cache(maxsize=REMEMBERED)
def _covering(caller: Caller, outline: Outline, expected: int) -> tuple[int, ...]:
    """As `cover`, remembered: who was refused asks again, who looks at an area looks again, a flight goes through states.

    By party, so that how long an answer takes tells nobody what another has asked.
    """
    return cover(outline, expected)


def _cover(outlines: dict[Outline, str], inline_cells: int | None, caller: Caller | None) -> tuple[int, ...]:
    """Ascending cells of all outlines, each with its volume's field. Equal ones, as in a stack, stand there once."""
    cost = 0
    expected = []
    for outline in outlines:
        expected.append(expected_cells(outline))
        cost += expected[-1]
        if isinstance(outline, Polygon):
            cost += _CELLS_PER_CORNER * len(outline.vertices)
        if inline_cells is not None and cost > inline_cells:
            raise TooLargeInline
    if cost > MAX_COST and len(outlines) > 1:  # what one alone may cost, `cover` sees to
        raise BadRequest(
            "too_many",
            f"The outlines of the request have too many cells and corners: counted one by one about {cost} cells, with "
            f"{_CELLS_PER_CORNER} for a corner, and at most {MAX_COST} are taken. Send fewer or simpler ones.",
        )
    cells: set[int] = set()
    for (outline, field), cells_expected in zip(outlines.items(), expected, strict=True):
        try:
            if caller is not None and cost <= REMEMBERED_COST:
                covering = _covering(caller, outline, cells_expected)
            else:
                covering = cover(outline, cells_expected)
        except OutlineError as error:
            reason = "area_too_large" if error.reason in ("area_too_large", "too_many_cells") else "bad_outline"
            name = "outline_polygon" if isinstance(outline, Polygon) else "outline_circle"
            raise BadRequest(reason, f"cannot be taken. {error}", f"{field}.volume.{name}") from None
        if len(outlines) == 1:
            return covering
        cells.update(covering)
        if len(cells) > MAX_CELLS:
            raise BadRequest(
                "area_too_large",
                f"The request covers more than {MAX_CELLS} cells of about 1.27 km² in all. Split it into several.",
            )
    return tuple(sorted(cells))
