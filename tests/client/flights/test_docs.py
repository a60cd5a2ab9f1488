"""docs/flights.md says what every field means."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from beforehand.cli.flights import flights
from beforehand.client.flights import legs, records, tracks
from beforehand.client.flights.account import Line, Named
from beforehand.client.flights.result import FlightLine, Result, StandingIntent

PAGE = (Path(__file__).parents[3] / "docs" / "flights.md").read_text()


@pytest.mark.parametrize("told", [Result, Line, Named, FlightLine, StandingIntent])
def test_every_field_is_explained(told: type) -> None:
    explained = set(re.findall(r"`(\w+)`", PAGE))
    assert set(told.__struct_fields__) - explained == set()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "said",
    [
        f"at most {inspect.signature(flights).parameters['leg_s'].default} s",
        f"at least {legs.GROW_M / 1000:g} km",
        f"its band by {legs.GROW_BAND_M:g} m, its window by {legs.GROW_WINDOW_US / 1e6:g} s",
        f"nearer than {legs.NEAR_M:g} m, {legs.NEAR_BAND_MM / 1000:g} m in height and {legs.NEAR_WINDOW_US / 1e6:g} s",
        f"outside −{-records.LOWEST_FT:,.0f} … {records.HIGHEST_FT:,.0f} ft",
        f"{records.MAX_RECORDS:,} records",
        f"({tracks.SPEED_M_S:,.0f} m/s with {tracks.SPEED_SLACK_M / 1000:g} km of slack",
    ],
)
def test_numbers_are_those_of_the_code(said: str) -> None:
    assert said in re.sub(r"\s+", " ", PAGE)
