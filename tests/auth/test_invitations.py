from __future__ import annotations

import base64
import hashlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.auth.invitations import (
    SECRET_BYTES,
    SECRET_MAX_CHARACTERS,
    SecretError,
    new_secret,
    same_digest,
    secret_digest,
)

ENTROPY = bytes(range(20))
SECRET = "aaaq-eaya-uayc-oka7-agna-wdic-cb2m-3t7w"
ENTROPIES = st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES)


def test_a_secret_is_its_random_bytes_in_eight_groups_of_four():
    secret = new_secret(ENTROPY)
    assert [len(group) for group in secret.split("-")] == [4] * 8
    assert base64.b32decode(secret.replace("-", "").upper()) == ENTROPY


@pytest.mark.parametrize("length", [0, 16, 19, 21, 98])
def test_it_is_made_from_160_bits_and_never_from_fewer(length):
    with pytest.raises(SecretError, match=f"20 random bytes, not from {length}"):
        new_secret(bytes(length))


@given(ENTROPIES, ENTROPIES)
def test_two_secrets_are_equal_only_if_their_bytes_are(one, other):
    assert (new_secret(one) == new_secret(other)) == (one == other)
    assert same_digest(secret_digest(new_secret(one)), secret_digest(new_secret(other))) == (one == other)


@given(ENTROPIES)
def test_the_digest_is_sha_256_of_the_bare_characters(entropy):
    secret = new_secret(entropy)
    assert secret_digest(secret) == hashlib.sha256(secret.replace("-", "").encode()).hexdigest()


@given(ENTROPIES, st.randoms(use_true_random=False))
def test_case_and_grouping_do_not_matter(entropy, random):
    secret = new_secret(entropy)
    typed = "".join(
        random.choice((c, c.upper(), f"{c} ", f"{c}-", f"\t{c}\n")) for c in secret if c != "-" or random.random() < 0.5
    )
    if len(typed) <= SECRET_MAX_CHARACTERS:
        assert secret_digest(typed) == secret_digest(secret)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-" * 32,
        SECRET[:-1],
        SECRET + "a",
        SECRET.replace("a", "0"),
        SECRET.replace("a", "1"),
        SECRET.replace("a", "8"),
        SECRET.replace("-", "_"),
        SECRET.replace("-", "\u2011"),
        SECRET.replace("-", "\u00a0"),
        SECRET.replace("a", "\u212a"),
        "\u212a" * 32,
        "ſ" * 32,
        SECRET + " " * SECRET_MAX_CHARACTERS,
        "\ud800" * 32,
        "a" * 10_000_000,
    ],
    ids=lambda text: ascii(text)[:24],
)
def test_what_is_no_secret_is_refused_and_not_quoted(text):
    with pytest.raises(SecretError, match="no secret of ours") as caught:
        secret_digest(text)
    assert len(str(caught.value)) < 200


@given(st.text(st.characters(), max_size=60) | st.text("abkqz2347-0189 ", min_size=28, max_size=42))
def test_any_text_gives_a_digest_or_that_refusal(text):
    with suppress(SecretError):
        assert len(secret_digest(text)) == 64


def test_digests_are_compared_whole_whatever_they_are():
    digest = secret_digest(new_secret(ENTROPY))
    assert same_digest(digest, digest)
    for other in ("", digest[:-1], digest + "0", digest.upper(), "é", "\ud800"):
        assert not same_digest(digest, other)
        assert not same_digest(other, digest)
