"""The deterministic machine: entries in, state out; commands in, decisions out.

The same entries give the same state and state hash on every node, processor and later version (P4). `fold` is the only
thing that changes state; a command's events are decided on state, then folded one by one, each as one entry.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.json import Decoder, Encoder

from beforehand.core.hotline import decide as hotline
from beforehand.core.hotline.decide import DECIDES as HOTLINE_COMMANDS
from beforehand.core.hotline.decide.due import due as hotline_due
from beforehand.core.hotline.decide.due import next_due as hotline_next_due
from beforehand.core.hotline.digest import facts as hotline_facts
from beforehand.core.hotline.events import HotlineEvent
from beforehand.core.hotline.fold import KINDS as HOTLINE_KINDS
from beforehand.core.hotline.fold import fold as hotline_fold
from beforehand.core.hotline.state import HotlineState, Work
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


Event: TypeAlias = EpochOpened | ClockAccepted | StrategicEvent | HotlineEvent

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

    __slots__ = ("epoch", "hotline", "seq", "strategic", "time_us")

    def __init__(self, rules: Rules | None = None) -> None:
        self.seq = 0
        self.time_us = 0
        self.epoch = 0
        self.strategic = StrategicState(rules or Rules())
        self.hotline = HotlineState(self.strategic)

    def decide(self, command: Any, stamp: Stamp) -> Decision:
        """What a command comes to; changes nothing."""
        if isinstance(command, AcceptClock):
            return Decision((ClockAccepted(command.by_us, command.disagreed_us),), (), None)
        if type(command) in HOTLINE_COMMANDS:
            self.hotline.next_entry = self.seq
            return hotline.decide(self.hotline, command, stamp)
        self.strategic.next_entry = self.seq
        return strategic.decide(self.strategic, command, stamp)

    def fold(self, event: Event, content: bytes | None, time_us: int) -> None:
        """Apply the event of entry `seq`. `content` is None where there is none or it was erased."""
        if isinstance(event, EpochOpened):
            self.epoch = event.epoch
            if self.seq:
                self.hotline.away.append((self.time_us, time_us))
        elif type(event) in HOTLINE_KINDS:
            hotline_fold(self.hotline, event, content, self.seq, time_us)
        elif not isinstance(event, ClockAccepted):
            strategic_fold(self.strategic, event, self.seq, time_us)
        self.seq += 1
        self.time_us = time_us

    def due(self, now_us: int, limit: int) -> list[Any]:
        """Commands whose deadline has passed, at most `limit`."""
        return [*due(self.strategic, now_us, limit), *hotline_due(self.hotline, now_us, limit)]

    def next_due(self) -> int | None:
        """When `due` has something next (µs), or None."""
        times = [at for at in (next_due(self.strategic), hotline_next_due(self.hotline)) if at is not None]
        return min(times, default=None)

    def next_work(self) -> Work | None:
        """What the node is still to do by itself, and nobody waits for, or None."""
        return next(iter(self.hotline.work), None)

    def content_of_work(self, work: Work) -> int | None:
        """The entry whose content a piece of work needs, or None."""
        if work.what != "tell":
            return None
        return self.hotline.notices[work.id].versions[work.version - 1].entry

    def state_hash(self) -> str:
        """SHA-256 over everything that follows from the entries, in hex."""
        digest = sha256()
        digest.update(_hash_encoder.encode(("machine", self.seq, self.time_us, self.epoch)))
        for subject in (facts(self.strategic), hotline_facts(self.hotline)):
            for fact in subject:
                digest.update(b"\n")
                digest.update(_hash_encoder.encode(fact))
        return digest.hexdigest()
