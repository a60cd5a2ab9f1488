from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.positions import Axis, read_degrees


@pytest.mark.parametrize(
    ("said", "degrees"),
    [
        ("35 31.2 N", 35.52),
        ("35°31'12\"N", 35.52),
        ("35° 31′ 12″ n", 35.52),
        ("N35 31 12", 35.52),
        ("35 31 12.0 S", -35.52),
        ("-35 31.2", -35.52),
        ("35.52", 35.52),
        ("35.52 S", -35.52),
        ("35°52'N", 35.8666667),
        ("90 N", 90.0),
        (35, 35.0),
        (-35.52, -35.52),
    ],
)
def test_degrees_minutes_and_seconds_are_read_exactly(said: Any, degrees: float) -> None:
    """H4.6: to the grid of 10^-7 degrees."""
    assert read_degrees(said, "latitude", "at") == degrees


@pytest.mark.parametrize(
    "said",
    [
        "35 31.2",  # minutes, and no side
        "35.5 31 N",
        "35 31.5 12 N",
        "35 60 N",
        "35 31 60 N",
        "35 46.2 E",
        "N 35 31 N",
        "-35 31 N",
        "35,52",
        "3531N",
        "",
        "N",
        "٣٥ N",
        "35 31.2 N" + " " * 100,
        True,
        None,
        [35],
        float("nan"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(said: Any) -> None:
    """H4.6: never by guessing."""
    with pytest.raises(BadField) as refused:
        read_degrees(said, "latitude", "circle[0]")
    assert (refused.value.field, refused.value.reason) == ("circle[0]", "bad_position")


@pytest.mark.parametrize(
    ("said", "axis"),
    [
        ("90 0.1 N", "latitude"),
        (90.1, "latitude"),
        ("181", "longitude"),
        (float("inf"), "longitude"),
        (10**400, "latitude"),
    ],
)
def test_what_is_off_the_globe_is_refused(said: Any, axis: Axis) -> None:
    """H4.6"""
    with pytest.raises(BadField) as refused:
        read_degrees(said, axis, "at")
    assert refused.value.reason == "off_globe"


@given(st.text("0123456789 .-+NSEW°'\"′″\t", max_size=70) | st.text())
def test_any_text_is_read_on_the_globe_or_refused(said: str) -> None:
    """H4.6"""
    with suppress(BadField):
        assert abs(read_degrees(said, "longitude", "at")) <= 180


@given(st.integers(0, 89), st.integers(0, 59), st.integers(0, 59_999), st.sampled_from("NS"))
def test_every_second_is_read_as_the_nearest_of_the_grid(
    degrees: int, minutes: int, seconds_ms: int, side: str
) -> None:
    """H4.6"""
    read = read_degrees(f"{degrees}°{minutes}'{seconds_ms / 1000}\"{side}", "latitude", "at")
    exact = (degrees * 3_600_000 + minutes * 60_000 + seconds_ms) / 3_600_000
    assert abs(abs(read) - exact) <= 0.51e-7
    assert (read <= 0) is (side == "S" or read == 0)
