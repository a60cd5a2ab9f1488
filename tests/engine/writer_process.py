"""A process that appends without end, and tells of each batch once it is durable. Made to be killed."""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
from pathlib import Path
from random import Random

from beforehand.engine.protocol import EngineError
from beforehand.engine.sqlite import SqliteEngine
from beforehand.engine.sqlite_journal import SqliteJournal
from beforehand.record.entry import Chain, Follow


def facts_of_batch(first, count):
    """What the entries of a batch say, so that a part of a batch is known for one."""
    return [b"%d %d %d" % (first, count, place) for place in range(count)]


class Inline:
    """The journal without its thread, called as an engine is."""

    def __init__(self, folder):
        self.journal = SqliteJournal(folder)

    async def open(self):
        self.journal.open()

    async def read(self, start, limit):
        return self.journal.read(start, limit)

    async def append(self, expected_seq, batch):
        self.journal.append(expected_seq, batch)
        if self.journal.checkpoint_due():
            self.journal.checkpoint()


async def write(engine):
    await engine.open()
    follow = Follow()
    while entries := await engine.read(follow.seq, 1_000):
        for entry in entries:
            follow.take(entry)
    chain = Chain(follow.prev, follow.seq, follow.epoch + 1, follow.time_us)
    random = Random(follow.seq)
    while True:
        first, count = chain.seq, random.randrange(1, 8)
        batch = [
            chain.append(chain.time_us + 1, facts, random.randbytes(32), random.randbytes(9_000), random.randbytes(32))
            for facts in facts_of_batch(first, count)
        ]
        await engine.append(first, batch)
        os.write(1, b"%d %d\n" % (first, count))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", choices=["journal", "thread"], default="thread")
    parser.add_argument("--file-bytes", type=int)
    options = parser.parse_args()
    if options.file_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (options.file_bytes, options.file_bytes))
    engine = Inline(options.folder) if options.engine == "journal" else SqliteEngine(options.folder)
    try:
        asyncio.run(write(engine))
    except EngineError as error:
        os.write(1, type(error).__name__.encode() + b"\n")


if __name__ == "__main__":
    main()
