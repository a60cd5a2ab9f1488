"""`beforehand flights` against `beforehand serve`: one whole day, over HTTP, and what is said when it cannot be."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.client.flights.judge import judge
from tests.client.flights.world import made_up
from tests.serving import Served, served

from beforehand.auth.issuer import make_key_pair
from beforehand.cli.app import run
from beforehand.client.flights.result import Result

pytestmark = pytest.mark.xdist_group("flights")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("server"), "--engine", "memory") as running:
        yield running


def day_file(folder: Path, **wrong: Any) -> Path:
    """A made-up day as `traffic` would write it, with what occurs in real ones."""
    records = [
        {"timestamp": 1_533_101_250_000 + point.time_us // 1000, "icao24": flight.ident.icao24,
         "callsign": flight.ident.callsign, "latitude": point.lat, "longitude": point.lng,
         "altitude": point.altitude_m / 0.3048}
        for flight in made_up(7, 40, 6) for point in flight.points
    ]  # fmt: skip
    records.append({**records[0], "icao24": "ffffff", "callsign": "GONE1", "latitude": None, "longitude": None})
    records.append({**records[0], "icao24": "eeeeee", "callsign": None, "altitude": "3000"})
    records.append({**records[0], **wrong})
    file = folder / "day.json.gz"
    file.write_bytes(gzip.compress(json.dumps(records).encode()))
    return file


def options(server: Served) -> list[str]:
    return ["--url", server.url, "--sign-with", str(server.data_dir.parent / "keys" / "token-key.pem")]


def test_a_day_is_planned_and_anyone_can_judge_it(
    server: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(["flights", str(day_file(tmp_path)), *options(server), "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert "accepted pairs that really meet" in said.out
    result = json.loads((out / "result.json").read_bytes())
    assert set(result) == set(Result.__struct_fields__)
    found = judge(out)
    assert found.meeting == found.unknown == found.left_behind == []
    assert len(found.standing) == result["intents"] > 100
    lines = [json.loads(line) for line in (out / "flights.jsonl").open()]
    reasons = {line["callsign"]: line["reason"] for line in lines if line["outcome"] == "unplanned"}
    assert reasons["GONE1"] == "no usable point: 1 no position"
    assert ("eeeeee", "") in {(line["icao24"], line["callsign"]) for line in lines}
    assert (out / "flights.svg").read_text().startswith("<svg")
    assert result["file"] == "day.json.gz"


def test_a_second_day_on_the_same_server_meets_holders_that_are_gone(
    server: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their shapes are nobody's to guess: where the first day's intents stand in the way, nothing is planned."""
    picture = tmp_path / "p.svg"
    file = tmp_path / "few.json"
    records = json.loads(gzip.decompress(day_file(tmp_path).read_bytes()))[:60]
    file.write_text(json.dumps(records))
    assert run(["flights", str(file), *options(server), "--picture", str(picture), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["planned"] + result["unplanned"] == result["flights"]
    assert result["left_behind"] == 0
    assert picture.exists()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"altitude": [1]}, "Record "),
        ({"altitude": [1]}, "is refused"),
    ],
)
def test_a_file_not_of_the_format_is_refused_with_the_record_s_number(
    server: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: dict[str, Any], says: str
) -> None:
    assert run(["flights", str(day_file(tmp_path, **wrong)), *options(server)]) == 1
    assert says in capsys.readouterr().err


def test_a_server_that_does_not_believe_the_tokens_is_said_once(
    server: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    private, _ = make_key_pair(tmp_path / "other")
    assert run(["flights", str(day_file(tmp_path)), "--url", server.url, "--sign-with", str(private)]) == 1
    error = capsys.readouterr().err
    assert "--token-key" in error
    assert "--audience" in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("given", "status", "says"),
    [
        (["--url", "http://127.0.0.1:9"], 1, "no answer"),
        (["--url", "127.0.0.1:9"], 2, "http://"),
        (["--leg-s", "0"], 2, "--leg-s"),
        (["--leg-s", "301"], 2, "--leg-s"),
        (["--begins-in", "0"], 2, "--begins-in"),
        (["--sign-with", "no-such-file"], 1, "no-such-file"),
    ],
)
def test_what_cannot_be_is_said_in_words(
    server: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str], given: list[str], status: int, says: str
) -> None:
    base = dict(zip(*[iter(options(server))] * 2, strict=True))
    base.update(zip(*[iter(given)] * 2, strict=True))
    arguments = [each for pair in base.items() for each in pair]
    assert run(["flights", str(day_file(tmp_path)), *arguments]) == status
    error = capsys.readouterr().err
    assert says in error
    assert "Traceback" not in error


def test_a_file_that_is_not_there_is_said(server: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["flights", str(tmp_path / "none.json"), *options(server)]) == 1
    assert "none.json" in capsys.readouterr().err
