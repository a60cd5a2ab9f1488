"""Outlines that make no sense are refused with a stable reason; those that F3548 clients rely on are taken."""

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings

from beforehand.airspace.cells import cover
from beforehand.airspace.outline import area_km2, expected_cells
from beforehand.airspace.volume import Circle, Outline, OutlineError, Polygon

from . import oracle
from .outlines import outlines, polygons


def _polygon(*corners: tuple[float, float]) -> Polygon:
    return Polygon.from_degrees(corners)


def _round(corners: int, radius: float = 0.01) -> Polygon:
    angles = [2 * math.pi * i / corners for i in range(corners)]
    return _polygon(*((46 + radius * math.sin(a), 7 + radius * math.cos(a)) for a in angles))


REFUSED = {
    "not_enough_corners": [_polygon(), _polygon((1, 1)), _polygon((1, 1), (2, 2))],
    "too_many_corners": [_round(5001, 0.1)],
    "lat_lng_out_of_range": [
        Polygon(((900_000_001, 0), (0, 0), (0, 1))),
        Polygon(((0, 0), (0, 1), (0, -1_800_000_001))),
        Circle(-900_000_001, 0, 1),
        Circle(0, 1_800_000_001, 1),
    ],
    "repeated_corner": [
        _polygon((0, 0), (0, 0.01), (0.01, 0.01), (0, 0)),
        _polygon((0, 0), (0, 0), (0, 0.01), (0.01, 0.01)),
        _polygon((1, 1), (1, 1), (1, 1)),
        # A hole that touches the border in one corner.
        _polygon((0, 0), (0.03, 0), (0.015, 0.015), (0.03, 0.03), (0, 0.03), (0.015, 0.015)),
    ],
    "self_intersecting": [
        _polygon((0, 0), (0.01, 0.01), (0.01, 0), (0, 0.01)),
        _polygon((0.9, 0.5), (0.18, 0.26), (0.62, 0.88), (0.62, 0.12), (0.18, 0.74)),
        # There and back along the equator: neighbours lie on each other, others cross.
        _polygon((0, 0), (0, 0.03), (0, 0.01), (0, 0.02)),
    ],
    "degenerate": [_polygon((33, 12), (-33, -168), (0, 0)), Circle(0, 0, 10**15)],
    "radius_not_positive": [Circle(0, 0, 0), Circle(0, 0, -1)],
    "area_too_large": [
        _polygon((10, 10), (10, 11), (11, 11), (11, 10)),
        _polygon((0, 0), (0, 120), (0, -120)),
        _polygon((0, 0), (0, 120), (0.0001, -120)),
        _polygon((0, 0), (0, 180), (1, 90)),
        Polygon(tuple((0, round((i / 2500 - 1) * 1_800_000_000)) for i in range(1, 5000))),
        Circle.from_degrees(0.5, 0.5, 60_000),
        Circle.from_degrees(0.5, 0.5, 20_000_000),
    ],
    "too_many_cells": [_polygon((0, 0), (0, 80), (0, 160), (1e-5, 80))],
}


@pytest.mark.parametrize(
    ("reason", "outline"), [(reason, outline) for reason, group in REFUSED.items() for outline in group]
)
def test_an_outline_is_refused_with_its_reason(reason: str, outline: Outline) -> None:
    with pytest.raises(OutlineError) as refused:
        cover(outline)
    assert refused.value.reason == reason
    assert str(refused.value).endswith(".")


def test_every_reason_is_known() -> None:
    assert set(REFUSED) == OutlineError.REASONS


