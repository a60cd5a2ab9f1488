"""Deadlines (H5.6, H7.1, H7.2): each fires once, at its time, as an entry; what has become moot never does."""

from __future__ import annotations

from typing import Any

import pytest

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.decide import due
from beforehand.core.hotline.fold import places
from beforehand.core.hotline.state import HotlineState, Notice
from beforehand.core.hotline.terms import Deadlines, Silence, Terms
from beforehand.core.machine import EpochOpened
from core.hotline.line import Hand, Line, circle
from core.hotline.slices import restart

ALL = ["DELIVERED", "SEEN", "UNDERSTOOD", "DISSEMINATED"]
HOLD, GO = "will hold until answered", "may go ahead"


def terms(silence: Silence | None = None, **within_s: int) -> Terms:
    return Terms(tell={"*": ["TEAL"]}, stages={"*": ALL}, deadlines=Deadlines(**within_s), silence=silence or Silence())


STAGED = terms(delivered_s=60, seen_s=120, understood_s=300, disseminated_s=600)


def given(of: Terms = STAGED) -> tuple[Line, Hand, Hand, Notice]:
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    line.agreement(grey, teal, terms=of)
    return line, grey, teal, grey.give()


def missed(line: Line) -> list[e.DeadlineMissed]:
    return line.events(e.DeadlineMissed)


def test_each_stages_deadline_is_missed_once_at_its_time_and_goes_to_the_next_role() -> None:
    """H5.6: an event, on both consoles."""
    line, grey, teal, notice = given()
    told_us = notice.tellings["TEAL"][0].told_us
    assert notice.tellings["TEAL"][0].deadlines == {
        stage: line.journal[notice.handle][0] + within * 1_000_000
        for stage, within in zip(ALL, (60, 120, 300, 600), strict=True)
    }
    for stage, within_s in zip(ALL, (60, 120, 300, 600), strict=True):
        by = notice.tellings["TEAL"][0].deadlines[stage]
        assert abs(by - told_us - within_s * 1_000_000) < 10
        line.now_us = by - 1
        line.catch_up()
        assert stage not in [each.what for each in missed(line)]
        line.now_us = by
        line.catch_up()
        event = missed(line)[-1]
        assert (event.what, event.notice, event.version, event.party) == (stage, notice.id, 1, "TEAL")
        assert (event.to, event.deadline, event.noticed, event.role) == (
            ["TEAL", "GREY"],
            by,
            line.journal[-1][0],
            "senior",
        )
        assert not isinstance(event.about, str)
        assert not isinstance(event.away, tuple)
        assert not isinstance(event.undertook, str)
    line.pass_until(25)
    assert [each.what for each in missed(line)] == ALL
    for hand in (grey, teal):
        assert hand.fetch(notice).told[0].missed == ALL
    assert list(notice.tellings["TEAL"][0].missed) == ALL
    assert line.replayed().state_hash() == line.machine.state_hash()


def test_what_was_received_in_time_is_not_missed() -> None:
    """H5.6: each stage by itself."""
    line, _, teal, notice = given()
    teal.see(notice)
    line.pass_until(4)
    assert [each.what for each in missed(line)] == ["DELIVERED"]
    assert teal.read_back(notice, teal.told_values(notice)).right
    line.pass_until(25)
    assert [each.what for each in missed(line)] == ["DELIVERED", "DISSEMINATED"]


def test_nothing_is_due_of_a_telling_that_another_followed() -> None:
    """H5.6: a new version, or more of the same, has deadlines of its own."""
    line, grey, teal, notice = given(terms(seen_s=120))
    line.pass_until(1)
    grey.change(notice, grey.volume(circle(35.6, 35.77)))
    line.pass_until(2.9)
    assert not missed(line)
    line.pass_until(3.1)
    assert [each.version for each in missed(line)] == [2]
    line, grey, teal, notice = given(Terms(stages={"*": ALL}, deadlines=Deadlines(seen_s=120)))
    teal.zone()
    line.pass_until(1)
    assert notice.tellings["TEAL"]
    teal.zone(circle(36.5, 35.0))
    more = grey.give(grey.volume(), grey.volume(circle(36.8, 35.0)))
    line.pass_until(2)
    teal.zone(circle(36.8, 35.0))
    line.pass_until(3.1)
    assert not [each for each in missed(line) if each.notice == more.id]
    line.pass_until(4.1)
    assert len([each for each in missed(line) if each.notice == more.id]) == 1


