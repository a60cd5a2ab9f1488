"""The folder a journal lives in: made, locked against a second process, and made durable itself."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

from beforehand.engine.protocol import CannotOpen, Locked, ReadOnly

LOCK_NAME = "journal.lock"
JOURNAL_NAME = "journal.sqlite"


class FolderLock:
    """An advisory lock, dropped by the kernel with the process, however it ends. The file names the holder for people."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_NAME
        self._file: int | None = None

    def take(self) -> None:
        """Raises Locked at once if another process, or another engine of this one, holds it."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(file, 20, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(file)
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
            raise Locked(
                f"{self._path.parent} is in use by another process (process id {holder}): stop it, or choose another"
                " data directory"
            ) from None
        self._file = file
        os.ftruncate(file, 0)
        os.pwrite(file, b"%d\n" % os.getpid(), 0)

    def release(self) -> None:
        """Let another process have it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def prepare(folder: Path) -> FolderLock:
    """Make the folder, and those above it, if they are missing, and lock it. Raises Locked, ReadOnly, CannotOpen."""
    try:
        for missing in reversed([place for place in (folder, *folder.parents) if not place.exists()]):
            missing.mkdir(mode=0o700)
            sync_folder(missing.parent)
        lock = FolderLock(folder)
        lock.take()
    except OSError as error:
        raise refusal(folder, error) from error
    return lock


def refusal(folder: Path, error: OSError) -> CannotOpen | ReadOnly:
    """The opening error that tells an operator what to do about `error`."""
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ReadOnly(f"{folder} cannot be written to ({error.strerror}): make it writable, or choose another")
    return CannotOpen(f"{folder} cannot be used ({error.strerror}): see to the file system, then start again")


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable: a file's own fsync does not cover its name."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
