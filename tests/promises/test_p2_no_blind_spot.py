"""P2: an intent is accepted only if its planner named the current version of every relevant one; nothing is ever cut."""

from __future__ import annotations

from hashlib import sha256

import pytest
from msgspec.structs import replace

from beforehand.core.machine import read_event
from beforehand.core.stamp import Refusal
from beforehand.core.strategic import commands as c
from beforehand.core.strategic import replies as r
from core.asking import (
    ALICE,
    BOB,
    CAROL,
    HERE,
    HOUR,
    SOON,
    THERE,
    extent,
    id_of,
    put_constraint,
    put_intent,
    put_subscription,
)
from core.driving import Driver, folded, stamp

SECOND = 1_000_000
MANY = 12_000
EVERYTHING = extent(start=SOON, end=SOON + MANY * SECOND)
PLANNED = put_intent(BOB, 1_000_000, extent=EVERYTHING)
STANDS = c.IntentState
NEW = c.NewSubscription("https://b.example", False)


def last(core):
    return read_event(core.journal[-1].facts)


def digest(entries):
    return sha256(b"".join(entry.to_bytes(8, "big") for entry in sorted(entries))).hexdigest()


@pytest.fixture(scope="module")
def crowd():
    """12,000 intents of Alice one after another in one cell, and their OVNs in that order."""
    core = Driver()
    ovns = []
    for number in range(MANY):
        at = SOON + number * SECOND
        reply = core.ask(put_intent(ALICE, number, extent=extent(start=at, end=at + SECOND - 1)), 1)
        ovns.append(reply.reference.ovn)
    return core, ovns


def test_among_12_000_relevant_ones_none_may_be_left_out(crowd):
    core, ovns = crowd
    reply = core.ask(PLANNED)
    assert isinstance(reply, Refusal)
    assert reply.reason == "unaware"
    missing = reply.detail
    assert len(missing.intents) == r.MAX_NAMED == 10_000
    assert missing.more == 2_000
    assert "2000 more" in reply.message
    assert [each.id for each in missing.intents] == [id_of(number) for number in range(10_000)]

    for left_out in (0, 5_000, 9_999, 10_000, MANY - 1):
        reply = core.ask(replace(PLANNED, named_ovns=frozenset(ovns) - {ovns[left_out]}))
        assert isinstance(reply, Refusal)
        assert [each.id for each in reply.detail.intents] == [id_of(left_out)]
        assert reply.detail.more == 0

    reply = core.ask(replace(PLANNED, named_ovns=frozenset(ovns) | {"and one of nobody"}))
    assert isinstance(reply, r.IntentChanged)

    # The same flight goes astray: nobody asks what it knows, and the record says what it did not.
    handles = sorted(each.handle for each in core.machine.strategic.intents.values() if each.manager.subject == "alice")
    astray = replace(
        PLANNED,
        ovn=reply.reference.ovn,
        state=STANDS.NONCONFORMING,
        new_subscription=NEW,
        named_ovns=frozenset(ovns[:100]),
    )
    assert isinstance(core.ask(astray), r.IntentChanged)
    unaware = last(core).unaware
    assert unaware.entries == handles[100 : 100 + 256]
    assert unaware.count == MANY - 100
    assert unaware.digest == digest(handles[100:])


def test_a_search_that_finds_more_than_it_may_answer_is_refused_whole(crowd):
    core, _ = crowd
    reply = core.ask(c.QueryIntents(CAROL, EVERYTHING))
    assert isinstance(reply, Refusal)
    assert reply.reason == "too_many_results"
    narrower = extent(start=SOON, end=SOON + 10_000 * SECOND - 1)
    reply = core.ask(c.QueryIntents(CAROL, replace(narrower, upper_mm=-1, lower_mm=-1)))
    assert reply.references == ()
    alices = [each for each in core.ask(c.QueryIntents(CAROL, replace(narrower, end_us=SOON + 9_999 * SECOND - 1))).references
              if each.manager == "alice"]  # fmt: skip
    assert len(alices) == 9_999


@pytest.fixture
def core():
    return Driver()


def accepted(core, command, **more):
    reply = core.ask(replace(command, **more))
    assert not isinstance(reply, Refusal), reply
    return reply


def missing(core, command):
    """Ids of what a planner is told it did not name."""
    reply = core.ask(command)
    assert isinstance(reply, Refusal), reply
    assert reply.reason == "unaware"
    return [each.id for each in reply.detail.intents], [each.id for each in reply.detail.constraints]


@pytest.mark.parametrize(
    "meets",
    [
        extent(start=SOON + HOUR, end=SOON + 2 * HOUR),
        extent(start=SOON - HOUR, end=SOON),
        extent(lower=100_000, upper=200_000),
        extent(lower=-5, upper=0),
        extent(cells=HERE + THERE, start=SOON - HOUR, end=SOON + HOUR, lower=-5, upper=500_000),
        extent(start=SOON + 5, end=SOON + 5, lower=7, upper=7),
    ],
)
def test_touching_in_time_or_height_is_meeting(core, meets):
    accepted(core, put_intent(ALICE, 1))
    assert missing(core, put_intent(BOB, 2, extent=meets)) == ([id_of(1)], [])


@pytest.mark.parametrize(
    "misses",
    [
        extent(start=SOON + HOUR + 1, end=SOON + 2 * HOUR),
        extent(start=SOON - HOUR, end=SOON - 1),
        extent(lower=100_001, upper=200_000),
        extent(lower=-5, upper=-1),
        extent(cells=THERE),
    ],
)
def test_what_does_not_meet_need_not_be_named(core, misses):
    accepted(core, put_intent(ALICE, 1))
    accepted(core, put_intent(BOB, 2, extent=misses))


