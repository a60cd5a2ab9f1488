"""SQLite itself is the oracle: what it recovers from a log, and what it passes over."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from random import Random

import pytest

from beforehand.engine import wal
from beforehand.engine.framing import frame
from beforehand.engine.protocol import Damaged
from beforehand.engine.sqlite_opening import connect

from .journals import Writer, opened

HEADER_BYTES = 32
FRAME_BYTES = 24 + 4_096
COMMITS_FLAG = slice(4, 8)


class Left:
    """A journal as a killed process left it: batches, the log with its frames, and which frames commit."""

    def __init__(self, place):
        self.place = place
        self.database = place / "journal.sqlite"
        self.log = wal.log_of(self.database)
        writer = Writer()
        journal = opened(place / "living")
        journal.append(0, writer.mixed(2))
        journal.append(2, writer.mixed(2))
        journal.checkpoint()
        # The log begins again: frames of the last generation stay behind those of this one.
        self.batches = [writer.batch(count, facts_bytes=size) for count, size in ((1, 50), (2, 6_000), (3, 10), (1, 9))]
        for batch in self.batches:
            journal.append(journal.head(), batch)
        for name in ("journal.sqlite", "journal.sqlite-wal"):
            shutil.copy(place / "living" / name, place / name)
        journal.close()
        self.bytes = self.log.read_bytes()
        self.database_bytes = self.database.read_bytes()
        self.commits = self._commits()

    def _commits(self):
        """Numbers of the frames that end a transaction of this generation."""
        salts = self.bytes[16:24]
        numbers = range(1, (len(self.bytes) - HEADER_BYTES) // FRAME_BYTES + 1)
        frames = {number: self.bytes[self.place_of(number) :][:24] for number in numbers}
        return [number for number, head in frames.items() if head[8:16] == salts and any(head[COMMITS_FLAG])]

    @staticmethod
    def place_of(number):
        return HEADER_BYTES + (number - 1) * FRAME_BYTES

    def change(self, at):
        data = bytearray(self.bytes)
        data[at] ^= 1
        self.log.write_bytes(data)

    def recovered(self):
        """How many of the batches SQLite recovers, on a copy."""
        copy = self.place / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for path in (self.database, self.log):
            shutil.copy(path, copy / path.name)
        with closing(connect(copy / "journal.sqlite")) as connection:
            return connection.execute("SELECT count(*) FROM batch WHERE first_seq >= 4").fetchone()[0]


@pytest.fixture(scope="module")
def left(tmp_path_factory):
    left = Left(tmp_path_factory.mktemp("wal"))
    assert len(left.commits) == len(left.batches)
    return left


@pytest.fixture(autouse=True)
def unchanged(left):
    left.log.write_bytes(left.bytes)
    left.database.write_bytes(left.database_bytes)


def would_recover(left):
    return sum(wal.would_recover(left.database, frame(batch)[:128]) for batch in left.batches)


def test_a_log_as_it_was_left_is_whole(left):
    assert wal.fault(left.database) is None
    assert would_recover(left) == left.recovered() == len(left.batches)


def test_a_decayed_frame_with_transactions_behind_it_is_a_fault_and_nothing_is_cut(left):
    random = Random(0)
    for number in range(1, left.commits[-2] + 1):
        left.change(left.place_of(number) + random.choice([0, 17, 23, 24 + random.randrange(4_096)]))
        assert left.recovered() < len(left.batches)  # SQLite says nothing
        assert f"frame {number} " in wal.fault(left.database)


def test_a_journal_with_a_decayed_log_is_refused_and_left_as_it_is(left):
    left.change(left.place_of(1) + 100)
    before = left.log.read_bytes()
    with pytest.raises(Damaged, match="frame 1 is not what was written"):
        opened(left.place)
    assert left.log.read_bytes() == before


def test_a_torn_last_transaction_is_no_fault(left):
    random = Random(1)
    for number in range(left.commits[-2] + 1, left.commits[-1] + 1):
        left.change(left.place_of(number) + 24 + random.randrange(4_096))
        assert wal.fault(left.database) is None
        assert would_recover(left) == left.recovered() == len(left.batches) - 1


def test_a_log_cut_anywhere_is_judged_as_sqlite_does(left):
    end = left.place_of(left.commits[-1] + 1)
    for size in [0, 1, 31, 32, 33, 56, *range(100, end, 1_913), end]:
        left.log.write_bytes(left.bytes[:size])
        assert wal.fault(left.database) is None
        assert would_recover(left) == left.recovered()


def test_a_log_changed_anywhere_is_judged_as_sqlite_does(left):
    random = Random(2)
    for _ in range(60):
        left.change(random.randrange(HEADER_BYTES, len(left.bytes)))
        assert would_recover(left) == left.recovered()


@pytest.mark.parametrize("at", range(0, HEADER_BYTES, 3))
def test_a_log_with_a_decayed_header_is_a_fault(left, at):
    left.change(at)
    assert left.recovered() == would_recover(left) == 0
    assert "header" in wal.fault(left.database)


def test_a_header_torn_when_the_log_began_again_is_no_fault(left):
    """Everything the log holds has been copied into the file by then."""
    with closing(sqlite3.connect(left.database, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    left.change(20)
    assert wal.fault(left.database) is None


def test_a_log_of_which_only_the_size_reached_the_disk_is_no_fault(left):
    for header in (bytes(HEADER_BYTES), left.bytes[:HEADER_BYTES]):
        left.log.write_bytes(header + bytes(FRAME_BYTES))
        assert wal.fault(left.database) is None
    left.log.write_bytes(bytes(HEADER_BYTES) + left.bytes[HEADER_BYTES:])
    assert "header" in wal.fault(left.database)


def test_no_log_is_no_fault(left):
    left.log.unlink()
    assert wal.fault(left.database) is None
    assert would_recover(left) == 0


def test_checksums_are_taken_in_either_byte_order(left):
    """The same log as a machine of the other byte order writes it."""
    data = bytearray(left.bytes)
    other = {"little": "big", "big": "little"}[wal._NATIVE]
    data[3] ^= 1
    running = wal._checksum(other, bytes(data[:24]), 0, 0)
    data[24:32] = b"".join(word.to_bytes(4, "big") for word in running)
    for number in range(1, left.commits[-1] + 1):
        at = left.place_of(number)
        running = wal._checksum(other, bytes(data[at : at + 8]), *running)
        running = wal._checksum(other, bytes(data[at + 24 : at + FRAME_BYTES]), *running)
        data[at + 16 : at + 24] = b"".join(word.to_bytes(4, "big") for word in running)
    left.log.write_bytes(data)
    assert wal.fault(left.database) is None
    assert would_recover(left) == left.recovered() == len(left.batches)
