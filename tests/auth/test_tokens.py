from __future__ import annotations

import json

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beforehand.auth.identity import Identity, Unauthenticated
from beforehand.auth.keys import load_token_keys
from beforehand.auth.tokens import TOKEN_MAX_BYTES, Verifier
from beforehand.core.stamp import Caller

from . import forger
from .conftest import NOW_US
from .forger import forge

NOW_S = NOW_US / 1_000_000
HOUR_US = 3_600_000_000


def refusal(verifier, authorization, now_us=NOW_US):
    with pytest.raises(Unauthenticated) as caught:
        verifier.verify(authorization, now_us)
    return str(caught.value)


def test_a_good_token_says_who_asks_and_with_which_scopes(verifier, claims):
    identity = verifier.verify(b"Bearer " + forge(claims), NOW_US)
    assert identity == Identity(
        "https://issuer.example", "uss1", frozenset({"utm.strategic_coordination", "utm.constraint_processing"})
    )
    assert identity.caller == Caller("https://issuer.example", "uss1")


def test_what_is_accepted_is_accepted_by_an_independent_reader_too(verifier, claims):
    token = forge(claims)
    verifier.verify(b"Bearer " + token, NOW_US)
    options = {"verify_exp": False}
    assert jwt.decode(token, forger.public_pem(forger.RSA), ["RS256"], options, audience="uss.example") == claims


class TestHeader:
    @pytest.mark.parametrize("form", [b"Bearer %b", b"bearer %b", b"BEARER %b", b"bEaReR %b", b"Bearer\t%b"])
    def test_the_scheme_is_bearer_in_any_case_and_the_token_begins_behind_one_character(self, verifier, claims, form):
        assert verifier.verify(form % forge(claims), NOW_US).subject == "uss1"

    @pytest.mark.parametrize("form", [b"%b", b"Basic %b", b"DPoP %b", b"Bea%b", b" Bearer %b"])
    def test_any_other_scheme_is_no_token(self, verifier, claims, form):
        assert refusal(verifier, form % forge(claims)) == "Missing access token"

    @pytest.mark.parametrize("header", [None, b"", b"Bearer"])
    def test_no_header_and_an_empty_one_are_no_token(self, verifier, header):
        assert refusal(verifier, header) == "Missing access token"

    @pytest.mark.parametrize("form", [b"Bearer  %b", b"Bearer %b x", b"Bearer %b ", b"Bearer %b,", b'Bearer "%b"'])
    def test_nothing_may_stand_around_the_token(self, verifier, claims, form):
        refusal(verifier, form % forge(claims))

    def test_a_header_of_any_bytes_is_refused_and_nothing_else(self, verifier):
        @given(st.binary(max_size=80).map(lambda tail: b"Bearer " + tail) | st.binary(max_size=80))
        def refused(header):
            refusal(verifier, header)

        refused()

    def test_a_token_beyond_the_bound_is_refused_however_well_signed(self, verifier, claims):
        claims["padding"] = "x" * TOKEN_MAX_BYTES
        assert "too long" in refusal(verifier, b"Bearer " + forge(claims))


class TestSignature:
    @pytest.mark.parametrize("algorithm", forger.BY_ALGORITHM)
    def test_every_algorithm_of_a_keys_kind_is_taken(self, key_file, claims, algorithm):
        verifier = Verifier(load_token_keys([key_file(forger.BY_ALGORITHM[algorithm])]), ["uss.example"])
        assert verifier.verify(b"Bearer " + forge(claims, algorithm), NOW_US).subject == "uss1"

    @pytest.mark.parametrize("algorithm", forger.BY_ALGORITHM)
    def test_an_algorithm_of_another_kind_is_not(self, key_file, claims, algorithm):
        others = {id(key): key for key in forger.BY_ALGORITHM.values() if key is not forger.BY_ALGORITHM[algorithm]}
        verifier = Verifier(load_token_keys(map(key_file, others.values())), ["uss.example"])
        refusal(verifier, b"Bearer " + forge(claims, algorithm))

    @pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", "HS256", "RS1", "RS", "ES256K", "EdDSA"])
    def test_no_other_algorithm_is_known(self, verifier, claims, algorithm):
        signed = forge(claims, header={"alg": algorithm})
        refusal(verifier, b"Bearer " + signed)
        refusal(verifier, b"Bearer " + signed.rsplit(b".", 1)[0] + b".")

    def test_the_public_key_is_no_secret_to_sign_with(self, verifier, claims):
        for secret in (forger.public_pem(forger.RSA), forger.public_pem(forger.RSA).strip()):
            for algorithm in ("HS256", "HS384", "HS512"):
                assert "no token key" in refusal(verifier, b"Bearer " + forge(claims, algorithm, secret))

    def test_another_keys_signature_is_refused(self, verifier, claims):
        assert "no token key" in refusal(verifier, b"Bearer " + forge(claims, key=forger.OTHER_RSA))

    def test_every_key_is_tried(self, key_file, claims):
        keys = load_token_keys(map(key_file, (forger.P256, forger.OTHER_RSA, forger.RSA)))
        assert Verifier(keys, ["uss.example"]).verify(b"Bearer " + forge(claims), NOW_US)

    def test_the_key_id_is_ignored(self, verifier, claims):
        assert verifier.verify(b"Bearer " + forge(claims, header={"kid": "elsewhere", "jku": "x"}), NOW_US)

    @pytest.mark.parametrize("header", [{"crit": ["exp"]}, {"crit": []}, {"b64": False}, {"b64": True}, {"alg": 1}])
    def test_a_header_that_changes_what_is_signed_is_refused(self, verifier, claims, header):
        refusal(verifier, b"Bearer " + forge(claims, header=header))

    def test_a_token_with_any_character_changed_is_refused(self, verifier, claims):
        token = forge(claims)

        @settings(max_examples=400)
        @given(st.integers(0, len(token) - 1), st.integers(0, 255))
        def refused(place, byte):
            if token[place] != byte:
                refusal(verifier, b"Bearer " + token[:place] + bytes([byte]) + token[place + 1 :])

        refused()

    def test_a_token_has_one_spelling(self, verifier, claims):
        head, body, signature = forge(claims).split(b".")
        assert len(signature) % 4 == 2  # 256 bytes: the last character has four spare bits
        alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        other = signature[:-1] + alphabet[alphabet.index(signature[-1:]) + 1 :][:1]
        for spelling in (other, signature + b"==", signature + b".", signature.replace(b"-", b"+")):
            if spelling != signature:
                refusal(verifier, b"Bearer " + b".".join((head, body, spelling)))


