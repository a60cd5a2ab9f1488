"""The entries appended last, kept in memory for those who follow the journal, and their waiting for more."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from itertools import islice

from beforehand.engine.protocol import Unavailable
from beforehand.record.entry import StoredEntry

KEPT_ENTRIES = 4_096
KEPT_BYTES = 8 * 1024 * 1024
STRIDE = 256
"""Entries handed to one reader before it looks again at what is kept."""


class Recent:
    """A window on the end of the journal, bounded in entries and in bytes.

    head: the number of durable entries. Entries leave the window at the front when either bound is passed, and a reader
    that still needs them gets them from `read`, the engine's own.
    """

    def __init__(self, read: Callable[[int, int], Awaitable[list[StoredEntry]]]) -> None:
        self._read = read
        self._kept: deque[StoredEntry] = deque()
        self._bytes = 0
        self._waiting: set[asyncio.Future[None]] = set()
        self._closed = False
        self.head = 0

    def begin(self, head: int) -> None:
        """Say where the journal ends, each time it is opened."""
        self.head = head
        self._closed = False

    def add(self, batch: Sequence[StoredEntry]) -> None:
        """Take in a batch that is durable, and wake whoever waits."""
        self._kept.extend(batch)
        self._bytes += sum(map(_size, batch))
        while self._kept and (len(self._kept) > KEPT_ENTRIES or self._bytes > KEPT_BYTES):
            self._bytes -= _size(self._kept.popleft())
        self.head += len(batch)
        self._wake()

    def forget(self) -> None:
        """Drop what is kept, since content in it was erased; readers go on from storage."""
        self._kept.clear()
        self._bytes = 0

    def close(self) -> None:
        """End the waiting of every reader with Unavailable."""
        self._closed = True
        self.forget()
        self._wake()

    async def follow(self, start: int) -> AsyncIterator[StoredEntry]:
        """Every entry from `start` on, without end; see `Engine.tail`."""
        seq = start
        while True:
            if self._closed:
                raise Unavailable("the journal is closed: open it again to follow it")
            for entry in await self._next(seq):
                yield entry
                seq += 1

    async def _next(self, seq: int) -> list[StoredEntry]:
        if seq >= self.head:
            await self._more()
            return []
        first = self.head - len(self._kept)
        if seq >= first:
            return list(islice(self._kept, seq - first, seq - first + STRIDE))
        return await self._read(seq, STRIDE)

    async def _more(self) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)

    def _wake(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)


def _size(entry: StoredEntry) -> int:
    content = 0 if entry.content is None else len(entry.content.padded)
    return len(entry.header) + len(entry.facts) + content
