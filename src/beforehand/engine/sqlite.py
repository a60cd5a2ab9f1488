"""The embedded default: a `SqliteJournal` on a thread of its own, spoken to from an event loop.

Each call into SQLite gives up the interpreter lock and must get it back, from a loop that may be busy: a process that
uses this engine under load should set `sys.setswitchinterval` to 0.1 ms or so.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from beforehand.engine.protocol import Unavailable
from beforehand.engine.recent import Recent
from beforehand.engine.sqlite_journal import SqliteJournal
from beforehand.engine.sqlite_opening import Connect, connect
from beforehand.engine.worker import Worker
from beforehand.record.entry import Content, StoredEntry

Result = TypeVar("Result")


class SqliteContent:
    """The content in the journal file."""

    def __init__(self, engine: SqliteEngine) -> None:
        self._engine = engine

    async def get(self, commitment: bytes) -> Content | None:
        return await self._engine.run(self._engine.journal.get, commitment)

    async def put(self, content: Content) -> bytes:
        return await self._engine.run(self._engine.journal.put, content)

    async def erase(self, commitment: bytes) -> None:
        await self._engine.run(self._engine.journal.erase, commitment, then=self._engine.recent.forget)


class SqliteEngine:
    """See `Engine`. data_dir holds `journal.sqlite`, while open also its log, its index and `journal.lock`."""

    def __init__(self, data_dir: Path, connect: Connect = connect) -> None:
        self.journal = SqliteJournal(data_dir, connect)
        self.recent = Recent(self.read)
        self.content = SqliteContent(self)
        self._worker: Worker | None = None

    async def open(self) -> None:
        self._worker = Worker("journal", self._after_job)
        try:
            await self.run(self.journal.open)
            self.recent.begin(await self.run(self.journal.head))
        except BaseException:
            await self.close()
            raise

    async def append(self, expected_seq: int, batch: Sequence[StoredEntry]) -> None:
        await self.run(self.journal.append, expected_seq, batch, then=lambda: self.recent.add(batch))

    async def read(self, start: int, limit: int) -> list[StoredEntry]:
        return await self.run(self.journal.read, start, limit)

    async def head(self) -> int:
        return await self.run(self.journal.head)

    def tail(self, start: int) -> AsyncIterator[StoredEntry]:
        return self.recent.follow(start)

    async def close(self) -> None:
        worker, self._worker = self._worker, None
        self.recent.close()
        if worker is not None:
            await worker.stop(self.journal.close)

    async def run(self, job: Callable[..., Result], *arguments: Any, then: Callable[[], None] | None = None) -> Result:
        """Do `job` on the thread. `then` is called once it has succeeded, even if the caller was cancelled meanwhile."""
        if self._worker is None:
            raise Unavailable("the journal is not open: open it first")
        future = self._worker.submit(job, *arguments)
        if then is not None:
            future.add_done_callback(lambda done: None if done.exception() else then())
        return await asyncio.shield(future)

    def _after_job(self) -> None:
        """Between two jobs, so that nobody's answer waits for a checkpoint but the next commit's."""
        if self.journal.checkpoint_due():
            # A failure spends the handle: the next append is told.
            with contextlib.suppress(Unavailable):
                self.journal.checkpoint()
