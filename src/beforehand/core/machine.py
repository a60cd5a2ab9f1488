"""The deterministic machine: entries in, state out; commands in, decisions out.

The same entries give the same state and state hash on every node, processor and later version (P4). `fold` is the only
thing that changes state; a command's events are decided on state, then folded one by one, each as one entry.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.json import Decoder, Encoder

from beforehand.core.operator import AcceptClock, ClockAccepted
from beforehand.core.stamp import Decision, Stamp
from beforehand.core.strategic import decide as strategic
from beforehand.core.strategic.decide.retention import due, next_due
from beforehand.core.strategic.digest import facts
from beforehand.core.strategic.events import StrategicEvent
from beforehand.core.strategic.fold import fold as strategic_fold
from beforehand.core.strategic.state import Rules, StrategicState


class EpochOpened(Struct, tag="epoch.opened", frozen=True, gc=False, forbid_unknown_fields=True):
    """A node opened the journal for writing: entries after this one are of its epoch."""

    epoch: int
    node: str


Event: TypeAlias = EpochOpened | ClockAccepted | StrategicEvent

_decoder: Decoder[Event] = Decoder(Event)
_hash_encoder = Encoder(order="sorted")


def read_event(facts: bytes) -> Event:
    """The event in the facts of an entry.

    Raises `msgspec.ValidationError` where the tag or a field is unknown to this version: the node must stop, for an event
    is never skipped.
    """
    return _decoder.decode(facts)


class Machine:
    """State as of `seq` entries, the last of them stamped `time_us` in `epoch`."""

    __slots__ = ("epoch", "seq", "strategic", "time_us")

    def __init__(self, rules: Rules | None = None) -> None:
        self.seq = 0
        self.time_us = 0
        self.epoch = 0
        self.strategic = StrategicState(rules or Rules())

    def decide(self, command: Any, stamp: Stamp) -> Decision:
        """What a command comes to; changes nothing."""
        if isinstance(command, AcceptClock):
            return Decision((ClockAccepted(command.by_us, command.disagreed_us),), (), None)
        self.strategic.next_entry = self.seq
        return strategic.decide(self.strategic, command, stamp)

    def fold(self, event: Event, content: bytes | None, time_us: int) -> None:
        """Apply the event of entry `seq`. `content` is None where there is none or it was erased."""
        if isinstance(event, EpochOpened):
            self.epoch = event.epoch
        elif not isinstance(event, ClockAccepted):
            strategic_fold(self.strategic, event, self.seq, time_us)
        self.seq += 1
        self.time_us = time_us

    def due(self, now_us: int, limit: int) -> list[Any]:
        """Commands whose deadline has passed, at most `limit`."""
        return list(due(self.strategic, now_us, limit))

    def next_due(self) -> int | None:
        """When `due` has something next (µs), or None."""
        return next_due(self.strategic)

    def state_hash(self) -> str:
        """SHA-256 over everything that follows from the entries, in hex."""
        digest = sha256()
        digest.update(_hash_encoder.encode(("machine", self.seq, self.time_us, self.epoch)))
        for fact in facts(self.strategic):
            digest.update(b"\n")
            digest.update(_hash_encoder.encode(fact))
        return digest.hexdigest()
