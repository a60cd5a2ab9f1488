"""A journal file, read beside the server that writes it, or without one.

Reading takes no lock and changes nothing. Each read is short, for a checkpoint that empties the log waits for readers.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import TracebackType

from beforehand.cli.errors import CommandError
from beforehand.engine import sqlite_rows, wal
from beforehand.engine.data_dir import JOURNAL_NAME
from beforehand.engine.protocol import Damaged
from beforehand.engine.sqlite_rows import APPLICATION_ID, FORMAT
from beforehand.record.entry import StoredEntry

#: Seconds to wait where the server has the file to itself for a moment.
BUSY_S = 5.0


class JournalFile:
    """The journal of a data directory, for reading. Raises CommandError from every method."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / JOURNAL_NAME
        if not self.path.is_file():
            raise CommandError(f"{folder} holds no journal: give the --data-dir that the server was given.")
        try:
            self._connection = self._open()
        except (sqlite3.Error, OSError) as error:
            raise self._cannot(error) from None

    def _open(self) -> sqlite3.Connection:
        try:
            return self._checked("mode=ro")
        except sqlite3.OperationalError:
            # SQLite makes an index beside the file even to read it. Where it may not, and there is no log to miss
            # anything from, the file alone is the whole journal.
            log = wal.log_of(self.path)
            if log.exists() and log.stat().st_size > 0:
                raise
            return self._checked("mode=ro&immutable=1")

    def _checked(self, how: str) -> sqlite3.Connection:
        uri = f"{self.path.absolute().as_uri()}?{how}"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_S)
        try:
            connection.execute("PRAGMA trusted_schema = OFF")
            kind = connection.execute("PRAGMA application_id").fetchone()[0]
            form = connection.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.Error:
            connection.close()
            raise
        if kind == APPLICATION_ID and form <= FORMAT:
            return connection
        connection.close()
        if kind != APPLICATION_ID:
            raise CommandError(f"{self.path} is not a journal of this program.")
        raise CommandError(
            f"{self.path} has format {form}, this program reads up to {FORMAT}: use the one that wrote it."
        )

    def head(self) -> int:
        """How many entries there are."""
        try:
            return sqlite_rows.head(self._connection)
        except sqlite3.Error as error:
            raise self._cannot(error) from None

    def read(self, start: int, limit: int) -> list[StoredEntry]:
        """Entries from seq `start` on, at most `limit`; empty at the end."""
        try:
            return sqlite_rows.read(self._connection, start, limit)
        except sqlite3.Error as error:
            raise self._cannot(error) from None
        except Damaged as error:
            raise CommandError(str(error)) from None

    def _cannot(self, error: Exception) -> CommandError:
        return CommandError(f"{self.path} cannot be read: {error}. Its owner, or root, can.")

    def __enter__(self) -> JournalFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
