"""What the state hash covers (P4): every field of everything that stands in a table."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import fields

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import state as s
from beforehand.core.hotline.digest import facts, plain
from beforehand.core.hotline.terms import Deadlines, Relay, Terms
from beforehand.core.machine import Machine
from core.hotline.line import Line
from core.hotline.playing import Play
from core.hotline.slices import giving_alone, slice_of_work

TABLES = ("parties", "pairs", "agreements", "instruments", "notices", "zones", "movements", "work")


def everything() -> Line:
    """A line in which every kind of thing stands, with nothing empty that could be filled."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    line.done(c.NameNonparty(teal.by, "HILLS", ""))
    line.done(c.CiteInstrument(grey.by, 3, "{}"))
    terms = Terms(
        tell={"*": ["TEAL"]}, stages={"*": ["SEEN"]}, deadlines=Deadlines(seen_s=60, answer_s=60), lead_s={"*": 1},
        relays=[Relay("TEAL", "TEAL", "HILLS", 60)])  # fmt: skip
    line.agreement(grey, teal, terms=terms)
    teal.zone(nonparty="HILLS", shared=["GREY"])
    teal.move()
    notice = grey.give()
    teal.see(notice)
    teal.read_back(notice, teal.told_values(notice))
    line.done(c.Object(teal.by, notice.id, "QUESTION", ""))
    line.done(c.Release(teal.by, notice.id))
    grey.service()
    line.pass_until(3)
    giving_alone(grey)
    line.state.notices[notice.id].current.to_tell["PLUM"] = [1]
    line.state.parties["GREY"].ended["zone", "gone"] = None
    line.state.parties["GREY"].asked["trial"] = 1
    line.state.parties["TEAL"].nonces["nonce"] = s.Spoken("digest", 1, 2, "id", 3, None)
    line.state.parties["TEAL"].nonce_order.append("nonce")
    return line


def places(value: Any, path: tuple[Any, ...] = ()) -> Any:
    """Every field, item and key inside a value, as (holder, name, path)."""
    if isinstance(value, Struct):
        for each in fields(value):
            yield value, each.name, (*path, each.name)
            yield from places(getattr(value, each.name), (*path, each.name))
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from places(each, (*path, key))
    elif isinstance(value, (list, deque, tuple)):
        for at, each in enumerate(value):
            yield from places(each, (*path, at))


def changed(value: Any) -> Any:
    """Something else of about the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, bytes):
        return value + b"\0\0\0\4"
    if isinstance(value, dict):
        return {**value, "added": None}
    if isinstance(value, list):
        return [*value, 7]
    if isinstance(value, tuple):
        return (*value, 7)
    if isinstance(value, deque):
        return deque([*value, 7])
    return 7 if value is None else None


def hashed(line: Line) -> str:
    return line.machine.state_hash()


def test_every_field_of_everything_in_a_table_is_in_the_hash() -> None:
    """P4: flipped one by one."""
    line = everything()
    before = hashed(line)
    seen: set[tuple[type, str]] = set()
    for table in TABLES[:-1]:
        for holder, name, path in list(places(getattr(line.state, table), (table,))):
            if type(holder).__struct_config__.frozen:
                continue
            was = getattr(holder, name)
            setattr(holder, name, changed(was))
            assert hashed(line) != before, path
            setattr(holder, name, was)
            seen.add((type(holder), name))
    assert hashed(line) == before
    every = [
        s.Key, s.Person, s.Session, s.Spoken, s.Party, s.Agreement, s.Place, s.VolumeState, s.Version, s.ReadBack, s.Telling,
        s.Objection, s.RelayState, s.Notice, s.Zone, s.Movement]  # fmt: skip
    missing = {(kind, each.name) for kind in every for each in fields(kind)} - seen
    assert not missing


@pytest.mark.parametrize("table", TABLES)
def test_a_row_more_or_less_in_a_table_is_in_the_hash(table: str) -> None:
    """P4: and so is their order."""
    line = everything()
    before = hashed(line)
    rows: dict[Any, Any] = getattr(line.state, table)
    assert rows
    key, row = next(iter(rows.items()))
    del rows[key]
    without = hashed(line)
    assert without != before
    rows[key] = row
    assert (hashed(line) == before) == (len(rows) == 1)


def test_the_next_number_is_in_the_hash_once_there_is_one() -> None:
    """P4: and a journal without any of this adds nothing."""
    line = everything()
    before = hashed(line)
    line.state.next_number += 1
    assert hashed(line) != before
    empty = Machine().hotline
    assert list(facts(empty)) == []
    empty.next_number = 1
    assert list(facts(empty)) == [("next", 1)]


def test_exact_shapes_searches_and_what_is_derived_are_not_in_the_hash() -> None:
    """P4: content may be erased, a search is begun anew, and moot deadlines may be dropped at any time."""
    line = everything()
    before = hashed(line)
    slice_of_work(line)
    assert line.state.searches
    line.state.shapes.clear()
    line.state.deadlines.clear()
    line.state.away.append((1, 2))
    line.state.next_entry += 1
    assert hashed(line) == before


def test_each_kind_of_fact_is_named() -> None:
    """P4: so that a row of one table is never taken for one of another."""
    line = everything()
    names = [fact[0] for fact in facts(line.state)]
    assert list(dict.fromkeys(names)) == [
        "hotline party", "pair", "agreement", "instrument", "notice", "zone", "movement", "work", "next"]  # fmt: skip
    assert names.count("hotline party") == 2


def test_values_are_plain() -> None:
    """P4: keys and values of dicts in their order, bytes as hex; what has its default is not said."""
    volume = s.VolumeState(1, b"\x01\xff", None, 7, -5, 5, 29)
    said = [
        ["number", 1],
        ["cells", "01ff"],
        ["lower_mm", None],
        ["upper_mm", 7],
        ["start_us", -5],
        ["end_us", 5],
        ["km2", 29],
    ]
    assert plain(volume) == said
    volume.place = 0
    assert plain(volume) == [*said, ["place", 0]]
    assert plain(s.ReadBack()) == []
    party = s.Party(1, "GREY", "participant", "i", "s", asked={"b": 1, "a": 2}, released={("zone", "z"): None})
    party.nonce_order.append("n")
    found = dict(plain(party))
    assert list(found) == ["handle", "code", "kind", "issuer", "subject", "nonce_order", "released", "asked"]
    assert found["asked"] == [["b", 1], ["a", 2]]
    assert found["released"] == [[["zone", "z"], None]]
    assert found["nonce_order"] == ["n"]


@pytest.mark.parametrize("seed", range(3))
def test_a_journal_folds_to_the_hash_of_the_machine_that_wrote_it_with_or_without_its_content(seed: int) -> None:
    """P4: of content only exact shapes are kept, and those are not in it."""
    line = Play(seed).run(100).line
    assert line.replayed().state_hash() == hashed(line)
    machine = Machine()
    for time_us, event, _ in line.journal:
        machine.fold(event, None, time_us)
    assert machine.state_hash() == hashed(line)
    assert not machine.hotline.shapes
