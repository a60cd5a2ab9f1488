"""A journal file, read beside the server that writes it, or without one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from beforehand.cli.errors import CommandError
from beforehand.engine.protocol import EngineError
from beforehand.engine.sqlite_reader import JournalReader


@contextlib.contextmanager
def reading(data_dir: Path) -> Iterator[JournalReader]:
    """The journal of a data directory. Raises CommandError for whatever cannot be read of it, inside the block too."""
    try:
        with contextlib.closing(JournalReader(data_dir)) as journal:
            yield journal
    except EngineError as error:
        raise CommandError(str(error)) from None
