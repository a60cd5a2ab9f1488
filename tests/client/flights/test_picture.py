"""The picture, the table and the lines say what the day came to."""

from __future__ import annotations

import re
from collections import Counter
from io import StringIO
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.json import decode, encode
from rich.console import Console
from tests.client.flights.world import in_trail, made_up, planned

from beforehand.client.flights.day import Day
from beforehand.client.flights.picture import picture
from beforehand.client.flights.planner import Outcome, unplannable
from beforehand.client.flights.plot import simplified, step_of
from beforehand.client.flights.records import Ident, Point
from beforehand.client.flights.result import Result, flight_lines, result_of
from beforehand.client.flights.table import table
from beforehand.client.flights.tracks import Flight, Flights

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def dense() -> tuple[Day, Result]:
    day, result, _ = planned(made_up(1, 60, 8))
    return day, result


def drawn(day: Day, result: Result) -> ElementTree.Element:
    return ElementTree.fromstring(picture(result, day))


def one_flight(*points: Point, callsign: str = "SWR1") -> tuple[Day, Result]:
    flight = Flight(Ident("4b1815", callsign), 1, points)
    day = Day([unplannable(flight, '<none> & "no"', "")], 0, 1, 0, 0, 0, 0.1)
    return day, result_of("<file>&", 1, Flights([flight], {}, Counter()), day)


def test_every_flight_is_in_the_picture(dense: tuple[Day, Result]) -> None:
    day, result = dense
    tree = drawn(day, result)
    paths = [path for path in tree.iter(f"{SVG}path") if path.find(f"{SVG}title") is not None]
    assert len(paths) == len(day.outcomes)
    classes = Counter(path.get("class") for path in paths)
    assert classes["track"] == sum(outcome.delay_min == 0 for outcome in day.outcomes)
    assert sum(count for name, count in classes.items() if name and name.startswith("moved")) == result.moved


def test_the_picture_stands_alone(dense: tuple[Day, Result]) -> None:
    """No script, no link, no font from elsewhere; two sets of colours."""
    text = picture(dense[1], dense[0])
    assert not re.search(r"<script|<image|href|@import|url\((?!#)|<foreignObject", text)
    assert set(re.findall(r"https?://[^\"]+", text)) == {"http://www.w3.org/2000/svg"}
    assert "prefers-color-scheme:dark" in text


def test_the_picture_shows_the_numbers(dense: tuple[Day, Result]) -> None:
    day, result = dense
    said = " ".join("".join(text.itertext()) for text in drawn(day, result).iter(f"{SVG}text"))
    for number in (result.intents, result.refusals, result.moved, result.planned, result.unplanned):
        assert f"{number:,}" in said


def test_names_from_files_cannot_break_out_of_the_picture() -> None:
    day, result = one_flight(Point(0, 47, 8, 0), callsign="</title><x>&\"'")
    titles = ["".join(title.itertext()) for title in drawn(day, result).iter(f"{SVG}title")]
    assert any("</title><x>&\"'" in title and "<none>" in title for title in titles)


points = st.builds(Point, st.integers(0, 10**15), st.floats(-90, 90), st.floats(-180, 180), st.floats(-500, 30_000))


@given(st.lists(points, min_size=1, max_size=6, unique_by=lambda point: point.time_us))
def test_any_day_can_be_drawn(heard: list[Point]) -> None:
    tree = drawn(*one_flight(*sorted(heard)))
    assert not any("nan" in (path.get("d") or "") or "inf" in (path.get("d") or "") for path in tree.iter())


@given(st.lists(st.tuples(st.floats(0, 1_000), st.floats(0, 1_000)), min_size=1, max_size=60), st.floats(0.1, 50))
def test_a_simplified_line_is_never_far_from_the_line(line: list[tuple[float, float]], tolerance: float) -> None:
    kept = simplified(line, tolerance)
    assert kept[0] == line[0]
    assert kept[-1] == line[-1]
    assert all(
        min(_off(point, a, b) for a, b in zip(kept, kept[1:] or kept, strict=False)) <= tolerance + 1e-6
        for point in line
    )


def _off(point: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> float:
    (px, py), (ax, ay), (bx, by) = point, a, b
    square = (bx - ax) ** 2 + (by - ay) ** 2
    share = max(0.0, min(1.0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / square)) if square else 0.0
    return float(((ax + share * (bx - ax) - px) ** 2 + (ay + share * (by - ay) - py) ** 2) ** 0.5)


def test_delays_are_shown_in_four_steps() -> None:
    assert [step_of(minute) for minute in (0, 1, 5, 6, 10, 11, 20, 21, 30)] == [0, 1, 1, 2, 2, 3, 3, 4, 4]


def test_the_table_says_what_must_be_none(dense: tuple[Day, Result]) -> None:
    console = Console(width=120, record=True, file=StringIO())
    console.print(table(dense[1]))
    text = console.export_text()
    assert re.search(r"accepted pairs that really meet\W+0\b", text)
    assert re.search(r"left behind of unplanned flights\W+0\b", text)
    assert "must be 0" not in text


def test_the_result_survives_json(dense: tuple[Day, Result]) -> None:
    assert decode(encode(dense[1]), type=Result) == dense[1]


def test_delays_are_of_planned_flights_and_the_unplanned_have_their_reason() -> None:
    day, result, _ = planned(in_trail(26, every_s=2))
    delays = sorted(outcome.delay_min for outcome in day.outcomes if outcome.delay_min is not None)
    middle = len(delays) // 2
    median = delays[middle] if len(delays) % 2 else (delays[middle - 1] + delays[middle]) / 2
    assert (result.delay_median_min, result.delay_worst_min) == (median, delays[-1])
    assert sum(result.unplanned_because.values()) == result.unplanned > 0


def test_every_aircraft_and_callsign_has_a_line(dense: tuple[Day, Result]) -> None:
    day, _ = dense
    flights = Flights(
        [outcome.flight for outcome in day.outcomes], {Ident("x", "Y1"): "no usable point: 3 no position"}, Counter()
    )
    lines = list(flight_lines(flights, day))
    assert {(line.icao24, line.callsign) for line in lines} == {tuple(f.ident) for f in flights.flights} | {("x", "Y1")}
    assert all((line.outcome == "planned") == (line.delay_min is not None) for line in lines)
    assert all(line.reason for line in lines if line.outcome == "unplanned")


def test_a_day_on_which_nothing_could_be_planned_is_a_result_too() -> None:
    day, result = one_flight(Point(0, 47, 8, 0))
    assert (result.planned, result.delay_median_min, result.real_share) == (0, None, None)
    console = Console(width=120, record=True, file=StringIO())
    console.print(table(result))
    assert isinstance(day.outcomes[0], Outcome)
