"""What a token claims, and whether it holds now: docs/configuration.md, "Tokens"."""

from __future__ import annotations

import re
from collections.abc import Set

import msgspec
from msgspec import Struct

from beforehand.auth.identity import Identity, Unauthenticated

#: A token may be valid for one hour at most from when it is shown (F3548's reference refuses longer ones too).
LIFETIME_MAX_US = 3_600_000_000
#: A subject is stored, shown as `manager`, and part of every entry of its party.
SUBJECT_MAX_CHARACTERS = 255
ISSUER_MAX_CHARACTERS = 2_048
#: There are some twenty scopes in all of F3548 and F3411; the bound is for memory.
SCOPES_MAX = 100
#: How much of a token's own text a message quotes.
_QUOTED_CHARACTERS = 200

# Control characters, line and paragraph separators: they would break lines of logs and tables.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Claims(Struct):
    """The claims that are looked at. Times are seconds since the Unix epoch, perhaps with a fraction (RFC 7519 §2)."""

    iss: str | None = None
    sub: str | None = None
    aud: str | list[str] | None = None
    exp: int | float | None = None
    nbf: int | float | None = None
    iat: int | float | None = None
    scope: str | None = None


class OwnClaims(Struct):
    """What the node's own tokens say besides (sessions.py). From any other issuer these names mean nothing."""

    person: str
    role: str
    sid: str


_decode = msgspec.json.Decoder(Claims).decode
_decode_own = msgspec.json.Decoder(OwnClaims).decode


def decode_claims(data: bytes) -> Claims:
    """Read the claims of a token. Raises Unauthenticated."""
    try:
        return _decode(data)
    except msgspec.ValidationError as error:
        raise Unauthenticated(f"Access token validation failed: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unauthenticated("Access token validation failed: its claims are not valid JSON") from None


def named(text: str | None, claim: str, most: int) -> str:
    """The text of `iss` or `sub`, which must be there and fit to be kept. Raises Unauthenticated."""
    if not text:
        raise Unauthenticated(f"Access token validation failed: claim `{claim}` is missing or empty")
    if len(text) > most:
        raise Unauthenticated(
            f"Access token validation failed: claim `{claim}` has {len(text)} characters, at most {most} are allowed"
        )
    if _UNPRINTABLE.search(text):
        raise Unauthenticated(f"Access token validation failed: claim `{claim}` holds a control character")
    return text


class Verdict(Struct, frozen=True):
    """Whom a token speaks for, from `from_us` until before `until_us` (µs since the Unix epoch)."""

    identity: Identity
    from_us: int
    until_us: int


def judge(claims: Claims, issuer: str, audiences: Set[str], now_us: int) -> Verdict:
    """Whom the claims of a token speak for, now; `issuer` was looked at before. Raises Unauthenticated."""
    subject = named(claims.sub, "sub", SUBJECT_MAX_CHARACTERS)
    until_us = _expiry(claims.exp, now_us)
    from_us = until_us - LIFETIME_MAX_US
    for claim, at in (("nbf", claims.nbf), ("iat", claims.iat)):
        if at is not None:
            from_us = max(from_us, _not_after(at, claim, now_us))
    accepted = (claims.aud,) if isinstance(claims.aud, str) else claims.aud or ()
    if audiences.isdisjoint(accepted):
        raise Unauthenticated(
            f"Invalid access token audience: {str(list(accepted))[:_QUOTED_CHARACTERS]}; claim `aud` must hold a name of this "
            "service, of those that its operator gave it"
        )
    scopes = frozenset((claims.scope or "").split(" ")) - {""}
    if len(scopes) > SCOPES_MAX:
        raise Unauthenticated(
            f"Access token validation failed: it carries {len(scopes)} scopes, at most {SCOPES_MAX} are allowed"
        )
    return Verdict(Identity(issuer, subject, scopes), from_us, until_us)


def vouched(verdict: Verdict, data: bytes) -> Verdict:
    """A verdict on a token that the node's own key signed, with the person, role and session that it names.

    data: the token's claims. Raises Unauthenticated.
    """
    try:
        own = _decode_own(data)
    except msgspec.ValidationError as error:
        raise Unauthenticated(f"Access token validation failed: {error}") from None
    party = verdict.identity
    identity = Identity(party.issuer, party.subject, party.scopes, own.person, own.role, own.sid)
    return Verdict(identity, verdict.from_us, verdict.until_us)


def _expiry(exp: float | None, now_us: int) -> int:
    if exp is None:
        raise Unauthenticated("Access token validation failed: claim `exp` is missing")
    # Compared as they are: a number like 1e300 has no microseconds.
    if exp * 1_000_000 <= now_us:
        raise Unauthenticated("Access token validation failed: it has expired")
    if exp * 1_000_000 > now_us + LIFETIME_MAX_US:
        raise Unauthenticated("Access token validation failed: claim `exp` is more than one hour ahead")
    return int(exp * 1_000_000)


def _not_after(at: float, claim: str, now_us: int) -> int:
    if at * 1_000_000 > now_us:
        raise Unauthenticated(f"Access token validation failed: claim `{claim}` lies ahead: it is not valid yet")
    return int(max(at, 0) * 1_000_000)
