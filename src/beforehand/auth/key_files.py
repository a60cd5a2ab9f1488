"""Files that hold a private key: for their owner alone, whole or not there, and never overwritten."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_new(path: Path, data: bytes) -> None:
    """Make a file of mode 0600 that was not there, durably; of several who try at once, one's is there, whole.

    A crash may leave a file `.NAME.….new` behind, which nobody reads. Raises FileExistsError (for a link to nowhere
    too), OSError.
    """
    unseen = path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")
    try:
        with os.fdopen(os.open(unseen, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.link(unseen, path)  # a rename would replace what another has just put there
    finally:
        unseen.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    # A file's own fsync does not cover its name.
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
