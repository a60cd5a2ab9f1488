"""A node: one process that answers on one journal."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import structlog

from beforehand.core.hotline.commands import GOES_FIRST
from beforehand.core.hotline.commands import READS as HOTLINE_READS
from beforehand.core.machine import Machine
from beforehand.core.operator import AcceptClock
from beforehand.core.stamp import Decision, Refusal
from beforehand.core.strategic import commands as c
from beforehand.core.strategic.replies import Missing
from beforehand.engine.protocol import MAX_READ, Engine
from beforehand.node.admit import Admission
from beforehand.node.background import Background
from beforehand.node.clock import Clock, Timeline
from beforehand.node.commit import Committer
from beforehand.node.config import NodeConfig
from beforehand.node.deadlines import Deadlines
from beforehand.node.decide import Broken, Decider
from beforehand.node.faults import where
from beforehand.node.opening import epoch_opened, fold_journal, next_epoch
from beforehand.node.outcomes import NOT_TOLD, NotDone
from beforehand.node.release import Release
from beforehand.record.entry import StoredEntry, leaf_hash, unpad

log = structlog.get_logger()

#: How often waits and deadlines are looked at, in seconds; clock, space and operator every so many times.
TICK_S = 0.25
TICKS_A_LOOK = 4
#: An append that takes longer may hang.
SLOW_US = 1_000_000
#: Seconds that closing waits for commits, and then for the engine.
CLOSE_S = 3.0
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
    *HOTLINE_READS,
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
        self._writes = True
        #: The name of the record: the leaf hash of its first entry, in hex.
        self.record = ""
        self._committer: Committer
        self._decider: Decider
        self._deadlines: Deadlines
        self._background: Background
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
        try:
            await node._start()
        except BaseException:
            await node.close()
            raise
        return node

    async def _start(self) -> None:
        await self._engine.open()
        follow = await fold_journal(self._machine, self._engine)
        self._timeline.continue_after(max(follow.time_us, 0))
        chain = next_epoch(follow)
        self._release.durable = follow.seq
        self._committer = Committer(self._engine, self._release, self._clock, follow.seq)
        self._decider = Decider(self._machine, chain, self._timeline, self._entropy, self._committer)
        self._deadlines = Deadlines(self._decider, self._timeline, self._may_decide)
        self._admission = Admission(
            self._config, self._clock, self._timeline, self._committer, self._release, self._folder
        )
        self._background = Background(self._decider, self._timeline, self._may_warn, self.content, self._deadlines.look)
        self._decider.write(Decision((epoch_opened(chain, self._config.name),), (), None), self._timeline.stamp())
        self._tasks = [asyncio.create_task(self._commit()), asyncio.create_task(self._tick())]
        await self._committer.drained()
        if self._committer.failure is not None:
            raise self._committer.failure
        self.record = leaf_hash((await self._engine.read(0, 1))[0].header).hex()
        self._deadlines.look()
        self._open = True
        self._tasks.append(asyncio.create_task(self._work()))
        self._background.look()
        log.info("opened", entries=self._machine.seq, epoch=chain.epoch)

    async def _commit(self) -> None:
        await self._committer.run()
        log.error("append_failed", error=str(self._committer.failure))
        self._ended.set()

    async def _work(self) -> None:
        try:
            await self._background.run()
        except Broken as error:
            self._break(error)

    async def _tick(self) -> None:
        ticks = 0
        while True:
            await asyncio.sleep(TICK_S)
            ticks += 1
            self._release.expire()
            try:
                if ticks % TICKS_A_LOOK == 0:
                    self._timeline.correct()
                    # Storage that hangs is asked nothing more, for that could hang us too.
                    if self._committer.appending_for_us < SLOW_US:
                        self._admission.space.look()
                        self._heed_operator()
                    self._tell_operator()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(TICK_S):
                        await self._deadlines.catch_up()
            except Broken as error:
                self._break(error)
            except Exception as error:  # whatever it is, waits must go on being ended
                log.error("tick_failed", error=type(error).__name__, where=where(error))

    def _may_decide(self) -> bool:
        """Whether the node may act by itself."""
        return self.ready() is None and not self._admission.full(1)

    def _may_warn(self) -> bool:
        """Whether it may go on to find and tell those whom a notice concerns: as much as may be done for any warning."""
        ready = self._open and self._admission.can_store() and self._admission.not_writable(warning=True) is None
        return ready and not self._admission.full(2)

    def _tell_operator(self) -> None:
        """A line in the log when writes begin to be refused, and when they are taken again."""
        cause = self.ready()
        if (cause is None) != self._writes:
            self._writes = cause is None
            log.warning("writes_are_taken_again" if cause is None else "writes_are_refused", cause=cause)

    def _heed_operator(self) -> None:
        """Accept the wall clock if a file asks for it; the file is gone first, so that it never counts twice."""
        file = None if self._folder is None else self._folder / ACCEPT_CLOCK_FILE
        if file is None or not file.exists() or not self._admission.can_store():
            return
        file.unlink()
        disagreed = self._timeline.uncertain_us
        if disagreed:
            by = self._timeline.disagreement_us()
            self._decider.decide(AcceptClock(by, disagreed), self._timeline.stamp())
            self._timeline.accept_wall()
            log.warning("clock_accepted", by_us=by, disagreed_us=disagreed)

    def _break(self, error: Broken) -> None:
        """End what cannot go on. What was decided before is still committed and released."""
        if not self._ended.is_set():
            cause = error.__cause__ or error
            log.error("fold_failed", error=type(cause).__name__, where=where(cause))
        self._admission.ending = True
        self._ended.set()

    async def ask(self, command: Any) -> Any:
        """The answer to a command, or a `Refusal`; whatever it was computed from is durable.

        Raises `NotDone`, `OutcomeUnknown` or `TooFast`, and what `decide` raises (nothing was changed then).
        """
        warning = is_warning(command)
        try:
            return await self._ask(command, not isinstance(command, _READS), warning)
        except NotDone as error:
            if warning:
                raise NotDone(f"{error} {NOT_TOLD}", error.retry_after_s) from error
            raise

    async def _ask(self, command: Any, write: bool, warning: bool) -> Any:
        self._admission.admit(write, warning)
        caller = command.caller
        if not warning:
            extent = getattr(command, "extent", None)
            self._admission.take(caller, 0 if extent is None else len(extent.cells) >> 2)
        time_us = self._timeline.stamp()
        try:
            if not warning and self._deadlines.due_by(time_us):
                time_us = await self._after_deadlines()
                self._admission.admit(write, warning)
            reply, seq, wrote = self._decider.decide(command, time_us)
        except Broken as error:
            self._break(error)
            raise
        except NotDone:
            raise
        except Exception:
            # That there was a fault may follow from state, too.
            await self._release.until_durable(self._machine.seq, write=False)
            raise
        refused = isinstance(reply, Refusal)
        if wrote or refused:
            self._deadlines.look()
        if wrote:
            self._background.look()
        await self._release.until_durable(seq, wrote and not refused)
        rows = _rows(reply)
        if rows:
            self._admission.rates.charge(caller, rows)
        return reply

    async def _after_deadlines(self) -> int:
        """A stamp with nothing due before it. Raises NotDone, Broken."""
        time_us = self._timeline.stamp()
        try:
            async with asyncio.timeout(self._config.release_wait_us / 1e6):
                while self._deadlines.due_by(time_us):
                    await self._deadlines.catch_up()
                    time_us = self._timeline.stamp()
        except TimeoutError:
            raise NotDone(
                "Much became due at once and goes first. Nothing was done; ask again in a moment.", 1
            ) from None
        return time_us

    async def content(self, entry: int) -> bytes | None:
        """The content of an entry, once it is durable; None where there is none or it was erased.

        Raises `engine.protocol.Unavailable`, and NotDone or OutcomeUnknown where it does not become durable.
        """
        await self._release.until_durable(entry + 1, write=False)
        stored = (await self._engine.read(entry, 1))[0].content
        return None if stored is None else unpad(stored.padded)

    async def entries(self, wanted: Sequence[int]) -> list[StoredEntry]:
        """Some entries by their numbers, ascending, once they are durable."""
        if wanted:
            await self._release.until_durable(wanted[-1] + 1, write=False)
        found: list[StoredEntry] = []
        at = 0
        while at < len(wanted):
            run = at + 1
            while run < len(wanted) and wanted[run] == wanted[run - 1] + 1 and run - at < MAX_READ:
                run += 1
            found += await self._engine.read(wanted[at], run - at)
            at = run
        return found

    def now_us(self) -> int:
        """The node's time, µs since the Unix epoch. Never goes back."""
        return self._timeline.now_us()

    def earliest_us(self) -> int:
        """The earliest that it may be now, by which it is judged whether something is over."""
        return self._timeline.earliest_us()

    def wall_us(self) -> int:
        """The wall clock, believed or not: tokens are judged by it, so that a doubted clock locks nobody out."""
        return self._clock.wall_us()

    def ready(self) -> str | None:
        """Why nothing can be written here now, or None."""
        if not self._open:
            return "The journal is being opened."
        if self._committer.failure is not None or self._admission.ending:
            return "This node is ending."
        return self._admission.not_writable()

    @property
    def durable(self) -> int:
        """How many entries are durable: all that anything outside may be told of the journal's length."""
        return self._release.durable

    @property
    def checkpoint(self) -> tuple[int, str]:
        """The newest durable entry and its leaf hash in hex."""
        return self.durable - 1, leaf_hash(self._committer.durable_header).hex()

    @property
    def waiting(self) -> int:
        """Requests that wait for their entries to be durable."""
        return len(self._release)

    @property
    def uncertain_s(self) -> float:
        """By how much the wall clock disagrees while it is not believed, in seconds; 0 while it is."""
        return self._timeline.uncertain_us / 1e6

    @property
    def free_bytes(self) -> int:
        """Free space where the journal is."""
        return self._admission.space.free

    def tail(self, start: int) -> AsyncIterator[StoredEntry]:
        """Durable entries from `start` on, without end; raises `engine.protocol.Unavailable` once closed."""
        return self._engine.tail(start)

    async def failed(self) -> None:
        """Return when the process must end."""
        await self._ended.wait()

    async def close(self) -> None:
        """Refuse what is new, commit what is decided, tell who still waits, let go of the journal.

        Takes `CLOSE_S` at most for each of commit and journal; storage that hangs for longer may keep a thread, which the
        process should not wait for.
        """
        if self._open:
            self._admission.ending = True
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._committer.drained(), CLOSE_S)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._tasks:
            self._committer.abandon()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._engine.close(), CLOSE_S)


def is_warning(command: Any) -> bool:
    """Whether it is never refused for a clock or a rate, waits for nothing, and has a share of its own of every queue."""
    if isinstance(command, c.PutIntent):
        return command.state in _OFF_NOMINAL
    return type(command) in GOES_FIRST


def _rows(reply: Any) -> int:
    """How many references an answer lists: they count as cells, for a party's rate.

    Not the subscriptions that a change raised: others hold them, and nobody is to pay for how many those are.
    """
    if isinstance(reply, Refusal):
        detail = reply.detail
        return len(detail.intents) + len(detail.constraints) if isinstance(detail, Missing) else 0
    for name in ("references", "subscriptions"):
        rows = getattr(reply, name, None)
        if rows is not None:
            return len(rows)
    return 0
