"""Is an outline well formed, and how large is it? Corners become points of the unit sphere here, rules are checked here.

Rules: those that F3548 clients are used to (latitude and longitude on the globe, at least three corners, no corner
twice, no crossing edges, either winding, at most 2500 km^2), and at most 5,000 corners.
"""

from math import cos, hypot, pi, sin

from s2geometry import S2Loop, S2Point_FromRaw

from beforehand.airspace.volume import LAT_LIMIT_E7, LNG_LIMIT_E7, Circle, Outline, OutlineError, Polygon

#: Mean radius of the Earth in metres, as S2Earth has it.
EARTH_RADIUS_M = 6_371_010
#: Surface of the Earth in km^2 by which areas are judged; the figure that DSS implementations share.
EARTH_AREA_KM2 = 510_072_000
MAX_AREA_KM2 = 2500
MAX_CORNERS = 5000
#: The longest border of a polygon. No sensible outline of 2500 km^2 comes near it (5,000 edges from side to side of a
#: square do), and what a border costs grows with the cells that its edges cross, each counted.
MAX_BORDER_KM = 250_000

#: A point or vector in space: x, y, z; of length 1 if a point of the sphere.
Vector = tuple[float, float, float]

_RADIAN = pi / 180
_KM2_PER_STERADIAN = EARTH_AREA_KM2 / (4 * pi)
_CELLS_PER_KM2 = 1.6
_CELLS_PER_KM = 2.0


def point(lat_e7: int, lng_e7: int) -> Vector:
    """The point of the unit sphere at a latitude and longitude."""
    lat, lng = lat_e7 / 1e7 * _RADIAN, lng_e7 / 1e7 * _RADIAN
    flat = cos(lat)
    return flat * cos(lng), flat * sin(lng), sin(lat)


def corners(polygon: Polygon) -> list[Vector]:
    """The corners as points, in the order given.

    Raises ``OutlineError``: ``not_enough_corners``, ``too_many_corners``, ``lat_lng_out_of_range``.
    """
    vertices = polygon.vertices
    if not 3 <= len(vertices) <= MAX_CORNERS:
        if len(vertices) < 3:
            raise OutlineError(
                "not_enough_corners", f"A polygon needs at least 3 corners; this one has {len(vertices)}."
            )
        raise OutlineError(
            "too_many_corners",
            f"A polygon may have at most {MAX_CORNERS} corners; this one has {len(vertices)}. Simplify it outwards.",
        )
    points = []
    for lat_e7, lng_e7 in vertices:
        if not (-LAT_LIMIT_E7 <= lat_e7 <= LAT_LIMIT_E7 and -LNG_LIMIT_E7 <= lng_e7 <= LNG_LIMIT_E7):
            _refuse_place(lat_e7, lng_e7)
        # As point() says, but a call saved counts here.
        lat, lng = lat_e7 / 1e7 * _RADIAN, lng_e7 / 1e7 * _RADIAN
        flat = cos(lat)
        points.append((flat * cos(lng), flat * sin(lng), sin(lat)))
    return points


def centre(circle: Circle) -> tuple[Vector, float]:
    """A circle's centre as a point and its radius as an angle in radians.

    Raises ``OutlineError``: ``lat_lng_out_of_range``, ``radius_not_positive``, ``degenerate`` (round the whole globe),
    ``area_too_large``.
    """
    if not (-LAT_LIMIT_E7 <= circle.lat_e7 <= LAT_LIMIT_E7 and -LNG_LIMIT_E7 <= circle.lng_e7 <= LNG_LIMIT_E7):
        _refuse_place(circle.lat_e7, circle.lng_e7)
    if circle.radius_mm <= 0:
        raise OutlineError(
            "radius_not_positive", f"The radius of a circle must be greater than 0 mm, not {circle.radius_mm}."
        )
    if circle.radius_mm > pi * 1000 * EARTH_RADIUS_M:
        raise OutlineError(
            "degenerate",
            f"A circle of radius {circle.radius_mm} mm reaches round the whole Earth; give the radius in metres.",
        )
    area = _cap_area_km2(circle.radius_mm)
    if area > MAX_AREA_KM2:
        _refuse_area(area)
    return point(circle.lat_e7, circle.lng_e7), circle.radius_mm / (1000 * EARTH_RADIUS_M)


