"""4D volumes in whole numbers: what a party says about place, height and time, rounded once at the edge.

Degrees are kept times 10^7 (1.1 cm at the equator), heights and radii in millimetres, times in microseconds since the
Unix epoch, UTC. ``None`` for a bound means unbounded. No float leaves this module.
"""

import math
from collections.abc import Iterable, Sequence

import msgspec

LAT_LIMIT_E7 = 900_000_000
LNG_LIMIT_E7 = 1_800_000_000


class OutlineError(ValueError):
    """An outline that cannot be taken.

    ``reason`` is stable and one of ``REASONS``; the message says what was wrong, what was expected and what to do.
    """

    REASONS = frozenset(
        {
            "lat_lng_out_of_range",
            "not_enough_corners",
            "too_many_corners",
            "repeated_corner",
            "self_intersecting",
            "degenerate",
            "radius_not_positive",
            "area_too_large",
            "too_many_cells",
        }
    )

    def __init__(self, reason: str, message: str) -> None:
        assert reason in self.REASONS, reason
        super().__init__(message)
        self.reason = reason


class Polygon(msgspec.Struct, frozen=True, gc=False, tag="polygon"):
    """A polygon on the sphere; edges are great circles, either winding, not closed by repeating the first corner.

    ``vertices``: ``(lat_e7, lng_e7)`` pairs. Whether it is well formed is checked where it is covered.
    """

    vertices: tuple[tuple[int, int], ...]

    @classmethod
    def from_degrees(cls, corners: Sequence[tuple[float, float]]) -> "Polygon":
        """Round ``(latitude, longitude)`` corners in degrees to the grid.

        Neighbouring corners that differ but round to the same grid point become one (as long as three are left): the
        grid, not the party, made them equal. Corners given twice stay twice, and are refused when covered.

        Raises ``OutlineError`` (``lat_lng_out_of_range``) for corners off the globe.
        """
        vertices: list[tuple[int, int]] = []
        left = len(corners)
        before: tuple[float, float] | None = None
        for corner in corners:
            vertex = _vertex(*corner)
            if left > 3 and vertices and vertices[-1] == vertex and corner != before:
                left -= 1
            else:
                vertices.append(vertex)
            before = corner
        if left > 3 and vertices[0] == vertices[-1] and corners[0] != corners[-1]:
            vertices.pop()
        return cls(tuple(vertices))


class Circle(msgspec.Struct, frozen=True, gc=False, tag="circle"):
    """All points within ``radius_mm`` of a centre, along the sphere."""

    lat_e7: int
    lng_e7: int
    radius_mm: int

    @classmethod
    def from_degrees(cls, lat: float, lng: float, radius_m: float) -> "Circle":
        """Round a circle to the grid, its radius up.

        Raises ``OutlineError`` (``lat_lng_out_of_range``, ``radius_not_positive``).
        """
        if not 0 < radius_m < math.inf:
            raise OutlineError(
                "radius_not_positive", f"The radius of a circle must be greater than 0 metres, not {radius_m}."
            )
        # A radius beyond what a float can count in millimetres is larger than the globe either way, and refused as such.
        return cls(*_vertex(lat, lng), ceil_mm(min(radius_m, 1e12)))


Outline = Polygon | Circle


class Volume(msgspec.Struct, frozen=True, gc=False):
    """An outline, an altitude band (WGS84, inclusive) and a time window (inclusive)."""

    outline: Polygon | Circle | None = None
    lower_mm: int | None = None
    upper_mm: int | None = None
    start_us: int | None = None
    end_us: int | None = None


class Extent(msgspec.Struct, frozen=True, gc=False):
    """The one 4D box by which a request is compared: level-13 cells (packed, ascending), a band and a window."""

    cells: tuple[int, ...] = ()
    lower_mm: int | None = None
    upper_mm: int | None = None
    start_us: int | None = None
    end_us: int | None = None


def union(extents: Sequence[Extent]) -> Extent:
    """The smallest extent that holds all of them; where one lacks a bound, so does the union.

    Everything is compared by this one box: volumes far apart make their whole gap relevant (F3548 DSS practice).
    Raises ``ValueError`` for no extents at all.
    """
    if len(extents) == 1:
        return extents[0]
    if not extents:
        raise ValueError("The union of no extents is undefined; give at least one.")
    return Extent(
        tuple(sorted(set().union(*(extent.cells for extent in extents)))),
        _least(extent.lower_mm for extent in extents),
        _greatest(extent.upper_mm for extent in extents),
        _least(extent.start_us for extent in extents),
        _greatest(extent.end_us for extent in extents),
    )


def floor_mm(metres: float) -> int:
    """Metres as millimetres, downwards: for lower bounds.

    What a decimal with up to three places says is kept exactly: 100.01 is 100010, though its double is a hair off.
    Raises ``ValueError`` if not finite.
    """
    millimetres = _near_mm(metres)
    # The division rounds to nearest, so it gives back the very double that a decimal of three places was read as.
    while millimetres / 1000 > metres:
        millimetres -= 1
    return millimetres


def ceil_mm(metres: float) -> int:
    """Metres as millimetres, upwards: for upper bounds and radii. Otherwise as ``floor_mm``."""
    millimetres = _near_mm(metres)
    while millimetres / 1000 < metres:
        millimetres += 1
    return millimetres


def _near_mm(metres: float) -> int:
    # Beyond this a double no longer tells millimetres apart, and the outward steps above would not end.
    if not -1e12 <= metres <= 1e12:
        raise ValueError(f"A height or length must be a number of metres within +-10^12, not {metres}.")
    return round(metres * 1000)


def _vertex(lat: float, lng: float) -> tuple[int, int]:
    if not (-90 <= lat <= 90 and -180 <= lng <= 180):
        raise OutlineError(
            "lat_lng_out_of_range",
            f"A corner or centre at latitude {lat}, longitude {lng} is off the globe: latitude must be within -90..90, "
            "longitude within -180..180 degrees.",
        )
    return round(lat * 1e7), round(lng * 1e7)


def _least(bounds: Iterable[int | None]) -> int | None:
    known: list[int] = []
    for bound in bounds:
        if bound is None:
            return None
        known.append(bound)
    return min(known)


def _greatest(bounds: Iterable[int | None]) -> int | None:
    known: list[int] = []
    for bound in bounds:
        if bound is None:
            return None
        known.append(bound)
    return max(known)
