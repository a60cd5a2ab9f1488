"""Random secrets, handed out once and kept as digests: those of invitations and of service clients.

They hold 160 bits that nobody chose, so that a plain SHA-256 keeps them safe; what people choose: passwords.py.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from hashlib import sha256

#: 160 bits: 32 characters of RFC 4648's base32, which has no padding at this length.
SECRET_BYTES = 20
_GROUP_CHARACTERS = 4
_CHARACTERS = SECRET_BYTES * 8 // 5
#: More than anybody writes around the characters; what is longer is not looked at.
SECRET_MAX_CHARACTERS = 200

_BASE32 = re.compile(rf"[a-z2-7]{{{_CHARACTERS}}}")
_BETWEEN = re.compile(r"[\s-]+", re.ASCII)


class SecretError(ValueError):
    """A text is no secret of ours, or none can be made. The message says what one looks like and quotes nothing."""


def new_secret(entropy: bytes) -> str:
    """Fresh random bytes (`SECRET_BYTES`) as lower-case base32 in groups: `k7q2-…`, eight of four. Raises SecretError."""
    if len(entropy) != SECRET_BYTES:
        raise SecretError(f"A secret is made from {SECRET_BYTES} random bytes, not from {len(entropy)}.")
    text = b32encode(entropy).decode().lower()
    return "-".join(text[start : start + _GROUP_CHARACTERS] for start in range(0, _CHARACTERS, _GROUP_CHARACTERS))


def secret_digest(secret: str) -> str:
    """SHA-256 (lower-case hex) of a secret's 32 characters, in whatever case and grouping it was typed.

    No character is taken for another: 0, 1, 8 and 9 are in no secret. Raises SecretError.
    """
    text = _BETWEEN.sub("", secret[: SECRET_MAX_CHARACTERS + 1])
    # Without this, `lower` would take the Kelvin sign for a k.
    text = text.lower() if text.isascii() else text
    if len(secret) > SECRET_MAX_CHARACTERS or _BASE32.fullmatch(text) is None:
        raise SecretError(
            f"This is no secret of ours: one has {_CHARACTERS} letters and digits (a to z, 2 to 7) in groups of "
            f"{_GROUP_CHARACTERS}. Copy it whole, from where it was shown."
        )
    return sha256(text.encode()).hexdigest()


def same_digest(one: str, other: str) -> bool:
    """Whether two digests are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
