"""Who answers while no serving process can: 503 `not_done` with the cause, and 200 for being alive."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Any

from beforehand.node.outcomes import NOT_TOLD
from beforehand.web.answer import ALIVE, send, unavailable
from beforehand.web.server import Server

#: Seconds that its last answers have when a serving process takes over.
FINISH_S = 1
#: A PUT under this may be a warning, and nobody here reads bodies to find out.
_INTENTS = b"/dss/v1/operational_intent_references/"


class StandIn:
    """Answers on the socket between `begin` and `end`. `cause` may change meanwhile."""

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self._server: Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self.cause = "The service is starting."

    async def __call__(self, scope: dict[str, Any], receive: Any, respond: Any) -> None:
        if scope["raw_path"] == b"/healthy":
            await send(respond, ALIVE)
            return
        said = f"{self.cause.rstrip('.')}. Nothing was done; ask again in a moment."
        if scope["method"] == "PUT" and scope["raw_path"].startswith(_INTENTS):
            said = f"{said} {NOT_TOLD}"
        await send(respond, unavailable("not_done", said, 1))

    def begin(self) -> None:
        """Answer from now on."""
        if self._server is None:
            self._server = Server(self)
            self._serving = asyncio.create_task(self._server.run_on(self._listening))

    def take_no_more(self) -> None:
        """Take no further connections, from this moment on."""
        if self._server is not None:
            for server in self._server.servers:
                server.close()

    async def end(self) -> None:
        """Answer no longer; returns when the last answer has gone."""
        if self._server is not None and self._serving is not None:
            self._server.stop(FINISH_S)
            with contextlib.suppress(asyncio.CancelledError):
                await self._serving
            self._server = self._serving = None
