"""With a million live intents: restart, folding, memory, p50 against a thousand, the longest stall; and one full cell."""

from __future__ import annotations

import http.client
import os
import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from struct import pack
from typing import Any

from beforehand.core.machine import EpochOpened, Machine
from beforehand.core.stamp import ENTROPY_BYTES, Caller, Stamp
from beforehand.core.strategic.commands import Extent, IntentState, NewSubscription, PutIntent
from beforehand.engine.sqlite_journal import SqliteJournal
from beforehand.record.canonical import encode_facts
from beforehand.record.entry import NO_PREV, Chain, StoredEntry
from bench.bodies import intent, new_path, place, volume
from bench.load import load, request
from bench.requests import CONNECTIONS, HOUR, creates
from bench.serving import Server
from bench.table import Row

BATCH = 500


def _commands(count: int, start_us: int, subscribe: bool) -> Iterator[PutIntent]:
    """Intents of four cells that share none, around the globe."""
    caller = Caller("bench", "uss1")
    new = NewSubscription("https://uss.example.com/utm", False) if subscribe else None
    for k in range(count):
        cells = pack(">4I", *(0x10000004 + 32 * k + 8 * each for each in range(4)))
        extent = Extent(cells, 50_000, 120_000, start_us + 3_600_000_000, start_us + 7_200_000_000)
        yield PutIntent(
            caller, uuid.uuid4().bytes, None, extent, IntentState.ACCEPTED, "https://uss.example.com/utm", frozenset(),
            None, new, None)  # fmt: skip


def write_journal(folder: Path, count: int, *, subscribe: bool = False) -> int:
    """A journal with so many live intents, made by the core itself without the network; returns its entries."""
    folder.mkdir(mode=0o700, parents=True)
    journal, machine = SqliteJournal(folder), Machine()
    journal.open()
    now = time.time_ns() // 1000
    chain = Chain(NO_PREV, 0, 1)
    batch: list[StoredEntry] = []

    def keep(event: Any) -> None:
        batch.append(chain.append(now + chain.seq, encode_facts(event), os.urandom(32)))
        machine.fold(event, None, chain.time_us)

    def store() -> None:
        journal.append(journal.head(), batch)
        if journal.checkpoint_due():
            journal.checkpoint()
        batch.clear()

    keep(EpochOpened(1, "bench"))
    for command in _commands(count, now, subscribe):
        for event in machine.decide(command, Stamp(now + chain.seq, os.urandom(ENTROPY_BYTES), 1)).events:
            keep(event)
        if len(batch) >= BATCH:
            store()
    store()
    journal.close()
    return chain.seq


class Pings:
    """Asks `/healthy` on a connection of its own every 2 ms: what it waits is how long the loop stood still."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._stop = threading.Event()
        self.longest_ms = 0.0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        while not self._stop.wait(0.002):
            begin = time.perf_counter()
            connection.request("GET", "/healthy")
            connection.getresponse().read()
            self.longest_ms = max(self.longest_ms, (time.perf_counter() - begin) * 1000)

    def stop(self) -> float:
        self._stop.set()
        self._thread.join(10)
        return self.longest_ms


def _p50(server: Server, first: int, count: int) -> tuple[float, float]:
    """p50 (ms) of creates at eight connections, and the longest stall seen beside them."""
    token = server.token("uss2")  # the party of the journal may hold as much as its quota allows
    load(server.port, creates(token, first, 300), 8)
    requests = creates(token, first + 300, count)
    pings = Pings(server.port)
    result = load(server.port, requests, 8)
    stall = pings.stop()
    if set(result.statuses) != {201}:
        raise RuntimeError(f"expected only 201, got {dict(result.statuses)}")
    return result.percentile(0.5), stall


def growth(live: int) -> list[Row]:
    """From a thousand live intents to `live`."""
    rows: list[Row] = []
    folder = Path(tempfile.mkdtemp(prefix="beforehand-bench-"))
    small, large, subscribed = servers = [Server(folder / name) for name in ("small", "large", "subscribed")]
    try:
        write_journal(small.folder / "data", 1_000)
        empty_s = small.start()
        few_p50, _ = _p50(small, 0, 4_000)
        few_memory = small.memory()
        small.stop()
        entries = write_journal(large.folder / "data", live)
        restart_s = large.start()
        memory = (large.memory() - few_memory) / live
        many_p50, stall = _p50(large, 0, 4_000)
        large.stop()
        rate = entries / max(0.001, restart_s - empty_s)
        rows += [
            Row(f"folding a journal of {entries:,} entries", "≥ 50,000 entries/s", f"{rate:,.0f}/s",
                f"an empty start {empty_s:.2f} s", None, rate >= 50_000),
            Row(f"restart with {live:,} live, without snapshots", "≤ 30 s", f"{restart_s:.1f} s", "–", None,
                restart_s <= 30),
            Row("memory of a live intent of 4 cells", "≤ 2 KB", f"{memory:,.0f} B", "resident, after folding", None,
                memory <= 2048),
            Row(f"1,000 → {live:,} live, spread out", "≤ 1.5 × p50", f"{many_p50:.3f} ms", f"{few_p50:.3f} ms",
                many_p50 / few_p50, many_p50 / few_p50 <= 1.5),
            Row(f"longest stall of the loop, {live:,} live, under load", "≤ 25 ms", f"{stall:.1f} ms",
                "a ping beside the load", None, stall <= 25),
        ]  # fmt: skip
        with_count = live // 5
        write_journal(subscribed.folder / "data", with_count, subscribe=True)
        subscribed.start()
        more = (subscribed.memory() - few_memory) / with_count - memory
        subscribed.stop()
        rows.append(
            Row("memory of its implicit subscription", "≤ 1 KB more", f"{more:,.0f} B", f"{with_count:,} of them", None,
                more <= 1024))  # fmt: skip
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return rows


def one_cell(count: int) -> list[Row]:
    """Intents one after another in one cell: the last thousand against the first."""
    folder = Path(tempfile.mkdtemp(prefix="beforehand-bench-"))
    server = Server(folder)
    try:
        server.start()
        token, here, begin = server.token(), place(7), time.time() + HOUR
        requests = [
            request("PUT", new_path(), token, intent(volume(*here, begin + k, begin + k + 0.9, side_deg=0.0005)))
            for k in range(count)
        ]
        load(server.port, creates(token, 1_000, 500), CONNECTIONS)
        first = load(server.port, requests[:1_000], 8).percentile(0.5)
        load(server.port, requests[1_000:-1_000], CONNECTIONS, limit_s=300)
        last = load(server.port, requests[-1_000:], 8).percentile(0.5)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return [
        Row(f"{count:,} one after another in one cell", "≤ 2 × p50", f"{last:.3f} ms", f"the first {first:.3f} ms",
            last / first, last / first <= 2)
    ]  # fmt: skip
