"""What is turned away early: honestly, with nothing changed, and not for longer than its cause lasts."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.core.operator import ClockAccepted
from beforehand.core.stamp import Caller
from beforehand.core.strategic.commands import IntentState
from beforehand.core.strategic.events import IntentAccepted
from beforehand.node import admit
from beforehand.node.admit import Rates, Space
from beforehand.node.node import ACCEPT_CLOCK_FILE
from beforehand.node.outcomes import NOT_TOLD, NotDone, TooFast
from beforehand.testing.clock import FakeClock
from beforehand.testing.faulty import Fault
from beforehand.testing.parties import ISSUER

from .world import asked, in_simulation

HOUR_US = 3_600_000_000
ASTRAY = IntentState.NONCONFORMING
A, B = Caller(ISSUER, "uss-a"), Caller(ISSUER, "uss-b")


async def flying(world, node, place=0):
    """An intent, and the warning that it went astray."""
    party = world.party("uss-w")
    stands = (await node.ask(party.plan(place))).reference
    return party.plan(place, id=stands.id, ovn=stands.ovn, state=ASTRAY)


@pytest.fixture
def disk(world, tmp_path, monkeypatch):
    """The data folder of a node, with as much free space as the test says."""
    found = SimpleNamespace(free=1 << 40)
    monkeypatch.setattr(admit.shutil, "disk_usage", lambda _: found)
    world.folder = tmp_path
    return found


@in_simulation
async def test_below_the_floor_writes_are_refused_and_reads_answered_until_there_is_space_again(world, disk):
    node = await world.open()
    party = world.party("uss-a")
    stands = await node.ask(party.plan(0))
    disk.free = node._config.space_floor - 1
    await asyncio.sleep(2)
    entries = node.durable
    with pytest.raises(NotDone, match=r"Free space is below the floor of 256 MiB\. Nothing was done"):
        await node.ask(party.plan(1))
    assert "Free space" in node.ready()
    assert (await node.ask(party.get(stands.reference.id))).reference == stands.reference
    assert node.durable == entries
    disk.free = node._config.space_floor
    await asyncio.sleep(2)
    assert node.ready() is None
    await node.ask(party.plan(1))


@in_simulation
async def test_warnings_have_a_reserve_below_the_floor(world, disk):
    node = await world.open()
    first, second = await flying(world, node), await flying(world, node, 1)
    disk.free = node._config.space_floor - node._config.warning_reserve
    await asyncio.sleep(2)
    await node.ask(first)
    disk.free -= 1
    await asyncio.sleep(2)
    with pytest.raises(NotDone, match="Free space") as refused:
        await node.ask(second)
    assert str(refused.value).endswith(NOT_TOLD)


@in_simulation
async def test_while_storage_hangs_the_file_system_is_asked_nothing_that_could_hang_the_node(world, disk, monkeypatch):
    node = await world.open()
    looks = []
    monkeypatch.setattr(node._admission.space, "look", lambda: looks.append(world.clock.monotonic_us()))
    world.engine.fault_next(Fault.HANGS)
    await asked(node.ask(world.party("uss-a").plan(0)))
    await asyncio.sleep(30)
    assert len(looks) <= 1
    world.engine.let_go()
    await asyncio.sleep(3)
    assert len(looks) >= 2


def test_a_folder_that_cannot_be_looked_at_has_no_space(tmp_path):
    assert Space(tmp_path / "missing").free == 0


@in_simulation
async def test_while_the_clock_is_in_doubt_writes_are_refused_but_no_warning(world):
    node = await world.open()
    party = world.party("uss-a")
    warning = await flying(world, node)
    world.clock.set_wall(+HOUR_US)
    await asyncio.sleep(2)
    with pytest.raises(NotDone, match=r"The clock disagrees by 3600\.0 s .* Nothing was done"):
        await node.ask(party.plan(5))
    assert "clock" in node.ready()
    await node.ask(party.look(0))
    await node.ask(warning)
    accepted = (await world.events())[-1]
    assert isinstance(accepted, IntentAccepted)
    assert accepted.uncertain == HOUR_US

    world.clock.set_wall(-HOUR_US)
    await asyncio.sleep(2)
    await node.ask(party.plan(5))


@pytest.mark.parametrize("jump_us", [+HOUR_US, -HOUR_US])
@in_simulation
async def test_an_operator_accepts_the_clock_by_a_file_and_it_is_recorded(world, tmp_path, jump_us):
    world.folder = tmp_path
    node = await world.open(space_floor=0)
    party = world.party("uss-a")
    world.clock.set_wall(jump_us)
    await asyncio.sleep(2)
    before = node.now_us()
    (tmp_path / ACCEPT_CLOCK_FILE).touch()
    await asyncio.sleep(2)
    assert not (tmp_path / ACCEPT_CLOCK_FILE).exists()
    assert (await world.events())[-1] == ClockAccepted(jump_us, HOUR_US)
    assert node.ready() is None
    assert node.now_us() >= max(before, world.clock.wall_us())
    await node.ask(party.plan(0, begins_s=2 * 3_600))
    await asyncio.sleep(60)
    assert node.ready() is None


@in_simulation
async def test_an_operators_file_that_nothing_asks_for_is_taken_away(world, tmp_path):
    """So that it does not accept, later, a clock that nobody looked at."""
    world.folder = tmp_path
    node = await world.open(space_floor=0)
    (tmp_path / ACCEPT_CLOCK_FILE).touch()
    await asyncio.sleep(2)
    assert not (tmp_path / ACCEPT_CLOCK_FILE).exists()
    world.clock.set_wall(+HOUR_US)
    await asyncio.sleep(2)
    assert node.ready() is not None


@in_simulation
async def test_a_party_that_asks_for_too_many_cells_is_told_when_to_come_again(world):
    node = await world.open(cells_per_second=100)
    flooder, other = world.party("uss-a"), world.party("uss-b")
    await node.ask(flooder.look(*range(80)))
    with pytest.raises(TooFast, match="this asks for 80 more") as refused:
        await node.ask(flooder.look(*range(80)))
    assert refused.value.retry_after_s == 1
    await node.ask(other.look(*range(80)))
    await asyncio.sleep(refused.value.retry_after_s)
    await node.ask(flooder.look(*range(80)))


@in_simulation
async def test_what_a_party_is_answered_counts_too_but_it_can_always_end_what_it_began(world):
    node = await world.open(cells_per_second=10)
    party, ovns = world.party("uss-a"), []
    for number in range(6):
        ovns.append((await node.ask(world.party(f"uss-{number}").plan(0, knowing=ovns))).reference.ovn)
    own = (await node.ask(party.plan(1))).reference
    await asyncio.sleep(1)
    for _ in range(2):  # 10 - 7 = 3, 3 - 7 = -4
        assert len((await node.ask(party.look(0))).references) == 6
    with pytest.raises(TooFast):
        await node.ask(party.look(2))
    await node.ask(party.end(own.id, own.ovn))


@in_simulation
async def test_nobody_pays_for_how_many_others_want_to_be_told(world):
    node = await world.open(cells_per_second=10)
    for number in range(20):
        await node.ask(world.party(f"uss-{number}").subscribe(0))
        await asyncio.sleep(0.2)
    party = world.party("uss-x")
    plans = [party.plan(0), party.plan(5)]
    told = await node.ask(plans[0])
    assert len(told.raised) == 20
    await node.ask(plans[1])


@in_simulation
async def test_no_rate_holds_up_a_warning(world):
    node = await world.open(cells_per_second=1)
    warning = await flying(world, node)
    party = world.party("uss-w")
    with pytest.raises(TooFast):
        await node.ask(party.look(0))
    await node.ask(warning)


@given(st.lists(st.tuples(st.integers(0, 3_000_000), st.integers(0, 250), st.booleans()), max_size=50))
def test_no_party_takes_more_than_its_rate_and_whoever_waits_as_told_gets_it(steps):
    clock, rate = FakeClock(), 100
    rates = Rates(clock, rate)
    taken, largest = 0, 0
    for passes_us, cells, patient in steps:
        clock.advance(passes_us)
        wait_s = rates.take(A, cells)
        if wait_s and patient:
            clock.advance(wait_s * 1_000_000)
            wait_s = rates.take(A, cells)
            assert wait_s == 0
        if not wait_s:
            taken += cells
            largest = max(largest, cells)
        # One bucket, what filled it, and the debt of a request that is larger than the bucket.
        assert taken <= rate + clock.monotonic_us() * rate / 1_000_000 + max(0, largest - rate)
        assert rates.take(B, 0) == 0


def test_a_rate_fills_up_however_often_it_is_asked():
    clock = FakeClock()
    rates = Rates(clock, 10_000)
    rates.take(A, 10_000)
    for _ in range(100_000):
        clock.advance(10)
        rates.charge(A, 0)
    assert rates.take(A, 10_000) == 0


def test_rates_of_so_many_parties_are_remembered_and_no_more(monkeypatch):
    monkeypatch.setattr(admit, "RATES_MAX", 50)
    rates = Rates(FakeClock(), 100)
    for number in range(200):
        rates.take(Caller(ISSUER, f"uss-{number}"), 1)
        rates.charge(Caller(ISSUER, f"other-{number}"), 1)
    assert len(rates._buckets) == 50
