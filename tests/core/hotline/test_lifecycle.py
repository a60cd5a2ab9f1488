"""The tables of the lifecycle: complete, and every cell of a notice, a read-back and an objection walked on a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pytest
from msgspec import UNSET

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.lifecycle import (
    IN_PICTURE,
    NO_CHANGE,
    NOTICE,
    OBJECTION,
    READ_BACK,
    NoticeHappening,
    NoticeState,
    Refused,
)
from beforehand.core.hotline.replies import Done
from beforehand.core.hotline.state import Notice
from beforehand.core.hotline.terms import Deadlines, Terms
from beforehand.core.stamp import Refusal
from core.hotline.line import Hand, Line

#: "goes to" of HOTLINE.md (H4), word for word as far as states go.
GOES_TO = {
    "given": {"due", "active", "withdrawn", "not_flown"},
    "due": {"active", "over_unconfirmed", "not_flown", "clear"},
    "active": {"over_unconfirmed", "clear"},
    "over_unconfirmed": {"active", "clear", "not_flown", "lapsed"},
    "clear": set(),
    "withdrawn": set(),
    "not_flown": set(),
    "lapsed": {"clear", "not_flown"},
}

#: What each state becomes, or the refusal; `=`: recorded, no change.
TABLE = """
                 clock_opens clock_ends       begun  ended     broken_off       all-clear not_flown withdrawn   inside slip slip_later outside outside_later linger
