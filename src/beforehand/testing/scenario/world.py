"""Where a story is played: a whole server in this process on a fake clock, asked through its HTTP side, without sockets.

Hours pass in no time, every deadline is met at its own moment, and the same story ends the same way each time.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple, Protocol

from msgspec.json import decode, encode

from beforehand.auth.identity import Identity
from beforehand.auth.keys import TokenKeys
from beforehand.auth.passwords import hash_password, verify_password
from beforehand.auth.scopes import HOTLINE_OPERATOR
from beforehand.auth.sessions import new_session_key
from beforehand.auth.tokens import Verifier
from beforehand.core.machine import read_event
from beforehand.engine.memory import MemoryEngine
from beforehand.engine.protocol import MAX_READ
from beforehand.node import Node
from beforehand.node.clock import Clock, Timeline
from beforehand.node.config import NodeConfig
from beforehand.record.entry import StoredEntry, parse_header, unpad
from beforehand.testing.clock import FakeClock
from beforehand.web.app import App
from beforehand.web.config import WebConfig
from beforehand.web.hotline.hotline import Hotline
from beforehand.web.hotline.people import Hasher, People
from beforehand.web.shares import Share, Shares

AUDIENCE = "story"
#: What stands for the operator's token: only this process knows it.
OPERATOR = "operator"
#: Long enough for whatever can go on without time passing to have gone on: time goes only when nothing else does.
_MOMENT_S = 0.000_001
_PATIENCE = 10_000


class Fault(Exception):
    """The service itself failed on a story: a fault of this program, not of the story."""


class Reply(NamedTuple):
    """An answer: status and JSON."""

    status: int
    body: dict[str, Any]


class Entry(NamedTuple):
    """An entry of the journal: its number, time and fact, and its content as bytes."""

    seq: int
    time_us: int
    event: Any
    content: bytes | None


class Line(Protocol):
    """What a story is played on. Times are the story's own."""

    async def until(self, at_us: int) -> None:
        """Let time pass until then, and everything due in between happen."""

    async def ask(self, method: str, path: str, token: str, body: Any = None) -> Reply:
        """Ask, with a bearer token or none."""

    def draw(self, *step: object) -> None:
        """Randomness from now on is that of this step."""

    def random(self, size: int) -> bytes:
        """Random bytes for what the player makes up."""

    async def journal(self) -> list[Entry] | None:
        """Everything that was recorded; None where it cannot be read."""

    async def mark(self) -> int:
        """How many entries there are now, as far as is known."""


class Drawn:
    """Random bytes by step: the same step draws the same, whoever acts in it and whatever was drawn before."""

    def __init__(self) -> None:
        self._random = Random("story")

    def begin(self, *step: object) -> None:
        """Draw for this step from now on."""
        self._random = Random("/".join(map(str, step)))

    def __call__(self, size: int) -> bytes:
        return self._random.randbytes(size)


class Fresh(Drawn):
    """Random bytes that nobody can know, for a journal that lives on."""

    def __call__(self, size: int) -> bytes:
        return os.urandom(size)


class PlainHasher:
    """Passwords of a story that ends with it need no hashing."""

    async def hash(self, password: str) -> str:
        return password

    async def verify(self, hashed: str | None, password: str) -> bool:
        return hashed == password


class RealHasher:
    """As a server hashes them, for those who are to log in to one afterwards; at once, in this process."""

    async def hash(self, password: str) -> str:
        return hash_password(password)

    async def verify(self, hashed: str | None, password: str) -> bool:
        return verify_password(hashed, password)


class _Inline:
    """See `beforehand.node.worker.Worker`: at once, in this process."""

    async def run(self, _party: Any, function: Callable[..., Any], *args: Any, warning: bool = False) -> Any:
        return function(*args)


class _Unhurried(Shares):
    """Nobody waits for a turn by the processor's time: there is one request at a time, and time is the story's."""

    async def turn(self, share: Share) -> None:
        return

    async def turn_of_warning(self, share: Share) -> None:
        return


class _Verifier(Verifier):
    """Tokens of the node's own, and the operator's."""

    def verify(self, authorization: bytes | None, now_us: int) -> Identity:
        if authorization == f"Bearer {OPERATOR}".encode():
            return Identity("story", OPERATOR, frozenset({HOTLINE_OPERATOR}))
        return super().verify(authorization, now_us)


class _Timeline(Timeline):
    """Time that a look does not use up: the act that follows at the same moment is stamped with that very moment."""

    def last_us(self) -> int:
        return self._last_us

    def go_back(self, to_us: int) -> None:
        """To the last stamp that an entry has."""
        self._last_us = to_us


