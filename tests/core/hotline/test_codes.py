"""Codes of parties, and the order of two of them."""

from __future__ import annotations

import pytest

from beforehand.core.hotline.codes import pair, skeleton
from core.hotline.line import Line


@pytest.mark.parametrize(
    ("one", "other"),
    [("OAK", "0AK"), ("KIL", "K1L"), ("K1L", "KLL"), ("TEAS", "TEA5"), ("ZULU", "2ULU"), ("BRAVO", "8RAVO")],
)
def test_codes_that_a_tired_reader_takes_for_each_other_are_one(one, other):
    """H1.1: O and 0, I and 1 and L, S and 5, Z and 2, B and 8."""
    assert skeleton(one) == skeleton(other)


def test_no_other_letters_are_taken_for_each_other():
    """H1.1: of all letters and digits, only these five groups."""
    groups: dict[str, str] = {}
    for character in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-":
        kept = skeleton(character)
        groups[kept] = groups.get(kept, "") + character
    assert sorted(each for each in groups.values() if len(each) > 1) == ["B8", "IL1", "O0", "S5", "Z2"]


def test_a_pair_is_in_the_order_in_which_they_came_whoever_asks():
    """H3.2: no code decides, so that swapping two codes swaps nothing else."""
    line = Line()
    line.party("ZINC"), line.party("ARAL")
    assert pair(line.state, "ZINC", "ARAL") == ("ZINC", "ARAL")
    assert pair(line.state, "ARAL", "ZINC") == ("ZINC", "ARAL")
    assert pair(line.state, "ARAL", "NOBODY") == ("ARAL", "NOBODY")
    assert pair(line.state, "NOBODY", "ARAL") == ("NOBODY", "ARAL")
