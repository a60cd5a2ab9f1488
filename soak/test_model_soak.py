"""The core against the model for many more steps than `make test` has time for."""

from __future__ import annotations

from random import Random

import pytest

from core.comparing import compare

#: 100 programs of 1,000 steps: 100,000.
PROGRAMS, STEPS = 100, 1_000


@pytest.mark.parametrize("seed", range(1_000_000, 1_000_000 + PROGRAMS))
def test_the_core_answers_as_the_model_does(seed):
    compare(Random(seed), STEPS)
