"""Reading files: what one record lacks is counted, what no file of the format has is refused with its number."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beforehand.client.flights import records
from beforehand.client.flights.records import FormatError, Ident, Point, read_traffic

GOOD = {
    "timestamp": 1_533_101_250_000, "icao24": "4b1815", "callsign": "SWR123", "latitude": 47.0, "longitude": 8.0,
    "altitude": 10_000,
}  # fmt: skip


def written(tmp_path: Path, content: Any) -> Path:
    file = tmp_path / "day.json"
    file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return file


def refusal(tmp_path: Path, content: Any) -> str:
    with pytest.raises(FormatError) as refused:
        read_traffic(written(tmp_path, content))
    return str(refused.value)


def test_a_record_is_a_point_in_si_units(tmp_path: Path) -> None:
    traffic = read_traffic(written(tmp_path, [GOOD]))
    assert traffic.points == {Ident("4b1815", "SWR123"): [Point(1_533_101_250_000_000, 47.0, 8.0, 3_048.0)]}
    assert (traffic.records, traffic.unusable) == (1, Counter())


def test_gzip_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    assert read_traffic(written(tmp_path, gzip.compress(json.dumps([GOOD]).encode()))).records == 1


def test_a_table_by_columns_says_the_same(tmp_path: Path) -> None:
    rows = [GOOD, {**GOOD, "timestamp": GOOD["timestamp"] + 5_000, "altitude": None}]
    columns = {name: {str(i): row[name] for i, row in enumerate(rows)} for name in GOOD}
    assert read_traffic(written(tmp_path, columns)) == read_traffic(written(tmp_path, rows))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"timestamp": None}, "time unusable"),
        ({"timestamp": "yesterday"}, "time unusable"),
        ({"timestamp": 0}, "time unusable"),
        ({"timestamp": 1e300}, "time unusable"),
        ({"latitude": None}, "no position"),
        ({"longitude": None}, "no position"),
        ({"latitude": "north"}, "position is no number"),
        ({"latitude": 90.5}, "position off the globe"),
        ({"longitude": -181}, "position off the globe"),
        ({"longitude": "NaN"}, "position is no number"),
        ({"altitude": None}, "no altitude"),
        ({"altitude": "ground"}, "altitude is no number"),
        ({"altitude": 10**400}, "altitude is no number"),
        ({"altitude": 126_700}, "altitude out of range"),
        ({"altitude": -9_999}, "altitude out of range"),
    ],
)
def test_what_a_record_lacks_is_counted_by_reason(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    traffic = read_traffic(written(tmp_path, [GOOD, {**GOOD, **change}]))
    ident = Ident("4b1815", "SWR123")
    assert len(traffic.points[ident]) == 1
    assert traffic.unusable == Counter({reason: 1})
    assert traffic.unusable_of[ident] == Counter({reason: 1})


@pytest.mark.parametrize(
    ("change", "point"),
    [
        ({"altitude": "10000"}, Point(1_533_101_250_000_000, 47.0, 8.0, 3_048.0)),
        ({"latitude": " 47.0 "}, Point(1_533_101_250_000_000, 47.0, 8.0, 3_048.0)),
        ({"timestamp": "1533101250000"}, Point(1_533_101_250_000_000, 47.0, 8.0, 3_048.0)),
        ({"timestamp": 1_533_101_250_000.5}, Point(1_533_101_250_000_500, 47.0, 8.0, 3_048.0)),
        ({"timestamp": "2018-08-01 05:27:30+00:00"}, Point(1_533_101_250_000_000, 47.0, 8.0, 3_048.0)),
        ({"timestamp": "2018-08-01T05:27:30Z"}, Point(1_533_101_250_000_000, 47.0, 8.0, 3_048.0)),
        ({"timestamp": "2018-08-01T05:27:30"}, Point(1_533_101_250_000_000, 47.0, 8.0, 3_048.0)),
    ],
)
def test_numbers_and_times_as_texts_are_read(tmp_path: Path, change: dict[str, Any], point: Point) -> None:
    traffic = read_traffic(written(tmp_path, [{**GOOD, **change}]))
    assert traffic.points == {Ident("4b1815", "SWR123"): [point]}


@pytest.mark.parametrize(
    ("change", "ident"),
    [
        ({"callsign": None}, Ident("4b1815", "")),
        ({"callsign": "SWR123  "}, Ident("4b1815", "SWR123")),
        ({"callsign": 123}, Ident("4b1815", "123")),
        ({"icao24": None}, Ident("", "SWR123")),
        ({"icao24": 400_123}, Ident("400123", "SWR123")),
    ],
)
def test_every_aircraft_and_callsign_is_kept(tmp_path: Path, change: dict[str, Any], ident: Ident) -> None:
    assert list(read_traffic(written(tmp_path, [{**GOOD, **change}])).points) == [ident]


def test_a_file_without_callsigns_is_read(tmp_path: Path) -> None:
    record = {name: value for name, value in GOOD.items() if name != "callsign"}
    assert list(read_traffic(written(tmp_path, [record])).points) == [Ident("4b1815", "")]


def test_numbers_that_json_does_not_know_are_missing_ones(tmp_path: Path) -> None:
    text = json.dumps([{**GOOD, "altitude": float("nan")}]).encode()
    assert b"NaN" in text
    assert read_traffic(written(tmp_path, text)).unusable == Counter({"no altitude": 1})


@pytest.mark.parametrize("name", ["timestamp", "icao24", "latitude", "longitude", "altitude"])
def test_a_record_without_a_field_is_refused_with_its_number(tmp_path: Path, name: str) -> None:
    record = {key: value for key, value in GOOD.items() if key != name}
    assert refusal(tmp_path, [GOOD, GOOD, record]).startswith(f"Record 3 has no `{name}`")
    columns = {key: {"0": value} for key, value in record.items()}
    assert f"`{name}`" in refusal(tmp_path, columns)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not a JSON list"),
        (b"\x00\x01", "not a JSON list"),
        (b"[]", "holds no record"),
        (b"{}", "without `timestamp`"),
        (b"7", "Expected `array`"),
        (b'"text"', "Expected `array`"),
        (b"[" * 100_000, "Record 1"),
        ([GOOD, 7], "Record 2"),
        ([GOOD, None], "Record 2"),
        ([GOOD, [GOOD]], "Record 2"),
        ([GOOD, {**GOOD, "latitude": [47.0]}], "Record 2 at `latitude`"),
        ([GOOD, {**GOOD, "altitude": {"ft": 1}}], "Record 2 at `altitude`"),
        ([GOOD, {**GOOD, "altitude": True}], "Record 2 at `altitude`"),
        ([GOOD, {**GOOD, "callsign": "x" * 65}], "Record 2 has an `callsign` of 65"),
        ([{**GOOD, "timestamp": 1_533_101_250}], "Record 1 has the timestamp 1533101250"),
        (json.dumps([GOOD, GOOD]).encode()[:-40], "Record 2 is not JSON"),
        (json.dumps([GOOD, GOOD]).encode()[:-1], "After record 2"),
        (json.dumps([GOOD, GOOD]).replace("}, {", "} {").encode(), "After record 1"),
        (json.dumps([GOOD]).encode() + b"x", "ends after 1"),
        (json.dumps([GOOD, GOOD]).encode()[:-2] + b',"callsign":"\xff"}]', "Record 2 is not JSON: byte"),
        (
            json.dumps(GOOD).encode() + b"\n" + json.dumps(GOOD).encode(),
            "If that is record 1, put all records into one list",
        ),
        (gzip.compress(json.dumps([GOOD]).encode())[:-9], "gzip"),
        (b"\x1f\x8bnonsense", "gzip"),
        ({**{name: {"0": value} for name, value in GOOD.items()}, "altitude": {}}, "Record 1 (`0`) has no `altitude`"),
    ],
)
def test_what_is_not_of_the_format_is_refused_by_its_record(tmp_path: Path, content: Any, says: str) -> None:
    assert says in refusal(tmp_path, content)


def test_a_file_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_BYTES", 1_000)
    bomb = gzip.compress(b" " * 100_000)
    assert "more than" in refusal(tmp_path, bomb)
    monkeypatch.setattr(records, "MAX_RECORDS", 1)
    assert "2 records" in refusal(tmp_path, [GOOD, GOOD])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*GOOD, "x"]), inner, max_size=7),
    max_leaves=20,
)
almost = st.fixed_dictionaries({}, optional={name: st.just(value) | json_values for name, value in GOOD.items()})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(json_values | st.lists(almost, max_size=4) | st.binary(max_size=60))
def test_whatever_a_file_holds_it_is_read_or_refused(tmp_path: Path, content: Any) -> None:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    try:
        traffic = read_traffic(written(tmp_path, data))
    except FormatError:
        return
    assert sum(map(len, traffic.points.values())) + traffic.unusable.total() == traffic.records
