"""One party floods, another works: what the flood of the largest allowed requests does to the other's answers.

The flooding party keeps several connections busy, each with its next request as soon as it has an answer. The other sends
ordinary creates and gets at a fixed rate; its latency counts from the time a request was due.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import uvloop

from bench.bodies import intent, new_path, place, volume
from bench.floods import FLOODS, HOUR, Flood, Made
from bench.load import Result, load, request
from bench.serving import Server, served
from bench.table import Row

#: Budget: the other party's p99 while one floods.
P99_MS = 100.0
#: Requests a second of the other party.
RATE = 50.0
CONNECTIONS = 8


class Flooded(NamedTuple):
    """What the flooding party was answered."""

    statuses: Counter[int]
    megabytes: float


async def _one_connection(
    port: int, token: str, flood: Flood, numbers: Iterator[int], until: float, statuses: Counter[int]
) -> int:
    received = 0
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    with contextlib.closing(writer):
        while time.perf_counter() < until:
            method, path, body = flood(next(numbers))
            writer.write(
                f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
                f"Content-Length: {len(body)}\r\n\r\n".encode()
            )
            writer.write(body)
            head = await reader.readuntil(b"\r\n\r\n")
            left = int(head.lower().split(b"content-length: ")[1].split(b"\r")[0])
            received += left
            while left > 0:
                left -= len(await reader.readexactly(min(left, 1 << 20)))
            statuses[int(head[9:12])] += 1
    return received


async def _flood(port: int, token: str, flood: Flood, seconds: float) -> Flooded:
    statuses: Counter[int] = Counter()
    numbers, until = iter(range(1 << 60)), time.perf_counter() + seconds
    received = await asyncio.gather(
        *[_one_connection(port, token, flood, numbers, until, statuses) for _ in range(CONNECTIONS)]
    )
    return Flooded(statuses, sum(received) / 1e6)


def _child(pipe: Connection, *arguments: Any) -> None:
    uvloop.install()
    pipe.send(asyncio.run(_flood(*arguments)))


def steady(server: Server, token: str, seconds: float, first: int) -> Result:
    """Ordinary creates and gets at `RATE` in turn, spread out from place `first`; a get asks for an earlier create."""
    now = time.time()
    paths = [new_path() for _ in range(int(seconds * RATE / 2))]
    requests: list[bytes] = []
    for k, path in enumerate(paths):
        body = intent(volume(*place(first + k), now + HOUR, now + 2 * HOUR), subscribe=True)
        requests += [request("PUT", path, token, body), request("GET", paths[max(0, k - int(RATE))], token)]
    return load(server.port, requests, CONNECTIONS, rate=RATE, limit_s=seconds + 60)


def beside(server: Server, flood: Flood, seconds: float) -> tuple[Result, Flooded]:
    """The other party's answers while `flood` runs, and what the flood was answered."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(there, server.port, server.token("flooder"), flood, seconds + 2))
    process.start()
    there.close()
    try:
        time.sleep(1)  # the flood is under way
        result = steady(server, server.token("other"), seconds, 0)
        if not here.poll(60):
            raise RuntimeError("the flood did not end")
        return result, here.recv()
    finally:
        process.join(5)
        if process.is_alive():
            process.kill()


def _send(server: Server, requests: Sequence[tuple[str, str, bytes]]) -> None:
    """What a flood has to find in place, sent by the flooding party."""
    token = server.token("flooder")
    made = load(server.port, [request(*head, token, body) for *head, body in requests], CONNECTIONS, limit_s=300)
    if not set(made.statuses) <= {200, 201}:
        raise RuntimeError(f"expected 200 or 201, got {dict(made.statuses)}")


def flooded(seconds: float = 8.0, only: str = "") -> list[Row]:
    """One row for each flood, each on a server of its own."""
    rows = []
    for name, make in FLOODS.items():
        if only not in name:
            continue
        with served() as server:
            time.sleep(1)  # until the parent has handed over for good
            made: Made = make(time.time())
            if made.before:
                _send(server, made.before)
            alone = steady(server, server.token("other"), 3.0, 50_000)
            result, told = beside(server, made.flood, seconds)
            rows.append(_row(name, alone, result, told, server.memory() >> 20))
            print(f"  {rows[-1].work}: {rows[-1].measured} ({rows[-1].beside})", flush=True)
    return rows


def _row(name: str, alone: Result, result: Result, told: Flooded, mebibytes: int) -> Row:
    detail = {
        "p50_ms": round(result.percentile(0.5), 2),
        "p99_ms": round(result.percentile(0.99), 2),
        "longest_ms": round(result.latencies_ms[-1], 2),
        "statuses": dict(result.statuses),
        "p99_alone_ms": round(alone.percentile(0.99), 2),
        "flood": dict(told.statuses),
        "flood_received_mb": round(told.megabytes, 1),
        "memory_mib": mebibytes,
    }
    answered = ", ".join(f"{count} × {status}" for status, count in sorted(told.statuses.items()))
    return Row(
        f"another's p99 beside {name}", f"≤ {P99_MS:.0f} ms, all answered", f"{detail['p99_ms']:.1f} ms",
        f"p50 {detail['p50_ms']:.1f}, longest {detail['longest_ms']:.0f} ms; alone p99 {detail['p99_alone_ms']:.1f}; "
        f"the flood got {answered}; {mebibytes} MiB",
        None, set(result.statuses) <= {200, 201, 404} and result.percentile(0.99) <= P99_MS, detail)  # fmt: skip
