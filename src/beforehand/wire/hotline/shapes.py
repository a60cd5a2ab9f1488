"""Shapes as parties give them: GeoJSON (RFC 7946, longitude first) or a circle (latitude first), and back again."""

from __future__ import annotations

from math import asin, atan2, cos, degrees, pi, radians, sin
from typing import Any

from beforehand.airspace import outline as airspace
from beforehand.airspace.outline import EARTH_RADIUS_M, MAX_CORNERS
from beforehand.airspace.volume import Circle, Outline, OutlineError, Polygon
from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.positions import read_degrees

#: Reasons of `OutlineError` that are not `bad_outline` here.
_REASONS = {
    "area_too_large": "area_too_large",
    "too_many_cells": "area_too_large",
    "lat_lng_out_of_range": "off_globe",
    "radius_not_positive": "bad_radius",
}
_POLYGON = '{"type": "Polygon", "coordinates": [[[longitude, latitude], ...]]}'


def read_shape(outline: dict[str, Any] | None, circle: list[float | str] | None, at: str) -> Polygon | Circle | None:
    """The one outline of a volume, well formed and not too large; None where neither is given.

    `outline` may also be `{"circle": [latitude, longitude, radius_m]}`. Raises BadField, with fields below `at`.
    """
    if outline is not None and circle is not None:
        raise BadField(at, "two_outlines", "has both outline and circle; give the one that counts.")
    if circle is not None:
        return _sound(_circle(circle, f"{at}.circle"), f"{at}.circle")
    if outline is None:
        return None
    field = f"{at}.outline"
    if not isinstance(outline, dict):
        raise BadField(field, "wrong_type", f"must be GeoJSON, {_POLYGON}.")
    if "circle" in outline:
        if len(outline) > 1:
            raise BadField(field, "two_outlines", "has other members beside circle; give the circle alone.")
        return _sound(_circle(outline["circle"], f"{field}.circle"), f"{field}.circle")
    if outline.get("type") == "Feature":
        _plain_crs(outline, field)
        outline, field = outline.get("geometry"), f"{field}.geometry"
    return _sound(_polygon(outline, field), field)


def as_said(outline: dict[str, Any]) -> dict[str, Any]:
    """What was said of a shape that `read_shape` took, and nothing else: other members, such as the properties of a
    Feature, say nothing that a volume has a field for."""
    if "circle" in outline:
        return {"circle": outline["circle"]}
    polygon = outline["geometry"] if outline["type"] == "Feature" else outline
    return {"type": "Polygon", "coordinates": polygon["coordinates"]}


def to_geojson(outline: Outline) -> dict[str, Any]:
    """What `read_shape` reads back as the same outline: a GeoJSON polygon, or `{"circle": [lat, lng, radius_m]}`."""
    if isinstance(outline, Circle):
        return {"circle": [outline.lat_e7 / 1e7, outline.lng_e7 / 1e7, outline.radius_mm / 1000]}
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in ring(outline)]]}


def ring(outline: Outline, corners: int = 64) -> list[tuple[float, float]]:
    """A closed ring of `(longitude, latitude)` in degrees, for drawing.

    A circle becomes a regular polygon of `corners` (at least 8) round it: the whole circle is inside, to within 0.2 % of
    its radius at 64 corners.
    """
    if isinstance(outline, Polygon):
        drawn = [(lng / 1e7, lat / 1e7) for lat, lng in outline.vertices]
        return [*drawn, drawn[0]]
    count = max(8, corners)
    reach = outline.radius_mm / (1000 * EARTH_RADIUS_M) / cos(pi / count)
    drawn = [_ahead(outline, reach, 2 * pi * i / count) for i in range(count)]
    return [*drawn, drawn[0]]


def _ahead(circle: Circle, reach: float, bearing: float) -> tuple[float, float]:
    """Longitude and latitude of the point at an angle `reach` from the centre."""
    lat, lng = radians(circle.lat_e7 / 1e7), radians(circle.lng_e7 / 1e7)
    sine = sin(lat) * cos(reach) + cos(lat) * sin(reach) * cos(bearing)
    east = atan2(sin(bearing) * sin(reach) * cos(lat), cos(reach) - sin(lat) * sine)
    there = degrees(lng + east)
    return (there + 180) % 360 - 180, degrees(asin(max(-1.0, min(1.0, sine))))


