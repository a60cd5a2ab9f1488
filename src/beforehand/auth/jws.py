"""A signed token's compact form (RFC 7515 §7.1), read strictly and once, and its signature.

The signature itself is checked by PyJWT's algorithms. Its own reader is not used: it walks every character of a token
in Python, once for each key, before it knows whether anybody signed it.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import msgspec
from jwt.algorithms import get_default_algorithms
from msgspec import UNSET, Struct, UnsetType

from beforehand.auth.keys import TokenKey

_BASE64URL = re.compile(rb"[A-Za-z0-9_-]+")
_ALGORITHMS = get_default_algorithms()


class NotAToken(ValueError):
    """The bytes are no token in compact form. The message says why."""


class _Header(Struct):
    alg: str
    crit: Any | UnsetType = UNSET
    b64: Any | UnsetType = UNSET


_decode_header = msgspec.json.Decoder(_Header).decode


class SignedToken(Struct, frozen=True):
    """A token taken apart; nothing of it is believed yet."""

    algorithm: str
    claims: bytes
    signed: bytes
    signature: bytes

    def is_signed_by(self, key: TokenKey) -> bool:
        """Whether the key made the signature, with one of the algorithms of its kind."""
        if self.algorithm not in key.algorithms:
            return False
        return _ALGORITHMS[self.algorithm].verify(self.signed, key.public, self.signature)


def take_apart(token: bytes) -> SignedToken:
    """Read `header.claims.signature`. Raises NotAToken.

    Refused: padding, other alphabets, spare bits set, and header fields that change what is signed (`crit`, `b64`).
    """
    parts = token.split(b".")
    if len(parts) != 3:
        raise NotAToken(f"it has {len(parts)} parts, a signed token has three, divided by dots")
    try:
        header = _decode_header(_from_base64url(parts[0]))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotAToken("its header is no JSON object that names its algorithm") from None
    if header.crit is not UNSET or header.b64 is not UNSET:
        raise NotAToken("its header asks for an extension (crit, b64), and none is known here")
    claims = _from_base64url(parts[1])
    return SignedToken(header.alg, claims, parts[0] + b"." + parts[1], _from_base64url(parts[2]))


def _from_base64url(part: bytes) -> bytes:
    if _BASE64URL.fullmatch(part) is None or len(part) % 4 == 1:
        raise NotAToken("a part of it is empty or not base64url")
    data = urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    if urlsafe_b64encode(data).rstrip(b"=") != part:
        raise NotAToken("a part of it is not base64url in its one spelling")
    return data
