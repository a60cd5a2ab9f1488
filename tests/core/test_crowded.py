"""A place where very much stands: whoever would have to look at all of it is refused, but for who warns and who ends."""

from __future__ import annotations

from struct import pack

import pytest

from beforehand.core.stamp import Refusal
from beforehand.core.strategic import commands as c
from beforehand.core.strategic import replies as r
from beforehand.core.strategic import search
from beforehand.core.strategic.decide import crowds

from .asking import ALICE, BOB, HERE, HOUR, SOON, THERE, extent, id_of, put_constraint, put_intent, put_subscription
from .driving import Driver

OBJECTS = 200


def wide(count: int, first: int = 0) -> bytes:
    """So many cells, one after another along the curve."""
    return pack(f">{count}I", *(0x478EB004 + 8 * at for at in range(first, first + count)))


@pytest.fixture
def core(monkeypatch):
    """So many intents here, one above the other, that one more makes it a crowd."""
    monkeypatch.setattr(search, "OBJECTS_MAX", OBJECTS)
    core = Driver()
    for number in range(OBJECTS):
        core.ask(put_intent(ALICE, number, extent=extent(lower=10 * number, upper=10 * number + 9)))
    return core


def reason(reply):
    return reply.reason if isinstance(reply, Refusal) else None


def above(number):
    return put_intent(ALICE, number, extent=extent(lower=10 * number, upper=10 * number + 9))


def test_nobody_searches_or_plans_where_more_stands_than_one_search_looks_at(core):
    query = c.QueryIntents(BOB, extent(lower=0, upper=5))
    subscribing = put_subscription(BOB, 900)
    assert len(core.ask(query).references) == 1
    assert isinstance(core.ask(subscribing), r.SubscriptionChanged)
    core.ask(above(OBJECTS))
    assert reason(core.ask(query)) == "too_many_results"
    assert reason(core.ask(above(OBJECTS + 1))) == "too_many_results"
    assert reason(core.ask(put_subscription(BOB, 901))) == "too_many_results"
    elsewhere = c.QueryIntents(BOB, extent(start=SOON + 2 * HOUR, end=SOON + 3 * HOUR))
    assert core.ask(elsewhere).references == ()
    assert core.ask(c.QueryIntents(BOB, extent(cells=THERE))).references == ()


def test_who_warns_or_ends_is_not_refused_for_the_crowd(core):
    core.ask(above(OBJECTS))
    mine = core.machine.strategic.intents[min(core.machine.strategic.intents)]
    new = c.NewSubscription("https://uss.example.com/x", False)
    over_all = extent(lower=0, upper=100_000)
    accepted = put_intent(ALICE, 0, ovn=mine.ovn, extent=over_all)
    assert reason(core.ask(accepted)) == "too_many_results"
    warning = put_intent(
        ALICE, 0, ovn=mine.ovn, extent=over_all, state=c.IntentState.NONCONFORMING, new_subscription=new
    )
    told = core.ask(warning)
    assert isinstance(told, r.IntentChanged)
    assert isinstance(core.ask(c.EndIntent(ALICE, id_of(0), told.reference.ovn)), r.IntentChanged)


@pytest.mark.parametrize("kind", ["constraints", "subscriptions"])
def test_crowds_of_constraints_and_of_subscriptions_are_crowds_too(kind, monkeypatch):
    monkeypatch.setattr(search, "OBJECTS_MAX", 3)
    core = Driver()
    put, query = {
        "constraints": (put_constraint, c.QueryConstraints),
        "subscriptions": (put_subscription, c.QuerySubscriptions),
    }[kind]
    for number in range(5):
        assert reason(core.ask(put(ALICE, number))) == (
            "too_many_results" if kind == "subscriptions" and number == 4 else None
        )
    assert reason(core.ask(query(ALICE, extent()))) == "too_many_results"


def test_few_objects_with_very_many_places_in_common_are_a_crowd(monkeypatch):
    monkeypatch.setattr(search, "WINDOWS_MAX", 130)
    core = Driver()
    scattered = pack(">40I", *(0x478E0004 + 512 * at for at in range(40)))
    for number in range(4):
        core.ask(put_intent(ALICE, number, extent=extent(scattered, lower=10 * number, upper=10 * number + 9)))
    assert reason(core.ask(c.QueryIntents(BOB, extent(scattered)))) == "too_many_results"
    assert len(core.ask(c.QueryIntents(BOB, extent(scattered[:80]))).references) == 4


def test_a_subscription_gives_up_no_cell_that_an_intent_on_it_needs():
    core = Driver()
    cells = wide(200)
    made = core.ask(put_subscription(ALICE, 1, extent=extent(cells)))
    for number, (first, count) in enumerate([(0, 1), (10, 70), (199, 1)]):
        core.ask(put_intent(ALICE, 10 + number, extent=extent(wide(count, first)), subscription=id_of(1)))
    version = made.subscription.version
    for kept in (wide(199), wide(199, 1), wide(9) + wide(190, 10)[4:], HERE):
        assert (
            reason(core.ask(put_subscription(ALICE, 1, version=version, extent=extent(kept))))
            == "dependents_not_covered"
        )
    enough = wide(1) + wide(70, 10) + wide(1, 199)
    assert isinstance(
        core.ask(put_subscription(ALICE, 1, version=version, extent=extent(enough))), r.SubscriptionChanged
    )


def test_subscriptions_on_which_very_many_intents_hang_are_not_listed_together(monkeypatch):
    monkeypatch.setattr(r, "MAX_DEPENDENTS", 4)
    core = Driver()
    for number in range(2):
        core.ask(put_subscription(ALICE, number))
    for number in range(5):
        core.ask(
            put_intent(ALICE, 10 + number, extent=extent(lower=10 * number, upper=10 * number + 9),
                       subscription=id_of(number % 2)))  # fmt: skip
    refused = core.ask(c.QuerySubscriptions(ALICE, extent()))
    assert refused == crowds.too_many_dependents(5).reply
    assert len(core.ask(c.GetSubscription(ALICE, id_of(0))).subscription.dependents) == 3
