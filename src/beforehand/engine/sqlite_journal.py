"""The journal in one SQLite file, without asyncio: usable from any one thread, inline, or in a process of its own.

One connection writes, reads and checkpoints. That there is only one matters: up to SQLite 3.51.2, two that write or
checkpoint at the same instant can corrupt the file (https://sqlite.org/wal.html#walresetbug).
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from beforehand.engine import sqlite_rows, wal
from beforehand.engine.data_dir import JOURNAL_NAME, FolderLock, prepare
from beforehand.engine.framing import frame
from beforehand.engine.protocol import Conflict, EngineError, OutcomeUnknown, Unavailable
from beforehand.engine.sqlite_opening import Connect, connect, open_journal, refusal
from beforehand.engine.sqlite_rows import FAILURES, Connection, error_code
from beforehand.record.entry import Content, StoredEntry, commitment

CHECKPOINT_BYTES = 1024 * 1024
"""Bytes written to the log after which a checkpoint is due.

A checkpoint holds up the next commit, so it is small and often: 1 MiB takes 1 to 2 ms where an fsync takes 0.1 ms. The
log starts again from its beginning with the next commit, so it stays at about this size plus the largest batch.
"""

_PAGES_A_COMMIT = 4
"""Pages that a commit writes besides its data: the leaf, its parents, the index of content."""

_PAGE_BYTES = 4_096
_FSYNC_CODES = frozenset({sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC})

_MARK_BYTES = 128
"""Of a batch, by which it is known in a log: the first header and more. SQLite keeps them in one piece on one page."""

_INSERT_BATCH = "INSERT INTO batch(first_seq, count, body) VALUES (?, ?, ?)"
_INSERT_CONTENT = (
    "INSERT INTO content(commitment, erased, salt, padded) VALUES (?, 0, ?, ?) ON CONFLICT(commitment) DO NOTHING"
)
_ERASE = (
    "UPDATE content SET erased = 1, salt = zeroblob(length(salt)), padded = zeroblob(length(padded))"
    " WHERE commitment = ? AND erased = 0"
)


_abandoned: list[Connection] = []
"""Connections on which something failed. To close one would have SQLite write and sync again, so they stay as they are
until the process ends, as it should at once."""


class SqliteJournal:
    """See `Engine` for what each method promises; here they block until it is so.

    After a failure that may leave a difference between memory and disk the handle is spent: everything is refused with
    Unavailable, until another object opens the journal anew.
    """

    def __init__(self, data_dir: Path, connect: Connect = connect) -> None:
        self._folder = data_dir
        self._connect = connect
        self._lock: FolderLock | None = None
        self._connection: Connection | None = None
        self._spent: str | None = None
        self._head = 0
        self._logged_bytes = 0

    def open(self) -> None:
        """Lock the folder, check the file, make durable anew what it holds. Raises OpenError."""
        lock = prepare(self._folder)
        try:
            self._connection = open_journal(self._folder, self._connect)
            self._head = sqlite_rows.head(self._connection)
        except BaseException:
            lock.release()
            raise
        self._lock = lock

    def append(self, expected_seq: int, batch: Sequence[StoredEntry]) -> None:
        """Store a batch durably."""
        contents = [entry.content for entry in batch if entry.content is not None]
        self.append_framed(expected_seq, len(batch), frame(batch), contents)

    def append_framed(self, expected_seq: int, count: int, body: bytes, contents: Sequence[Content]) -> None:
        """The same with the batch already framed, for one that comes from another process."""
        connection = self._usable()
        if expected_seq != self._head:
            raise Conflict(f"the batch begins at entry {expected_seq}, the journal ends at {self._head}")
        if count == 0:
            return
        try:
            if contents:
                connection.execute("BEGIN IMMEDIATE")
                for content in contents:
                    _insert(connection, content)
                connection.execute(_INSERT_BATCH, (expected_seq, count, body))
                connection.execute("COMMIT")
            else:
                connection.execute(_INSERT_BATCH, (expected_seq, count, body))
        except sqlite3.Error as error:
            raise self._failed(body, error) from error
        self._head += count
        self._logged_bytes += len(body) + sum(len(content.padded) for content in contents)
        self._logged_bytes += _PAGES_A_COMMIT * _PAGE_BYTES

    def checkpoint_due(self) -> bool:
        """Whether the log has grown enough that `checkpoint` should be called, after the append was answered."""
        return self._logged_bytes >= CHECKPOINT_BYTES and self._spent is None and self._connection is not None

    def checkpoint(self) -> None:
        """Copy the log into the file, so that it can start again. Raises Unavailable, and then the handle is spent."""
        connection = self._usable()
        try:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.Error as error:
            raise self._spend("a checkpoint failed", error) from error
        self._logged_bytes = 0

    def read(self, start: int, limit: int) -> list[StoredEntry]:
        """Entries from `start` on. Raises Damaged, naming the seq."""
        connection = self._usable()
        try:
            return sqlite_rows.read(connection, start, limit)
        except FAILURES as error:
            raise refusal(self._folder / JOURNAL_NAME, error) from error

    def head(self) -> int:
        """The number of durable entries."""
        self._usable()
        return self._head

    def get(self, commitment: bytes) -> Content | None:
        """The content under a commitment."""
        connection = self._usable()
        try:
            return sqlite_rows.content(connection, commitment)
        except FAILURES as error:
            raise refusal(self._folder / JOURNAL_NAME, error) from error

    def put(self, content: Content) -> bytes:
        """Keep content that no append brought."""
        connection = self._usable()
        try:
            key = _insert(connection, content)
        except sqlite3.Error as error:
            raise self._spend("content could not be stored", error) from error
        self._logged_bytes += len(content.padded) + _PAGES_A_COMMIT * _PAGE_BYTES
        return key

    def erase(self, commitment: bytes) -> None:
        """Overwrite content and salt in place, and empty the log, where older pages still hold them."""
        connection = self._usable()
        try:
            connection.execute(_ERASE, (commitment,))
            busy, _frames, _done = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            raise self._spend("content could not be erased", error) from error
        if busy:
            raise Unavailable("content is not erased from every file yet, another program reads them: erase it again")
        self._logged_bytes = 0

    def close(self) -> None:
        """Let go of file and lock. SQLite empties its log if it can."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _usable(self) -> Connection:
        if self._spent is not None:
            raise Unavailable(f"{self._spent}; the journal must be opened anew")
        if self._connection is None:
            raise Unavailable("the journal is not open: open it first")
        return self._connection

    def _spend(self, what: str, error: sqlite3.Error) -> Unavailable:
        self._spent = f"{what}: {error}"
        connection, self._connection = self._connection, None
        assert connection is not None
        _abandoned.append(connection)
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")  # writes nothing, and lets go of SQLite's own lock
        return Unavailable(f"{self._spent}; the journal must be opened anew")

    def _failed(self, body: bytes, error: sqlite3.Error) -> EngineError:
        """What a failed append amounts to.

        If an fsync failed, its pages may or may not have reached the disk. After any other error the log is read as a
        restart would read it. If the batch is not there whole, it cannot be there later: the bytes that would make it
        so were never handed to the file system.
        """
        self._spend("an append failed", error)
        if error_code(error) in _FSYNC_CODES:
            return OutcomeUnknown(f"the storage did not confirm the batch: {error}")
        try:
            recovered = wal.would_recover(self._folder / JOURNAL_NAME, body[:_MARK_BYTES])
        except OSError as second:
            return OutcomeUnknown(f"the batch failed ({error}), and what is stored cannot be read ({second})")
        if recovered:
            return OutcomeUnknown(f"the batch failed ({error}), and yet it may be stored")
        return Unavailable(f"the batch is not stored: {error}")


def _insert(connection: Connection, content: Content) -> bytes:
    key = commitment(content.salt, content.padded)
    connection.execute(_INSERT_CONTENT, (key, content.salt, content.padded))
    return key
