"""Fake time: passes at once, never by itself, and the same way each time."""

from __future__ import annotations

import asyncio

import pytest

from beforehand.testing.clock import BEGIN_US, FakeClock
from beforehand.testing.entropy import seeded
from beforehand.testing.simulation import Stuck, simulate

HOUR_S = 3_600


def test_an_hour_passes_at_once_and_timers_keep_their_order():
    clock = FakeClock()
    woken = []

    async def wakes(after_s):
        await asyncio.sleep(after_s)
        woken.append((after_s, clock.monotonic_us()))

    async def main():
        await asyncio.gather(*map(wakes, (HOUR_S, 1, 0.000_001, 60)))

    simulate(clock, main())
    assert woken == [(0.000_001, 1), (1, 1_000_000), (60, 60_000_000), (HOUR_S, HOUR_S * 1_000_000)]
    assert clock.wall_us() == BEGIN_US + HOUR_S * 1_000_000


def test_time_that_is_advanced_by_hand_wakes_who_slept_until_then():
    clock = FakeClock()

    async def main():
        sleeping = asyncio.ensure_future(asyncio.sleep(60))
        await asyncio.sleep(0)
        clock.advance(60_000_000)
        await sleeping
        return clock.monotonic_us()

    assert simulate(clock, main()) == 60_000_000


def test_waiting_for_what_never_comes_is_an_error():
    async def main():
        await asyncio.get_running_loop().create_future()

    with pytest.raises(TimeoutError):
        simulate(FakeClock(), main(), 60)

    async def without_a_limit():
        await asyncio.Event().wait()

    with pytest.raises(Stuck), asyncio.Runner(loop_factory=_bare_loop) as runner:
        runner.run(without_a_limit())


def _bare_loop():
    from beforehand.testing.simulation import _Loop

    return _Loop(FakeClock())


def test_the_wall_clock_drifts_and_is_set_and_the_monotonic_one_is_not():
    clock = FakeClock(drift_per_million=100)
    clock.advance(1_000_000)
    clock.set_wall(-5)
    assert clock.wall_us() == BEGIN_US + 1_000_000 + 100 - 5
    assert clock.monotonic_us() == 1_000_000


def test_entropy_is_the_same_from_the_same_seed_alone():
    assert seeded(1)(33) == seeded(1)(33) != seeded(2)(33)
    again = seeded(1)
    assert again(33) != again(33)
