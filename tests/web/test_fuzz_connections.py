"""Whatever arrives on a connection, it ends soon, nothing is answered with 5xx, and the server goes on as before."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import psutil
import pytest

from .fuzzing import KINDS, Fuzzed
from .serving import Serving, serving

CONNECTIONS = 800
AT_ONCE = 16
#: Seconds within which a connection must have ended, once its client has said all it will say.
SOON_S = 5.0
#: Seconds that a client waits for an answer before it says that it has said all.
PAUSE_S = 0.2
GROWTH_BYTES = 100 << 20

PATHS = {
    "put intent": "PUT /dss/v1/operational_intent_references/{}",
    "put constraint": "PUT /dss/v1/constraint_references/{}",
    "put subscription": "PUT /dss/v1/subscriptions/{}",
    "query intents": "POST /dss/v1/operational_intent_references/query",
    "query subscriptions": "POST /dss/v1/subscriptions/query",
    "set availability": "PUT /dss/v1/uss_availability/{}",
    "file report": "POST /dss/v1/reports",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder: Path = tmp_path_factory.mktemp("fuzzed")
    # Without the worker, whose queue is short for who leaves before it is answered: such overload is honest 503.
    with serving(folder, "--engine", "memory", "--inline-cells", "10000") as running:
        running.until_ready()
        yield running


class Bytes:
    """What one connection sends: requests as they should be, and then bent."""

    def __init__(self, seed: int, token: str) -> None:
        self._random = Random(seed)
        self._fuzzed = Fuzzed(seed)
        self._token = token

    def __call__(self) -> bytes:
        random = self._random
        sent = b"".join(self._request() for _ in range(random.choice((1, 1, 1, 2, 5, 40))))
        for _ in range(random.choice((0, 0, 1, 3))):
            sent = self._bent(sent)
        return sent

    def _request(self) -> bytes:
        random = self._random
        kind = random.choice(tuple(PATHS))
        body = json.dumps(KINDS[kind][1](self._fuzzed)).encode("utf-8", "surrogatepass")
        head = f"{PATHS[kind].format(self._fuzzed._id())} HTTP/1.1\r\nHost: x\r\n"
        if random.random() < 0.9:
            head += f"Authorization: {self._token}\r\n"
        if random.random() < 0.3:
            return (head + "Transfer-Encoding: chunked\r\n\r\n").encode() + self._chunked(body)
        length = len(body) if random.random() < 0.9 else random.choice((0, 1, 10 * len(body), 10**30, -1))
        return (head + f"Content-Length: {length}\r\n\r\n").encode() + body

    def _chunked(self, body: bytes) -> bytes:
        size = self._random.choice((1, 7, 400, 10_000))
        pieces = [body[at : at + size] for at in range(0, len(body), size)]
        return b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in pieces) + b"0\r\n\r\n"

    def _bent(self, sent: bytes) -> bytes:
        random = self._random
        at = random.randrange(len(sent) + 1)
        match random.randrange(8):
            case 0:
                return sent[:at]
            case 1:
                return sent[:at] + random.randbytes(random.choice((1, 3, 2_000))) + sent[at:]
            case 2:
                return sent.replace(
                    b"\r\n", random.choice((b"\n", b"\r", b"\r\n\r\n", b"\0\r\n")), random.choice((1, 3))
                )
            case 3:
                return sent.replace(
                    b"HTTP/1.1", random.choice((b"HTTP/1.0", b"HTTP/9.9", b"", b"HTTP/2.0\r\nUpgrade: h2c")), 1
                )
            case 4:
                fields = b"x: y\r\n" * random.choice((3, 99, 3_000)) + b"Content-Length: 3\r\nExpect: 100-continue\r\n"
                return sent.replace(b"Host: x\r\n", fields, 1)
            case 5:
                return sent + sent
            case 6:
                return (
                    random.choice((b"\x16\x03\x01\x02\x00\x01", b"PRI * HTTP/2.0\r\n\r\n", b"\r\n" * 9, b"\0" * 70_000))
                    + sent
                )
            case _:
                return sent.replace(
                    b"/dss", random.choice((b"/%00", b"/dss/" * 9_000, b"*", b"http://other/dss", b"/%ff%fe", b"//")), 1
                )


async def said(port: int, sent: bytes) -> bytes:
    """All that is answered, until the server ends the connection."""
    answer = b""
    async with asyncio.timeout(SOON_S):
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.closing(writer):
                writer.write(sent)
                with contextlib.suppress(TimeoutError):
                    answer = await asyncio.wait_for(reader.read(1 << 20), PAUSE_S)
                writer.write_eof()
                answer += await reader.read()
    return answer


@pytest.mark.parametrize("seed", range(2))
def test_whatever_arrives_it_ends_soon_and_never_with_5xx(server: Serving, seed: int) -> None:
    child = server.child()
    assert child is not None
    before = psutil.Process(child.pid).memory_info().rss
    make = Bytes(seed, server.http.headers["Authorization"])
    answered = []

    async def connect(count: int) -> None:
        for _ in range(count):
            answered.append(await said(server.port, make()))

    async def all_of_them() -> None:
        await asyncio.gather(*[connect(CONNECTIONS // AT_ONCE) for _ in range(AT_ONCE)])

    asyncio.run(all_of_them())
    statuses = [int(each) for answer in answered for each in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]
    assert not [each for each in statuses if each >= 500]
    assert {200, 201, 400, 401} <= set(statuses)
    assert len(statuses) > CONNECTIONS // 2
    assert psutil.Process(child.pid).memory_info().rss < before + GROWTH_BYTES
    assert server.http.get("/healthy").status_code == 200
    assert server.child() is not None
    assert server.child().pid == child.pid  # type: ignore[union-attr]
    assert '"event": "fault"' not in server.log.read_text()