@pytest.mark.parametrize("event", ["withdrawn", "not flown"])
def test_nothing_is_due_of_a_notice_that_is_over(event: str) -> None:
    """H5.6: of whichever stage."""
    line, grey, _, notice = given()
    grey.say(notice, event)
    line.pass_until(25)
    assert not missed(line)


def test_without_a_deadline_nothing_is_due() -> None:
    """H5.6: 0 is none, and a stage that is not asked for has none."""
    line, _, _, _ = given(terms())
    line.pass_until(25)
    assert not missed(line)
    line, _, _, _ = given(Terms(tell={"*": ["TEAL"]}, deadlines=Deadlines(seen_s=60)))
    line.pass_until(25)
    assert not missed(line)


@pytest.mark.parametrize(
    ("what", "reached", "silence", "undertook"),
    [
        ("SEEN", None, Silence(HOLD, GO), HOLD),
        ("SEEN", "DELIVERED", Silence(HOLD, GO), GO),
        ("UNDERSTOOD", "SEEN", Silence(HOLD, GO), GO),
        ("DELIVERED", None, Silence(GO, HOLD), GO),
        ("DELIVERED", "SEEN", Silence(GO, HOLD), HOLD),
        ("SEEN", None, Silence("", GO), None),
        ("SEEN", "DELIVERED", Silence(GO, ""), None),
        ("DISSEMINATED", None, Silence(HOLD, HOLD), None),
    ],
)
def test_what_the_giver_undertook_is_said_by_cause(
    what: str, reached: str | None, silence: Silence, undertook: str | None
) -> None:
    """H7.1: not delivered, or delivered and not seen; the service neither holds nor releases anything."""
    line, _, teal, notice = given(terms(silence, **{f"{what.lower()}_s": 60}))
    if reached == "DELIVERED":
        line.done(c.Receive(teal.by, notice.id, 0, "DELIVERED", notice.tellings["TEAL"][0].hash))
    elif reached == "SEEN":
        teal.see(notice)
    line.pass_until(2)
    (event,) = missed(line)
    assert (event.undertook if isinstance(event.undertook, str) else None) == undertook
    assert notice.state == "given"


def test_of_several_undertakings_the_more_careful_counts() -> None:
    """H7.1: of agreements with this addressee."""
    for first, second, undertook in ((GO, HOLD, HOLD), (HOLD, GO, HOLD), (GO, GO, GO), ("", GO, GO)):
        line = Line()
        grey, teal, plum = (line.party(code) for code in ("GREY", "TEAL", "PLUM"))
        line.agreement(grey, teal, terms=terms(Silence(first), seen_s=60))
        line.agreement(grey, teal, terms=Terms(silence=Silence(second)))
        line.agreement(grey, plum, terms=Terms(silence=Silence(HOLD)))
        grey.give()
        line.pass_until(2)
        assert [each.undertook for each in missed(line)] == [undertook]


def test_a_relay_or_an_answer_undertakes_nothing() -> None:
    """H7.1: silence is an addressee's."""
    line, _, teal, notice = given(terms(Silence(HOLD, HOLD), answer_s=60))
    line.done(c.Object(teal.by, notice.id, "QUESTION", ""))
    line.pass_until(2)
    (event,) = missed(line)
    assert not isinstance(event.undertook, str)


def opened(line: Line, minutes: float) -> None:
    """The node was away until then, and opens its journal again."""
    restart(line)
    line.now_us = line.at(minutes)
    line._write((EpochOpened(2, "node"),), ())
    line.catch_up()


