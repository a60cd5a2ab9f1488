from __future__ import annotations

import pytest

from beforehand.wire.hotline.errors import REASONS, BadField


def test_every_reason_has_its_meaning() -> None:
    """H4.1: what is refused, is refused by a stable reason that is written down."""
    assert all(meaning.endswith(".") for meaning in REASONS.values())


def test_a_bad_field_says_where_and_what() -> None:
    """H4.1"""
    bad = BadField("volumes[0].lower", "bad_altitude", "must be a number.")
    assert str(bad) == "volumes[0].lower must be a number."
    assert (bad.field, bad.reason, bad.message) == ("volumes[0].lower", "bad_altitude", "must be a number.")


def test_no_reason_is_made_up() -> None:
    """H4.1"""
    with pytest.raises(AssertionError):
        BadField("volumes", "strange", "")
