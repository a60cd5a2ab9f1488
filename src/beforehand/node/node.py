"""A node: one process that answers on one journal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog

from beforehand.core.machine import Machine
from beforehand.core.operator import AcceptClock
from beforehand.core.stamp import Decision, Refusal
from beforehand.core.strategic import commands as c
from beforehand.core.strategic.replies import Missing
from beforehand.engine.protocol import Engine
from beforehand.node.admit import Admission
from beforehand.node.clock import Clock, Timeline
from beforehand.node.commit import Committer
from beforehand.node.config import NodeConfig
from beforehand.node.deadlines import Deadlines
from beforehand.node.decide import Broken, Decider
from beforehand.node.opening import epoch_opened, fold_journal, next_epoch
from beforehand.node.release import Release

log = structlog.get_logger()

#: How often deadlines, waits, clock and space are looked at, in seconds.
TICK_S = 0.25
#: An operator's file in the data folder: accept the wall clock.
ACCEPT_CLOCK_FILE = "accept-clock"

_READS = (
    c.GetIntent,
    c.QueryIntents,
    c.GetConstraint,
    c.QueryConstraints,
    c.GetSubscription,
    c.QuerySubscriptions,
    c.GetAvailability,
)
_OFF_NOMINAL = (c.IntentState.NONCONFORMING, c.IntentState.CONTINGENT)


class Node:
    """Opens a journal, answers commands, and ends when it cannot keep its promises."""

    def __init__(
        self, config: NodeConfig, clock: Clock, entropy: Callable[[int], bytes], engine: Engine, folder: Path | None
    ) -> None:
        self._config = config
        self._engine = engine
        self._folder = folder
        self._timeline = Timeline(clock, config.max_clock_error_us)
        self._release = Release(clock, config.release_wait_us)
        self._entropy = entropy
        self._machine = Machine(config.rules)
        self._tasks: list[asyncio.Task[None]] = []
        self._ended: asyncio.Event = asyncio.Event()
        self._open = False
        self._committer: Committer
        self._decider: Decider
        self._deadlines: Deadlines
        self._admission: Admission
        self._clock = clock

    @classmethod
    async def open(
        cls,
        config: NodeConfig,
        clock: Clock,
        entropy: Callable[[int], bytes],
        engine: Engine,
        folder: Path | None = None,
    ) -> Node:
        """Recover, open an epoch durably, then answer.

        Raises `engine.protocol.EngineError`, `record.ChainError`, `msgspec.ValidationError`: nothing was answered.
        """
        node = cls(config, clock, entropy, engine, folder)
        await node._start()
        return node

    async def _start(self) -> None:
        await self._engine.open()
        follow = await fold_journal(self._machine, self._engine)
        self._timeline.continue_after(max(follow.time_us, 0))
        chain = next_epoch(follow)
        self._release.durable = follow.seq
        self._committer = Committer(self._engine, self._release, follow.seq)
        self._decider = Decider(self._machine, chain, self._timeline, self._entropy, self._committer)
        self._deadlines = Deadlines(self._decider, self._timeline)
        self._admission = Admission(self._config, self._clock, self._timeline, self._committer, self._folder)
        self._decider.write(Decision((epoch_opened(chain, self._config.name),), (), None), self._timeline.stamp())
        self._tasks = [asyncio.create_task(self._commit()), asyncio.create_task(self._tick())]
        await self._committer.drained()
        if self._committer.failure is not None:
            await self.close()
            raise self._committer.failure
        self._deadlines.look()
        self._open = True
        log.info("opened", entries=self._machine.seq, epoch=chain.epoch)

    async def _commit(self) -> None:
        await self._committer.run()
        log.error("append_failed", error=str(self._committer.failure))
        self._ended.set()

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        ticks = 0
        while True:
            await asyncio.sleep(TICK_S)
            ticks += 1
            since = self._committer.appending_since
            self._admission.hanging = since is not None and loop.time() - since > self._config.release_wait_us / 1e6
            self._release.expire()
            if ticks % 4 == 0:
                self._timeline.correct()
                self._admission.space.look()
                self._operator_asks()
            self._deadlines.look()
            if self._deadlines.overdue() and self._admission.not_writable() is None:
                await self._deadlines.catch_up()

    def _operator_asks(self) -> None:
        if self._folder is None or not (self._folder / ACCEPT_CLOCK_FILE).exists():
            return
        (self._folder / ACCEPT_CLOCK_FILE).unlink(missing_ok=True)
        disagreed = self._timeline.uncertain_us
        if disagreed:
            by = self._timeline.accept_wall()
            self._decider.decide(AcceptClock(by, disagreed))
            log.warning("clock_accepted", by_us=by, disagreed_us=disagreed)

    async def ask(self, command: Any) -> Any:
        """The answer to a command, or a `Refusal`; whatever it was computed from is durable.

        Raises `NotDone`, `OutcomeUnknown` or `TooFast`, and what `decide` raises (nothing was changed then).
        """
        if not isinstance(command, c.PutIntent):
            extent = getattr(command, "extent", None)
            cells = 0 if extent is None else len(extent.cells) >> 2
            write, warning = not isinstance(command, _READS), False
        else:
            cells = len(command.extent.cells) >> 2
            write, warning = True, command.state in _OFF_NOMINAL
        caller = command.caller
        self._admission.admit(caller, cells, write, warning)
        if not warning and self._deadlines.overdue():
            await self._deadlines.catch_up()
        try:
            reply, seq, wrote = self._decider.decide(command)
        except Broken:
            log.exception("fold_failed")
            self._ended.set()
            raise
        rows = _rows(reply)
        if rows:
            self._admission.rates.charge(caller, rows)
        await self._release.until_durable(seq, wrote and not isinstance(reply, Refusal))
        return reply

    def now_us(self) -> int:
        """The node's time, µs since the Unix epoch."""
        return self._timeline.now_us()

    def ready(self) -> str | None:
        """Why nothing can be written here now, or None."""
        if not self._open:
            return "The journal is being opened."
        if self._committer.failure is not None or self._admission.closing:
            return "This node is ending."
        return self._admission.not_writable()

    @property
    def durable(self) -> int:
        """How many entries are durable: all that anything outside may be told of the journal's length."""
        return self._release.durable

    @property
    def waiting(self) -> int:
        """Requests that wait for their entries to be durable."""
        return len(self._release)

    async def failed(self) -> None:
        """Return when the process must end."""
        await self._ended.wait()

    async def close(self) -> None:
        """Refuse what is new, commit what is decided, let go of the journal."""
        if self._open:
            self._admission.closing = True
            await self._committer.drained()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._engine.close()


def _rows(reply: Any) -> int:
    """How many references an answer lists: they count as cells, for a party's rate."""
    if isinstance(reply, Refusal):
        detail = reply.detail
        return len(detail.intents) + len(detail.constraints) if isinstance(detail, Missing) else 0
    for name in ("references", "subscriptions", "raised"):
        rows = getattr(reply, name, None)
        if rows is not None:
            return len(rows)
    return 0
