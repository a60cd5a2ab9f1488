"""docs/rules.md is what the tests say, every rule that is built has a test, and no test names a rule that there is not."""

from __future__ import annotations

from typing import get_args

import pytest

from beforehand.core.machine import Event
from beforehand.web.hotline.description import REASONS
from beforehand.wire.hotline.verbs import VERBS

from .rules import RULES, exists
from .rules_page import PAGE, page, proofs


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(), "write it anew: make docs"


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_that_is_built_has_a_test(rule: str) -> None:
    assert exists(rule)
    assert [proof for proof in proofs() if rule in proof.rules], f"no docstring of a test names {rule}"


def test_no_test_and_no_verb_names_a_rule_that_there_is_not() -> None:
    for proof in proofs():
        assert all(map(exists, proof.rules)), proof
    for verb in VERBS:
        assert verb.rules, verb.name
        assert set(verb.rules) <= set(RULES), verb.name


def test_refusals_and_events_of_rules_are_there() -> None:
    tags = {event.__struct_config__.tag for event in get_args(Event)}
    for rule, (says, refusals, events) in RULES.items():
        assert set(refusals) <= set(REASONS), rule
        assert set(events) <= tags, rule
        assert says.endswith("."), rule
