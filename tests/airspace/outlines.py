"""Outlines for property tests: everywhere on the globe, with a liking for where coverings go wrong."""

import math
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from s2geometry import S2Cell, S2CellId, S2Point, S2Point_FromRaw, S2Point_ToRaw

from beforehand.airspace.volume import Circle, Polygon

from .oracle import RADIUS_M, Vector, cross, degrees_of, plus, unit

_KM = 1000.0
#: Half of the extent of an outline, in metres: from the grid itself to the largest that is taken.
sizes = st.one_of(
    st.floats(0.05, 3), st.floats(3, 300), st.floats(300, 3 * _KM), st.floats(3 * _KM, 12 * _KM), st.just(24 * _KM)
)
small_sizes = st.one_of(st.floats(0.05, 3), st.floats(3, 300), st.floats(300, 2 * _KM))


def raw(p: S2Point) -> Vector:
    x, y, z = S2Point_ToRaw(p)
    return (x, y, z)


def cell_at(p: Vector) -> int:
    """The packed level-13 cell of a point, by S2."""
    return S2CellId(S2Point_FromRaw(*p)).parent(13).id() >> 32


def cell_corners(packed: int) -> list[Vector]:
    cell = S2Cell(S2CellId(packed << 32))
    return [raw(cell.GetVertex(i)) for i in range(4)]


def neighbours(packed: int) -> set[int]:
    return {cell.id() >> 32 for cell in S2CellId(packed << 32).GetAllNeighbors(13)}


def near(p: Vector, east: float, north: float) -> Vector:
    """The point some metres away in a frame of its own, which knows no poles."""
    aside = (0.0, 0.0, 1.0) if abs(p[2]) < 0.8 else (1.0, 0.0, 0.0)
    e = unit(cross(aside, p))
    n = cross(p, e)
    return unit(plus(plus(p, e, east / RADIUS_M), n, north / RADIUS_M))


def _random_point(lat: float, lng: float) -> Vector:
    flat = math.cos(math.radians(lat))
    return (
        flat * math.cos(math.radians(lng)),
        flat * math.sin(math.radians(lng)),
        math.sin(math.radians(lat)),
    )


anywhere = st.builds(_random_point, st.floats(-90, 90), st.floats(-180, 180))
antimeridian = st.builds(_random_point, st.floats(-89, 89), st.sampled_from([180.0, -180.0, 179.99999, -179.9999]))
poles = st.builds(_random_point, st.sampled_from([90.0, -90.0, 89.999999, -89.99999, 89.999]), st.floats(-180, 180))
cube_corners = st.builds(lambda x, y, z: unit((x, y, z)), *[st.sampled_from([-1.0, 1.0])] * 3)
cube_edges = st.builds(lambda x, y, z: unit((x, y, z)), st.just(1.0), st.sampled_from([-1.0, 1.0]), st.floats(-1, 1))
corners_of_cells = st.builds(lambda p, i: cell_corners(cell_at(p))[i], anywhere, st.integers(0, 3))
on_edges_of_cells = st.builds(
    lambda p, i, share: _between(cell_corners(cell_at(p)), i, share), anywhere, st.integers(0, 3), st.floats(0, 1)
)
#: Places for which it matters where exactly an outline ends.
ticklish = st.one_of(corners_of_cells, on_edges_of_cells)
places = st.one_of(anywhere, ticklish, ticklish, ticklish, antimeridian, poles, cube_corners, cube_edges)
#: Centimetres off a place, in metres: often about the 2 cm by which outlines are grown.
hairs = st.one_of(
    st.floats(-0.028, 0.028), st.floats(0.016, 0.022), st.floats(-0.022, -0.016), st.floats(-0.055, 0.055)
)


def _between(corners: list[Vector], i: int, share: float) -> Vector:
    return unit(plus(corners[i], plus(corners[i - 1], corners[i], -1), share))


@st.composite
def polygons(draw: st.DrawFn, extent: st.SearchStrategy[float] = sizes) -> Polygon:
    """A polygon of three to twelve corners: convex, star-like, a comb, a sliver or a line; not always a valid one."""
    place = near(draw(places), draw(hairs), draw(hairs))
    size = draw(extent)
    kind = draw(st.sampled_from(["box", "arrow", "star", "comb", "sliver", "line"]))
    turn = draw(st.floats(0, 2 * math.pi))
    if kind == "box":
        ratio = draw(st.floats(0.01, 1))
        plane = [(-size, -size * ratio), (size, -size * ratio), (size, size * ratio), (-size, size * ratio)]
    elif kind == "arrow":
        notch = draw(st.floats(0.01, 0.99))
        plane = [(0.0, 0.0), (-size, -size / 3), (-size * notch, 0.0), (-size, size / 3)]
    elif kind == "star":
        angles = sorted(draw(st.lists(st.floats(0, 6.28), min_size=3, max_size=12, unique=True)))
        plane = [(size * r * math.cos(a), size * r * math.sin(a)) for a in angles for r in [draw(st.floats(0.1, 1))]]
    elif kind == "comb":
        teeth, width = draw(st.integers(1, 3)), draw(st.floats(0.001, 0.2))
        plane = [(0.0, 0.0)]
        for tooth in range(teeth):
            x = size * tooth / teeth
            plane += [(x, size), (x + size * width / teeth, size), (x + size * width / teeth, size / 9)]
        plane += [(size, 0.0)]
    elif kind == "sliver":
        width = draw(st.floats(0.0, 0.1))
        plane = [(-size, 0.0), (size, 0.0), (size / 3, width)]
    else:
        plane = [(-size, 0.0), (0.0, 0.0), (size, 0.0)]
    # A corner of the outline, or a point of an edge, comes to lie at the place.
    corner, share = draw(st.integers(0, len(plane) - 1)), draw(st.sampled_from([0.0, 0.0, 0.5]))
    (x0, y0), (x1, y1) = plane[corner], plane[corner - 1]
    x0, y0 = x0 + (x1 - x0) * share, y0 + (y1 - y0) * share
    plane = [(x - x0, y - y0) for x, y in plane]
    points = [
        near(place, x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)) for x, y in plane
    ]
    if draw(st.booleans()):
        points.reverse()
    rounded = Polygon(tuple(_grid(p) for p in points))
    assume(len(set(rounded.vertices)) == len(rounded.vertices))
    return rounded


def _grid(p: Vector) -> tuple[int, int]:
    lat, lng = degrees_of(p)
    return round(lat * 1e7), round(lng * 1e7)


@st.composite
def circles(draw: st.DrawFn, extent: st.SearchStrategy[float] = sizes) -> Circle:
    """A circle, often of a radius that ends within centimetres of where a corner of a cell is."""
    place, size = draw(places), draw(extent)
    turn = draw(st.floats(0, 2 * math.pi))
    lat_e7, lng_e7 = _grid(near(place, size * math.cos(turn), size * math.sin(turn)))
    return Circle(lat_e7, lng_e7, max(1, round((size + draw(hairs)) * 1000)))


def outlines(extent: Any = sizes) -> st.SearchStrategy[Polygon | Circle]:
    return st.one_of(polygons(extent), polygons(extent), circles(extent))
