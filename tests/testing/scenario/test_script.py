"""What a stranger gets wrong in a story: the key path, what is wrong with it, and what to write instead."""

from __future__ import annotations

import pytest

from beforehand.testing.scenario.checks import will_be_refused
from beforehand.testing.scenario.names import Names
from beforehand.testing.scenario.reading import StoryError
from beforehand.testing.scenario.script import expectations, scripts

from .stories import OURS, SMALL, document, played, text_of, values_of

WRONG = {
    "top key": ("title: small", "title: small\nabout: x", "about: has the key 'about', which means nothing here."),
    "key of a step": ("do: notice give", "does: notice give", "Did you mean 'do'? Keys here: at, by, do, with."),
    "verb": ("do: notice give", "do: notice gave", "'notice gave' is no verb. Did you mean 'notice give'?"),
    "verb of the player": (
        "do: notice give",
        "do: party create",
        "`party create` is done by the player, from `parties`.",
    ),
    "key of a body": (
        "category:",
        "catgory:",
        "steps[0].with: has the key 'catgory', which means nothing here. Did you mean",
    ),
    "word": ("air_operation", "air_op", "'air_op' is none of: air_operation,"),
    "party": ("by: GREY", "by: GRAY", "names 'GRAY', which is no party of this story. There are: GREY, TEAL."),
    "person": (
        "by: GREY",
        "by: GREY/chief",
        "names 'chief', whom GREY does not have. There are: duty, senior, service",
    ),
    "time": ("at: 2027-03-05T18:39:00Z", "at: 18:39", "'18:39' is no time: must be an RFC 3339 time with zone"),
    "terms": (
        "lead_min:",
        "lead:",
        "agreements[0].terms: has the key 'lead', which means nothing here. Did you mean 'lead_min'?",
    ),
    "kind of value": (
        'lead_min: {"*": 20}',
        "lead_min: 20",
        "agreements[0].terms.lead_min: must be a mapping of keys, not a whole",
    ),
    "number for text": (
        "title: evening",
        "title: 5",
        "steps[0].with.title: must be a text, not a whole number. Put it in quotes.",
    ),
    "kind of party": (
        "{code: TEAL}",
        "{code: TEAL, kind: boss}",
        "parties[1].kind: 'boss' is none of: observer, participant.",
    ),
    "spelling of a code": ("{code: TEAL}", "{code: teal}", "parties[1].code: 'teal' cannot be taken."),
    "a code twice": ("{code: TEAL}", "{code: GREY}", "parties[1]: has the same `code` as parties[0]."),
    "own people": ("{code: TEAL}", "{code: TEAL, people: {duty: duty}}", "people.duty: is there in every party."),
    "missing key": (
        "do: notice give\n    with:",
        "with:",
        "steps[0]: has no `do`. Add it; keys here: at, by, do, with.",
    ),
    "no parties": ("parties: [{code: GREY}, {code: TEAL}]", "", "parties: is missing or empty."),
    "no title": ("title: small", "title: ''", "title: is missing."),
    "not a list": ("parties: [{code: GREY}, {code: TEAL}]", "parties: GREY", "parties: must be a list."),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_named_with_its_key_path(what):
    right, wrong, words = WRONG[what]
    assert right in SMALL
    with pytest.raises(StoryError) as caught:
        scripts(document(SMALL.replace(right, wrong, 1)))
    assert words in str(caught.value)
    assert str(caught.value).startswith("story.yaml")


def test_a_setup_that_the_service_refuses_names_the_entry():
    with pytest.raises(
        StoryError, match=r"story\.yaml:\d+: agreements\[0\]: `agreement propose` is refused \(unknown_code\)"
    ):
        played(
            SMALL.replace("tell: {", 'usable_min: {"*": 5}\n      tell: {').replace(
                "parties: [GREY, TEAL]", "parties: [GREY, BLUE]"
            )
        )


def test_a_story_without_a_time_has_no_beginning():
    story = values_of(SMALL) | {"steps": []}
    with pytest.raises(StoryError, match="steps: names no time"):
        played(story)


def test_a_name_that_nothing_has_is_told_of_and_refused_as_not_found():
    script = scripts(document(SMALL.replace("{notice: evening}", "{notice: evning}")))[0]
    assert "Did you mean 'evening'?" in next(wrong for _row, _key, wrong in Names(script).unknown())
    assert [line for line in will_be_refused(script) if "steps[1].with.notice" in line]
    outcome = played(SMALL.replace("{notice: evening}", "{notice: evning}"))
    assert [each.value for each in outcome.verdicts if each.rule == "H5.1"] == ["refused: not_found"]


def test_a_title_of_several_means_the_newest_that_was_made():
    story = values_of(SMALL)
    story["steps"].insert(1, {**story["steps"][0], "at": "2027-03-05T18:39:30Z"})
    assert not list(Names(scripts(document(story))[0]).unknown())
    for said, meant in (("evening", "GREY/2"), ("GREY/1", "GREY/1"), ("GREY/2", "GREY/2")):
        story["steps"][2]["with"] = {"notice": said}
        outcome = played(story)
        assert [each.subject for each in outcome.verdicts if each.value == "handed out"] == [
            f"{meant}: evening, version 1 to TEAL"
        ]


def test_a_title_does_not_mean_what_was_refused():
    """H4.4: what was refused as a draft and then given under `emergency` is one notice, by its title."""
    story = values_of(SMALL)
    first = story["steps"][0]
    volume = first["with"]["volumes"][0]
    backwards = {**volume, "from": volume["to"], "to": volume["from"]}
    given = {**first["with"], "volumes": [backwards]}
    story["steps"][0] = {**first, "with": {**given, "emergency": True}}
    story["steps"].insert(0, {**first, "at": "2027-03-05T18:30:00Z", "with": given})
    outcome = played(story)
    assert "refused: contradictory" in [each.value for each in outcome.verdicts]
    assert [each.subject for each in outcome.verdicts if each.value == "handed out"] == [
        "GREY/2: evening, version 1 to TEAL"
    ]


def test_a_branch_adds_to_the_common_lists_and_replaces_what_has_its_identity():
    story = values_of(SMALL)
    story["branches"] = {
        "a": {"label": "A"},
        "b": {
            "label": "B",
            "agreements": [
                {**story["agreements"][0], "terms": {"lead_min": {"*": 30}, "tell": {"*": ["GREY", "TEAL"]}}}
            ],
            "steps": [
                {"at": "2027-03-05T18:41:00Z", "by": "TEAL", "do": "receipt seen", "with": {"notice": "evening"}}
            ],
        },
    }
    a, b = scripts(document(story))
    assert (a.branch, a.label, len(a.steps), len(a.rows["agreements"])) == ("a", "A", 2, 1)
    assert (b.branch, len(b.steps), len(b.rows["agreements"])) == ("b", 3, 1)
    assert b.steps[2].path == "branches.b.steps[0]"
    with pytest.raises(StoryError, match=r"branches: has no branch 'c'\. There are: a, b\."):
        scripts(document(story), "c")
    del story["branches"]["a"]["label"]
    with pytest.raises(StoryError, match=r"branches\.a: has no `label`"):
        scripts(document(story))


@pytest.mark.parametrize("name", OURS)
def test_our_stories_can_be_read_whole(name):
    found = scripts(document(text_of(name)))
    assert [list(will_be_refused(script)) for script in found] == [[] for _ in found]
    for script in found:
        assert expectations(script.document, script.branch) or not script.steps


def test_expectations_are_not_looked_at_until_they_are_asked_for():
    broken = SMALL + "expect: [{rule: H4.2, values: 21 min}]\n"
    script = scripts(document(broken))[0]
    with pytest.raises(StoryError, match=r"expect\[0\]: has the key 'values'.* Did you mean 'value'\?"):
        expectations(script.document, None)
