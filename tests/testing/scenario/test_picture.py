"""The picture of an evening: well formed, alone, readable on light and dark ground, with what matters in it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from beforehand.testing.scenario.picture import picture

from .stories import SMALL, fiction, played, text_of, values_of

SVG = "{http://www.w3.org/2000/svg}"


def texts(drawn):
    return [each.text or "" for each in ET.fromstring(drawn).iter(f"{SVG}text")]


def test_the_evening_shows_map_altitudes_and_the_loudest_warning():
    """H1.2: NOBODY RELAYS is in the map's corner."""
    drawn = picture(played(text_of("latakia.yaml"), "FICTION"))
    said = texts(drawn)
    for wanted in (
        "FICTION · GREY: evening work",
        "NOBODY RELAYS to COAST-AD",
        "TEAL: patrol",
        "COAST-AD: coastal battery",
        "Latakia",
        "version 1 (before)",
        "version 2",
        "read-back 1 wrong: area",
        "CONFLICT, ask TEAL (volumes 1)",
    ):
        assert wanted in said, wanted
    assert "21:39" in said  # in the story's own zone


def test_it_refers_to_nothing_outside_and_runs_nothing():
    drawn = picture(played(fiction()))
    assert re.findall(r"(?:href|src|url)\s*[=(]\s*[\"']?(?!#hatch|#map)", drawn) == []
    assert "<script" not in drawn
    assert "prefers-color-scheme:dark" in drawn


@pytest.mark.parametrize("name", ["convoy.yaml", "line.yaml"])
def test_other_stories_can_be_drawn(name):
    ET.fromstring(picture(played(text_of(name))))


def test_places_in_words_alone_are_said_in_words():
    said = texts(picture(played(text_of("latakia.yaml"), "RU-MoD-23-Sep")))
    assert "CALLING: the call, version 1: “in the north of Syria”, words alone" in said
    assert "No shape was given." in texts(picture(played(text_of("latakia.yaml"), "RU-MoD-18-Sep")))
    assert "No shape was given." in texts(picture(played(text_of("latakia.yaml"), "Israel")))


def test_words_of_a_story_are_words_in_the_picture():
    story = values_of(SMALL)
    story["steps"][0]["with"]["title"] = "</text><script>alert(1)</script>&"
    story["steps"][1]["with"]["notice"] = "GREY/1"
    drawn = picture(played(story))
    assert "GREY: </text><script>alert(1)</script>&" in texts(drawn)


def test_across_the_antimeridian_and_at_a_pole_it_is_drawn_too():
    for place in ([0.0, 179.99, 5000], [89.9, 0.0, 5000]):
        story = values_of(SMALL)
        story["steps"][0]["with"]["volumes"][0]["circle"] = place
        ET.fromstring(picture(played(story)))
