"""Looking at a journal file from another process than the one that writes it, without being in its way."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from beforehand.engine import sqlite_rows, wal
from beforehand.engine.data_dir import JOURNAL_NAME
from beforehand.engine.protocol import CannotOpen, Damaged, OpenError
from beforehand.engine.sqlite_opening import check_form, refusal
from beforehand.engine.sqlite_rows import FAILURES
from beforehand.record.entry import StoredEntry

#: Seconds to wait where the writer has the file to itself for a moment.
BUSY_S = 5.0


class JournalReader:
    """Reads what is committed, whether a server runs on it or not; takes no lock, writes and checkpoints nothing.

    Each call is over before it returns, so that the writer's log is never held back for longer than one read. While no
    server has opened the journal since a crash, the last batch read may be one that no fsync has confirmed.
    """

    def __init__(self, data_dir: Path) -> None:
        """Raises OpenError; CannotOpen if there is no journal."""
        self.path = data_dir / JOURNAL_NAME
        if not self.path.is_file():
            raise CannotOpen(f"{data_dir} holds no journal: give the data directory of a server that has run.")
        try:
            self._connection = self._open()
        except OSError as error:
            raise CannotOpen(f"{self.path} cannot be read: {error.strerror}. Its owner, or root, can.") from error
        except FAILURES as error:
            raise self._refusal(error) from error

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
            check_form(self.path, connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def head(self) -> int:
        """The number of entries."""
        try:
            return sqlite_rows.head(self._connection)
        except FAILURES as error:
            raise self._refusal(error) from error

    def read(self, start: int, limit: int) -> list[StoredEntry]:
        """Entries from seq `start` on, at most `limit` and at most MAX_READ. Raises Damaged, naming the seq."""
        try:
            self._connection.execute("BEGIN")  # entries and their content as of one moment
            try:
                return sqlite_rows.read(self._connection, start, limit)
            finally:
                self._connection.execute("COMMIT")
        except FAILURES as error:
            raise self._refusal(error) from error

    def _refusal(self, error: Exception) -> OpenError:
        found = refusal(self.path, error)
        if isinstance(found, Damaged):
            return found
        return CannotOpen(f"{self.path} cannot be read: {error}. Its owner, or root, can.")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