def _polygon(said: Any, field: str) -> Polygon:
    kind = said.get("type") if isinstance(said, dict) else None
    if kind in ("MultiPolygon", "GeometryCollection", "FeatureCollection"):
        raise BadField(field, "several_shapes", f"is a {kind}; give several volumes, each with one Polygon.")
    if kind != "Polygon":
        raise BadField(field, "wrong_type", f"must be {_POLYGON}, a Feature of one, or a circle.")
    _plain_crs(said, field)
    rings = said.get("coordinates")
    at = f"{field}.coordinates"
    if not isinstance(rings, list) or not rings:
        raise BadField(at, "missing" if not rings else "wrong_type", f"must be one closed ring: {_POLYGON}.")
    if len(rings) > 1:
        raise BadField(at, "holes", "has holes, and a volume has none. Give the outer ring alone, or several volumes.")
    positions, at = rings[0], f"{at}[0]"
    if not isinstance(positions, list):
        raise BadField(at, "wrong_type", "must be a list of positions, [longitude, latitude] each.")
    if not 4 <= len(positions) <= MAX_CORNERS + 1:
        raise BadField(
            at,
            "bad_outline",
            f"has {len(positions)} positions; a closed ring has from 4 to {MAX_CORNERS + 1}, the last being the first again.",
        )
    corners = [_position(each, f"{at}[{i}]") for i, each in enumerate(positions)]
    if corners[0] != corners[-1]:
        raise BadField(
            at, "ring_not_closed", "is not closed. Repeat the first position at the end, if none is missing."
        )
    try:
        return Polygon.from_degrees(corners[:-1])
    except OutlineError as error:
        raise _as_bad_field(error, at) from None


def _plain_crs(said: dict[str, Any], field: str) -> None:
    if said.get("crs") is not None:
        raise BadField(
            f"{field}.crs",
            "wrong_type",
            "is not taken: GeoJSON is WGS84 (RFC 7946). Say another datum in the volume's datum.",
        )


def _position(said: Any, at: str) -> tuple[float, float]:
    """A GeoJSON position as latitude, longitude."""
    # Many programs write a height of 0 into every position; any other height says something, and not here.
    if isinstance(said, list) and len(said) == 3 and isinstance(said[2], int | float) and said[2] == 0:
        said = said[:2]
    if not isinstance(said, list) or len(said) != 2:
        raise BadField(at, "bad_position", "must be [longitude, latitude]; heights are given as lower and upper.")
    lng = read_degrees(said[0], "longitude", f"{at}[0]")
    return read_degrees(said[1], "latitude", f"{at}[1]"), lng


def _circle(said: Any, field: str) -> Circle:
    if not isinstance(said, list | tuple) or len(said) != 3:
        raise BadField(field, "wrong_type", "must be [latitude, longitude, radius in metres].")
    lat = read_degrees(said[0], "latitude", f"{field}[0]")
    lng = read_degrees(said[1], "longitude", f"{field}[1]")
    radius = said[2]
    if not isinstance(radius, int | float) or isinstance(radius, bool) or not 0 < radius < 1e12:
        raise BadField(f"{field}[2]", "bad_radius", "must be a radius in metres, a number greater than 0.")
    try:
        return Circle.from_degrees(lat, lng, float(radius))
    except OutlineError as error:
        raise _as_bad_field(error, field) from None


def _sound(outline: Outline, field: str) -> Outline:
    """The outline, if the rules of airspace hold for it."""
    try:
        if isinstance(outline, Polygon):
            airspace.sound(outline)
        else:
            airspace.centre(outline)
    except OutlineError as error:
        raise _as_bad_field(error, field) from None
    return outline


def _as_bad_field(error: OutlineError, field: str) -> BadField:
    message = str(error)
    if error.reason == "repeated_corner":
        # A ring of GeoJSON is closed by repeating its first position: what else the message says is not for it.
        message = message.partition(";")[0] + ", but for the first, which closes the ring."
    return BadField(field, _REASONS.get(error.reason, "bad_outline"), f"cannot be taken. {message}")
