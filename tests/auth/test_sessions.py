from __future__ import annotations

import json
import multiprocessing
import os
import stat

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from beforehand.auth.identity import Identity, Unauthenticated
from beforehand.auth.keys import TokenKey, TokenKeyError, TokenKeys, load_token_keys
from beforehand.auth.scopes import OPERATIONS, Forbidden, require
from beforehand.auth.sessions import SERVICE, SessionError, SessionKey, load_or_make, new_session_key
from beforehand.auth.tokens import TOKEN_MAX_BYTES, Verifier

from . import forger
from .conftest import NOW_US
from .forger import forge

NOW_S = NOW_US / 1_000_000
SECOND_US = 1_000_000
KEY = new_session_key("north")
PERSON = {"party_code": "N", "person": "Ada", "role": "officer", "session": "s-1"}


def issued(key=KEY, **changed):
    given = PERSON | {"audience": "uss.example", "now_s": NOW_S, "lifetime_s": 3_600} | changed
    return key.issue(**given)


def bearer(token):
    return b"Bearer " + (token if isinstance(token, bytes) else token.encode())


@pytest.fixture
def verifier(key_file):
    """Believes one key that speaks for any issuer, and the node's own."""
    return Verifier(load_token_keys([key_file(forger.RSA)]).with_own(KEY.token_key()), ["uss.example"])


@pytest.fixture
def own_claims(claims):
    return claims | {
        "iss": "beforehand:north",
        "sub": "N",
        "scope": "beforehand.party",
        "person": "Ada",
        "role": "officer",
        "sid": "s-1",
    }


def refusal(verifier, token, now_us=NOW_US):
    with pytest.raises(Unauthenticated) as caught:
        verifier.verify(bearer(token), now_us)
    return str(caught.value)


class TestIssued:
    def test_a_token_says_which_person_of_which_party_in_which_role(self, verifier):
        identity = verifier.verify(bearer(issued()), NOW_US)
        scopes = frozenset({"beforehand.party"})
        assert identity == Identity("beforehand:north", "N", scopes, person="Ada", role="officer", session="s-1")
        assert identity is verifier.verify(bearer(issued()), NOW_US)  # remembered as any other

    def test_a_services_token_speaks_for_no_person(self, verifier):
        identity = verifier.verify(bearer(issued(person="", role=SERVICE, session="client-7")), NOW_US)
        assert (identity.person, identity.role, identity.session) == ("", "service", "client-7")

    @pytest.mark.parametrize("changed", [{"person": ""}, {"role": "service"}])
    def test_a_person_is_no_service_and_a_service_no_person(self, changed):
        with pytest.raises(SessionError, match="one of the two"):
            issued(**changed)

    def test_an_independent_reader_reads_the_same(self):
        public = KEY.token_key().public
        read = jwt.decode(issued(), public, ["EdDSA"], {"verify_exp": False}, audience="uss.example")
        assert read == {
            "iss": "beforehand:north",
            "sub": "N",
            "aud": "uss.example",
            "exp": int(NOW_S) + 3_600,
            "scope": "beforehand.party",
            "person": "Ada",
            "role": "officer",
            "sid": "s-1",
        }

    def test_it_opens_no_operation_of_the_standard(self, verifier):
        identity = verifier.verify(bearer(issued()), NOW_US)
        for options in OPERATIONS.values():
            with pytest.raises(Forbidden):
                require(identity, options)

    def test_it_ends_with_its_lifetime(self, verifier):
        token, end_us = issued(lifetime_s=10), (int(NOW_S) + 10) * SECOND_US
        assert verifier.verify(bearer(token), end_us - 1)
        assert "expired" in refusal(verifier, token, end_us)
        assert "expired" in refusal(Verifier(TokenKeys([KEY.token_key()]), ["uss.example"]), token, end_us)

    @pytest.mark.parametrize("lifetime_s", [0, -1, 3_601, 10**9])
    def test_none_lasts_longer_than_an_hour_or_not_at_all(self, lifetime_s):
        with pytest.raises(SessionError, match="lifetime"):
            issued(lifetime_s=lifetime_s)

    @pytest.mark.parametrize(
        ("field", "most"),
        [("party_code", 255), ("person", 128), ("role", 64), ("session", 128), ("audience", 255)],
    )
    def test_what_it_says_is_bounded_and_printable(self, field, most):
        assert issued(**{field: "x" * most})
        for text in ("x" * (most + 1), "a\nb", "\0", "\u2028", "\ud800"):
            with pytest.raises(SessionError, match=f"1 to {most} printable"):
                issued(**{field: text})

    @pytest.mark.parametrize("field", ["party_code", "role", "session", "audience"])
    def test_nothing_but_the_person_may_be_empty(self, field):
        with pytest.raises(SessionError, match="printable"):
            issued(**{field: ""})

    def test_the_longest_token_is_not_too_long(self):
        wide = {
            name: "\U0001f681" * most
            for name, most in (("party_code", 255), ("person", 128), ("role", 64), ("session", 128), ("audience", 255))
        }
        key = new_session_key("n" * 64)
        token = issued(key, **wide)
        assert len(token) <= TOKEN_MAX_BYTES
        identity = Verifier(TokenKeys([key.token_key()]), [wide["audience"]]).verify(bearer(token), NOW_US)
        assert (identity.subject, identity.person) == (wide["party_code"], wide["person"])

    @given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
    def test_what_is_issued_is_believed_as_it_was_said_or_is_not_issued(self, party_code, person, role, session):
        try:
            token = issued(party_code=party_code, person=person, role=role, session=session)
        except SessionError:
            return
        identity = Verifier(TokenKeys([KEY.token_key()]), ["uss.example"]).verify(bearer(token), NOW_US)
        said = (identity.subject, identity.person, identity.role, identity.session)
        assert said == (party_code, person, role, session)


