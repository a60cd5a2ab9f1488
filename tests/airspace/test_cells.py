"""Coverings miss no cell that an outline touches, and name no cell that it does not come near."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from beforehand.airspace.cells import MAX_CELLS, cover, extent, from_tokens, pack, tokens, unpack
from beforehand.airspace.volume import Circle, Outline, OutlineError, Polygon, Volume

from . import oracle
from .outlines import cell_at, cell_corners, near, neighbours, outlines, polygons, sizes, small_sizes

_GROWTH_M = 0.02
_FARTHEST_M = 0.041


def _cover(outline: Outline) -> tuple[int, ...]:
    try:
        return cover(outline)
    except OutlineError as refused:
        # Rounding to the grid may make edges of the drawn polygon cross.
        assume(refused.reason != "self_intersecting")
        raise


def _corners(outline: Polygon) -> list[oracle.Vector]:
    return [oracle.point(*vertex) for vertex in outline.vertices]


def _distance(outline: Outline, cell: int) -> float:
    corners = cell_corners(cell)
    if isinstance(outline, Polygon):
        return oracle.distance(_corners(outline), corners)
    centre = oracle.point(outline.lat_e7, outline.lng_e7)
    return max(0.0, oracle.distance_from_point(centre, corners) - outline.radius_mm / 1000)


@settings(max_examples=1500, deadline=None)
@given(outlines(small_sizes))
def test_a_covering_holds_exactly_the_cells_within_reach_of_an_outline(outline: Outline) -> None:
    cells = set(_cover(outline))
    assume(len(cells) <= 40)
    around = set.union(cells, *(neighbours(cell) for cell in cells))
    for cell in around:
        apart = _distance(outline, cell)
        assert cell in cells or apart > _GROWTH_M, apart
        assert cell not in cells or apart < _FARTHEST_M, apart


@settings(max_examples=60, deadline=None)
@given(polygons(sizes), st.randoms(use_true_random=False))
def test_no_point_of_a_grown_polygon_lies_outside_its_covering(polygon: Polygon, random) -> None:
    cells = set(_cover(polygon))
    corners = _corners(polygon)
    for a, b in oracle.edges(corners):
        normal = oracle.normal(a, b)
        for _ in range(40):
            share = random.choice((0.0, 1.0, random.random()))
            on = oracle.unit(oracle.plus(oracle.plus((0, 0, 0), a, 1 - share), b, share))
            off = random.choice((-_GROWTH_M, _GROWTH_M, random.uniform(-_GROWTH_M, _GROWTH_M))) / oracle.RADIUS_M
            assert cell_at(oracle.unit(oracle.plus(on, normal, off))) in cells
    for corner in corners:
        for step in range(24):
            angle = step * math.pi / 12
            assert cell_at(near(corner, _GROWTH_M * math.cos(angle), _GROWTH_M * math.sin(angle))) in cells
    for _ in range(40):
        weights = [0.001 + random.random() for _ in corners]
        p = oracle.unit(tuple(sum(w * c[axis] for w, c in zip(weights, corners, strict=True)) for axis in range(3)))
        assert cell_at(p) in cells or not oracle.inside(p, corners)


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.floats(1, 26_000))
def test_no_point_of_a_circle_lies_outside_its_covering(random, radius_m: float) -> None:
    circle = Circle.from_degrees(random.uniform(-90, 90), random.uniform(-180, 180), radius_m)
    cells = set(cover(circle))
    centre = oracle.point(circle.lat_e7, circle.lng_e7)
    for _ in range(100):
        angle = random.uniform(0, 2 * math.pi)
        # near() goes straight on in the tangent plane, so that the angle at the centre is the arc tangent.
        reach = oracle.RADIUS_M * math.tan((circle.radius_mm / 1000 + _GROWTH_M) / oracle.RADIUS_M)
        reach *= random.choice((1.0, random.random()))
        assert cell_at(near(centre, reach * math.cos(angle), reach * math.sin(angle))) in cells


@settings(max_examples=40, deadline=None)
@given(polygons(sizes))
def test_the_winding_and_the_first_corner_of_a_polygon_do_not_matter(polygon: Polygon) -> None:
    cells = _cover(polygon)
    assert cover(Polygon(polygon.vertices[::-1])) == cells
    assert cover(Polygon(polygon.vertices[1:] + polygon.vertices[:1])) == cells


@given(outlines())
@settings(max_examples=40, deadline=None)
def test_cells_are_ascending_and_read_back_from_bytes_and_tokens(outline: Outline) -> None:
    cells = _cover(outline)
    assert list(cells) == sorted(set(cells))
    packed = pack(cells)
    assert len(packed) == 4 * len(cells)
    assert unpack(packed) == cells
    assert from_tokens(tokens(packed)) == packed


def test_a_cell_is_written_as_its_s2_token() -> None:
    cells = cover(Circle.from_degrees(46.5005, 7.5005, 10))
    assert cells == (0x478EFDDC,)
    assert tokens(pack(cells)) == "478efddc"


@pytest.mark.parametrize(
    "text",
    ["478efdd", "478efddc ", " 478efddc", "478EFDDC", "478efddc  478efde4", "478efde4 478efddc", "478efddc 478efddc",
     "478efdd8", "478efdd6", "c78efddc", "478efddc,478efde4", "478efdgc", "\u0664\u0667\u0668efddc"],
)  # fmt: skip
def test_text_that_is_no_list_of_cells_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"[Cc]ell"):
        from_tokens(text)


def test_no_cells_are_the_empty_text() -> None:
    assert from_tokens("") == b""
    assert tokens(b"") == ""


@given(st.floats(0.001, 170), st.floats(0.0001, 0.4))
@settings(max_examples=20, deadline=None)
def test_a_needle_round_the_earth_is_refused_or_bounded(length: float, width: float) -> None:
    needle = Polygon.from_degrees([(0, 0), (0, length / 2), (0, length), (width, length / 2)])
    refused: OutlineError | None = None
    cells: tuple[int, ...] = ()
    try:
        cells = cover(needle)
    except OutlineError as error:
        refused = error
    if length > 120:
        assert refused is not None
        assert refused.reason in {"too_many_cells", "area_too_large"}
    else:
        assert len(cells) <= MAX_CELLS


def test_a_border_that_runs_on_and_on_is_refused_before_it_is_followed() -> None:
    # 2,500 spikes of 80 degrees, each a few centimetres wide: a small area, a thousand times round the Earth.
    corners = [(-0.5, 0.0)]
    for i in range(1249):
        lng = i * 1e-4
        corners += [(80, lng), (80, lng + 1e-7), (0, lng + 1e-7), (0, lng + 1e-4)]
    with pytest.raises(OutlineError, match="border") as refused:
        cover(Polygon.from_degrees([*corners, (-0.5, 0.1249)]))
    assert refused.value.reason == "too_many_cells"


def test_a_dense_comb_of_five_thousand_corners_is_covered() -> None:
    comb = [(45.95, 7.0)]
    for i in range(1249):
        lng = 7 + i * 4e-4
        comb += [(46.3, lng), (46.3, lng + 1e-7), (46.0, lng + 1e-7), (46.0, lng + 4e-4)]
    comb += [(45.95, 7.4996)]
    cells = cover(Polygon.from_degrees(comb))
    assert 1000 < len(cells) < 3000


def test_an_extent_is_the_covering_with_the_bounds_of_the_volume() -> None:
    circle = Circle.from_degrees(0, 0, 100)
    boxed = extent(Volume(circle, 1, 2, 3, None))
    assert (boxed.cells, boxed.lower_mm, boxed.upper_mm, boxed.start_us, boxed.end_us) == (cover(circle), 1, 2, 3, None)
    assert extent(Volume()).cells == ()