def test_a_former_version_is_not_enough_and_ones_own_intents_count(core):
    first = accepted(core, put_intent(ALICE, 1))
    second = accepted(core, put_intent(ALICE, 1, ovn=first.reference.ovn))
    stale = frozenset({first.reference.ovn})
    assert missing(core, put_intent(BOB, 2, named_ovns=stale)) == ([id_of(1)], [])
    assert missing(core, put_intent(ALICE, 3, named_ovns=stale)) == ([id_of(1)], [])
    accepted(core, put_intent(ALICE, 3, named_ovns=frozenset({second.reference.ovn})))
    accepted(core, put_intent(ALICE, 3, ovn=core.ask(c.GetIntent(ALICE, id_of(3))).reference.ovn,
                              named_ovns=frozenset({second.reference.ovn})))  # fmt: skip


def test_an_expired_intent_counts_until_it_is_gone(core):
    first = accepted(core, put_intent(ALICE, 1))
    core.ask(c.GetIntent(BOB, id_of(1)))
    core.ask(c.SetAvailability(CAROL, "x", "", c.Availability.NORMAL), 30 * HOUR)
    assert missing(core, put_intent(BOB, 2)) == ([id_of(1)], [])
    core.ask(c.EndIntent(ALICE, id_of(1), first.reference.ovn))
    accepted(core, put_intent(BOB, 2))


def test_constraints_count_for_who_asked_to_be_told_of_them(core):
    constraint = accepted(core, put_constraint(ALICE, 5, extent=extent(lower=None, upper=None)))
    accepted(core, put_intent(BOB, 1, extent=extent(lower=500_000, upper=500_001)))
    asks = c.NewSubscription("https://b.example", True)
    assert missing(core, put_intent(BOB, 2, new_subscription=asks)) == ([], [id_of(5)])
    sub = accepted(core, put_subscription(BOB, 7, constraints=True)).subscription.id
    assert missing(core, put_intent(BOB, 2, subscription=sub)) == ([], [id_of(5)])
    accepted(core, put_intent(BOB, 2, subscription=sub, named_ovns=frozenset({constraint.reference.ovn})))


def test_who_is_down_need_not_be_known_while_only_accepted_and_the_record_says_so(core):
    accepted(core, put_intent(ALICE, 1))
    first = accepted(core, put_intent(ALICE, 2, extent=extent(lower=200_000, upper=300_000)))
    accepted(core, put_intent(ALICE, 2, ovn=first.reference.ovn, extent=extent(lower=200_000, upper=300_000),
                              state=STANDS.ACTIVATED, new_subscription=NEW))  # fmt: skip
    accepted(core, put_intent(CAROL, 3, extent=extent(lower=400_000, upper=500_000)))
    handles = {each.id: each.handle for each in core.machine.strategic.intents.values()}
    accepted(core, c.SetAvailability(CAROL, "alice", "", c.Availability.DOWN))
    everything = put_intent(BOB, 4, extent=extent(lower=0, upper=500_000))
    assert missing(core, everything) == ([id_of(2), id_of(3)], [])
    named = frozenset(each.ovn for each in core.machine.strategic.intents.values() if each.handle != handles[id_of(1)])
    reply = accepted(core, everything, named_ovns=named)
    unaware = last(core).unaware
    assert (unaware.entries, unaware.count) == ([handles[id_of(1)]], 1)
    assert unaware.digest == digest([handles[id_of(1)]])

    # Astray: what was not known, of those that are Down and those that are not, is recorded alike.
    accepted(core, everything, ovn=reply.reference.ovn, state=STANDS.CONTINGENT, new_subscription=NEW)
    assert last(core).unaware.entries == sorted(handles.values())

    # Up again: it must be known again.
    version = core.ask(c.GetAvailability(BOB, "alice")).version
    accepted(core, c.SetAvailability(CAROL, "alice", version, c.Availability.NORMAL))
    assert missing(core, put_intent(CAROL, 9, named_ovns=named)) == ([id_of(1), id_of(4)], [])


@pytest.mark.parametrize("state", [STANDS.NONCONFORMING, STANDS.CONTINGENT])
def test_who_goes_astray_is_never_refused_for_ignorance_clock_or_quota(core, state):
    accepted(core, put_intent(ALICE, 1))
    reply = accepted(core, put_intent(BOB, 2, extent=extent(lower=500_000, upper=500_001)))
    core.machine.strategic.rules = replace(
        core.machine.strategic.rules, live_cells=1, live_intents=1, live_subscriptions=0
    )
    astray = put_intent(
        BOB, 2, ovn=reply.reference.ovn, state=state, extent=extent(cells=HERE + THERE), new_subscription=NEW
    )
    at = core.machine.time_us + SECOND
    told = core.tell(astray, stamp(77, at, uncertain_us=5_000_000))
    assert isinstance(told.reply, r.IntentChanged)
    assert last(core).uncertain == 5_000_000
    assert last(core).unaware.count == 1
    assert folded(core.journal).state_hash() == core.machine.state_hash()
    nominal = core.ask(replace(astray, ovn=told.reply.reference.ovn, state=STANDS.ACTIVATED, named_ovns=frozenset()))
    assert isinstance(nominal, Refusal)


def test_what_was_known_is_not_recorded_as_unknown(core):
    first = accepted(core, put_intent(ALICE, 1))
    accepted(core, put_intent(BOB, 2, named_ovns=frozenset({first.reference.ovn})))
    assert b"unaware" not in core.journal[-1].facts