@pytest.mark.parametrize(("until_min", "away"), [(10, True), (0.5, False)])
def test_where_the_service_was_away_over_a_deadline_its_entry_says_so(until_min: float, away: bool) -> None:
    """H5.6: from the last entry before to the opening; when it was noticed stands beside when it was due."""
    line, _, _, notice = given(terms(seen_s=60))
    last_us = line.journal[-1][0]
    opened(line, until_min)
    open_us = next(time_us for time_us, event, _ in reversed(line.journal) if isinstance(event, EpochOpened))
    line.pass_until(20)
    (event,) = missed(line)
    assert event.deadline == notice.tellings["TEAL"][0].deadlines["SEEN"]
    assert (event.away == (last_us, open_us)) == away
    assert (event.noticed > event.deadline + 100) == away


def test_away_is_from_after_the_last_entry_to_the_opening_itself() -> None:
    """H5.6: both bounds to the microsecond; the first opening of a journal is no absence."""
    line, grey, teal, _ = given(terms(seen_s=60))
    assert not line.state.away
    by = next(iter(line.state.notices.values())).tellings["TEAL"][0].deadlines["SEEN"]
    for stretch, away in (
        ((by - 5, by), True),
        ((by - 5, by - 1), False),
        ((by, by + 5), False),
        ((by - 1, by + 5), True),
    ):
        line.state.away.clear()
        line.state.away.append(stretch)
        event = due.fire(line.state, due.due(line.state, by, 1)[0], line.stamp()).events[0]
        assert (event.away == stretch) == away
    assert grey
    assert teal


def test_what_is_due_comes_earliest_first_one_at_a_time() -> None:
    """H5.6: since each may make the next moot."""
    line, _, _, _ = given()
    state = line.state
    first = due.next_due(state)
    assert first is not None
    assert due.due(state, first - 1, 10) == []
    assert due.due(state, first, 0) == []
    assert [each.what for each in due.due(state, first, 1)] == ["DELIVERED"]
    assert len(due.due(state, first + 10**12, 10)) == 1
    assert line.machine.next_due() == first
    assert due.next_due(HotlineState(line.machine.strategic)) is None


def test_deadlines_survive_a_restart() -> None:
    """H5.6, P1: at every moment the same is due from the journal alone."""
    line, _, teal, notice = given()
    for minutes in (0.5, 1.5, 3, 6, 11, 31, 60):
        line.pass_until(minutes)
        assert due.next_due(line.replayed().hotline) == due.next_due(line.state)
        restart(line)
    assert [each.what for each in missed(line)] == ALL
    assert line.state.notices[notice.id].state == "over_unconfirmed"
    assert teal


# The clock --------------------------------------------------------------------------------------------------------------


def moved(line: Line) -> list[tuple[str, str]]:
    return [(each.event, each.state) for each in line.events(e.NoticeMoved)]


def test_the_clock_opens_and_ends_a_window_and_what_lingers_lapses() -> None:
    """H4: due, over and unconfirmed, lapsed, each at its time and once."""
    line, _, _, notice = given(Terms(tell={"*": ["TEAL"]}, linger_s=600))
    for at, state in ((30, "due"), (50, "over_unconfirmed"), (60, "lapsed")):
        line.now_us = line.at(at) - 1
        line.catch_up()
        assert notice.state != state
        line.now_us = line.at(at)
        line.catch_up()
        line.now_us += 1_000
        line.catch_up()
        assert notice.state == state
    assert moved(line) == [("clock opens", "due"), ("clock ends", "over_unconfirmed"), ("linger", "lapsed")]
    line.pass_until(600)
    assert len(moved(line)) == 3


