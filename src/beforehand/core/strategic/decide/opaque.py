"""Versions and ids that nobody can guess: random bytes of the stamp, as text."""

from __future__ import annotations

from base64 import urlsafe_b64encode

from beforehand.core.stamp import Stamp


def ovn_of(stamp: Stamp) -> str:
    """A new OVN: 33 random bytes, 44 characters."""
    return urlsafe_b64encode(stamp.entropy[:33]).decode()


def version_of(stamp: Stamp) -> str:
    """A new version of a subscription or availability: 33 other random bytes, 44 characters."""
    return urlsafe_b64encode(stamp.entropy[33:66]).decode()


def uuid4_of(stamp: Stamp) -> bytes:
    """A new random id: 16 bytes with the version and variant bits of a UUIDv4 (RFC 9562)."""
    raw = bytearray(stamp.entropy[66:82])
    raw[6] = raw[6] & 0x0F | 0x40
    raw[8] = raw[8] & 0x3F | 0x80
    return bytes(raw)
