from __future__ import annotations

import json
import time

import pytest

from beforehand.auth.keys import load_token_keys
from beforehand.auth.tokens import Verifier


@pytest.fixture
def keys(beforehand, tmp_path):
    status, out, _err = beforehand("token", "--new-key", tmp_path / "keys", "--json")
    assert status == 0
    return json.loads(out)


def asked(keys, *more):
    return ("token", "--key", keys["private"], "--issuer", "me", "--sub", "uss1", "--audience", "here", *more)


def verified(keys, token):
    verifier = Verifier(load_token_keys([f"me={keys['public']}"]), ["here"])
    return verifier.verify(b"Bearer " + token.strip().encode(), time.time_ns() // 1_000)


def test_a_token_minted_here_is_believed_by_the_server(beforehand, keys):
    status, out, err = beforehand(*asked(keys, "--scope", "utm.a", "utm.b", "--scope", "utm.c"))
    assert (status, err) == (0, "")
    assert out.count("\n") == 1
    identity = verified(keys, out)
    assert (identity.issuer, identity.subject, identity.scopes) == ("me", "uss1", {"utm.a", "utm.b", "utm.c"})


def test_json_says_when_it_expires(beforehand, keys):
    before = int(time.time())
    status, out, _err = beforehand(*asked(keys, "--lifetime", "60", "--json"))
    answer = json.loads(out)
    assert status == 0
    assert before + 60 <= answer["expires_at"] <= int(time.time()) + 60
    assert verified(keys, answer["access_token"]).scopes == frozenset()


def test_a_key_pair_is_never_overwritten(beforehand, keys, tmp_path):
    status, out, err = beforehand("token", "--new-key", tmp_path / "keys")
    assert (status, out) == (1, "")
    assert "none is overwritten" in err


def test_making_a_key_pair_says_where_it_is(beforehand, tmp_path):
    status, out, _err = beforehand("token", "--new-key", tmp_path)
    assert status == 0
    assert out == f"private: {tmp_path}/token-key.pem\npublic: {tmp_path}/token-key.pub.pem\n"


@pytest.mark.parametrize("left_out", ["--key", "--issuer", "--sub", "--audience"])
def test_what_a_token_needs_is_named(beforehand, keys, left_out):
    arguments = list(asked(keys))
    at = arguments.index(left_out)
    status, out, err = beforehand(*arguments[:at], *arguments[at + 2 :])
    assert (status, out) == (2, "")
    assert left_out in err


def test_a_key_pair_and_a_token_are_two_commands(beforehand, keys, tmp_path):
    status, _out, err = beforehand(*asked(keys, "--new-key", tmp_path / "other"))
    assert status == 2
    assert "give it alone" in err
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("lifetime", ["0", "3601"])
def test_no_token_lasts_longer_than_an_hour(beforehand, keys, lifetime):
    status, out, err = beforehand(*asked(keys, "--lifetime", lifetime))
    assert (status, out) == (1, "")
    assert "lifetime" in err


def test_the_public_half_mints_nothing(beforehand, keys):
    status, out, err = beforehand(*asked(keys | {"private": keys["public"]}))
    assert (status, out) == (1, "")
    assert "private RSA key" in err
