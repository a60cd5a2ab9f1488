"""Batches that form by themselves: while one commits, the next fills.

An append that fails leaves state ahead of the journal. Then nothing more is served: whose batch is certainly not stored
is told `not_done`, the others `outcome_unknown`, and the process ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from beforehand.engine.protocol import Conflict, Engine, Unavailable
from beforehand.node.clock import Clock
from beforehand.node.release import Release
from beforehand.record.entry import StoredEntry


class Committer:
    """Carries entries from decisions to the engine, in order, one batch at a time."""

    def __init__(self, engine: Engine, release: Release, clock: Clock, durable: int) -> None:
        self._engine = engine
        self._release = release
        self._clock = clock
        self._durable = durable
        self._open: list[StoredEntry] = []
        self._in_flight = 0
        self._since_us = 0
        self._filled = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self.open_bytes = 0
        #: Header of the newest durable entry, empty before the first batch.
        self.durable_header = b""
        self.failure: Exception | None = None

    @property
    def open_entries(self) -> int:
        return len(self._open)

    @property
    def appending_for_us(self) -> int:
        """For how long the append now under way has not returned; 0 between appends."""
        return self._clock.monotonic_us() - self._since_us if self._in_flight else 0

    def add(self, entries: Sequence[StoredEntry]) -> None:
        """Put the entries of one decision into the open batch."""
        assert self.failure is None, "state that cannot be stored must not be decided on"
        self._open += entries
        self.open_bytes += sum(map(_size, entries))
        self._filled.set()
        self._drained.clear()

    async def run(self) -> None:
        """Commit until an append fails. Returns only then; `failure` says why."""
        while self.failure is None:
            await self._filled.wait()
            self._filled.clear()
            batch, self._open, self.open_bytes = self._open, [], 0
            self._in_flight, self._since_us = len(batch), self._clock.monotonic_us()
            try:
                await self._engine.append(self._durable, batch)
            except (Conflict, Unavailable) as error:
                self._fail(error, self._durable)
            except Exception as error:  # `OutcomeUnknown`, and whatever no engine promised: it may be stored
                self._fail(error, self._durable + len(batch))
            else:
                self._in_flight = 0
                self._durable += len(batch)
                self.durable_header = batch[-1].header
                self._release.reached(self._durable)
                if not self._open:
                    self._drained.set()

    def abandon(self) -> None:
        """Commit nothing more: what is in flight may become durable, what is behind it never will."""
        if self.failure is None:
            self._fail(Unavailable("the node was closed"), self._durable + self._in_flight)

    def _fail(self, error: Exception, certain_from: int) -> None:
        self.failure = error
        self._open, self.open_bytes = [], 0
        self._release.give_up(certain_from)
        self._drained.set()

    async def drained(self) -> None:
        """Wait until nothing is left to commit, or nothing more will be."""
        await self._drained.wait()


def _size(entry: StoredEntry) -> int:
    content = 0 if entry.content is None else len(entry.content.padded)
    return len(entry.header) + len(entry.facts) + content
