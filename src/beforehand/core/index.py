"""Which objects stand in a cell, and in which window: the index that no answer is cut from.

A slot (one level-13 cell) grows with what it holds: nothing, one bare handle, a list of handles, and beyond `LIST_MAX`
windows in classes by duration. A class holds the windows whose length has one bit length, sorted by start; a window that
touches [start, end] then begins in [start - longest of the class, end], so that a query looks at no more than one class
width too many. Handles are entry indices (int ≥ 0); the caller tests exact windows and bands on the objects themselves.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping
from struct import Struct as Layout
from struct import unpack
from typing import Protocol

#: Handles a slot keeps as a plain list before it sorts them by time.
LIST_MAX = 32
#: Keys a run of a class holds before it is split; keeps an insertion's move of memory short.
RUN_MAX = 1024

_HANDLE_BITS = 40
_HANDLE_MASK = (1 << _HANDLE_BITS) - 1

_LAYOUTS = tuple(Layout(f">{n}I").unpack for n in range(129))


def cells_of(packed: bytes) -> tuple[int, ...]:
    """The cells of packed bytes (4 big-endian bytes each), ascending."""
    n = len(packed) >> 2
    return _LAYOUTS[n](packed) if n <= 128 else unpack(f">{n}I", packed)


class _Runs:
    """A sorted multiset of ints in runs of at most `RUN_MAX`."""

    __slots__ = ("last", "runs")

    def __init__(self) -> None:
        self.runs: list[list[int]] = []
        self.last: list[int] = []  # the last key of each run

    def add(self, key: int) -> None:
        if not self.runs:
            self.runs.append([key])
            self.last.append(key)
            return
        at = min(bisect_left(self.last, key), len(self.runs) - 1)
        run = self.runs[at]
        insort(run, key)
        self.last[at] = run[-1]
        if len(run) > RUN_MAX:
            # An appended-to run is split near its end: days are planned forwards, and half-empty runs would be the rule.
            cut = RUN_MAX if run[-1] == key else len(run) // 2
            self.runs.insert(at + 1, run[cut:])
            del run[cut:]
            self.last[at] = run[-1]
            self.last.insert(at + 1, self.runs[at + 1][-1])

    def remove(self, key: int) -> None:
        at = bisect_left(self.last, key)
        run = self.runs[at]
        place = bisect_left(run, key)
        assert run[place] == key
        del run[place]
        if run:
            self.last[at] = run[-1]
        else:
            del self.runs[at], self.last[at]

    def between(self, low: int, high: int) -> Iterable[int]:
        """Keys in [low, high]."""
        for at in range(bisect_left(self.last, low), len(self.runs)):
            run = self.runs[at]
            if run[0] > high:
                return
            begin = 0 if run[0] >= low else bisect_left(run, low)
            stop = len(run) if run[-1] <= high else bisect_right(run, high)
            yield from run[begin:stop]


class _Windows:
    """Many windows of one cell, in classes by the bit length of their duration."""

    __slots__ = ("classes",)

    def __init__(self) -> None:
        self.classes: dict[int, _Runs] = {}

    def add(self, handle: int, start: int, end: int) -> None:
        bits = (end - start).bit_length()
        runs = self.classes.get(bits)
        if runs is None:
            runs = self.classes[bits] = _Runs()
        runs.add(start << _HANDLE_BITS | handle)

    def remove(self, handle: int, start: int, end: int) -> None:
        bits = (end - start).bit_length()
        runs = self.classes[bits]
        runs.remove(start << _HANDLE_BITS | handle)
        if not runs.runs:
            del self.classes[bits]

    def touching(self, start: int | None, end: int | None) -> Iterable[int]:
        for bits, runs in self.classes.items():
            low = -1 << 200 if start is None else (start - (1 << bits) + 1) << _HANDLE_BITS
            high = 1 << 200 if end is None else end << _HANDLE_BITS | _HANDLE_MASK
            for key in runs.between(low, high):
                yield key & _HANDLE_MASK


class Windowed(Protocol):
    """What an index needs of an object."""

    start_us: int
    end_us: int


class CellIndex:
    """Objects by cell and window.

    `objects` is the table that maps a handle to its object; an object stands in it, with the window it is indexed by,
    from before `add` until after `remove`.
    """

    __slots__ = ("_objects", "_slots")

    def __init__(self, objects: Mapping[int, Windowed]) -> None:
        self._objects = objects
        self._slots: dict[int, int | list[int] | _Windows] = {}

    def add(self, packed: bytes, handle: int) -> None:
        """Enter the object into each of its cells."""
        slots = self._slots
        for cell in cells_of(packed):
            slot = slots.setdefault(cell, handle)
            if slot is handle:
                continue
            if isinstance(slot, int):
                slots[cell] = [slot, handle]
            elif isinstance(slot, list):
                slot.append(handle)
                if len(slot) > LIST_MAX:
                    slots[cell] = self._sorted(slot)
            else:
                own = self._objects[handle]
                slot.add(handle, own.start_us, own.end_us)

    def remove(self, packed: bytes, handle: int) -> None:
        """Take the object out of each of its cells; its window is still the one that it was entered with."""
        slots = self._slots
        own = self._objects[handle]
        for cell in cells_of(packed):
            slot = slots[cell]
            if isinstance(slot, int):
                del slots[cell]
            elif isinstance(slot, list):
                slot.remove(handle)
                if len(slot) == 1:
                    slots[cell] = slot[0]
            else:
                slot.remove(handle, own.start_us, own.end_us)
                if not slot.classes:
                    del slots[cell]

    def _sorted(self, handles: list[int]) -> _Windows:
        windows = _Windows()
        for handle in handles:
            each = self._objects[handle]
            windows.add(handle, each.start_us, each.end_us)
        return windows

    def near(self, packed: bytes, start: int | None, end: int | None) -> set[int]:
        """Handles that share a cell and may touch the window [start, end] (None = unbounded): all that do, and some more."""
        found: set[int] = set()
        get = self._slots.get
        for cell in cells_of(packed):
            slot = get(cell)
            if slot is None:
                continue
            if isinstance(slot, int):
                found.add(slot)
            elif isinstance(slot, list):
                found.update(slot)
            else:
                found.update(slot.touching(start, end))
        return found
