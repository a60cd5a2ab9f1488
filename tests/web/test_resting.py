from __future__ import annotations

import asyncio
import itertools
from typing import Any, cast

import pytest

from beforehand.web.answer import Answer, send
from beforehand.web.resting import AT_ONCE, Flow, Resting

from .test_protocol import Served, story


class Transport:
    """Knows whether it is being read from."""

    def __init__(self) -> None:
        self.reads = True
        self.closing = False

    def pause_reading(self) -> None:
        assert self.reads
        assert not self.closing
        self.reads = False

    def resume_reading(self) -> None:
        assert not self.reads
        assert not self.closing
        self.reads = True

    def is_closing(self) -> bool:
        return self.closing


def flow(transport: Transport) -> Flow:
    return Flow(cast(asyncio.Transport, transport))


def test_so_many_are_woken_in_a_round_in_the_order_in_which_they_came() -> None:
    async def told() -> None:
        transports = [Transport() for _ in range(3 * AT_ONCE + 1)]
        resting = Resting()
        for each in transports:
            resting.rest(flow(each))
        awake = [0]
        while awake[-1] < len(transports):
            await asyncio.sleep(0)
            woken = [each.reads for each in transports]
            assert woken == sorted(woken, reverse=True)
            awake.append(sum(woken))
        assert max(later - before for before, later in itertools.pairwise(awake)) == AT_ONCE

    asyncio.run(told())


def test_one_who_has_read_too_much_already_is_not_made_to_read_on() -> None:
    transport = Transport()
    mine = flow(transport)
    mine.pause_reading()
    mine.rest()
    mine.wake()
    assert not transport.reads
    mine.resume_reading()
    assert transport.reads
    mine.rest()
    mine.resume_reading()
    assert not transport.reads
    mine.wake()
    assert transport.reads


def test_one_who_left_while_resting_is_let_go() -> None:
    async def told() -> None:
        transport = Transport()
        resting = Resting()
        resting.rest(flow(transport))
        transport.closing = True
        for _ in range(3):
            await asyncio.sleep(0)
        assert not transport.reads

    asyncio.run(told())


@pytest.mark.parametrize("light", [True, False])
def test_a_connection_rests_after_an_answer_unless_its_party_has_little_in_hand(light: bool) -> None:
    rested = []

    async def app(scope: dict[str, Any], receive: Any, respond: Any) -> None:
        if light:
            scope["light"] = True
        await send(respond, Answer(200, b"x"))

    async def told(here: Served) -> None:
        resting = here.server._resting
        rest = resting.rest

        def noticed(one: Flow) -> None:
            rested.append(one)
            rest(one)

        resting.rest = noticed  # type: ignore[method-assign]
        reader, writer = await here.connect()
        for _ in range(3):
            writer.write(b"GET /x HTTP/1.1\r\n\r\n")
            await reader.readuntil(b"\r\n\r\nx")

    story(told, app)
    assert len(rested) == (0 if light else 3)


def test_large_bodies_arrive_whole_with_rests_between() -> None:
    body = bytes(3_000_000)

    async def told(here: Served) -> list[bytes]:
        request = b"PUT /x HTTP/1.1\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(body) + body
        return list(await asyncio.gather(*[here.answer(request) for _ in range(4)]))

    assert all(answer.endswith(b"\r\n3000000") for answer in story(told))
