"""What things are called in a story: by title, or as `GREY/1`, the first that GREY makes; never by an id, which is random."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any

from msgspec import Struct

from beforehand.testing.scenario.acts import MAKES, NAMING, NIL
from beforehand.testing.scenario.script import SERVICE, Row, Script

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBERED = re.compile(r"(.+)/([1-9]\d*)")
_ORDER = ("agreements", "zones", "movements", "steps")
_KIND = {"agreements": "agreement", "zones": "zone", "movements": "movement"}


class Named(Struct):
    """Something that the story makes. `number` counts those of its kind and party in time; `id` once it was made."""

    kind: str
    party: str
    number: int
    title: str
    row: Row
    id: str | None = None


class Names:
    """Everything that a script makes, by what it is called."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._made: dict[str, list[Named]] = {kind: [] for kind in NAMING.values()}
        self._of_row: dict[tuple[str, int], Named] = {}
        self._of_id: dict[str, Named] = {}
        self._people: dict[str, str] = {}
        self._first_keys: dict[str, str] = {}
        rows = [row for section in _ORDER for row in script.rows[section]]
        counts: dict[tuple[str, str], int] = {}
        for party in script.parties:
            counts["key", party] = 1  # the one that it is made with
        for row in sorted(rows, key=_when):
            kind = _KIND.get(row.section) or MAKES.get(row.value["do"])
            if kind is None:
                continue
            said = row.value if row.section != "steps" else row.value.get("with") or {}
            party = row.value["parties"][0] if row.section == "agreements" else row.by[0]
            number = counts[kind, party] = counts.get((kind, party), 0) + 1
            made = Named(kind, party, number, said.get("title") or "", row)
            self._made[kind].append(made)
            self._of_row[row.section, row.index] = made

    def of_row(self, row: Row) -> Named | None:
        """What a row makes, if anything."""
        return self._of_row.get((row.section, row.index))

    def of_id(self, id_: str) -> Named | None:
        """What an id names."""
        return self._of_id.get(id_)

    def made(self, named: Named, id_: str) -> None:
        """It was made, and this is its id."""
        named.id = id_
        self._of_id[id_] = named

    def learn_person(self, party: str, name: str, id_: str) -> None:
        """The id of one of a party's people."""
        self._people[f"{party}/{name}"] = id_

    def learn_key(self, party: str, id_: str) -> None:
        """The id of the signing key with which a party is made: `CODE/1`."""
        self._first_keys[party] = id_

    def all(self, kind: str) -> list[Named]:
        """All of a kind that the story makes, in time."""
        return self._made[kind]

    def rename(self, plain: Callable[[str], str]) -> None:
        """Other codes for the parties."""
        for made in self._made.values():
            for each in made:
                each.party = plain(each.party)

    def label(self, named: Named) -> str:
        """`GREY: evening work`; `GREY/2: evening work` where it is not the only one of that title; `GREY/2` without one."""
        alike = [each for each in self._made[named.kind] if (each.party, each.title) == (named.party, named.title)]
        if not named.title:
            return f"{named.party}/{named.number}"
        return f"{named.party}: {named.title}" if len(alike) == 1 else f"{named.party}/{named.number}: {named.title}"

    def label_of(self, id_: str) -> str:
        """What an id is called; an agreement by its title alone."""
        named = self._of_id.get(id_)
        if named is None:
            return next((name for name, each in self._people.items() if each == id_), id_)
        return named.title if named.kind == "agreement" else self.label(named)

    def told(self, text: str) -> str:
        """A text with what it calls by id called by name."""
        return _ID.sub(lambda found: self.label_of(found[0]), text)

    def plain(self, value: Any) -> Any:
        """Values with what they call by id called by name."""
        if isinstance(value, dict):
            return {self.told(name): self.plain(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.plain(each) for each in value]
        return self.told(value) if isinstance(value, str) else value

    def resolved(self, given: dict[str, Any]) -> dict[str, Any]:
        """A body with ids where it names objects. What was not made, or not yet, gets an id that nothing has."""
        return {key: self._id(key, value) if key in NAMING else value for key, value in given.items()}

    def find(self, kind: str, said: str) -> Named | None:
        """What somebody means by a title or `CODE/n`: of several with one title, the newest that was made by now."""
        hits = [each for each in self._made[kind] if each.title == said]
        numbered = _NUMBERED.fullmatch(said)
        if not hits and numbered is not None:
            hits = [each for each in self._made[kind] if (each.party, str(each.number)) == (numbered[1], numbered[2])]
        made = [each for each in hits if each.id is not None]
        return made[-1] if made else hits[0] if hits else None

    def _id(self, key: str, said: Any) -> Any:
        if not isinstance(said, str) or _ID.fullmatch(said):
            return said
        if key == "person":
            return self._people.get(said, NIL)
        if key == "key" and said.partition("/")[2] in ("", "1"):
            return self._first_keys.get(said.partition("/")[0], said)
        named = self.find(NAMING[key], said)
        return NIL if named is None or named.id is None else named.id

    def unknown(self) -> Iterator[tuple[Row, str, str]]:
        """Steps that name what the story does not make: the row, the key below `with`, and what is wrong with it."""
        for row in self._script.steps:
            for key, said in (row.value.get("with") or {}).items():
                if key in NAMING and isinstance(said, str) and not _ID.fullmatch(said):
                    wrong = self._wrong(key, said)
                    if wrong is not None:
                        yield row, key, wrong

    def _wrong(self, key: str, said: str) -> str | None:
        if key == "person":
            party, _, name = said.partition("/")
            if party in self._script.parties and name in (*self._script.people_of(party), SERVICE):
                return None
            return f"{said!r} is nobody. Write it as CODE/NAME, such as GREY/duty."
        kind = NAMING[key]
        if key == "key" or self.find(kind, said) is not None:
            return None
        known = [name for each in self._made[kind] for name in (each.title, f"{each.party}/{each.number}") if name]
        near = get_close_matches(said, known, 1)
        return (
            f"{said!r} is no {kind} of this story.{f' Did you mean {near[0]!r}?' if near else ''} "
            f"Name it by its title or as CODE/n; there are: {', '.join(known) or 'none'}."
        )


def _when(row: Row) -> tuple[int, int, int]:
    return -(1 << 62) if row.at_us is None else row.at_us, _ORDER.index(row.section), row.index
