"""Short tokens that the node itself issues: to a person who logged in, and to a party's service client.

They are signed with a key that never leaves the node's data folder, and are verified as any other token. What they say
of person, role and session is believed because that key signed them, and of no other key (keys.py, `own`).
"""

from __future__ import annotations

import re
from pathlib import Path

import jwt
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from msgspec import Struct

from beforehand.auth.claims import SUBJECT_MAX_CHARACTERS
from beforehand.auth.key_files import write_new
from beforehand.auth.keys import KEY_FILE_MAX_BYTES, TokenKey
from beforehand.auth.scopes import HOTLINE_PARTY

KEY_NAME = "session-key.pem"
ISSUER_PREFIX = "beforehand:"
#: The role of a token that speaks for a party's software and for no person.
SERVICE = "service"
#: As for every token that is accepted here.
LIFETIME_MAX_S = 3_600
#: Bounds for memory and for the length of a token: with all of them reached it has some 4 KiB.
PERSON_MAX_CHARACTERS, ROLE_MAX_CHARACTERS, SESSION_MAX_CHARACTERS, AUDIENCE_MAX_CHARACTERS = 128, 64, 128, 255

_NODE_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


class SessionError(ValueError):
    """A session key cannot be had, or a token not issued. The message says why and what to do."""


class _Claims(Struct, frozen=True):
    """What a token says (RFC 7519): `exp` in whole seconds since the Unix epoch.

    It names no `iat` and no `nbf`: they would only make the node refuse it after its own clock was set back.
    """

    iss: str
    sub: str
    aud: str
    exp: int
    scope: str
    person: str
    role: str
    sid: str


class SessionKey(Struct, frozen=True):
    """The node's own key for tokens, and the name under which it issues them: `beforehand:NODE`."""

    private: Ed25519PrivateKey
    issuer: str

    def token_key(self) -> TokenKey:
        """The public half, bound to its issuer, for the node's `TokenKeys`."""
        return TokenKey(self.private.public_key(), frozenset({"EdDSA"}), self.issuer, KEY_NAME, own=True)

    def issue(
        self,
        party_code: str,
        person: str,
        role: str,
        session: str,
        audience: str,
        now_s: float,
        lifetime_s: int,
    ) -> str:
        """A token (EdDSA, RFC 8037) that holds from now for `lifetime_s`, at most an hour. Raises SessionError.

        A service's token has the role `SERVICE` and the person "", and no other has either. session: what its end will
        be recognised by.
        """
        if not 0 < lifetime_s <= LIFETIME_MAX_S:
            raise SessionError(
                f"A lifetime of {lifetime_s} s is not possible: from 1 to {LIFETIME_MAX_S} s are accepted."
            )
        if (role == SERVICE) != (person == ""):
            raise SessionError(
                f"A token names a person, or it has the role {SERVICE!r}: one of the two, and never both."
            )
        for name, text, most in (
            ("party code", party_code, SUBJECT_MAX_CHARACTERS),
            ("person", person or "nobody", PERSON_MAX_CHARACTERS),
            ("role", role, ROLE_MAX_CHARACTERS),
            ("session", session, SESSION_MAX_CHARACTERS),
            ("audience", audience, AUDIENCE_MAX_CHARACTERS),
        ):
            if not 0 < len(text) <= most or not text.isprintable():
                raise SessionError(f"The {name} of a token has 1 to {most} printable characters.")
        exp = int(now_s) + lifetime_s
        claims = _Claims(self.issuer, party_code, audience, exp, HOTLINE_PARTY, person, role, session)
        return jwt.PyJWS().encode(msgspec.json.encode(claims), self.private, "EdDSA")


def new_session_key(node_name: str) -> SessionKey:
    """A key that is kept nowhere, for a node that keeps nothing: its tokens end with the process. Raises SessionError."""
    return SessionKey(Ed25519PrivateKey.generate(), _issuer(node_name))


def load_or_make(folder: Path, node_name: str) -> SessionKey:
    """The session key of a data folder, made durably (mode 0600) if there is none yet; the folder must be there.

    Of several processes that make one at once, all get the same. Raises SessionError.
    """
    issuer, file = _issuer(node_name), folder / KEY_NAME
    try:
        try:
            return SessionKey(_load(file), issuer)
        except FileNotFoundError:
            key = Ed25519PrivateKey.generate()
        try:
            write_new(file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        except FileExistsError:
            key = _load(file)  # another process was faster
    except OSError as error:
        raise SessionError(f"Session key {str(file)!r} can be neither read nor made: {error.strerror}.") from None
    return SessionKey(key, issuer)


def _load(file: Path) -> Ed25519PrivateKey:
    with file.open("rb") as opened:
        pem = opened.read(KEY_FILE_MAX_BYTES)
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise SessionError(
            f"Session key {str(file)!r} holds no private Ed25519 key: remove it, and a new one is made (everybody then "
            "logs in anew)."
        )
    return key


def _issuer(node_name: str) -> str:
    if _NODE_NAME.fullmatch(node_name) is None:
        raise SessionError(
            f"{node_name[:64]!r} is no name of a node: give 1 to 64 of the characters A-Z a-z 0-9 . _ -."
        )
    return ISSUER_PREFIX + node_name