class TestForged:
    def test_the_forger_could_do_it_with_the_nodes_key(self, verifier, own_claims):
        assert verifier.verify(bearer(forge(own_claims, "EdDSA", KEY.private)), NOW_US).person == "Ada"

    def test_another_issuers_word_on_persons_is_ignored(self, verifier, own_claims):
        for issuer in (
            "https://issuer.example",
            "beforehand:south",
            "beforehand:",
            "Beforehand:north",
            "beforehand:north ",
        ):
            identity = verifier.verify(bearer(forge(own_claims | {"iss": issuer})), NOW_US)
            assert identity == Identity(issuer, "N", frozenset({"beforehand.party"}))
            assert (identity.person, identity.role, identity.session) == (None, None, None)

    @pytest.mark.parametrize("value", [1, True, ["admin"], {"a": "b"}, None])
    def test_whatever_its_kind(self, verifier, claims, value):
        identity = verifier.verify(bearer(forge(claims | {"person": value, "role": value, "sid": value})), NOW_US)
        assert (identity.person, identity.role, identity.session) == (None, None, None)

    def test_another_key_does_not_speak_for_the_node(self, verifier, own_claims):
        assert "no token key of its issuer" in refusal(verifier, forge(own_claims))
        assert "no token key of its issuer" in refusal(verifier, forge(own_claims, "EdDSA"))
        assert "no token key of its issuer" in refusal(verifier, issued(new_session_key("north")))

    def test_the_nodes_key_speaks_for_no_other_issuer(self, verifier, own_claims):
        token = forge(own_claims | {"iss": "https://issuer.example"}, "EdDSA", KEY.private)
        assert "no token key of its issuer" in refusal(verifier, token)

    def test_an_unsigned_token_is_refused(self, verifier, own_claims):
        refusal(verifier, forge(own_claims, "none"))
        refusal(verifier, forge(own_claims, "none").rstrip(b".") + b".AA")
        head, body, _ = issued().split(".")
        for token in (f"{head}.{body}.", f"{head}.{body}"):
            refusal(verifier, token)

    def test_the_public_key_is_no_secret_to_sign_with(self, verifier, own_claims):
        public = KEY.token_key().public
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        for secret in (
            raw,
            forger.base64url(raw),
            forger.public_pem(KEY.private),
            forger.public_pem(KEY.private).strip(),
        ):
            for algorithm in ("HS256", "HS384", "HS512"):
                assert "no token key" in refusal(verifier, forge(own_claims, algorithm, secret))

    @pytest.mark.parametrize(
        ("changed", "says"),
        [
            ({"exp": int(NOW_S)}, "expired"),
            ({"exp": int(NOW_S) + 3_601}, "more than one hour ahead"),
            ({"exp": int(NOW_S) + 86_400}, "more than one hour ahead"),
            ({"exp": None}, "`exp` is missing"),
            ({"aud": "elsewhere"}, "audience"),
            ({"aud": None}, "audience"),
            ({"sub": ""}, "`sub`"),
            ({"person": None}, "person"),
            ({"role": 1}, "role"),
            ({"sid": ["s-1"]}, "sid"),
        ],
    )
    def test_not_even_the_nodes_key_signs_more_than_it_may(self, verifier, own_claims, changed, says):
        assert says in refusal(verifier, forge(own_claims | changed, "EdDSA", KEY.private))

    @pytest.mark.parametrize("claim", ["person", "role", "sid"])
    def test_a_token_of_the_node_says_all_three(self, verifier, own_claims, claim):
        del own_claims[claim]
        assert claim in refusal(verifier, forge(own_claims, "EdDSA", KEY.private))

    def test_a_token_with_any_bit_changed_is_refused(self, verifier):
        token = issued().encode()
        for bit in range(len(token) * 8):
            changed = bytearray(token)
            changed[bit // 8] ^= 1 << bit % 8
            refusal(verifier, bytes(changed))

    def test_claims_cannot_be_moved_from_one_token_to_another(self, verifier):
        head, _, signature = issued(person="Ada").split(".")
        _, body, _ = issued(person="Eve").split(".")
        assert "no token key" in refusal(verifier, f"{head}.{body}.{signature}")


class TestTokenKeys:
    def test_the_nodes_key_comes_to_the_others(self, key_file, claims):
        keys = load_token_keys([key_file(forger.P256), f"{claims['iss']}={key_file(forger.RSA)}"])
        both = keys.with_own(KEY.token_key())
        assert (len(keys), len(both)) == (2, 3)
        verifier = Verifier(both, ["uss.example"])
        for token in (issued(), forge(claims), forge(claims | {"iss": "x"}, "ES256")):
            assert verifier.verify(bearer(token), NOW_US)

    def test_no_other_key_can_be_given_for_the_node(self, key_file):
        keys = load_token_keys([f"beforehand:north={key_file(forger.RSA)}"])
        with pytest.raises(TokenKeyError, match="this node itself"):
            keys.with_own(KEY.token_key())
        assert len(keys.with_own(new_session_key("south").token_key())) == 2

    def test_a_key_of_its_own_is_bound_to_an_issuer(self):
        public = KEY.token_key().public
        with pytest.raises(TokenKeyError, match="bound to no issuer"):
            TokenKeys([TokenKey(public, frozenset({"EdDSA"}), None, "x", own=True)])

    def test_a_key_from_a_file_is_never_the_nodes_own(self, tmp_path, own_claims):
        (tmp_path / "k").write_bytes(forger.public_pem(KEY.private))
        verifier = Verifier(load_token_keys([f"beforehand:north={tmp_path / 'k'}"]), ["uss.example"])
        assert verifier.verify(bearer(issued()), NOW_US).person is None


class TestFile:
    def test_the_key_is_made_once_and_then_the_same(self, tmp_path):
        first = load_or_make(tmp_path, "north")
        again = load_or_make(tmp_path, "north")
        assert first.issuer == again.issuer == "beforehand:north"
        assert Verifier(TokenKeys([again.token_key()]), ["uss.example"]).verify(bearer(issued(first)), NOW_US)

    def test_the_file_is_for_its_owner_alone_and_nothing_else_is_left(self, tmp_path):
        before = os.umask(0)
        try:
            load_or_make(tmp_path, "north")
        finally:
            os.umask(before)
        (file,) = tmp_path.iterdir()
        assert file.name == "session-key.pem"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    def test_processes_that_race_get_the_same_key(self, tmp_path):
        context = multiprocessing.get_context("spawn")
        with context.Pool(4) as pool:
            for round_ in range(10):
                folder = tmp_path / str(round_)
                folder.mkdir()
                assert len(set(pool.map(public_of_folder, [folder] * 8, chunksize=1))) == 1
                assert [file.name for file in folder.iterdir()] == ["session-key.pem"]

    def test_who_loses_the_race_takes_the_winners_key(self, tmp_path, monkeypatch):
        winner = load_or_make(tmp_path, "north")
        looked = []
        really_load = load_or_make.__globals__["_load"]

        def load(file):
            looked.append(file)
            if len(looked) == 1:
                raise FileNotFoundError
            return really_load(file)

        monkeypatch.setitem(load_or_make.__globals__, "_load", load)
        assert public_of(load_or_make(tmp_path, "north")) == public_of(winner)
        assert [file.name for file in tmp_path.iterdir()] == ["session-key.pem"]

    @pytest.mark.parametrize("data", [b"", b"x", forger.private_pem(forger.RSA), forger.public_pem(forger.ED25519)])
    def test_a_damaged_key_is_said_and_left_alone(self, tmp_path, data):
        (tmp_path / "session-key.pem").write_bytes(data)
        with pytest.raises(SessionError, match="logs in anew"):
            load_or_make(tmp_path, "north")
        assert (tmp_path / "session-key.pem").read_bytes() == data

    def test_a_folder_that_cannot_be_used_is_named(self, tmp_path):
        with pytest.raises(SessionError, match="missing"):
            load_or_make(tmp_path / "missing", "north")
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(SessionError, match="file"):
            load_or_make(tmp_path / "file", "north")

    def test_a_link_to_nowhere_is_not_followed(self, tmp_path):
        (tmp_path / "session-key.pem").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(SessionError):
            load_or_make(tmp_path, "north")
        assert [file.name for file in tmp_path.iterdir()] == ["session-key.pem"]

    @pytest.mark.parametrize("name", ["", "a b", "a\n", "é", "a:b", "x" * 65])
    def test_a_node_has_a_name_as_its_settings_allow(self, tmp_path, name):
        for make in (new_session_key, lambda name: load_or_make(tmp_path, name)):
            with pytest.raises(SessionError, match="no name of a node"):
                make(name)
        assert not list(tmp_path.iterdir())

    def test_nothing_of_the_key_is_shown(self):
        private = KEY.private.private_bytes_raw()
        shown = f"{KEY!r} {KEY} {KEY.token_key()!r}"
        assert private.hex() not in shown
        assert repr(private) not in shown
        assert isinstance(KEY, SessionKey)
        assert json.dumps(shown)


def public_of(key):
    return key.private.public_key().public_bytes_raw()


def public_of_folder(folder):
    return public_of(load_or_make(folder, "north"))
