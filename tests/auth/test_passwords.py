from __future__ import annotations

import sys
import unicodedata

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import HashingError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY
from hypothesis import given
from hypothesis import strategies as st

from beforehand.auth import passwords
from beforehand.auth.passwords import (
    PasswordError,
    PasswordUnchecked,
    hash_password,
    needs_rehash,
    verify_nothing,
    verify_password,
)

GOOD = "correct horse"


@pytest.fixture(scope="module")
def kept():
    return hash_password(GOOD)


@pytest.fixture
def worked(monkeypatch):
    """The hashes that were worked on, in place of doing the work."""
    seen = []

    def verify(hash, data):
        seen.append(hash)
        return True

    monkeypatch.setattr(passwords, "_hasher", type("Counting", (), {"verify": staticmethod(verify)}))
    return seen


def test_the_password_that_was_hashed_is_right_and_another_is_not(kept):
    assert verify_password(kept, GOOD)
    for other in (GOOD + "x", GOOD.upper(), " " + GOOD, "another password"):
        assert not verify_password(kept, other)


def test_a_hash_has_the_second_recommended_parameters_of_rfc_9106(kept):
    assert extract_parameters(kept) == RFC_9106_LOW_MEMORY
    assert not needs_rehash(kept)
    assert len(kept) == 97


def test_an_independent_reader_takes_the_same_hash(kept):
    assert PasswordHasher().verify(kept, GOOD)


def test_every_hash_has_a_salt_of_its_own(kept):
    assert hash_password(GOOD) != kept


def test_nothing_of_the_password_stands_in_its_hash(kept):
    assert not any(word in kept for word in GOOD.split())


def test_a_letter_is_the_same_in_one_code_point_or_two():
    assert verify_password(hash_password("Schlüssel é"), unicodedata.normalize("NFD", "Schlüssel é"))


class TestBounds:
    @pytest.mark.parametrize("password", ["", "short", "x" * 7, "e\u0301" * 7])
    def test_too_short_a_password_is_refused_and_told_how_short_it_is(self, password):
        with pytest.raises(
            PasswordError, match=f"has {len(unicodedata.normalize('NFC', password))} characters: give 8"
        ):
            hash_password(password)

    @pytest.mark.parametrize("password", ["x" * 257, "x" * 1_025, "e\u0301" * 257, "x" * 1_000_000])
    def test_too_long_a_password_is_refused(self, password):
        with pytest.raises(PasswordError, match="256"):
            hash_password(password)

    @pytest.mark.parametrize("password", ["x" * 8, "x" * 256, "e\u0301" * 256, "\U0001f681" * 256, "\0" * 8, "ᾂ" * 256])
    def test_up_to_the_bounds_any_characters_will_do(self, password):
        assert verify_password(hash_password(password), password)

    def test_half_a_character_is_refused(self):
        with pytest.raises(PasswordError, match="surrogate"):
            hash_password("password\ud800")

    def test_no_message_quotes_the_password(self):
        for password in ("hunter2", "hunter2\ud800", "hunter2" * 200):
            with pytest.raises(PasswordError) as caught:
                hash_password(password)
            assert "hunter2" not in str(caught.value)

    def test_a_text_beyond_four_times_the_bound_cannot_be_normalised_into_it(self):
        assert max(len(unicodedata.normalize("NFD", chr(code))) for code in range(sys.maxunicode + 1)) == 4

    @given(st.text(st.characters(), max_size=20))
    def test_any_text_has_bytes_to_hash_or_is_refused(self, text):
        try:
            assert passwords._bytes_of(text).decode() == unicodedata.normalize("NFC", text)
        except PasswordError:
            assert len(unicodedata.normalize("NFC", text)) < 8 or not text.isprintable()


class TestTheSameWork:
    def test_an_unknown_person_is_checked_against_a_hash_of_the_same_cost(self, worked):
        assert not verify_password(None, GOOD)
        assert verify_nothing(GOOD) is None
        assert len(worked) == 2
        assert all(extract_parameters(hash) == RFC_9106_LOW_MEMORY for hash in worked)

    def test_that_hash_is_one_that_is_really_computed(self):
        assert not verify_password(passwords._NOBODYS, GOOD)

    def test_what_no_hash_can_be_of_costs_nothing_whoever_asks(self, worked, kept):
        for hash in (None, kept):
            assert not verify_password(hash, "short")
            assert not verify_password(hash, "x" * 100_000)
        assert not worked


class TestDamage:
    @pytest.mark.parametrize(
        "change", [lambda kept: "", lambda kept: "x", lambda kept: kept[:-2], lambda kept: "é" + kept]
    )
    def test_a_damaged_hash_is_no_wrong_password(self, kept, change):
        with pytest.raises(PasswordUnchecked, match="cannot be checked"):
            verify_password(change(kept), GOOD)
        assert needs_rehash(change(kept))

    def test_where_memory_runs_out_nobody_is_told_that_the_password_is_wrong(self, kept, monkeypatch):
        class Exhausted:
            def verify(self, hash, data):
                raise VerificationError("Memory allocation error")

            def hash(self, data):
                raise HashingError("Memory allocation error")

        monkeypatch.setattr(passwords, "_hasher", Exhausted())
        for hash in (kept, None):
            with pytest.raises(PasswordUnchecked, match="Memory"):
                verify_password(hash, GOOD)
        with pytest.raises(PasswordUnchecked, match="Memory"):
            hash_password(GOOD)

    def test_a_hash_with_other_parameters_still_holds_and_is_due_for_a_new_one(self):
        old = PasswordHasher(time_cost=1, memory_cost=1_024, parallelism=1).hash(GOOD)
        assert verify_password(old, GOOD)
        assert needs_rehash(old)
