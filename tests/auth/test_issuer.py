from __future__ import annotations

import os
import stat

import pytest

from beforehand.auth.identity import Unauthenticated
from beforehand.auth.issuer import IssuerError, load_private_key, make_key_pair, mint
from beforehand.auth.keys import load_token_keys
from beforehand.auth.tokens import Verifier

from . import forger
from .conftest import NOW_US

NOW_S = NOW_US / 1_000_000


def test_what_is_minted_is_believed(tmp_path):
    private, public = make_key_pair(tmp_path / "new" / "folder")
    token = mint(load_private_key(private), "https://i.example", "uss1", ["a", "b"], "uss.example", NOW_S, 3_600)
    verifier = Verifier(load_token_keys([f"https://i.example={public}"]), ["uss.example"])
    identity = verifier.verify(b"Bearer " + token.encode(), NOW_US)
    assert (identity.issuer, identity.subject, identity.scopes) == ("https://i.example", "uss1", {"a", "b"})


def test_a_token_ends_with_its_lifetime(tmp_path):
    token = b"Bearer " + mint(forger.RSA, "i", "uss1", [], "uss.example", NOW_S, 10).encode()
    (tmp_path / "k").write_bytes(forger.public_pem(forger.RSA))
    verifier = Verifier(load_token_keys([str(tmp_path / "k")]), ["uss.example"])
    assert verifier.verify(token, NOW_US + 9_000_000)
    with pytest.raises(Unauthenticated, match="expired"):
        verifier.verify(token, NOW_US + 10_000_000)


@pytest.mark.parametrize("lifetime_s", [0, -1, 3_601])
def test_no_token_lasts_longer_than_an_hour_or_not_at_all(lifetime_s):
    with pytest.raises(IssuerError, match="lifetime"):
        mint(forger.RSA, "i", "s", [], "a", NOW_S, lifetime_s)


@pytest.mark.parametrize("empty", ["issuer", "subject", "audience"])
def test_a_token_that_nobody_would_believe_is_not_minted(empty):
    given = {"issuer": "i", "subject": "s", "audience": "a"} | {empty: ""}
    with pytest.raises(IssuerError, match=empty):
        mint(forger.RSA, scopes=[], now_s=NOW_S, lifetime_s=60, **given)


def test_both_files_are_for_their_owner_alone(tmp_path):
    before = os.umask(0)
    try:
        files = make_key_pair(tmp_path)
    finally:
        os.umask(before)
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]


@pytest.mark.parametrize("there", ["token-key.pem", "token-key.pub.pem"])
def test_nothing_is_overwritten(tmp_path, there):
    (tmp_path / there).write_bytes(b"precious")
    with pytest.raises(IssuerError, match="none is overwritten"):
        make_key_pair(tmp_path)
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [(there, b"precious")]


def test_not_even_a_link_to_nowhere_is_followed(tmp_path):
    (tmp_path / "token-key.pem").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(IssuerError):
        make_key_pair(tmp_path)
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(IssuerError, match="file"):
        make_key_pair(tmp_path / "file")


@pytest.mark.parametrize(
    "data",
    [b"", b"x", forger.public_pem(forger.RSA), forger.private_pem(forger.P256), forger.private_pem(forger.ED25519)],
)
def test_only_a_private_rsa_key_mints(tmp_path, data):
    (tmp_path / "k").write_bytes(data)
    with pytest.raises(IssuerError, match="private RSA key"):
        load_private_key(tmp_path / "k")


def test_a_missing_key_file_is_named(tmp_path):
    with pytest.raises(IssuerError, match=r"missing\.pem"):
        load_private_key(tmp_path / "missing.pem")
