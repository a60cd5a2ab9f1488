"""Connections that rest before more is read from them.

A round of the loop is as long as what all connections that have sent something ask for in it, and whoever opens a thousand
would make it long for everybody. So a connection rests after each answer, and after each large part of a body, and only
some are woken in one round. Those of a party with few requests in hand go on at once: they are kept short by that alone.
"""

from __future__ import annotations

import asyncio
from collections import deque

from uvicorn.protocols.http.flow_control import FlowControl

#: Connections woken in one round. A request that is refused costs some 0.1 ms.
AT_ONCE = 32


class Flow(FlowControl):
    """uvicorn's, in which reading is paused for either of two reasons: nobody takes what was read, or the connection rests."""

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__(transport)
        self._full = False
        self._resting = False
        #: Whether it has to rest after the answer that is being given.
        self.tires = True

    def pause_reading(self) -> None:
        self._full = True
        super().pause_reading()

    def resume_reading(self) -> None:
        self._full = False
        if not self._resting:
            super().resume_reading()

    def rest(self) -> None:
        """Read nothing until `wake`."""
        self._resting = True
        super().pause_reading()

    def wake(self) -> None:
        """Go on, unless nobody takes what was read."""
        self._resting = False
        if not self._full and not self._transport.is_closing():
            super().resume_reading()


class Resting:
    """Who rests, in the order they are woken."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._flows: deque[Flow] = deque()

    def rest(self, flow: Flow) -> None:
        """Have a connection rest until it is its turn."""
        flow.rest()
        self._flows.append(flow)
        if len(self._flows) == 1:
            self._loop.call_soon(self._wake)

    def _wake(self) -> None:
        flows = self._flows
        for _ in range(min(AT_ONCE, len(flows))):
            flows.popleft().wake()
        if flows:
            self._loop.call_soon(self._wake)
