"""Signing keys of parties, as commands take them (H1.1)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from beforehand.cli.errors import CommandError, UsageError

NewKey = Annotated[
    Path | None,
    Parameter(show_default=False, help="Make the party's signing key pair in this folder: CODE.pem and CODE.pub."),
]
PublicKey = Annotated[
    str | None,
    Parameter(show_default=False, help="Its public signing key: 43 characters, or the .pub file that holds them."),
]


def signing_key(new_key: Path | None, public_key: str | None, name: str) -> tuple[Path | None, str | None]:
    """The private key file, if one is made here, and the public text."""
    if new_key is not None and public_key is not None:
        raise UsageError("Give --new-key or --public-key, not both.")
    if new_key is not None:
        from beforehand.auth.signing import SigningKeyError, make_signing_key

        try:
            private, public = make_signing_key(new_key, name)
        except SigningKeyError as error:
            raise CommandError(f"{error} Or give the one that is there: --public-key {new_key / name}.pub") from None
        return private, public.read_text().strip()
    if public_key is not None and len(public_key) != 43:
        try:
            return None, Path(public_key).read_text("ascii")[:200].strip()
        except (OSError, UnicodeDecodeError):
            raise UsageError(
                f"--public-key is {public_key!r}: give 43 characters, or the .pub file that holds them."
            ) from None
    return None, public_key
