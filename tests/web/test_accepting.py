from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvloop

from beforehand.web import accepting
from beforehand.web.accepting import Accepting
from beforehand.web.server import listen


class Greeting(asyncio.Protocol):
    """Says which round of the loop it began in."""

    rounds = 0

    def connection_made(self, transport: Any) -> None:
        transport.write(b"%d\n" % self.rounds)


@asynccontextmanager
async def taking(listening: socket.socket) -> AsyncIterator[Accepting]:
    taken = Accepting(listening, Greeting)
    try:
        yield taken
    finally:
        taken.close()
        await taken.wait_closed()


async def greeted(address: Any) -> bytes:
    reader, writer = await asyncio.open_connection(*address)
    try:
        return await asyncio.wait_for(reader.readline(), 10)
    finally:
        writer.close()


def run(story: Callable[[], Awaitable[None]]) -> None:
    uvloop.run(story())  # type: ignore[arg-type]


def test_many_who_come_at_once_are_taken_within_few_rounds() -> None:
    async def story() -> None:
        listening = listen("127.0.0.1", 0)
        address = listening.getsockname()
        waiting = [socket.create_connection(address) for _ in range(100)]
        async with taking(listening):
            Greeting.rounds = 0
            for _ in range(20):
                await asyncio.sleep(0.01)
                Greeting.rounds += 1
            rounds = [int(each.recv(10)) for each in waiting]
        assert max(rounds) < 20 - 100 // accepting.AT_ONCE
        for each in waiting:
            each.close()

    run(story)


def test_one_who_is_gone_again_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        listening = listen("127.0.0.1", 0)
        address = listening.getsockname()

        class Fickle(socket.socket):
            failed = 0

            def accept(self) -> Any:
                if Fickle.failed < 3:
                    Fickle.failed += 1
                    raise OSError(errno.ECONNABORTED, "gone")
                return super().accept()

        async with taking(Fickle(fileno=listening.detach())):
            assert await greeted(address)

    run(story)


def test_without_descriptors_it_waits_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accepting, "PAUSE_S", 0.05)

    async def story() -> None:
        listening = listen("127.0.0.1", 0)
        address = listening.getsockname()

        class Poor(socket.socket):
            asked = 0

            def accept(self) -> Any:
                Poor.asked += 1
                if Poor.asked < 4:
                    raise OSError(errno.EMFILE, "too many open files")
                return super().accept()

        async with taking(Poor(fileno=listening.detach())):
            assert await greeted(address)
            assert 4 <= Poor.asked <= 6

    run(story)


def test_once_closed_it_takes_nobody() -> None:
    async def story() -> None:
        listening = listen("127.0.0.1", 0)
        address = listening.getsockname()
        async with taking(listening):
            assert await greeted(address)
        with pytest.raises(ConnectionError):
            await greeted(address)

    run(story)
