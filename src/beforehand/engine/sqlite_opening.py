"""Opening a journal file: every reason not to is found before anything of it is answered."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from beforehand.engine import sqlite_rows, wal
from beforehand.engine.data_dir import JOURNAL_NAME, sync_folder
from beforehand.engine.protocol import CannotOpen, Damaged, Locked, OpenError, ReadOnly, TooNew
from beforehand.engine.sqlite_rows import (
    APPLICATION_ID,
    FAILURES,
    FORMAT,
    RESTORE,
    SCHEMA,
    TABLES,
    Connection,
    error_code,
)
from beforehand.record.entry import Follow, StoredEntry, parse_header
from beforehand.record.errors import ChainError, HeaderError

Connect = Callable[[Path], Connection]
"""Opens a database file in autocommit mode. Tests inject one whose file layer fails or forgets."""

PAGE_BYTES = 4_096
_PRAGMAS = (
    "PRAGMA synchronous = FULL",  # in WAL mode: an fsync before each commit returns
    "PRAGMA fullfsync = ON",  # where fsync alone does not reach the disk (macOS)
    "PRAGMA checkpoint_fullfsync = ON",
    # SQLite drops the errors of checkpoints it begins by itself, and would try a failed fsync again: we begin them.
    "PRAGMA wal_autocheckpoint = 0",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",  # no content in temporary files
    "PRAGMA trusted_schema = OFF",
)
_SEE = "See to the file system, then start again."


def connect(path: Path) -> Connection:
    """The standard library's SQLite, in autocommit mode, never creating a file."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=2.0, check_same_thread=False)


def open_journal(folder: Path, connect: Connect) -> Connection:
    """Open the journal in a folder that is locked; made if missing. Raises OpenError.

    What SQLite recovered from its log may be in the page cache alone. It is copied into the file and that is synced,
    so that what is answered from now on is durable. https://sqlite.org/wal.html#ckpt
    """
    path = folder / JOURNAL_NAME
    try:
        if not path.exists():
            _create(path, connect)
        _check_files(path)
        connection = connect(path)
    except OSError as error:
        raise CannotOpen(f"{path} cannot be opened ({error.strerror}). {_SEE}") from error
    except FAILURES as error:
        raise refusal(path, error) from error
    try:
        _check(path, connection)
        _make_durable(path, connection)
    except FAILURES as error:
        connection.close()
        raise refusal(path, error) from error
    except OpenError:
        connection.close()
        raise
    return connection


def _create(path: Path, connect: Connect) -> None:
    """Made under another name and renamed when complete, so that an incomplete file is never taken for a journal."""
    if _size(wal.log_of(path)) > 0:
        raise Damaged(f"{path} is missing, but its log {wal.log_of(path).name} is there. {RESTORE}", 0)
    new = path.with_name(path.name + ".new")
    for leftover in (new, wal.log_of(new), new.with_name(new.name + "-shm"), new.with_name(new.name + "-journal")):
        leftover.unlink(missing_ok=True)
    os.close(os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    connection = connect(new)
    try:
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        _set(connection)
        connection.execute("BEGIN IMMEDIATE")
        for statement in SCHEMA:
            connection.execute(statement)
        connection.execute("COMMIT")
        _truncate_log(path, connection)
    finally:
        connection.close()
    new.rename(path)
    sync_folder(path.parent)


def _check_files(path: Path) -> None:
    if _size(path) == 0:
        raise Damaged(f"{path} is empty. {RESTORE}", 0)
    fault = wal.fault(path)
    if fault is not None:
        raise Damaged(f"{wal.log_of(path)} is damaged: {fault}. {RESTORE}")


def check_form(path: Path, connection: Connection) -> None:
    """Raises Damaged for a file of another program, TooNew for a later form of journal."""
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise Damaged(f"{path} is not a journal of this program. {RESTORE}")
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > FORMAT:
        raise TooNew(
            f"{path} has format {found}, this program reads up to {FORMAT}: use the program version that wrote it"
        )
    # As bytes: what has decayed may be UTF-8 no more.
    tables = connection.execute(
        "SELECT CAST(sql AS BLOB) FROM sqlite_schema WHERE type = 'table' ORDER BY rowid"
    ).fetchall()
    if tuple(row[0] for row in tables) != tuple(table.encode() for table in TABLES):
        raise Damaged(f"{path} is damaged: its tables are not those of a journal. {RESTORE}")


def _check(path: Path, connection: Connection) -> None:
    check_form(path, connection)
    connection.execute("BEGIN")
    connection.execute(f"PRAGMA user_version = {FORMAT}")  # a file that cannot be written to says so here
    connection.execute("ROLLBACK")
    _set(connection)
    fault = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if fault != "ok":
        raise Damaged(f"{path} is damaged: {fault}. {RESTORE}")
    gap = sqlite_rows.first_gap(connection)
    if gap is not None:
        raise Damaged(f"{path} is damaged: entry {gap} is missing, but entries behind it are there. {RESTORE}", gap)
    _check_end(path, connection)


def _set(connection: Connection) -> None:
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise CannotOpen("the file system does not let SQLite keep a write-ahead log: use a local one")
    for pragma in _PRAGMAS:
        connection.execute(pragma).fetchone()


def _check_end(path: Path, connection: Connection) -> None:
    """Follow the last two batches: the join between them, and every entry in them."""
    starts = [
        row[0] for row in connection.execute("SELECT first_seq FROM batch ORDER BY first_seq DESC LIMIT 2").fetchall()
    ]
    if not starts:
        return
    first, end = starts[-1], sqlite_rows.head(connection)
    follow: Follow | None = None
    seq = first
    while seq < end:
        for entry in sqlite_rows.read(connection, seq, end - seq):
            try:
                follow = follow or (Follow() if seq == 0 else _behind_unseen(entry, seq))
                follow.take(entry)
            except ChainError as error:
                raise Damaged(f"{path} is damaged: {error}. {RESTORE}", seq) from None
            seq += 1


def _behind_unseen(entry: StoredEntry, seq: int) -> Follow:
    """A follower for the entry at `seq`, believing what that one says about the entry before it."""
    try:
        header = parse_header(entry.header)
    except HeaderError:
        return Follow(seq=seq)  # and taking the entry will say what is wrong with it
    return Follow(header.prev, seq, header.epoch, header.time_us - 1)


def _make_durable(path: Path, connection: Connection) -> None:
    _truncate_log(path, connection)
    try:
        sync_folder(path.parent)
    except OSError as error:
        raise CannotOpen(f"{path.parent} cannot be synced ({error.strerror}): see to the file system") from error


def _truncate_log(path: Path, connection: Connection) -> None:
    busy, _frames, _done = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise Locked(f"{path} is being read by another program for long: end it, then start again")


def refusal(path: Path, error: Exception) -> OpenError:
    """The opening error that tells an operator what to do about one of `FAILURES`."""
    primary = error_code(error) & 0xFF
    if isinstance(error, UnicodeDecodeError) or primary in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return Damaged(f"{path} is damaged: {error}. {RESTORE}")
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Locked(f"{path} is in use by another program: end it, then start again")
    if primary == sqlite3.SQLITE_READONLY:
        return ReadOnly(f"{path} cannot be written to: make the file and its folder writable")
    if primary == sqlite3.SQLITE_FULL:
        return CannotOpen(f"{path} cannot be opened, the disk is full: free some space, then start again")
    return CannotOpen(f"{path} cannot be opened: {error}. {_SEE}")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