class _Node(Node):
    """A node that tells when it has something to do."""

    def __init__(self, config: NodeConfig, clock: Clock, *others: Any) -> None:
        super().__init__(config, clock, *others)
        self._timeline: _Timeline = _Timeline(clock, config.max_clock_error_us)

    async def ask(self, command: Any) -> Any:
        entries, last_us = self._machine.seq, self._timeline.last_us()
        try:
            return await super().ask(command)
        finally:
            if self._machine.seq == entries:
                self._timeline.go_back(last_us)

    def due_us(self) -> int | None:
        return self._machine.next_due()

    def busy(self) -> bool:
        return self._machine.next_work() is not None

    async def catch_up(self) -> None:
        self._deadlines.look()
        await self._deadlines.catch_up()


class World:
    """A `Line` in this process. Run within `simulate(clock, ...)`; close it.

    passed: called with two times of the story before time goes from one to the other, to let a watcher wait as long.
    """

    def __init__(
        self,
        clock: FakeClock,
        passed: Callable[[int, int], None] | None = None,
        *,
        hasher: Hasher | None = None,
        drawn: Drawn | None = None,
        name: str = "story",
    ) -> None:
        self._clock = clock
        self._name = name
        self._drawn = drawn or Drawn()
        self._hasher = hasher or PlainHasher()
        self._passed = passed or (lambda _from_us, _to_us: None)
        self._engine = MemoryEngine()
        self._node: _Node
        self._app: App

    async def open(self) -> None:
        """Begin with an empty journal."""
        node = await _Node.open(NodeConfig(name=self._name), self._clock, self._drawn, self._engine)
        assert isinstance(node, _Node)
        self._node = node
        key = new_session_key("story")
        config = WebConfig(inline_cells=None)
        people = People(node, key, AUDIENCE, self._hasher, self._drawn)
        worker = _Inline()
        verifier = _Verifier(TokenKeys([key.token_key()]), [AUDIENCE])
        self._app = App(node, verifier, worker, config, Hotline(node, worker, people, None))
        self._app.shares = _Unhurried(config.limits)

    async def close(self) -> None:
        """Let go of it."""
        await self._node.close()

    async def until(self, at_us: int) -> None:
        while True:
            await asyncio.sleep(_MOMENT_S)
            due_us = self._node.due_us()
            if due_us is None or due_us > at_us:
                self._go_on(at_us)
                return
            self._go_on(due_us)
            await self._node.catch_up()
            if self._node.due_us() == due_us:
                raise Fault("something that is due does not get done; the log says why")

    def _go_on(self, to_us: int) -> None:
        now_us = self._clock.wall_us()
        if to_us > now_us:
            self._passed(now_us, to_us)
            self._clock.advance(to_us - now_us)

    async def ask(self, method: str, path: str, token: str, body: Any = None) -> Reply:
        target, _, query = path.partition("?")
        headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
        scope = {
            "type": "http", "method": method, "path": target, "raw_path": target.encode(), "query_string": query.encode(),
            "headers": headers}  # fmt: skip
        data = b"" if body is None else encode(body)
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": data, "more_body": False}

        async def respond(message: dict[str, Any]) -> None:
            sent.append(message)

        await self._app(scope, receive, respond)
        content = b"".join(each.get("body", b"") for each in sent[1:])
        answer = Reply(sent[0]["status"], decode(content))
        await self._settle()
        return answer

    async def _settle(self) -> None:
        """Let the node finish what it does by itself."""
        for _ in range(_PATIENCE):
            if not self._node.busy():
                return
            await asyncio.sleep(_MOMENT_S)
        raise Fault("the search for meetings does not end; the log says why")

    def draw(self, *step: object) -> None:
        self._drawn.begin(*step)

    def random(self, size: int) -> bytes:
        return self._drawn(size)

    async def stored(self) -> list[StoredEntry]:
        """The journal as it is stored."""
        found: list[StoredEntry] = []
        while part := await self._engine.read(len(found), MAX_READ):
            found += part
        return found

    async def journal(self) -> list[Entry]:
        return [_entry(seq, each) for seq, each in enumerate(await self.stored())]

    async def mark(self) -> int:
        return self._node.durable


def _entry(seq: int, stored: StoredEntry) -> Entry:
    content = None if stored.content is None else unpad(stored.content.padded)
    return Entry(seq, parse_header(stored.header).time_us, read_event(stored.facts), content)
