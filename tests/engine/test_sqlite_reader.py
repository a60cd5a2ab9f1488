from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

from beforehand.engine.protocol import CannotOpen, Damaged, TooNew
from beforehand.engine.sqlite_reader import JournalReader

from .journals import Writer, opened


def test_a_reader_sees_each_batch_once_it_is_committed(folder):
    writer, written = Writer(), []
    journal = opened(folder)
    with closing(JournalReader(folder)) as reader:
        for count in (1, 4, 2):
            assert reader.head() == len(written)
            batch = writer.mixed(count)
            journal.append(len(written), batch)
            written += batch
            assert reader.read(0, 100) == written
            assert reader.read(len(written) - 1, 5) == written[-1:]
    journal.close()


def test_a_reader_never_holds_up_the_writer(folder):
    writer = Writer()
    journal = opened(folder)
    with closing(JournalReader(folder)) as reader:
        for _ in range(30):
            batch = writer.batch(3, bytes(20_000))
            journal.append(journal.head(), batch)
            reader.read(0, 1_000)
            if journal.checkpoint_due():
                journal.checkpoint()
        journal.erase(bytes(32))  # empties the log, which a reader inside a read would prevent
        assert (folder / "journal.sqlite-wal").stat().st_size == 0
        assert reader.head() == 90
    journal.close()


def test_a_reader_needs_no_server(folder, tmp_path):
    written = Writer().mixed(3)
    journal = opened(folder)
    journal.append(0, written)
    shutil.copytree(folder, tmp_path / "killed")
    journal.close()
    for place in (folder, tmp_path / "killed"):
        with closing(JournalReader(place)) as reader:
            assert reader.read(0, 10) == written
        opened(place).close()


def test_a_reader_says_what_it_cannot_read(folder):
    with pytest.raises(CannotOpen, match="no journal"):
        JournalReader(folder)
    opened(folder).close()
    path = folder / "journal.sqlite"
    for pragma, error in (("user_version = 2", TooNew), ("application_id = 1", Damaged)):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA {pragma}")
        with pytest.raises(error):
            JournalReader(folder)
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(Damaged):
        JournalReader(folder)