given            due         =                active not_begun not_begun        not_begun not_flown withdrawn   =      =    =          =       =             =
due              =           over_unconfirmed active clear     not_begun        clear     not_flown window_open =      =    =          =       =             =
active           =           over_unconfirmed =      clear     over_unconfirmed clear     begun     window_open =      =    =          =       =             =
over_unconfirmed =           =                active clear     =                clear     not_flown window_open =      =    active     =       active        lapsed
clear            =           =                =      =         =                =         =         =           over   over over       over    over          =
withdrawn        =           =                over   =         =                =         =         =           over   over over       over    over          =
not_flown        =           =                over   =         =                =         =         =           over   over over       over    over          =
lapsed           =           =                over   clear     =                clear     not_flown =           over   over over       over    over          =
"""  # noqa: E501
_HEAD, *_ROWS = [row.split() for row in TABLE.strip().splitlines()]
EXPECTED = {
    (row[0], event.replace("_", " ")): cell for row in _ROWS for event, cell in zip(_HEAD, row[1:], strict=True)
}
SAID = ("begun", "ended", "broken off", "all-clear", "not flown", "withdrawn")
VERSIONS = ("inside", "slip", "slip later", "outside", "outside later")
LINGER = Terms(tell={"*": ["GREY", "TEAL"]}, linger_s=3_600)


def spelled(cell: str | Refused) -> str:
    return cell.reason if isinstance(cell, Refused) else "=" if cell == NO_CHANGE else cell


def test_the_table_of_a_notice_is_complete_and_says_what_is_meant():
    """H4.1: every state, every event as a column, no empty cell."""
    assert tuple(NOTICE) == get_args(NoticeState)
    for state, row in NOTICE.items():
        assert tuple(row) == get_args(NoticeHappening)
        for event, cell in row.items():
            assert spelled(cell) == EXPECTED[state, event], (state, event)


def test_a_notice_goes_where_the_page_says_and_nowhere_else():
    """H4.1: every arrow of the page is possible, and no other."""
    reached = {state: {cell for cell in row.values() if cell in NOTICE} - {state} for state, row in NOTICE.items()}
    assert reached == GOES_TO


def test_a_notice_is_in_the_picture_until_it_is_clear_withdrawn_not_flown_or_lapsed():
    """H4.1: by nothing else does it leave, and it never comes back."""
    assert set(NOTICE) - set(IN_PICTURE) == {"clear", "withdrawn", "not_flown", "lapsed"}
    for state in set(NOTICE) - set(IN_PICTURE):
        assert not GOES_TO[state] & set(IN_PICTURE)


# Walking ----------------------------------------------------------------------------------------------------------------


class Evening:
    """GREY gives TEAL a notice from minute 30 to 50 that lapses an hour after it is over; it is in some state."""

    def __init__(self, state: str) -> None:
        self.line = Line()
        self.grey, self.teal = self.line.party("GREY"), self.line.party("TEAL")
        self.line.agreement(self.grey, self.teal, terms=LINGER)
        self.id = self.grey.give().id
        REACH[state](self)
        assert self.notice.state == state

    @property
    def notice(self) -> Notice:
        return self.line.state.notices[self.id]

    def at(self, minutes: float) -> None:
        self.line.pass_until(minutes)

    def say(self, event: str) -> Any:
        return self.line.act(c.MoveNotice(self.grey.by, self.id, event))

    def change(self, kind: str) -> Any:
        windows = {"inside": (31, 49), "slip": (10, 40), "slip later": (40, 900), "outside": (31, 49)}
        start, end = windows.get(kind, (31, 900))
        volume = self.grey.volume(None, start, end, 0, 4_000 if kind.startswith("outside") else 3_000)
        return self.line.act(c.ChangeNotice(self.grey.by, self.id, False, (volume,), (), ""))

    def moves(self) -> list[tuple[str, str]]:
        return [(each.event, each.state) for each in self.line.events(e.NoticeMoved)]


def _over(evening: Evening) -> None:
    evening.at(50)


def _lapsed(evening: Evening) -> None:
    evening.at(111)


def _then(minutes: float, *said: str) -> Callable[[Evening], None]:
    def reach(evening: Evening) -> None:
        evening.at(minutes)
        for event in said:
            assert isinstance(evening.say(event), Done)

    return reach


REACH: dict[str, Callable[[Evening], None]] = {
    "given": _then(0),
    "due": _then(30),
    "active": _then(30, "begun"),
    "over_unconfirmed": _over,
    "clear": _then(30, "all-clear"),
    "withdrawn": _then(0, "withdrawn"),
    "not_flown": _then(0, "not flown"),
    "lapsed": _lapsed,
}


@pytest.mark.parametrize("state", NOTICE)
@pytest.mark.parametrize("event", SAID)
def test_every_word_of_the_giver_is_walked_in_every_state(state, event):
    """H4.1: what follows, what is recorded without a change, what is refused and why."""
    evening = Evening(state)
    moved, expected = len(evening.moves()), EXPECTED[state, event]
    reply = evening.say(event)
    if isinstance(reply, Refusal):
        assert reply.reason == expected
        assert state.replace("_", " ") in reply.message
        assert (evening.notice.state, len(evening.moves())) == (state, moved)
    else:
        after = state if expected == "=" else expected
        assert evening.notice.state == after
        assert evening.moves()[moved:][0] == (event, after)
        assert evening.line.events(e.NoticeMoved)[moved].by.party == "GREY"
    assert evening.line.replayed().state_hash() == evening.line.machine.state_hash()


@pytest.mark.parametrize("state", NOTICE)
@pytest.mark.parametrize("kind", VERSIONS)
def test_every_version_is_walked_in_every_state(state, kind):
    """H4.10: a version of what is over would reach nobody; one with a later end makes it active again."""
    evening = Evening(state)
    expected = EXPECTED[state, kind]
    reply = evening.change(kind)
    if isinstance(reply, Refusal):
        assert reply.reason == expected == "over"
        assert state.replace("_", " ") in reply.message
        assert len(evening.notice.versions) == 1
        return
    assert evening.notice.current.kind == kind.split()[0]
    assert evening.line.events(e.NoticeGiven)[-1].state == (state if expected == "=" else expected)


@pytest.mark.parametrize("state", NOTICE)
def test_the_clock_is_walked_in_every_state(state):
    """H4.1: it opens, ends and lapses what it may, each with one entry, and never makes anything clear (P7)."""
    evening = Evening(state)
    moved = len(evening.moves())
    evening.at(30)
    evening.at(50)
    evening.at(50 + 60 + 1)
    evening.at(10_000)
    opens, ends, lapses = ("clock opens", "due"), ("clock ends", "over_unconfirmed"), ("linger", "lapsed")
    assert evening.moves()[moved:] == {
        "given": [opens, ends, lapses],
        "due": [ends, lapses],
        "active": [ends, lapses],
        "over_unconfirmed": [lapses],
    }.get(state, [])
    assert all(each.by is UNSET for each in evening.line.events(e.NoticeMoved)[moved:])
    assert evening.line.replayed().state_hash() == evening.line.machine.state_hash()


@pytest.mark.parametrize("state", NOTICE)
def test_a_notice_that_left_the_picture_is_found_nowhere_in_it(state):
    """H4.1: neither by its place nor by whoever looks; its entries and state stay."""
    evening = Evening(state)
    live = state in IN_PICTURE
    grey = evening.line.state.parties["GREY"]
    assert (evening.id in grey.given, evening.id in grey.over) == (live, not live)
    assert any(place.id == evening.id for place in evening.line.state.places.values()) == live
    assert evening.notice.versions[0].in_picture == live
    assert (evening.notice.over_us is None) == live
    evening.teal.move((35.52, 35.77), (35.521, 35.77), 0, 1_000)
    assert bool(evening.line.events(e.ConflictFound)) == live


# Read-backs -------------------------------------------------------------------------------------------------------------

READ_BACK_TABLE = """
            opened             right             wrong             lapsed who_of_ours
