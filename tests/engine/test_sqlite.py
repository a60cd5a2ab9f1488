from __future__ import annotations

import os
import stat
import subprocess
import sys
from contextlib import suppress

import apsw
import pytest

from beforehand.engine import sqlite_journal, sqlite_rows
from beforehand.engine.protocol import CannotOpen, Locked, Unavailable
from beforehand.engine.sqlite import SqliteEngine
from beforehand.engine.sqlite_opening import connect

from .contract import EngineContract
from .forgetful import Disk, failure
from .journals import Writer, in_loop, opened, read_all


class TestSqlite(EngineContract):
    bounded_in = "beforehand.engine.sqlite_rows"

    @pytest.fixture
    def storage(self, tmp_path):
        return lambda: SqliteEngine(tmp_path / "data")


def test_the_files_are_for_their_owner_alone(folder):
    old = os.umask(0)
    try:
        journal = opened(folder)
        journal.append(0, Writer().batch())
    finally:
        os.umask(old)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == dict.fromkeys(["journal.lock", "journal.sqlite", "journal.sqlite-shm", "journal.sqlite-wal"], 0o600)
    journal.close()


def test_a_second_engine_is_refused_until_the_first_is_closed(folder):
    first = opened(folder)
    with pytest.raises(Locked, match=f"process id {os.getpid()}"):
        opened(folder)
    first.append(0, Writer().batch())
    first.close()
    second = opened(folder)
    assert second.head() == 1
    second.close()


def test_a_second_process_is_refused_while_the_first_lives(folder):
    program = (
        "import pathlib, sys\n"
        "from beforehand.engine.sqlite_journal import SqliteJournal\n"
        "journal = SqliteJournal(pathlib.Path(sys.argv[1])); journal.open()\n"
        "print('open', flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert child.stdout.readline() == b"open\n"
        with pytest.raises(Locked, match=f"process id {child.pid}"):
            opened(folder)
    finally:
        child.kill()
        child.communicate()
    opened(folder).close()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CannotOpen, match="cannot be used"):
        opened(tmp_path / "file" / "data")


def test_a_full_file_is_certainly_not_stored_and_nothing_is_lost(folder):
    """The page bound of SQLite fails as a full disk does, without needing one."""
    writer, stored = Writer(), []

    def bounded(path):
        connection = connect(path)
        connection.execute("PRAGMA max_page_count = 40")
        return connection

    journal = opened(folder, bounded)
    batch = writer.mixed(3)
    with suppress(Unavailable):
        while True:
            journal.append(len(stored), batch)
            stored += batch
            batch = writer.mixed(3)
    with pytest.raises(Unavailable, match="opened anew"):
        journal.append(len(stored), batch)
    journal.close()
    roomier = opened(folder)
    assert roomier.read(0, 1_000) == stored
    roomier.append(len(stored), batch)
    roomier.close()


@in_loop
async def test_the_log_stays_bounded_and_is_empty_once_closed(folder):
    engine, writer = SqliteEngine(folder), Writer()
    await engine.open()
    log = folder / "journal.sqlite-wal"
    written = []
    for _ in range(60):
        batch = writer.batch(20, facts_bytes=5_000)
        await engine.append(len(written), batch)
        written += batch
        assert log.stat().st_size < 2 * 1024 * 1024
    assert await read_all(engine, 100) == written
    await engine.close()
    assert not log.exists()


def test_one_read_gathers_a_bounded_number_of_bytes_and_is_never_empty_before_the_end(folder, monkeypatch):
    journal, writer = opened(folder), Writer()
    written = writer.batch(3, bytes(3_000)) + writer.batch(4, facts_bytes=900) + writer.batch(1, bytes(20_000))
    journal.append(0, written[:2])
    journal.append(2, written[2:])
    monkeypatch.setattr(sqlite_rows, "MAX_READ_BYTES", 4_000)
    assert 0 < len(journal.read(0, 100)) < len(written)
    entries = []
    while some := journal.read(len(entries), 100):
        entries += some
    assert entries == written
    journal.close()


@in_loop
async def test_a_checkpoint_that_fails_spends_the_journal_and_the_next_append_is_told(folder, monkeypatch):
    monkeypatch.setattr(sqlite_journal, "CHECKPOINT_BYTES", 1)
    disk = Disk(folder)
    engine, writer = SqliteEngine(folder, disk.connect), Writer()
    await engine.open()

    def fail_in_database(_number, name):
        if name == "journal.sqlite":
            raise failure(apsw.SQLITE_IOERR_FSYNC)

    disk.at_sync = fail_in_database
    stored = writer.batch(2)
    await engine.append(0, stored)
    with pytest.raises(Unavailable, match="a checkpoint failed"):
        await engine.append(2, writer.batch())
    await engine.close()
    again = opened(folder)
    assert again.read(0, 10) == stored
    again.close()
