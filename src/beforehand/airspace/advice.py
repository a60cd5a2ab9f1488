"""The smallest shift in time, altitude or both that clears a plan of all others (H4.9).

A smaller shift has fewer steps in all; of as many, fewer in altitude; then later comes before earlier, then up before down.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from beforehand.airspace.encounter import Body, Buffers, Ready
from beforehand.airspace.volume import Volume

#: The most shifts that one grid may hold.
MAX_SHIFTS = 10_000

# A step later or earlier and up or down: how many of each.
_Steps = tuple[int, int]
# The steps in time and in altitude that one other forbids, each from the first to the last.
_Block = tuple[int, int, int, int]


class Grid(msgspec.Struct, frozen=True, gc=False):
    """The shifts that may be advised: whole steps, up to so many later and as many earlier, up and as many down.

    Raises ``ValueError`` for steps that are not positive, a negative number of them, or more than ``MAX_SHIFTS`` shifts.
    """

    time_step_us: int
    altitude_step_mm: int
    time_steps: int
    altitude_steps: int

    def __post_init__(self) -> None:
        if self.time_step_us <= 0 or self.altitude_step_mm <= 0 or self.time_steps < 0 or self.altitude_steps < 0:
            raise ValueError(f"Steps must be positive, and their number not negative: {self}.")
        shifts = (2 * self.time_steps + 1) * (2 * self.altitude_steps + 1)
        if shifts > MAX_SHIFTS:
            raise ValueError(f"A grid may hold at most {MAX_SHIFTS} shifts; this one holds {shifts}. Use fewer steps.")


class Shift(msgspec.Struct, frozen=True, gc=False):
    """By how much all is moved: later and up are positive, in microseconds and millimetres."""

    time_us: int
    altitude_mm: int


class Advice(msgspec.Struct, frozen=True, gc=False):
    """The smallest shifts on the grid that clear: in time alone, in altitude alone, in both (neither of them zero).

    ``None`` where no such shift clears; `best` is the smallest of all. ``clear``: it is clear as it stands, and every shift
    is none at all.
    """

    time: Shift | None
    altitude: Shift | None
    both: Shift | None
    best: Shift | None
    clear: bool


def advise(
    own: Sequence[Volume], others: Sequence[Body], buffers: Buffers, grid: Grid, earliest_us: int | None = None
) -> Advice:
    """The smallest shifts of all of `own` together after which none of them meets any of `others`.

    What ``encounter`` finds of each shift, for each pair. No shift is advised after which a window of `own` would begin
    before `earliest_us`, one without a beginning among them; what is clear as it stands needs none.

    At most ``MAX_SHIFTS`` shifts are looked at; the outlines of each pair are compared at most once. Raises as ``Ready``.
    """
    mine = [Ready(each) for each in own]
    theirs = [Ready(each) for each in others]
    taken = _Taken(grid, {block for one in mine for other in theirs for block in _blocks(one, other, buffers, grid)})
    if taken.is_free((0, 0)):
        none = Shift(0, 0)
        return Advice(none, none, none, none, True)
    first = _first_step([each.start_us for each in mine], grid, earliest_us)
    found = [
        next((steps for steps in shifts if steps[0] >= first and taken.is_free(steps)), None)
        for shifts in (_in_time(grid), _in_altitude(grid), _in_both(grid))
    ]
    best = min((steps for steps in found if steps is not None), key=_size, default=None)
    time, altitude, both, least = (
        None if steps is None else Shift(steps[0] * grid.time_step_us, steps[1] * grid.altitude_step_mm)
        for steps in (*found, best)
    )
    return Advice(time, altitude, both, least, False)


def _blocks(one: Ready, other: Ready, buffers: Buffers, grid: Grid) -> Iterator[_Block]:
    """The shifts of one after which it meets the other: rectangles of steps."""
    rows = _steps_that_meet(
        (one.lower_mm, one.upper_mm), (other.lower_mm, other.upper_mm),
        buffers.vertical_mm, grid.altitude_step_mm, grid.altitude_steps)  # fmt: skip
    window = (one.start_us, one.end_us)
    columns = _steps_that_meet(
        window, (other.start_us, other.end_us), buffers.time_us, grid.time_step_us, grid.time_steps
    )
    if rows is None or columns is None or not one.may_reach(other, buffers.horizontal_mm):
        return
    if one.place is None or other.is_everywhere:
        yield (*columns, *rows)
    elif other.place is not None:
        if one.place.within(other.place, buffers.horizontal_mm):
            yield (*columns, *rows)
    else:
        assert other.path is not None
        for touched in one.place.touched_by(other.path, buffers.horizontal_mm):
            columns = _steps_that_meet(window, touched, buffers.time_us, grid.time_step_us, grid.time_steps)
            if columns is not None:
                yield (*columns, *rows)


def _steps_that_meet(
    own: tuple[int | None, int | None], other: tuple[int | None, int | None], buffer: int, step: int, most: int
) -> tuple[int, int] | None:
    """From how many steps to how many, at most so many each way, bounds moved by them touch others within the buffer."""
    (low, high), (other_low, other_high) = own, other
    first = -most if high is None or other_low is None else max(-most, -((high + buffer - other_low) // step))
    last = most if low is None or other_high is None else min(most, (other_high + buffer - low) // step)
    return (first, last) if first <= last else None


class _Taken:
    """Which shifts are taken: for each step along the shorter side of the grid, the bits of those along the longer."""

    def __init__(self, grid: Grid, blocks: Iterable[_Block]) -> None:
        self._is_long_in_time = grid.time_steps >= grid.altitude_steps
        self._most = max(grid.time_steps, grid.altitude_steps), min(grid.time_steps, grid.altitude_steps)
        self._lines = [0] * (2 * self._most[1] + 1)
        for first, last, lowest, highest in blocks:
            long, short = (
                ((first, last), (lowest, highest)) if self._is_long_in_time else ((lowest, highest), (first, last))
            )
            bits = ((1 << (long[1] - long[0] + 1)) - 1) << (long[0] + self._most[0])
            for line in range(short[0] + self._most[1], short[1] + self._most[1] + 1):
                self._lines[line] |= bits

    def is_free(self, steps: _Steps) -> bool:
        long, short = steps if self._is_long_in_time else (steps[1], steps[0])
        return not self._lines[short + self._most[1]] >> (long + self._most[0]) & 1


def _first_step(starts: Sequence[int | None], grid: Grid, earliest_us: int | None) -> int:
    """The least number of steps in time after which no window begins too early."""
    first = -grid.time_steps
    if earliest_us is not None:
        for start in starts:
            first = max(first, grid.time_steps + 1 if start is None else -((start - earliest_us) // grid.time_step_us))
    return first


def _size(steps: _Steps) -> tuple[int, int, bool, bool]:
    """By which shifts are compared."""
    return abs(steps[0]) + abs(steps[1]), abs(steps[1]), steps[0] < 0, steps[1] < 0


def _in_time(grid: Grid) -> Iterator[_Steps]:
    return ((way * steps, 0) for steps in range(1, grid.time_steps + 1) for way in (1, -1))


def _in_altitude(grid: Grid) -> Iterator[_Steps]:
    return ((0, way * steps) for steps in range(1, grid.altitude_steps + 1) for way in (1, -1))


def _in_both(grid: Grid) -> Iterator[_Steps]:
    for total in range(2, grid.time_steps + grid.altitude_steps + 1):
        for rows in range(max(1, total - grid.time_steps), min(grid.altitude_steps, total - 1) + 1):
            columns = total - rows
            yield from ((columns, rows), (columns, -rows), (-columns, rows), (-columns, -rows))
