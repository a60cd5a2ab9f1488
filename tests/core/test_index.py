"""The index of cells and windows against a list that is looked through from end to end."""

from __future__ import annotations

from dataclasses import dataclass
from struct import pack

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from beforehand.core import blocks, index, windows
from beforehand.core.blocks import blocks_of, cells_of
from beforehand.core.index import CellIndex
from core.held import held


@dataclass
class Object:
    start_us: int
    end_us: int
    cells: frozenset[int]


def packed(cells):
    return pack(f">{len(cells)}I", *sorted(cells))


def touches(one: Object, start, end):
    return (end is None or one.start_us <= end) and (start is None or one.end_us >= start)


def cell(block: int, at: int) -> int:
    return block << 9 | at << 3 | 4


#: Single cells of two blocks, stretches along the curve that fill one or reach over both, and stretches with gaps.
few = st.frozensets(st.sampled_from([cell(5, 0), cell(5, 1), cell(5, 63), cell(6, 0)]), min_size=1, max_size=3)
stretches = st.builds(
    lambda begin, length, gaps: frozenset(cell(5 + at // 64, at % 64) for at in range(begin, begin + length, gaps)),
    st.sampled_from([0, 0, 1, 40, 64, 100]),
    st.sampled_from([8, 30, 64, 65, 128]),
    st.sampled_from([1, 1, 1, 2, 5]),
)
cells = few | stretches
times = st.integers(-40, 40)
lengths = st.one_of(st.just(0), st.integers(0, 9), st.sampled_from([15, 16, 31, 32, 63, 64, 1000]))


class IndexAgainstList(RuleBasedStateMachine):
    """Everything that meets is found; nothing without a shared cell is; nothing that is gone is."""

    @initialize(
        list_max=st.sampled_from([2, 3, 4, 32]),
        run_max=st.sampled_from([1, 2, 3, 1024]),
        look_again=st.sampled_from([1, 2, 32]),
        blocks_from=st.sampled_from([4, 32, 1 << 30]),
    )
    def sizes(self, list_max, run_max, look_again, blocks_from):
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(index, "LIST_MAX", list_max)
        self.patch.setattr(index, "LOOK_AGAIN", look_again)
        self.patch.setattr(index, "WINDOWS_A_CLASS", 1 if look_again == 1 else 8)
        self.patch.setattr(windows, "RUN_MAX", run_max)
        self.patch.setattr(blocks, "BLOCKS_FROM", blocks_from)
        self.objects: dict[int, Object] = {}
        self.index = CellIndex(self.objects)
        self.handles = 0

    def teardown(self):
        if hasattr(self, "patch"):
            self.patch.undo()

    @rule(cells=cells, start=times, length=lengths, skip=st.sampled_from([1, 1, 1, 300, 1 << 39]))
    def add(self, cells, start, length, skip):
        self.handles += skip
        if self.handles >= 1 << 40:
            return
        self.objects[self.handles] = Object(start, start + length, cells)
        self.index.add(packed(cells), self.handles)

    @precondition(lambda self: self.objects)
    @rule(data=st.data())
    def remove(self, data):
        handle = data.draw(st.sampled_from(sorted(self.objects)))
        self.index.remove(packed(self.objects[handle].cells), handle)
        del self.objects[handle]

    @precondition(lambda self: self.objects)
    @rule(data=st.data(), cells=cells, start=times, length=lengths)
    def move(self, data, cells, start, length):
        handle = data.draw(st.sampled_from(sorted(self.objects)))
        self.index.remove(packed(self.objects[handle].cells), handle)
        self.objects[handle] = Object(start, start + length, cells)
        self.index.add(packed(cells), handle)

    @rule(cells=cells, start=st.none() | times, length=lengths, open_end=st.booleans())
    def near(self, cells, start, length, open_end):
        end = None if open_end else (0 if start is None else start) + length
        found = self.index.near(packed(cells), start, end)
        sharing = {handle for handle, each in self.objects.items() if each.cells & cells}
        meeting = {handle for handle in sharing if touches(self.objects[handle], start, end)}
        assert meeting <= found <= sharing

    @invariant()
    def every_slot_holds_exactly_what_lives(self):
        if not hasattr(self, "objects"):
            return
        places: dict[int, list[int]] = {}
        parts: dict[int, dict[int, int]] = {}
        for handle in sorted(self.objects):
            mine = packed(self.objects[handle].cells)
            in_blocks = blocks.in_blocks(mine)
            for place in cells_of(mine) if in_blocks is None else in_blocks:
                places.setdefault(place, []).append(handle)
            for block, mask in (in_blocks or {}).items():
                parts.setdefault(block, {}).update({} if mask == blocks.WHOLE else {handle: mask})
        assert held(self.index) == places
        assert self.index._parts == parts
        for slot in self.index._slots.values():
            if isinstance(slot, windows.Windows):
                for runs in slot.classes.values():
                    keys = [
                        list(zip(starts, handles, strict=True))
                        for starts, handles in zip(runs.starts, runs.handles, strict=True)
                    ]
                    assert runs.last == [run[-1][0] << 40 | run[-1][1] for run in keys]
                    assert all(1 <= len(run) <= windows.RUN_MAX for run in keys)
                    in_order = [key for run in keys for key in run]
                    assert in_order == sorted(in_order)


IndexAgainstList.TestCase.settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
TestTheIndexAgainstAList = IndexAgainstList.TestCase


def filled(windows):
    objects = {handle: Object(start, end, frozenset({7})) for handle, (start, end) in enumerate(windows)}
    cells = CellIndex(objects)
    for handle in objects:
        cells.add(packed({7}), handle)
    return objects, cells


@pytest.mark.parametrize("length", [1, 5, 600, 3_599_999_999])
def test_a_query_looks_at_no_more_than_one_class_width_too_many(length):
    objects, cells = filled([(at * max(1, length // 7), at * max(1, length // 7) + length) for at in range(2000)])
    width = 1 << length.bit_length()
    for start in range(0, 200 * max(1, length // 7), 13 * max(1, length // 7)):
        for handle in cells.near(packed({7}), start, start + length):
            assert start - width < objects[handle].start_us <= start + length


def test_windows_one_after_another_are_told_apart_however_many():
    _, cells = filled([(at * 100, at * 100 + 99) for at in range(20_000)])
    assert cells.near(packed({7}), 1_000_000, 1_000_099) <= {9999, 10_000}
    assert cells.near(packed({8}), None, None) == set()


def test_windows_of_every_length_are_found_at_their_last_and_first_moment():
    objects, cells = filled([(1000 - length, 1000) for length in range(1000)])
    assert cells.near(packed({7}), 1000, 1000) == set(objects)
    objects, cells = filled([(1000, 1000 + length) for length in range(1000)])
    assert cells.near(packed({7}), 1000, 1000) == set(objects)


def test_what_is_not_in_the_index_cannot_be_taken_out():
    objects, cells = filled([(0, at) for at in range(100)])
    objects[999] = Object(0, 20, frozenset({7}))
    with pytest.raises((AssertionError, IndexError, ValueError)):
        cells.remove(packed({7}), 999)


@pytest.mark.parametrize("count", [1, 31, 32, 63, 64, 65, 127, 128, 1000])
def test_blocks_hold_the_cells_and_no_others(count):
    covering = sorted({cell(at * 7919 % 40, at * 31 % 64) for at in range(count)} | {cell(41, at) for at in range(64)})
    mine = packed(covering)
    again = [cell(block >> 9, at) for block, mask in blocks_of(mine).items() for at in range(64) if mask >> at & 1]
    assert again == covering == list(cells_of(mine))
    assert all(block & 511 == 256 for block in blocks_of(mine))


def test_lists_of_many_lengths_of_windows_stay_lists_until_classes_are_the_shorter_way():
    objects, cells = filled([(0, (1 << at % 40) - 1) for at in range(index.WINDOWS_A_CLASS * 40 - 1)])
    assert isinstance(next(iter(cells._slots.values())), list)
    for _ in range(index.LOOK_AGAIN):
        objects[len(objects)] = Object(0, 1, frozenset({7}))
        cells.add(packed({7}), len(objects) - 1)
    assert isinstance(next(iter(cells._slots.values())), windows.Windows)
    assert cells.near(packed({7}), 0, 0) == set(objects)
