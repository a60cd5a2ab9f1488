"""The blind read-back at a terminal (H5.3): a process on a pseudo-terminal, and a server that keeps what it is asked."""

from __future__ import annotations

import io
import json
import os
import signal

import pytest

from .conftest import DONE, ID, OTHER_ID
from .terminal import CLEAR, ENTER, LEAVE, Terminal

OPENED = DONE | {"until": "2027-01-15T18:44:00Z", "asked": "all", "volumes": [1]}
RIGHT = DONE | {
    "right": True,
    "wrong": [],
    "tries": 1,
    "call": False,
    "question": "Who of yours is in it or heading there?",
}
WRONG = RIGHT | {"right": False, "wrong": ["band", "times"], "tries": 2, "call": True, "question": None}
VALUES = ["35.52,35.77", "9km", "0m", "20000ft amsl", "2027-01-15 19:00", "19:20+02:00"]


@pytest.fixture
def terminal(server, session, tmp_path):
    opened = []

    def start(*arguments):
        more = {"BEFOREHAND_SESSION": str(tmp_path / "session.json"), "TZ": "Asia/Beirut"}
        opened.append(Terminal(*arguments, environment=os.environ | more))
        return opened[-1]

    server.answers |= {"POST /receipt/open": OPENED, "POST /receipt/answer": RIGHT, "POST /receipt/who": DONE}
    yield start
    for each in opened:
        each.close()


def left_on_screen(shown):
    """What is still there at the end: all that came after the last time the screen was cleared."""
    return shown.rpartition(CLEAR)[2]


def test_it_fetches_nothing_asks_value_by_value_and_leaves_nothing_on_the_screen(terminal, server):
    """H5.3"""
    at = terminal("receipt", "read-back", "6f1c")
    at.type(*VALUES, "s", "some")
    assert at.ended() == 0
    # Nothing of the notice was fetched: not even the list.
    assert server.paths() == ["POST /receipt/open", "POST /receipt/answer", "POST /receipt/who"]
    body = server.asked[1][2]
    assert body["notice"] == ID
    assert body["volumes"] == [
        {
            "circle": ["35.52", "35.77", 9000],
            "lower": {"value": 0, "unit": "m", "reference": "unknown"},
            "upper": {"value": 20000, "unit": "ft", "reference": "amsl"},
            "from": "2027-01-15T19:00:00+02:00",
            "to": body["volumes"][0]["to"],
        }
    ]
    assert body["volumes"][0]["to"].endswith("T19:20:00+02:00")
    assert server.asked[2][2]["answer"] == "some"
    # The screen, and what was scrolled off it, is cleared before the first question and after the last answer.
    assert at.shown.startswith(CLEAR + ENTER + CLEAR)
    assert at.shown.index(LEAVE) > at.shown.index(b"35.52")
    last = left_on_screen(at.shown)
    assert b"RIGHT, at try 1" in last
    for typed in (b"35.52", b"9km", b"20000", b"19:00", b"19:20"):
        assert typed not in last


def test_which_was_wrong_is_said_and_never_by_how_much(terminal, server):
    """H5.3: after two wrong ones both officers are asked onto a call."""
    server.answers["POST /receipt/answer"] = WRONG
    at = terminal("receipt", "read-back", ID)
    at.type(*VALUES, "s")
    assert at.ended() == 1
    last = left_on_screen(at.shown).decode()
    assert "WRONG: band, times" in last
    assert "CALL EACH OTHER" in last
    assert server.paths() == ["POST /receipt/open", "POST /receipt/answer"]


def test_a_side_that_is_open_is_read_back_as_it_was_given(terminal, server):
    at = terminal("receipt", "read-back", ID)
    at.type("35.52,35.77", "9km", "SFC", "unl", *VALUES[4:], "s", "none")
    assert at.ended() == 0
    assert server.asked[1][2]["volumes"][0].keys() == {"circle", "from", "to"}


def test_what_cannot_be_read_is_asked_again_and_a_slip_can_be_mended(terminal, server):
    """H5.3, H4.6"""
    at = terminal("receipt", "read-back", ID)
    at.type(
        "somewhere", "95,35", "35.52,35.77", "far", "9km", "20000", "0m", "20000ft amsl", "later", "19:00Z", "19:20Z"
    )
    at.type("x", "a", *VALUES, "s", "perhaps", "NOT  known")
    assert at.ended() == 0
    assert server.asked[1][2]["volumes"][0]["circle"] == ["35.52", "35.77", 9000]
    assert server.asked[2][2]["answer"] == "not known"
    shown = at.shown.decode()
    assert "off the globe" in shown
    assert "without a unit" in shown


