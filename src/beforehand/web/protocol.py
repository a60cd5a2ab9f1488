"""uvicorn's HTTP protocol with the limits that it lacks: size and time of a head, time of a body, connections, slow takers."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from beforehand.web.resting import Flow, Resting

#: Bytes and number of a request's header fields; the target counts among the bytes.
HEAD_BYTES = 32_768
HEAD_FIELDS = 100
#: Requests that may wait behind the one that is being answered. Few clients send any.
PIPELINED = 16
#: Bytes of a body in one read, after which the connection rests.
LARGE_READ = 32_768
#: Parts in which one read may bring a body: chunks of a few bytes cost as much each as large ones.
PARTS = 1_000
#: Seconds for a head, for a body, and for the rest of an answer after the connection was to be closed.
READ_S = 15.0
TAKE_S = 15.0
#: Seconds that a connection may be silent between requests.
IDLE_S = 30
MAX_CONNECTIONS = 10_000

_HEAD, _BODY, _DONE = range(3)


class _Refused(Exception):
    """Ends the parsing of what else was read: the connection is being closed."""


class _Cycle(RequestResponseCycle):
    """One request and its answer, whose head and first piece leave in one write: two would wake the client twice."""

    head: bytes
    flow: Flow

    async def send(self, message: Any) -> None:
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        if message["type"] == "http.response.start":
            self._begin(message["status"], message["headers"])
            return
        body, more = message["body"], message.get("more_body", False)
        if self.scope["method"] == "HEAD":
            body = b""
        self.transport.write(self.head + body)
        self.head = b""
        if not more:
            self.response_complete = True
            self.message_event.set()
            if not self.keep_alive:
                self.transport.close()
            self.flow.tires = "light" not in self.scope
            self.on_response()

    def _begin(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.response_started = True
        self.waiting_for_100_continue = False
        lines = [STATUS_LINE[status]]
        for name, value in (*self.default_headers, *headers):
            lines += (name, b": ", value, b"\r\n")
        lines.append(b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n")
        self.head = b"".join(lines)


class Protocol(HttpToolsProtocol):
    """One connection. Its times are looked at by `sweep`, once a second, rather than by a timer each."""

    max_connections = MAX_CONNECTIONS
    flow: Flow

    def __init__(self, resting: Resting, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._resting = resting
        self._phase = _HEAD
        self._since = self.loop.time()
        self._head_bytes = 0
        self._chunk_bytes = 0
        self._messages = 0
        self._parts: list[bytes] = []

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.flow = Flow(transport)
        if len(self.connections) > self.max_connections:
            self._refuse("503 Service Unavailable", "Too many connections. Nothing was done; ask again in a moment.")

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._chunk_bytes = len(data)
        before = self._messages
        super().data_received(data)
        self._hand_over()
        if self._phase == _BODY and len(data) >= LARGE_READ and not self.transport.is_closing():
            self._resting.rest(self.flow)
        if self._phase == _HEAD:
            self._head_bytes = self._head_bytes + len(data) if self._messages == before else 0
            if self._head_bytes > HEAD_BYTES:
                self._refuse_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._phase = _HEAD
        self._since = self.loop.time()
        self._head_bytes = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(self.headers) >= HEAD_FIELDS:  # those behind a body in chunks count, too
            self._refuse_head()
            raise _Refused
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if (
            self._head_bytes + self._chunk_bytes > HEAD_BYTES
            and len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > HEAD_BYTES
        ):
            self._refuse_head()
            raise _Refused
        if len(self.pipeline) >= PIPELINED:
            self._refuse("503 Service Unavailable", "Too many requests at once. Wait for answers.")
            raise _Refused
        super().on_headers_complete()
        self._phase = _BODY
        # uvicorn makes the cycle itself and offers no way to say of which class; its task has not begun yet.
        self.cycle.__class__ = _Cycle

    def on_body(self, body: bytes) -> None:
        self._parts.append(body)
        if len(self._parts) > PARTS:
            self._refuse("400 Bad Request", "The chunks of the body are too small. Nothing was done.")
            raise _Refused

    def _hand_over(self) -> None:
        """Pass on the body as far as it has come: one piece for each read, for uvicorn copies all of it for each piece."""
        if self._parts:
            body = b"".join(self._parts)
            self._parts.clear()
            if not self.transport.is_closing():
                super().on_body(body)

    def on_message_complete(self) -> None:
        self._hand_over()
        self._phase = _DONE
        self._since = self.loop.time()
        self._messages += 1
        if not self.transport.is_closing():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.flow.tires and not self.transport.is_closing():
            self._resting.rest(self.flow)

    def sweep(self, now: float) -> None:
        """End the connection if it has been too slow."""
        if self.transport.is_closing():
            if now - self._since > TAKE_S:
                self.transport.abort()
        elif self._phase != _DONE and now - self._since > READ_S:
            self._refuse("408 Request Timeout", "The request took too long to arrive. Nothing was done.")

    def send_400_response(self, msg: str) -> None:
        if not self.transport.is_closing():
            self._refuse("400 Bad Request", msg)

    def _refuse_head(self) -> None:
        self._refuse(
            "431 Request Header Fields Too Large",
            f"A request may have {HEAD_BYTES} bytes and {HEAD_FIELDS} fields of header.",
        )

    def _refuse(self, status: str, message: str) -> None:
        self._since = self.loop.time()
        cycle = self.cycle
        # Not where it would be taken for the answer to an earlier request, nor where the answer has begun or gone already
        # and only its request goes on arriving.
        before = cycle is None or cycle.response_complete
        if not self.pipeline and (before if self._phase == _HEAD else cycle is not None and not cycle.response_started):
            body = message.encode()
            self.transport.write(
                f"HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {len(body)}\r\n"
                "connection: close\r\n\r\n".encode()
                + body
            )
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.close()
