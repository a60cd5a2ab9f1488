"""Deadlines of the core: nothing is decided at t before everything due at or before t."""

from __future__ import annotations

import asyncio

from beforehand.node.clock import Timeline
from beforehand.node.decide import Decider

#: Commands of one slice; what asks meanwhile waits for no more than these.
SLICE = 4


class Deadlines:
    """Knows when the core has something due, and does it in slices."""

    def __init__(self, decider: Decider, timeline: Timeline) -> None:
        self._decider = decider
        self._timeline = timeline
        self._next_us: int | None = None
        self._working: asyncio.Lock = asyncio.Lock()

    def look(self) -> None:
        """Ask the core when it has something due; call several times a second."""
        self._next_us = self._decider.machine.next_due()

    def overdue(self) -> bool:
        """Whether something is due now."""
        return self._next_us is not None and self._next_us <= self._timeline.now_us()

    async def catch_up(self) -> None:
        """Do all that is due, letting others run between slices."""
        async with self._working:
            while self.overdue():
                commands = self._decider.machine.due(self._timeline.now_us(), SLICE)
                for command in commands:
                    self._decider.decide(command)
                self.look()
                if not commands:
                    return
                await asyncio.sleep(0)
