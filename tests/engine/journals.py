"""Batches to store, and running a test inside an event loop."""

from __future__ import annotations

import asyncio
import functools
from random import Random

from beforehand.engine.sqlite_journal import SqliteJournal
from beforehand.engine.sqlite_opening import connect
from beforehand.record.entry import NO_PREV, Chain, Follow

PATIENCE_S = 60.0
"""After this a test that waits for what never comes has failed."""


def in_loop(test):
    """Run an async test to its end."""

    @functools.wraps(test)
    def run(*args, **kwargs):
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), PATIENCE_S))

    return run


class Writer:
    """Makes batches that follow each other, the same from the same seed."""

    def __init__(self, seed=0):
        self.random = Random(seed)
        self.chain = Chain(NO_PREV, 0, 1)

    def batch(self, count=1, content=None, facts_bytes=None):
        """`count` entries; `content` belongs to each of them if it is given."""
        entries = []
        for _ in range(count):
            size = self.random.randrange(900) if facts_bytes is None else facts_bytes
            facts = self.random.randbytes(size)
            salts = self.random.randbytes(32), self.random.randbytes(32)
            entries.append(self.chain.append(self.chain.time_us + 1, facts, salts[0], content, salts[1]))
        return entries

    def mixed(self, count):
        """`count` entries, some with content."""
        entries = []
        for _ in range(count):
            size = self.random.choice([None, None, 0, 100, 5_000])
            entries += self.batch(content=None if size is None else self.random.randbytes(size))
        return entries


async def read_all(engine, stride=7):
    """Every entry, followed as a reader would."""
    follow = Follow()
    entries = []
    while some := await engine.read(len(entries), stride):
        assert len(some) <= stride
        for entry in some:
            follow.take(entry)
        entries += some
    assert len(entries) == await engine.head()
    return entries


def opened(folder, connect=connect):
    journal = SqliteJournal(folder, connect)
    journal.open()
    return journal
