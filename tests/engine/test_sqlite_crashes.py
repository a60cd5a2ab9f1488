"""Killed, cut off, failing: whatever was answered is there afterwards, whole, and what was denied is not."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from random import Random

import apsw
import pytest

from beforehand.engine.protocol import EngineError, Unavailable
from beforehand.engine.sqlite_journal import SqliteJournal
from beforehand.record.entry import content_commitment, verify_chain

from .forgetful import Disk, failure
from .journals import Writer
from .writer_process import facts_of_batch

BATCHES = 14
"""Appends of one run; with a checkpoint after every fifth, so that logs of several generations meet."""


class Killed(BaseException):
    """Ends a run where a process would have been killed."""


class Run:
    """A process that opens a journal, appends batches, checkpoints and erases; and remembers what it was answered."""

    def __init__(self, disk, seed=0, count=BATCHES):
        self.disk = disk
        self.writer = Writer(seed)
        self.count = count
        self.answered = []
        self.unanswered = []
        self.erased = set()
        self.error = None

    def go(self):
        """Until it is through, or something fails."""
        journal = SqliteJournal(self.disk.folder, self.disk.connect)
        try:
            journal.open()
            for number in range(1, self.count + 1):
                self.unanswered = self.writer.mixed(self.writer.random.randrange(1, 6))
                journal.append(len(self.answered), self.unanswered)
                self.answered += self.unanswered
                self.unanswered = []
                if number % 5 == 0:
                    journal.checkpoint()
                if number % 6 == 0:
                    key = next(key for entry in self.answered if (key := content_commitment(entry.header)))
                    journal.erase(key)
                    self.erased.add(key)
        except EngineError as error:
            self.error = error
        self.syncs, self.writes = self.disk.syncs, self.disk.writes
        return journal


def stored_on(disk):
    """What a process that is started on this disk recovers and would answer from. It is then gone without closing."""
    journal = SqliteJournal(disk.folder, disk.connect)
    journal.open()
    entries = []
    while some := journal.read(len(entries), 1_000):
        entries += some
    assert len(entries) == journal.head()
    verify_chain(entries)
    disk.off = True
    return entries


def headers(entries):
    return [entry.header for entry in entries]


def check_kept(run, entries):
    """Everything answered, and of the batch that was under way all or nothing."""
    kept = headers(entries)
    assert kept in (headers(run.answered), headers(run.answered + run.unanswered))
    for key in run.erased:
        assert all(entry.content is None for entry in entries if content_commitment(entry.header) == key)


@pytest.fixture(scope="module")
def quiet_run(tmp_path_factory):
    """A run without faults: how many fsyncs and writes it makes."""
    run = Run(Disk(tmp_path_factory.mktemp("quiet") / "a"))
    run.go()
    assert run.error is None
    return run


def photograph_before_sync(tmp_path, number):
    """A run, and its disk as any other program saw it when the run asked for its nth fsync."""
    disk = Disk(tmp_path / "a")
    seen = []

    def at_sync(this, _name):
        if this == number:
            seen.append(disk.as_seen(tmp_path / "b"))
            disk.off = True
            raise Killed

    disk.at_sync = at_sync
    run = Run(disk)
    # What SQLite makes of the exception does not matter: the photograph was taken before.
    with suppress(Killed):
        run.go()
    return run, seen[0]


def test_killed_before_any_fsync_then_without_power_nothing_answered_is_gone(tmp_path, quiet_run):
    """Written but not synced, killed, restarted, answered, and then all that was never synced is lost."""
    recovered_undurable = 0
    for number in range(1, quiet_run.syncs + 1):
        place = tmp_path / str(number)
        run, after_kill = photograph_before_sync(place, number)
        answered = stored_on(after_kill)
        check_kept(run, answered)
        recovered_undurable += len(answered) > len(run.answered)
        later = stored_on(after_kill.without_power(place / "c"))
        assert later == answered
    # The runs that count: a batch that no fsync had confirmed was recovered, and answered from.
    assert recovered_undurable >= BATCHES


@pytest.mark.parametrize("seed", range(6))
def test_without_power_at_any_fsync_all_answered_is_there_and_nothing_half(tmp_path, quiet_run, seed):
    """Of what was not synced, any sectors may have reached the disk, and others not."""
    for number in range(1, quiet_run.syncs + 1):
        place = tmp_path / str(number)
        disk = Disk(place / "a")
        after = []

        def at_sync(this, _name, disk=disk, after=after, place=place, number=number):
            if this == number:
                after.append(disk.without_power(place / "b", Random(seed)))
                disk.off = True
                raise Killed

        disk.at_sync = at_sync
        run = Run(disk)
        with suppress(Killed):
            run.go()
        check_kept(run, stored_on(after[0]))


@pytest.mark.parametrize(("code", "lasting"), [(apsw.SQLITE_FULL, True), (apsw.SQLITE_IOERR_WRITE, False)])
def test_a_write_that_fails_is_told_truly(tmp_path, quiet_run, code, lasting):
    for number in range(1, quiet_run.writes + 1):
        place = tmp_path / str(number)
        disk = Disk(place / "a")

        def at_write(this, number=number):
            if this == number or (lasting and this > number):
                raise failure(code)

        disk.at_write = at_write
        run = Run(disk)
        journal = run.go()
        assert run.error is not None
        if run.unanswered:
            assert isinstance(run.error, Unavailable)
        with pytest.raises(Unavailable):
            journal.append(len(run.answered), run.unanswered)
        check_told_truly(run, disk, place)


@pytest.mark.parametrize(
    ("code", "lasting"),
    [(apsw.SQLITE_IOERR_FSYNC, True), (apsw.SQLITE_IOERR_FSYNC, False), (apsw.SQLITE_IOERR, False)],
)
def test_an_fsync_that_fails_is_told_truly_and_never_asked_again(tmp_path, quiet_run, code, lasting):
    for number in range(1, quiet_run.syncs + 1):
        place = tmp_path / str(number)
        disk = Disk(place / "a")

        def at_sync(this, _name, number=number):
            if this == number or (lasting and this > number):
                raise failure(code)

        disk.at_sync = at_sync
        run = Run(disk)
        journal = run.go()
        assert run.error is not None
        syncs = disk.syncs
        if run.unanswered:
            for _ in range(2):
                with pytest.raises(Unavailable):
                    journal.append(len(run.answered), run.unanswered)
            journal.close()
            assert disk.syncs == syncs
        check_told_truly(run, disk, place)


def test_a_file_that_may_not_grow_is_told_truly(folder):
    """The kernel itself refuses, here for a limit on file sizes, and SQLite is the standard module's."""
    acknowledged, outcome = run_writer(folder, "--file-bytes", "1500000")
    assert outcome == "Unavailable"
    assert len(acknowledged) > 5
    assert [first + count for first, count in acknowledged][-1] == len(read_back(folder))


