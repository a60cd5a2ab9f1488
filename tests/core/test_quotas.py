"""Everything a party may hold, and everything one act may touch, has a limit, and whoever meets it is told which."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from beforehand.core.stamp import Caller, Refusal
from beforehand.core.strategic import commands as c
from beforehand.core.strategic import replies as r
from beforehand.core.strategic import state as s
from beforehand.core.strategic.decide import attachment, availability, parties
from beforehand.core.strategic.state import Rules

from .asking import ALICE, BOB, HERE, THERE, extent, id_of, put_constraint, put_intent, put_subscription
from .driving import Driver

NEW = c.NewSubscription("https://a.example", False)


def at_level(number, **given):
    return extent(lower=1000 * number, upper=1000 * number + 999, **given)


def reason(reply):
    return reply.reason if isinstance(reply, Refusal) else "done"


def test_intents_and_constraints_share_a_quota_and_others_have_their_own():
    core = Driver(Rules(live_intents=2))
    first = core.ask(put_intent(ALICE, 1, extent=at_level(1)))
    assert reason(core.ask(put_constraint(ALICE, 1))) == "done"
    refused = core.ask(put_intent(ALICE, 2, extent=at_level(2)))
    assert refused.reason == "quota"
    assert "you hold 2, this would add 1, the limit is 2" in refused.message
    assert reason(core.ask(put_constraint(ALICE, 2))) == "quota"
    assert reason(core.ask(put_intent(BOB, 3, extent=at_level(3)))) == "done"
    assert reason(core.ask(put_intent(ALICE, 1, ovn=first.reference.ovn, extent=at_level(1)))) == "done"


def test_cells_of_intents_constraints_and_subscriptions_count_together():
    core = Driver(Rules(live_cells=6))
    two = HERE + THERE
    core.ask(put_constraint(ALICE, 1, extent=extent(cells=two)))
    core.ask(put_intent(ALICE, 1, extent=at_level(1, cells=HERE), new_subscription=NEW))
    refused = core.ask(put_subscription(ALICE, 1, extent=extent(cells=two + bytes.fromhex("478eb534"))))
    assert reason(refused) == "quota"
    sub = core.ask(put_subscription(ALICE, 1, extent=extent(cells=two)))
    assert reason(sub) == "done"
    assert reason(core.ask(put_subscription(ALICE, 2))) == "quota"
    core.ask(c.EndSubscription(ALICE, id_of(1), sub.subscription.version))
    assert reason(core.ask(put_subscription(ALICE, 2))) == "done"


def test_an_implicit_subscription_that_replaces_another_takes_no_more_than_it_gives_back():
    core = Driver(Rules(live_subscriptions=1, live_cells=2))
    first = core.ask(put_intent(ALICE, 1, new_subscription=NEW))
    again = core.ask(put_intent(ALICE, 1, ovn=first.reference.ovn, new_subscription=NEW))
    assert reason(again) == "done"
    assert again.reference.subscription != first.reference.subscription
    assert reason(core.ask(put_intent(ALICE, 2, extent=at_level(200), new_subscription=NEW))) == "quota"


def test_an_implicit_subscription_is_extended_within_the_quota_and_up_to_a_limit(monkeypatch):
    core = Driver(Rules(live_cells=5))
    first = core.ask(put_intent(ALICE, 1, extent=at_level(1, cells=HERE), new_subscription=NEW))
    more = put_intent(ALICE, 1, ovn=first.reference.ovn, subscription=first.reference.subscription)
    three = HERE + THERE + bytes.fromhex("478eb534")
    assert reason(core.ask(replace(more, extent=at_level(1, cells=three)))) == "quota"
    monkeypatch.setattr(attachment, "EXTENDED_CELLS_MAX", 1)
    assert reason(core.ask(replace(more, extent=at_level(1, cells=HERE + THERE)))) == "subscription_not_covering"
    monkeypatch.setattr(attachment, "EXTENDED_CELLS_MAX", 2)
    assert reason(core.ask(replace(more, extent=at_level(1, cells=HERE + THERE)))) == "done"


def test_so_many_parties_may_write_and_others_may_still_ask(monkeypatch):
    monkeypatch.setattr(parties, "PARTIES_MAX", 2)
    core = Driver()
    for caller in (ALICE, BOB):
        assert reason(core.ask(c.FileReport(caller, b"x"))) == "done"
    late = Caller("https://issuer.example", "late")
    for command in (
        put_intent(late, 1), put_constraint(late, 1), put_subscription(late, 1), c.FileReport(late, b"x"),
        c.SetAvailability(late, "x", "", c.Availability.DOWN),
    ):  # fmt: skip
        assert reason(core.ask(command)) == "quota"
    assert reason(core.ask(c.QueryIntents(late, extent()))) == "done"
    assert reason(core.ask(put_intent(ALICE, 1))) == "done"


def test_availability_is_kept_for_so_many(monkeypatch):
    monkeypatch.setattr(availability, "PARTIES_MAX", 1)
    core = Driver()
    first = core.ask(c.SetAvailability(ALICE, "x", "", c.Availability.DOWN))
    assert reason(core.ask(c.SetAvailability(ALICE, "y", "", c.Availability.DOWN))) == "quota"
    assert reason(core.ask(c.SetAvailability(ALICE, "x", first.version, c.Availability.NORMAL))) == "done"


def test_so_many_of_ones_own_subscriptions_meet_and_nobody_else_is_hindered(monkeypatch):
    monkeypatch.setattr(s, "MEETING_SUBSCRIPTIONS_MAX", 2)
    core = Driver()
    made = [core.ask(put_subscription(ALICE, number)) for number in range(2)]
    assert reason(core.ask(put_subscription(ALICE, 2))) == "quota"
    assert reason(core.ask(put_intent(ALICE, 1, new_subscription=NEW))) == "quota"
    assert reason(core.ask(put_intent(ALICE, 1, extent=extent(cells=THERE), new_subscription=NEW))) == "done"
    assert reason(core.ask(put_subscription(ALICE, 1, version=made[1].subscription.version))) == "done"
    assert reason(core.ask(put_subscription(BOB, 3))) == "done"


def test_so_many_intents_hang_on_one_subscription(monkeypatch):
    monkeypatch.setattr(attachment, "DEPENDENTS_MAX", 2)
    core = Driver()
    sub = core.ask(put_subscription(ALICE, 9)).subscription.id
    hung = [core.ask(put_intent(ALICE, n, extent=at_level(n), subscription=sub)) for n in range(2)]
    assert reason(core.ask(put_intent(ALICE, 2, extent=at_level(2), subscription=sub))) == "quota"
    again = put_intent(ALICE, 0, ovn=hung[0].reference.ovn, extent=at_level(0), subscription=sub)
    assert reason(core.ask(again)) == "done"


@pytest.mark.parametrize("kind", ["intent", "constraint"])
def test_who_would_have_to_tell_too_many_is_refused_and_nothing_is_half_told(kind, monkeypatch):
    core = Driver()
    for number in range(3):
        core.ask(put_subscription(BOB, number, constraints=True))
    put, end = (put_intent, c.EndIntent) if kind == "intent" else (put_constraint, c.EndConstraint)
    stands = core.ask(put(ALICE, 1))
    monkeypatch.setattr(s, "RAISED_MAX", 3)
    higher = extent(lower=500_000, upper=500_001)
    for command in (put(ALICE, 2, extent=higher), end(ALICE, id_of(1), stands.reference.ovn)):
        assert reason(core.ask(command)) == "too_many_results"
    assert {each.index for each in core.machine.strategic.subscriptions.values()} == {1}


def test_a_search_is_answered_whole_or_not_at_all(monkeypatch):
    core = Driver()
    for number in range(3):
        core.ask(put_intent(ALICE, number, extent=at_level(number)))
        core.ask(put_constraint(ALICE, number))
        core.ask(put_subscription(ALICE, number))
    for most, answer in ((3, "done"), (2, "too_many_results")):
        monkeypatch.setattr(r, "MAX_RESULTS", most)
        for command in (
            c.QueryIntents(BOB, extent()), c.QueryConstraints(BOB, extent()), c.QuerySubscriptions(ALICE, extent()),
            put_subscription(BOB, 10 + most), put_subscription(BOB, 20 + most, intents=False, constraints=True),
        ):  # fmt: skip
            assert reason(core.ask(command)) == answer
