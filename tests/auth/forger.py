"""Makes tokens of every kind, good and bad, with the primitives alone: no code of ours and none of PyJWT's."""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}

RSA = rsa.generate_private_key(65_537, 2048)
OTHER_RSA = rsa.generate_private_key(65_537, 2048)
P256 = ec.generate_private_key(ec.SECP256R1())
P384 = ec.generate_private_key(ec.SECP384R1())
ED25519 = ed25519.Ed25519PrivateKey.generate()
BY_ALGORITHM = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), RSA),
    "ES256": P256,
    "ES384": P384,
    "EdDSA": ED25519,
}


def public_pem(key: Any) -> bytes:
    public = key.public_key()
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def private_pem(key: Any) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def signature(algorithm: str, key: Any, signed: bytes) -> bytes:
    """By RFC 7518 §3 and RFC 8037 §3.1."""
    kind, size = algorithm[:2], HASHES.get(algorithm[2:])
    if kind == "RS":
        return key.sign(signed, padding.PKCS1v15(), size)
    if kind == "PS":
        return key.sign(signed, padding.PSS(padding.MGF1(size), size.digest_size), size)
    if kind == "ES":
        width = (key.curve.key_size + 7) // 8
        r, s = utils.decode_dss_signature(key.sign(signed, ec.ECDSA(size)))
        return r.to_bytes(width, "big") + s.to_bytes(width, "big")
    if kind == "HS":
        mac = hmac.HMAC(key, size)
        mac.update(signed)
        return mac.finalize()
    return key.sign(signed) if algorithm == "EdDSA" else b""


def forge(claims: Any, algorithm: str = "RS256", key: Any = None, header: dict[str, Any] | None = None) -> bytes:
    """A token of these claims (bytes are taken as they are), signed with `key`, else with the algorithm's own."""
    head = {"alg": algorithm, "typ": "JWT"} | (header or {})
    body = claims if isinstance(claims, bytes) else json.dumps(claims, ensure_ascii=False).encode()
    signed = base64url(json.dumps(head).encode()) + b"." + base64url(body)
    made = signature(algorithm, BY_ALGORITHM.get(algorithm) if key is None else key, signed)
    return signed + b"." + base64url(made)
