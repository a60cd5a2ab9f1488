"""An event loop on a fake clock: hours pass in no time, and the same program runs the same way each time.

Whenever nothing is ready, time goes on to the next timer at once. Threads, processes and sockets have no place in it, since
nothing waits for them.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from math import ceil
from typing import Any, TypeVar

from beforehand.testing.clock import FakeClock

T = TypeVar("T")

#: Seconds of fake time after which a simulation that has not ended never will.
LIMIT_S = 7 * 86_400.0


class Stuck(Exception):
    """Everything waits, and nothing is left that could go on."""


class _Skip(selectors.DefaultSelector):
    """Instead of waiting, moves the clock on."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise Stuck("every task waits for something that no task and no timer will bring")
        if not ready and timeout:
            self._clock.advance(ceil(timeout * 1_000_000))
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, clock: FakeClock) -> None:
        super().__init__(_Skip(clock))
        self._fake_clock = clock

    def time(self) -> float:
        return self._fake_clock.monotonic_us() / 1_000_000


def simulate(clock: FakeClock, main: Coroutine[Any, Any, T], limit_s: float = LIMIT_S) -> T:
    """Run `main` to its end. Raises Stuck, TimeoutError after `limit_s` seconds of fake time, and what `main` raises."""
    with asyncio.Runner(loop_factory=lambda: _Loop(clock)) as runner:
        return runner.run(asyncio.wait_for(main, limit_s))
