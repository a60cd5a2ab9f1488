"""Whole days of bad luck, each from a seed (`soak/` has many more)."""

from __future__ import annotations

import pytest

from .simulated import run_seed


@pytest.mark.parametrize("seed", range(30))
def test_whatever_fails_all_that_was_answered_holds(seed):
    run_seed(seed)


def test_the_same_seed_is_the_same_day():
    assert run_seed(7) == run_seed(7) > 100
