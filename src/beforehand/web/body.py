"""Reading a request's body, never more of it than is allowed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from beforehand.web.shares import Shares, Ticket

Receive = Callable[[], Awaitable[dict[str, Any]]]


class Gone(Exception):
    """The client closed the connection, or was too slow: nobody is left to answer."""


class TooLong(Exception):
    """A body without a length announced exceeds what is allowed."""


async def read_body(receive: Receive, limit: int, shares: Shares, ticket: Ticket, reserve: bool) -> bytes:
    """The whole body, held on the request's ticket, perhaps from the reserve. Raises Gone, TooLong, NotDone."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Gone
        part: bytes = message.get("body", b"")
        size += len(part)
        shares.hold(ticket, len(part))
        if size > limit:
            raise TooLong
        if not message.get("more_body", False):
            return b"".join(parts) + part if parts else part
        shares.check(ticket, reserve)
        parts.append(part)
