"""A token issuer of one's own, for a node that has no other: a key pair, and tokens signed with it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from beforehand.auth.keys import KEY_FILE_MAX_BYTES, RSA_MAX_BITS, RSA_MIN_BITS

PRIVATE_NAME = "token-key.pem"
PUBLIC_NAME = "token-key.pub.pem"
LIFETIME_MAX_S = 3_600


class IssuerError(ValueError):
    """A key pair cannot be made or used, or a token cannot be minted. The message says why and what to do."""


def make_key_pair(folder: Path) -> tuple[Path, Path]:
    """Make an RSA key pair (2,048 bits) in a folder; returns the private and the public file, both of mode 0600.

    The folder is made if it is missing. Nothing is ever overwritten. Raises IssuerError.
    """
    key = rsa.generate_private_key(65_537, RSA_MIN_BITS)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    private_file, public_file = folder / PRIVATE_NAME, folder / PUBLIC_NAME
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.path.lexists(public_file):  # before the private half is written, so that no half pair is left
            raise FileExistsError
        _write_new(private_file, private)
        _write_new(public_file, public)
    except FileExistsError:
        raise IssuerError(
            f"{folder} holds a key pair already, and none is overwritten: choose another folder."
        ) from None
    except OSError as error:
        raise IssuerError(f"No key pair can be written to {folder}: {error.strerror}.") from None
    return private_file, public_file


def load_private_key(file: Path) -> rsa.RSAPrivateKey:
    """The issuer's private key: RSA, PEM, not encrypted. Raises IssuerError."""
    wanted = "give the issuer's private RSA key as PEM, not encrypted (`beforehand token --new-key FOLDER` makes one)"
    try:
        with file.open("rb") as opened:
            key = load_pem_private_key(opened.read(KEY_FILE_MAX_BYTES), None)
    except OSError as error:
        raise IssuerError(f"Key file {str(file)!r} cannot be read: {error.strerror}.") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise IssuerError(f"Key file {str(file)!r} holds no private key that can be read: {wanted}.") from None
    if isinstance(key, rsa.RSAPrivateKey) and RSA_MIN_BITS <= key.key_size <= RSA_MAX_BITS:
        return key
    raise IssuerError(
        f"Key file {str(file)!r} holds a key of another kind or size: {wanted}, of {RSA_MIN_BITS} to {RSA_MAX_BITS} bits."
    )


def mint(
    key: rsa.RSAPrivateKey,
    issuer: str,
    subject: str,
    scopes: Iterable[str],
    audience: str,
    now_s: float,
    lifetime_s: int,
) -> str:
    """A token (RS256) that holds from now for `lifetime_s`, at most an hour. Raises IssuerError.

    It names no `iat` and no `nbf`: they would only make a server whose clock is a little behind refuse it.
    """
    if not 0 < lifetime_s <= LIFETIME_MAX_S:
        raise IssuerError(f"A lifetime of {lifetime_s} s is not possible: from 1 to {LIFETIME_MAX_S} s are accepted.")
    for name, text in (("issuer", issuer), ("subject", subject), ("audience", audience)):
        if not text:
            raise IssuerError(f"The {name} of a token may not be empty.")
    scope = " ".join(scopes)
    claims = {"iss": issuer, "sub": subject, "aud": audience, "scope": scope, "exp": int(now_s) + lifetime_s}
    return jwt.encode(claims, key, algorithm="RS256")


def _write_new(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
