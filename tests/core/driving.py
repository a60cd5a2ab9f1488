"""A machine driven as a node drives it: decide, write each fact down, read it again, fold it."""

from __future__ import annotations

from hashlib import shake_256
from typing import Any, NamedTuple

from beforehand.core.machine import EpochOpened, Machine, read_event
from beforehand.core.stamp import ENTROPY_BYTES, Stamp
from beforehand.core.strategic.state import Rules
from beforehand.record.canonical import check, encode_facts

START_US = 1_790_000_000_000_000


class Written(NamedTuple):
    """What the journal keeps of one entry, as far as the core goes."""

    facts: bytes
    time_us: int
    content: bytes | None


class Told(NamedTuple):
    """The reply to a command and the events it made."""

    reply: Any
    events: tuple[Any, ...]


def entropy(number: int) -> bytes:
    """Random bytes of stamp `number`: always the same, never twice."""
    return shake_256(number.to_bytes(8, "big")).digest(ENTROPY_BYTES)


def stamp(number: int, time_us: int, uncertain_us: int = 0) -> Stamp:
    return Stamp(time_us, entropy(number), 1, uncertain_us)


class Driver:
    """A machine and its journal."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.machine = Machine(rules)
        self.journal: list[Written] = []
        self._stamps = 0
        self.write(EpochOpened(1, "test"), None, START_US - 1)

    def write(self, event: Any, content: bytes | None, time_us: int) -> None:
        facts = encode_facts(event)
        check(facts)
        again = read_event(facts)
        assert again == event
        self.machine.fold(again, content, time_us)
        self.journal.append(Written(facts, time_us, content))

    def tell(self, command: Any, at: Stamp) -> Told:
        """Decide at a stamp, later than all before."""
        assert at.time_us > self.machine.time_us
        decision = self.machine.decide(command, at)
        contents = decision.contents or (None,) * len(decision.events)
        for later, (event, content) in enumerate(zip(decision.events, contents, strict=True)):
            self.write(event, content, at.time_us + later)
        return Told(decision.reply, tuple(decision.events))

    def ask(self, command: Any, later_us: int = 1_000_000) -> Any:
        """The reply to a command that is asked so much later than the last entry."""
        self._stamps += 1
        return self.tell(command, stamp(self._stamps, self.machine.time_us + later_us)).reply


def folded(journal: list[Written], rules: Rules | None = None) -> Machine:
    """A machine that has only read the journal."""
    machine = Machine(rules)
    for facts, time_us, content in journal:
        machine.fold(read_event(facts), content, time_us)
    return machine
