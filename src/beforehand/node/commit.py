"""Batches that form by themselves: while one commits, the next fills.

An append that fails leaves state ahead of the journal. Then nothing more is served: whose batch is certainly not stored
is told `not_done`, the others `outcome_unknown`, and the process ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from beforehand.engine.protocol import Conflict, Engine, OutcomeUnknown, Unavailable
from beforehand.node.release import Release
from beforehand.record.entry import StoredEntry


class Committer:
    """Carries entries from decisions to the engine, in order, one batch at a time."""

    def __init__(self, engine: Engine, release: Release, durable: int) -> None:
        self._engine = engine
        self._release = release
        self._open: list[StoredEntry] = []
        self._filled = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self.open_bytes = 0
        self.failure: Exception | None = None
        self.durable = durable
        #: When the append now under way began, on the event loop's clock; None between appends.
        self.appending_since: float | None = None

    @property
    def open_entries(self) -> int:
        return len(self._open)

    def add(self, entries: Sequence[StoredEntry]) -> None:
        """Put the entries of one decision into the open batch."""
        self._open += entries
        self.open_bytes += sum(len(each.facts) for each in entries)
        self._filled.set()
        self._drained.clear()

    async def run(self) -> None:
        """Commit until an append fails, or for ever. Returns only after a failure, which is in `failure`."""
        loop = asyncio.get_running_loop()
        while True:
            await self._filled.wait()
            self._filled.clear()
            batch, self._open, self.open_bytes = self._open, [], 0
            self.appending_since = loop.time()
            try:
                await self._engine.append(self.durable, batch)
            except (Conflict, Unavailable) as error:
                self._fail(error, self.durable)
                return
            except OutcomeUnknown as error:
                self._fail(error, self.durable + len(batch))
                return
            self.appending_since = None
            self.durable += len(batch)
            self._release.reached(self.durable)
            if not self._open:
                self._drained.set()

    def _fail(self, error: Exception, certain_from: int) -> None:
        self.failure = error
        self._release.give_up(certain_from)
        self._drained.set()

    async def drained(self) -> None:
        """Wait until nothing is left to commit."""
        await self._drained.wait()
