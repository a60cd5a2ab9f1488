"""P1: nothing leaves the process that a crash could unsay."""

from __future__ import annotations

import asyncio
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beforehand.core.machine import EpochOpened, Machine, read_event
from beforehand.core.stamp import ENTROPY_BYTES, Stamp
from beforehand.core.strategic.digest import facts
from beforehand.core.strategic.events import IntentAccepted, IntentEnded
from beforehand.core.strategic.ids import id_text
from beforehand.core.strategic.replies import IntentChanged, SubscriptionChanged
from beforehand.node.outcomes import NotDone, OutcomeUnknown
from beforehand.record.entry import parse_header
from beforehand.testing.faulty import Fault
from beforehand.testing.simulation import simulate
from node.everything import all_kinds, fits
from node.killing import Told, check, kill_under_load
from node.world import World, asked, in_simulation, outcomes, settled


@pytest.fixture
def world():
    return World()


async def hanging(world, node):
    """A plan whose commit hangs."""
    world.engine.fault_next(Fault.HANGS)
    [waits] = await asked(node.ask(world.party("uss-z").plan(1_000)))
    await world.engine.hanging.wait()
    return waits


@in_simulation
async def test_while_a_commit_hangs_nothing_that_rests_on_it_leaves_by_any_door(world):
    node = await world.open()
    questions = await all_kinds(world, node)
    durable = node.durable
    waits = await hanging(world, node)
    tasks = await asked(*map(node.ask, questions.values()))
    order = []
    for name, task in zip(questions, tasks, strict=True):
        task.add_done_callback(lambda _, name=name: order.append(name))
    await asyncio.sleep(4.5)
    assert not waits.done()
    assert not any(task.done() for task in tasks)
    assert node.durable == durable == await world.engine.head()

    world.engine.let_go()
    answers = dict(zip(questions, await outcomes(tasks), strict=True))
    assert [name for name, answer in answers.items() if not fits(name, answer)] == []
    assert order == list(questions)
    assert node.durable == await world.engine.head()