def test_a_clock_that_was_set_anew_means_nothing_any_more() -> None:
    """H4.10: the former opening and end, once another version moved them."""
    line, grey, teal, notice = given(Terms(tell={"*": ["TEAL"]}))
    grey.change(notice, grey.volume(from_min=60, to_min=90))
    teal.see(notice)
    line.pass_until(59)
    assert moved(line) == []
    line.pass_until(89)
    assert moved(line) == [("clock opens", "due")]
    line.pass_until(91)
    assert moved(line) == [("clock opens", "due"), ("clock ends", "over_unconfirmed")]


def test_an_agreement_begins_and_ends_by_the_clock() -> None:
    """H7.2: signed before it is valid; of a denounced one the end that was set then."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    agreement = line.agreement(grey, teal, from_min=10, until_min=60)
    assert agreement.state == "signed"
    line.now_us = line.at(10) - 1
    line.catch_up()
    assert agreement.state == "signed"
    line.now_us = line.at(10)
    line.catch_up()
    assert agreement.state == "in_force"
    line.done(c.MoveAgreement(grey.by, agreement.id, "denounced", line.at(40)))
    line.now_us = line.at(40) - 1
    line.catch_up()
    assert agreement.state == "denounced"
    line.pass_until(40)
    assert agreement.state == "expired"
    line.pass_until(100)
    assert [each.event for each in line.events(e.AgreementMoved)] == ["clock starts", "denounced", "clock ends"]


# What is over long ago --------------------------------------------------------------------------------------------------


def month(line: Line, over_us: int) -> tuple[int, int]:
    return over_us + 30 * 86_400_000_000 - 1, over_us + 30 * 86_400_000_000


@pytest.mark.parametrize("kind", ["notice", "zone", "movement"])
def test_what_was_over_thirty_days_ago_leaves_the_tables_by_an_entry(kind: str) -> None:
    """P8: to the microsecond; the record keeps it."""
    line, grey, teal, notice = given(Terms(tell={"*": ["TEAL"]}))
    own: Any = notice
    if kind == "notice":
        grey.say(notice, "withdrawn")
    elif kind == "zone":
        own = grey.zone()
        line.done(c.EndZone(grey.by, own.id))
    else:
        own = grey.move()
        line.done(c.EndMovement(grey.by, own.id))
    over_us = line.journal[-1][0]
    tables: dict[str, Any] = {"notice": line.state.notices, "zone": line.state.zones, "movement": line.state.movements}
    before, at = month(line, over_us)
    line.now_us = before
    line.catch_up()
    assert own.id in tables[kind]
    line.now_us = at
    line.catch_up()
    assert own.id not in tables[kind]
    assert line.events(e.Forgotten) == [e.Forgotten(kind, own.id)]
    assert (own.id, 0) not in line.state.shapes
    assert (own.id, 1) not in line.state.shapes
    party = line.state.parties["GREY"]
    assert (party.over, party.ended) == ({}, {})
    assert (notice.id in line.state.parties["TEAL"].told) == (kind != "notice")
    grey.as_("senior"), teal.as_("senior")
    assert line.refused(c.FetchNotice(teal.by, own.id)) == "not_found"
    line.pass_until(40 * 1440)
    assert len(line.events(e.Forgotten)) == 1
    assert line.replayed().state_hash() == line.machine.state_hash()


@pytest.mark.parametrize("kind", ["zone", "movement"])
def test_beyond_so_many_the_oldest_leave_early(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """P8: of each party 10,000."""
    assert places.KEPT_MAX == 10_000
    monkeypatch.setattr(places, "KEPT_MAX", 2)
    line = Line()
    grey = line.party("GREY")
    made = []
    for _ in range(4):
        made.append(grey.zone() if kind == "zone" else grey.move())
        line.decide((c.EndZone if kind == "zone" else c.EndMovement)(grey.by, made[-1].id))
    line.pass_until(1)
    assert [each.id for each in line.events(e.Forgotten)] == [made[0].id, made[1].id]
    assert list(line.state.parties["GREY"].ended) == [(kind, made[2].id), (kind, made[3].id)]
