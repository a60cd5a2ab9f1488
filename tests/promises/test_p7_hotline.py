"""P7 on the hotline: unknown and unanswered are shown as such; a clock makes no sky safe, and silence is no consent."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.json import encode

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.lifecycle import NOTICE
from beforehand.core.hotline.terms import Deadlines, Silence, Terms
from core.hotline.line import Line, circle
from core.hotline.playing import Play

CLOCK = ("clock opens", "clock ends", "linger")


def test_no_clock_leads_to_a_state_that_says_that_nothing_is_there() -> None:
    """H4: from no state whatever."""
    for state, row in NOTICE.items():
        for event in CLOCK:
            assert row[event] not in ("clear", "withdrawn", "not_flown"), (state, event)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6))
def test_nobody_but_its_party_makes_a_notice_clear(seed: int) -> None:
    """H4: in random play; what the clock did has no statement of anybody."""
    play = Play(seed).run(120)
    play.line.pass_until(600)
    for event in play.line.events(e.NoticeMoved):
        assert isinstance(event.by, e.By) == (event.event not in CLOCK)
        if event.event in CLOCK:
            assert event.state in ("due", "over_unconfirmed", "lapsed")


def test_over_and_unconfirmed_stays_in_the_picture_with_its_age_for_as_long_as_nobody_says_more() -> None:
    """H4: without an agreed linger nothing lapses; it concerns whoever comes."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    line.agreement(grey, teal)
    notice = grey.give()
    line.pass_until(50 + 20 * 60)
    assert notice.state == "over_unconfirmed"
    assert notice.current.in_picture
    assert grey.fetch(notice).state_in_words == "over, unconfirmed for 20 h 00 min"


def test_lapsed_counts_as_unknown_and_never_as_clear() -> None:
    """H4: `nobody said clear, n h`; cleared late by its party alone."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    line.agreement(grey, teal, terms=Terms(linger_s=600))
    notice = grey.give()
    line.pass_until(50 + 120)
    view = grey.fetch(notice)
    assert (view.state, view.state_in_words) == ("lapsed", "nobody said clear, 2 h 00 min")
    assert grey.say(notice, "all-clear")
    assert notice.state == "clear"


def test_silence_moves_nothing_and_is_never_consent() -> None:
    """H5.6, H7.1: what was missed is said, with what the giver undertook; nothing is understood, answered or released by it."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    line.agreement(grey, teal, terms=Terms(
        tell={"*": ["TEAL"]}, stages={"*": ["SEEN", "UNDERSTOOD"]}, silence=Silence("may go ahead", "may go ahead"),
        deadlines=Deadlines(seen_s=60, understood_s=120, answer_s=60)))  # fmt: skip
    notice = grey.give()
    raised = line.done(c.Object(teal.by, notice.id, "OBJECTION", ""))
    line.pass_until(25)
    telling = notice.tellings["TEAL"][0]
    assert telling.received == {}
    assert set(telling.missed) == {"SEEN", "UNDERSTOOD"}
    assert (notice.state, notice.objections[raised.id].state) == ("given", "overdue")
    assert {each.undertook for each in line.events(e.DeadlineMissed) if each.what != "answer"} == {"may go ahead"}
    shown = grey.fetch(notice).told[0]
    assert (shown.seen, shown.understood, shown.usable_warning, shown.who_of_ours) == (
        None,
        None,
        "none",
        "not answered",
    )


def test_no_view_has_one_light_for_many_facts() -> None:
    """H4.3, P7: terms, receipts and conflicts each by themselves; nothing is safe, approved or cleared for anybody."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    line.agreement(grey, teal, terms=Terms(tell={"*": ["TEAL"]}, lead_s={"*": 60}))
    notice = grey.give()
    teal.understand(notice)
    shown = encode(grey.fetch(notice)).decode()
    for word in ("safe", "approved", "permitted", "acknowledged", "all_clear", '"ok"', "green"):
        assert word not in shown


@pytest.mark.parametrize("first", [True, False])
def test_what_is_not_known_where_is_nowhere_called_clear(first: bool) -> None:
    """H4.5, H4.9: a place in words alone meets whatever is there at its time."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    if first:
        teal.zone(circle(37.0, 33.0))
    notice = grey.give(grey.volume(nowhere=True))
    if not first:
        teal.zone(circle(37.0, 33.0))
    assert grey.fetch(notice).conflicts[0].volumes is None
