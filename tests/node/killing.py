"""Starting planners, killing them, and holding the journal against what they told."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from beforehand.core.machine import Machine, read_event
from beforehand.core.strategic import events as e
from beforehand.core.strategic.ids import id_bytes
from beforehand.engine.sqlite_journal import SqliteJournal
from beforehand.record.entry import Follow
from core.invariants import check as check_tables

MAY_BE = {"?": {0, 1}, "~": {0, 1}, "+": {1}, "!": {0}}


class Told:
    """What planners told, the last word on each command."""

    def __init__(self):
        self.last = {}
        self.end = None

    def line(self, line):
        if not line.endswith(b"\n"):
            return  # cut off by the kill
        mark, unlike = line.decode().split()
        if mark == "=":
            self.end = unlike
        else:
            self.last[unlike] = mark

    def count(self, mark):
        return sum(each == mark for each in self.last.values())


@contextmanager
def planner(folder, *options):
    """A planner on the journal in a folder, which does not outlive the block."""
    program = [sys.executable, "-m", "node.planner_process", str(folder), *options]
    child = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=Path(__file__).parents[1])
    try:
        yield child
    finally:
        child.kill()
        child.stdout.close()
        child.wait()


def kill_under_load(folder, told, lines):
    """Run a planner until it has told so many lines, and kill it with whatever it is doing."""
    with planner(folder) as child:
        for _ in range(lines):
            told.line(child.stdout.readline())
        child.kill()
        for line in child.stdout:
            told.line(line)


def run_to_its_end(folder, told, *options):
    """Run a planner until its node ends by itself."""
    with planner(folder, *options) as child:
        for line in child.stdout:
            told.line(line)
        assert child.wait() == 0


def check(folder, told):
    """The journal folds, its tables agree with each other, and each command took effect as often as was told."""
    journal = SqliteJournal(folder)
    journal.open()
    machine, follow, times = Machine(), Follow(), Counter()
    bound = None
    while entries := journal.read(follow.seq, 4_096):
        for entry in entries:
            header = follow.take(entry)
            event = read_event(entry.facts)
            machine.fold(event, None, header.time_us)
            assert bound is None or event.manager == bound, "half of a decision"
            bound = event.subject if isinstance(event, e.PartyBound) else None
            if isinstance(event, e.IntentAccepted):
                times[event.url] += 1
            elif isinstance(event, e.IntentEnded):
                times[id_bytes(event.id).hex()] += 1
    journal.close()
    assert bound is None
    check_tables(machine)
    wrong = {key: (mark, times[key]) for key, mark in told.last.items() if times[key] not in MAY_BE[mark]}
    assert not wrong
    assert not times.keys() - told.last.keys()
    return machine
