from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, rsa, x25519
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from beforehand.auth.keys import KEY_FILE_MAX_BYTES, KEYS_MAX, TokenKeyError, load_token_key, load_token_keys
from beforehand.auth.keys import parse_public_key as parse

from . import forger

PEM = forger.public_pem(forger.RSA)


def written(folder, data, name="key.pem"):
    (folder / name).write_bytes(data)
    return str(folder / name)


def refusal(given):
    with pytest.raises(TokenKeyError) as caught:
        load_token_key(given)
    return str(caught.value)


class TestGiven:
    def test_a_file_alone_names_no_issuer(self, tmp_path):
        key = load_token_key(written(tmp_path, PEM))
        assert key.issuer is None
        assert key.public.public_numbers() == forger.RSA.public_key().public_numbers()

    @pytest.mark.parametrize("issuer", ["uss", "https://issuer.example/realms/a", "https://x.example/?tenant=7"])
    def test_an_issuer_stands_before_the_last_equals_sign(self, tmp_path, issuer):
        key = load_token_key(f"{issuer}={written(tmp_path, PEM)}")
        assert key.issuer == issuer

    @pytest.mark.parametrize(("given", "says"), [("", "no file"), ("issuer=", "no file"), ("=key.pem", "empty issuer")])
    def test_what_names_nothing_is_refused(self, given, says):
        assert says in refusal(given)

    def test_there_is_no_running_without_keys(self):
        with pytest.raises(TokenKeyError, match="no unauthenticated mode"):
            load_token_keys([])

    def test_keys_are_bounded_in_number(self, tmp_path):
        file = written(tmp_path, PEM)
        assert len(load_token_keys([file] * KEYS_MAX)) == KEYS_MAX
        with pytest.raises(TokenKeyError, match=f"at most {KEYS_MAX}"):
            load_token_keys([file] * (KEYS_MAX + 1))

    @pytest.mark.parametrize("name", ["missing.pem", ".", "a\0b"])
    def test_a_file_that_cannot_be_read_is_named(self, tmp_path, name):
        assert "cannot be read" in refusal(str(tmp_path / name) if name != "." else str(tmp_path))


class TestFile:
    def test_only_the_first_block_counts(self, tmp_path):
        other = forger.public_pem(forger.OTHER_RSA)
        key = load_token_key(written(tmp_path, b"a comment\n" + PEM + other + forger.private_pem(forger.RSA)))
        assert key.public.public_numbers() == forger.RSA.public_key().public_numbers()

    def test_the_old_form_of_an_rsa_key_is_taken(self):
        old = forger.RSA.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1)
        assert parse(old, "x").public_numbers() == forger.RSA.public_key().public_numbers()

    def test_a_certificate_is_taken_for_its_key(self):
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "issuer")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder(name, name, forger.P256.public_key(), 1)
            .not_valid_before(now)
            .not_valid_after(now + timedelta(days=1))
            .sign(forger.P256, hashes.SHA256())
        )
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        assert parse(pem, "x").public_numbers() == forger.P256.public_key().public_numbers()

    @pytest.mark.parametrize(
        "form", [serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL]
    )
    def test_a_private_key_given_by_mistake_is_refused_as_that(self, tmp_path, form):
        pem = forger.RSA.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
        message = refusal(written(tmp_path, pem))
        assert "private key" in message
        assert "-pubout" in message

    def test_an_encrypted_private_key_is_one_too(self, tmp_path):
        pem = forger.RSA.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
        )
        assert "private key" in refusal(written(tmp_path, pem))

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"ssh-rsa AAAA",
            PEM[:-20],
            PEM.replace(b"\nM", b"\nA", 1),
            b"-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            b"-----BEGIN X-----\nAAAA\n-----END X-----\n",
        ],
    )
    def test_what_holds_no_public_key_is_refused(self, tmp_path, data):
        assert "key.pem" in refusal(written(tmp_path, data))

    def test_a_file_too_large_to_be_one_is_refused(self, tmp_path):
        assert "larger than" in refusal(written(tmp_path, b"x" * (KEY_FILE_MAX_BYTES + 1)))

    @given(st.binary(max_size=200) | st.integers(0, len(PEM)).flatmap(lambda cut: st.just(PEM[:cut] + PEM[cut + 1 :])))
    def test_any_bytes_give_a_key_or_a_refusal(self, data):
        with suppress(TokenKeyError):
            parse(data, "x")


class TestKind:
    def test_algorithms_are_those_of_the_kind(self, key_file):
        def algorithms(key):
            return load_token_key(key_file(key)).algorithms

        assert algorithms(forger.RSA) == {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
        assert algorithms(forger.P256) == {"ES256"}
        assert algorithms(forger.P384) == {"ES384"}
        assert algorithms(forger.ED25519) == {"EdDSA"}

    @pytest.mark.parametrize(
        ("make", "says"),
        [
            (lambda: rsa.generate_private_key(65_537, 1_024), "1024 bits"),
            (lambda: ec.generate_private_key(ec.SECP521R1()), "secp521r1"),
            (lambda: ec.generate_private_key(ec.SECP256K1()), "secp256k1"),
            (lambda: dsa.generate_private_key(1_024), "signs no tokens"),
            (ed448.Ed448PrivateKey.generate, "signs no tokens"),
            (x25519.X25519PrivateKey.generate, "signs no tokens"),
        ],
    )
    def test_weak_and_unusual_keys_are_refused(self, tmp_path, make, says):
        assert says in refusal(written(tmp_path, forger.public_pem(make())))