@in_simulation
async def test_a_fault_of_ours_is_not_told_before_the_state_it_arose_from_is_durable(world, monkeypatch):
    node = await world.open()
    await hanging(world, node)

    def fails(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(Machine, "decide", fails)
    [task] = await asked(node.ask(world.party("uss-a").look(1_000)))
    await asyncio.sleep(4.5)
    assert not task.done()
    world.engine.let_go()
    assert isinstance((await outcomes([task]))[0], ZeroDivisionError)


@in_simulation
async def test_what_an_undurable_answer_held_is_not_told_by_a_rate_either(world):
    node = await world.open(cells_per_second=10)
    for place in range(8):
        await node.ask(world.party(f"uss-{place}").plan(place))
    asker = world.party("uss-a")
    await hanging(world, node)
    tasks = await asked(*(node.ask(asker.look(*range(3))) for _ in range(3)))
    assert not any(task.done() for task in tasks)


@in_simulation
async def test_who_waits_too_long_for_storage_is_told_what_is_known(world):
    node = await world.open()
    asker = world.party("uss-a")
    waits = await hanging(world, node)
    tasks = await asked(node.ask(asker.plan(0)), node.ask(asker.look(0)), node.ask(world.party("uss-b").plan(0)))
    await asyncio.sleep(5.5)
    first, write, read, refusal = await outcomes([waits, *tasks])
    assert isinstance(first, OutcomeUnknown)
    assert isinstance(write, OutcomeUnknown)
    assert isinstance(read, NotDone)
    assert isinstance(refusal, NotDone)
    world.engine.let_go()
    await settled()
    accepted = [event for event in await world.events() if isinstance(event, IntentAccepted)]
    assert len(accepted) == 2  # both may have happened, and did


STEPS = st.lists(
    st.one_of(
        st.just(("commit", 0)),
        st.tuples(st.sampled_from(["plan", "look", "get", "end", "subscribe", "ignore"]), st.integers(0, 2)),
    ),
    max_size=30,
)


@settings(max_examples=80, deadline=None)
@given(STEPS)
def test_whatever_is_released_a_journal_of_what_is_durable_then_answers_the_same(steps):
    """The oracle folds the durable entries anew, from the first; commits are let through one by one."""
    world = World()
    commits = asyncio.Semaphore(0)

    async def main():
        node = await world.open()
        append = world.engine.append

        async def gated(expected_seq, batch):
            await commits.acquire()
            await append(expected_seq, batch)

        world.engine.append = gated
        under_way, known = [], []
        for act, place in steps:
            if act == "commit":
                commits.release()
            else:
                command = question(world.party(f"uss-{place}"), act, place, known)
                [task] = await asked(node.ask(command))
                under_way.append((task, command, node.durable))
            await settled()
            for task, command, since in [each for each in under_way if each[0].done()]:
                under_way.remove((task, command, since))
                await check_released(world, task.result(), command, since, known)
        for _ in steps:
            commits.release()
        await world.end()

    simulate(world.clock, main())


def question(party, act, place, known):
    """What is asked; `known` are references that were answered."""
    if act == "plan":
        return party.plan(place, knowing=[each.ovn for each in known])
    if act == "look":
        return party.look(0, 1, 2)
    if act == "subscribe":
        return party.subscribe(place)
    if act == "ignore":
        return party.plan(0)
    its = known[place] if place < len(known) else None
    if its is None:
        return party.get(bytes(16))
    return party.get(its.id) if act == "get" else party.end(its.id, its.ovn)


async def check_released(world, answer, command, since, known):
    """A read or refusal is what some journal says that was durable by now; a write's entry is durable."""
    entries = await world.engine.inner.read(0, 4_096)
    if isinstance(answer, IntentChanged | SubscriptionChanged):
        durable = [read_event(entry.facts) for entry in entries]
        if isinstance(answer, SubscriptionChanged):
            assert any(getattr(event, "version", None) == answer.subscription.version for event in durable)
        elif answer.created:
            assert any(getattr(event, "ovn", None) == answer.reference.ovn for event in durable)
            known.append(answer.reference)
        else:
            assert IntentEnded in {type(event) for event in durable if getattr(event, "id", "") == id_text(command.id)}
        return
    machine, possible = Machine(), []
    for cut, entry in enumerate(entries, 1):
        machine.fold(read_event(entry.facts), None, parse_header(entry.header).time_us)
        if cut >= since:
            possible.append(machine.decide(command, Stamp(world.clock.wall_us(), bytes(ENTROPY_BYTES), 1)).reply)
    assert answer in possible


@pytest.mark.parametrize(
    ("fault", "told", "stored"),
    [
        (Fault.FAILS, NotDone, False),
        (Fault.STORED_UNTOLD, OutcomeUnknown, True),
        (Fault.LOST_UNTOLD, OutcomeUnknown, False),
    ],
)
@in_simulation
async def test_a_failed_append_is_told_as_what_it_is(world, fault, told, stored):
    """In the failing batch, behind it, and to those who only looked."""
    node = await world.open()
    a, b = world.party("uss-a"), world.party("uss-b")
    kept = await node.ask(a.plan(0))
    await hanging(world, node)
    in_batch = await asked(
        node.ask(a.plan(1)), node.ask(b.plan(2, knowing=[])), node.ask(b.plan(1)), node.ask(a.look(1))
    )
    world.engine.fault_next(fault)
    failing = asyncio.Event()
    append = world.engine.append

    async def slow(expected_seq, batch):
        failing.set()
        await asyncio.sleep(1)
        await append(expected_seq, batch)

    world.engine.append = slow
    world.engine.let_go()
    await failing.wait()
    behind = await asked(node.ask(a.plan(3)), node.ask(a.look(3)))
    of_a, of_b, refusal, read = await outcomes(in_batch)
    assert [type(of_a), type(of_b)] == [told, told]
    assert [type(refusal), type(read)] == [NotDone, NotDone]
    assert [type(each) for each in await outcomes(behind)] == [NotDone, NotDone]

    await asyncio.wait_for(node.failed(), 1)
    for question in (a.get(kept.reference.id), a.look(0), a.plan(5)):
        with pytest.raises(NotDone):
            await node.ask(question)
    assert node.ready() is not None
    await node.close()
    del world.engine.append

    again = await world.open()
    assert (await again.ask(a.get(kept.reference.id))).reference == kept.reference
    found = [len((await again.ask(a.look(place))).references) for place in (1, 2, 3)]
    assert found == ([1, 1, 0] if stored else [0, 0, 0])


@in_simulation
async def test_a_failure_that_no_engine_promised_leaves_the_outcome_unknown(world):
    node = await world.open()

    async def surprises(expected_seq, batch):
        raise OSError("surprise")

    world.engine.append = surprises
    [write] = await outcomes(await asked(node.ask(world.party("uss-a").plan(0))))
    assert isinstance(write, OutcomeUnknown)
    await asyncio.wait_for(node.failed(), 1)


@in_simulation
async def test_an_epoch_is_durable_before_the_first_answer(world):
    world.engine.fault_next(Fault.HANGS)
    opening = asyncio.ensure_future(world.open())
    await asyncio.sleep(60)
    assert not opening.done()
    world.engine.let_go()
    node = await opening
    assert await world.events() == [EpochOpened(1, "node")]
    assert node.durable == 1


@pytest.mark.parametrize("fault", [Fault.FAILS, Fault.STORED_UNTOLD, Fault.LOST_UNTOLD])
@in_simulation
async def test_a_node_that_cannot_open_its_epoch_does_not_open(world, fault):
    world.engine.fault_next(fault)
    with pytest.raises(Exception, match="append 1 was made to"):
        await world.open()
    node = await world.open()
    assert node.ready() is None


@in_simulation
async def test_a_restart_changes_nothing_but_the_epoch(world):
    node = await world.open()
    questions = await all_kinds(world, node)
    for question in questions.values():
        await node.ask(question)
    before = [list(facts(node._machine.strategic)), node._machine.epoch, node.now_us()]
    await node.close()
    world.clock.advance(1_000)

    node = await world.open()
    machine = node._machine
    assert list(facts(machine.strategic)) == before[0]
    assert machine.epoch == before[1] + 1
    assert node.now_us() > before[2]
    assert machine.state_hash() == (await world.folded()).state_hash()


@in_simulation
async def test_time_never_goes_back_over_a_restart(world):
    a = world.party("uss-a")
    node = await world.open()
    await node.ask(a.plan(0))
    last = node._machine.time_us
    await node.close()
    world.clock.set_wall(-30_000_000)
    node = await world.open()
    assert node._machine.time_us > last
    assert node.now_us() > last


def test_killed_at_random_moments_under_load_all_that_was_answered_is_there_and_nothing_half(tmp_path):
    """The same journal, killed and continued again and again; `soak/` does so more often."""
    random, told = Random(1), Told()
    for _ in range(5):
        kill_under_load(tmp_path / "data", told, random.randrange(50, 2_000))
        check(tmp_path / "data", told)
    assert told.count("+") > 500
    assert told.count("?") > 0
