"""What happens to a notice: said by its giver, or by the clock, which runs on the union of the windows still in a picture."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import UNSET

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.picture import hull
from beforehand.core.hotline.state import Notice
from beforehand.core.hotline.terms import Terms
from core.hotline.line import MINUTE_US, Hand, Line


class Two:
    """GREY and TEAL, who tell each other everything, and so many minutes of linger."""

    def __init__(self, *linger_min: int) -> None:
        self.line = Line()
        self.grey, self.teal = self.line.party("GREY"), self.line.party("TEAL")
        for each in linger_min or (0,):
            terms = Terms(tell={"*": ["GREY", "TEAL"]}, linger_s=each * 60)
            self.line.agreement(self.grey, self.teal, terms=terms)

    def moved(self) -> list[tuple[float, str, str]]:
        """Minute, event, state of all that happened."""
        return [
            ((time_us - self.line.at(0)) // MINUTE_US, event.event, event.state)
            for time_us, event, _ in self.line.journal
            if isinstance(event, e.NoticeMoved)
        ]


@pytest.fixture
def two() -> Two:
    return Two()


# Who says what ----------------------------------------------------------------------------------------------------------


def test_only_its_giver_says_what_happens_to_a_notice(two):
    """H4.1: to others, told or not, there is none of theirs."""
    notice = two.grey.give()
    for hand in (two.teal, two.line.party("RUST")):
        assert two.line.refused(c.MoveNotice(hand.by, notice.id, "begun")) == "not_found"
    assert two.line.refused(c.MoveNotice(two.grey.by, "none", "begun")) == "not_found"
    service = two.grey.service()
    two.line.done(c.MoveNotice(service, notice.id, "begun"))
    assert notice.state == "active"


def test_an_answer_names_the_notice_and_its_newest_version(two):
    """H4.1: and the entry of what was said, with the time that its giver gives it."""
    notice = two.grey.give()
    two.grey.change(notice)
    done = two.line.done(c.MoveNotice(two.grey.by, notice.id, "begun", at_us=5))
    assert (done.id, done.version, done.entry) == (notice.id, 2, len(two.line.journal) - 1)
    assert two.line.events(e.NoticeMoved)[-1].at == 5
    two.line.done(c.MoveNotice(two.grey.by, notice.id, "broken off"))
    assert two.line.events(e.NoticeMoved)[-1].at is UNSET


# Deviated ---------------------------------------------------------------------------------------------------------------


def _deviations(line: Line) -> list[bool]:
    return [each.deviated for each in line.events(e.NoticeMoved)]


def test_begun_before_its_window_it_also_deviated(two):
    """H4.1: outside what was declared; not so at the very opening."""
    early = two.grey.give()
    two.line.now_us = two.line.at(30) - 1
    two.line.decide(c.MoveNotice(two.grey.by, early.id, "begun"))
    assert (early.state, early.deviated) == ("active", True)
    on_time = two.grey.give(two.grey.volume(from_min=40))
    two.line.now_us = two.line.at(40)
    two.line.decide(c.MoveNotice(two.grey.by, on_time.id, "begun"))
    assert (on_time.state, on_time.deviated) == ("active", False)


def test_what_is_said_goes_before_what_is_due_and_counts_by_its_own_time(two):
    """H4.1: a warning waits for no deadline, and the window is open when it is, whoever is first to write it down."""
    for event, expected in (("ended", "clear"), ("withdrawn", "window_open"), ("begun", "active")):
        notice = two.grey.give()
        two.line.now_us = two.line.at(30)
        reply = two.line.decide(c.MoveNotice(two.grey.by, notice.id, event))
        assert getattr(reply, "reason", notice.state) == expected
        two.line.catch_up()
        assert notice.state == ("due" if event == "withdrawn" else expected)
        two.line.now_us = two.line.at(0)


def test_begun_without_a_window_it_deviated(two):
    """H4.1: an announced operation whose window nobody said declared none."""
    notice = two.grey.give(two.grey.volume(None, None, None), category="announced_operation")
    two.grey.say(notice, "begun")
    assert notice.deviated


@pytest.mark.parametrize("said", ["", "begun", "all-clear", "not flown"])
def test_that_it_deviated_is_recorded_in_any_state_and_changes_none(two, said):
    """H4.1: and is never forgotten again."""
    notice = two.grey.give()
    two.line.pass_until(30)
    if said:
        two.grey.say(notice, said)
    stood = notice.state
    two.grey.say(notice, "deviated")
    assert (notice.state, notice.deviated) == (stood, True)
    assert two.line.events(e.NoticeMoved)[-1].event == "deviated"
    if stood == "active":
        two.grey.say(notice, "ended")
        assert _deviations(two.line)[-1] is False
    assert notice.deviated


def test_a_deviation_may_be_said_with_anything_else(two):
    """H4.1: with what happened, in one act."""
    notice = two.grey.give()
    two.line.pass_until(30)
    two.line.done(c.MoveNotice(two.grey.by, notice.id, "begun"))
    assert not notice.deviated
    two.line.done(c.MoveNotice(two.grey.by, notice.id, "ended", deviated=True))
    assert (notice.state, notice.deviated, _deviations(two.line)) == ("clear", True, [False, False, True])


# The clock --------------------------------------------------------------------------------------------------------------


def test_the_clock_opens_and_ends_at_the_very_microsecond(two):
    """H4.1: and not one earlier."""
    notice = two.grey.give()
    for minutes, before, after in ((30, "given", "due"), (50, "due", "over_unconfirmed")):
        two.line.now_us = two.line.at(minutes) - 1
        two.line.catch_up()
        assert notice.state == before
        two.line.now_us += 1
        two.line.catch_up()
        assert notice.state == after


def test_what_was_broken_off_and_begun_again_is_over_with_its_window(two):
    """H4.1: also where nothing else falls due, and also after a restart in between."""
    for restart in (False, True):
        line = Two().line if restart else two.line
        grey = Hand(line, "GREY", next(iter(line.state.parties["GREY"].people))).as_("senior")
        id_ = grey.give().id
        line.pass_until(31)
        for event in ("begun", "broken off"):
            line.done(c.MoveNotice(grey.by, id_, event))
        assert line.state.notices[id_].state == "over_unconfirmed"
        if restart:
            line.machine = line.replayed()
        line.pass_until(40)
        line.done(c.MoveNotice(grey.by, id_, "begun"))
        if restart:
            line.machine = line.replayed()
        line.pass_until(49)
        assert line.state.notices[id_].state == "active"
        line.pass_until(50)
        assert line.state.notices[id_].state == "over_unconfirmed"


@pytest.mark.parametrize("restart", [False, True])
def test_what_is_begun_after_its_window_its_giver_alone_ends(two, restart):
    """H4.1: over_unconfirmed goes to active by its party's word, and no restart takes that back."""
    id_ = two.grey.give().id
    two.line.pass_until(60)
    two.line.done(c.MoveNotice(two.grey.by, id_, "begun"))
    if restart:
        two.line.machine = two.line.replayed()
    two.line.pass_until(10_000)
    assert two.line.state.notices[id_].state == "active"
    assert [each[1] for each in two.moved()] == ["clock opens", "clock ends", "begun"]


