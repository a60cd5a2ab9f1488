"""Volumes as peers send them, read into exact shapes; and shapes as they are sent."""

from __future__ import annotations

from functools import lru_cache
from math import sqrt
from typing import NamedTuple

from msgspec import DecodeError, ValidationError
from msgspec.json import Decoder, Encoder

from beforehand.airspace.meeting import Prepared
from beforehand.airspace.outline import EARTH_RADIUS_M, point
from beforehand.airspace.volume import Circle, Outline, Polygon, Volume, ceil_mm, floor_mm
from beforehand.wire.f3548 import bodies
from beforehand.wire.f3548.times import format_time, parse_time

#: As the registry takes them.
MAX_VOLUMES = 1_000
#: Shapes that were read are kept by their text: whoever asks for the same intent gets the same.
_REMEMBERED = 1 << 16


class ShapeError(ValueError):
    """A peer's volumes cannot be read. The message says which part."""


class Cap(NamedTuple):
    """A circle: its centre on the unit sphere, its radius in the same measure."""

    x: float
    y: float
    z: float
    radius: float

    def within(self, other: Cap, gap: float) -> bool:
        """Is no more than `gap` (radians) between the two circles?"""
        reach = self.radius + other.radius + gap
        dx, dy, dz = self.x - other.x, self.y - other.y, self.z - other.z
        return dx * dx + dy * dy + dz * dz <= reach * reach


class Shape(NamedTuple):
    """One volume, bounded, its outline ready to be held against others; `cap` is a circle that holds the outline."""

    outline: Prepared
    cap: Cap
    lower_mm: int
    upper_mm: int
    start_us: int
    end_us: int


_VOLUMES = Decoder(list[bodies.Volume4D])
_encode = Encoder().encode


@lru_cache(maxsize=_REMEMBERED)
def read_shapes(volumes: bytes) -> tuple[Shape, ...]:
    """The shapes in a JSON list of Volume4D. Raises ShapeError."""
    try:
        read = _VOLUMES.decode(volumes)
    except (DecodeError, ValidationError, UnicodeDecodeError) as error:
        raise ShapeError(f"the volumes are not of F3548: {error}") from None
    if len(read) > MAX_VOLUMES:
        raise ShapeError(f"there are {len(read)} volumes, at most {MAX_VOLUMES} are read")
    try:
        return tuple(_shape(volume) for volume in read)
    except ValueError as error:
        raise ShapeError(str(error)) from None


def _shape(volume: bodies.Volume4D) -> Shape:
    space = volume.volume
    if space is None or volume.time_start is None or volume.time_end is None:
        raise ShapeError("a volume lacks volume, time_start or time_end")
    lower, upper = space.altitude_lower, space.altitude_upper
    if lower is None or upper is None or lower.value is None or upper.value is None:
        raise ShapeError("a volume lacks altitude_lower or altitude_upper")
    if (lower.reference, lower.units, upper.reference, upper.units) != ("W84", "M", "W84", "M"):
        raise ShapeError("an altitude is not in metres above the WGS84 ellipsoid")
    outline = _outline(space)
    return Shape(
        Prepared(outline),
        cap_of(outline),
        floor_mm(lower.value),
        ceil_mm(upper.value),
        parse_time(volume.time_start.value or ""),
        parse_time(volume.time_end.value or ""),
    )


def _outline(space: bodies.Volume3D) -> Outline:
    polygon, circle = space.outline_polygon, space.outline_circle
    if polygon is not None and circle is None:
        corners = []
        for vertex in polygon.vertices or ():
            if vertex is None or vertex.lat is None or vertex.lng is None:
                raise ShapeError("a corner lacks lat or lng")
            corners.append((vertex.lat, vertex.lng))
        return Polygon.from_degrees(corners)
    if circle is None or polygon is not None:
        raise ShapeError("a volume has no outline, or two")
    centre, radius = circle.center, circle.radius
    if centre is None or centre.lat is None or centre.lng is None or radius is None or radius.value is None:
        raise ShapeError("a circle lacks center or radius")
    if radius.units != "M":
        raise ShapeError("a radius is not in metres")
    return Circle.from_degrees(centre.lat, centre.lng, radius.value)


def cap_of(outline: Outline) -> Cap:
    """A circle round an outline: cheap to hold against another, and never too small."""
    if isinstance(outline, Circle):
        return Cap(*point(outline.lat_e7, outline.lng_e7), outline.radius_mm / 1000 / EARTH_RADIUS_M)
    corners = [point(*vertex) for vertex in outline.vertices]
    x, y, z = (sum(corner[axis] for corner in corners) / len(corners) for axis in range(3))
    reach = sqrt(max((x - cx) ** 2 + (y - cy) ** 2 + (z - cz) ** 2 for cx, cy, cz in corners))
    # Round an outline that reaches a quarter round the globe a circle through its corners need not hold its edges.
    return Cap(x, y, z, reach if reach < 1 else 2.0)


def write_volume(outline: bytes, volume: Volume) -> bytes:
    """A Volume4D as JSON. outline: as `write_outline` gives it; the volume must be bounded in height and time."""
    assert volume.lower_mm is not None
    assert volume.upper_mm is not None
    assert volume.start_us is not None
    assert volume.end_us is not None
    return (
        b'{"volume":{%b,"altitude_lower":{"value":%b,"reference":"W84","units":"M"},'
        b'"altitude_upper":{"value":%b,"reference":"W84","units":"M"}},'
        b'"time_start":{"value":"%b","format":"RFC3339"},"time_end":{"value":"%b","format":"RFC3339"}}'
    ) % (
        outline,
        _metres(volume.lower_mm),
        _metres(volume.upper_mm),
        format_time(volume.start_us).encode(),
        format_time(volume.end_us).encode(),
    )


def write_outline(outline: Outline | None) -> bytes:
    """The member of a Volume3D that holds an outline. Raises ValueError for none."""
    if isinstance(outline, Polygon):
        corners = ",".join(f'{{"lat":{lat / 1e7:.7f},"lng":{lng / 1e7:.7f}}}' for lat, lng in outline.vertices)
        return f'"outline_polygon":{{"vertices":[{corners}]}}'.encode()
    if isinstance(outline, Circle):
        return (
            f'"outline_circle":{{"center":{{"lat":{outline.lat_e7 / 1e7:.7f},"lng":{outline.lng_e7 / 1e7:.7f}}},'
            f'"radius":{{"value":{outline.radius_mm / 1000},"units":"M"}}}}'
        ).encode()
    raise ValueError("A volume that is declared needs an outline.")


def _metres(mm: int) -> bytes:
    return _encode(mm / 1000)
