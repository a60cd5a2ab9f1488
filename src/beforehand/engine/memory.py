"""An engine that keeps everything in memory: for tests, and for a server that need not remember."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import msgspec

from beforehand.engine.protocol import MAX_READ, Conflict, Unavailable
from beforehand.engine.recent import Recent
from beforehand.record.entry import Content, StoredEntry, commitment, content_commitment


class MemoryContent:
    """Content in a dictionary; None marks what was erased."""

    def __init__(self, recent: Recent) -> None:
        self._kept: dict[bytes, Content | None] = {}
        self._recent = recent

    async def get(self, commitment: bytes) -> Content | None:
        return self._kept.get(commitment)

    async def put(self, content: Content) -> bytes:
        key = commitment(content.salt, content.padded)
        self._kept.setdefault(key, content)
        return key

    async def erase(self, commitment: bytes) -> None:
        if self._kept.get(commitment) is not None:
            self._kept[commitment] = None
        self._recent.forget()

    def restore(self, entry: StoredEntry) -> StoredEntry:
        """The entry with the content that is kept for it, if any."""
        key = content_commitment(entry.header)
        return entry if key is None else msgspec.structs.replace(entry, content=self._kept.get(key))


class MemoryEngine:
    """See `Engine`. What is durable here lasts as long as this object: it may be closed and opened again."""

    def __init__(self) -> None:
        self._entries: list[StoredEntry] = []
        self._open = False
        self._recent = Recent(self.read)
        self.content = MemoryContent(self._recent)

    async def open(self) -> None:
        self._open = True
        self._recent.begin(len(self._entries))

    async def append(self, expected_seq: int, batch: Sequence[StoredEntry]) -> None:
        self._must_be_open()
        if expected_seq != len(self._entries):
            raise Conflict(f"batch begins at {expected_seq}, the journal ends at {len(self._entries)}")
        for entry in batch:
            if entry.content is not None:
                await self.content.put(entry.content)
            self._entries.append(msgspec.structs.replace(entry, content=None))
        self._recent.add(batch)

    async def read(self, start: int, limit: int) -> list[StoredEntry]:
        self._must_be_open()
        return [self.content.restore(entry) for entry in self._entries[start : start + min(limit, MAX_READ)]]

    async def head(self) -> int:
        self._must_be_open()
        return len(self._entries)

    def tail(self, start: int) -> AsyncIterator[StoredEntry]:
        return self._recent.follow(start)

    async def close(self) -> None:
        self._open = False
        self._recent.close()

    def _must_be_open(self) -> None:
        if not self._open:
            raise Unavailable("the journal is not open: open it first")
