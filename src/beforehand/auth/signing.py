"""A party's signing keys, and its signatures over statements: Ed25519 (RFC 8032) over the bytes as sent (rule H1.5).

What is signed is `STATEMENT_PREFIX` and then the body of the request, byte for byte. The signature travels in a header:
`Beforehand-Signature: <key id> <base64url signature>`. What a body must bind (record, party, version, nonce) is not
looked at here.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from beforehand.auth.key_files import write_new
from beforehand.auth.keys import KEY_FILE_MAX_BYTES

#: So that no signature made for anything else passes for a statement, nor the other way round.
STATEMENT_PREFIX = b"beforehand/statement/v1\n"
SIGNATURE_HEADER = "Beforehand-Signature"

_KEY_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_KEY_ID_CHARACTERS = 16
_KEY_ID = re.compile(rb"[0-9a-f]{16}")
_KEY_BYTES, _SIGNATURE_BYTES = 32, 64
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")

# RFC 8032 §5.1: the prime of the field, and a mask for y, which the encoding keeps beside the sign of x.
_PRIME = 2**255 - 19
_Y = 2**255 - 1
# The five y of the eight points whose order divides 8. Under such a key one signature fits many statements, and whoever
# registered it could disown each (Chalkias, Garillot, Nikolaenko 2020, "Taming the many EdDSAs").
_SMALL_ORDER_Y = frozenset(
    {
        0,
        1,
        _PRIME - 1,
        int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"),
        int.from_bytes(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"),
    }
)


class SigningKeyError(ValueError):
    """A signing key cannot be made, read or used. The message says why and what to give."""


class BadSignature(ValueError):
    """A signature header cannot be read. The message says which part of it is wrong and what it looks like."""


def make_signing_key(folder: Path, name: str) -> tuple[Path, Path]:
    """Make a key pair in a folder: `NAME.pem` (PKCS #8, not encrypted) and `NAME.pub` (one line, the public text).

    Returns both files, of mode 0600. The folder is made if it is missing. Nothing is overwritten. Raises SigningKeyError.
    """
    if _KEY_NAME.fullmatch(name) is None:
        raise SigningKeyError(
            f"A signing key cannot be named {name[:64]!r}: give 1 to 64 of the characters A-Z a-z 0-9 . _ -, a letter or "
            "digit first."
        )
    key = Ed25519PrivateKey.generate()
    private_file, public_file = folder / f"{name}.pem", folder / f"{name}.pub"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if public_file.exists() or public_file.is_symlink():  # first, so that no half pair is left
            raise FileExistsError
        write_new(private_file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        write_new(public_file, public_text(key).encode() + b"\n")
    except FileExistsError:
        raise SigningKeyError(
            f"{folder} holds a signing key {name!r} already, and none is overwritten: choose another name or folder."
        ) from None
    except OSError as error:
        raise SigningKeyError(f"No signing key can be written to {folder}: {error.strerror}.") from None
    return private_file, public_file


def load_signing_key(file: Path) -> Ed25519PrivateKey:
    """A party's private signing key: Ed25519, PEM, not encrypted. Raises SigningKeyError."""
    wanted = "give a private Ed25519 key as PEM, not encrypted"
    try:
        with file.open("rb") as opened:
            key = load_pem_private_key(opened.read(KEY_FILE_MAX_BYTES), None)
    except OSError as error:
        raise SigningKeyError(f"Key file {str(file)!r} cannot be read: {error.strerror}.") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise SigningKeyError(f"Key file {str(file)!r} holds no private key that can be read: {wanted}.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningKeyError(f"Key file {str(file)!r} holds a key of another kind: {wanted}.")
    return key


def public_text(key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    """The public half as parties write it: base64url of its 32 bytes, 43 characters without padding."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return _base64url(public.public_bytes(Encoding.Raw, PublicFormat.Raw))


def key_id(public_text: str) -> str:
    """What a key is called: the first 16 hex digits of the SHA-256 of its 32 bytes.

    Raises SigningKeyError for a text that is no key, and for a key under which signatures prove nothing.
    """
    return sha256(_public_bytes(public_text)).hexdigest()[:_KEY_ID_CHARACTERS]


def sign(key: Ed25519PrivateKey, data: bytes) -> str:
    """A statement's signature: base64url of its 64 bytes, 86 characters. data: the body, exactly as it is sent."""
    return _base64url(key.sign(STATEMENT_PREFIX + data))


def verify(public_text: str, data: bytes, signature: str) -> bool:
    """Whether the key signed a statement of these bytes. Nothing that a key or a signature holds makes it raise."""
    signed = _from_base64url(signature, _SIGNATURE_BYTES)
    if signed is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(_public_bytes(public_text)).verify(signed, STATEMENT_PREFIX + data)
    except (SigningKeyError, InvalidSignature, ValueError):
        return False
    return True


def format_signature(key_id: str, signature: str) -> str:
    """The header's value; what `parse_signature` could not read is a BadSignature here too."""
    text = f"{key_id} {signature}"
    parse_signature(text.encode("utf-8", "surrogatepass"))
    return text


def parse_signature(header: bytes) -> tuple[str, str]:
    """The key id and the signature that a header's value holds, in their one spelling. Raises BadSignature."""
    looks = f"`{SIGNATURE_HEADER}: <key id> <signature>` has a key id of 16 hex digits and a signature of 86 characters"
    name, divided, signature = header.partition(b" ")
    if not divided:
        raise BadSignature(f"The signature header has one part where two are due: {looks}, one space between them.")
    if _KEY_ID.fullmatch(name) is None:
        raise BadSignature(f"The key id in the signature header is not 16 lower-case hex digits: {looks}.")
    text = signature.decode("ascii", "replace")
    if _from_base64url(text, _SIGNATURE_BYTES) is None:
        raise BadSignature(f"The signature in the signature header is not 64 bytes in base64url: {looks}, no padding.")
    return name.decode(), text


def _public_bytes(text: str) -> bytes:
    data = _from_base64url(text, _KEY_BYTES)
    if data is None:
        raise SigningKeyError("A public signing key is 32 bytes in base64url: 43 characters, without padding.")
    y = int.from_bytes(data, "little") & _Y
    if y >= _PRIME or y in _SMALL_ORDER_Y:
        raise SigningKeyError(
            "This public signing key is of a kind under which a signature proves nothing: make another."
        )
    return data


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _from_base64url(text: str, length: int) -> bytes | None:
    """The bytes, if there are `length` of them and this is their one spelling (no spare bit set); else None."""
    if len(text) != -(-length * 8 // 6) or _BASE64URL.fullmatch(text) is None:
        return None
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return data if _base64url(data) == text else None
