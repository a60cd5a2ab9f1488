"""Deadlines of the core: nothing is decided at t before everything due at or before t."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from beforehand.node.clock import Timeline
from beforehand.node.decide import Broken, Decider
from beforehand.node.faults import where

log = structlog.get_logger()

#: Commands of one slice; what asks meanwhile waits for no more than these.
SLICE = 4
#: For how long nothing more is tried where a deadline cannot be decided: a fault of ours must not stop everything else.
HOLD_US = 10_000_000


class Deadlines:
    """Knows when the core has something due, and does it in slices."""

    def __init__(self, decider: Decider, timeline: Timeline, may_decide: Callable[[], bool]) -> None:
        self._decider = decider
        self._timeline = timeline
        self._may_decide = may_decide
        self._next_us: int | None = None
        self._held_until_us = 0
        self._working = asyncio.Lock()
        #: Deadlines that ended in an exception of ours.
        self.faults = 0

    def look(self) -> None:
        """Ask the core when it has something due; call after whatever may have changed that."""
        self._next_us = self._decider.machine.next_due()

    def due_by(self, time_us: int) -> bool:
        """Whether something must be decided before a command that is stamped `time_us`.

        What is due waits while nothing can be written: answers that need no entry go on without it.
        """
        return (
            self._next_us is not None
            and self._next_us <= time_us
            and self._held_until_us <= time_us
            and self._may_decide()
        )

    async def catch_up(self) -> None:
        """Do all that is due, letting others run between slices. Raises Broken."""
        async with self._working:
            while self.due_by(self._timeline.now_us()):
                seq = self._decider.machine.seq
                for command in self._decider.machine.due(self._timeline.now_us(), SLICE):
                    self._decide(command)
                self.look()
                if seq == self._decider.machine.seq:
                    self._held_until_us = self._timeline.now_us() + HOLD_US
                await asyncio.sleep(0)

    def _decide(self, command: object) -> None:
        try:
            self._decider.decide(command, self._timeline.stamp())
        except Broken:
            raise
        except Exception as error:
            self.faults += 1
            log.error("deadline_failed", command=type(command).__name__, error=type(error).__name__, where=where(error))
