"""Serving an ASGI application on a socket that is already listening."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Generator
from typing import Any

import uvicorn

from beforehand.web.accepting import Accepting
from beforehand.web.protocol import IDLE_S, Protocol
from beforehand.web.resting import Resting

#: Seconds that what is in flight has to be answered when the process is to end.
FINISH_S = 10
BACKLOG = 2_048


class Server(uvicorn.Server):
    """uvicorn, with our protocol, no signals of its own, and silent: the application logs what an operator can act on."""

    def __init__(self, app: Any) -> None:
        for name in ("uvicorn.error", "uvicorn.access"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        super().__init__(
            uvicorn.Config(
                app,
                http=Protocol,
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=IDLE_S,
                timeout_graceful_shutdown=FINISH_S,
                backlog=BACKLOG,
            )
        )

    async def run_on(self, listening: socket.socket) -> None:
        """Serve until `stop`. The socket stays open: what is used is a duplicate."""
        sweeping = asyncio.create_task(self._sweep())
        try:
            await self._serve([listening.dup()])
        finally:
            sweeping.cancel()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Called by uvicorn, with the duplicate."""
        assert sockets is not None
        await super().startup([])
        self._resting = Resting()
        servers: list[Any] = self.servers
        servers += [Accepting(each, self._connection) for each in sockets]

    def _connection(self) -> Protocol:
        return Protocol(
            self._resting, config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )

    def stop(self, finish_s: int = FINISH_S) -> None:
        """Take no new connections, answer what is in flight, then end."""
        self.config.timeout_graceful_shutdown = finish_s
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(1)
            now = loop.time()
            for connection in list(self.server_state.connections):
                assert isinstance(connection, Protocol)
                connection.sweep(now)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises OSError."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return listening
