"""Whether one outline lies inside another: to the millimetre for circles, and against points for polygons."""

from __future__ import annotations

from math import cos, hypot, inf, radians, sin, tau

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from beforehand.airspace.inside import lies_inside
from beforehand.airspace.volume import Circle, OutlineError, Polygon

from .outlines import circles, polygons

#: One degree of latitude on the sphere in use, in mm.
DEGREE_MM = 111_195_080
ROUND = Circle(355_000_000, 355_000_000, 5_000_000)


def square(side: float, lat: float = 35.5, lng: float = 35.5) -> Polygon:
    half = side / 2
    return Polygon.from_degrees(
        [(lat - half, lng - half), (lat - half, lng + half), (lat + half, lng + half), (lat + half, lng - half)]
    )


@given(st.one_of(circles(), polygons()))
def test_every_outline_lies_inside_itself(outline):
    """H4.10: what did not change stands."""
    assert lies_inside(outline, outline)


def test_a_circle_lies_inside_one_of_the_same_centre_to_the_millimetre():
    """H4.10: smaller or equal, and not larger."""
    assert lies_inside(replace(ROUND, radius_mm=4_999_999), ROUND)
    assert not lies_inside(replace(ROUND, radius_mm=5_000_001), ROUND)


def test_a_circle_lies_inside_one_whose_radius_reaches_past_it():
    """H4.10: distance of the centres and its own radius together."""
    apart = ROUND.lat_e7 + 10_000  # 0.001 degrees north: 111,195 mm
    fits = 5_000_000 - DEGREE_MM // 1000
    assert lies_inside(Circle(apart, ROUND.lng_e7, fits - 1), ROUND)
    assert not lies_inside(Circle(apart, ROUND.lng_e7, fits + 2), ROUND)
    assert not lies_inside(Circle(apart + 10_000_000, ROUND.lng_e7, 1), ROUND)


def test_a_polygon_lies_inside_a_circle_that_holds_its_corners():
    """H4.10: to a metre of the farthest corner."""
    half_m = 0.05 * DEGREE_MM / 1000
    far_m = (half_m**2 + (half_m * cos(radians(35.45))) ** 2) ** 0.5
    assert lies_inside(square(0.1), Circle.from_degrees(35.5, 35.5, far_m + 5))
    assert not lies_inside(square(0.1), Circle.from_degrees(35.5, 35.5, far_m - 5))
    one_out = Polygon.from_degrees([(35.5, 35.5), (35.5, 35.51), (36.5, 35.5)])
    assert not lies_inside(one_out, ROUND)


def test_a_circle_lies_inside_a_polygon_that_it_does_not_cross():
    """H4.10: to a metre of the nearest edge, and never where its centre is outside."""
    side = square(0.2)
    reach_m = 0.1 * cos(radians(35.5)) * DEGREE_MM / 1000
    assert lies_inside(Circle.from_degrees(35.5, 35.5, reach_m - 5), side)
    assert not lies_inside(Circle.from_degrees(35.5, 35.5, reach_m + 5), side)
    assert not lies_inside(Circle.from_degrees(35.7, 35.5, 1), side)
    reversed_side = Polygon(tuple(reversed(side.vertices)))
    assert lies_inside(Circle.from_degrees(35.5, 35.5, reach_m - 5), reversed_side)
    assert not lies_inside(Circle.from_degrees(35.7, 35.5, 1), reversed_side)


def test_a_polygon_lies_inside_another_whatever_their_winding_and_first_corner():
    """H4.10: also where they share an edge or are the same."""
    outer, inner = square(0.2), square(0.1)
    for one in (inner, Polygon(tuple(reversed(inner.vertices))), Polygon((*inner.vertices[1:], inner.vertices[0]))):
        assert lies_inside(one, outer)
        assert not lies_inside(outer, one)
        assert lies_inside(one, inner)
    assert not lies_inside(square(0.1, lat=35.6), outer)
    assert not lies_inside(square(0.1, lat=36.5), outer)


@st.composite
def stars(draw: st.DrawFn, reach_km: float) -> list[tuple[float, float]]:
    """A star of whole metres round a point near the middle, in a plane: (east, north) in km."""
    east, north = draw(st.integers(-300, 300)) / 1000, draw(st.integers(-300, 300)) / 1000
    count = draw(st.integers(3, 7))
    radii = [draw(st.integers(200, 1000)) / 1000 * reach_km for _ in range(count)]
    return [
        (round(east + r * sin(tau * i / count), 3), round(north + r * cos(tau * i / count), 3))
        for i, r in enumerate(radii)
    ]


def on_globe(corners: list[tuple[float, float]]) -> Polygon:
    """The same near the equator, where the plane is good to a metre."""
    return Polygon.from_degrees([(north / 111.195, east / 111.195) for east, north in corners])


def depth_km(point: tuple[float, float], corners: list[tuple[float, float]]) -> float:
    """How far inside of a polygon of the plane a point is; negative outside. Slow and obviously right."""
    x, y = point
    inside, nearest = False, inf
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (ay > y) != (by > y) and x < ax + (bx - ax) * (y - ay) / (by - ay):
            inside = not inside
        share = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
        share = min(1.0, max(0.0, share))
        nearest = min(nearest, hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay)))
    return nearest if inside else -nearest


@given(stars(1.0), stars(2.0))
def test_polygons_agree_with_points_along_their_borders(inner, outer):
    """H4.10: inside where every point of its border is, and no corner of the outer one is in it; to 2 m."""
    border = [
        (ax + (bx - ax) * step / 40, ay + (by - ay) * step / 40)
        for (ax, ay), (bx, by) in zip(inner, inner[1:] + inner[:1], strict=True)
        for step in range(40)
    ]
    deep = min(min(depth_km(each, outer) for each in border), min(-depth_km(each, inner) for each in outer))
    found = lies_inside(on_globe(inner), on_globe(outer))
    if deep > 0.05:
        assert found
    if deep < -0.002:
        assert not found


@given(stars(2.0), st.integers(-1500, 1500), st.integers(-1500, 1500), st.integers(10, 1500))
def test_circles_agree_with_their_distance_from_a_border(corners, east_m, north_m, radius_m):
    """H4.10: a circle inside a polygon, and a polygon inside a circle; to 2 m."""
    centre = (east_m / 1000, north_m / 1000)
    circle = Circle.from_degrees(centre[1] / 111.195, centre[0] / 111.195, radius_m)
    left = depth_km(centre, corners) - radius_m / 1000
    if abs(left) > 0.002:
        assert lies_inside(circle, on_globe(corners)) == (left > 0)
    around = radius_m / 1000 - max(hypot(x - centre[0], y - centre[1]) for x, y in corners)
    if abs(around) > 0.002:
        assert lies_inside(on_globe(corners), circle) == (around > 0)


@pytest.mark.parametrize("bad", [Circle(0, 0, 0), Polygon(((0, 0), (1, 1)))])
@pytest.mark.parametrize("good", [ROUND, square(0.1)])
def test_what_is_no_outline_is_refused(bad, good):
    """H4.10: as wherever outlines are read."""
    with pytest.raises(OutlineError):
        lies_inside(bad, good)
    with pytest.raises(OutlineError):
        lies_inside(good, bad)
