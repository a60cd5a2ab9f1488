"""The tables of a journal file, and reading entries out of them.

One batch is one row, so that it is stored whole or not at all, and costs one fsync. Content lies apart under its
commitment. An erased row stays, its bytes overwritten with zeros in place: SQLite never moves such a row, so no copy of
it is left behind in the free part of some page, as moving rows between pages would.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from beforehand.engine.framing import unframe
from beforehand.engine.protocol import MAX_READ, Damaged
from beforehand.record.entry import Content, StoredEntry, content_commitment

APPLICATION_ID = 0x42464852
"""`BFHR`, at byte 68 of the file, where tools that know file types look."""

FORMAT = 1
"""`user_version` of the files this program writes; a higher one was written by a later program."""

TABLES = (
    "CREATE TABLE batch(first_seq INTEGER PRIMARY KEY, count INTEGER NOT NULL, body BLOB NOT NULL)",
    "CREATE TABLE content(commitment BLOB NOT NULL UNIQUE, erased INTEGER NOT NULL, salt BLOB NOT NULL,"
    " padded BLOB NOT NULL)",
)

SCHEMA = (
    *TABLES,
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {FORMAT}",
)

MAX_READ_BYTES = 16 * 1024 * 1024
"""Facts and content that one read gathers before it returns what it has."""


class Cursor(Protocol):
    """What is used of a cursor."""

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """What is used of a connection, in autocommit mode; its errors are sqlite3.Error with `sqlite_errorcode`."""

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Cursor: ...

    def close(self) -> None: ...


def head(connection: Connection) -> int:
    """The number of entries stored."""
    row = connection.execute("SELECT first_seq + count FROM batch ORDER BY first_seq DESC LIMIT 1").fetchone()
    return 0 if row is None else int(row[0])


def first_gap(connection: Connection) -> int | None:
    """The first seq that no batch, or more than one, claims to hold, or only one that is no batch in form."""
    row = connection.execute(
        "SELECT expected FROM (SELECT first_seq, count, typeof(body) AS kind,"
        " lag(first_seq + count, 1, 0) OVER (ORDER BY first_seq) AS expected FROM batch)"
        " WHERE first_seq <> expected OR typeof(count) <> 'integer' OR count < 1 OR kind <> 'blob'"
        " ORDER BY first_seq LIMIT 1"
    ).fetchone()
    return None if row is None else int(row[0])


def read(connection: Connection, start: int, limit: int) -> list[StoredEntry]:
    """Entries from seq `start` on, at most `limit`, with such content as is kept. Raises Damaged, naming the seq.

    Bounded by MAX_READ and MAX_READ_BYTES too, but never empty before the end.
    """
    end = start + min(limit, MAX_READ)
    entries: list[StoredEntry] = []
    size = 0
    for first_seq, count, body in connection.execute(
        "SELECT first_seq, count, body FROM batch WHERE first_seq < ?2 AND first_seq >="
        " (SELECT max(first_seq) FROM batch WHERE first_seq <= ?1) ORDER BY first_seq",
        (start, end),
    ):
        batch = _unframe(first_seq, count, body)
        for entry in batch[max(0, start - first_seq) : end - first_seq]:
            whole = _with_content(connection, entry, start + len(entries))
            entries.append(whole)
            size += len(whole.facts) + (0 if whole.content is None else len(whole.content.padded))
            if size > MAX_READ_BYTES:
                return entries
    return entries


def _unframe(first_seq: int, count: int, body: bytes) -> list[StoredEntry]:
    try:
        batch = unframe(body)
    except ValueError as error:
        raise Damaged(f"the batch of entries from {first_seq} on is damaged: {error}. {RESTORE}", first_seq) from None
    if len(batch) != count:
        raise Damaged(f"the batch from entry {first_seq} on holds {len(batch)} of {count}. {RESTORE}", first_seq)
    return batch


def _with_content(connection: Connection, entry: StoredEntry, seq: int) -> StoredEntry:
    key = content_commitment(entry.header)
    if key is None:
        return entry
    row = _content_row(connection, key)
    if row is None:
        raise Damaged(f"entry {seq} names content that is not there. {RESTORE}", seq)
    if not all(isinstance(part, bytes) for part in row[1:]):
        raise Damaged(f"the content of entry {seq} is damaged. {RESTORE}", seq)
    return StoredEntry(entry.header, entry.facts_salt, entry.facts, _unless_erased(row))


def content(connection: Connection, commitment: bytes) -> Content | None:
    """The content kept under a commitment, None if there is none or it was erased."""
    row = _content_row(connection, commitment)
    return None if row is None else _unless_erased(row)


def _content_row(connection: Connection, commitment: bytes) -> Any:
    return connection.execute("SELECT erased, salt, padded FROM content WHERE commitment = ?", (commitment,)).fetchone()


def _unless_erased(row: Any) -> Content | None:
    erased, salt, padded = row
    return None if erased else Content(salt, padded)


RESTORE = "Nothing was changed: keep this data directory as it is, and restore a copy of it or ask a mirror."

FAILURES = (sqlite3.Error, UnicodeDecodeError)
"""What a statement on a damaged file raises: SQLite quotes the schema in its messages, and that may be UTF-8 no more."""


def error_code(error: Exception) -> int:
    """The extended SQLite result code of an error, 0 if it has none. https://sqlite.org/rescode.html"""
    return int(getattr(error, "sqlite_errorcode", 0) or 0)
