"""docs/scenarios.md and the schema beside it say what the code does, and the stories on the page are played."""

from __future__ import annotations

import re

import pytest

from beforehand.testing.scenario.outcome import expected, run
from beforehand.testing.scenario.reading import read_text
from beforehand.testing.scenario.schema import schema_text
from beforehand.testing.scenario.script import scripts
from beforehand.testing.scenario.story import ROWS, Story
from beforehand.wire.hotline.bodies import TermsBody

from .scenarios_page import HEADS, PAGE, written

TEXT = PAGE.read_text("utf-8")
STORIES = re.findall(r"```yaml\n(.*?)```", TEXT, re.S)


def test_the_tables_are_those_of_the_code():
    assert all(head in TEXT for head in HEADS.values())
    assert written(TEXT) == TEXT, "PYTHONPATH=tests .venv/bin/python -m docs.scenarios_page writes them anew"


def test_every_key_of_a_story_is_explained():
    keys = {*Story.__struct_fields__, *(field for kind in ROWS.values() for field in kind.__struct_fields__)}
    for key in (keys - {"statement"}) | set(TermsBody.__struct_fields__):
        assert f"`{key.rstrip('_')}`" in TEXT, key


def test_the_schema_beside_it_is_that_of_the_types():
    assert (PAGE.parent / "scenario.schema.json").read_text("utf-8") == schema_text(), (
        "beforehand scenario schema > docs/scenario.schema.json"
    )


@pytest.mark.parametrize("text", STORIES, ids=lambda text: text.partition("\n")[0])
def test_what_the_stories_on_the_page_expect_holds(text):
    outcome = run(scripts(read_text(text.encode(), "page.yaml"))[0])
    held = expected(outcome)
    assert held
    assert [each for each in held if not each.held] == []
