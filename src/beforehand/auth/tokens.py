"""Bearer tokens: verified by the node's token keys, and remembered for as long as they hold.

401 rests on the token and the time alone, never on state, so it need not wait for anything to be durable.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from hashlib import sha256

from beforehand.auth.claims import ISSUER_MAX_CHARACTERS, Verdict, decode_claims, judge, named, vouched
from beforehand.auth.identity import Identity, Unauthenticated
from beforehand.auth.jws import NotAToken, take_apart
from beforehand.auth.keys import TokenKeys

#: A token with fifty scopes and an RSA signature of 4,096 bits has some 3 KiB.
TOKEN_MAX_BYTES = 8_192
DEFAULT_REMEMBERED = 10_000


class Verifier:
    """Says who asks. Verdicts are remembered by the SHA-256 of the token, the longest unused forgotten first.

    Only good tokens are remembered, so that no flood of bad ones can push them out. audiences: at least one must be
    among those that a token names, character for character.
    """

    def __init__(self, keys: TokenKeys, audiences: Iterable[str], remembered: int = DEFAULT_REMEMBERED) -> None:
        self._keys = keys
        self._audiences = frozenset(audiences)
        self._remembered = remembered
        self._verdicts: OrderedDict[bytes, Verdict] = OrderedDict()

    def verify(self, authorization: bytes | None, now_us: int) -> Identity:
        """Who asks, by the value of an Authorization header (None if there is none). Raises Unauthenticated.

        now_us: the wall clock, µs since the Unix epoch; issuers know no other clock.
        """
        # As in F3548's reference: the scheme in any case, one character, then the token as it stands.
        if authorization is None or len(authorization) < 7 or authorization[:6].lower() != b"bearer":
            raise Unauthenticated("Missing access token")
        token = authorization[7:]
        if len(token) > TOKEN_MAX_BYTES:
            raise Unauthenticated(
                f"Access token is too long: {len(token)} bytes, at most {TOKEN_MAX_BYTES} are allowed"
            )
        digest = sha256(token).digest()
        verdict = self._verdicts.get(digest)
        if verdict is not None:
            if verdict.from_us <= now_us < verdict.until_us:
                self._verdicts.move_to_end(digest)
                return verdict.identity
            del self._verdicts[digest]
        verdict = self._judge(token, now_us)
        if len(self._verdicts) >= self._remembered:
            self._verdicts.popitem(last=False)
        self._verdicts[digest] = verdict
        return verdict.identity

    def __len__(self) -> int:
        """How many verdicts are remembered."""
        return len(self._verdicts)

    def _judge(self, token: bytes, now_us: int) -> Verdict:
        try:
            signed = take_apart(token)
        except NotAToken as error:
            raise Unauthenticated(f"Access token validation failed: {error}") from None
        claims = decode_claims(signed.claims)
        issuer = named(claims.iss, "iss", ISSUER_MAX_CHARACTERS)
        keys = self._keys.speaking_for(issuer)
        if not keys:
            raise Unauthenticated("Access token validation failed: no token key here speaks for its issuer")
        for key in keys:
            if signed.is_signed_by(key):
                verdict = judge(claims, issuer, self._audiences, now_us)
                return vouched(verdict, signed.claims) if key.own else verdict
        raise Unauthenticated("Access token validation failed: no token key of its issuer made its signature")
