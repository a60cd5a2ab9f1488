"""The session file of an officer or a service: where the hotline is, as whom one speaks there, and what one was shown.

It holds a token, so it is for its owner alone (mode 0600), and is replaced whole or not at all.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from msgspec import DecodeError, Struct, ValidationError
from msgspec.json import Decoder, encode, format

from beforehand.client.hotline import Checkpoint, Speaking

#: Notices that a session remembers to have been shown, the newest last; and the longest file that is read.
NOTICES_MAX, FILE_MAX_BYTES = 1_000, 1 << 20


class SessionFileError(ValueError):
    """A session file cannot be read or written. The message says why and what to do."""


class Session(Struct, frozen=True):
    """`until`: when the token ends, RFC 3339. `signing_key`: file of the party's private signing key, empty: unsigned.

    `notices`: ids of notices that this session was shown, so that one can be named by its first characters without asking.
    """

    url: str
    party: str
    role: str = ""
    login: str = ""
    token: str = ""
    until: str = ""
    signing_key: str = ""
    checkpoint: Checkpoint | None = None
    notices: tuple[str, ...] = ()

    @property
    def speaking(self) -> Speaking:
        """As whom its client speaks."""
        return Speaking(self.token, self.party, self.role)


_decoder = Decoder(Session)


def load(file: Path) -> Session | None:
    """The session in a file, None where there is no file. Raises SessionFileError."""
    try:
        with file.open("rb") as opened:
            return _decoder.decode(opened.read(FILE_MAX_BYTES))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SessionFileError(f"Session file {file} cannot be read: {error.strerror}.") from None
    except (DecodeError, ValidationError, UnicodeDecodeError, RecursionError):
        raise SessionFileError(
            f"{file} is no session file: name another with --session, or remove it and log in anew."
        ) from None


def save(file: Path, session: Session) -> None:
    """Write it, mode 0600, whole or not at all; its folder is made if it is missing. Raises SessionFileError."""
    unseen = file.with_name(f".{file.name}.{secrets.token_hex(8)}.new")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(unseen, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
                opened.write(format(encode(session), indent=1) + b"\n")
            unseen.replace(file)
        finally:
            unseen.unlink(missing_ok=True)
    except OSError as error:
        raise SessionFileError(f"Session file {file} cannot be written: {error.strerror}.") from None


def remember(file: Path, seen: Checkpoint | None, notices: tuple[str, ...] = ()) -> None:
    """Add to a session file what was shown just now, leaving what another process has written there since.

    It is a convenience for later commands: where it cannot be written, nothing is said.
    """
    with contextlib.suppress(SessionFileError):
        held = load(file)
        if held is None:
            return
        newest = (
            seen if held.checkpoint is None or (seen is not None and seen[0] > held.checkpoint[0]) else held.checkpoint
        )
        known = tuple(dict.fromkeys((*(each for each in held.notices if each not in notices), *notices)))[-NOTICES_MAX:]
        if newest == held.checkpoint and known == held.notices:
            return
        save(file, Session(
            held.url, held.party, held.role, held.login, held.token, held.until, held.signing_key, newest, known))  # fmt: skip
