"""The facts of the core are for ever: tags and fields are pinned, read back as written, and fold to a state that is pinned."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.core.machine import Event, read_event
from beforehand.core.strategic.moments import microseconds, moment
from beforehand.record.canonical import INTEGER_BOUND, check, encode_facts

from .driving import Written, folded

GOLDEN = Path(__file__).parent / "golden"
EVENTS = get_args(Event)


def described() -> dict[str, dict[str, str]]:
    """tag, or the name of a part -> field -> its type, and whether it may be left unsaid."""
    found: dict[str, dict[str, str]] = {}

    def name_of(kind: Any) -> str:
        if isinstance(kind, msgspec.inspect.StructType):
            describe(kind)
            return kind.cls.__name__
        if isinstance(kind, msgspec.inspect.ListType):
            return f"[{name_of(kind.item_type)}]"
        if isinstance(kind, msgspec.inspect.TupleType):
            return f"({', '.join(map(name_of, kind.item_types))})"
        if isinstance(kind, msgspec.inspect.DictType):
            return f"{{{name_of(kind.key_type)}: {name_of(kind.value_type)}}}"
        if isinstance(kind, msgspec.inspect.UnionType):
            return " | ".join(sorted(name_of(each) for each in kind.types if not _unset(each)))
        return type(kind).__name__.removesuffix("Type").lower()

    def _unset(kind: Any) -> bool:
        return isinstance(kind, msgspec.inspect.CustomType) and kind.cls is msgspec.UnsetType

    def describe(kind: msgspec.inspect.StructType) -> None:
        fields = {
            each.encode_name: name_of(each.type) + ("" if each.required else ", optional") for each in kind.fields
        }
        found[kind.tag or kind.cls.__name__] = fields

    for event in EVENTS:
        describe(msgspec.inspect.type_info(event))
    return found


def test_no_event_and_no_field_is_renamed_or_removed_and_new_ones_are_pinned():
    """Lines of this golden file are only ever added; a field added to an event that exists is optional."""
    pinned = json.loads((GOLDEN / "events.json").read_text())
    assert described() == pinned


def test_every_event_has_a_tag_of_its_own_and_reads_back_as_written():
    tags = [event.__struct_config__.tag for event in EVENTS]
    assert len(set(tags)) == len(tags)
    read = {}
    for each in [*_journal(), *_hotline()]:
        check(each.facts)
        event = read_event(each.facts)
        assert encode_facts(event) == each.facts
        read[event.__struct_config__.tag] = event
    assert set(read) == set(tags), "the golden journals have every event"


def test_every_event_refuses_a_field_that_this_version_does_not_know():
    for each in [*_journal(), *_hotline()]:
        facts = json.loads(each.facts)
        with pytest.raises(msgspec.ValidationError):
            read_event(json.dumps({**facts, "added": 1}).encode())
        for part in ("made", "extended", "unaware", "missing", "first", "by", "aware", "terms"):
            if isinstance(facts.get(part), dict):
                with pytest.raises(msgspec.ValidationError):
                    read_event(json.dumps({**facts, part: {**facts[part], "added": 1}}).encode())


@pytest.mark.parametrize(
    "facts",
    [b"{}", b'{"type":"oi.unheard"}', b'{"type":"oi.accepted"}', b"[]", b"", b'{"type":"oi.ended","id":1,"raised":[]}'],
)
def test_what_is_no_event_is_never_skipped(facts):
    with pytest.raises(msgspec.DecodeError):
        read_event(facts)


def test_the_golden_journal_folds_to_the_state_it_always_had():
    """An entry once written means the same in every later version (P4)."""
    assert folded(_journal()).state_hash() == (GOLDEN / "state_hash.txt").read_text().strip()
    assert folded(_hotline()).state_hash() == (GOLDEN / "hotline_state_hash.txt").read_text().strip()
    erased = [each._replace(content=None) for each in _hotline()]
    assert folded(erased).state_hash() == folded(_hotline()).state_hash()


@given(st.integers(-(2**62), 2**62) | st.sampled_from([2**53, 2**53 - 1, -(2**53), 1 - 2**53]))
def test_every_time_is_spelled_once_and_within_what_facts_hold(time_us):
    spelled = moment(time_us)
    assert microseconds(spelled) == time_us
    assert isinstance(spelled, str) == (abs(time_us) >= INTEGER_BOUND)
    check(encode_facts({"time": spelled}))


def _journal() -> list[Written]:
    entries = [json.loads(line) for line in (GOLDEN / "journal.jsonl").read_text().splitlines()]
    return [Written(each["facts"].encode(), each["time"], None) for each in entries]


def _hotline() -> list[Written]:
    """An evening on the hotline (`hotline.every_event`), with what it keeps as content."""
    entries = [json.loads(line) for line in (GOLDEN / "hotline.jsonl").read_text().splitlines()]
    return [
        Written(each["facts"].encode(), each["time"], None if each["content"] is None else b64decode(each["content"]))
        for each in entries
    ]
