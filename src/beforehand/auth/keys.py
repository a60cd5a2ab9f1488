"""Token keys: the public keys by which tokens are believed, each bound to its algorithms and perhaps to an issuer.

A key given as `ISSUER=FILE` speaks for that issuer alone, and then no key without an issuer speaks for it.
A key given as `FILE` speaks for every issuer that no other key names.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from msgspec import Struct

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey

#: A key file is read up to here; a certificate with a long chain has some 20 KiB.
KEY_FILE_MAX_BYTES = 65_536
#: NIST SP 800-57 part 1 rev. 5, table 2: less is no longer acceptable. Above, checking one token takes too long.
RSA_MIN_BITS, RSA_MAX_BITS = 2_048, 8_192
#: Keys that one node is given at most: an unknown token may be tried against each that speaks for its issuer.
KEYS_MAX = 100

# RFC 7518 §3.1 and RFC 8037 §3.1. A token chooses among its key's algorithms and never outside them, so that neither
# "none" nor an HMAC under a public key's bytes can pass.
_RSA = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
_CURVES = {"secp256r1": frozenset({"ES256"}), "secp384r1": frozenset({"ES384"})}
_ED25519 = frozenset({"EdDSA"})


class TokenKeyError(ValueError):
    """A token key cannot be used. The message names the file, what is wrong with it, and what to give."""


class TokenKey(Struct, frozen=True):
    """One public key. `issuer` is None where none was named; `source` is the file, for messages.

    `own` is the node's own key (sessions.py), the only one that is believed about persons, roles and sessions.
    """

    public: PublicKey
    algorithms: frozenset[str]
    issuer: str | None
    source: str
    own: bool = False


class TokenKeys:
    """The token keys of a node, found by the issuer that a token names. Raises TokenKeyError.

    For the issuer of the node's own key no other key may speak, or it would log in whom it likes.
    """

    def __init__(self, keys: Iterable[TokenKey]) -> None:
        named: dict[str, list[TokenKey]] = {}
        unnamed: list[TokenKey] = []
        for key in keys:
            (unnamed if key.issuer is None else named.setdefault(key.issuer, [])).append(key)
        self._named = {issuer: tuple(keys) for issuer, keys in named.items()}
        self._unnamed = tuple(unnamed)
        for key in unnamed:
            if key.own:
                raise TokenKeyError(f"Token key {key.source!r} is the node's own and is bound to no issuer: name it.")
        for issuer, keys_of_issuer in self._named.items():
            if len({key.own for key in keys_of_issuer}) > 1:
                given = next(key.source for key in keys_of_issuer if not key.own)
                raise TokenKeyError(
                    f"Token key {given!r} is given for {issuer!r}, which is this node itself: name another issuer."
                )

    def with_own(self, key: TokenKey) -> TokenKeys:
        """These keys and the node's own (`SessionKey.token_key`). Raises TokenKeyError."""
        return TokenKeys([*self._unnamed, *chain.from_iterable(self._named.values()), key])

    def speaking_for(self, issuer: str) -> tuple[TokenKey, ...]:
        """The keys that may sign for an issuer, in the order given; empty if none may."""
        return self._named.get(issuer, self._unnamed)

    def __len__(self) -> int:
        return len(self._unnamed) + sum(map(len, self._named.values()))


def load_token_keys(given: Iterable[str]) -> TokenKeys:
    """Load keys given as `[ISSUER=]FILE`. Raises TokenKeyError, also if none is given: every request needs a token."""
    keys = [load_token_key(one) for one in given]
    if not keys:
        raise TokenKeyError(
            "No token key is given, and there is no unauthenticated mode: give --token-key [ISSUER=]FILE."
        )
    if len(keys) > KEYS_MAX:
        raise TokenKeyError(f"{len(keys)} token keys are given, at most {KEYS_MAX} can be.")
    return TokenKeys(keys)


def load_token_key(given: str) -> TokenKey:
    """Load one key given as `[ISSUER=]FILE`; the last `=` divides, for an issuer may hold one. Raises TokenKeyError."""
    issuer, divided, file = given.rpartition("=")
    if divided and not issuer:
        raise TokenKeyError(f"Token key {given!r} names an empty issuer: give ISSUER=FILE, or FILE alone.")
    if not file:
        raise TokenKeyError(f"Token key {given!r} names no file: give [ISSUER=]FILE.")
    try:
        with Path(file).open("rb") as opened:
            pem = opened.read(KEY_FILE_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise TokenKeyError(f"Token key file {file!r} cannot be read: {reason}.") from None
    if len(pem) > KEY_FILE_MAX_BYTES:
        raise TokenKeyError(f"Token key file {file!r} is larger than {KEY_FILE_MAX_BYTES} bytes: it is no key file.")
    public = parse_public_key(pem, file)
    return TokenKey(public, algorithms_of(public, file), issuer or None, file)


def parse_public_key(pem: bytes, source: str) -> PublicKey:
    """The public key in the first PEM block: PKIX, PKCS #1, or that of a certificate. Raises TokenKeyError."""
    block = _first_block(pem)
    wanted = "give the public half as PEM (`openssl pkey -in PRIVATE -pubout`)"
    if block is None:
        raise TokenKeyError(f"Token key file {source!r} holds no PEM block: {wanted}.")
    label = block.split(b"-----", 2)[1].removeprefix(b"BEGIN ").decode("ascii", "replace")
    if "PRIVATE" in label:
        raise TokenKeyError(
            f"Token key file {source!r} holds a private key, which belongs to the issuer alone: {wanted}."
        )
    if label not in ("PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE"):
        raise TokenKeyError(f"Token key file {source!r} begins with {label!r}, which is no public key: {wanted}.")
    try:
        certified = label == "CERTIFICATE"
        key = x509.load_pem_x509_certificate(block).public_key() if certified else load_pem_public_key(block)
    except (ValueError, UnsupportedAlgorithm):
        raise TokenKeyError(
            f"Token key file {source!r} holds a damaged or unknown {label.lower()}: {wanted}."
        ) from None
    if isinstance(key, PublicKey):
        return key
    raise TokenKeyError(f"Token key file {source!r} holds a key of a kind that signs no tokens: {_KINDS}.")


_KINDS = f"give RSA ({RSA_MIN_BITS} to {RSA_MAX_BITS} bits), EC on P-256 or P-384, or Ed25519"


def algorithms_of(key: PublicKey, source: str) -> frozenset[str]:
    """The JWS algorithms that a key may be used with. Raises TokenKeyError for a key too weak, large or unusual."""
    if isinstance(key, rsa.RSAPublicKey):
        if RSA_MIN_BITS <= key.key_size <= RSA_MAX_BITS:
            return _RSA
        raise TokenKeyError(f"Token key file {source!r} holds an RSA key of {key.key_size} bits: {_KINDS}.")
    if isinstance(key, ed25519.Ed25519PublicKey):
        return _ED25519
    if key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    raise TokenKeyError(f"Token key file {source!r} holds an EC key on {key.curve.name}: {_KINDS}.")


def _first_block(pem: bytes) -> bytes | None:
    begin = pem.find(b"-----BEGIN ")
    if begin < 0:
        return None
    end = pem.find(b"-----END ", begin)
    close = pem.find(b"-----", end + 9) if end >= 0 else -1
    return pem[begin : close + 5] + b"\n" if close >= 0 else None
