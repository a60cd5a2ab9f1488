"""An area read back agrees with the one told if it is the same to within the tolerance (H5.3)."""

import math
from itertools import combinations
from random import Random

import pytest
from msgspec.structs import replace

from beforehand.airspace.agreeing import area_agrees, enclosing_circle
from beforehand.airspace.meeting import clearance_mm
from beforehand.airspace.volume import Circle, Outline, OutlineError, Polygon

from . import oracle
from .bodies import grid, some_outline, some_place
from .outlines import near

_CENTRE = oracle.point(460000000, 70000000)


def _box(west: float, south: float, east: float, north: float, centre: oracle.Vector = _CENTRE) -> Polygon:
    """A box by metres from a place."""
    return Polygon(
        tuple(grid(near(centre, x, y)) for x, y in ((west, south), (east, south), (east, north), (west, north)))
    )


def _circle(east: float, north: float, radius: float, centre: oracle.Vector = _CENTRE) -> Circle:
    return Circle(*grid(near(centre, east, north)), round(radius * 1000))


def _rim(outline: Outline, number: int) -> list[oracle.Vector]:
    """Points of a border."""
    if isinstance(outline, Circle):
        centre = oracle.point(outline.lat_e7, outline.lng_e7)
        reach = oracle.RADIUS_M * math.tan(outline.radius_mm / 1000 / oracle.RADIUS_M)
        turns = [2 * math.pi * i / number for i in range(number)]
        return [near(centre, reach * math.cos(turn), reach * math.sin(turn)) for turn in turns]
    corners = [oracle.point(*vertex) for vertex in outline.vertices]
    each = max(1, number // len(corners))
    return [
        oracle.unit(oracle.plus(oracle.plus((0, 0, 0), a, 1 - i / each), b, i / each))
        for a, b in oracle.edges(corners)
        for i in range(each)
    ]


def _from_border(point: oracle.Vector, outline: Outline) -> float:
    if isinstance(outline, Circle):
        return abs(oracle.apart(point, oracle.point(outline.lat_e7, outline.lng_e7)) - outline.radius_mm / 1000)
    corners = [oracle.point(*vertex) for vertex in outline.vertices]
    return min(oracle.from_edge(point, a, b) for a, b in oracle.edges(corners))


@pytest.mark.parametrize("seed", range(60))
def test_borders_are_compared_at_all_their_points(seed: int) -> None:
    """H5.3: the greatest distance of a point of one border from the other, by samples of both."""
    random = Random(seed)
    place, size = some_place(random), random.choice([50.0, 2000.0])
    told = some_outline(random, place, size)
    said: Outline = Circle(0, 0, 1)
    while isinstance(said, Circle):
        said = some_outline(random, place, size)
    number = 400
    apart = max(
        *(_from_border(point, told) for point in _rim(said, number)),
        *(_from_border(point, said) for point in _rim(told, number)),
    )
    step = 6 * size / number
    assert area_agrees([told], said, round((apart + step + 1.1) * 1000))
    assert not area_agrees([told], said, max(0, math.floor((apart - 1.1) * 1000)))


@pytest.mark.parametrize("centre", [(460000000, 70000000), (0, 1_800_000_000), (900_000_000, 0), (-900_000_000, 0)])
def test_a_box_agrees_up_to_the_tolerance_and_no_further(centre: tuple[int, int]) -> None:
    """H5.3: each within the agreement's tolerance."""
    place = oracle.point(*centre)
    told, said = _box(-500, -500, 500, 500, place), _box(-500, -500, 700, 500, place)
    assert area_agrees([told], said, 201_000)
    assert not area_agrees([told], said, 199_000)
    assert not area_agrees([told], _box(-700, -500, 500, 500, place), 199_000)
    assert not area_agrees([said], told, 199_000)
    assert area_agrees([told], told, 0)
    assert area_agrees([told], Polygon(told.vertices[::-1]), 0)


def test_a_corner_that_was_left_out_does_not_agree() -> None:
    """Every corner of what was told must be near what was said, and every corner said near what was told."""
    told = Polygon(tuple(grid(near(_CENTRE, *p)) for p in ((0, 0), (1000, 0), (1000, 1000), (500, 3000), (0, 1000))))
    said = Polygon(tuple(grid(near(_CENTRE, *p)) for p in ((0, 0), (1000, 0), (1000, 1000), (0, 1000))))
    assert not area_agrees([told], said, 1_900_000)
    assert not area_agrees([said], told, 1_900_000)
    assert area_agrees([said], told, 2_001_000)


def test_inside_of_a_border_counts_as_much_as_outside() -> None:
    """A notch from which the said border keeps away is seen though all corners are near."""
    notched = Polygon(tuple(grid(near(_CENTRE, *p)) for p in ((0, 0), (2000, 0), (2000, 2000), (1000, 200), (0, 2000))))
    plain = Polygon(tuple(grid(near(_CENTRE, *p)) for p in ((0, 0), (2000, 0), (2000, 2000), (0, 2000))))
    assert not area_agrees([notched], plain, 190_000)
    # The middle of the northern edge is 875 m from the notch.
    assert not area_agrees([notched], plain, 870_000)
    assert area_agrees([notched], plain, 880_000)


def test_borders_between_what_was_told_together_are_no_borders() -> None:
    """H5.3: two boxes side by side, overlapping, or with a seam of a centimetre are one area."""
    whole = _box(-1000, -500, 1000, 500)
    for seam in (0, 100, -0.01):
        told = [_box(-1000, -500, seam, 500), _box(0, -500, 1000, 500)]
        assert area_agrees(told, whole, 1_000)
        assert area_agrees(told[::-1], whole, 1_000)
    assert not area_agrees([_box(-1000, -500, -200, 500), _box(0, -500, 1000, 500)], whole, 90_000)
    assert not area_agrees([_box(-1000, -500, 0, 500)], whole, 900_000)


def test_of_areas_apart_each_must_be_said() -> None:
    told = [_box(-3000, -500, -2000, 500), _circle(2500, 0, 500)]
    assert not area_agrees(told, _box(-3000, -500, -2000, 500), 4_000_000)
    assert not area_agrees(told, _box(-3000, -500, 3000, 500), 400_000)
    assert area_agrees(told, _box(-3000, -500, 3000, 500), 2_100_000)


def test_a_circle_that_was_told_may_be_said_as_a_polygon() -> None:
    told = _circle(0, 0, 1000)
    said = Polygon(tuple(grid(p) for p in _rim(_circle(0, 0, 1000), 24)))
    # The middle of each of 24 edges is 1 - cos(7.5 degrees) inside.
    sagitta_mm = round(1_000_000 * (1 - math.cos(math.pi / 24)))
    assert area_agrees([told], said, sagitta_mm + 1000)
    assert not area_agrees([told], said, sagitta_mm - 1000)


def test_a_line_agrees_with_itself_and_its_neighbour() -> None:
    line = Polygon(tuple(grid(near(_CENTRE, x, 0)) for x in (0, 600, 1000)))
    beside = Polygon(tuple(grid(near(_CENTRE, x, 30)) for x in (0, 600, 1000)))
    assert area_agrees([line], line, 0)
    assert area_agrees([line], beside, 31_000)
    assert not area_agrees([line], beside, 29_000)
    assert area_agrees([line, _box(0, 0, 500, 10)], beside, 32_000)


def test_centre_and_extent_are_compared_with_the_smallest_circle_round_all() -> None:
    """H5.3: outline or centre and extent."""
    told = [_box(-1000, -500, 0, 500), _box(0, -500, 1000, 500)]
    radius = math.hypot(1000, 500)
    assert area_agrees(told, _circle(0, 0, radius), 1000)
    assert area_agrees(told, _circle(190, 0, radius - 190), 200_000)
    assert not area_agrees(told, _circle(210, 0, radius), 200_000)
    assert not area_agrees(told, _circle(0, 0, radius + 210), 200_000)
    assert not area_agrees(told, _circle(0, 0, radius - 210), 200_000)
    circle = _circle(30, 40, 700)
    assert area_agrees([circle], circle, 0)
    assert area_agrees([circle], replace(circle, radius_mm=700_500), 500)


def _reach(centre: oracle.Vector, outline: Outline) -> float:
    """How far the farthest point of an outline is, in metres."""
    if isinstance(outline, Circle):
        return oracle.apart(centre, oracle.point(outline.lat_e7, outline.lng_e7)) + outline.radius_mm / 1000
    return max(oracle.apart(centre, oracle.point(*vertex)) for vertex in outline.vertices)


@pytest.mark.parametrize("seed", range(80))
def test_the_smallest_circle_holds_all_and_no_smaller_one_does(seed: int) -> None:
    """H5.3: for polygons by all circles through two or three corners; with circles by centres tried all round."""
    random = Random(seed)
    place, size = some_place(random), random.choice([5.0, 500.0, 15_000.0])
    outlines = [some_outline(random, place, size) for _ in range(random.randint(1, 3))]
    found = enclosing_circle(outlines)
    centre = oracle.point(found.lat_e7, found.lng_e7)
    radius = found.radius_mm / 1000
    assert all(_reach(centre, outline) <= radius + 1e-6 for outline in outlines)
    for step in (size / 2, size / 20, 1.0, 0.1):
        for turn in range(24):
            angle = turn * math.pi / 12
            moved = near(centre, step * math.cos(angle), step * math.sin(angle))
            assert max(_reach(moved, outline) for outline in outlines) >= radius - 0.03
    if all(isinstance(outline, Polygon) for outline in outlines):
        corners = [oracle.point(*v) for outline in outlines if isinstance(outline, Polygon) for v in outline.vertices]
        halves = [oracle.apart(a, b) / 2 for a, b in combinations(corners, 2)]
        assert radius >= max(halves) - 0.001


def test_a_smallest_circle_of_a_circle_is_itself() -> None:
    circle = Circle(1, 2, 3)
    assert enclosing_circle([circle]) == circle
    inner = Circle(1, 2, 1)
    assert clearance_mm(enclosing_circle([circle, inner]), circle) == 0
    assert abs(enclosing_circle([circle, inner]).radius_mm - 3) <= 20


def test_outlines_all_round_the_globe_are_held_by_some_circle() -> None:
    spots = [
        Circle(0, 0, 1000),
        Circle(0, 1_800_000_000, 1000),
        Circle(900_000_000, 0, 1000),
        Circle(0, 900_000_000, 9),
    ]
    found = enclosing_circle(spots)
    centre = oracle.point(found.lat_e7, found.lng_e7)
    assert all(_reach(centre, spot) <= found.radius_mm / 1000 + 1e-6 for spot in spots)
    quarter = enclosing_circle([Circle(0, 0, 1), Circle(0, 1_000_000_000, 1)])
    assert quarter.radius_mm == pytest.approx(math.radians(50) * 6_371_010_000, abs=100)


def test_what_is_not_well_formed_is_refused() -> None:
    crossing = Polygon.from_degrees([(0, 0), (0.01, 0.01), (0.01, 0), (0, 0.01)])
    box = _box(0, 0, 10, 10)
    for told, said in (([box], crossing), ([crossing], box), ([crossing], crossing), ([box], Circle(0, 0, 0))):
        with pytest.raises(OutlineError):
            area_agrees(told, said, 1000)
    for call in (
        lambda: area_agrees([], box, 0),
        lambda: area_agrees([], Circle(0, 0, 1), 0),
        lambda: enclosing_circle([]),
    ):
        with pytest.raises(ValueError, match="at least one"):
            call()
