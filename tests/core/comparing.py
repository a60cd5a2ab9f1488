"""Ask the core and the model the same, and say where they part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any, NamedTuple
from unittest.mock import patch

from beforehand.core import blocks, index, windows
from beforehand.core.stamp import Refusal, Stamp
from beforehand.core.strategic import commands as c
from beforehand.core.strategic import events as e
from beforehand.core.strategic import replies as r
from beforehand.core.strategic import state as s
from beforehand.core.strategic.decide import attachment, retention
from beforehand.core.strategic.state import Rules

from .driving import Driver
from .invariants import check
from .model import Limits, Model
from .world import World, some_limits


class Step(NamedTuple):
    command: Any
    stamp: Stamp


class Divergence(AssertionError):
    """The core and the model part at the last of these steps."""

    def __init__(self, limits: Limits, steps: list[Step], why: str) -> None:
        super().__init__(why)
        self.limits = limits
        self.steps = steps
        self.why = why

    def __str__(self) -> str:
        steps = shrunk(self)
        lines = [f"{at}. at {step.stamp.time_us}: {step.command}" for at, step in enumerate(steps, 1)]
        return "\n".join(["core and model part:", *lines, str(self.limits), self.why])


@contextmanager
def bounds(limits: Limits) -> Iterator[None]:
    """The product's bounds, as small as the limits say."""
    with ExitStack() as stack:
        for module, name, value in (
            (r, "MAX_RESULTS", limits.results), (r, "MAX_NAMED", limits.named),
            (s, "MEETING_SUBSCRIPTIONS_MAX", limits.meeting_subscriptions), (s, "RAISED_MAX", limits.raised),
            (attachment, "DEPENDENTS_MAX", limits.dependents),
            (attachment, "EXTENDED_CELLS_MAX", limits.extended_cells),
        ):  # fmt: skip
            stack.enter_context(patch.object(module, name, value))
        if limits.index_at_its_largest:
            for module, name, value in (
                (index, "LIST_MAX", 2), (index, "WINDOWS_A_CLASS", 1), (index, "LOOK_AGAIN", 1), (windows, "RUN_MAX", 2),
                (blocks, "BLOCKS_FROM", 2), (blocks, "BLOCKS_RATIO", 2),
            ):  # fmt: skip
                stack.enter_context(patch.object(module, name, value))
        yield


def rules(limits: Limits) -> Rules:
    """What of the limits the operator sets."""
    return Rules(
        strict_states=limits.strict_states, live_intents=limits.live_intents, live_cells=limits.live_cells,
        live_subscriptions=limits.live_subscriptions)  # fmt: skip


