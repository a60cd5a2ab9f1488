"""The index of cells and windows against a list that is looked through from end to end."""

from __future__ import annotations

from dataclasses import dataclass
from struct import pack

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from beforehand.core import index
from beforehand.core.index import CellIndex


@dataclass
class Object:
    start_us: int
    end_us: int
    cells: frozenset[int]


def packed(cells):
    return pack(f">{len(cells)}I", *sorted(cells))


def touches(one: Object, start, end):
    return (end is None or one.start_us <= end) and (start is None or one.end_us >= start)


cells = st.frozensets(st.integers(0, 3), min_size=1, max_size=3)
times = st.integers(-40, 40)
lengths = st.one_of(st.just(0), st.integers(0, 9), st.sampled_from([15, 16, 31, 32, 63, 64, 1000]))


class IndexAgainstList(RuleBasedStateMachine):
    """Everything that meets is found; nothing without a shared cell is; nothing that is gone is."""

    @initialize(list_max=st.sampled_from([2, 3, 4, 32]), run_max=st.sampled_from([1, 2, 3, 1024]))
    def sizes(self, list_max, run_max):
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(index, "LIST_MAX", list_max)
        self.patch.setattr(index, "RUN_MAX", run_max)
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
        held: dict[int, list[int]] = {}
        for cell, slot in self.index._slots.items():
            if isinstance(slot, int):
                held[cell] = [slot]
            elif isinstance(slot, list):
                assert 2 <= len(slot) <= index.LIST_MAX
                held[cell] = sorted(slot)
            else:
                held[cell] = sorted(slot.touching(None, None))
                for runs in slot.classes.values():
                    assert runs.last == [run[-1] for run in runs.runs]
                    assert all(1 <= len(run) <= index.RUN_MAX for run in runs.runs)
                    assert [key for run in runs.runs for key in run] == sorted(key for run in runs.runs for key in run)
        assert held == {
            cell: sorted(h for h, each in self.objects.items() if cell in each.cells)
            for cell in {cell for each in self.objects.values() for cell in each.cells}
        }


IndexAgainstList.TestCase.settings = settings(max_examples=80, stateful_step_count=60, deadline=None)
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
    objects, cells = filled([(0, at) for at in range(40)])
    objects[99] = Object(0, 20, frozenset({7}))
    with pytest.raises((AssertionError, IndexError)):
        cells.remove(packed({7}), 99)
