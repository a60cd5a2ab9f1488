"""Who speaks, as a token and a signature say, and for which record."""

from __future__ import annotations

from beforehand.auth.identity import Identity
from beforehand.auth.scopes import HOTLINE_OPERATOR
from beforehand.auth.signing import verify
from beforehand.core.hotline import commands as c
from beforehand.core.stamp import Caller, Refusal
from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.texts import quoted

#: Who asks without a token: all together are one.
NOBODY = Caller("", "")


def speaker(identity: Identity | None) -> c.Speaker:
    """Who asks, as a token says. Person, role and session only of a token that this node issued."""
    if identity is None:
        return c.Speaker(NOBODY)
    own = identity.person is not None
    return c.Speaker(
        identity.caller,
        identity.subject if own else None,
        identity.person or None,
        identity.role,
        identity.session,
        HOTLINE_OPERATOR in identity.scopes,
    )


def signed(by: c.Speaker, header: bytes, body: bytes) -> c.Speaker:
    """The speaker of bytes that are signed. Raises BadField where the signature does not hold: it is never taken for none."""
    public, _, signature = header.decode("latin-1").partition(" ")
    if not verify(public, body, signature):
        raise BadField(
            "Beforehand-Signature", "bad_signature",
            "does not fit the body. Give the public key and its signature over the bytes as sent, in base64url.")  # fmt: skip
    return c.Speaker(
        by.caller, by.code, by.person, by.role, by.session, by.operator, by.statement, by.digest, public, "", signature
    )


def of_another_record(by: c.Speaker, record: str) -> Refusal | None:
    """The refusal of a statement that was made for another record than this node's."""
    said = by.statement.record
    if not said or said == record:
        return None
    return Refusal(
        "statement_mismatch",
        f"statement.record is {quoted(said, 64)}, but this record is {record}. You may be on another server.",
    )
