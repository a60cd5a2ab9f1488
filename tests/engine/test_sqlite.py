from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing, suppress

import pytest

from beforehand.engine.protocol import CannotOpen, Damaged, Locked, ReadOnly, TooNew, Unavailable
from beforehand.engine.sqlite import SqliteEngine
from beforehand.engine.sqlite_journal import SqliteJournal
from beforehand.engine.sqlite_opening import connect
from beforehand.record.entry import BARE_HEADER_BYTES, content_commitment, unpad

from .contract import EngineContract
from .journals import Writer, in_loop, read_all


class TestSqlite(EngineContract):
    bounded_in = "beforehand.engine.sqlite_rows"

    @pytest.fixture
    def storage(self, tmp_path):
        return lambda: SqliteEngine(tmp_path / "data")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def journal(folder):
    """A closed journal of four batches of three entries each."""
    writer = Writer()
    with closing(SqliteJournal(folder)) as journal:
        journal.open()
        for start in range(0, 12, 3):
            journal.append(start, writer.batch(3, b"words", facts_bytes=500))
    return folder / "journal.sqlite"


def opened(folder, connect=connect):
    journal = SqliteJournal(folder, connect)
    journal.open()
    return journal


def change(path, sql, *parameters):
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(sql, parameters)


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


def test_a_later_format_is_refused_and_left_alone(journal):
    change(journal, "PRAGMA user_version = 2")
    before = journal.read_bytes()
    with pytest.raises(TooNew, match="format 2"):
        opened(journal.parent)
    assert journal.read_bytes() == before


def test_a_file_of_another_program_is_refused(journal):
    change(journal, "PRAGMA application_id = 1")
    with pytest.raises(Damaged, match="not a journal"):
        opened(journal.parent)


def test_a_file_that_is_no_database_is_refused(journal):
    journal.write_bytes(b"no database at all " * 1_000)
    with pytest.raises(Damaged):
        opened(journal.parent)


def test_an_empty_file_is_not_taken_for_a_new_journal(journal):
    journal.write_bytes(b"")
    with pytest.raises(Damaged, match="is empty"):
        opened(journal.parent)


def test_a_log_without_its_journal_is_not_taken_for_a_new_one(journal):
    journal.unlink()
    journal.with_name("journal.sqlite-wal").write_bytes(b"x" * 5_000)
    with pytest.raises(Damaged, match="missing"):
        opened(journal.parent)
    assert not journal.exists()


