"""The release rule: what was computed from state leaves the process only when that state is durable (P1).

Every answer, refusal, read, "not found" or count is stamped with the number of entries it was computed from. It waits
here until as many are durable. What waits too long ends as 503: a read or refusal `not_done`, a write `outcome_unknown`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import NamedTuple

from beforehand.node.clock import Clock
from beforehand.node.outcomes import NotDone, OutcomeUnknown

READ_WAITED = "The answer could not be shown to be durable in time. Nothing was changed by this request; ask again."
WRITE_WAITED = "It may have happened: read before you retry."
NOT_STORED = "This was certainly not stored. Ask again."


class _Waiter(NamedTuple):
    seq: int
    write: bool
    until_us: int
    done: asyncio.Future[None]


class Release:
    """Who waits for which entry. `durable` is the number of entries that no crash can unsay."""

    def __init__(self, clock: Clock, wait_us: int) -> None:
        self._clock = clock
        self._wait_us = wait_us
        self._waiting: deque[_Waiter] = deque()  # by seq, for state only grows
        self._over = False
        self.durable = 0

    def __len__(self) -> int:
        return len(self._waiting)

    async def until_durable(self, seq: int, write: bool) -> None:
        """Return once `seq` entries are durable. Raises NotDone or OutcomeUnknown."""
        if seq <= self.durable:
            return
        if self._over:
            raise NotDone(READ_WAITED)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiter(seq, write, self._clock.monotonic_us() + self._wait_us, done))
        await done

    def reached(self, durable: int) -> None:
        """So many entries are durable now: let go of all that waited for them."""
        self.durable = durable
        waiting = self._waiting
        while waiting and waiting[0].seq <= durable:
            done = waiting.popleft().done
            if not done.done():
                done.set_result(None)

    def expire(self) -> None:
        """End what has waited too long."""
        now = self._clock.monotonic_us()
        waiting = self._waiting
        while waiting and waiting[0].until_us <= now:
            self._end(waiting.popleft(), OutcomeUnknown(WRITE_WAITED), NotDone(READ_WAITED))

    def give_up(self, certain_from: int) -> None:
        """Nothing more becomes durable. Entries from `certain_from` on were certainly never stored."""
        self._over = True
        while self._waiting:
            waiter = self._waiting.popleft()
            # A write's own entry is the last one it waits for.
            fate = NotDone(NOT_STORED) if waiter.seq > certain_from else OutcomeUnknown(WRITE_WAITED)
            self._end(waiter, fate, NotDone(READ_WAITED))

    @staticmethod
    def _end(waiter: _Waiter, of_write: Exception, of_read: Exception) -> None:
        if not waiter.done.done():
            waiter.done.set_exception(of_write if waiter.write else of_read)
