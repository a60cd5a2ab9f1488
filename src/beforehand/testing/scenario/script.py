"""One branch of a story, checked and ready to be played: who is there, what is set up, and who does what when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct, structs

from beforehand.testing.scenario import acts
from beforehand.testing.scenario.checking import convert, unknown_key
from beforehand.testing.scenario.reading import Document
from beforehand.testing.scenario.story import IDENTITY, PLAYED, ROWS, Branch, Claim, Expect, PartyRow, Story
from beforehand.wire.f3548.times import parse_time
from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.texts import code, word

#: People that every party has, each with the role of the same name; and the party's own software.
PEOPLE = {"duty": "duty", "senior": "senior"}
SERVICE = "service"

_KEYS = [each.encode_name for each in msgspec.inspect.type_info(Story).fields]  # type: ignore[attr-defined]
_BRANCH_KEYS = [each.encode_name for each in msgspec.inspect.type_info(Branch).fields]  # type: ignore[attr-defined]


class Row(Struct, frozen=True):
    """One entry of a section as it stands in the file. `at_us` None: as the story starts."""

    section: str
    index: int
    path: str
    value: dict[str, Any]
    at_us: int | None

    @property
    def by(self) -> tuple[str, str]:
        """The party's code, and which of its people: `duty` where none is named."""
        party, _, name = self.value["by"].partition("/")
        return party, name or "duty"


class Script(Struct, frozen=True):
    """What is played. `branch` None: the story has none. `claims`: the branch's own; `common`: the story's."""

    document: Document
    title: str
    branch: str | None
    label: str
    common: list[Claim]
    claims: list[Claim]
    parties: dict[str, PartyRow]
    rows: dict[str, list[Row]]

    def people_of(self, party: str) -> dict[str, str]:
        """Names and roles."""
        return PEOPLE | self.parties[party].people

    @property
    def steps(self) -> list[Row]:
        """In the order of the file."""
        return self.rows["steps"]


def scripts(document: Document, only: str | None = None) -> list[Script]:
    """The branches of a story, or one of them; of one that has none, the story itself. Raises StoryError.

    `expect` is not looked at here: it is read when everything else has been said.
    """
    values = document.values
    for key in values:
        if key not in _KEYS:
            raise document.error(key, unknown_key(key, _KEYS))
    if not isinstance(values.get("title"), str) or not values["title"].strip():
        raise document.error("title", "is missing. Say what the story is called.")
    branches = values.get("branches") or {}
    if not isinstance(branches, dict):
        raise document.error("branches", "must be a mapping of names to branches.")
    if only is not None and only not in branches:
        listed = ", ".join(branches) or "none"
        raise document.error("branches", f"has no branch {only!r}. There are: {listed}.")
    if not branches:
        return [_script(document, None)]
    return [_script(document, name) for name in branches if only in (None, name)]


def _script(document: Document, name: str | None) -> Script:
    own: dict[str, Any] = {}
    label = ""
    if name is not None:
        own = document.values["branches"][name]
        path = f"branches.{name}"
        if not isinstance(own, dict):
            raise document.error(path, "must be a mapping with the keys of a branch.")
        for key in own:
            if key not in _BRANCH_KEYS:
                raise document.error(f"{path}.{key}", unknown_key(key, _BRANCH_KEYS))
        label = own.get("label")  # type: ignore[assignment]
        if not isinstance(label, str) or not label.strip():
            raise document.error(path, "has no `label`. Say whose version it is, such as `FICTION`.")
    claims: dict[bool, list[Claim]] = {True: [], False: []}
    for _section, path, value in _entries(document, name, own, "claims"):
        claims[path.startswith("branches")].append(convert(document, value, Claim, path))
    rows: dict[str, list[Row]] = {section: [] for section in PLAYED}
    for section in PLAYED:
        merged: dict[Any, tuple[str, dict[str, Any]]] = {}
        for number, (_, path, value) in enumerate(_entries(document, name, own, section)):
            convert(document, value, ROWS[section], path)
            identity = tuple(value.get(each) or number for each in IDENTITY.get(section, ("",)))
            if identity in merged and merged[identity][0].startswith("branches") == path.startswith("branches"):
                what = " and ".join(f"`{each}`" for each in IDENTITY[section])
                raise document.error(path, f"has the same {what} as {merged[identity][0]}. Give each its own.")
            merged[identity] = (path, value)
        for index, (path, value) in enumerate(merged.values()):
            rows[section].append(Row(section, index, path, value, _at(document, value, path)))
    empty = Script(document, document.values["title"], name, label, claims[False], claims[True], {}, {})
    return with_rows(empty, rows)


