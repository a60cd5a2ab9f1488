"""Ids and secrets of one command, from the random bytes of its stamp."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from beforehand.core.hotline.decide.drawing import drawn, new_id
from beforehand.core.stamp import Stamp


@given(st.binary(min_size=98, max_size=98))
def test_an_id_is_a_random_uuid(entropy):
    """H4.1: version 4, in lower case with dashes."""
    stamp = Stamp(0, entropy, 1)
    assert re.fullmatch("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", new_id(stamp))
    assert new_id(stamp) == new_id(stamp, "id") != new_id(stamp, "session")


def test_what_is_drawn_differs_by_stamp_and_by_what_it_is_for():
    """H3.2: and is the same each time, for a decision is a pure function of its stamp."""
    one, other = Stamp(5, b"a" * 98, 1), Stamp(5, b"b" * 98, 1)
    made = [drawn(one, "x"), drawn(one, "y"), drawn(other, "x"), drawn(other, "y")]
    assert len(set(made)) == 4
    assert drawn(Stamp(6, b"a" * 98, 2), "x") == made[0]
    assert {len(each) for each in made} == {32}


def test_every_bit_of_an_id_that_may_vary_does():
    """H4.1: nobody guesses one."""
    ids = [int(new_id(Stamp(0, bytes([n]) * 98, 1)).replace("-", ""), 16) for n in range(64)]
    ones = zeros = 0
    for each in ids:
        ones, zeros = ones | each, zeros | ~each
    varying = ones & zeros & ((1 << 128) - 1)
    assert bin(varying).count("1") == 122
