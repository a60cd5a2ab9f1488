"""The core against the model: every reply, every entry's claim, every table, after every step."""

from __future__ import annotations

import json
from collections import Counter
from random import Random
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beforehand.core.machine import EpochOpened
from beforehand.core.stamp import Refusal
from beforehand.core.strategic.decide import availability
from beforehand.core.strategic.events import StrategicEvent
from beforehand.core.strategic.replies import REASONS

from .comparing import Divergence, compare, shrunk

#: The step count that `make test` promises, four times over.
PROGRAMS, STEPS = 40, 200
#: What requests of the world come to. What an operator does, and the hotline, have tests of their own.
KINDS = (EpochOpened, *get_args(StrategicEvent))


def test_the_core_answers_as_the_model_does():
    reasons: Counter[str] = Counter()
    written: Counter[str] = Counter()

    def watch(_pair, _command, reply):
        if isinstance(reply, Refusal):
            reasons[reply.reason] += 1

    for seed in range(PROGRAMS):
        pair = compare(Random(seed), STEPS, watch)
        written.update(json.loads(each.facts)["type"] for each in pair.core.journal)
    assert set(reasons) == set(REASONS), "the world is too tame: it never came to some refusal"
    assert set(written) == {event.__struct_config__.tag for event in KINDS}


@settings(max_examples=30, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_core_answers_as_the_model_does_however_it_is_asked(random):
    compare(random, 25)


def test_a_divergence_is_shrunk_to_the_steps_that_matter(monkeypatch):
    right = availability.version_of
    monkeypatch.setattr(availability, "version_of", lambda stamp: right(stamp)[:-1] + "!")
    with pytest.raises(Divergence) as caught:
        compare(Random(1), 400)
    assert len(shrunk(caught.value)) == 1
