"""Ids as bytes and as text."""

from __future__ import annotations


def id_text(id_: bytes) -> str:
    """16 bytes as a dashed lower-case UUID."""
    h = id_.hex()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def id_bytes(text: str) -> bytes:
    """A dashed UUID as 16 bytes."""
    return bytes.fromhex(text.replace("-", ""))
