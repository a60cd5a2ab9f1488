"""Random bytes of the operating system, fetched in blocks.

Every command needs some, and each call to the kernel takes as long as encoding an entry and lets go of the interpreter lock,
for which the event loop then has to wait.
"""

from __future__ import annotations

import os
from collections.abc import Callable

BLOCK_BYTES = 8_192


class Entropy:
    """Gives every byte of `source` once."""

    def __init__(self, source: Callable[[int], bytes] = os.urandom) -> None:
        self._source = source
        self._block = b""
        self._at = 0

    def __call__(self, size: int) -> bytes:
        """So many fresh random bytes."""
        end = self._at + size
        if end > len(self._block):
            self._block = self._source(max(size, BLOCK_BYTES))
            self._at, end = 0, size
        taken = self._block[self._at : end]
        self._at = end
        return taken
