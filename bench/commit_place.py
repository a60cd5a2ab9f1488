"""Where should the commit run? Thread, child process and inline, under a saturated event loop: `python -m bench.commit_place`.

Each engine stores the same load: 32 callers that spend CPU time as a request does (`--work-us`), create an intent through
a node, and wait until it is durable. Printed: creates a second, p50 and p99 of one create, commits a second.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from struct import pack
from typing import Any

import structlog
import uvloop

from beforehand.core.stamp import Caller
from beforehand.core.strategic.commands import Extent, IntentState, PutIntent
from beforehand.engine.framing import frame
from beforehand.engine.sqlite import SqliteEngine
from beforehand.engine.sqlite_journal import SqliteJournal
from beforehand.node import Node
from beforehand.node.clock import SystemClock
from beforehand.node.config import NodeConfig
from beforehand.record.entry import StoredEntry

CALLERS = 32


class Counting(SqliteEngine):
    """The engine on its thread, with its commits counted."""

    commits = 0

    async def append(self, expected_seq: int, batch: Sequence[StoredEntry]) -> None:
        self.commits += 1
        await super().append(expected_seq, batch)


class Inline(Counting):
    """The commit on the event loop itself: nothing else happens while the disk works."""

    async def append(self, expected_seq: int, batch: Sequence[StoredEntry]) -> None:
        self.commits += 1
        await asyncio.sleep(0)  # let the batch fill
        self.journal.append(expected_seq, batch)
        if self.journal.checkpoint_due():
            self.journal.checkpoint()


def _store(pipe: Connection, folder: Path) -> None:
    journal = SqliteJournal(folder)
    journal.open()
    pipe.send(journal.head())
    while (job := pipe.recv()) is not None:
        journal.append_framed(*job, [])
        pipe.send(True)
        if journal.checkpoint_due():
            journal.checkpoint()
    journal.close()


class InProcess(Counting):
    """The commit in a child process, spoken to through a pipe."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder
        self.durable = 0

    async def open(self) -> None:
        self.pipe, there = multiprocessing.get_context("spawn").Pipe()
        self.child = multiprocessing.get_context("spawn").Process(target=_store, args=(there, self.folder))
        self.child.start()
        self.durable = await asyncio.to_thread(self.pipe.recv)
        self.stored: asyncio.Future[Any] | None = None
        asyncio.get_running_loop().add_reader(self.pipe.fileno(), self._answered)

    def _answered(self) -> None:
        self.pipe.recv()
        assert self.stored is not None
        self.stored.set_result(None)

    async def append(self, expected_seq: int, batch: Sequence[StoredEntry]) -> None:
        self.commits += 1
        self.stored = asyncio.get_running_loop().create_future()
        self.pipe.send((expected_seq, len(batch), frame(batch)))
        await self.stored

    async def read(self, start: int, limit: int) -> list[StoredEntry]:
        return []

    async def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.pipe.fileno())
        self.pipe.send(None)
        await asyncio.to_thread(self.child.join)


def _command(k: int, now_us: int) -> PutIntent:
    cells = b"".join(pack(">I", 0x478EB524 + 32 * k + 8 * each) for each in range(4))
    extent = Extent(cells, 0, 100_000, now_us + 10**8, now_us + 10**9)
    return PutIntent(
        Caller("bench", "uss1"), uuid.uuid4().bytes, None, extent, IntentState.ACCEPTED, "https://uss.example.com",
        frozenset(), None, None, None)  # fmt: skip


async def _measure(engine: Counting, count: int, work_us: float) -> tuple[float, list[float], float]:
    node = await Node.open(NodeConfig(cells_per_second=1 << 40), SystemClock(), os.urandom, engine)
    commands = iter([_command(k, node.now_us()) for k in range(count)])
    times: list[float] = []

    async def caller() -> None:
        for command in commands:
            begin = time.perf_counter()
            while (time.perf_counter() - begin) * 1e6 < work_us:
                pass
            await node.ask(command)
            times.append((time.perf_counter() - begin) * 1e3)

    begin = time.perf_counter()
    await asyncio.gather(*[caller() for _ in range(CALLERS)])
    took = time.perf_counter() - begin
    await node.close()
    return count / took, sorted(times), engine.commits / took


def main() -> None:
    """Measure all of them in one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--work-us", type=float, default=80)
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    uvloop.install()
    print(f"{'commit runs':34} {'creates/s':>10} {'p50 ms':>8} {'p99 ms':>8} {'commits/s':>10}")
    kinds = [
        ("on a thread, switch interval 5 ms", Counting, 5e-3),
        ("on a thread, switch interval 0.1 ms", Counting, 1e-4),
        ("in a child process", InProcess, 5e-3),
        ("inline", Inline, 5e-3),
    ]
    for name, kind, interval in kinds:
        sys.setswitchinterval(interval)
        with tempfile.TemporaryDirectory() as folder:
            rate, times, commits = asyncio.run(_measure(kind(Path(folder)), arguments.count, arguments.work_us))
        p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
        print(f"{name:34} {rate:10.0f} {p50:8.2f} {p99:8.2f} {commits:10.0f}", flush=True)


if __name__ == "__main__":
    main()