closed      open               no_read_back_open no_read_back_open =      not_understood
open        read_back_open     understood        closed            closed not_understood
understood  understood_already no_read_back_open no_read_back_open =      answered
answered    understood_already no_read_back_open no_read_back_open =      answered
"""


class ReadingBack:
    """TEAL has SEEN a notice of GREY, and its read-back is in some state."""

    def __init__(self, state: str) -> None:
        self.line = Line()
        self.grey, self.teal = self.line.party("GREY"), self.line.party("TEAL")
        self.line.agreement(self.grey, self.teal, terms=Terms(tell={"*": ["TEAL"]}))
        self.notice = self.grey.give()
        self.teal.see(self.notice)
        for event in {"open": ["opened"], "understood": ["opened", "right"]}.get(state, []):
            self.happen(event)
        if state == "answered":
            for event in ("opened", "right", "who of ours"):
                self.happen(event)
        assert self.state == state

    @property
    def state(self) -> str:
        return self.notice.tellings["TEAL"][-1].read_back.state

    def happen(self, event: str) -> Any:
        by, id_ = self.teal.by, self.notice.id
        if event == "opened":
            return self.line.act(c.OpenReadBack(by, id_))
        if event == "who of ours":
            return self.line.act(c.SayWhoOfOurs(by, id_, "none"))
        if event == "lapsed":
            return self.line.pass_until(6)
        wrong = {} if event == "right" else {"upper_mm": 1}
        return self.line.act(c.AnswerReadBack(by, id_, (self.teal.told_values(self.notice, **wrong),), ""))


_READ_HEAD, *_READ_ROWS = [row.split() for row in READ_BACK_TABLE.strip().splitlines()]


@pytest.mark.parametrize("row", _READ_ROWS, ids=[row[0] for row in _READ_ROWS])
@pytest.mark.parametrize("column", range(1, 6), ids=_READ_HEAD)
def test_every_cell_of_a_read_back_is_walked(row, column):
    """H5.3: opened, answered, lapsed, and the question after it."""
    state, event, expected = row[0], _READ_HEAD[column - 1].replace("_", " "), row[column]
    assert spelled(READ_BACK[state][event]) == expected
    reading = ReadingBack(state)
    reply = reading.happen(event)
    if isinstance(reply, Refusal):
        assert reply.reason == expected
        assert reading.state == state
    else:
        assert reading.state == (state if expected == "=" else expected)


def test_the_table_of_a_read_back_has_no_other_cell():
    """H5.3: no empty cell."""
    assert list(READ_BACK) == [row[0] for row in _READ_ROWS]
    assert {tuple(row) for row in READ_BACK.values()} == {tuple(each.replace("_", " ") for each in _READ_HEAD)}


# Objections -------------------------------------------------------------------------------------------------------------


def _objected(line: Line, grey: Hand, teal: Hand) -> tuple[Notice, Done]:
    terms = Terms(tell={"*": ["TEAL"]}, deadlines=Deadlines(answer_s=600))
    line.agreement(grey, teal, terms=terms)
    notice = grey.give()
    return notice, line.done(c.Object(teal.by, notice.id, "OBJECTION", "no"))


@pytest.mark.parametrize("state", ["open", "overdue", "answered"])
@pytest.mark.parametrize("event", ["answered", "deadline"])
def test_every_cell_of_an_objection_is_walked(state, event):
    """H4.12: answered once, in time or late; a deadline that is missed is missed once."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    notice, objected = _objected(line, grey, teal)
    objection = notice.objections[objected.id]
    answer = c.AnswerObjection(grey.by, notice.id, objected.id, "noted, goes ahead", "")
    if state == "overdue":
        line.pass_until(11)
    if state == "answered":
        line.done(answer)
    assert objection.state == state
    expected = {
        ("open", "answered"): "answered",
        ("open", "deadline"): "overdue",
        ("overdue", "answered"): "answered",
        ("overdue", "deadline"): "=",
        ("answered", "answered"): "answered_already",
        ("answered", "deadline"): "=",
    }[state, event]
    assert spelled(OBJECTION[state][event]) == expected
    if event == "deadline":
        line.pass_until(40)
        assert objection.state == (state if expected == "=" else expected)
        assert len(line.events(e.DeadlineMissed)) == (state != "answered")
    elif state == "answered":
        assert line.refused(answer) == expected
    else:
        line.done(answer)
        assert (objection.state, objection.answer) == ("answered", "noted, goes ahead")
    assert notice.state in IN_PICTURE, "it stops nothing by itself"


def test_the_table_of_an_objection_has_no_other_cell():
    """H4.12: no empty cell."""
    assert list(OBJECTION) == ["open", "overdue", "answered"]
    assert {tuple(row) for row in OBJECTION.values()} == {("answered", "deadline")}
