"""Passwords of people, kept as Argon2id hashes (RFC 9106). Random secrets need none of this: invitations.py.

A call takes some 0.1 s of processor time and 64 MiB: make it in a thread, and bound how many run at once.
"""

from __future__ import annotations

import unicodedata
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import HashingError, InvalidHashError, VerificationError, VerifyMismatchError
from argon2.low_level import Type

#: RFC 9106 §4, the second recommended option, "if much less memory is available": 3 passes over 64 MiB by 4 lanes, a
#: salt of 128 bits and a tag of 256.
PASSES, MEMORY_KIB, LANES, SALT_BYTES, TAG_BYTES = 3, 65_536, 4, 16, 32
#: NIST SP 800-63B §3.1.1.2 asks for at least 8 characters and for room for 64; the upper bound is ours.
CHARACTERS_MIN, CHARACTERS_MAX = 8, 256
# No character's canonical decomposition is longer than four (Unicode Standard Annex 15), so that a longer text can not
# come within the bound by being normalised, and need not be.
_GIVEN_MAX = 4 * CHARACTERS_MAX

_hasher = PasswordHasher(
    time_cost=PASSES,
    memory_cost=MEMORY_KIB,
    parallelism=LANES,
    hash_len=TAG_BYTES,
    salt_len=SALT_BYTES,
    type=Type.ID,
)


def _base64(data: bytes) -> str:
    return b64encode(data).decode().rstrip("=")


# What no password hashes to, as far as anybody knows; to find that out costs what checking a real one costs.
_NOBODYS = (
    f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${_base64(bytes(SALT_BYTES))}${_base64(bytes(TAG_BYTES))}"
)


class PasswordError(ValueError):
    """A password cannot be taken. The message says which bound it breaks, for the person who chose it."""


class PasswordUnchecked(RuntimeError):
    """Whether a password is right could not be found out: the kept hash is damaged, or memory ran out. An operator's."""


def hash_password(password: str) -> str:
    """The hash to keep (97 characters, with its parameters and a fresh salt), of the text in Unicode's form NFC.

    Blocks for some 0.1 s. Raises PasswordError; PasswordUnchecked where there is no memory for it.
    """
    data = _bytes_of(password)
    try:
        return _hasher.hash(data)
    except HashingError as error:
        raise PasswordUnchecked(f"The password cannot be hashed: {error}.") from None


def verify_password(hash: str | None, password: str) -> bool:
    """Whether a password is the one that was hashed; None, where no hash is known, costs the same time and is False.

    What no hash can be of (too short, too long) is False at once, whoever asks. Blocks for some 0.1 s. Raises
    PasswordUnchecked.
    """
    try:
        data = _bytes_of(password)
    except PasswordError:
        return False
    try:
        return _hasher.verify(_NOBODYS if hash is None else hash, data) and hash is not None
    except VerifyMismatchError:
        return False
    except (VerificationError, InvalidHashError, UnicodeEncodeError) as error:
        raise PasswordUnchecked(f"The password cannot be checked: {str(error) or type(error).__name__}.") from None


def verify_nothing(password: str) -> None:
    """Take as long as checking a password takes, so that nobody learns from the time who is known here."""
    verify_password(None, password)


def needs_rehash(hash: str) -> bool:
    """Whether a kept hash was made with other parameters than today's: hash anew at the next good login."""
    try:
        return _hasher.check_needs_rehash(hash)
    except InvalidHashError:
        return True


def _bytes_of(password: str) -> bytes:
    if len(password) > _GIVEN_MAX:
        raise PasswordError(f"The password is too long: at most {CHARACTERS_MAX} characters are accepted.")
    # RFC 8265 §4.2.2: keyboards write the same letter in one code point or in two.
    text = unicodedata.normalize("NFC", password)
    if not CHARACTERS_MIN <= len(text) <= CHARACTERS_MAX:
        raise PasswordError(
            f"The password has {len(text)} characters: give {CHARACTERS_MIN} to {CHARACTERS_MAX}, of any kind."
        )
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise PasswordError("The password holds half of a character (a lone surrogate): type it anew.") from None
