"""Refusals of planners who did not know are kept: each by an entry, or counted and kept by one entry later."""

from __future__ import annotations

import pytest

from beforehand.core.stamp import Refusal
from beforehand.core.strategic import commands as c
from beforehand.core.strategic import events as e
from beforehand.core.strategic.decide import unaware

from .asking import ALICE, BOB, CAROL, HERE, THERE, extent, put_intent
from .driving import Driver, folded
from .invariants import check

SECOND, MINUTE = 1_000_000, 60_000_000


@pytest.fixture
def core():
    """Alice stands with eight intents, one above the other; all of them named by her."""
    core = Driver()
    for number in range(8):
        band = {"lower": 1000 * number, "upper": 1000 * number + 999}
        core.ask(put_intent(ALICE, number, extent=extent(**band)))
    while core.machine.time_us % SECOND:  # to the start of a second
        core.ask(c.SetAvailability(ALICE, "x", "", c.Availability.UNKNOWN), SECOND - core.machine.time_us % SECOND)
    return core


def refused(core, caller=BOB, levels=8, later_us=1):
    """What a planner is told who asks for so many levels and knows of none, and the entries that were written."""
    before = len(core.journal)
    command = put_intent(caller, 99, extent=extent(lower=0, upper=1000 * levels - 1))
    reply = core.ask(command, later_us)
    assert isinstance(reply, Refusal)
    assert len(reply.detail.intents) == levels
    return reply, len(core.journal) - before


def test_a_refusal_has_an_entry_that_says_what_was_not_known(core):
    refused(core)
    event = core.machine.strategic.refused["bob"]
    assert len(event.recent) == 1
    told = core.journal[-1].facts
    assert b'"oi.unaware"' in told
    assert b'"count":8' in told


def test_a_repeat_within_a_minute_has_no_entry_and_the_same_answer(core):
    first, wrote = refused(core)
    assert wrote == 2  # bob is new here: one entry binds him
    for later in (1, SECOND, 30 * SECOND, 29 * SECOND - 2 - 1):
        again, wrote = refused(core, later_us=later)
        assert wrote == 0
        assert again == first


def test_a_repeat_after_a_minute_has_an_entry(core):
    refused(core)
    written_at = core.machine.time_us
    core.ask(c.SetAvailability(ALICE, "x2", "", c.Availability.DOWN), MINUTE - 1)
    assert core.machine.time_us == written_at + MINUTE - 1
    assert refused(core, later_us=1)[1] == 1


def test_what_is_remembered_of_refusals_stays_in_the_order_of_time(core):
    refused(core)
    first_at = core.machine.time_us
    refused(core, levels=3)
    refused(core, later_us=first_at + MINUTE - core.machine.time_us)
    check(core.machine)


def test_a_repeat_a_microsecond_before_the_minute_is_over_has_none(core):
    refused(core)
    assert refused(core, later_us=MINUTE - 1)[1] == 0


def test_the_sixth_refusal_of_a_second_is_counted_whatever_it_names(core):
    for levels in range(1, 6):
        assert refused(core, levels=levels)[1] == (2 if levels == 1 else 1)
    first, wrote = refused(core, levels=6)
    assert wrote == 0
    assert refused(core, levels=7)[1] == 0
    assert refused(core, caller=CAROL, levels=6)[1] == 2, "another party's refusals count for themselves"
    assert refused(core, levels=6, later_us=SECOND)[0] == first


def test_refusals_of_the_next_second_have_entries_again(core):
    for levels in range(1, 7):
        refused(core, levels=levels)
    assert refused(core, levels=7, later_us=SECOND)[1] == 1


def test_what_was_counted_is_written_as_one_entry_when_it_is_due(core):
    for levels in (1, 2, 3, 4, 5, 6, 7, 6):
        refused(core, levels=levels)
    since = core.machine.time_us
    state = core.machine.strategic
    assert state.tallies["bob"].count == 3
    due_at = core.machine.next_due()
    assert since < due_at <= since + SECOND + 10
    assert core.machine.due(due_at - 1, 10) == []
    assert core.machine.due(due_at, 10) == [c.CountUnaware("bob")]
    core.ask(c.CountUnaware("bob"), due_at - core.machine.time_us)
    counted = core.journal[-1]
    assert b'"oi.unaware_counted"' in counted.facts
    assert b'"count":3,"distinct":2' in counted.facts
    assert state.tallies == {}
    assert core.machine.next_due() > due_at
    before = len(core.journal)
    core.ask(c.CountUnaware("bob"))
    assert len(core.journal) == before, "nothing is left to write"


def test_repeats_wait_a_minute_for_their_entry_but_no_longer_if_a_flood_follows(core):
    refused(core)
    refused(core)
    now = core.machine.time_us
    assert now < core.machine.strategic.tallies["bob"].due_us <= now + MINUTE + 10
    for levels in range(1, 8):
        refused(core, levels=levels)
    soon = core.machine.strategic.tallies["bob"].due_us
    assert soon <= core.machine.time_us + SECOND + 10
    refused(core)
    assert core.machine.strategic.tallies["bob"].due_us == soon, "a repeat does not put off what is due"


def test_counting_follows_from_the_entries_and_is_bounded(core, monkeypatch):
    monkeypatch.setattr(unaware, "DISTINCT_MAX", 2)
    for second in range(70):
        for levels in range(1, 9):
            refused(core, levels=levels, later_us=SECOND if levels == 1 and second else 1)
    state = core.machine.strategic
    assert len(state.refused["bob"].recent) <= 8
    tally = state.tallies["bob"]
    assert len(tally.digests) == 2
    assert tally.count > 300
    again = folded(core.journal)
    assert again.state_hash() == core.machine.state_hash()
    assert again.strategic.tallies == {}, "what has no entry is not in the state that follows from entries"


def test_an_entry_lists_at_most_256_and_says_how_many_and_which_by_a_digest():
    intents = [_Standing(handle) for handle in range(1000, 0, -1)]
    all_of_them, fewer = unaware.unaware_of(intents), unaware.unaware_of(intents[1:])
    assert all_of_them.entries == list(range(1, e.NAMED_MAX + 1)) == fewer.entries
    assert (all_of_them.count, fewer.count) == (1000, 999)
    assert all_of_them.digest != fewer.digest
    assert all_of_them == unaware.unaware_of(intents[::-1])


class _Standing:
    def __init__(self, handle):
        self.handle = handle


def test_whoever_lost_the_place_learns_it_by_another_set(core):
    """Another intent in the way makes another set: it has an entry of its own at once."""
    refused(core)
    core.ask(put_intent(ALICE, 50, extent=extent(cells=HERE + THERE, lower=9_000, upper=9_999)))
    assert refused(core, levels=8)[1] == 0
    reply = core.ask(put_intent(BOB, 99, extent=extent(lower=0, upper=9_999)), 1)
    assert len(reply.detail.intents) == 9
    assert b'"oi.unaware"' in core.journal[-1].facts
