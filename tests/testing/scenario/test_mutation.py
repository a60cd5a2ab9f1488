"""Edited copies of the evening: every verdict changes as arithmetic says, and nothing else does."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from beforehand.testing.scenario.outcome import expected
from beforehand.testing.scenario.printing import json_pieces, text_lines

from .stories import fiction, played, said, text_of, values

NOTICE, TO_TEAL = "GREY: evening work, version 1", "GREY: evening work, version 1 to TEAL"


@pytest.fixture(scope="module")
def evening():
    return played(fiction())


def test_as_it_is(evening):
    """H4.2 H4.3 H1.2: the evening of which copies are edited below."""
    assert values(evening, "H4.2", NOTICE) == ["notice lead 21 min"]
    assert "lead: met" in values(evening, "H4.3", f"{NOTICE}; agreement Coast")
    assert said(evening, "H5.6") == []
    assert [value for value in values(evening, "H1.2") if "NOBODY" in value] == [
        "NOBODY RELAYS to COAST-AD, beside its zone TEAL: coastal battery"
    ]


def test_the_call_20_minutes_earlier(evening):
    """H4.2 H5.6 H7.1: 21 minutes become 41, and three stages are overdue before TEAL looks; nothing else of it changes."""
    story = fiction()
    story["steps"][0]["at"] = "2027-03-05T21:19:00+03:00"
    outcome = played(story)
    assert values(outcome, "H4.2", NOTICE) == ["notice lead 41 min"]
    assert "lead: met" in values(outcome, "H4.3", f"{NOTICE}; agreement Coast")
    assert values(outcome, "H5.6", TO_TEAL) == [
        "DELIVERED missed: was due 2027-03-05T18:20:00Z; goes to senior",
        "SEEN missed: was due 2027-03-05T18:22:00Z; goes to senior",
        "UNDERSTOOD missed: was due 2027-03-05T18:29:00Z; goes to senior",
        "DISSEMINATED missed: was due 2027-03-05T18:34:00Z; goes to senior",
    ]
    assert len(values(outcome, "H7.1", TO_TEAL)) == 3
    # When TEAL looked, and where the patrol flies, has not changed.
    assert values(outcome, "H4.2", TO_TEAL) == values(evening, "H4.2", TO_TEAL)
    rest = [row for row in said(outcome) if row[0] not in ("H5.6", "H7.1") and row[2] != "notice lead 41 min"]
    was = [row for row in said(evening) if row[0] != "H7.1" and row[2] != "notice lead 21 min"]
    assert rest == was


def test_the_call_12_minutes_later(evening):
    """H4.2 H4.3: 9 minutes are 11 too few; what was done before it was given is refused, for there was nothing yet."""
    story = fiction()
    story["steps"][0]["at"] = "2027-03-05T21:51:00+03:00"
    outcome = played(story)
    assert values(outcome, "H4.2", NOTICE) == ["notice lead 9 min"]
    assert "lead: not met (by 11 min)" in values(outcome, "H4.3", f"{NOTICE}; agreement Coast")
    assert len([row for row in said(outcome) if row[2] == "refused: not_found"]) == 22
    assert values(outcome, "H5.6", TO_TEAL)[0] == "DELIVERED missed: was due 2027-03-05T18:52:00Z; goes to senior"


def test_the_volume_moved_to_another_city(evening):
    """H4.5 H4.8 H4.9 H5.3 H1.2 H6.4: no meeting, no zone, words that do not fit, and read-backs that are wrong."""
    story = fiction()
    story["steps"][0]["with"]["volumes"][0]["circle"] = [36.20, 37.16, 5500]
    outcome = played(story)
    assert (
        said(outcome, "H4.8", "CONFLICT") == said(outcome, "H4.9", "meets") == said(outcome, "H6.4", "in active") == []
    )
    assert [value for value in values(outcome, "H1.2") if "RELAY" in value] == []
    assert any(value.startswith("TEXT_GEOMETRY_MISMATCH") for value in values(outcome, "H4.5", NOTICE))
    tries = [
        value for value in values(outcome, "H5.3", TO_TEAL) if value.startswith("read-back") and "opened" not in value
    ]
    assert tries == ["read-back 1 wrong: area", "read-back 2 wrong: area"]
    assert "after two wrong read-backs both officers are asked onto a call" in values(outcome, "H5.3", TO_TEAL)
    assert [row[2] for row in said(outcome, None, "refused")] == [
        "refused: not_understood", "refused: nothing_to_release", "refused: not_understood"]  # fmt: skip
    assert values(outcome, "H4.2", NOTICE) == ["notice lead 21 min"]


def test_no_zone(evening):
    """H1.2 H6.4 H4.9: nothing of the zone is left; the patrol is met as before, and ten minutes suffice."""
    story = fiction()
    del story["zones"]
    outcome = played(story)
    assert said(outcome, None, "coastal battery") == said(outcome, None, "NOBODY RELAYS") == []
    assert said(outcome, "H4.9", "movement") == said(evening, "H4.9", "movement TEAL: patrol:")
    assert [value for value in values(outcome, "H4.9") if value.startswith("advice")] == [
        "advice: Clears all that you may see: 10 min later."
    ]


def test_no_movement(evening):
    """H4.9 H6.4: the zone is met as before, nobody is warned of an aircraft in it, and its end decides the advice."""
    story = fiction()
    del story["movements"]
    outcome = played(story)
    assert said(outcome, None, "patrol") == []
    assert said(outcome, "H6.4", "in active") == []
    assert said(outcome, "H4.9", "zone") == said(evening, "H4.9", "meets zone")
    assert said(outcome, "H1.2", "NOBODY") == said(evening, "H1.2", "NOBODY")
    assert [value for value in values(outcome, "H4.9") if value.startswith("advice")] == [
        "advice: Clears all that you may see: 15 min later."
    ]


def test_three_parties(evening):
    """H4.7 H5.6 H7.1 H3.2: the third is told too, has its own phrase, and its silence is one of its own."""
    story = fiction()
    story["parties"].append({"code": "BLUE"})
    agreement = story["agreements"][0]
    agreement["parties"].append("BLUE")
    agreement["terms"]["tell"]["*"].append("BLUE")
    at = story["steps"][-1]["at"]
    story["steps"].append(
        {"at": at, "by": "GREY", "do": "phrase show", "with": {"notice": "evening work", "party": "BLUE"}}
    )
    outcome = played(story)
    assert values(outcome, "H4.7", "GREY: evening work, version 1 to BLUE") == ["told volumes 1 of 1: agreement Coast"]
    assert values(outcome, "H5.6", "GREY: evening work, version 1 to BLUE") == [
        "DELIVERED missed: was due 2027-03-05T18:40:00Z; goes to senior",
        "SEEN missed: was due 2027-03-05T18:42:00Z; goes to senior",
    ]
    phrases = [value.partition(":")[0] for value in values(outcome, "H3.2") if value.startswith("check phrase")]
    assert len(phrases) == 3
    assert len(set(phrases)) == 2
    assert phrases[0] == phrases[1]
    # Of GREY and TEAL all is as before, but for the phrases, and who signs last.
    kept = [row for row in said(outcome) if "BLUE" not in f"{row}" and row[0] not in ("H3.2", "H7.2")]
    assert kept == [row for row in said(evening) if row[0] not in ("H3.2", "H7.2") and "seen by TEAL" not in row[2]]


def swap(text):
    return re.sub(r"GREY|TEAL", lambda found: {"GREY": "TEAL", "TEAL": "GREY"}[found[0]], text)


def printed(story):
    outcome = played(story)
    return "".join(json_pieces([outcome])), "\n".join(text_lines([outcome]))


def test_swapped_codes_give_the_same_output_with_names_swapped():
    """P6: byte for byte, in JSON and in text."""
    text = yaml.safe_dump(fiction(), sort_keys=False)
    straight, crossed = printed(text), printed(swap(text))
    assert straight != crossed
    assert straight == tuple(swap(each) for each in crossed)


def test_codes_of_other_lengths_change_names_alone():
    """P6: nothing is sorted, padded or drawn by a code."""
    text = yaml.safe_dump(fiction(), sort_keys=False)
    renamed = text.replace("GREY", "ZULU-COMMAND").replace("TEAL", "AB")
    assert printed(text) == tuple(
        each.replace("ZULU-COMMAND", "GREY").replace("AB", "TEAL") for each in printed(renamed)
    )


def test_deleting_what_is_expected_changes_nothing_else():
    story = fiction()
    with_, _ = printed(story)
    del story["expect"]
    without, _ = printed(story)
    assert without.partition('"expectations"')[0] == with_.partition('"expectations"')[0]
    assert len(json.loads(with_)["expectations"]) == 17
    assert json.loads(without)["expectations"] == []


def test_the_order_of_steps_in_the_file_does_not_matter():
    story = fiction()
    straight = said(played(story))
    story["steps"].reverse()
    backwards = [row for row in said(played(story)) if row[0] != "H3.2"]
    assert backwards == [row for row in straight if row[0] != "H3.2"]


@pytest.mark.parametrize("minutes", [1, 19, 20, 21, 60])
def test_the_term_on_lead_is_exact(minutes):
    """H4.3: so many minutes before, where 20 were agreed."""
    story = fiction()
    hour, minute = divmod(22 * 60 - minutes, 60)
    story["steps"] = [story["steps"][0] | {"at": f"2027-03-05T{hour:02}:{minute:02}:00+03:00"}]
    outcome = played(story)
    wanted = "lead: met" if minutes >= 20 else f"lead: not met (by {20 - minutes} min)"
    assert values(outcome, "H4.3", f"{NOTICE}; agreement Coast")[0] == wanted


def test_the_file_itself_holds_what_it_expects():
    for branch in ("RU-MoD-18-Sep", "RU-MoD-23-Sep", "FICTION"):
        held = expected(played(text_of("latakia.yaml"), branch))
        assert held
        assert [each for each in held if not each.held] == []
