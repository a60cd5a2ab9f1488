"""An engine that misbehaves at a chosen append, over any other engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from enum import Enum

from beforehand.engine.protocol import ContentStore, Engine, OutcomeUnknown, Unavailable
from beforehand.record.entry import StoredEntry


class Fault(Enum):
    """What becomes of an append."""

    HANGS = "hangs until it is let go, and is then stored"
    FAILS = "is not stored, and says so"
    STORED_UNTOLD = "is stored, but says that its outcome is unknown"
    LOST_UNTOLD = "is not stored, and says that its outcome is unknown"


class FaultyEngine:
    """See `Engine`.

    faults: what becomes of the nth append, counted from 1. After a failed one every append is refused with Unavailable
    until the engine is opened again, as by an engine whose storage failed; what is durable can still be read.

    While an append hangs, `hanging` is set: await it, look at what the world can see, then call `let_go`.
    """

    def __init__(self, inner: Engine, faults: Mapping[int, Fault]) -> None:
        self.inner = inner
        self.hanging = asyncio.Event()
        self._go_on = asyncio.Event()
        self._faults = dict(faults)
        self._appends = 0
        self._failed = False

    @property
    def content(self) -> ContentStore:
        return self.inner.content

    def let_go(self) -> None:
        """Let the append that hangs go on."""
        self._go_on.set()

    def fault_next(self, fault: Fault) -> None:
        """Say what becomes of the next append."""
        self._faults[self._appends + 1] = fault

    async def open(self) -> None:
        await self.inner.open()
        self._failed = False

    async def append(self, expected_seq: int, batch: Sequence[StoredEntry]) -> None:
        if self._failed:
            raise Unavailable("an append failed before: open the journal anew")
        self._appends += 1
        fault = self._faults.get(self._appends)
        if fault is None:
            await self.inner.append(expected_seq, batch)
        elif fault is Fault.HANGS:
            await self._hang()
            await self.inner.append(expected_seq, batch)
        else:
            self._failed = True
            if fault is Fault.FAILS:
                raise Unavailable(f"append {self._appends} was made to fail")
            if fault is Fault.STORED_UNTOLD:
                await self.inner.append(expected_seq, batch)
            raise OutcomeUnknown(f"append {self._appends} was made to end without telling how")

    async def _hang(self) -> None:
        self.hanging.set()
        await self._go_on.wait()
        self._go_on.clear()
        self.hanging.clear()

    async def read(self, start: int, limit: int) -> list[StoredEntry]:
        return await self.inner.read(start, limit)

    async def head(self) -> int:
        return await self.inner.head()

    def tail(self, start: int) -> AsyncIterator[StoredEntry]:
        return self.inner.tail(start)

    async def close(self) -> None:
        await self.inner.close()
