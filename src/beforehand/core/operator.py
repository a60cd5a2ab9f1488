"""What an operator tells the node, and what is recorded of it."""

from __future__ import annotations

from msgspec import Struct


class ClockAccepted(Struct, tag="clock.accepted", frozen=True, gc=False, forbid_unknown_fields=True):
    """An operator accepted the wall clock that the node had not believed; time jumped by `by` µs (may be negative)."""

    by: int
    disagreed: int


class AcceptClock(Struct, frozen=True, gc=False):
    """The operator accepts the wall clock, which disagreed by so many µs and made time jump by so many."""

    by_us: int
    disagreed_us: int
