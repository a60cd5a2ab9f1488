"""Coverings with a buffer, and of legs, miss no cell within reach and stay near it (H4.7, H6.2)."""

import math
from random import Random

import pytest
from msgspec.structs import replace

from beforehand.airspace.cells import MAX_CELLS, cover, cover_leg, cover_within, extent
from beforehand.airspace.moving import Leg
from beforehand.airspace.volume import Circle, OutlineError, Polygon, Volume

from . import oracle
from .bodies import from_outline, some_leg, some_outline, some_place, times, where
from .outlines import cell_at, cell_corners, near, neighbours

_GROWTH_M = 0.02
_FARTHEST_M = 300


@pytest.mark.parametrize("seed", range(120))
def test_every_cell_within_the_buffer_of_an_outline_is_named(seed: int) -> None:
    """H4.7: candidates for the volumes grown by the buffers; exact distances of the cells named and of those next to them."""
    random = Random(seed)
    outline = some_outline(random, some_place(random), random.choice([1.0, 300.0, 2000.0]))
    buffer_m = random.choice([0, 1, 500, 2500])
    cells = set(cover_within(outline, buffer_m * 1000))
    assert set(cover(outline)) <= cells
    assert list(cover_within(outline, buffer_m * 1000)) == sorted(cells)
    around = set.union(cells, *(neighbours(cell) for cell in cells))
    for cell in around:
        corners = cell_corners(cell)
        if isinstance(outline, Circle):
            middle = oracle.point(outline.lat_e7, outline.lng_e7)
            apart = oracle.distance_from_point(middle, corners) - outline.radius_mm / 1000
        else:
            apart = oracle.distance([oracle.point(*vertex) for vertex in outline.vertices], corners)
        assert cell in cells or apart > buffer_m + _GROWTH_M
        assert cell not in cells or apart < buffer_m + _FARTHEST_M


@pytest.mark.parametrize("seed", range(60))
def test_every_cell_that_a_leg_comes_near_is_named(seed: int) -> None:
    """H6.2: the whole of what the disc sweeps."""
    random = Random(seed)
    leg = replace(some_leg(random, some_place(random), random.choice([100.0, 8000.0])), start_us=0, end_us=1000)
    buffer_m = random.choice([0, 0, 700])
    cells = cover_leg(leg, buffer_m * 1000)
    assert list(cells) == sorted(set(cells))
    reach = leg.radius_mm / 1000 + buffer_m
    for time in times(0, 1000, 60):
        at = where(leg, time)
        for turn in range(12):
            angle, share = turn * math.pi / 6, random.choice([1.0, random.random()])
            out = oracle.RADIUS_M * math.tan((reach + _GROWTH_M) / oracle.RADIUS_M) * share
            assert cell_at(near(at, out * math.cos(angle), out * math.sin(angle))) in set(cells)
    way = [oracle.point(leg.from_lat_e7, leg.from_lng_e7), oracle.point(leg.to_lat_e7, leg.to_lng_e7)]
    for cell in cells:
        corners = cell_corners(cell)
        apart = min(oracle.distance_from_point(where(leg, t), corners) for t in times(0, 1000, 60))
        assert apart <= reach + _FARTHEST_M + oracle.apart(*way) / 120


def test_a_wide_buffer_names_all_that_lies_in_it() -> None:
    box = Polygon.from_degrees([(46, 7), (46, 7.01), (46.01, 7.01), (46.01, 7)])
    cells = cover_within(box, 30_000_000)
    random = Random(1)
    middle = oracle.point(460050000, 70050000)
    for _ in range(500):
        point = near(middle, random.uniform(-35_000, 35_000), random.uniform(-35_000, 35_000))
        apart = from_outline(point, box)
        assert apart > 30_000 or cell_at(point) in cells
    assert 2800 < len(cells) < 3600


@pytest.mark.parametrize("lat", [0.0, 90.0, -90.0])
def test_buffers_and_legs_lead_over_the_antimeridian_and_the_poles(lat: float) -> None:
    e7 = round(lat * 1e7)
    near_line = Circle(e7, 1_800_000_000, 1000)
    assert cover_within(near_line, 2_000_000) == cover_within(replace(near_line, lng_e7=-1_800_000_000), 2_000_000)
    off = 899_000_000 * (1 if lat > 0 else -1) if lat else 0
    leg = Leg(off, 1_799_000_000 if not lat else 0, off, -1_799_000_000 if not lat else 1_800_000_000, 0, 1, 0, 0, 1000)
    assert set(cover(near_line)) & set(cover_leg(leg))
    assert len(cover_leg(leg)) < 80


def test_a_leg_that_stands_is_covered_as_its_circle_with_a_little_more() -> None:
    leg = Leg(460000000, 70000000, 460000000, 70000000, 0, 1, None, None, 800_000)
    assert cover_leg(leg, 500) == cover_within(Circle(460000000, 70000000, 800_000), 500)
    assert set(extent(Volume(Circle(460000000, 70000000, 800_000))).cells) <= set(cover_leg(leg))


def test_no_more_than_the_limit_of_cells_is_named() -> None:
    """P8: complete or refused."""
    box = Polygon.from_degrees([(46, 7), (46, 7.01), (46.01, 7.01), (46.01, 7)])
    assert len(cover_within(box, 50_000_000)) <= MAX_CELLS
    long = Leg(0, 0, 0, 1_700_000_000, 0, 1, None, None, 1000)
    calls = [
        lambda: cover_within(box, 80_000_000),
        lambda: cover_within(box, 10**13),
        lambda: cover_within(Circle(0, 0, 1000), 80_000_000),
        lambda: cover_leg(long),
        lambda: cover_leg(replace(long, to_lng_e7=1_000_000), 10**11),
    ]
    for call in calls:
        with pytest.raises(OutlineError) as refused:
            call()
        assert refused.value.reason == "too_many_cells"


def test_what_is_not_well_formed_is_refused_as_ever() -> None:
    crossing = Polygon.from_degrees([(0, 0), (0.01, 0.01), (0.01, 0), (0, 0.01)])
    with pytest.raises(OutlineError) as refused:
        cover_within(crossing, 1000)
    assert refused.value.reason == "self_intersecting"
    with pytest.raises(OutlineError) as refused:
        cover_leg(Leg(0, 0, 0, 1_800_000_000, 0, 1, None, None, 1))
    assert refused.value.reason == "degenerate"
