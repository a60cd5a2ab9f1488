"""How the entries of one batch lie in one row, one after another. Their content lies apart."""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct as Layout

from beforehand.record.entry import SALT_BYTES, StoredEntry

_SIZES = Layout(">HI")


def frame(batch: Sequence[StoredEntry]) -> bytes:
    """Of each entry: header length (2 bytes, big-endian), facts length (4), header, salt (32), facts. No content."""
    parts: list[bytes] = []
    for entry in batch:
        parts += (_SIZES.pack(len(entry.header), len(entry.facts)), entry.header, entry.facts_salt, entry.facts)
    return b"".join(parts)


def unframe(body: bytes) -> list[StoredEntry]:
    """Undo `frame`. Raises ValueError for bytes that it does not make."""
    entries: list[StoredEntry] = []
    at = 0
    end = len(body)
    while at < end:
        if at + _SIZES.size > end:
            raise ValueError("a frame is cut off")
        header_bytes, facts_bytes = _SIZES.unpack_from(body, at)
        salt_at = at + _SIZES.size + header_bytes
        facts_at = salt_at + SALT_BYTES
        next_at = facts_at + facts_bytes
        if next_at > end:
            raise ValueError("a frame is cut off")
        entries.append(
            StoredEntry(body[at + _SIZES.size : salt_at], body[salt_at:facts_at], body[facts_at:next_at], None)
        )
        at = next_at
    return entries