def with_rows(script: Script, rows: dict[str, list[Row]]) -> Script:
    """The same script with other rows, checked. Raises StoryError."""
    parties = {row.value["code"]: convert(script.document, row.value, PartyRow, row.path) for row in rows["parties"]}
    made = structs.replace(script, parties=parties, rows=rows)
    _check_parties(made)
    for section in ("nonparties", "zones", "movements", "steps"):
        for row in rows[section]:
            _check_by(made, row)
    for row in made.steps:
        _check_act(made.document, row)
    return made


def _entries(
    document: Document, name: str | None, own: dict[str, Any], section: str
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Entries of a section: the common ones, then the branch's."""
    for values, path in ((document.values, section), (own, f"branches.{name}.{section}")):
        listed = values.get(section)
        if listed is None:
            continue
        if not isinstance(listed, list):
            raise document.error(path, "must be a list. Begin each entry with `- `.")
        for at, each in enumerate(listed):
            if not isinstance(each, dict):
                raise document.error(f"{path}[{at}]", "must be a mapping of keys.")
            yield section, f"{path}[{at}]", each


def _at(document: Document, value: dict[str, Any], path: str) -> int | None:
    said = value.get("at")
    if said is None:
        return None
    try:
        return parse_time(said)
    except ValueError as error:
        raise document.error(
            f"{path}.at", f"{said!r} is no time: {error}. Write it such as 2027-03-05T21:39:00+03:00, with its zone."
        ) from None


def _check_parties(script: Script) -> None:
    document = script.document
    if not script.parties:
        raise document.error("parties", "is missing or empty. Name who is on the line: `- code: GREY`.")
    for row in script.rows["parties"]:
        _spelled(document, code, row.value["code"], f"{row.path}.code")
        for name, role in (row.value.get("people") or {}).items():
            for said in (name, role):
                _spelled(document, word, said, f"{row.path}.people.{name}")
            if name in PEOPLE or name == SERVICE:
                raise document.error(f"{row.path}.people.{name}", "is there in every party. Choose another name.")
    for row in script.rows["nonparties"]:
        _spelled(document, code, row.value["code"], f"{row.path}.code")


def _spelled(document: Document, check: Any, said: str, path: str) -> None:
    try:
        check(said, "It")
    except BadField as error:
        raise document.error(path, f"{said!r} cannot be taken. {error}") from None


def _check_by(script: Script, row: Row) -> None:
    party, name = row.by
    path = f"{row.path}.by"
    if party not in script.parties:
        raise script.document.error(
            path, f"names {party!r}, which is no party of this story. There are: {', '.join(script.parties)}."
        )
    people = [*script.people_of(party), SERVICE]
    if name not in people:
        raise script.document.error(
            path, f"names {name!r}, whom {party} does not have. There are: {', '.join(people)}; add others to `people`."
        )


def _check_act(document: Document, row: Row) -> None:
    do, given = row.value["do"], row.value.get("with") or {}
    act = acts.ACTS.get(do)
    if act is None:
        if do in acts.OF_THE_PLAYER:
            raise document.error(f"{row.path}.do", f"`{do}` is done by the player, from `parties`. Leave the step out.")
        raise document.error(f"{row.path}.do", f"{do!r} is no verb. {_near(do)}There are: {', '.join(acts.ACTS)}.")
    convert(document, acts.FILLED.get(do, {}) | given, act.body, f"{row.path}.with")


def _near(do: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(do, acts.ACTS, 1)
    return f"Did you mean {near[0]!r}? " if near else ""


def expectations(document: Document, branch: str | None) -> list[Expect]:
    """What the story expects of a branch: the common ones first. Raises StoryError."""
    own = document.values["branches"][branch] if branch is not None else {}
    return [convert(document, each, Expect, path) for _, path, each in _entries(document, branch, own, "expect")]
