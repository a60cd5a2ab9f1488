"""`beforehand scenario`: what it prints, where, and how it ends."""

from __future__ import annotations

import json

from serving import served
from testing.scenario.stories import SCENARIOS, SMALL

EXPECTED = SMALL + "expect: [{rule: H4.2, value: notice lead 21 min}]\n"


def write(folder, text):
    file = folder / "story.yaml"
    file.write_text(text, "utf-8")
    return file


def test_a_story_that_holds_ends_with_0_and_one_that_does_not_with_1(beforehand, tmp_path):
    file = write(tmp_path, EXPECTED)
    status, out, err = beforehand("scenario", "run", file)
    assert (status, err) == (0, "")
    assert "Expected: 1 of 1 hold" in out
    status, out, err = beforehand("scenario", "run", write(tmp_path, EXPECTED.replace("lead 21", "lead 22")))
    assert (status, err) == (1, "")
    assert "  NOT: H4.2 *: notice lead 22 min\n    but: GREY: evening, version 1: notice lead 21 min" in out


def test_json_is_one_object_and_nothing_else(beforehand, tmp_path):
    status, out, err = beforehand("scenario", "run", write(tmp_path, EXPECTED), "--json")
    assert (status, err) == (0, "")
    assert json.loads(out)["expectations"] == [
        {"rule": "H4.2", "subject": "*", "value": "notice lead 21 min", "held": True}
    ]


def test_a_mistake_in_what_is_expected_shows_after_everything_else(beforehand, tmp_path):
    status, out, err = beforehand("scenario", "run", write(tmp_path, SMALL + "expect: [{rules: H4.2}]\n"), "--json")
    assert status == 2
    assert "expect[0]: has the key 'rules'" in err
    assert json.loads(out)["verdicts"]


def test_a_mistake_names_file_line_and_key_path(beforehand, tmp_path):
    file = write(tmp_path, SMALL.replace("category:", "catgory:"))
    for command in ("run", "check"):
        status, out, err = beforehand("scenario", command, file)
        assert (status, out) == (2, "")
        assert err.startswith(f"beforehand: {file}:16: steps[0].with: has the key 'catgory'")


def test_check_says_what_is_there_and_what_will_be_refused(beforehand, tmp_path):
    file = write(tmp_path, SMALL.replace("to: 2027-03-05T19:20:00Z", "to: 19:20"))
    status, out, err = beforehand("scenario", "check", file)
    assert (status, err) == (0, "")
    first, second = out.splitlines()
    assert first == "2 parties, 2 steps, 0 expectations"
    assert second.startswith(f"  {file}:20: steps[0].with.volumes[0].to: must be an RFC 3339 time")
    status, out, err = beforehand("scenario", "run", file)
    assert "It will be refused (bad_time)" in err
    assert "refused: bad_time" in out


def test_the_schema_is_printed(beforehand):
    status, out, _ = beforehand("scenario", "schema")
    assert status == 0
    assert json.loads(out)["$ref"] == "#/$defs/Story"


def test_a_picture_shows_one_branch(beforehand, tmp_path):
    latakia, picture = SCENARIOS / "latakia.yaml", tmp_path / "evening.svg"
    status, _, err = beforehand("scenario", "run", latakia, "--picture", picture)
    assert status == 2
    assert "choose it with --branch (RU-MoD-18-Sep, RU-MoD-23-Sep, Israel, FICTION)" in err
    status, _, _ = beforehand("scenario", "run", latakia, "--branch", "FICTION", "--picture", picture)
    assert status == 0
    assert picture.read_text("utf-8").startswith("<svg")
    status, _, err = beforehand(
        "scenario", "run", latakia, "--branch", "FICTION", "--picture", tmp_path / "none" / "x.svg"
    )
    assert status == 1
    assert "The picture cannot be written" in err


def test_flags_that_make_no_sense_are_refused(beforehand, tmp_path):
    file = write(tmp_path, SMALL)
    assert "--speed must be greater than 0" in beforehand("scenario", "run", file, "--speed", "0")[2]
    assert (
        "--server and --token go together" in beforehand("scenario", "run", file, "--server", "http://127.0.0.1:1")[2]
    )
    status, _, err = beforehand("scenario", "run", file, "--server", "http://127.0.0.1:1", "--token", "x")
    assert status == 1
    assert "No answer from http://127.0.0.1:1" in err


def test_in_real_time_acts_are_told_as_they_are_done(beforehand, tmp_path):
    status, out, _ = beforehand("scenario", "run", write(tmp_path, SMALL), "--speed", "600")
    assert status == 0
    assert out.index("18:39:00  GREY/duty: notice give") < out.index("small")


def test_on_a_server_the_same_story_says_the_same(beforehand, tmp_path, monkeypatch):
    """H4.2 H4.3 H4.7 H5.1: at speed 60 the second step is a second after the first, the lead time is as told."""
    story = SMALL + (
        'expect:\n  - {rule: H4.2, value: notice lead 21 min}\n  - {rule: H4.3, value: "lead: met"}\n'
        '  - {rule: H4.7, subject: "GREY: evening, version 1 to TEAL", value: "told volumes 1: agreement Coast"}\n'
        "  - {rule: H5.1, value: handed out}\n"
    )
    file = write(tmp_path, story)
    monkeypatch.setattr("beforehand.testing.scenario.served.BEFORE_S", 3)
    with served(tmp_path) as server:
        token = tmp_path / "token"
        token.write_text(server.token("operator", "beforehand.operator") + "\n")
        command = ("scenario", "run", file, "--server", server.url, "--token", token, "--speed", "60", "--json")
        status, out, err = beforehand(*command, "--suffix=-2")
        assert status == 0, out + err
        assert "GREY-2/duty: notice give" in err
        assert "GREY-2" not in out
        status, out, err = beforehand(*command, "--suffix=-2")
        assert (status, out) == (2, "")
        assert "`party create` is refused (code_taken)" in err
