"""docs/events.md has every event and every field, and no others."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

from beforehand.core.hotline import events as h
from beforehand.core.machine import Event
from beforehand.core.strategic import events as e

PAGE = (Path(__file__).parents[2] / "docs" / "events.md").read_text("utf-8")
PARTS: dict[str, Any] = {
    "made": e.MadeSubscription, "extended": e.ExtendedSubscription, "unaware": e.Unaware, "missing": e.Unaware,
    "first": e.Unaware,
}  # fmt: skip
#: Parts of the hotline's events, by the first cell of their rows.
PARTS_OF_HOTLINE: dict[str, type[h.Fact]] = {
    "by": h.By, "a volume": h.VolumeFact, "a mark": h.Mark, "shown or not": h.Unshown, "a term": h.TermRow, "a why": h.Why,
    "a leg": h.LegFact, "a meeting": h.MeetingFact,
}  # fmt: skip


def sections() -> dict[str, str]:
    found = re.split(r"^### `([a-z._]+)`$", PAGE, flags=re.M)
    return {tag: text.split("\n## ")[0] for tag, text in zip(found[1::2], found[2::2], strict=True)}


def test_every_event_is_explained_and_none_that_does_not_exist() -> None:
    assert set(sections()) == {event.__struct_config__.tag for event in get_args(Event)}


def test_every_field_of_every_event_is_explained_and_none_that_does_not_exist() -> None:
    for event in get_args(Event):
        rows = [
            row.split("|")[1:3] for row in sections()[event.__struct_config__.tag].splitlines() if row.startswith("| `")
        ]
        explained = [name for names, _ in rows for name in re.findall(r"`(\w+)`", names)]
        assert explained == list(event.__struct_fields__), event
        for names, text in rows:
            for name in re.findall(r"`(\w+)`", names):
                if event.__module__ == h.__name__:
                    continue
                assert not (part := PARTS.get(name)) or set(part.__struct_fields__) <= set(re.findall(r"`(\w+)`", text))


def test_optional_fields_are_marked() -> None:
    for event in get_args(Event):
        optional = set(event.__struct_fields__[len(event.__struct_fields__) - len(event.__struct_defaults__) :])
        marked = re.findall(r"^\| `(\w+)` \| optional:", sections()[event.__struct_config__.tag], re.M)
        assert set(marked) == optional


def test_every_part_of_the_hotlines_events_is_explained_with_all_its_fields() -> None:
    parts = {
        each
        for each in vars(h).values()
        if isinstance(each, type) and issubclass(each, h.Fact) and not each.__struct_config__.tag
    }
    assert parts == {h.Fact, *PARTS_OF_HOTLINE.values()}
    for name, part in PARTS_OF_HOTLINE.items():
        (row,) = re.findall(rf"^\| {name} \| (.*) \|$", PAGE, re.M)
        assert set(part.__struct_fields__) == set(re.findall(r"`(\w+)`", row)) & set(part.__struct_fields__), name
