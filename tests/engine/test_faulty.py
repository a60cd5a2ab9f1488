from __future__ import annotations

import asyncio

import pytest

from beforehand.engine.memory import MemoryEngine
from beforehand.engine.protocol import Conflict, OutcomeUnknown, Unavailable
from beforehand.testing.faulty import Fault, FaultyEngine

from .contract import EngineContract, first
from .journals import Writer, in_loop, read_all


class TestFaultyWithoutFaults(EngineContract):
    bounded_in = "beforehand.engine.memory"

    @pytest.fixture
    def storage(self):
        engine = FaultyEngine(MemoryEngine(), {})
        return lambda: engine


@in_loop
async def test_an_append_that_hangs_is_invisible_until_it_is_let_go():
    engine, writer = FaultyEngine(MemoryEngine(), {2: Fault.HANGS}), Writer()
    await engine.open()
    before, hung = writer.batch(2), writer.batch(3)
    await engine.append(0, before)
    tail = engine.tail(0)
    append = asyncio.ensure_future(engine.append(2, hung))
    await engine.hanging.wait()
    assert await read_all(engine) == before
    assert await first(tail, 2) == before
    coming = asyncio.ensure_future(anext(tail))
    await asyncio.sleep(0)
    assert not append.done()
    assert not coming.done()
    engine.let_go()
    await append
    assert await coming == hung[0]
    assert await read_all(engine) == before + hung


@pytest.mark.parametrize(
    ("fault", "error", "stored"),
    [
        (Fault.FAILS, Unavailable, False),
        (Fault.STORED_UNTOLD, OutcomeUnknown, True),
        (Fault.LOST_UNTOLD, OutcomeUnknown, False),
    ],
)
@in_loop
async def test_a_failed_append_says_what_it_may_and_spends_the_engine(fault, error, stored):
    engine, writer = FaultyEngine(MemoryEngine(), {2: fault}), Writer()
    await engine.open()
    before, failed, after = writer.batch(2), writer.batch(3), writer.batch(1)
    await engine.append(0, before)
    with pytest.raises(error):
        await engine.append(2, failed)
    with pytest.raises(Unavailable):
        await engine.append(5, after)
    assert await read_all(engine) == before + (failed if stored else [])
    await engine.close()
    await engine.open()
    with pytest.raises(Conflict):
        await engine.append(2 if stored else 5, after)
    await engine.close()