@pytest.mark.parametrize("restart", [False, True])
def test_what_is_begun_early_is_over_with_its_window(two, restart):
    """H4.1: an end that was said counts, though the beginning was not."""
    id_ = two.grey.give(two.grey.volume(None, None, 50), category="announced_operation").id
    two.line.pass_until(10)
    two.line.done(c.MoveNotice(two.grey.by, id_, "begun"))
    if restart:
        two.line.machine = two.line.replayed()
    two.line.pass_until(49)
    assert two.line.state.notices[id_].state == "active"
    two.line.pass_until(50)
    assert two.line.state.notices[id_].state == "over_unconfirmed"


def test_an_announced_operation_waits_in_given(two):
    """H4.1: whatever end was said, until somebody says when it begins, or that it will not."""
    neither = two.grey.give(two.grey.volume(None, None, None), category="announced_operation")
    until = two.grey.give(two.grey.volume(None, None, 50), category="announced_operation")
    two.line.pass_until(10_000)
    assert (neither.state, until.state, two.moved()) == ("given", "given", [])
    hand = two.grey.as_("senior")
    hand.say(neither, "withdrawn")
    hand.say(until, "begun")
    assert (neither.state, until.state) == ("withdrawn", "active")
    two.line.pass_until(20_000)
    assert until.state == "active"


