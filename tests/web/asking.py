"""An application on a node of the test's making, asked over ASGI."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from beforehand.auth.identity import Identity, Unauthenticated
from beforehand.core.strategic import replies as r
from beforehand.core.strategic.commands import Availability, IntentState
from beforehand.web.app import App
from beforehand.web.config import WebConfig
from beforehand.wire.f3548.times import parse_time

ALL = (
    "utm.strategic_coordination",
    "utm.conformance_monitoring_sa",
    "utm.constraint_management",
    "utm.constraint_processing",
    "utm.availability_arbitration",
    "dss.read.identification_service_areas",
)
NOW_US = parse_time("2030-01-01T00:00:00Z")
INTENT = r.IntentReference(
    bytes(range(16)),
    "uss1",
    Availability.UNKNOWN,
    1,
    IntentState.ACCEPTED,
    "ovn",
    0,
    1,
    "https://uss1.example.com",
    None,
)


class FakeNode:
    """Answers every command with `reply`, or raises it, after what `before` waits for."""

    def __init__(self) -> None:
        self.reply: Any = r.IntentChanged(INTENT, (), created=True)
        self.before: Callable[[Any], Any] | None = None
        self.asked: list[Any] = []
        self.cause: str | None = None

    def now_us(self) -> int:
        return NOW_US

    def earliest_us(self) -> int:
        return NOW_US

    def wall_us(self) -> int:
        return NOW_US

    def ready(self) -> str | None:
        return self.cause

    async def ask(self, command: Any) -> Any:
        self.asked.append(command)
        if self.before is not None:
            await self.before(command)
        if isinstance(self.reply, BaseException):
            raise self.reply
        return self.reply


class FakeVerifier:
    """Believes tokens that read `subject scope scope …`."""

    def verify(self, authorization: bytes | None, now_us: int) -> Identity:
        if authorization is None or not authorization.startswith(b"Bearer "):
            raise Unauthenticated("Missing access token")
        subject, *scopes = authorization.removeprefix(b"Bearer ").decode().split()
        return Identity("issuer", subject, frozenset(scopes))


class Inline:
    """A worker that works at once, and keeps for whom."""

    def __init__(self) -> None:
        self.parties: list[Any] = []
        self.warnings = 0

    async def run(self, party: Any, function: Callable[..., Any], *args: Any, warning: bool = False) -> Any:
        self.parties.append(party)
        self.warnings += warning
        return function(*args)


class Got(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        assert self.headers["content-type"].startswith("application/json")
        return json.loads(self.body)

    @property
    def reason(self) -> str | None:
        return self.headers.get("beforehand-reason")


class Client:
    """Asks the application as a server would."""

    def __init__(self, **config: Any) -> None:
        self.node = FakeNode()
        self.worker = Inline()
        self.app = App(self.node, FakeVerifier(), self.worker, WebConfig(**config))  # type: ignore[arg-type]

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        subject: str | None = "uss1",
        scopes: Sequence[str] = ALL,
        pieces: Sequence[bytes] | None = None,
        length: int | None = None,
        taking: Callable[[], Any] | None = None,
    ) -> Got:
        """The answer. `pieces`: the body as it arrives; an empty tuple is a client that has gone."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        arriving = list((raw,) if pieces is None else pieces)
        total = len(arriving)
        headers = [(b"content-length", str(len(raw) if length is None else length).encode())]
        if subject is not None:
            headers.append((b"authorization", " ".join(("Bearer", subject, *scopes)).encode()))
        bare, _, query = path.partition("?")
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if not arriving:
                return {"type": "http.disconnect"}
            piece = arriving.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(arriving) or total == 0}

        async def send(message: dict[str, Any]) -> None:
            if taking is not None:
                await taking()
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "raw_path": bare.encode(),
            "query_string": query.encode(),
            "headers": headers,
        }
        await self.app(scope, receive, send)
        if not sent:
            return Got(0, {}, b"")
        start, *rest = sent
        content = b"".join(each["body"] for each in rest)
        given = {name.decode(): value.decode() for name, value in start["headers"]}
        assert int(given["content-length"]) == len(content)
        return Got(start["status"], given, content)
