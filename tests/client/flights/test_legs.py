"""Legs hold the whole path, with the room that was promised on every side."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.client.flights.judge import dot, holds, product

from beforehand.airspace.cells import cover
from beforehand.airspace.volume import Polygon
from beforehand.client.flights.growth import between, grown_hulls, hull, vector
from beforehand.client.flights.legs import GROW_BAND_M, GROW_M, GROW_WINDOW_US, legs_of, stretches
from beforehand.client.flights.records import Ident, Point
from beforehand.client.flights.tracks import GAP_US, Flight, reachable

SECOND = 1_000_000
#: Two figures of the Earth: the sphere, and the WGS84 ellipsoid's shortest and longest radius of curvature.
RADII_M = (6_371_010.0, 6_335_439.0, 6_399_594.0)


@st.composite
def paths(draw: st.DrawFn) -> tuple[Point, ...]:
    """A flight anywhere on the globe: straight stretches, turns, stops, gaps."""
    lat, lng = draw(st.floats(-89.9, 89.9)), draw(st.floats(-180, 180))
    point = Point(draw(st.integers(0, 10**6)) * SECOND, lat, lng, draw(st.floats(-100, 15_000)))
    points = [point]
    for _ in range(draw(st.integers(0, 12))):
        seconds = draw(st.integers(1, 90) | st.integers(100, GAP_US // SECOND))
        heading, speed = draw(st.floats(0, 2 * math.pi)), draw(st.floats(0, 600))
        lat, lng = moved(point.lat, point.lng, heading, speed * seconds)
        climb = draw(st.floats(-100, 100)) * seconds
        altitude = min(20_000.0, max(-200.0, point.altitude_m + climb))
        point = Point(point.time_us + seconds * SECOND, lat, lng, altitude)
        points.append(point)
    return tuple(points)


def moved(lat: float, lng: float, heading: float, metres: float) -> tuple[float, float]:
    """The place so far away in that direction."""
    angle = metres / RADII_M[0]
    phi = math.radians(lat)
    there = math.asin(math.sin(phi) * math.cos(angle) + math.cos(phi) * math.sin(angle) * math.cos(heading))
    east = math.atan2(
        math.sin(heading) * math.sin(angle) * math.cos(phi), math.cos(angle) - math.sin(phi) * math.sin(there)
    )
    return math.degrees(there), (lng + math.degrees(east) + 540) % 360 - 180


def corners(outline: Polygon) -> list[tuple[float, float, float]]:
    return [vector(lat / 1e7, lng / 1e7) for lat, lng in outline.vertices]


def distance_to_border(outline: Polygon, lat: float, lng: float) -> float:
    """The least angle (radians) from a place to the border, edge by edge."""
    p = vector(lat, lng)
    least = math.pi
    for a, b in pairwise([*corners(outline), corners(outline)[0]]):
        normal = product(a, b)
        length = math.sqrt(dot(normal, normal))
        foot = tuple(x - n * dot(p, normal) / length**2 for x, n in zip(p, normal, strict=True))
        inside = dot(product(a, foot), normal) >= 0 and dot(product(foot, b), normal) >= 0  # type: ignore[arg-type]
        if inside:
            least = min(least, abs(math.asin(max(-1.0, min(1.0, dot(p, normal) / length)))))
        least = min(least, math.dist(p, a), math.dist(p, b))
    return least


@settings(max_examples=150, deadline=None)
@given(paths(), st.integers(5, 300))
def test_the_whole_path_is_within_with_room_on_every_side(points: tuple[Point, ...], leg_s: int) -> None:
    assume(all(reachable(one, other) for one, other in pairwise(points)))
    legs = legs_of(Flight(Ident("a", "b"), 1, points), leg_s)
    for one, other in pairwise(points):
        for share in (0.0, 0.37, 1.0):
            time_us = round(one.time_us + (other.time_us - one.time_us) * share)
            lat, lng = between((one.lat, one.lng), (other.lat, other.lng), share)
            altitude = one.altitude_m + (other.altitude_m - one.altitude_m) * share
            holding = [
                leg.volume for leg in legs
                if leg.volume.start_us + GROW_WINDOW_US <= time_us <= leg.volume.end_us - GROW_WINDOW_US
            ]  # fmt: skip
            assert holding
            for volume in holding:
                assert volume.lower_mm <= (altitude - GROW_BAND_M + 0.01) * 1000
                assert volume.upper_mm >= (altitude + GROW_BAND_M - 0.01) * 1000
                assert holds(corners(volume.outline), vector(lat, lng))
                assert distance_to_border(volume.outline, lat, lng) * min(RADII_M) >= GROW_M - 0.05


@settings(max_examples=40, deadline=None)
@given(paths(), st.integers(5, 300))
def test_legs_are_short_join_and_can_be_declared(points: tuple[Point, ...], leg_s: int) -> None:
    assume(all(reachable(one, other) for one, other in pairwise(points)))
    legs = legs_of(Flight(Ident("a", "b"), 1, points), leg_s)
    assert legs[0].volume.start_us == points[0].time_us - GROW_WINDOW_US
    assert legs[-1].volume.end_us == points[-1].time_us + GROW_WINDOW_US
    for leg in legs:
        assert leg.volume.end_us - leg.volume.start_us <= leg_s * SECOND + 2 * GROW_WINDOW_US
        assert cover(leg.volume.outline)
        assert set(cover(leg.volume.outline)) <= set(cover(leg.wide))
    for one, other in pairwise(legs):
        assert one.volume.end_us == other.volume.start_us + 2 * GROW_WINDOW_US
        assert set(cover(one.volume.outline)) & set(cover(other.volume.outline))


@given(paths(), st.integers(1, 400))
def test_a_path_in_pieces_is_the_path(points: tuple[Point, ...], longest_s: int) -> None:
    pieces = stretches(points, longest_s * SECOND)
    assert all(one[-1] == other[0] for one, other in pairwise(pieces))
    joined = [pieces[0][0], *(point for piece in pieces for point in piece[1:])]
    assert set(points) <= set(joined)
    assert all(one.time_us < other.time_us for one, other in pairwise(joined))


def test_one_point_alone_is_one_leg() -> None:
    (leg,) = legs_of(Flight(Ident("a", "b"), 1, (Point(0, 47, 8, 1_000),)), 60)
    assert (leg.volume.start_us, leg.volume.end_us) == (-GROW_WINDOW_US, GROW_WINDOW_US)
    assert distance_to_border(leg.volume.outline, 47, 8) * min(RADII_M) >= GROW_M


def test_a_leg_takes_little_more_than_was_asked() -> None:
    """Half a degree along a great circle, 1 km to each side."""
    (outline,) = grown_hulls([(47, 8), (47.5, 8)], [GROW_M])
    (wider,) = grown_hulls([(47, 8), (47.5, 8)], [GROW_M * 1.1])
    assert distance_to_border(outline, 47.25, 8) * max(RADII_M) < 1_105
    assert all(holds(corners(wider), corner) for corner in corners(outline))


def test_places_too_far_apart_make_no_leg() -> None:
    with pytest.raises(ValueError, match="far apart"):
        grown_hulls([(0, 0), (0, 40)], [GROW_M])
    with pytest.raises(ValueError, match="opposite"):
        grown_hulls([(0, 0), (0, 180)], [GROW_M])


planes = st.tuples(st.integers(-50, 50), st.integers(-50, 50))


@given(st.lists(planes, min_size=1, max_size=40))
def test_the_hull_is_convex_and_holds_every_point(points: list[tuple[int, int]]) -> None:
    found = hull(points)
    assert set(found) <= set(points)
    if len(found) < 3:
        return
    for (ax, ay), (bx, by) in pairwise([*found, found[0]]):
        assert all((bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0 for x, y in points)
