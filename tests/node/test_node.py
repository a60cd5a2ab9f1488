"""A node's life: callers that go away, faults of ours, and its end."""

from __future__ import annotations

import asyncio

import pytest

from beforehand.core.machine import Machine
from beforehand.core.strategic.commands import FileReport
from beforehand.core.strategic.events import IntentAccepted
from beforehand.engine.protocol import Damaged
from beforehand.node.decide import Broken
from beforehand.node.node import CLOSE_S
from beforehand.node.outcomes import NotDone, OutcomeUnknown
from beforehand.record.entry import MAX_PADDED_BYTES
from beforehand.testing.faulty import Fault

from .world import asked, in_simulation, outcomes, settled


async def accepted(world):
    return [event for event in await world.events() if isinstance(event, IntentAccepted)]


@in_simulation
async def test_who_goes_away_while_waiting_leaves_no_trace_but_the_entry(world):
    node = await world.open()
    party = world.party("uss-a")
    world.engine.fault_next(Fault.HANGS)
    gone, gone_too, stays = await asked(*(node.ask(party.plan(place)) for place in range(3)))
    gone.cancel()
    gone_too.cancel()
    await settled()
    world.engine.let_go()
    await stays
    assert node.waiting == 0
    assert len(await accepted(world)) == 3
    assert len((await node.ask(party.look(0, 1, 2))).references) == 3


@in_simulation
async def test_who_goes_away_while_deadlines_are_met_changes_nothing(world, monkeypatch):
    node = await world.open()
    looked = await asked(node.ask(world.party("uss-a").look(0)))
    monkeypatch.setattr(type(node._deadlines), "due_by", lambda *_: True)
    going = await asked(*(node.ask(world.party("uss-a").plan(place)) for place in range(3)))
    for each in going:
        each.cancel()
    await settled()
    monkeypatch.undo()
    await node.ask(world.party("uss-b").plan(5))
    assert len(await accepted(world)) == 1
    assert all(each.done() for each in looked)


@in_simulation
async def test_an_exception_in_decide_is_its_callers_alone(world, monkeypatch):
    node = await world.open()
    decide = Machine.decide
    doomed = world.party("uss-a").plan(0)

    def decides(machine, command, stamp):
        if command is doomed:
            raise ZeroDivisionError
        return decide(machine, command, stamp)

    monkeypatch.setattr(Machine, "decide", decides)
    before = node._machine.state_hash()
    with pytest.raises(ZeroDivisionError):
        await node.ask(doomed)
    assert node._machine.state_hash() == before
    assert node.ready() is None
    await node.ask(world.party("uss-a").plan(0))
    assert len(await accepted(world)) == 1


@in_simulation
async def test_an_event_that_cannot_be_written_changes_nothing(world):
    """The party is bound by an entry of its own before the report: neither is written, and the chain is whole."""
    node = await world.open()
    with pytest.raises(ValueError, match="content"):
        await node.ask(FileReport(world.party("uss-a").caller, bytes(MAX_PADDED_BYTES)))
    await node.ask(world.party("uss-b").plan(0))
    assert node._machine.state_hash() == (await world.folded()).state_hash()


@in_simulation
async def test_an_exception_in_fold_ends_the_node_and_loses_nothing_that_was_decided(world, monkeypatch):
    node = await world.open()
    world.engine.fault_next(Fault.HANGS)
    in_flight, behind = await asked(*(node.ask(world.party("uss-a").plan(place)) for place in (0, 1)))
    fold = Machine.fold

    def folds(machine, event, content, time_us):
        if isinstance(event, IntentAccepted):
            raise ZeroDivisionError
        fold(machine, event, content, time_us)

    monkeypatch.setattr(Machine, "fold", folds)
    # The new party's binding is folded, its plan is not: state is half changed.
    [broken] = await asked(node.ask(world.party("uss-b").plan(2)))
    with pytest.raises(Broken):
        await broken
    monkeypatch.undo()
    with pytest.raises(Broken):
        node._decider.decide(world.party("uss-a").plan(4), node._timeline.stamp())
    await asyncio.wait_for(node.failed(), 1)
    for question in (world.party("uss-a").look(0), world.party("uss-b").plan(3)):
        with pytest.raises(NotDone):
            await node.ask(question)
    world.engine.let_go()
    assert [each.created for each in await outcomes([in_flight, behind])] == [True, True]
    await node.close()
    assert len(await accepted(world)) == 2
    assert "uss-b" not in (await world.folded()).strategic.parties
    await (await world.open()).ask(world.party("uss-b").plan(2))


