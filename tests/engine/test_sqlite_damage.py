"""A journal that is not what was written is never opened, never read as if it were, and never cut silently."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

import pytest

from beforehand.engine.framing import frame
from beforehand.engine.protocol import Damaged, ReadOnly, TooNew
from beforehand.engine.sqlite_journal import SqliteJournal
from beforehand.record.entry import BARE_HEADER_BYTES

from .journals import Writer, opened


@pytest.fixture
def journal(folder):
    """A closed journal of four batches of three entries each."""
    writer = Writer()
    with closing(SqliteJournal(folder)) as journal:
        journal.open()
        for start in range(0, 12, 3):
            journal.append(start, writer.batch(3, b"words", facts_bytes=500))
    return folder / "journal.sqlite"


def change(path, sql, *parameters):
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(sql, parameters)


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
    other = Writer(seed=1)
    other.batch(9)
    change(journal, "UPDATE batch SET body = ? WHERE first_seq = 9", frame(other.batch(3)))
    with pytest.raises(Damaged, match="entry 9: prev") as caught:
        opened(journal.parent)
    assert caught.value.seq == 9


def test_the_last_two_batches_are_followed_from_their_first_entry(journal):
    with closing(sqlite3.connect(journal)) as connection:
        body = bytearray(connection.execute("SELECT body FROM batch WHERE first_seq = 6").fetchone()[0])
    for at, fault in ((6, "entry 6: header: version"), (6 + 8, "entry 6: header says seq")):
        changed = bytearray(body)
        changed[at] ^= 0x10
        change(journal, "UPDATE batch SET body = ? WHERE first_seq = 6", changed)
        with pytest.raises(Damaged, match=fault) as caught:
            opened(journal.parent)
        assert caught.value.seq == 6


def test_a_batch_in_another_place_is_refused(journal):
    with closing(sqlite3.connect(journal)) as connection:
        body = connection.execute("SELECT body FROM batch WHERE first_seq = 0").fetchone()[0]
    change(journal, "UPDATE batch SET body = ? WHERE first_seq = 9", body)
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


def test_a_refused_journal_is_not_left_locked(journal):
    change(journal, "PRAGMA user_version = 2")
    for _ in range(2):
        with pytest.raises(TooNew):
            opened(journal.parent)
    change(journal, "PRAGMA user_version = 1")
    opened(journal.parent).close()


@pytest.mark.parametrize("at", [b"PRIMARY", b"first_seq", b"count", b"TABLE batch"])
@pytest.mark.parametrize("flip", [0x02, 0x80], ids=["another letter", "no UTF-8"])
def test_tables_whose_description_has_decayed_are_refused(journal, at, flip):
    data = bytearray(journal.read_bytes())
    data[data.index(at) + 1] ^= flip
    journal.write_bytes(data)
    with pytest.raises(Damaged, match="damaged"):
        opened(journal.parent)


@pytest.mark.parametrize("column", ["count", "body"])
def test_a_batch_of_another_type_is_refused_by_its_place(journal, column):
    change(journal, f"UPDATE batch SET {column} = 'text' WHERE first_seq = 6")
    with pytest.raises(Damaged, match="entry 6") as refused:
        opened(journal.parent)
    assert refused.value.seq == 6


@pytest.mark.parametrize("column", ["salt", "padded"])
def test_content_of_another_type_is_named_by_its_entry(journal, column):
    change(journal, f"UPDATE content SET {column} = 'text' WHERE rowid = 2")
    with (
        closing(opened(journal.parent)) as reopened,
        pytest.raises(Damaged, match="content of entry 1 is damaged") as found,
    ):
        reopened.read(0, 100)
    assert found.value.seq == 1
