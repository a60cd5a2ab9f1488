"""What is long over goes, in small turns, and whatever it leaves behind is whole."""

from __future__ import annotations

from beforehand.core.strategic import commands as c
from beforehand.core.strategic import events as e
from beforehand.core.strategic.decide import retention
from beforehand.core.strategic.ends import BUCKET_US, INTENTS, Ends
from beforehand.core.strategic.state import Rules

from .asking import ALICE, HERE, HOUR, SOON, THERE, extent, id_of, put_constraint, put_intent, put_subscription
from .driving import Driver, folded, stamp
from .invariants import check

DAY = 24 * HOUR
NEW = c.NewSubscription("https://a.example", False)


def at_level(number, **given):
    return extent(lower=1000 * number, upper=1000 * number + 999, **given)


def turns(core, now_us):
    """The evictions that are due at a time, done until none is."""
    done: list[e.Evicted] = []
    while core.machine.due(now_us, 10):
        for command in core.machine.due(now_us, 10):
            done += core.tell(command, stamp(10_000 + len(done), now_us + len(done))).events
            check(core.machine)
    return done


def test_nothing_goes_before_its_time_is_over_for_as_long_as_the_operator_said():
    core = Driver(Rules(evict_after_us=DAY))
    core.ask(put_intent(ALICE, 1))
    assert core.machine.next_due() is not None
    assert core.machine.next_due() >= SOON + HOUR + DAY
    assert core.machine.next_due() <= SOON + HOUR + DAY + BUCKET_US
    assert core.machine.due(core.machine.next_due() - 1, 10) == []
    (gone,) = turns(core, core.machine.next_due())
    assert len(gone.intents) == 1
    assert core.machine.strategic.intents == {}
    assert core.machine.next_due() is None


def test_an_intent_takes_along_the_implicit_subscription_that_only_it_needs():
    core = Driver(Rules(evict_after_us=0))
    first = core.ask(put_intent(ALICE, 1, extent=at_level(1), new_subscription=NEW))
    shared = first.reference.subscription
    late = at_level(2, end=SOON + DAY)
    core.ask(put_intent(ALICE, 2, extent=late, subscription=shared))
    core.ask(put_intent(ALICE, 3, extent=at_level(3), new_subscription=NEW))
    assert len(core.machine.strategic.subscriptions) == 2
    (gone,) = turns(core, SOON + 2 * HOUR)
    assert (len(gone.intents), len(gone.dropped)) == (2, 1)
    assert shared in core.machine.strategic.subscription_ids
    (gone,) = turns(core, SOON + 2 * DAY)
    assert (len(gone.intents), len(gone.dropped)) == (1, 1)
    assert core.machine.strategic.subscriptions == {}
    assert core.machine.strategic.parties["alice"].cells == 0
    assert folded(core.journal).state_hash() == core.machine.state_hash()


def test_constraints_and_explicit_subscriptions_go_too_and_intents_before_what_they_hang_on():
    core = Driver(Rules(evict_after_us=0))
    sub = core.ask(put_subscription(ALICE, 1))
    for number in range(4):
        core.ask(put_intent(ALICE, number, extent=at_level(number), subscription=sub.subscription.id))
    core.ask(put_constraint(ALICE, 1))
    for limit in (3, 2, 1):
        command = c.EvictExpired(SOON + 2 * HOUR, limit)
        told = core.tell(command, stamp(20_000 + limit, max(core.machine.time_us + 1, SOON + 2 * HOUR)))
        (gone,) = told.events
        assert len(gone.intents) + len(gone.constraints) + len(gone.subscriptions) == limit
        check(core.machine)
    assert core.machine.strategic.subscriptions == {}
    assert core.machine.strategic.intents == {}


def test_one_turn_takes_no_more_than_so_many_objects_and_cells(monkeypatch):
    monkeypatch.setattr(retention, "EVICT_MAX", 5)
    monkeypatch.setattr(retention, "EVICT_CELLS_MAX", 6)
    core = Driver(Rules(evict_after_us=0))
    for number in range(12):
        core.ask(put_intent(ALICE, number, extent=at_level(number)))
    for number in range(12, 20):
        core.ask(put_intent(ALICE, number, extent=at_level(number, cells=HERE + THERE)))
    gone = turns(core, SOON + 2 * HOUR)
    assert core.machine.strategic.intents == {}
    cells = {handle: 1 if handle < 14 else 2 for each in gone for handle in each.intents}
    assert len(cells) == 20
    for each in gone:
        assert 1 <= len(each.intents) <= 5
        assert sum(cells[handle] for handle in each.intents[:-1]) < 6
        assert each.intents == sorted(each.intents)


def test_no_turn_takes_more_than_a_turn_may_whatever_is_asked(monkeypatch):
    monkeypatch.setattr(retention, "EVICT_MAX", 2)
    core = Driver()
    for number in range(3):
        core.ask(put_intent(ALICE, number, extent=at_level(number)))
    (gone,) = core.tell(c.EvictExpired(SOON + DAY, 100), stamp(30_000, SOON + DAY)).events
    assert len(gone.intents) == 2


def test_the_longest_ended_goes_first():
    core = Driver(Rules(evict_after_us=0))
    for number in (3, 1, 2):
        core.ask(put_intent(ALICE, number, extent=at_level(number, end=SOON + number * HOUR)))
    gone = turns(core, SOON + DAY)
    assert [each.intents for each in gone] == [[3], [4], [2]]


def test_an_id_that_was_evicted_can_be_used_anew():
    core = Driver(Rules(evict_after_us=0))
    first = core.ask(put_intent(ALICE, 1))
    turns(core, SOON + 2 * HOUR)
    again = core.ask(put_intent(ALICE, 1, extent=extent(start=SOON + DAY, end=SOON + DAY)))
    assert again.created
    assert again.reference.version == 1
    assert again.reference.ovn != first.reference.ovn
    assert core.ask(c.GetIntent(ALICE, id_of(1))).reference == again.reference


def test_buckets_that_come_and_go_leave_nothing_behind():
    ends = Ends()
    ends.add(INTENTS, 5 * BUCKET_US, 1)
    for number in range(10, 2000):
        ends.add(INTENTS, number * BUCKET_US, number)
        ends.remove(INTENTS, number * BUCKET_US, number)
        assert ends.earliest() == 5
    assert len(ends._heap) <= 70
    ends.remove(INTENTS, 5 * BUCKET_US, 1)
    assert ends.earliest() is None
    assert ends.buckets == {}
