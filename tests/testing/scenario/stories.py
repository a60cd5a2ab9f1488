"""Stories to be played in tests: ours, edited copies of them, and small ones."""

from __future__ import annotations

import copy
from pathlib import Path

import yaml

from beforehand.testing.scenario.outcome import run
from beforehand.testing.scenario.reading import read_text
from beforehand.testing.scenario.script import scripts

SCENARIOS = Path(__file__).parents[3] / "scenarios"
OURS = ("latakia.yaml", "convoy.yaml", "line.yaml")

#: The smallest story with two parties, an agreement and a notice 21 minutes before its window.
SMALL = """
title: small
parties: [{code: GREY}, {code: TEAL}]
agreements:
  - title: Coast
    parties: [GREY, TEAL]
    terms:
      lead_min: {"*": 20}
      tell: {"*": [GREY, TEAL]}
steps:
  - at: 2027-03-05T18:39:00Z
    by: GREY
    do: notice give
    with:
      title: evening
      category: air_operation
      volumes:
        - circle: [35.52, 35.68, 5500]
          from: 2027-03-05T19:00:00Z
          to: 2027-03-05T19:20:00Z
  - {at: 2027-03-05T18:40:00Z, by: TEAL, do: notice show, with: {notice: evening}}
"""


def text_of(name):
    """A story of ours as text."""
    return (SCENARIOS / name).read_text("utf-8")


def values_of(text):
    """A story's values, to be edited: every time stays a text."""
    return copy.deepcopy(read_text(text.encode(), "story.yaml").values)


def document(story):
    """A story from text or values, as if it stood in a file."""
    text = story if isinstance(story, str) else yaml.safe_dump(story, sort_keys=False, allow_unicode=True)
    return read_text(text.encode(), "story.yaml")


def played(story, branch=None):
    """What comes of a story, or of one of its branches."""
    return run(scripts(document(story), branch)[0])


def fiction():
    """The FICTION evening as a story without branches, to be edited."""
    story = values_of(text_of("latakia.yaml"))
    evening = story["branches"]["FICTION"]
    return {"title": "evening", **{key: value for key, value in evening.items() if key != "label"}}


def said(outcome, rule=None, about=None):
    """Verdicts as (rule, subject, value), of a rule and with some words in them, if given."""
    return [
        (each.rule, each.subject, each.value)
        for each in outcome.verdicts
        if rule in (None, each.rule) and (about is None or about in f"{each.subject}: {each.value}")
    ]


def values(outcome, rule, subject=None):
    """Values of a rule's verdicts on a subject."""
    return [each.value for each in outcome.verdicts if each.rule == rule and subject in (None, each.subject)]
