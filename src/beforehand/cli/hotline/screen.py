"""A screen of its own, that leaves nothing behind: for what must be said from memory and not be read again (H5.3)."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import TextIO

#: To the upper left, clear the screen, clear what was scrolled off it (xterm's E3).
CLEAR = "\x1b[H\x1b[2J\x1b[3J"
ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"


@contextlib.contextmanager
def blank(out: TextIO) -> Iterator[None]:
    """Clear the screen and what was scrolled off, go to the alternate one, and clear both again, however the block ends."""
    before = {each: signal.signal(each, _end) for each in (signal.SIGTERM, signal.SIGHUP)}
    out.write(CLEAR + ENTER + CLEAR)
    out.flush()
    try:
        yield
    finally:
        out.write(CLEAR + LEAVE + CLEAR)
        out.flush()
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
