"""Many windows of one place, so that those touching a given one are found without looking at the others.

They stand in classes by duration. A class holds the windows whose length has one bit length, sorted by start; a window that
touches [start, end] then begins in [start - longest of the class, end], so that a query looks at no more than one class
width too many. Starts and handles lie in lists of their own: what is found is taken over as slices, not one by one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

#: Windows a run of a class holds before it is split; keeps an insertion's move of memory short.
RUN_MAX = 1024

_HANDLE_BITS = 40
_EARLIEST = -(1 << 70)
_LATEST = 1 << 70


def length_class(start: int, end: int) -> int:
    """Which class a window belongs to."""
    return (end - start).bit_length()


class _Runs:
    """Windows of one class by start, then handle, in runs of at most `RUN_MAX`. `last`: of each run its last window."""

    __slots__ = ("handles", "last", "starts")

    def __init__(self) -> None:
        self.starts: list[list[int]] = []
        self.handles: list[list[int]] = []
        self.last: list[int] = []

    def add(self, handle: int, start: int) -> None:
        last = self.last
        if not last:
            self.starts.append([start])
            self.handles.append([handle])
            last.append(start << _HANDLE_BITS | handle)
            return
        key = start << _HANDLE_BITS | handle
        at = min(bisect_left(last, key), len(last) - 1)
        starts, handles = self.starts[at], self.handles[at]
        if key > last[at]:
            starts.append(start)
            handles.append(handle)
            last[at] = key
        else:
            place = _place(starts, handles, start, handle)
            starts.insert(place, start)
            handles.insert(place, handle)
        if len(starts) > RUN_MAX:
            # An appended-to run is split near its end: days are planned forwards, and half-empty runs would be the rule.
            cut = RUN_MAX if last[at] == key else len(starts) // 2
            self.starts.insert(at + 1, starts[cut:])
            self.handles.insert(at + 1, handles[cut:])
            last.insert(at + 1, last[at])
            del starts[cut:], handles[cut:]
            last[at] = starts[-1] << _HANDLE_BITS | handles[-1]

    def remove(self, handle: int, start: int) -> None:
        at = bisect_left(self.last, start << _HANDLE_BITS | handle)
        starts, handles = self.starts[at], self.handles[at]
        place = _place(starts, handles, start, handle)
        assert starts[place] == start
        assert handles[place] == handle
        del starts[place], handles[place]
        if starts:
            self.last[at] = starts[-1] << _HANDLE_BITS | handles[-1]
        else:
            del self.starts[at], self.handles[at], self.last[at]

    def gather(self, found: set[int], low: int, high: int) -> int:
        """Add the handles of windows that start in [low, high]; returns how many those are."""
        count = 0
        for at in range(bisect_left(self.last, low << _HANDLE_BITS), len(self.last)):
            starts, handles = self.starts[at], self.handles[at]
            if starts[0] > high:
                break
            begin = 0 if starts[0] >= low else bisect_left(starts, low)
            stop = len(starts) if starts[-1] <= high else bisect_right(starts, high)
            found.update(handles if stop - begin == len(handles) else handles[begin:stop])
            count += stop - begin
        return count


def _place(starts: list[int], handles: list[int], start: int, handle: int) -> int:
    """Where a window stands, or belongs."""
    begin = bisect_left(starts, start)
    return bisect_left(handles, handle, begin, bisect_right(starts, start, begin))


class Windows:
    """The windows of one place in their classes."""

    __slots__ = ("classes",)

    def __init__(self) -> None:
        self.classes: dict[int, _Runs] = {}

    def add(self, handle: int, start: int, end: int) -> None:
        """Enter a window by its handle (an entry index, below 2^40)."""
        bits = length_class(start, end)
        runs = self.classes.get(bits)
        if runs is None:
            runs = self.classes[bits] = _Runs()
        runs.add(handle, start)

    def remove(self, handle: int, start: int, end: int) -> None:
        """Take a window out that was entered so."""
        bits = length_class(start, end)
        runs = self.classes[bits]
        runs.remove(handle, start)
        if not runs.last:
            del self.classes[bits]

    def gather(self, found: set[int], start: int | None, end: int | None) -> int:
        """Add the handles of all windows that touch [start, end] (None = unbounded), and of some near it.

        Returns how many those are.
        """
        high = _LATEST if end is None else end
        count = 0
        for bits, runs in self.classes.items():
            count += runs.gather(found, _EARLIEST if start is None else start - (1 << bits) + 1, high)
        return count
