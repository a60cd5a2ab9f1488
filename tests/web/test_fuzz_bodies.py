"""Whatever a body says, it is refused for a stated reason or becomes a command that the core takes."""

from __future__ import annotations

import pytest

from .fuzzing import Fuzzed

SEEDS = range(10)
STEPS = 2_000


@pytest.mark.timeout(120)  # none of them may hang
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_a_body_says_it_is_refused_or_taken(seed: int) -> None:
    fuzzed = Fuzzed(seed)
    for _ in range(STEPS):
        fuzzed.step()
    # All three ways are taken often, else this would show nothing.
    assert min(fuzzed.taken, fuzzed.refused, fuzzed.malformed) > STEPS // 20