@in_simulation
async def test_a_deadline_that_cannot_be_folded_ends_the_node(world, monkeypatch):
    node = await world.open()

    async def breaks():
        raise Broken

    monkeypatch.setattr(node._deadlines, "catch_up", breaks)
    await asyncio.wait_for(node.failed(), 1)
    with pytest.raises(NotDone):
        await node.ask(world.party("uss-a").look(0))


@in_simulation
async def test_waits_end_whatever_happens_to_what_else_is_looked_at(world, monkeypatch):
    node = await world.open()

    def fails():
        raise ZeroDivisionError

    monkeypatch.setattr(node._timeline, "correct", fails)
    world.engine.fault_next(Fault.HANGS)
    [write] = await asked(node.ask(world.party("uss-a").plan(0)))
    await asyncio.sleep(6)
    assert isinstance((await outcomes([write]))[0], OutcomeUnknown)


@in_simulation
async def test_closing_commits_what_is_decided_and_answers_it(world):
    node = await world.open()
    world.engine.fault_next(Fault.HANGS)
    writes = await asked(*(node.ask(world.party("uss-a").plan(place)) for place in range(3)))
    closing = asyncio.ensure_future(node.close())
    await settled()
    with pytest.raises(NotDone):
        await node.ask(world.party("uss-a").plan(9))
    world.engine.fault_next(Fault.HANGS)
    world.engine.let_go()
    await settled()
    assert writes[0].done()
    assert not writes[1].done()
    assert not closing.done()
    world.engine.let_go()
    await closing
    assert all(each.created for each in await outcomes(writes))
    assert len(await accepted(world)) == 3


@in_simulation
async def test_closing_does_not_wait_for_ever_and_tells_who_waits(world):
    node = await world.open()
    party = world.party("uss-a")
    world.engine.fault_next(Fault.HANGS)
    [in_flight] = await asked(node.ask(party.plan(0)))
    behind, read = await asked(node.ask(party.plan(1)), node.ask(party.look(0)))
    before = asyncio.get_running_loop().time()
    await node.close()
    assert asyncio.get_running_loop().time() - before <= 2 * CLOSE_S
    told = [type(each) for each in await outcomes([in_flight, behind, read])]
    assert told == [OutcomeUnknown, NotDone, NotDone]


@in_simulation
async def test_closing_twice_is_no_error(world):
    node = await world.open()
    await node.close()
    await node.close()


@in_simulation
async def test_an_engine_that_does_not_close_is_left(world):
    node = await world.open()

    async def hangs():
        await asyncio.sleep(1e6)

    world.engine.close = hangs
    before = asyncio.get_running_loop().time()
    await node.close()
    assert asyncio.get_running_loop().time() - before <= 2 * CLOSE_S
    del world.engine.close


@in_simulation
async def test_a_journal_that_cannot_be_folded_is_let_go_of(world, monkeypatch):
    await (await world.open()).close()
    closed = []

    async def close():
        closed.append(True)

    async def read(start, limit):
        raise Damaged("damaged", 0)

    monkeypatch.setattr(world.engine, "close", close)
    monkeypatch.setattr(world.engine, "read", read)
    with pytest.raises(Damaged):
        await world.open()
    assert closed
