"""Taking new connections, several in each round of the loop.

libuv takes one in a round. A round is as long as what all connections ask for in it, so that whoever opens hundreds would
make each newcomer behind them wait for as many long rounds.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable

#: Connections taken in one round: some 3 ms, with what each asks first.
AT_ONCE = 16
#: Seconds without taking any, where there are no descriptors or buffers for more.
PAUSE_S = 0.5

_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Accepting:
    """Takes connections from a listening socket, which is its own to close, until it is closed."""

    def __init__(self, listening: socket.socket, protocol: Callable[[], asyncio.Protocol]) -> None:
        self._listening = listening
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._opening: set[asyncio.Task[object]] = set()
        listening.setblocking(False)
        self._resume()

    def _resume(self) -> None:
        if self._listening.fileno() != -1:
            self._loop.add_reader(self._listening, self._take)

    def _take(self) -> None:
        for _ in range(AT_ONCE):
            try:
                connection, _ = self._listening.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno not in _EXHAUSTED:  # one that was given up before it was taken
                    continue
                self._loop.remove_reader(self._listening)
                self._loop.call_later(PAUSE_S, self._resume)
                return
            connection.setblocking(False)
            opening = self._loop.create_task(self._open(connection))
            self._opening.add(opening)
            opening.add_done_callback(self._opening.discard)

    async def _open(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._protocol, connection)
        except OSError:  # it is gone already
            connection.close()

    def close(self) -> None:
        """Take no more."""
        if self._listening.fileno() != -1:
            self._loop.remove_reader(self._listening)
            self._listening.close()

    async def wait_closed(self) -> None:
        """Return when the last connection that was taken has been handed over."""
        await asyncio.gather(*self._opening, return_exceptions=True)