def test_one_given_inside_its_window_is_over_at_its_end(two):
    """H4.1: though the clock never opened it; begun or not."""
    notices = [two.grey.give(two.grey.volume(from_min=-10, to_min=20)) for _ in range(2)]
    two.grey.say(notices[1], "begun")
    assert [each.state for each in notices] == ["due", "active"]
    two.line.pass_until(19)
    assert [each.state for each in notices] == ["due", "active"]
    two.line.pass_until(20)
    assert [each.state for each in notices] == ["over_unconfirmed", "over_unconfirmed"]


def test_a_node_that_was_away_finds_both_in_order(two):
    """H4.1: opens, then ends, each with its entry, at the time at which it was noticed."""
    notice = two.grey.give()
    two.line.now_us = two.line.at(70)
    two.line.catch_up()
    assert notice.state == "over_unconfirmed"
    assert two.moved() == [(70, "clock opens", "due"), (70, "clock ends", "over_unconfirmed")]


def test_the_hull_of_windows_opens_with_the_earliest_and_is_over_with_the_latest():
    """H4.1: an end that was not said is none; of beginnings those count that were said."""
    assert hull([]) == (None, None)
    assert hull([(3, 5), (1, 2), (2, 9)]) == (1, 9)
    assert hull([(3, None), (1, 2)]) == (1, None)
    assert hull([(None, 5), (1, 2)]) == (1, 5)
    assert hull([(None, 5)]) == (None, 5)
    assert hull([(None, None)]) == (None, None)


# Versions in the picture ------------------------------------------------------------------------------------------------


def _bounds(two: Two, notice: Notice) -> tuple[float, float]:
    assert notice.opens_us is not None
    assert notice.ends_us is not None
    return (notice.opens_us - two.line.at(0)) / MINUTE_US, (notice.ends_us - two.line.at(0)) / MINUTE_US


def _kept(notice: Notice) -> list[int]:
    return [each.number for each in notice.versions if each.in_picture]


def test_until_a_version_is_seen_the_picture_keeps_the_union(two):
    """H4.10: of all versions that some addressee was told since the one it has SEEN; the clock runs on that."""
    notice = two.grey.give()
    assert _bounds(two, notice) == (30, 50)
    two.grey.change(notice, two.grey.volume(from_min=35, to_min=60))
    assert (_kept(notice), _bounds(two, notice)) == ([1, 2], (30, 60))
    two.grey.change(notice, two.grey.volume(from_min=40, to_min=55))
    assert (_kept(notice), _bounds(two, notice)) == ([1, 2, 3], (30, 60))
    two.teal.fetch(notice)
    assert _kept(notice) == [1, 2, 3], "an explicit act, never inferred from a read"
    two.teal.see(notice)
    assert (_kept(notice), _bounds(two, notice)) == ([3], (40, 55))
    received = two.line.events(e.Received)[-1]
    assert (received.retires, received.opens, received.ends) == ([1, 2], two.line.at(40), two.line.at(55))
    two.line.pass_until(39)
    assert notice.state == "given"
    two.line.pass_until(40)
    assert notice.state == "due"
    two.line.pass_until(54)
    assert notice.state == "due"
    two.line.pass_until(55)
    assert notice.state == "over_unconfirmed"


