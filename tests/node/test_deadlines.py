"""Nothing is decided at t before everything due at or before t; and what is due holds nothing up for ever."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beforehand.core.machine import Machine
from beforehand.core.stamp import Decision
from beforehand.core.strategic import commands as c
from beforehand.core.strategic import events as e
from beforehand.core.strategic.state import Rules
from beforehand.node.deadlines import HOLD_US
from beforehand.node.decide import Decider
from beforehand.node.outcomes import NotDone
from beforehand.testing.faulty import Fault
from beforehand.testing.simulation import simulate

from .world import World, asked, in_simulation

EVICTS_SOON = Rules(evict_after_us=0)
MINUTE_US = 60_000_000


class Watched(Decider):
    """Checks each time a party's command is decided that nothing is due."""

    checked = 0

    def decide(self, command, time_us):
        if hasattr(command, "caller"):
            due = self.machine.next_due()
            assert due is None or due > time_us
            Watched.checked += 1
        return super().decide(command, time_us)


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), st.integers(0, 40 * MINUTE_US)),
        st.tuples(st.just("sleep"), st.integers(0, 40 * MINUTE_US)),
        st.tuples(st.just("to what is due"), st.integers(-1, 1)),
        st.tuples(st.sampled_from(["plan", "look", "ignore"]), st.integers(0, 3)),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(ACTS)
def test_no_command_is_decided_before_what_is_due_by_then(acts):
    """Both where time passes while the node may look around, and where it passes at a stroke."""
    world = World()

    async def act():
        node = await world.open(rules=EVICTS_SOON)
        node._decider.__class__ = Watched
        for kind, number in acts:
            party = world.party(f"uss-{number % 4}")
            if kind == "pass":
                world.clock.advance(number)
            elif kind == "sleep":
                await asyncio.sleep(number / 1_000_000)
            elif kind == "to what is due":
                due = node._machine.next_due()
                if due is not None:
                    world.clock.advance(max(0, due - node.now_us() + number))
            elif kind == "look":
                await node.ask(party.look(number))
            else:
                # Repeated ignorance is counted at first, and has its entry due a second or a minute later.
                await asyncio.gather(
                    *(node.ask(party.plan(number % 2, lasts_s=300)) for _ in range(1 + 8 * (kind == "ignore")))
                )
        await world.end()

    simulate(world.clock, act())


async def expired(world, node, count):
    """So many intents in as many places, all long over."""
    for place in range(count):
        await node.ask(world.party(f"uss-{place}").plan(place))
    world.clock.advance(60 * MINUTE_US)


@in_simulation
async def test_what_is_due_is_done_without_anyone_asking(world):
    node = await world.open(rules=EVICTS_SOON)
    await expired(world, node, 5)
    await asyncio.sleep(1)
    assert not node._machine.strategic.intents


@in_simulation
async def test_a_warning_goes_before_what_is_due(world):
    node = await world.open(rules=EVICTS_SOON)
    party = world.party("uss-w")
    stands = (await node.ask(party.plan(90, lasts_s=86_000))).reference
    await expired(world, node, 3)
    astray = party.plan(90, id=stands.id, ovn=stands.ovn, state=c.IntentState.NONCONFORMING)
    await asked(node.ask(astray), node.ask(party.look(0)))
    kinds = [type(event) for event in (await world.events())[-2:]]
    assert kinds == [e.IntentAccepted, e.Evicted]


@in_simulation
async def test_where_much_is_due_others_run_between_slices(world, monkeypatch):
    """A backlog of an hour keeps no one from reading the clock, nor a warning from going out."""
    node = await world.open()
    endless(monkeypatch)
    node._deadlines.look()
    party = world.party("uss-a")
    [waits] = await asked(node.ask(party.look(0)))
    for _ in range(100):
        await asyncio.sleep(0)
    assert not waits.done()
    with pytest.raises(NotDone, match="Much became due at once"):
        await pass_time_until_done(world, waits)


@in_simulation
async def test_who_waits_for_deadlines_is_told_when_the_node_ends_meanwhile(world, monkeypatch):
    node = await world.open()
    endless(monkeypatch)
    node._deadlines.look()
    [waits] = await asked(node.ask(world.party("uss-a").plan(0)))
    world.engine.fault_next(Fault.FAILS)
    with pytest.raises(NotDone, match="This node is ending"):
        await pass_time_until_done(world, waits)


async def pass_time_until_done(world, task):
    for _ in range(1_000):
        if task.done():
            break
        world.clock.advance(10_000)
        await asyncio.sleep(0)
    return await task


def endless(monkeypatch):
    """Always something due, and each time it makes an entry."""
    decide = Machine.decide

    def decides(machine, command, stamp):
        if isinstance(command, c.EvictExpired):
            return Decision((e.Evicted(0, [], [], [], []),), (), None)
        return decide(machine, command, stamp)

    monkeypatch.setattr(Machine, "decide", decides)
    monkeypatch.setattr(Machine, "next_due", lambda _: 0)
    monkeypatch.setattr(Machine, "due", lambda *_: [c.EvictExpired(0, 1)])


@in_simulation
async def test_while_nothing_can_be_written_what_is_due_waits_and_reads_are_answered(world, monkeypatch):
    node = await world.open(rules=EVICTS_SOON)
    await expired(world, node, 3)
    monkeypatch.setattr(node._admission.space, "free", 0)
    entries = node.durable
    assert len((await node.ask(world.party("uss-a").look(0, begins_s=-3_600))).references) == 1
    await asyncio.sleep(5)
    assert node.durable == entries
    monkeypatch.setattr(node._admission.space, "free", 1 << 62)
    await node.ask(world.party("uss-a").look(0))
    assert not node._machine.strategic.intents


@in_simulation
async def test_a_deadline_that_cannot_be_decided_stops_nothing_else(world, monkeypatch):
    node = await world.open(rules=EVICTS_SOON)
    await expired(world, node, 3)
    decide = Machine.decide

    def decides(machine, command, stamp):
        if isinstance(command, c.EvictExpired):
            raise ZeroDivisionError
        return decide(machine, command, stamp)

    monkeypatch.setattr(Machine, "decide", decides)
    await node.ask(world.party("uss-a").plan(50))
    assert node._deadlines.faults == 1
    await asyncio.sleep(HOLD_US / 1_000_000 - 2)
    assert node._deadlines.faults == 1
    await asyncio.sleep(4)
    assert node._deadlines.faults == 2
    monkeypatch.setattr(Machine, "decide", decide)
    await asyncio.sleep(HOLD_US / 1_000_000 + 1)
    assert len(node._machine.strategic.intents) == 1


@in_simulation
async def test_a_deadline_that_comes_to_nothing_is_not_tried_without_end(world, monkeypatch):
    node = await world.open()
    monkeypatch.setattr(Machine, "next_due", lambda _: 0)
    monkeypatch.setattr(Machine, "due", lambda *_: [c.CountUnaware("nobody")])
    await node.ask(world.party("uss-a").plan(0))
    await node.ask(world.party("uss-a").plan(1))
