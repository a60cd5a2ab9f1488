"""Volumes go out and come in as the same shape."""

from __future__ import annotations

from math import cos, radians

from hypothesis import given
from hypothesis import strategies as st

from beforehand.airspace.meeting import Prepared
from beforehand.airspace.volume import Circle, Outline, Polygon, Volume
from beforehand.client.shapes import cap_of, read_shapes, write_outline, write_volume

lats, lngs = st.integers(-850_000_000, 850_000_000), st.integers(-1_799_000_000, 1_799_000_000)
circles = st.builds(Circle, lats, lngs, st.integers(1_000, 20_000_000))


@st.composite
def quadrangles(draw: st.DrawFn) -> Polygon:
    lat, lng = draw(lats), draw(lngs)
    up, across = draw(st.integers(10_000, 2_000_000)), draw(st.integers(10_000, 900_000))
    return Polygon(((lat, lng), (lat, lng + across), (lat + up, lng + across // 2), (lat + up, lng)))


outlines: st.SearchStrategy[Outline] = circles | quadrangles()


@given(outlines, st.integers(-8_000_000, 0), st.integers(0, 100_000_000), st.integers(0, 4 * 10**15))
def test_a_shape_is_read_as_it_was_written(outline: Outline, lower: int, upper: int, start: int) -> None:
    volume = Volume(outline, lower, upper, start, start + 90_000_001)
    (read,) = read_shapes(b"[%b]" % write_volume(write_outline(outline), volume))
    assert (read.lower_mm, read.upper_mm, read.start_us, read.end_us) == (lower, upper, start, start + 90_000_001)
    assert read.outline.meets(Prepared(outline))
    assert read.cap == cap_of(outline)


@given(outlines, st.floats(-3, 3), st.floats(-3, 3))
def test_caps_are_never_apart_where_outlines_meet(outline: Outline, north: float, east: float) -> None:
    lat, lng = (outline.lat_e7, outline.lng_e7) if isinstance(outline, Circle) else outline.vertices[0]
    shifted = Circle(
        lat + round(north * 1e6), max(-(10**9) * 18 // 10, min(18 * 10**8, lng + round(east * 1e6))), 5_000_000
    )
    if Prepared(outline).meets(Prepared(shifted)):
        assert cap_of(outline).within(cap_of(shifted), 1e-8)


def test_a_cap_is_about_as_large_as_its_outline() -> None:
    outline = Polygon.from_degrees([(47, 8), (47, 8.1), (47.1, 8.1), (47.1, 8)])
    diagonal = ((0.1) ** 2 + (0.1 * cos(radians(47))) ** 2) ** 0.5
    assert cap_of(outline).radius < radians(diagonal)
