"""Connections that mean no good: each ends soon, costs little, and is never told of one request what is meant for another."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from beforehand.web.answer import Answer, send
from beforehand.web.protocol import HEAD_FIELDS, PARTS, PIPELINED

from .test_protocol import GET, Served, story

CHUNKED = b"PUT /x HTTP/1.1\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n"


class Slow:
    """Answers each request with its path, but not before it is told to."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.go_on = asyncio.Event()

    async def __call__(self, scope: dict[str, Any], receive: Any, respond: Any) -> None:
        self.begun.append(scope["path"])
        await self.go_on.wait()
        await send(respond, Answer(200, scope["path"].encode()))


def requests(count: int) -> bytes:
    return b"".join(b"GET /%d HTTP/1.1\r\n\r\n" % number for number in range(count))


def test_a_few_requests_sent_at_once_are_answered_in_order() -> None:
    app = Slow()

    async def told(here: Served) -> bytes:
        reader, writer = await here.connect()
        writer.write(requests(PIPELINED + 1))
        app.go_on.set()
        bodies = []
        for _ in range(PIPELINED + 1):
            head = await reader.readuntil(b"\r\n\r\n")
            bodies.append(await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r")[0])))
        return b"".join(bodies)

    assert story(told, app) == b"".join(b"/%d" % number for number in range(PIPELINED + 1))


def test_thousands_of_requests_sent_at_once_end_the_connection_and_are_not_kept() -> None:
    app = Slow()

    async def told(here: Served) -> bytes:
        reader, writer = await here.connect()
        writer.write(requests(10_000))
        try:
            return await reader.read()
        except ConnectionError:
            return b""
        finally:
            app.go_on.set()

    assert story(told, app) == b""  # nothing that could be taken for the answer to the first
    assert app.begun == ["/0"]


@pytest.mark.parametrize(
    "behind",
    [GET + b"a: b\r\n" * (HEAD_FIELDS + 1), b"junk\r\n\r\n", GET + b"a: " + b"b" * 100_000],
    ids=["many fields", "junk", "a long field"],
)
def test_who_breaks_the_rules_is_not_answered_in_the_place_of_an_earlier_request(behind: bytes) -> None:
    app = Slow()

    async def told(here: Served) -> bytes:
        reader, writer = await here.connect()
        writer.write(b"PUT /first HTTP/1.1\r\ncontent-length: 0\r\n\r\n")
        await here.until(lambda: app.begun == ["/first"])
        writer.write(behind)
        try:
            return await reader.read()
        except ConnectionError:
            return b""
        finally:
            app.go_on.set()

    assert story(told, app) == b""


def test_chunks_of_a_byte_are_refused_where_they_come_by_the_thousand() -> None:
    assert story(lambda here: here.answer(CHUNKED + b"1\r\na\r\n" * (PARTS + 1))).startswith(b"HTTP/1.1 400 ")
    chunks = b"1\r\na\r\n" * 100 + b"3e8\r\n" + b"b" * 1000 + b"\r\n" + b"0\r\n\r\n"
    assert story(lambda here: here.answer(CHUNKED + chunks)).endswith(b"1100")


def test_fields_behind_a_body_are_counted_with_those_before() -> None:
    few, many = (b"5\r\nhello\r\n0\r\n" + b"a: b\r\n" * count + b"\r\n" for count in (3, HEAD_FIELDS + 1))
    assert story(lambda here: here.answer(CHUNKED + few)).endswith(b"5")
    assert b" 200 " not in story(lambda here: here.answer(CHUNKED + many))


def test_a_body_that_goes_on_after_its_answer_is_read_away_and_kept_nowhere() -> None:
    async def answers_at_once(scope: dict[str, Any], receive: Any, respond: Any) -> None:
        await send(respond, Answer(413, b"no"))

    async def told(here: Served) -> tuple[bytes, int]:
        reader, writer = await here.connect()
        writer.write(b"PUT /x HTTP/1.1\r\ncontent-length: 8000000\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        (connection,) = here.server.server_state.connections
        for _ in range(80):
            writer.write(bytes(100_000))
            await writer.drain()
        await here.until(lambda: connection._phase == 2)  # type: ignore[attr-defined]
        return head, len(connection.cycle.body)  # type: ignore[attr-defined]

    head, kept = story(told, answers_at_once)
    assert head.startswith(b"HTTP/1.1 413 ")
    assert kept == 0