@pytest.mark.parametrize(
    ("outline", "cells"),
    [
        (_polygon((46, 7), (46.005, 7.005), (46.01, 7.01)), range(1, 5)),
        (_polygon((46, 7), (46.01, 7.01), (46.005, 7.005)), range(1, 5)),
        (_polygon((0, 7), (0, 7.005), (0, 7.01)), range(1, 5)),
        (_polygon((0, 7), (0, 7.01), (0, 7.005)), range(1, 5)),
        (_polygon((-90, -180), (-89.99, -180), (-89.99, -179)), range(1, 8)),
        (_polygon((10, 179.995), (10, -179.995), (10.005, -179.995), (10.005, 179.995)), range(1, 6)),
        (_polygon((10, 180), (10, -179.995), (10.005, -180)), range(1, 6)),
        (_polygon((89.99, 0), (89.99, 90), (89.99, 180), (89.99, -90)), range(4, 13)),
        (_polygon((-89.99, 0), (-89.99, 90), (-89.99, 180), (-89.99, -90)), range(4, 13)),
        (_polygon((90, 0), (89.99, 90), (89.99, 100)), range(4, 8)),
        # At a pole each longitude is the same place, but as long as doubles tell them apart clients may rely on it.
        (_polygon((90, 0), (90, 90), (89.99, 100)), range(4, 8)),
        (_round(1000), range(4, 10)),
        (_round(5000, 0.1), range(200, 500)),
        (Circle.from_degrees(90, 0, 150), range(4, 5)),
        (Circle.from_degrees(3.3, 180, 300), range(1, 5)),
        (Circle.from_degrees(0.5, 0.5, 1e-3), range(1, 3)),
        (Circle.from_degrees(0.5, 0.5, 26_000), range(1600, 2500)),
    ],
)
def test_lines_slivers_poles_and_the_antimeridian_are_covered(outline: Outline, cells: range) -> None:
    assert len(cover(outline)) in cells


def test_the_antimeridian_has_one_name_more_but_is_one_place() -> None:
    east = _polygon((10, 180), (10, -179.995), (10.005, -180))
    assert cover(east) == cover(_polygon((10, -180), (10, -179.995), (10.005, 180)))


def test_areas_are_judged_at_2500_km2() -> None:
    # 510,072,000 km^2 of globe: a cap of that area has a radius of some 28.2 km.
    assert area_km2(Circle.from_degrees(1, 1, 28_200)) < 2500 < area_km2(Circle.from_degrees(1, 1, 28_220))
    assert cover(Circle.from_degrees(1, 1, 28_200))
    # A box along the equator, of half a square degree less a hair or more a hair.
    side = math.degrees(50 / 6371.01)
    box = [(side / 2, 0.0), (side / 2, side), (-side / 2, side), (-side / 2, 0.0)]
    assert area_km2(_polygon(*box)) == pytest.approx(2500, rel=1e-4)
    assert cover(_polygon(*((lat, lng * 0.999) for lat, lng in box)))
    with pytest.raises(OutlineError):
        cover(_polygon(*((lat, lng * 1.001) for lat, lng in box)))


@settings(max_examples=100, deadline=None)
@given(polygons())
def test_an_area_is_that_of_its_triangles_whatever_the_winding(polygon: Polygon) -> None:
    corners = [oracle.point(*vertex) for vertex in polygon.vertices]
    try:
        area = area_km2(polygon)
    except OutlineError:
        assume(False)
    assert area_km2(Polygon(polygon.vertices[::-1])) == pytest.approx(area, rel=1e-9, abs=1e-9)
    signed = 0.0
    first = corners[0]
    for b, c in pairwise(corners[1:]):
        u, v = oracle.plus(b, first, -1), oracle.plus(c, first, -1)
        signed += oracle.dot(oracle.cross(u, v), first) / 2
    # Flat triangles at the first corner: right to the square of the size, 50 km to 6371 km.
    assert area == pytest.approx(abs(signed) * 6371.0**2, rel=1e-3, abs=1e-6)


@settings(max_examples=200, deadline=None)
@given(outlines())
def test_the_expected_number_of_cells_is_rather_too_large(outline: Outline) -> None:
    try:
        cells = cover(outline)
    except OutlineError:
        assume(False)
    assert len(cells) <= expected_cells(outline)


def test_the_expected_number_of_cells_of_anything_is_told() -> None:
    assert expected_cells(Polygon(())) >= 0
    assert expected_cells(_polygon((0, 0), (0, 120), (0, -120))) > 10_000
    assert expected_cells(_polygon((10, 179.999), (10, -179.999), (10.001, 180))) < 10
    assert expected_cells(Circle(0, 0, 10**15)) > 10_000
