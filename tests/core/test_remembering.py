"""What is remembered for a while: answers to deletions, and OVNs that were requested."""

from __future__ import annotations

import pytest

from beforehand.core.stamp import Refusal
from beforehand.core.strategic import commands as c
from beforehand.core.strategic import replies as r
from beforehand.core.strategic.fold import remembering

from .asking import ALICE, BOB, extent, id_of, put_constraint, put_intent, put_subscription
from .driving import Driver, folded
from .invariants import check

TEN_MINUTES = 600_000_000
SUFFIX = "01a0c44f-3380-7000-8000-000000000000"


def reason(reply):
    return reply.reason if isinstance(reply, Refusal) else "done"


def made(core, kind):
    """Alice makes one of the kind; returns the command that ends it."""
    if kind == "intent":
        reply = core.ask(put_intent(ALICE, 1, new_subscription=c.NewSubscription("https://a.example", False)))
        return c.EndIntent(ALICE, id_of(1), reply.reference.ovn)
    if kind == "constraint":
        reply = core.ask(put_constraint(ALICE, 1))
        return c.EndConstraint(ALICE, id_of(1), reply.reference.ovn)
    reply = core.ask(put_subscription(ALICE, 1))
    return c.EndSubscription(ALICE, id_of(1), reply.subscription.version)


KINDS = ["intent", "constraint", "subscription"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_deletion_asked_again_within_ten_minutes_has_the_same_answer_and_no_entry(kind):
    core = Driver()
    core.ask(put_subscription(BOB, 2, intents=True, constraints=True))
    end = made(core, kind)
    first = core.ask(end)
    entries = len(core.journal)
    assert core.ask(end, 1) == first
    assert core.ask(end, TEN_MINUTES) == first
    assert len(core.journal) == entries
    assert reason(core.ask(end, TEN_MINUTES + 1)) == "not_found"


@pytest.mark.parametrize("kind", KINDS)
def test_another_party_or_another_ovn_gets_nothing_of_a_deletion(kind):
    core = Driver()
    end = made(core, kind)
    core.ask(end)
    field = "version" if kind == "subscription" else "ovn"
    others = {"id": end.id, field: getattr(end, field), "caller": BOB}
    assert reason(core.ask(type(end)(**others))) == "not_found"
    assert reason(core.ask(type(end)(**{**others, "caller": ALICE, field: "x"}))) == "not_found"


@pytest.mark.parametrize("kind", KINDS)
def test_each_deletion_under_an_id_is_remembered(kind):
    core = Driver()
    first = made(core, kind)
    former = core.ask(first)
    second = made(core, kind)
    assert reason(core.ask(first)) == "not_current"
    answer = core.ask(second, TEN_MINUTES // 2)
    assert core.ask(first) == former
    other = core.ask(put_subscription(ALICE, 55))
    core.ask(c.EndSubscription(ALICE, id_of(55), other.subscription.version), TEN_MINUTES // 2 + 1)
    check(core.machine)
    assert len(core.machine.strategic.parties["alice"].deletions) == 2
    assert core.ask(second, 1) == answer, "forgetting the first deletion leaves the second"


def test_nobody_makes_another_lose_the_answer_to_a_deletion_by_taking_the_id():
    core = Driver()
    end = made(core, "intent")
    answer = core.ask(end)
    taken = core.ask(put_intent(BOB, 1))
    assert reason(core.ask(end)) == "owned_by_another"
    core.ask(c.EndIntent(BOB, id_of(1), taken.reference.ovn))
    assert core.ask(end) == answer


def test_what_is_remembered_of_a_party_is_bounded_and_its_oldest_go_first(monkeypatch):
    monkeypatch.setattr(remembering, "REMEMBERED_DELETIONS_MAX", 5)
    core = Driver()
    bobs = core.ask(put_subscription(BOB, 50))
    bobs_end = c.EndSubscription(BOB, id_of(50), bobs.subscription.version)
    core.ask(bobs_end)
    ends = []
    for number in range(8):
        reply = core.ask(put_subscription(ALICE, number))
        end = c.EndSubscription(ALICE, id_of(number), reply.subscription.version)
        core.ask(end)
        ends.append(end)
        check(core.machine)
        assert core.machine.strategic.parties["alice"].weight <= 5
    assert [reason(core.ask(end, 1)) for end in ends] == ["not_found"] * 3 + ["done"] * 5
    assert reason(core.ask(bobs_end)) == "done", "nobody pushes out what another's deletions were answered"
    for number in range(3):
        core.ask(put_subscription(ALICE, 100 + number))
    core.ask(made(core, "intent"))
    check(core.machine)
    assert core.machine.strategic.parties["alice"].weight == 5
    core.ask(c.EndSubscription(ALICE, id_of(100), core.ask(c.GetSubscription(ALICE, id_of(100))).subscription.version))
    assert core.machine.strategic.parties["alice"].weight == 1
    assert folded(core.journal).state_hash() == core.machine.state_hash()


def test_a_deletion_that_raised_more_than_is_remembered_is_remembered_itself(monkeypatch):
    core = Driver()
    for number in range(9):
        core.ask(put_subscription(BOB, number))
    monkeypatch.setattr(remembering, "REMEMBERED_DELETIONS_MAX", 5)
    for _ in range(2):
        end = made(core, "intent")
        answer = core.ask(end)
        assert len(answer.raised) == 10
        assert core.ask(end) == answer
        check(core.machine)


def test_a_requested_ovn_is_given_and_never_returns_while_its_suffix_may_be_sent():
    core = Driver()
    reply = core.ask(put_intent(ALICE, 1, requested_suffix=SUFFIX))
    ovn = reply.reference.ovn
    assert ovn == f"00000000-0000-4000-8000-000000000001_{SUFFIX}"
    assert reason(core.ask(put_intent(ALICE, 1, ovn=ovn, requested_suffix=SUFFIX))) == "ovn_used_before"
    assert reason(
        core.ask(put_intent(ALICE, 2, requested_suffix=SUFFIX, extent=extent(lower=500_000, upper=500_001)))
    ) == ("done"), "with another id it is another OVN"
    assert isinstance(core.ask(c.EndIntent(ALICE, id_of(1), ovn)), r.IntentChanged)
    core.ask(put_subscription(BOB, 1), TEN_MINUTES)
    assert reason(core.ask(put_intent(ALICE, 1, requested_suffix=SUFFIX), 55_000_000)) == "ovn_used_before"
    assert reason(core.ask(put_intent(ALICE, 1))) == "done"


def test_requested_ovns_are_bounded(monkeypatch):
    from beforehand.core.strategic.decide import intents

    monkeypatch.setattr(intents, "REMEMBERED_OVNS_MAX", 1)
    core = Driver()
    core.ask(put_intent(ALICE, 1, requested_suffix=SUFFIX))
    elsewhere = extent(lower=500_000, upper=500_001)
    assert reason(core.ask(put_intent(ALICE, 2, requested_suffix=SUFFIX, extent=elsewhere))) == "quota"
    assert reason(core.ask(put_intent(ALICE, 2, extent=elsewhere))) == "done"
    beyond = extent(lower=600_000, upper=600_001)
    assert reason(core.ask(put_intent(BOB, 3, requested_suffix=SUFFIX, extent=beyond))) == "done"
    core.ask(put_subscription(BOB, 9), 2 * TEN_MINUTES)
    highest = extent(lower=700_000, upper=700_000)
    assert reason(core.ask(put_intent(ALICE, 4, requested_suffix=SUFFIX, extent=highest))) == "done"
