"""Many more of a node's bad days than `make test` has time for. A failure names its seed."""

from __future__ import annotations

import pytest

from node.simulated import run_seed

SEEDS = 2_000


@pytest.mark.parametrize("first", range(1_000, 1_000 + SEEDS, 100))
def test_whatever_fails_all_that_was_answered_holds(first):
    for seed in range(first, first + 100):
        run_seed(seed)
