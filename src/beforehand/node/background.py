"""Work that nobody waits for: meetings are looked for, and those they concern are told, in slices between requests.

It is begun by entries, so that a node that was stopped over it goes on with it after it has opened.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from beforehand.core.hotline.commands import DoWork
from beforehand.core.hotline.state import Work
from beforehand.engine.protocol import Unavailable
from beforehand.node.clock import Timeline
from beforehand.node.decide import Broken, Decider
from beforehand.node.faults import where
from beforehand.node.outcomes import NotDone, OutcomeUnknown

log = structlog.get_logger()

#: Seconds until a piece of work that failed, or that cannot be stored now, is tried again.
HOLD_S = 1.0
#: Pieces that failed are set aside so often, then for good until the node is started again, so that others go on.
TRIES = 3


class Background:
    """Takes one slice after another, with a turn for all else between two."""

    def __init__(
        self,
        decider: Decider,
        timeline: Timeline,
        may_decide: Callable[[], bool],
        content: Callable[[int], Awaitable[bytes | None]],
        decided: Callable[[], None],
    ) -> None:
        self._decider = decider
        self._timeline = timeline
        self._may_decide = may_decide
        self._content = content
        self._decided = decided
        self._filled = asyncio.Event()
        self._failed: dict[Work, int] = {}
        #: Slices that ended in an exception of ours.
        self.faults = 0

    def look(self) -> None:
        """Go on if there is something; call after whatever may have made some."""
        if self._decider.machine.next_work() is not None:
            self._filled.set()

    async def run(self) -> None:
        """Work until cancelled. Raises Broken."""
        while True:
            await self._filled.wait()
            work = self._next()
            if work is None:
                self._filled.clear()
                continue
            if not self._may_decide():
                await asyncio.sleep(HOLD_S)
                continue
            await self._slice(work)
            await asyncio.sleep(0)

    def _next(self) -> Work | None:
        for work in self._decider.machine.hotline.work:
            if self._failed.get(work, 0) < TRIES:
                return work
        return None

    async def _slice(self, work: Work) -> None:
        try:
            entry = self._decider.machine.content_of_work(work)
            content = None if entry is None else await self._content(entry)
            if work not in self._decider.machine.hotline.work:  # while its content was read
                return
            self._decider.decide(DoWork(work.what, work.kind, work.id, work.version, content), self._timeline.stamp())
        except Broken:
            raise
        except (NotDone, OutcomeUnknown, Unavailable):  # storage hangs, or the node ends
            await asyncio.sleep(HOLD_S)
        except Exception as error:
            self.faults += 1
            self._failed[work] = self._failed.get(work, 0) + 1
            log.error("work_failed", what=work.what, kind=work.kind, error=type(error).__name__, where=where(error))
            await asyncio.sleep(HOLD_S)
        else:
            self._failed.pop(work, None)
            self._decided()
