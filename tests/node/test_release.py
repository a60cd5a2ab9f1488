"""Who waits for which entry, and what they are told when it does not come."""

from __future__ import annotations

import asyncio

import pytest

from beforehand.node.outcomes import NotDone, OutcomeUnknown
from beforehand.node.release import Release
from beforehand.testing.clock import FakeClock
from beforehand.testing.simulation import simulate

WAIT_US = 5_000_000


def test_what_is_durable_already_does_not_wait():
    async def main():
        release = Release(FakeClock(), WAIT_US)
        release.reached(3)
        await release.until_durable(3, write=True)
        assert len(release) == 0

    simulate(FakeClock(), main())


def test_each_waits_for_its_own_entry_and_no_longer():
    async def main():
        release = Release(FakeClock(), WAIT_US)
        waits = [asyncio.ensure_future(release.until_durable(seq, write=True)) for seq in (1, 2, 2, 5)]
        await asyncio.sleep(0)
        release.reached(2)
        await asyncio.sleep(0)
        assert [each.done() for each in waits] == [True, True, True, False]
        release.reached(5)
        await waits[3]

    simulate(FakeClock(), main())


def test_a_wait_ends_after_its_time_and_not_before():
    async def main():
        clock = FakeClock()
        release = Release(clock, WAIT_US)
        write = asyncio.ensure_future(release.until_durable(1, write=True))
        await asyncio.sleep(0)
        clock.advance(1)
        read = asyncio.ensure_future(release.until_durable(1, write=False))
        await asyncio.sleep(0)
        clock.advance(WAIT_US - 1)
        release.expire()
        with pytest.raises(OutcomeUnknown):
            await write
        assert not read.done()
        clock.advance(1)
        release.expire()
        with pytest.raises(NotDone):
            await read

    simulate(FakeClock(), main())


def test_once_nothing_more_becomes_durable_nobody_waits_for_it():
    async def main():
        release = Release(FakeClock(), WAIT_US)
        release.reached(2)
        tasks = [
            asyncio.ensure_future(release.until_durable(seq, write))
            for seq, write in [(3, True), (4, True), (4, False)]
        ]
        await asyncio.sleep(0)
        release.give_up(3)
        told = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(each) for each in told] == [OutcomeUnknown, NotDone, NotDone]
        await release.until_durable(2, write=False)
        with pytest.raises(NotDone):
            await release.until_durable(3, write=False)

    simulate(FakeClock(), main())