def test_a_version_that_was_seen_stays_beside_the_next(two):
    """H4.10: what an addressee has before its eyes."""
    notice = two.grey.give()
    two.teal.see(notice)
    assert two.line.events(e.Received)[-1].retires is UNSET
    two.grey.change(notice, two.grey.volume(from_min=40, to_min=60))
    assert (_kept(notice), _bounds(two, notice)) == ([1, 2], (30, 60))
    two.grey.change(notice, two.grey.volume(from_min=45, to_min=70))
    assert _kept(notice) == [1, 2, 3]
    two.teal.see(notice)
    assert _kept(notice) == [3]


def test_a_version_is_kept_while_one_of_several_has_not_seen_a_newer_one(two):
    """H4.10: any addressee's picture."""
    rust = two.line.party("RUST")
    two.line.agreement(two.grey, rust, terms=Terms(tell={"*": ["RUST"]}))
    notice = two.grey.give()
    two.grey.change(notice, two.grey.volume(from_min=40, to_min=60))
    two.teal.see(notice)
    assert (_kept(notice), _bounds(two, notice)) == ([1, 2], (30, 60))
    assert two.line.events(e.Received)[-1].retires is UNSET
    rust.see(notice)
    assert (_kept(notice), _bounds(two, notice)) == ([2], (40, 60))


def test_a_version_that_nobody_was_told_leaves_with_the_next(two):
    """H4.10: it is in nobody's picture but its giver's."""
    rust = two.line.party("RUST")
    notice = rust.give()
    rust.change(notice, rust.volume(from_min=40, to_min=60))
    assert (_kept(notice), _bounds(two, notice)) == ([2], (40, 60))
    assert two.line.events(e.NoticeGiven)[-1].retires == [1]


def test_all_windows_of_all_versions_count(two):
    """H4.10: of several volumes the earliest and the latest."""
    grey = two.grey
    notice = grey.give(grey.volume(from_min=30, to_min=40), grey.volume(from_min=20, to_min=25))
    assert _bounds(two, notice) == (20, 40)
    grey.change(notice, grey.volume(from_min=35, to_min=36), grey.volume(from_min=50, to_min=55))
    assert _bounds(two, notice) == (20, 55)
    assert notice.current.lead_us is not None
    assert round(notice.current.lead_us / MINUTE_US) == 35, "the lead is that of the version itself"


def test_a_seen_version_whose_window_has_passed_is_over_at_once(two):
    """H4.10: what kept it open is in nobody's picture any more."""
    notice = two.grey.give(two.grey.volume(to_min=90))
    two.grey.change(notice, two.grey.volume(to_min=40))
    two.line.pass_until(60)
    assert notice.state == "due"
    two.teal.see(notice)
    assert (notice.state, _bounds(two, notice)) == ("over_unconfirmed", (30, 40))


def test_a_later_end_makes_what_is_over_active_again_until_then(two):
    """H4.10: and not where the end only seems later."""
    notice = two.grey.give()
    two.line.pass_until(55)
    two.grey.change(notice, two.grey.volume(from_min=20, to_min=50))
    assert notice.state == "over_unconfirmed", "the very same end is no later one"
    two.line.done(c.ShiftNotice(two.grey.by, notice.id, 20 * MINUTE_US, True))
    assert (notice.current.kind, notice.state) == ("slip", "active")
    two.line.pass_until(69)
    assert notice.state == "active"
    two.line.pass_until(70)
    assert notice.state == "over_unconfirmed"
    two.line.pass_until(100)
    two.line.done(c.ShiftNotice(two.grey.by, notice.id, 5 * MINUTE_US, True))
    assert notice.state == "over_unconfirmed", "later, and past as well"
    assert [each[1] for each in two.moved()] == ["clock opens", "clock ends", "clock ends", "clock ends"]