def sound(polygon: Polygon) -> tuple[list[Vector], S2Loop]:
    """The corners counter-clockwise round the smaller side, and the S2 loop of them, if every rule holds.

    Raises ``OutlineError``: as ``corners``; ``too_many_cells`` for a border of more than 250,000 km, ``repeated_corner``,
    ``self_intersecting``, ``degenerate``, ``area_too_large``. Bounded: 5,000 corners are judged within some 30 ms,
    whatever they are.
    """
    points = corners(polygon)
    border = _perimeter_km(polygon.vertices)
    if border > MAX_BORDER_KM:
        raise OutlineError(
            "too_many_cells",
            f"The border of the polygon is about {border:.0f} km long and crosses too many cells; at most {MAX_BORDER_KM} "
            "km are taken. Check the order of its corners.",
        )
    loop = _valid_loop(points)
    if not loop.IsNormalized():
        points.reverse()
        loop.Normalize()
    area = loop.GetArea() * _KM2_PER_STERADIAN
    if area > MAX_AREA_KM2:
        _refuse_area(area)
    return points, loop


def area_km2(outline: Outline) -> float:
    """The area inside an outline, on the smaller side; 0 for a line. Raises ``OutlineError`` for what is not well formed,
    but for no size."""
    if isinstance(outline, Circle):
        return _cap_area_km2(min(outline.radius_mm, pi * 1000 * EARTH_RADIUS_M))
    loop = _valid_loop(corners(outline))
    loop.Normalize()
    return float(loop.GetArea()) * _KM2_PER_STERADIAN


def expected_cells(outline: Outline) -> int:
    """About how many level-13 cells a covering would have, rather too many than too few, in well under 1 us a corner.

    From the perimeter alone (no shape of that perimeter is larger than the circle), for outlines well formed or not;
    what ``cover`` would refuse for its area counts as the largest it would take.
    """
    perimeter = outline.radius_mm * 2 * pi / 1e6 if isinstance(outline, Circle) else _perimeter_km(outline.vertices)
    area = min(perimeter * perimeter / (4 * pi), MAX_AREA_KM2)
    return int(_CELLS_PER_KM2 * area + _CELLS_PER_KM * perimeter) + 4


def _perimeter_km(vertices: tuple[tuple[int, int], ...]) -> float:
    if not vertices:
        return 0.0
    perimeter = 0.0
    lat_before, lng_before = vertices[-1]
    for lat, lng in vertices:
        east = abs(lng - lng_before)
        if east > LNG_LIMIT_E7:
            east = 2 * LNG_LIMIT_E7 - east
        perimeter += hypot(lat - lat_before, east * cos((lat + lat_before) / 2e7 * _RADIAN))
        lat_before, lng_before = lat, lng
    return perimeter / 1e7 * _RADIAN * EARTH_RADIUS_M / 1000


def _cap_area_km2(radius_mm: float) -> float:
    half = sin(radius_mm / (2000 * EARTH_RADIUS_M))
    return half * half * EARTH_AREA_KM2


def _valid_loop(points: list[Vector]) -> S2Loop:
    loop = S2Loop()
    loop.Init([S2Point_FromRaw(x, y, z) for x, y, z in points])
    if not loop.IsValid():
        _refuse_shape(points)
    return loop


def _refuse_shape(points: list[Vector]) -> None:
    seen: dict[Vector, int] = {}
    for i, corner in enumerate(points):
        if seen.setdefault(corner, i) != i:
            raise OutlineError(
                "repeated_corner",
                f"Corners {seen[corner]} and {i} of the polygon (counted from 0) are the same point. Each corner must be "
                "there once; do not close the polygon by repeating the first.",
            )
    for i, (x, y, z) in enumerate(points):
        if (-x, -y, -z) == points[i - 1]:
            raise OutlineError(
                "degenerate",
                f"Corners {(i - 1) % len(points)} and {i} of the polygon (counted from 0) lie on opposite sides of the "
                "Earth, so that no shortest edge joins them. Put a corner between.",
            )
    raise OutlineError(
        "self_intersecting",
        "Edges of the polygon that are not neighbours cross. Give the corners in order along its border.",
    )


def _refuse_place(lat_e7: int, lng_e7: int) -> None:
    raise OutlineError(
        "lat_lng_out_of_range",
        f"A corner or centre at latitude {lat_e7 / 1e7}, longitude {lng_e7 / 1e7} is off the globe: latitude must be "
        "within -90..90, longitude within -180..180 degrees.",
    )


def _refuse_area(area: float) -> None:
    raise OutlineError(
        "area_too_large",
        f"An outline may hold at most {MAX_AREA_KM2} km^2; this one holds {area:.0f} km^2. Split it into smaller ones.",
    )
