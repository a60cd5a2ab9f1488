"""What an index holds, laid open."""

from __future__ import annotations

from beforehand.core.index import CellIndex
from beforehand.core.windows import Windows


def held(index: CellIndex) -> dict[int, list[int]]:
    """What stands in each place."""
    found = {}
    for place, slot in index._slots.items():
        there = {slot} if isinstance(slot, int) else set(slot) if isinstance(slot, list) else set()
        if isinstance(slot, Windows):
            slot.gather(there, None, None)
        found[place] = sorted(there)
    return found
