"""Storage that takes its time, fails in every way it may, and tells a witness of what became durable."""

from __future__ import annotations

import asyncio

from beforehand.engine.memory import MemoryEngine
from beforehand.engine.protocol import OutcomeUnknown, Unavailable

#: How often an append fails, and how often it hangs, unless a world is to be calm.
FAILS, HANGS = 0.02, 0.02


class Storage:
    """See `Engine`. `stored` is called with each batch at the moment from which no crash can unsay it."""

    def __init__(self, random, stored):
        self.inner = MemoryEngine()
        self._random = random
        self._stored = stored
        self._failed = False
        self.calm = False

    @property
    def content(self):
        return self.inner.content

    async def open(self):
        self._failed = False
        await self.inner.open()

    async def append(self, expected_seq, batch):
        if self._failed:
            raise Unavailable("an append failed before")
        random, now = self._random, self._random.random()
        fails = not self.calm and now < FAILS
        hangs = not self.calm and FAILS <= now < FAILS + HANGS
        await asyncio.sleep(random.uniform(1, 12) if hangs else random.expovariate(1_000))
        if fails:
            self._failed = True
            if random.random() < 0.4:
                raise Unavailable("certainly not stored")
            if random.random() < 0.5:
                raise OutcomeUnknown("lost, but who knows")
        await self.inner.append(expected_seq, batch)
        self._stored(batch)
        await asyncio.sleep(random.expovariate(1_000))
        if fails:
            raise OutcomeUnknown("stored, but who knows")

    async def read(self, start, limit):
        return await self.inner.read(start, limit)

    async def head(self):
        return await self.inner.head()

    def tail(self, start):
        return self.inner.tail(start)

    async def close(self):
        await self.inner.close()
