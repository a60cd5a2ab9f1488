"""P8: every list, queue and wait has a limit, and overload is answered early and honestly."""

from __future__ import annotations

import asyncio

import pytest

from beforehand.core.strategic.commands import FileReport, IntentState
from beforehand.node import admit
from beforehand.node.outcomes import NOT_TOLD, NotDone, OutcomeUnknown, TooFast
from beforehand.testing.faulty import Fault
from node.world import World, asked, in_simulation, outcomes


@pytest.fixture
def world():
    return World()


async def hanging(world, node):
    """Have storage hang, with one entry in it."""
    world.engine.fault_next(Fault.HANGS)
    [waits] = await asked(node.ask(world.party("uss-z").plan(1_000)))
    await world.engine.hanging.wait()
    return waits


@in_simulation
async def test_what_waits_for_the_next_commit_is_bounded_in_entries(world):
    node = await world.open(open_batch_entries=10)
    party = world.party("uss-a")
    stands = [(await node.ask(party.plan(place))).reference for place in range(60, 90)]
    await hanging(world, node)
    ordinary = await asked(*(node.ask(party.plan(place)) for place in range(30)))
    warnings = await asked(
        *(node.ask(party.plan(90, id=each.id, ovn=each.ovn, state=IntentState.CONTINGENT)) for each in stands)
    )
    refused = [each.exception() for each in ordinary if each.done()]
    assert len(refused) == 20
    assert all(isinstance(each, NotDone) and "Nothing was done" in str(each) for each in refused)
    refused = [each.exception() for each in warnings if each.done()]
    assert len(refused) == 20  # as much again for warnings alone
    assert all(isinstance(each, NotDone) and str(each).endswith(NOT_TOLD) for each in refused)
    world.engine.let_go()
    answers = await outcomes([*ordinary, *warnings])
    assert sum(not isinstance(each, NotDone) for each in answers) == 20


@in_simulation
async def test_what_waits_for_the_next_commit_is_bounded_in_bytes_of_content_too(world):
    node = await world.open(open_batch_bytes=1 << 20)
    caller = world.party("uss-a").caller
    await hanging(world, node)
    tasks = await asked(*(node.ask(FileReport(caller, bytes(200_000))) for _ in range(20)))
    assert sum(each.done() for each in tasks) == 20 - 4  # of 256 KiB each
    assert node._committer.open_bytes < 2 << 20


@in_simulation
async def test_who_may_wait_is_bounded_in_number(world, monkeypatch):
    monkeypatch.setattr(admit, "WAITING_MAX", 30)
    node = await world.open()
    party = world.party("uss-a")
    await hanging(world, node)
    tasks = await asked(*(node.ask(party.look(0)) for _ in range(100)))
    assert sum(each.done() for each in tasks) == 100 - 29
    assert node.waiting == 30


@in_simulation
async def test_storage_that_hangs_for_ever_costs_no_more_with_time(world):
    """First everyone waits as long as they may; then all are told at once, and nothing piles up."""
    node = await world.open()
    party = world.party("uss-a")
    waits = await hanging(world, node)
    for second in range(60):
        began = asyncio.get_running_loop().time()
        for question in (party.plan(second), party.look(second)):
            with pytest.raises((NotDone, OutcomeUnknown)):
                await node.ask(question)
        if second:
            assert asyncio.get_running_loop().time() == began
        await asyncio.sleep(1)
    assert node.waiting == 0
    assert node._committer.open_entries <= 2
    assert node.ready() == admit.HANGS
    assert isinstance((await outcomes([waits]))[0], OutcomeUnknown)
    world.engine.let_go()
    await asyncio.sleep(1)
    assert node.ready() is None
    await node.ask(party.plan(100))


@in_simulation
async def test_a_party_that_floods_is_held_up_and_no_other(world):
    node = await world.open(cells_per_second=1_000)
    flooder, other = world.party("uss-a"), world.party("uss-b")
    held_up = 0
    for _ in range(1_000):
        try:
            await node.ask(flooder.look(*range(100)))
        except TooFast:
            held_up += 1
        await node.ask(other.look(0))
    assert held_up == 990
