"""The JSON Schema is made from the types, and says of a story what reading it says."""

from __future__ import annotations

import jsonschema_rs
import pytest

from beforehand.testing.scenario.acts import ACTS
from beforehand.testing.scenario.reading import StoryError
from beforehand.testing.scenario.schema import schema
from beforehand.testing.scenario.script import expectations, scripts

from .stories import OURS, SMALL, document, text_of, values_of
from .test_script import WRONG

VALIDATOR = jsonschema_rs.validator_for(schema())


@pytest.mark.parametrize("name", OURS)
def test_our_stories_fit_it(name):
    assert [error.message for error in VALIDATOR.iter_errors(values_of(text_of(name)))] == []


def test_every_verb_has_its_body():
    rules = schema()["$defs"]["Step"]["allOf"]
    assert [each["if"]["properties"]["do"]["const"] for each in rules] == list(ACTS)


# What no schema can say: that a code is that of a party, that a time is one, and what is not spelled as it must be.
BEYOND = {"party", "person", "time", "spelling of a code", "a code twice", "own people", "no parties", "no title"}


@pytest.mark.parametrize("what", sorted(set(WRONG) - BEYOND))
def test_what_reading_refuses_it_refuses(what):
    right, wrong, _words = WRONG[what]
    read = document(SMALL.replace(right, wrong, 1))
    with pytest.raises(StoryError):
        scripts(read)
    assert not VALIDATOR.is_valid(read.values)


def test_what_is_expected_is_in_it_too():
    read = document(SMALL + "expect: [{rule: H4.2, times: often}]\n")
    assert not VALIDATOR.is_valid(read.values)
    with pytest.raises(StoryError, match=r"expect\[0\]\.times: must be a whole number, not a text"):
        expectations(read, None)