def test_a_journal_left_incomplete_while_it_was_made_is_made_again(folder):
    folder.mkdir()
    (folder / "journal.sqlite.new").write_bytes(b"half a page")
    (folder / "journal.sqlite.new-wal").write_bytes(b"half a frame")
    journal = opened(folder)
    assert journal.head() == 0
    journal.close()
    assert sorted(path.name for path in folder.iterdir()) == ["journal.lock", "journal.sqlite"]


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_file_cut_short_is_refused(journal, keep):
    os.truncate(journal, int(journal.stat().st_size * keep) // 4_096 * 4_096)
    with pytest.raises(Damaged):
        opened(journal.parent)


@pytest.mark.parametrize(
    ("entry", "offset"),
    [(9, 6 + 30), (10, 6 + 30), (11, 6 + 60), (11, 6 + BARE_HEADER_BYTES + 32 + 5), (11, 6 + 122 + 32 + 450)],
    ids=["prev of 9", "prev of 10", "facts commitment", "salt", "facts"],
)
def test_a_changed_byte_in_the_last_batch_is_refused_and_the_entry_named(journal, entry, offset):
    with closing(sqlite3.connect(journal, isolation_level=None)) as connection:
        body = bytearray(connection.execute("SELECT body FROM batch WHERE first_seq = 9").fetchone()[0])
        body[(entry - 9) * (len(body) // 3) + offset] ^= 1
        connection.execute("UPDATE batch SET body = ? WHERE first_seq = 9", (body,))
    with pytest.raises(Damaged, match=f"entry {entry}") as caught:
        opened(journal.parent)
    assert caught.value.seq == entry


@pytest.mark.parametrize(
    ("body", "fault"),
    [(b"", "holds 0 of 3"), (b"\0", "cut off"), (b"\0\x5a\0\0\0\0" + bytes(50), "cut off")],
)
def test_a_batch_whose_frame_is_damaged_is_refused_and_the_entry_named(journal, body, fault):
    change(journal, "UPDATE batch SET body = ? WHERE first_seq = 9", body)
    with pytest.raises(Damaged, match=fault) as caught:
        opened(journal.parent)
    assert caught.value.seq == 9


@pytest.mark.parametrize(("missing", "named"), [(0, 0), (3, 3), (6, 6)])
def test_a_missing_batch_is_refused_and_the_entry_named(journal, missing, named):
    change(journal, "DELETE FROM batch WHERE first_seq = ?", missing)
    with pytest.raises(Damaged, match=f"entry {named} is missing") as caught:
        opened(journal.parent)
    assert caught.value.seq == named


def test_a_batch_of_another_journal_is_refused(journal):
    stranger = Writer(seed=1).chain
    body = sqlite3.connect(journal).execute("SELECT body FROM batch WHERE first_seq = 0").fetchone()[0]
    change(journal, "UPDATE batch SET body = ? WHERE first_seq = 9", body)
    assert stranger.seq == 0
    with pytest.raises(Damaged, match="says seq 0"):
        opened(journal.parent)


def test_content_lost_without_being_erased_is_damage_and_the_entry_named(journal):
    change(journal, "DELETE FROM content WHERE rowid = 5")
    reader = opened(journal.parent)
    assert len(reader.read(0, 4)) == 4
    with pytest.raises(Damaged) as caught:
        reader.read(0, 12)
    assert caught.value.seq == 4
    reader.close()


def test_damage_found_while_reading_is_told_as_such(journal):
    reader = opened(journal.parent)
    with closing(sqlite3.connect(journal, isolation_level=None)) as connection:
        connection.execute("UPDATE batch SET body = x'00' WHERE first_seq = 3")
    with pytest.raises(Damaged) as caught:
        reader.read(4, 1)
    assert caught.value.seq == 3
    reader.close()


def test_a_file_that_cannot_be_written_is_refused(journal):
    def read_only(path):
        return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)

    with pytest.raises(ReadOnly, match="writable"):
        opened(journal.parent, read_only)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CannotOpen, match="cannot be used"):
        opened(tmp_path / "file" / "data")


def test_a_refused_journal_is_not_left_locked(journal):
    change(journal, "PRAGMA user_version = 2")
    for _ in range(2):
        with pytest.raises(TooNew):
            opened(journal.parent)
    change(journal, "PRAGMA user_version = 1")
    opened(journal.parent).close()


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


@pytest.mark.parametrize("length", [0, 100, 252, 253, 3_000, 4_000, 5_000, 70_000, 300_000])
def test_erased_content_and_its_salt_are_in_no_file(folder, length):
    """Among neighbours of many sizes, some of them erased as well; while the journal is open, and after."""
    writer = Writer(seed=length)
    secrets = [writer.random.randbytes(length) for _ in range(6)]
    journal, erased = opened(folder), []
    for secret in secrets:
        for batch in (writer.mixed(4), writer.batch(1, secret), writer.mixed(4)):
            journal.append(journal.head(), batch)
            erased += [entry for entry in batch if entry.content and (len(batch) == 1 or writer.random.random() < 0.3)]
    assert present_in(folder, erased[0])
    writer.random.shuffle(erased)
    for entry in erased:
        journal.erase(content_commitment(entry.header))
        assert not present_in(folder, entry)
    journal.append(journal.head(), writer.mixed(20))
    journal.checkpoint()
    assert not any(present_in(folder, entry) for entry in erased)
    kept = [entry for entry in journal.read(0, 1_000) if entry.content]
    assert all(present_in(folder, entry) for entry in kept)
    journal.close()
    assert not any(present_in(folder, entry) for entry in erased)


def present_in(folder, entry):
    """Whether any file holds a part of an entry's content or its salt."""
    content = unpad(entry.content.padded)
    marks = [
        entry.content.salt,
        *(content[at : at + 24] for at in range(0, len(content) - 24, max(24, len(content) // 9))),
    ]
    files = [path.read_bytes() for path in folder.iterdir()]
    return any(mark in data for mark in marks for data in files)


def test_content_that_a_killed_erasing_left_in_the_log_is_gone_once_opened(folder, tmp_path):
    """Killed between the commit that overwrites it and the emptying of the log."""
    writer = Writer()
    journal = opened(folder)
    batch = writer.batch(1, b"a secret of some length, kept in the log")
    journal.append(0, batch)
    killed = tmp_path / "killed"
    shutil.copytree(folder, killed)
    change_keeping_log(killed / "journal.sqlite", content_commitment(batch[0].header))
    journal.close()
    assert present_in(killed, batch[0])
    again = opened(killed)
    assert not present_in(killed, batch[0])
    assert again.read(0, 1)[0].content is None
    again.close()


def change_keeping_log(path, commitment):
    """Overwrite content as an engine does, in a process that is killed before it empties the log."""
    program = (
        "import os, pathlib, signal, sys\n"
        "from beforehand.engine import sqlite_journal, sqlite_opening\n"
        "connection = sqlite_opening.connect(pathlib.Path(sys.argv[1]))\n"
        "connection.execute('PRAGMA wal_autocheckpoint = 0')\n"
        "connection.execute(sqlite_journal._ERASE, (bytes.fromhex(sys.argv[2]),))\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", program, str(path), commitment.hex()], check=False)


@in_loop
async def test_a_reader_elsewhere_delays_erasing_but_never_spoils_it(folder):
    engine, writer = SqliteEngine(folder), Writer()
    await engine.open()
    batch = writer.batch(2, b"a secret of some length")
    await engine.append(0, batch)
    with closing(sqlite3.connect(folder / "journal.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM batch").fetchone()
        with pytest.raises(Unavailable, match="erase it again"):
            await engine.content.erase(content_commitment(batch[0].header))
        assert await engine.content.get(content_commitment(batch[0].header)) is None
        other.execute("ROLLBACK")
    await engine.content.erase(content_commitment(batch[0].header))
    assert not present_in(folder, batch[0])
    await engine.append(2, writer.batch())
    await engine.close()
