"""The fuzzer of bodies for a million requests."""

from __future__ import annotations

import pytest

from web.fuzzing import Fuzzed

SEEDS = range(1_000, 1_050)
STEPS = 20_000


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_a_body_says_it_is_refused_or_taken(seed):
    fuzzed = Fuzzed(seed)
    for _ in range(STEPS):
        fuzzed.step()
