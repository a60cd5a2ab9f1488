"""What meets an extent: complete, in the order of the entries. Touching counts, in time and in altitude.

Constraints and subscriptions are found by cells and window alone, as F3548 registries of this ecosystem do.
"""

from __future__ import annotations

from struct import pack

from beforehand.core.blocks import cells_of
from beforehand.core.index import CellIndex, Crowded
from beforehand.core.strategic.commands import Extent
from beforehand.core.strategic.state import Constraint, Intent, StrategicState, Subscription

#: Windows and objects that one search looks at, so that it takes some 50 ms at most; beyond, it is refused. An answer of
#: 10,000 whose objects each share 200 places with the search has room.
WINDOWS_MAX = 2_000_000
OBJECTS_MAX = 200_000

_EARLIEST = -(1 << 62)
_LATEST = 1 << 62


def _near(index: CellIndex, cells: bytes, start_us: int | None, end_us: int | None, unlimited: bool) -> list[int]:
    if unlimited:
        return sorted(index.near(cells, start_us, end_us))
    handles = index.near(cells, start_us, end_us, WINDOWS_MAX)
    if len(handles) > OBJECTS_MAX:
        raise Crowded
    return sorted(handles)


def intents_meeting(state: StrategicState, extent: Extent, *, unlimited: bool = False) -> list[Intent]:
    """Intents that share a cell with the extent and touch its window and band. Raises Crowded."""
    start = _EARLIEST if extent.start_us is None else extent.start_us
    end = _LATEST if extent.end_us is None else extent.end_us
    lower = _EARLIEST if extent.lower_mm is None else extent.lower_mm
    upper = _LATEST if extent.upper_mm is None else extent.upper_mm
    handles = _near(state.intent_index, extent.cells, extent.start_us, extent.end_us, unlimited)
    return [
        i
        for i in map(state.intents.__getitem__, handles)
        if i.start_us <= end and i.end_us >= start and i.lower_mm <= upper and i.upper_mm >= lower
    ]


def constraints_meeting(
    state: StrategicState, cells: bytes, start_us: int | None, end_us: int | None, *, unlimited: bool = False
) -> list[Constraint]:
    """Constraints that share a cell and touch the window. Raises Crowded."""
    start = _EARLIEST if start_us is None else start_us
    end = _LATEST if end_us is None else end_us
    handles = _near(state.constraint_index, cells, start_us, end_us, unlimited)
    return [c for c in map(state.constraints.__getitem__, handles) if c.start_us <= end and c.end_us >= start]


def subscriptions_meeting(
    state: StrategicState, cells: bytes, start_us: int | None, end_us: int | None, *, unlimited: bool = False
) -> list[Subscription]:
    """Subscriptions that share a cell and touch the window. Raises Crowded."""
    start = _EARLIEST if start_us is None else start_us
    end = _LATEST if end_us is None else end_us
    handles = _near(state.subscription_index, cells, start_us, end_us, unlimited)
    return [s for s in map(state.subscriptions.__getitem__, handles) if s.start_us <= end and s.end_us >= start]


def united(one: bytes, other: bytes) -> bytes:
    """The packed cells of both, ascending."""
    if one == other or not other:
        return one
    if not one:
        return other
    both = sorted({*cells_of(one), *cells_of(other)})
    return pack(f">{len(both)}I", *both)


def without(one: bytes, other: bytes) -> bytes:
    """The packed cells of `one` that are not in `other`, ascending."""
    if one == other:
        return b""
    left = sorted(set(cells_of(one)).difference(cells_of(other)))
    return pack(f">{len(left)}I", *left)


def covers(outer: bytes, inner: bytes) -> bool:
    """Whether every cell of `inner` is in `outer`."""
    return outer == inner or set(cells_of(outer)).issuperset(cells_of(inner))
