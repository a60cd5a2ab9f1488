"""`beforehand serve`: a parent that holds the listening socket, and a child that serves on it.

Neither outlives the other. The parent starts the child anew when it ends, ever more slowly if it keeps ending, and answers in
its place while there is none that can write.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys

import uvloop

from beforehand.auth.keys import load_token_keys
from beforehand.settings import Settings
from beforehand.web.message import write_settings
from beforehand.web.server import listen
from beforehand.web.standin import StandIn

#: Seconds before the child is started anew: doubled each time, from the first to the last.
FIRST_PAUSE_S, LAST_PAUSE_S = 0.1, 30.0
#: A child that was ready for so long starts the pauses from the first again.
STEADY_S = 60.0
#: Seconds that a child has to finish what is in flight, commit and end.
GRACE_S = 15.0


class Parent:
    """One child after another, until a signal."""

    def __init__(self, settings: Settings, listening: socket.socket) -> None:
        self._settings = settings
        self._listening = listening
        self._stand_in = StandIn(listening)
        self._stopping = asyncio.Event()
        self._child: asyncio.subprocess.Process | None = None
        self._signals = 0

    async def run(self) -> int:
        """Returns the exit status: 0 after a graceful stop."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._on_signal)
        pause = FIRST_PAUSE_S
        while not self._stopping.is_set():
            self._stand_in.begin()
            ready_for = await self._one_child()
            if self._stopping.is_set():
                break
            self._stand_in.begin()
            if ready_for > STEADY_S:
                pause = FIRST_PAUSE_S
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(2 * pause, LAST_PAUSE_S)
        await self._stand_in.end()
        # A child that had not begun to answer is ended by the signal itself.
        return 0 if self._child is None or self._child.returncode in (0, -signal.SIGTERM) else 1

    def _on_signal(self) -> None:
        self._signals += 1
        self._stopping.set()
        child = self._child
        if child is not None and child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                (child.terminate if self._signals == 1 else child.kill)()

    async def _one_child(self) -> float:
        """Start a child and wait for its end; returns for how many seconds it was ready."""
        loop = asyncio.get_running_loop()
        status, child_status = os.pipe()
        try:
            child = self._child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "beforehand.web.serve", str(self._listening.fileno()), str(child_status),
                stdin=asyncio.subprocess.PIPE, pass_fds=(self._listening.fileno(), child_status))  # fmt: skip
        finally:
            os.close(child_status)
        assert child.stdin is not None
        lines = asyncio.create_task(self._follow(status, child.stdin))
        child.stdin.write(write_settings(self._settings))  # and it stays open: its end tells the child that we are gone
        if self._stopping.is_set():
            child.terminate()
        code = await self._await_end(child)
        ready_at = await lines
        if not self._stopping.is_set():
            self._child = None
            self._stand_in.cause = self._stand_in.cause if ready_at is None else "The service was interrupted."
            print(f"beforehand: the serving process ended with status {code}; starting it anew", file=sys.stderr)
        return 0.0 if ready_at is None else loop.time() - ready_at

    async def _await_end(self, child: asyncio.subprocess.Process) -> int:
        """The child's exit status. Once we are to stop, it has `GRACE_S` seconds."""
        ended = asyncio.create_task(child.wait())
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait((ended, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not ended.done():
            await asyncio.wait((ended,), timeout=GRACE_S)
            if not ended.done():
                child.kill()
        return await ended

    async def _follow(self, status: int, begin: asyncio.StreamWriter) -> float | None:
        """Read what the child says: `ready`, or why it cannot be. Returns when it became ready, on the loop's clock.

        It begins once nobody else takes connections: who was answered by it must not be told afterwards that it is starting.
        """
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(status, "rb")
        )
        ready_at = None
        with contextlib.closing(transport):
            while line := (await reader.readline()).decode(errors="replace").strip():
                if line == "ready":
                    ready_at = loop.time()
                    self._stand_in.take_no_more()
                    begin.write(b"\n")
                    await self._stand_in.end()
                else:
                    self._stand_in.cause = line
        return ready_at


def serve(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; a second one ends at once. Returns the exit status.

    Raises TokenKeyError for keys that cannot be used, OSError where the address cannot be listened on.
    """
    load_token_keys(settings.token_keys)
    with listen(settings.host, settings.port) as listening:
        host, port = listening.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        where = settings.data_dir if settings.engine == "sqlite" else "memory only"
        print(f"beforehand listens on http://{shown}:{port} (journal: {where})", file=sys.stderr, flush=True)
        return uvloop.run(Parent(settings, listening).run())
