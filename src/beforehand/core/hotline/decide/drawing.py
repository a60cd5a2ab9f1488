"""Ids and secrets of one command, from the random bytes of its stamp."""

from __future__ import annotations

from hashlib import sha256

from beforehand.core.stamp import Stamp
from beforehand.core.strategic.ids import id_text


def drawn(stamp: Stamp, what: str) -> bytes:
    """32 bytes that nobody can guess, others for each `what` and each stamp."""
    return sha256(stamp.entropy + what.encode()).digest()


def new_id(stamp: Stamp, what: str = "id") -> str:
    """A random UUID (version 4)."""
    data = bytearray(drawn(stamp, what)[:16])
    data[6] = data[6] & 0x0F | 0x40
    data[8] = data[8] & 0x3F | 0x80
    return id_text(bytes(data))
