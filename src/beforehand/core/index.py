"""Which objects stand in a place, and in which window: the index that no answer is cut from.

An object stands in each of its cells or, where it has many that lie together, in the blocks that hold them (`blocks`). The
slot of a place grows with what it holds: nothing, one bare handle, a list of handles, and then windows in classes by
duration (`windows`). Handles are entry indices (int ≥ 0); the caller tests exact windows and bands on the objects
themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from beforehand.core.blocks import WHOLE, Blocks, blocks_of, cells_of, in_blocks
from beforehand.core.windows import Windows, length_class

#: Handles a slot keeps as a plain list before it may sort them by time.
LIST_MAX = 32
#: It does so if there are so many windows a class: looking at a class costs about as much as at so many handles.
WINDOWS_A_CLASS = 16
#: A list is looked at again after so many more, each at its own time: an object that fills thousands of lists must not
#: have all of them sorted at once.
LOOK_AGAIN = 32
UNLIMITED = 1 << 62
_SPREAD = 0x9E3779B1  # 2^32 over the golden ratio: neighbours come out far apart


class Crowded(Exception):
    """More stands in a place and time than one search may look at."""


class Windowed(Protocol):
    """What an index needs of an object."""

    start_us: int
    end_us: int


class CellIndex:
    """Objects by place and window.

    `objects` is the table that maps a handle to its object; an object stands in it, with the window it is indexed by,
    from before `add` until after `remove`.
    """

    __slots__ = ("_objects", "_parts", "_slots")

    def __init__(self, objects: Mapping[int, Windowed]) -> None:
        self._objects = objects
        self._slots: dict[int, int | list[int] | Windows] = {}
        #: By block: which of its cells an object has that has not all of them.
        self._parts: dict[int, dict[int, int]] = {}

    def add(self, packed: bytes, handle: int) -> None:
        """Enter the object into each of its places."""
        blocks = in_blocks(packed)
        if blocks is None:
            self._enter(cells_of(packed), handle)
            return
        self._enter(blocks, handle)
        parts = self._parts
        for block, mask in blocks.items():
            part = parts.setdefault(block, {})
            if mask != WHOLE:
                part[handle] = mask

    def _enter(self, places: Iterable[int], handle: int) -> None:
        slots = self._slots
        for place in places:
            slot = slots.setdefault(place, handle)
            if slot is handle:
                continue
            if isinstance(slot, int):
                slots[place] = [slot, handle]
            elif isinstance(slot, list):
                slot.append(handle)
                if len(slot) > LIST_MAX and (len(slot) + (place * _SPREAD >> 16)) % LOOK_AGAIN == 0:
                    slots[place] = self._sorted(slot)
            else:
                own = self._objects[handle]
                slot.add(handle, own.start_us, own.end_us)

    def remove(self, packed: bytes, handle: int) -> None:
        """Take the object out of each of its places; its window is still the one that it was entered with."""
        blocks = in_blocks(packed)
        if blocks is None:
            self._leave(cells_of(packed), handle)
            return
        self._leave(blocks, handle)
        for block in blocks:
            if block in self._slots:
                self._parts[block].pop(handle, None)
            else:
                del self._parts[block]

    def _leave(self, places: Iterable[int], handle: int) -> None:
        slots = self._slots
        own = self._objects[handle]
        for place in places:
            slot = slots[place]
            if isinstance(slot, int):
                assert slot == handle
                del slots[place]
            elif isinstance(slot, list):
                slot.remove(handle)
                if len(slot) == 1:
                    slots[place] = slot[0]
            else:
                slot.remove(handle, own.start_us, own.end_us)
                if not slot.classes:
                    del slots[place]

    def _sorted(self, handles: list[int]) -> list[int] | Windows:
        objects = self._objects
        classes = {length_class(each.start_us, each.end_us) for each in map(objects.__getitem__, handles)}
        if len(handles) < WINDOWS_A_CLASS * len(classes):
            return handles
        windows = Windows()
        for handle in handles:
            each = objects[handle]
            windows.add(handle, each.start_us, each.end_us)
        return windows

    def near(self, packed: bytes, start: int | None, end: int | None, most: int = UNLIMITED) -> set[int]:
        """Handles that share a cell and may touch the window [start, end] (None = unbounded): all that do, and some more.

        Raises Crowded where more than `most` windows, one for each object and place, would have to be looked at; a class
        of windows counts as several.
        """
        found: set[int] = set()
        looked_at = 0
        get = self._slots.get
        for cell in cells_of(packed):
            slot = get(cell)
            if slot is None:
                continue
            if isinstance(slot, int):
                found.add(slot)
                continue
            if isinstance(slot, list):
                found.update(slot)
                looked_at += len(slot)
            else:
                looked_at += slot.gather(found, start, end) + WINDOWS_A_CLASS * len(slot.classes)
            if looked_at > most:
                raise Crowded
        if self._parts:
            self._near_in_blocks(blocks_of(packed), start, end, found, most - looked_at)
        return found

    def _near_in_blocks(self, blocks: Blocks, start: int | None, end: int | None, found: set[int], most: int) -> None:
        looked_at = 0
        for block, mask in blocks.items():
            parts = self._parts.get(block)
            if parts is None:
                continue
            slot = self._slots[block]
            there: set[int] = found if mask == WHOLE else set()
            if isinstance(slot, int):
                there.add(slot)
            elif isinstance(slot, list):
                there.update(slot)
                looked_at += len(slot)
            else:
                looked_at += slot.gather(there, start, end) + WINDOWS_A_CLASS * len(slot.classes)
            if mask != WHOLE:
                have = parts.get
                found.update([handle for handle in there - found if have(handle, WHOLE) & mask])
            if looked_at > most:
                raise Crowded