@pytest.mark.parametrize("engine", ["journal", "thread"])
def test_killed_at_any_moment_all_answered_is_there_and_batches_are_whole(folder, engine):
    """The same journal, killed and continued again and again."""
    random, answered = Random(engine), {}
    for _ in range(5):
        child = start_writer(folder, "--engine", engine)
        with child.stdout:
            for _ in range(random.randrange(1, 150)):
                note(answered, child.stdout.readline())
            child.kill()
            for line in child.stdout:
                note(answered, line)
        child.wait()
        entries = read_back(folder)
        for first, count in answered.items():
            assert [entry.facts for entry in entries[first : first + count]] == facts_of_batch(first, count)
        check_batches_are_whole(entries)
    assert len(answered) > 5


def note(answered, line):
    if line.endswith(b"\n"):
        first, count = map(int, line.split())
        answered[first] = count


def check_batches_are_whole(entries):
    place = 0
    while place < len(entries):
        first, count, _ = map(int, entries[place].facts.split(b" "))
        assert first == place
        assert [entry.facts for entry in entries[place : place + count]] == facts_of_batch(first, count)
        place += count


def read_back(folder):
    journal = SqliteJournal(folder)
    journal.open()
    entries = []
    while some := journal.read(len(entries), 1_000):
        entries += some
    journal.close()
    verify_chain(entries)
    return entries


def start_writer(folder, *options):
    program = [sys.executable, "-m", "engine.writer_process", str(folder), *options]
    return subprocess.Popen(program, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1])


def run_writer(folder, *options):
    output, _ = start_writer(folder, *options).communicate()
    *lines, outcome = output.decode().splitlines()
    return [tuple(map(int, line.split())) for line in lines], outcome


def check_told_truly(run, disk, place):
    """Restarted, and without power: what was answered is there, what was denied is not."""
    disk.off = True
    restarted = stored_on(disk.as_seen(place / "restarted"))
    for name, entries in (
        ("restarted", restarted),
        ("durable alone", stored_on(disk.without_power(place / "durable"))),
        ("any sectors", stored_on(disk.without_power(place / "any", Random(disk.writes)))),
    ):
        check_kept(run, entries)
        if isinstance(run.error, Unavailable):
            assert headers(entries) == headers(run.answered), name
