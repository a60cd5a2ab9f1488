"""What is printed: the four keys, branches side by side, and what is expected last of all."""

from __future__ import annotations

import json

import pytest

from beforehand.testing.scenario.outcome import NOT_PUBLISHED, run
from beforehand.testing.scenario.printing import all_hold, json_pieces, text_lines
from beforehand.testing.scenario.reading import StoryError
from beforehand.testing.scenario.script import scripts

from .stories import SMALL, document, played, text_of


@pytest.fixture(scope="module")
def branches():
    return [run(script) for script in scripts(document(text_of("latakia.yaml")))]


def test_the_four_keys_of_a_story_without_branches():
    outcome = played(SMALL)
    shown = json.loads("".join(json_pieces([outcome])))
    assert list(shown) == ["title", "claims", "branches", "timeline", "verdicts", "knew", "expectations"]
    assert {tuple(row) for row in shown["verdicts"]} == {("rule", "subject", "value")}
    assert {tuple(row) for row in shown["timeline"]} == {("at", "by", "do", "subject", "says")}
    assert [(row["notice"], row["viewer"]) for row in shown["knew"]] == [
        ("GREY: evening", "GREY"),
        ("GREY: evening", "TEAL"),
    ]


def test_of_several_branches_every_row_says_which(branches):
    shown = json.loads("".join(json_pieces(branches)))
    names = ["RU-MoD-18-Sep", "RU-MoD-23-Sep", "Israel", "FICTION"]
    assert [row["branch"] for row in shown["branches"]] == names
    for key in ("timeline", "verdicts"):
        assert list(dict.fromkeys(row["branch"] for row in shown[key])) == names
    for key in ("timeline", "verdicts", "knew", "expectations"):
        assert {next(iter(row)) for row in shown[key]} == {"branch"}


def test_claims_stand_side_by_side_and_nothing_is_settled(branches):
    """H8.2: each with its source; where nobody has published a value, that is said; fiction is not among them."""
    shown = json.loads("".join(json_pieces(branches)))
    for claim in [*shown["claims"], *(each for row in shown["branches"] for each in row["claims"])]:
        assert claim["source"]
        assert claim["by"]
    (lead,) = [row for row in shown["side_by_side"] if row["about"] == "H4.2"]
    assert [row["branch"] for row in lead["branches"]] == ["RU-MoD-18-Sep", "RU-MoD-23-Sep", "Israel"]
    assert [row["claimed"][0]["value"] for row in lead["branches"]] == ["1 min", "1 min", NOT_PUBLISHED]
    assert lead["branches"][2]["the_record_would_show"] == []
    text = "\n".join(text_lines(branches))
    assert "nobody has published a value" in text
    assert "In this branch the record would show nothing of it." in text
    assert "would have saved" not in text


def test_what_is_expected_is_read_when_all_else_is_printed():
    """A mistake in it shows only then."""
    outcome = played(SMALL + "expect: [{rules: H4.2}]\n")
    pieces = []
    with pytest.raises(StoryError, match=r"expect\[0\]: has the key 'rules'"):
        pieces.extend(json_pieces([outcome]))  # list.extend keeps what came before
    assert '"knew"' in "".join(pieces)
    lines = []
    with pytest.raises(StoryError):
        lines.extend(text_lines([outcome]))
    assert any(line.startswith("What each side knew") for line in "\n".join(lines).split("\n"))
    with pytest.raises(StoryError):
        all_hold([outcome])
