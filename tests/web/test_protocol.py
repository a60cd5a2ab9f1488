from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from beforehand.web.answer import Answer, send
from beforehand.web.protocol import HEAD_BYTES, HEAD_FIELDS, READ_S, TAKE_S, Protocol
from beforehand.web.server import Server, listen

GET = b"GET /x HTTP/1.1\r\nHost: h\r\n"


class Served:
    """An application on a port, and connections to it."""

    def __init__(self, server: Server, port: int) -> None:
        self.server = server
        self._port = port
        self._writers: list[asyncio.StreamWriter] = []

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers.append(writer)
        return reader, writer

    async def answer(self, request: bytes) -> bytes:
        """Everything until the server closes."""
        reader, writer = await self.connect()
        writer.write(request)
        return await reader.read()

    def sweep(self, later_s: float) -> None:
        """Look at the times of all connections as if it were so much later."""
        now = asyncio.get_running_loop().time() + later_s
        for connection in list(self.server.server_state.connections):
            assert isinstance(connection, Protocol)
            connection.sweep(now)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds():
                await asyncio.sleep(0.01)


async def answering(scope: dict[str, Any], receive: Any, respond: Any) -> None:
    """Answers with the length of the body, or not at all to one that has gone."""
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message["body"])
        if not message["more_body"]:
            break
    await send(respond, Answer(200, b"%d" % size))


@contextlib.asynccontextmanager
async def served(app: Any = answering) -> AsyncIterator[Served]:
    with listen("127.0.0.1", 0) as listening:
        server = Server(app)
        serving = asyncio.create_task(server.run_on(listening))
        here = Served(server, listening.getsockname()[1])
        await here.until(lambda: server.started)
        yield here
        for writer in here._writers:
            writer.close()
        server.stop(1)
        await serving


def story(told: Callable[[Served], Any], app: Any = answering) -> Any:
    async def run() -> Any:
        async with served(app) as here:
            return await told(here)

    return asyncio.run(run())


def test_requests_follow_each_other_on_one_connection() -> None:
    async def told(here: Served) -> None:
        reader, writer = await here.connect()
        for _ in range(3):
            writer.write(b"PUT /x HTTP/1.1\r\ncontent-length: 5\r\n\r\nhel")
            await asyncio.sleep(0)
            writer.write(b"lo")
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            assert await reader.readexactly(1) == b"5"
        writer.write(GET + b"\r\n" + GET + b"connection: close\r\n\r\n")
        assert (await reader.read()).count(b"HTTP/1.1 200") == 2

    story(told)


@pytest.mark.parametrize(
    "head",
    [
        GET + b"a: b\r\n" * (HEAD_FIELDS + 1) + b"\r\n",
        GET + b"a: " + b"b" * HEAD_BYTES + b"\r\n\r\n",
        b"GET /" + b"x" * HEAD_BYTES + b" HTTP/1.1\r\n\r\n",
    ],
    ids=["many fields", "a long field", "a long path"],
)
def test_heads_are_bounded(head: bytes) -> None:
    answer = story(lambda here: here.answer(head))
    assert answer.startswith(b"HTTP/1.1 431 ")


def test_a_field_without_end_is_not_waited_for() -> None:
    async def told(here: Served) -> None:
        _, writer = await here.connect()
        connections = here.server.server_state.connections
        writer.write(GET + b"a: ")
        await here.until(lambda: len(connections) == 1)
        with contextlib.suppress(ConnectionError):
            while connections:
                writer.write(b"b" * 4096)
                await writer.drain()
                await asyncio.sleep(0)

    story(told)


def test_a_large_body_in_one_chunk_is_no_large_head() -> None:
    body = b"x" * 4 * HEAD_BYTES
    request = b"PUT /x HTTP/1.1\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(body) + body
    assert story(lambda here: here.answer(request)).endswith(b"%d" % len(body))


@pytest.mark.parametrize(
    "request_",
    [b"\x16\x03\x01\x02\x00", b"junk\r\n\r\n", b"GET /\xff HTTP/1.1\r\n\r\n", b"PUT /x HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
     b"PUT /x HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", b"CONNECT h:1 HTTP/1.1\r\n\r\n"],
)  # fmt: skip
def test_what_is_not_http_is_400(request_: bytes) -> None:
    assert story(lambda here: here.answer(request_)).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("begun", [b"", b"GET /x HT", b"PUT /x HTTP/1.1\r\ncontent-length: 5\r\n\r\nhel"])
def test_a_request_that_takes_too_long_to_arrive_is_ended(begun: bytes) -> None:
    async def told(here: Served) -> bytes:
        reader, writer = await here.connect()
        writer.write(begun)
        await here.until(lambda: len(here.server.server_state.connections) == 1)
        await asyncio.sleep(0.05)
        here.sweep(READ_S - 1)
        assert not reader.at_eof()
        here.sweep(READ_S + 1)
        return await reader.read()

    assert story(told).startswith(b"HTTP/1.1 408 ")


def test_a_body_that_goes_on_arriving_after_its_answer_is_cut_off_without_a_second_one() -> None:
    async def early(scope: dict[str, Any], receive: Any, respond: Any) -> None:
        await send(respond, Answer(413, b"too large"))

    async def told(here: Served) -> bytes:
        reader, writer = await here.connect()
        writer.write(b"PUT /x HTTP/1.1\r\ncontent-length: 50000000\r\n\r\nhel")
        head = await reader.readuntil(b"too large")
        here.sweep(READ_S + 1)
        return head + await reader.read()

    assert story(told, early).count(b"HTTP/1.1 ") == 1


def test_an_answer_that_nobody_takes_is_given_up() -> None:
    async def endless(scope: dict[str, Any], receive: Any, respond: Any) -> None:
        await respond({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(1000):
            await respond({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})

    async def told(here: Served) -> None:
        _, writer = await here.connect()
        writer.write(GET + b"\r\n")
        connections = here.server.server_state.connections
        await here.until(lambda: any(each.flow and each.flow.write_paused for each in connections))
        for each in connections:
            each.transport.close()
        here.sweep(TAKE_S - 1)
        assert connections
        here.sweep(TAKE_S + 1)
        await here.until(lambda: not connections)

    story(told, endless)


def test_more_connections_than_allowed_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Protocol, "max_connections", 2)

    async def told(here: Served) -> list[bytes]:
        kept = [await here.connect() for _ in range(2)]
        await here.until(lambda: len(here.server.server_state.connections) == 2)
        reader, _ = await here.connect()
        refused = await reader.read()
        kept[0][1].write(GET + b"\r\n")
        return [refused, await kept[0][0].readline()]

    refused, answered = story(told)
    assert refused.startswith(b"HTTP/1.1 503 ")
    assert answered.startswith(b"HTTP/1.1 200 ")


def test_stopping_answers_what_is_in_flight_and_takes_nothing_new() -> None:
    go = asyncio.Event()

    async def waiting(scope: dict[str, Any], receive: Any, respond: Any) -> None:
        await go.wait()
        await send(respond, Answer(200, b"done"))

    async def told(here: Served) -> None:
        reader, writer = await here.connect()
        idle, _ = await here.connect()
        writer.write(GET + b"\r\n")
        await here.until(lambda: len(here.server.server_state.tasks) == 1)
        here.server.stop()
        assert await idle.read() == b""
        go.set()
        assert (await reader.read()).endswith(b"done")

    story(told, waiting)
