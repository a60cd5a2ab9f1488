"""One thread that does blocking work for an event loop, in the order it was asked."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

from beforehand.engine.protocol import Unavailable

Result = TypeVar("Result")

MAX_WAITING = 1_024
"""Jobs asked for and not done, beyond which a further one is refused."""


_Job = tuple[asyncio.Future[Any], Callable[..., Any], tuple[Any, ...]]


class Worker:
    """Runs jobs one after another. `after_job` is called on the thread after each, and must not raise."""

    def __init__(self, name: str, after_job: Callable[[], None]) -> None:
        self._after_job = after_job
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._waiting = 0
        self._stopping = False
        # A daemon, so that a process that ends without closing is not held up: that is no worse than kill -9.
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def submit(self, job: Callable[..., Result], *arguments: Any) -> asyncio.Future[Result]:
        """Have `job(*arguments)` done. Raises Unavailable if too much is waiting already, or the worker was stopped."""
        if self._stopping:
            raise Unavailable("the journal is closed: open it again")
        if self._waiting >= MAX_WAITING:
            raise Unavailable(f"{self._waiting} requests wait for the storage already: try again later")
        return self._put(job, *arguments)

    async def stop(self, last_job: Callable[[], None]) -> None:
        """Do what is waiting, then `last_job`, then end the thread."""
        if not self._stopping:
            self._stopping = True
            self._put(last_job)
            self._jobs.put(None)
        await asyncio.shield(self._ended)

    def _put(self, job: Callable[..., Result], *arguments: Any) -> asyncio.Future[Result]:
        future: asyncio.Future[Result] = self._loop.create_future()
        self._waiting += 1
        self._jobs.put((future, job, arguments))
        return future

    def _work(self) -> None:
        # A loop that was closed meanwhile refuses to be called: then nobody waits for an answer any more.
        with contextlib.suppress(RuntimeError):
            while (item := self._jobs.get()) is not None:
                future, job, arguments = item
                try:
                    result = job(*arguments)
                except BaseException as error:
                    self._loop.call_soon_threadsafe(self._done, future, None, error)
                else:
                    self._loop.call_soon_threadsafe(self._done, future, result, None)
                self._after_job()
            self._loop.call_soon_threadsafe(self._ended.set_result, None)

    def _done(self, future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
        self._waiting -= 1
        if future.done():
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
