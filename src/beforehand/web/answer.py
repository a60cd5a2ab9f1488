"""What goes back over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import uuid4

from msgspec.json import Encoder

from beforehand.wire.f3548 import replies

Header = tuple[bytes, bytes]

_JSON: Header = (b"content-type", b"application/json; charset=utf-8")
_TEXT: Header = (b"content-type", b"text/plain; charset=utf-8")
#: Carries the stable reason of a refusal: the bodies of F3548 have no place for it.
REASON = b"beforehand-reason"

_encode = Encoder().encode


class Answer(NamedTuple):
    """Status, body, and headers but for the content's length."""

    status: int
    body: bytes
    headers: tuple[Header, ...] = (_JSON,)


#: As clients of this ecosystem know them.
NO_ROUTE = Answer(404, b"404 page not found\n", (_TEXT,))
TOO_LARGE = Answer(413, b"request body too large\n", (_TEXT,))
ALIVE = Answer(200, b"ok", (_TEXT,))


#: Reasons that are neither core's nor of the body: reason -> status (docs/refusals.md).
REASONS: dict[str, int] = {
    "unauthenticated": 401,
    "forbidden": 403,
    "body_too_long": 400,
    "not_done": 503,
    "outcome_unknown": 503,
    "fault": 500,
}


def refused(status: int, reason: str, message: str, retry_after_s: int | None = None) -> Answer:
    """A refusal. The message ends with an id by which a client and an operator can speak of this very answer."""
    return Answer(status, replies.message(f"{message} (E:{uuid4()})"), _headers(reason, retry_after_s))


def unaware(body: bytes) -> Answer:
    """The refusal of a plan made in ignorance: clients of this ecosystem compare its message, so it has no id."""
    return Answer(409, body, _headers("unaware", None))


def unavailable(reason: str, message: str, retry_after_s: int | None = None) -> Answer:
    """503. `reason` is `not_done` or `outcome_unknown`, in the body as well: they must never be confused."""
    return Answer(503, _encode({"message": message, "reason": reason}), _headers(reason, retry_after_s))


def _headers(reason: str, retry_after_s: int | None) -> tuple[Header, ...]:
    headers = (_JSON, (REASON, reason.encode()))
    return headers if retry_after_s is None else (*headers, (b"retry-after", str(retry_after_s).encode()))


Send = Callable[[dict[str, Any]], Awaitable[None]]


def start(answer: Answer) -> dict[str, Any]:
    """The ASGI message that begins an answer."""
    length = (b"content-length", str(len(answer.body)).encode())
    return {"type": "http.response.start", "status": answer.status, "headers": [*answer.headers, length]}


async def send(respond: Send, answer: Answer) -> None:
    """Hand an answer to the server."""
    await respond(start(answer))
    await respond({"type": "http.response.body", "body": answer.body})
