"""The generator: a process of its own that sends prepared requests and keeps the time of every answer.

Closed loop: each connection sends its next request when it has its answer. Open loop (`rate`): requests leave at fixed
times, whatever the server does, and latency counts from the time a request was due (no coordinated omission). It never
runs longer than it is told, and reports how busy it was itself, so that a slow generator is not taken for a slow server.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import time
from collections import Counter
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import uvloop


class Result(NamedTuple):
    """Answers a second, latencies in ms (ascending), statuses, the generator's own CPU share, and bodies if kept."""

    per_second: float
    latencies_ms: list[float]
    statuses: Counter[int]
    generator_cpu: float
    bodies: list[bytes]

    def percentile(self, p: float) -> float:
        """The latency (ms) that a share `p` of all answers did not exceed."""
        return self.latencies_ms[min(len(self.latencies_ms) - 1, int(p * len(self.latencies_ms)))]


class _Connection(asyncio.Protocol):
    def __init__(self, run: _Run) -> None:
        self.run = run
        self.buffer = b""
        self.sent_at = 0.0
        self.busy = False
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def send(self, request: bytes, due: float) -> None:
        self.sent_at = due
        self.busy = True
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        buffer = self.buffer + data if self.buffer else data
        head = buffer.find(b"\r\n\r\n")
        if head < 0:
            self.buffer = buffer
            return
        lower = buffer[:head].lower()
        at = lower.find(b"content-length: ") + 16
        end = lower.find(b"\r", at)
        length = int(lower[at : end if end > 0 else head])
        if len(buffer) < head + 4 + length:
            self.buffer = buffer
            return
        self.buffer = b""
        self.busy = False
        self.run.answered(self, int(buffer[9:12]), buffer[head + 4 :])

    def connection_lost(self, error: Exception | None) -> None:
        self.run.lost(self)


class _Run:
    """One run over a list of requests."""

    def __init__(self, requests: Sequence[bytes], keep: bool, rate: float | None) -> None:
        self.requests = requests
        self.next = 0
        self.keep = keep
        self.rate = rate
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.bodies: list[bytes] = []
        self.idle: list[_Connection] = []
        self.late: list[float] = []
        self.open = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def answered(self, connection: _Connection, status: int, body: bytes) -> None:
        self.latencies.append(time.perf_counter() - connection.sent_at)
        self.statuses[status] += 1
        if self.keep:
            self.bodies.append(body)
        if self.late:
            self._send(connection, self.late.pop(0))
        elif self.rate is None and self.next < len(self.requests):
            self._send(connection, time.perf_counter())
        else:
            self.idle.append(connection)
            if len(self.latencies) == len(self.requests) and not self.done.done():
                self.done.set_result(None)

    def lost(self, connection: _Connection) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError("the server closed a connection"))

    def _send(self, connection: _Connection, due: float) -> None:
        request = self.requests[self.next]
        self.next += 1
        connection.send(request, due)

    async def paced(self) -> None:
        """Let requests leave at their times."""
        assert self.rate is not None
        begin = time.perf_counter()
        for count in range(len(self.requests)):
            due = begin + count / self.rate
            wait = due - time.perf_counter()
            if wait > 0.0005:
                await asyncio.sleep(wait)
            if self.idle:
                self._send(self.idle.pop(), due)
            else:
                self.late.append(due)

    def start(self) -> None:
        for connection in list(self.idle):
            if self.next < len(self.requests):
                self.idle.remove(connection)
                self._send(connection, time.perf_counter())


async def _drive(
    port: int, requests: Sequence[bytes], connections: int, keep: bool, rate: float | None, limit_s: float
) -> Result:
    run = _Run(requests, keep, rate)
    loop = asyncio.get_running_loop()
    made = []
    for _ in range(connections):
        transport, connection = await loop.create_connection(lambda: _Connection(run), "127.0.0.1", port)
        run.idle.append(connection)
        made.append(transport)
    cpu, begin = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    if rate is None:
        run.start()
        await asyncio.wait_for(run.done, limit_s)
    else:
        await asyncio.wait_for(asyncio.gather(run.paced(), run.done), limit_s)
    took = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_SELF)
    used = after.ru_utime + after.ru_stime - cpu.ru_utime - cpu.ru_stime
    for transport in made:
        transport.close()
    return Result(
        len(requests) / took, sorted(each * 1000 for each in run.latencies), run.statuses, used / took, run.bodies
    )


def _child(pipe: Connection, *arguments: Any) -> None:
    uvloop.install()
    try:
        pipe.send(asyncio.run(_drive(*arguments)))
    except Exception as error:
        pipe.send(RuntimeError(f"the generator failed: {error!r}"))


def load(
    port: int,
    requests: Sequence[bytes],
    connections: int = 32,
    *,
    keep: bool = False,
    rate: float | None = None,
    limit_s: float = 120.0,
) -> Result:
    """Send all requests, at most `limit_s` seconds long, from another process."""
    here, there = multiprocessing.get_context("fork").Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=_child, args=(there, port, requests, connections, keep, rate, limit_s)
    )
    process.start()
    there.close()
    try:
        if not here.poll(limit_s + 30):
            raise RuntimeError("the generator did not end in time")
        result = here.recv()
    finally:
        process.join(5)
        if process.is_alive():
            process.kill()
    if isinstance(result, Exception):
        raise result
    assert isinstance(result, Result)
    return result


def request(method: str, path: str, token: str, body: bytes = b"", more: str = "") -> bytes:
    """One HTTP/1.1 request as bytes; `more`: further header lines."""
    return (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n{more}"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
