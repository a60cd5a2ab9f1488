"""Looking at a journal file from another process than the one that writes it, without being in its way."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from beforehand.engine import sqlite_rows
from beforehand.engine.data_dir import JOURNAL_NAME
from beforehand.engine.protocol import CannotOpen
from beforehand.engine.sqlite_opening import check_form, refusal
from beforehand.record.entry import StoredEntry


class JournalReader:
    """Reads what is committed, whether a server runs on it or not; takes no lock, writes and checkpoints nothing.

    Each call is over before it returns, so that the writer's log is never held back for longer than one read. While no
    server has opened the journal since a crash, the last batch read may be one that no fsync has confirmed.
    """

    def __init__(self, data_dir: Path) -> None:
        """Raises OpenError; CannotOpen if there is no journal."""
        self._path = data_dir / JOURNAL_NAME
        if not self._path.exists():
            raise CannotOpen(f"there is no journal in {data_dir}: name the data directory of a server that has run")
        uri = f"{self._path.absolute().as_uri()}?mode=ro"
        try:
            self._connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=2.0)
        except sqlite3.Error as error:
            raise refusal(self._path, error) from error
        try:
            check_form(self._path, self._connection)
        except sqlite3.Error as error:
            self.close()
            raise refusal(self._path, error) from error
        except BaseException:
            self.close()
            raise

    def head(self) -> int:
        """The number of entries."""
        try:
            return sqlite_rows.head(self._connection)
        except sqlite3.Error as error:
            raise refusal(self._path, error) from error

    def read(self, start: int, limit: int) -> list[StoredEntry]:
        """Entries from seq `start` on, at most `limit` and at most MAX_READ. Raises Damaged, naming the seq."""
        try:
            self._connection.execute("BEGIN")  # entries and their content as of one moment
            try:
                return sqlite_rows.read(self._connection, start, limit)
            finally:
                self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise refusal(self._path, error) from error

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