def test_of_a_slip_only_the_times_are_asked(terminal, server):
    """H4.10"""
    server.answers["POST /receipt/open"] = OPENED | {"asked": "times"}
    at = terminal("receipt", "read-back", ID)
    at.type("19:05Z", "19:25Z", "s", "none")
    assert at.ended() == 0
    assert set(server.asked[1][2]["volumes"][0]) == {"from", "to"}


def test_several_volumes_are_read_back_one_by_one_or_as_a_whole(terminal, server):
    """H5.3"""
    server.answers["POST /receipt/open"] = OPENED | {"asked": "difference", "volumes": [2, 5]}
    at = terminal("receipt", "read-back", ID)
    at.type("e", *VALUES, "words", "none", "none", "none", "none", "s", "none")
    assert at.ended() == 0
    first, second = server.asked[1][2]["volumes"]
    assert first["circle"] == ["35.52", "35.77", 9000]
    assert second == {}
    assert b"volume 2, 5" in at.shown


def test_an_outline_comes_from_a_file(terminal, server, tmp_path):
    """H5.3"""
    ring = [[35.0, 35.0], [35.1, 35.0], [35.1, 35.1], [35.0, 35.0]]
    (tmp_path / "mine.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    at = terminal("receipt", "read-back", ID)
    at.type(f"@{tmp_path / 'none'}", f"@{tmp_path / 'mine.geojson'}", *VALUES[2:], "s", "none")
    assert at.ended() == 0
    assert server.asked[1][2]["volumes"][0]["outline"] == {"type": "Polygon", "coordinates": [ring]}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_broken_off_it_leaves_nothing_on_the_screen(terminal, server, number):
    """H5.3"""
    at = terminal("receipt", "read-back", ID)
    at.type(*VALUES[:2])
    at.wait_for(": ")
    at.process.send_signal(number)
    assert at.ended() != 0
    assert LEAVE in at.shown
    assert b"35.52" not in left_on_screen(at.shown)
    assert server.paths() == ["POST /receipt/open"]


def test_one_that_was_broken_off_goes_on(terminal, server):
    """H5.3: within its 5 minutes."""
    server.answers["POST /receipt/open"] = (409, {"reason": "read_back_open", "detail": "A read-back is open already."})
    at = terminal("receipt", "read-back", ID)
    at.type(*VALUES, "s", "none")
    assert at.ended() == 0
    assert len(server.asked[1][2]["volumes"]) == 1


def test_what_was_typed_is_kept_nowhere_even_if_its_answer_is_lost(beforehand, server, session, tmp_path, monkeypatch):
    """H5.3"""
    lost = (503, {"reason": "outcome_unknown", "detail": "It may have happened."})
    server.answers |= {"POST /receipt/open": OPENED, "POST /receipt/answer": lost}
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join([*VALUES, "s\n"])))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    status, out, err = beforehand("receipt", "read-back", ID)
    assert status == 1
    assert "Read it back again" in err
    assert left_on_screen(out.encode()) == b""
    assert [each.name for each in tmp_path.iterdir()] == ["session.json"]
    assert "35.52" not in (tmp_path / "session.json").read_text()


def test_a_notice_that_this_session_was_not_shown_needs_its_whole_id(beforehand, server, session, monkeypatch):
    """H5.3: looking it up would be a fetch."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    status, _out, err = beforehand("receipt", "read-back", OTHER_ID[:8])
    assert (status, server.asked) == (1, [])
    assert "give its whole id" in err


def test_without_a_terminal_it_opens_nothing(beforehand, server, session):
    """H5.3"""
    status, _out, err = beforehand("receipt", "read-back", ID)
    assert (status, server.asked) == (2, [])
    assert "receipt answer --body FILE" in err


def test_without_a_terminal_the_two_halves_are_verbs(beforehand, server, session):
    """H5.3"""
    server.answers |= {"POST /receipt/open": OPENED, "POST /receipt/answer": WRONG, "POST /receipt/voice": RIGHT}
    assert "OPEN until" in beforehand("receipt", "open", ID)[1]
    values = ("--circle", "35.52,35.77,9km", "--alt", "0-20000ft", "--from", "19:00Z", "--to", "19:20Z")
    status, out, _err = beforehand("receipt", "answer", ID, *values)
    assert (status, "WRONG: band, times" in out) == (1, True)
    assert beforehand("receipt", "voice", ID, "--party", "TEAL", *values)[0] == 0
    assert server.asked[-1][2]["party"] == "TEAL"
