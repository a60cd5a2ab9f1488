"""What a person types, as the wire's values: kept as said, and nothing guessed (H4.6)."""

from __future__ import annotations

import json
import time as clock
from datetime import UTC, datetime

import pytest

from beforehand.cli.errors import CommandError, UsageError
from beforehand.cli.hotline import shown, values

NOW = datetime(2027, 1, 15, 22, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _beirut(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Beirut")  # +02:00 in winter
    clock.tzset()
    yield
    monkeypatch.undo()
    clock.tzset()


def height(value, unit, reference="unknown"):
    return {"value": value, "unit": unit, "reference": reference}


@pytest.mark.parametrize(
    ("said", "lower", "upper"),
    [
        ("0-20000ft", height(0, "ft"), height(20000, "ft")),
        ("100-500m", height(100, "m"), height(500, "m")),
        ("1000-6000m amsl", height(1000, "m", "amsl"), height(6000, "m", "amsl")),
        ("0ft agl-20000ft amsl", height(0, "ft", "agl"), height(20000, "ft", "amsl")),
        ("100m agl - 0.5km", height(100, "m", "agl"), height(0.5, "km", "agl")),
        ("FL100-FL200", height(100, "fl", "fl"), height(200, "fl", "fl")),
        ("fl100-200", height(100, "fl", "fl"), height(200, "fl", "fl")),
        ("5000ft-FL100", height(5000, "ft"), height(100, "fl", "fl")),
        ("5000ft amsl-FL100", height(5000, "ft", "amsl"), height(100, "fl", "fl")),
        ("SFC-5000ft", None, height(5000, "ft")),
        ("2000 ft - UNL", height(2000, "ft"), None),
        ("-400-0m", height(-400, "m"), height(0, "m")),
    ],
)
def test_a_band_of_heights(said, lower, upper):
    """H4.6"""
    found = values.band(said)
    assert (found.get("lower"), found.get("upper")) == (lower, upper)


def test_qnh_goes_with_flight_levels():
    """H4.6"""
    assert values.band("FL100-FL200", 1013.0)["lower"] == height(100, "fl", "fl") | {"qnh_hpa": 1013.0}


@pytest.mark.parametrize("said", ["", "500m", "100-500", "0-20000", "a-b", "FL100ft-FL200", "100m-", "10-20miles", "-"])
def test_a_height_without_its_unit_is_asked_about_and_never_guessed(said):
    """H4.6: feet against metres."""
    with pytest.raises(UsageError, match="--alt"):
        values.band(said)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("35.52,35.77,9000", ["35.52", "35.77", 9000]),
        ("35 31.2 N, 35 46.2 E, 9km", ["35 31.2 N", "35 46.2 E", 9000]),
        ("-33.9,18.4,5nm", ["-33.9", "18.4", 9260]),
    ],
)
def test_a_circle_keeps_its_degrees_as_typed(said, read):
    """H4.6"""
    assert values.circle(said) == read


@pytest.mark.parametrize("said", ["", "35.52,35.77", "35.52,35.77,far", "1,2,3,4", "35.52,35.77,-5"])
def test_what_is_no_circle_is_said(said):
    with pytest.raises(UsageError, match="LAT,LON,RADIUS"):
        values.circle(said)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        # At 22:30Z it is the 16th in Beirut already.
        ("19:00", "2027-01-16T19:00:00+02:00"),
        ("1900", "2027-01-16T19:00:00+02:00"),
        ("19:00Z", "2027-01-15T19:00:00Z"),
        ("19:00+05:00", "2027-01-16T19:00:00+05:00"),
        ("2027-01-17 08:05", "2027-01-17T08:05:00+02:00"),
        ("2027-07-17 08:05:30", "2027-07-17T08:05:30+03:00"),
        ("2027-01-17T08:05Z", "2027-01-17T08:05:00Z"),
        ("2027-01-15T19:00:00.5Z", "2027-01-15T19:00:00.5Z"),
        ("+20min", "2027-01-16T00:50:00+02:00"),
        ("-1h30min", "2027-01-15T23:00:00+02:00"),
        ("now", "2027-01-16T00:30:00+02:00"),
    ],
)
def test_a_time_gets_its_day_and_zone(said, read):
    """H4.6: day roll-over."""
    assert values.time(said, "--from", NOW) == read


@pytest.mark.parametrize(
    "said", ["", "25:00", "7pm", "tomorrow", "+", "20min", "2027-02-30 10:00", "2027-01-15", "19:00 CET"]
)
def test_what_is_no_time_is_said(said):
    with pytest.raises(UsageError, match="--from"):
        values.time(said, "--from", NOW)


def test_a_length_is_added_in_the_zone_of_its_start():
    assert values.later("2027-01-15T23:50:00+02:00", values.span("1h20min", "--for")) == "2027-01-16T01:10:00+02:00"
    assert values.later("2027-01-15T23:50:00Z", values.span("20min", "--for")) == "2027-01-16T00:10:00Z"
    with pytest.raises(UsageError, match="--for"):
        values.span("soon", "--for")


def test_a_geojson_file_gives_a_volume_for_each_polygon(tmp_path):
    ring = [[[35.0, 35.0], [35.1, 35.0], [35.1, 35.1], [35.0, 35.0]]]
    polygon = {"type": "Polygon", "coordinates": ring}
    file = tmp_path / "area.geojson"
    for said, count in [
        (polygon, 1),
        ({"type": "Feature", "properties": {}, "geometry": polygon}, 1),
        ({"type": "MultiPolygon", "coordinates": [ring, ring]}, 2),
        ({"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": polygon}] * 3}, 3),
    ]:
        file.write_text(json.dumps(said))
        assert values.outlines(file) == [polygon] * count
    for text in ["{", "[]", "{}", '{"type": "FeatureCollection", "features": 7}']:
        file.write_text(text)
        with pytest.raises(CommandError, match="--area"):
            values.outlines(file)
    with pytest.raises(CommandError, match="cannot be read"):
        values.outlines(tmp_path / "none")


def test_times_are_shown_in_local_time_and_utc():
    assert shown.moment("2027-01-15T19:00:00Z") == "2027-01-15 21:00:00 +02:00 (19:00:00Z)"
    assert shown.moment("2027-01-15T23:00:00.5Z") == "2027-01-16 01:00:00 +02:00 (2027-01-15 23:00:00Z)"
    assert shown.moment(None) == "not said"


def test_words_of_others_cannot_pass_for_lines_of_ours():
    said = shown.line("title", "evening\n!!! ALL CLEAR !!!\x1b[2J\u202ek")
    assert said.splitlines() == ["title         evening", " " * 14 + "!!! ALL CLEAR !!!\ufffd[2J\ufffdk"]


def test_a_window_says_its_day_once_unless_it_turns():
    day = shown.window("2027-01-15T19:00:00Z", "2027-01-15T19:20:00Z")
    assert day == "2027-01-15 21:00:00 to 21:20:00 +02:00 (19:00:00Z to 19:20:00Z)"
    night = shown.window("2027-01-15T21:50:00Z", "2027-01-15T22:10:00Z")
    assert night == "2027-01-15 23:50:00 +02:00 (21:50:00Z) to 2027-01-16 00:10:00 +02:00 (2027-01-15 22:10:00Z)"
    assert shown.window(None, None) == "not yet said"