# Linger -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lingers", "minutes"), [((0,), None), ((60,), 60), ((60, 90, 0), 90), ((0, 0), None)])
def test_a_notice_lapses_only_where_that_was_agreed(lingers, minutes):
    """H4.1: of several agreements the longest holds; counted as unknown, never as clear (P7)."""
    two = Two(*lingers)
    notice = two.grey.give()
    two.line.pass_until(50)
    moved = two.line.events(e.NoticeMoved)[-1]
    if minutes is None:
        assert (moved.lapses, notice.linger_us) == (UNSET, None)
        two.line.pass_until(100_000)
        assert notice.state == "over_unconfirmed"
        return
    time_us = two.line.journal[-1][0]
    assert moved.lapses == notice.linger_us == time_us + minutes * MINUTE_US
    two.line.now_us = moved.lapses - 1
    two.line.catch_up()
    assert notice.state == "over_unconfirmed"
    two.line.now_us += 1
    two.line.catch_up()
    assert notice.state == "lapsed"
    assert two.moved()[-1][1:] == ("linger", "lapsed")
    assert notice.over_us == two.line.journal[-1][0]


def test_linger_begins_anew_with_each_time_that_it_is_over():
    """H4.1: broken off, begun again, over again."""
    two = Two(60)
    notice = two.grey.give()
    two.line.pass_until(30)
    two.grey.say(notice, "begun")
    two.line.pass_until(35)
    two.grey.say(notice, "broken off")
    assert notice.linger_us is not None
    first = notice.linger_us
    two.line.pass_until(40)
    two.grey.say(notice, "broken off")
    assert notice.linger_us == first, "said twice it is over since the first"
    two.grey.say(notice, "begun")
    assert notice.linger_us is None
    two.line.pass_until(109)
    assert notice.state == "over_unconfirmed"
    two.line.pass_until(111)
    assert notice.state == "lapsed"


def test_a_notice_given_after_its_window_lapses_too():
    """H4.1: it starts over and unconfirmed, and lingers from then."""
    two = Two(60)
    notice = two.grey.give(two.grey.volume(from_min=-50, to_min=-30))
    assert (notice.state, two.line.events(e.NoticeGiven)[-1].lapses) == ("over_unconfirmed", notice.linger_us)
    assert notice.linger_us == notice.current.received_us + 60 * MINUTE_US
    two.line.pass_until(59)
    assert notice.state == "over_unconfirmed"
    two.line.pass_until(61)
    assert notice.state == "lapsed"
    none = Two()
    notice = none.grey.give(none.grey.volume(from_min=-50, to_min=-30))
    assert (notice.linger_us, none.line.events(e.NoticeGiven)[-1].lapses) == (None, UNSET)


def test_a_version_of_what_is_over_leaves_its_linger():
    """H4.10: one with no later end moves nothing; one with a later end, everything."""
    two = Two(60)
    notice = two.grey.give()
    two.line.pass_until(50)
    linger = notice.linger_us
    two.line.pass_until(52)
    two.grey.change(notice, two.grey.volume(upper_m=2_000))
    assert (notice.state, notice.linger_us) == ("over_unconfirmed", linger)
    assert two.line.events(e.NoticeGiven)[-1].lapses is UNSET
    two.grey.change(notice, two.grey.volume(to_min=80))
    assert (notice.state, notice.linger_us) == ("active", None)
    two.line.pass_until(10_000)
    assert notice.state == "lapsed"
    assert [each[1] for each in two.moved()] == ["clock opens", "clock ends", "clock ends", "linger"]


def _words(two: Two, notice: Notice) -> Any:
    hand = two.grey.as_("senior")
    return two.line.act(c.FetchNotice(hand.by, notice.id)).view.state_in_words


def test_what_is_over_is_said_with_its_age():
    """H4.1: `nobody said clear, n h`."""
    two = Two(60)
    notice = two.grey.give()
    assert _words(two, notice) == "given"
    two.line.pass_until(65)
    assert _words(two, notice) == "over, unconfirmed for 15 min"
    two.line.pass_until(170)
    assert _words(two, notice) == "nobody said clear, 2 h 00 min"