class TestIssuers:
    def test_a_key_bound_to_an_issuer_speaks_for_no_other(self, key_file, claims):
        keys = load_token_keys([f"https://other.example={key_file(forger.RSA)}"])
        assert "speaks for its issuer" in refusal(Verifier(keys, ["uss.example"]), b"Bearer " + forge(claims))

    def test_an_issuer_with_a_key_of_its_own_is_spoken_for_by_no_unbound_key(self, key_file, claims):
        keys = load_token_keys([key_file(forger.RSA), f"{claims['iss']}={key_file(forger.OTHER_RSA)}"])
        verifier = Verifier(keys, ["uss.example"])
        refusal(verifier, b"Bearer " + forge(claims))
        assert verifier.verify(b"Bearer " + forge(claims, key=forger.OTHER_RSA), NOW_US).issuer == claims["iss"]

    def test_an_unbound_key_speaks_for_every_issuer_that_no_other_key_names(self, key_file, claims):
        keys = load_token_keys([key_file(forger.RSA), f"https://other.example={key_file(forger.OTHER_RSA)}"])
        assert Verifier(keys, ["uss.example"]).verify(b"Bearer " + forge(claims), NOW_US)

    def test_one_issuer_may_have_several_keys(self, key_file, claims):
        keys = load_token_keys([f"{claims['iss']}={key_file(key)}" for key in (forger.OTHER_RSA, forger.RSA)])
        assert Verifier(keys, ["uss.example"]).verify(b"Bearer " + forge(claims), NOW_US)


class TestRemembering:
    def test_a_remembered_token_is_not_verified_again(self, verifier, claims, monkeypatch):
        token = b"Bearer " + forge(claims)
        first = verifier.verify(token, NOW_US)
        monkeypatch.setattr("beforehand.auth.tokens.take_apart", None)
        assert verifier.verify(token, NOW_US + 1) is first

    def test_a_remembered_token_expires_to_the_microsecond(self, verifier, claims):
        claims["exp"] = NOW_US // 1_000_000 + 60
        token, expires_us = b"Bearer " + forge(claims), claims["exp"] * 1_000_000
        verifier.verify(token, NOW_US)
        assert verifier.verify(token, expires_us - 1)
        assert "expired" in refusal(verifier, token, expires_us)

    def test_no_more_tokens_are_remembered_than_were_asked_for(self, key_file, claims):
        verifier = Verifier(load_token_keys([key_file(forger.ED25519)]), ["uss.example"], remembered=3)
        for number in range(10):
            verifier.verify(b"Bearer " + forge(claims | {"sub": f"uss{number}"}, "EdDSA"), NOW_US)
            assert len(verifier) <= 3

    def test_the_longest_unused_is_forgotten_first(self, key_file, claims, monkeypatch):
        verifier = Verifier(load_token_keys([key_file(forger.ED25519)]), ["uss.example"], remembered=2)
        a, b, c = (b"Bearer " + forge(claims | {"sub": sub}, "EdDSA") for sub in "abc")
        for token in (a, b, a, c):
            verifier.verify(token, NOW_US)
        monkeypatch.setattr("beforehand.auth.tokens.take_apart", None)
        verifier.verify(a, NOW_US)
        verifier.verify(c, NOW_US)
        with pytest.raises(TypeError):
            verifier.verify(b, NOW_US)

    def test_bad_tokens_are_not_remembered(self, verifier, claims):
        for number in range(10):
            refusal(verifier, b"Bearer " + forge(claims | {"aud": str(number)}))
        assert len(verifier) == 0

    def test_remembering_never_changes_an_answer(self, key_file, claims):
        keys = load_token_keys([key_file(forger.ED25519)])
        second = NOW_US // 1_000_000
        times = st.none() | st.integers(second - 5, second + 5) | st.floats(second - 5, second + 5)
        expiries = st.integers(second - 5, second + 3_605) | st.floats(second - 5, second + 3_605)
        moments = st.integers(NOW_US - 10_000_000, NOW_US + 10_000_000)

        def answer(verifier, token, now_us):
            try:
                return verifier.verify(token, now_us)
            except Unauthenticated as error:
                return str(error)

        @given(expiries, times, times, st.lists(moments, min_size=2, max_size=6))
        def same(exp, nbf, iat, shown):
            token = b"Bearer " + forge(claims | {"exp": exp, "nbf": nbf, "iat": iat}, "EdDSA")
            remembering = Verifier(keys, ["uss.example"])
            for now_us in shown:
                assert answer(remembering, token, now_us) == answer(Verifier(keys, ["uss.example"]), token, now_us)

        same()


def test_no_refusal_quotes_the_token(verifier, claims):
    for changed in ({"aud": "x"}, {"sub": ""}, {"exp": 1}, {"scope": ["x"]}):
        token = forge(claims | changed)
        message = refusal(verifier, b"Bearer " + token)
        assert token.decode() not in message
        assert json.dumps(message)
        assert len(message) < 500