class Pair:
    """The core and the model, side by side."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.played: list[Step] = []
        self.model = Model(limits)
        self.core = Driver(rules(limits))
        self.model.seq = self.core.machine.seq

    def ask(self, command: Any, stamp: Stamp) -> Any:
        """Ask both. Raises AssertionError where they differ."""
        if command == "due":
            for due in self.core.machine.due(stamp.time_us, 100):
                if isinstance(due, c.CountUnaware):
                    self.ask(due, stamp)
                    stamp = stamp._replace(time_us=stamp.time_us + 1)
            return None
        if isinstance(command, c.EvictExpired):
            self._evict(command, stamp)
            reply = None
        else:
            answer = self.model.ask(command, stamp)
            told = self.core.tell(command, stamp)
            reply = told.reply
            same_reply(reply, answer.reply)
            claims = [claim(event) for event in told.events]
            assert claims == answer.entries, f"entries: the core wrote {claims}, the model {answer.entries}"
            assert self.core.machine.seq == self.model.seq
        check(self.core.machine)
        same_tables(self)
        return reply

    def _evict(self, command: c.EvictExpired, stamp: Stamp) -> None:
        at_us = stamp.time_us
        for _ in range(1000):
            told = self.core.tell(command, stamp._replace(time_us=at_us))
            if not told.events:
                break
            at_us += 1
            (event,) = told.events
            count = len(event.intents) + len(event.constraints) + len(event.subscriptions)
            assert 1 <= count <= min(command.limit, retention.EVICT_MAX)
        self.model.evict(command.before_us)
        self.model.seq = self.core.machine.seq


def compare(random: Random, steps: int, watch: Callable[[Pair, Any, Any], None] | None = None) -> Pair:
    """Play so many steps; after each, `watch` is shown the pair, the command and the reply. Raises Divergence."""
    limits = some_limits(random)
    pair = Pair(limits)
    world = World(random, pair.model)
    played: list[Step] = []
    with bounds(limits):
        for _ in range(steps):
            command, stamp = world.next()
            played.append(Step(command, stamp))
            try:
                reply = pair.ask(command, stamp)
            except AssertionError as error:
                raise Divergence(limits, played, str(error)) from error
            world.now = max(world.now, pair.core.machine.time_us)
            if watch is not None:
                watch(pair, command, reply)
    pair.played = played
    return pair


def parts(limits: Limits, steps: list[Step]) -> bool:
    pair = Pair(limits)
    try:
        with bounds(limits):
            for step in steps:
                pair.ask(*step)
    except AssertionError:
        return True
    return False


def shrunk(found: Divergence) -> list[Step]:
    """Fewer steps that still end in some divergence: leave out halves, quarters, ... single ones."""
    steps = found.steps
    size = len(steps) // 2
    while size:
        at = 0
        while at < len(steps):
            fewer = steps[:at] + steps[at + size :]
            if fewer and parts(found.limits, fewer):
                steps = fewer
            else:
                at += size
        size //= 2
    return steps


def same_reply(core: Any, model: Any) -> None:
    if isinstance(core, Refusal) and isinstance(model, Refusal):
        assert core.reason in r.REASONS
        assert (core.reason, core.detail) == (model.reason, model.detail), f"core: {core}\nmodel: {model}"
    else:
        assert core == model, f"core: {core}\nmodel: {model}"


def claim(event: Any) -> tuple[Any, ...]:
    """What the model says of an event."""
    tag = event.__struct_config__.tag
    if isinstance(event, e.PartyBound):
        return (tag, event.subject, event.issuer)
    if isinstance(event, e.IntentAccepted):
        unaware = event.unaware.entries if isinstance(event.unaware, e.Unaware) else []
        return (tag, unaware, event.uncertain if isinstance(event.uncertain, int) else 0)
    if isinstance(event, e.UnawareRefused):
        return (tag, event.missing.entries)
    if isinstance(event, e.UnawareCounted):
        return (tag, event.since, event.count, event.distinct, event.first.entries)
    return (tag,)


def same_tables(pair: Pair) -> None:
    state, model = pair.core.machine.strategic, pair.model
    intents = [
        (x.handle, x.id, x.manager.subject, x.url, x.ovn, x.version, x.cells, x.start_us, x.end_us, x.lower_mm, x.upper_mm,
         x.state, None if x.subscription is None else state.subscriptions[x.subscription].id)
        for x in state.intents.values()
    ]  # fmt: skip
    assert intents == [
        (x.entry, x.id, x.manager, x.url, x.ovn, x.version, b"".join(sorted(x.cells)), x.start, x.end, x.lower, x.upper,
         x.state, x.subscription)
        for x in model.intents
    ]  # fmt: skip
    constraints = [
        (x.handle, x.id, x.manager.subject, x.url, x.ovn, x.version, x.cells, x.start_us, x.end_us, x.lower_mm, x.upper_mm)
        for x in state.constraints.values()
    ]  # fmt: skip
    assert constraints == [
        (x.entry, x.id, x.manager, x.url, x.ovn, x.version, b"".join(sorted(x.cells)), x.start, x.end, x.lower, x.upper)
        for x in model.constraints
    ]  # fmt: skip
    subs = [
        (x.handle, x.id, x.manager.subject, x.url, x.version, x.cells, x.start_us, x.end_us, x.intents, x.constraints,
         x.implicit, x.index)
        for x in state.subscriptions.values()
    ]  # fmt: skip
    assert subs == [
        (x.entry, x.id, x.manager, x.url, x.version, b"".join(sorted(x.cells)), x.start, x.end, x.intents, x.constraints,
         x.implicit, x.index)
        for x in model.subs
    ]  # fmt: skip
    assert {x.subject: (x.issuer, x.intents, x.cells, x.subscriptions) for x in state.parties.values()} == {
        party: (issuer, *model.holds(party)) for party, issuer in model.issuers.items()
    }
    assert {uss: (x.availability, x.version) for uss, x in state.availability.items()} == model.availability
