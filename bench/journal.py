"""A journal that the core itself makes, without the network: what a node would have written, entry for entry."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from beforehand.core.hotline.commands import DoWork
from beforehand.core.hotline.events import NoticeGiven
from beforehand.core.machine import EpochOpened, Machine
from beforehand.core.stamp import ENTROPY_BYTES, Refusal, Stamp
from beforehand.engine.sqlite_journal import SqliteJournal
from beforehand.record.canonical import encode_facts
from beforehand.record.entry import NO_PREV, Chain, StoredEntry

#: Entries of one row.
BATCH = 500


class Made:
    """A journal in the making: commands go in one after another, each as soon as the one before is done with."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True)
        self.machine = Machine()
        self._journal = SqliteJournal(folder)
        self._journal.open()
        self._chain = Chain(NO_PREV, 0, 1)
        self._batch: list[StoredEntry] = []
        self._contents: dict[int, bytes] = {}
        self.now_us = time.time_ns() // 1000
        self._write([EpochOpened(1, "bench")], ())

    def _time_us(self) -> int:
        return max(self.now_us, self._chain.time_us + 1)

    def _write(self, events: Sequence[Any], contents: Sequence[bytes | None]) -> None:
        for event, content in zip(events, contents or (None,) * len(events), strict=True):
            if isinstance(event, NoticeGiven) and content is not None:
                self._contents[self._chain.seq] = content
            salt = b"" if content is None else os.urandom(32)
            time_us = self._time_us()
            self._batch.append(self._chain.append(time_us, encode_facts(event), os.urandom(32), content, salt))
            self.machine.fold(event, content, time_us)
        if len(self._batch) >= BATCH:
            self._store()

    def _store(self) -> None:
        self._journal.append(self._journal.head(), self._batch)
        if self._journal.checkpoint_due():
            self._journal.checkpoint()
        self._batch.clear()

    def decide(self, command: Any) -> Any:
        """The reply to a command, which must not be refused. What the node then does by itself is not done."""
        decision = self.machine.decide(command, Stamp(self._time_us(), os.urandom(ENTROPY_BYTES), 1))
        if isinstance(decision.reply, Refusal):
            raise RuntimeError(f"refused: {decision.reply.message}")
        if decision.events:
            self._write(decision.events, decision.contents)
        return decision.reply

    def work(self) -> None:
        """Look for meetings and tell whom they concern, as the node does, until nothing is left to do."""
        while (work := self.machine.next_work()) is not None:
            entry = self.machine.content_of_work(work)
            content = None if entry is None else self._contents[entry]
            self.decide(DoWork(work.what, work.kind, work.id, work.version, content))

    def close(self) -> int:
        """Store what is left; returns the number of entries."""
        self._store()
        self._journal.close()
        return self._chain.seq
