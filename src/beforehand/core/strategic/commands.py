"""What a party asks of strategic coordination, already covered with cells.

Ids are 16 bytes, times µs since the Unix epoch, altitudes mm above WGS84. Cells are packed (`airspace.cells.pack`).
A version or OVN of None means that the caller creates; "" too, by the route that ends in a slash.
"""

from __future__ import annotations

from enum import IntEnum

from msgspec import Struct

from beforehand.core.stamp import Caller


class IntentState(IntEnum):
    """States of an operational intent that a DSS holds (F3548-21 §5; Ended is its removal)."""

    ACCEPTED = 0
    ACTIVATED = 1
    NONCONFORMING = 2
    CONTINGENT = 3


class Availability(IntEnum):
    """Availability of a USS."""

    UNKNOWN = 0
    NORMAL = 1
    DOWN = 2


class Extent(Struct, frozen=True, gc=False):
    """One box in space and time: packed cells, band and window. None = unbounded on that side."""

    cells: bytes
    lower_mm: int | None
    upper_mm: int | None
    start_us: int | None
    end_us: int | None


class NewSubscription(Struct, frozen=True, gc=False):
    """An implicit subscription to be made together with its intent."""

    url: str
    constraints: bool


class PutIntent(Struct, frozen=True, gc=False):
    """Create (ovn None or "") or update an operational intent. Its extent is bounded on all sides."""

    caller: Caller
    id: bytes
    ovn: str | None
    extent: Extent
    state: IntentState
    url: str
    named_ovns: frozenset[str]
    subscription: bytes | None
    new_subscription: NewSubscription | None
    requested_suffix: str | None


class GetIntent(Struct, frozen=True, gc=False):
    caller: Caller
    id: bytes


class QueryIntents(Struct, frozen=True, gc=False):
    caller: Caller
    extent: Extent


class EndIntent(Struct, frozen=True, gc=False):
    caller: Caller
    id: bytes
    ovn: str


class PutConstraint(Struct, frozen=True, gc=False):
    """Create or update a constraint. Its extent has both times; altitudes may be open."""

    caller: Caller
    id: bytes
    ovn: str | None
    extent: Extent
    url: str


class GetConstraint(Struct, frozen=True, gc=False):
    caller: Caller
    id: bytes


class QueryConstraints(Struct, frozen=True, gc=False):
    caller: Caller
    extent: Extent


class EndConstraint(Struct, frozen=True, gc=False):
    caller: Caller
    id: bytes
    ovn: str


class PutSubscription(Struct, frozen=True, gc=False):
    """Create or update a subscription. Its extent may lack either time (F3548-21: the DSS chooses)."""

    caller: Caller
    id: bytes
    version: str | None
    extent: Extent
    url: str
    intents: bool
    constraints: bool


class GetSubscription(Struct, frozen=True, gc=False):
    caller: Caller
    id: bytes


class QuerySubscriptions(Struct, frozen=True, gc=False):
    caller: Caller
    extent: Extent


class EndSubscription(Struct, frozen=True, gc=False):
    caller: Caller
    id: bytes
    version: str


class SetAvailability(Struct, frozen=True, gc=False):
    """`old_version` is "" where none was ever set."""

    caller: Caller
    uss: str
    old_version: str
    availability: Availability


class GetAvailability(Struct, frozen=True, gc=False):
    caller: Caller
    uss: str


class FileReport(Struct, frozen=True, gc=False):
    """A report about another USS or the DSS; `body` is kept as content, whole."""

    caller: Caller
    body: bytes


class EvictExpired(Struct, frozen=True, gc=False):
    """Drop what ended before `before_us`, at most `limit` objects (the node's own command)."""

    before_us: int
    limit: int


class CountUnaware(Struct, frozen=True, gc=False):
    """Write down what a party was refused more often than its entries show (the node's own command)."""

    party: str
