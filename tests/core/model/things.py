"""What a registry holds, in plain lists' plain members; times in µs, altitudes in mm, cells as a set of four bytes each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from beforehand.core.strategic import commands as c

MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE


@dataclass
class Limits:
    """What the operator set, and the bounds of the product, which tests make small."""

    strict_states: bool = False
    live_intents: int = 1_000_000
    live_cells: int = 20_000_000
    live_subscriptions: int = 1_000_000
    results: int = 10_000
    named: int = 10_000
    dependents: int = 20_000
    extended_cells: int = 40_000
    meeting_subscriptions: int = 20_000
    raised: int = 500_000
    #: Whether the index sorts and gathers in blocks from the start; nothing that anyone is answered depends on it.
    index_at_its_largest: bool = False


@dataclass
class Thing:
    """An intent or a constraint."""

    entry: int
    id: bytes
    manager: str
    url: str
    ovn: str
    version: int
    cells: set[bytes]
    start: int
    end: int
    lower: int | None
    upper: int | None
    state: c.IntentState | None = None
    subscription: bytes | None = None


@dataclass
class Sub:
    entry: int
    id: bytes
    manager: str
    url: str
    version: str
    cells: set[bytes]
    start: int
    end: int
    intents: bool
    constraints: bool
    implicit: bool
    index: int = 0


@dataclass
class Deletion:
    kind: str
    id: bytes
    manager: str
    ovn: str
    at: int
    reply: Any


@dataclass
class Counted:
    """Refusals of one party that have no entry yet."""

    since: int
    count: int
    sets: list[list[int]]


class No(Exception):
    def __init__(self, reason: str, detail: Any = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


@dataclass
class Answer:
    """The reply (of a refusal, reason and detail count, not its words), and what the entries say, in order."""

    reply: Any
    entries: list[tuple[Any, ...]] = field(default_factory=list)


def chunks(packed: bytes) -> set[bytes]:
    return {packed[at : at + 4] for at in range(0, len(packed), 4)}
