"""A disk under SQLite that keeps apart what programs see and what would survive a loss of power.

SQLite writes through this layer into ordinary files: these are what any program sees, also after the writing process was
killed. Beside them the disk keeps the durable bytes of each file: those at its last fsync. Deleting a file, cutting it
and naming it are not durable by themselves either.
"""

from __future__ import annotations

import itertools
import shutil
import sqlite3
from pathlib import Path
from random import Random

import apsw

SECTOR_BYTES = 512
_numbers = itertools.count()


class Disk:
    """A folder on a disk that can fail, be killed at any fsync, and lose its power.

    at_sync: called before each fsync with its number, from 1, and the file's name; what it raises is what the fsync
    ends with.
    at_write: the same before each write, with its number; of a write that fails half takes place.
    off: set to let nothing reach the files any more, as when the process is gone.
    """

    def __init__(self, folder: Path, durable: dict[str, bytes] | None = None) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.durable = {} if durable is None else durable
        self.pending: dict[str, list[tuple[int, bytes | None]]] = {}
        self.syncs = 0
        self.writes = 0
        self.at_sync = lambda number, name: None
        self.at_write = lambda number: None
        self.off = False
        self._layer = _Layer(self)

    def connect(self, path: Path) -> Connection:
        """What an engine takes to open its file with."""
        if path.name not in self.durable:
            self.durable[path.name] = path.read_bytes()  # made and synced by other means, such as a rename
        return Connection(path, self._layer.name)

    def sync(self, path: Path) -> None:
        self.syncs += 1
        self.at_sync(self.syncs, path.name)
        self.durable[path.name] = path.read_bytes()
        self.pending.pop(path.name, None)

    def cut(self, path: Path, size: int) -> None:
        self.pending.setdefault(path.name, []).append((size, None))

    def forget(self, path: Path, synced: bool) -> None:
        if synced:
            self.durable.pop(path.name, None)
            self.pending.pop(path.name, None)

    def as_seen(self, folder: Path) -> Disk:
        """This disk as it is now, elsewhere: the writing process is gone, the page cache is not."""
        shutil.copytree(self.folder, folder)
        (folder / "journal.lock").unlink(missing_ok=True)
        return Disk(folder, dict(self.durable))

    def without_power(self, folder: Path, random: Random | None = None) -> Disk:
        """What is found when the power is back: durable bytes alone, or with any of the sectors written since."""
        folder.mkdir()
        for name, data in self.durable.items():
            image = bytearray(data)
            for offset, change in self.pending.get(name, []) if random else []:
                _apply_in_part(image, offset, change, random)
            (folder / name).write_bytes(image)
        return Disk(folder)


def _apply_in_part(image: bytearray, offset: int, change: bytes | None, random: Random) -> None:
    if change is None:
        if random.random() < 0.5:
            del image[offset:]
        return
    for at in range(0, len(change), SECTOR_BYTES):
        if random.random() < 0.5:
            sector = change[at : at + SECTOR_BYTES]
            image.extend(bytes(max(0, offset + at - len(image))))
            image[offset + at : offset + at + len(sector)] = sector


class _Layer(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        self.name = f"disk-{next(_numbers)}"
        self.disk = disk
        super().__init__(self.name, "")

    def xOpen(self, name, flags):  # noqa: N802
        return _File(self.disk, name, flags)

    def xDelete(self, name, syncdir):  # noqa: N802
        if self.disk.off:
            return
        super().xDelete(name, syncdir)
        self.disk.forget(Path(name), bool(syncdir))


class _File(apsw.VFSFile):
    def __init__(self, disk, name, flags):
        super().__init__("", name, flags)
        self.disk = disk
        self.path = Path(name.filename() if isinstance(name, apsw.URIFilename) else name)

    def xWrite(self, data, offset):  # noqa: N802
        if self.disk.off:
            return
        self.disk.writes += 1
        try:
            self.disk.at_write(self.disk.writes)
        except Exception:
            self._write(offset, bytes(data[: len(data) // 2]))
            raise
        self._write(offset, bytes(data))

    def _write(self, offset, data):
        self.disk.pending.setdefault(self.path.name, []).append((offset, data))
        super().xWrite(data, offset)

    def xTruncate(self, size):  # noqa: N802
        if not self.disk.off:
            self.disk.cut(self.path, size)
            super().xTruncate(size)

    def xSync(self, flags):  # noqa: N802
        if not self.disk.off:
            self.disk.sync(self.path)


class Connection:
    """An apsw connection that speaks and fails as the standard module's do."""

    def __init__(self, path: Path, layer: str) -> None:
        with _errors_of_sqlite3():
            self._inner = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE, vfs=layer)
            self._inner.set_busy_timeout(1_000)

    def execute(self, sql, parameters=()):
        with _errors_of_sqlite3():
            cursor = self._inner.cursor()
            cursor.execute(sql, tuple(parameters))
            return _Rows(cursor.fetchall())

    def close(self) -> None:
        with _errors_of_sqlite3():
            self._inner.close()


class _Rows:
    def __init__(self, rows):
        self._rows = iter(rows)

    def __iter__(self):
        return self._rows

    def fetchone(self):
        return next(self._rows, None)

    def fetchall(self):
        return list(self._rows)


class _errors_of_sqlite3:  # noqa: N801
    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, apsw.Error):
            other = sqlite3.OperationalError(str(error))
            other.sqlite_errorcode = error.extendedresult
            raise other from error
        return False


def failure(code: int) -> apsw.Error:
    """What a layer raises so that SQLite sees this result code."""
    return apsw.exception_for(code)
