"""What meets an extent: complete, in the order of the entries. Touching counts, in time and in altitude.

Constraints and subscriptions are found by cells and window alone, as F3548 registries of this ecosystem do.
"""

from __future__ import annotations

from struct import pack

from beforehand.core.blocks import cells_of
from beforehand.core.strategic.commands import Extent
from beforehand.core.strategic.state import Constraint, Intent, StrategicState, Subscription

_EARLIEST = -(1 << 62)
_LATEST = 1 << 62


def intents_meeting(state: StrategicState, extent: Extent) -> list[Intent]:
    """Intents that share a cell with the extent and touch its window and band."""
    start = _EARLIEST if extent.start_us is None else extent.start_us
    end = _LATEST if extent.end_us is None else extent.end_us
    lower = _EARLIEST if extent.lower_mm is None else extent.lower_mm
    upper = _LATEST if extent.upper_mm is None else extent.upper_mm
    handles = state.intent_index.near(extent.cells, extent.start_us, extent.end_us)
    if not handles:
        return []
    return [
        i
        for i in map(state.intents.__getitem__, sorted(handles))
        if i.start_us <= end and i.end_us >= start and i.lower_mm <= upper and i.upper_mm >= lower
    ]


def constraints_meeting(
    state: StrategicState, cells: bytes, start_us: int | None, end_us: int | None
) -> list[Constraint]:
    """Constraints that share a cell and touch the window."""
    start = _EARLIEST if start_us is None else start_us
    end = _LATEST if end_us is None else end_us
    handles = state.constraint_index.near(cells, start_us, end_us)
    constraints = state.constraints
    return [c for c in map(constraints.__getitem__, sorted(handles)) if c.start_us <= end and c.end_us >= start]


def subscriptions_meeting(
    state: StrategicState, cells: bytes, start_us: int | None, end_us: int | None
) -> list[Subscription]:
    """Subscriptions that share a cell and touch the window."""
    start = _EARLIEST if start_us is None else start_us
    end = _LATEST if end_us is None else end_us
    handles = state.subscription_index.near(cells, start_us, end_us)
    if not handles:
        return []
    subscriptions = state.subscriptions
    return [s for s in map(subscriptions.__getitem__, sorted(handles)) if s.start_us <= end and s.end_us >= start]


def united(one: bytes, other: bytes) -> bytes:
    """The packed cells of both, ascending."""
    if one == other or not other:
        return one
    if not one:
        return other
    both = sorted({*cells_of(one), *cells_of(other)})
    return pack(f">{len(both)}I", *both)


def covers(outer: bytes, inner: bytes) -> bool:
    """Whether every cell of `inner` is in `outer`."""
    return outer == inner or set(cells_of(outer)).issuperset(cells_of(inner))
