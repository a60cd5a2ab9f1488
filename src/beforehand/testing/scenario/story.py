"""The types of a story. Its top keys are fixed; docs/scenarios.md and the JSON Schema are generated from what stands here."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from beforehand.core.hotline.words import PartyKind
from beforehand.wire.hotline import bodies as b

#: Sections of a story that are played, in the order in which they are set up.
PLAYED = ("parties", "nonparties", "agreements", "zones", "movements", "steps")
#: By what an entry of a branch takes the place of a common one; `steps` are always added.
IDENTITY = {
    "parties": ("code",),
    "nonparties": ("by", "code"),
    "agreements": ("title",),
    "zones": ("title",),
    "movements": ("title",),
}


class Claim(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What somebody claims, of whom it is known, and where. Nothing is settled by telling it.

    `about`: the rule whose verdict it speaks of, such as `H4.2`; `value`: what it says that is, null where nobody has
    published a value. `source`: an address, a document, or `as reported, not traced`.
    """

    says: str
    by: str
    when: str
    source: str
    about: str | None = None
    value: Any = None


class PartyRow(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A party on the line. Its people are `duty` and `senior`; `people` names others, each with a role."""

    code: str
    name: str = ""
    kind: PartyKind = "participant"
    people: dict[str, str] = {}


class NonpartyRow(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A force or traffic that is not on the line, as the party `by` names it for itself."""

    code: str
    by: str
    about: str = ""


class AgreementRow(b.Propose, frozen=True, kw_only=True):
    """Proposed by the first of its parties and signed by all of them, at `at` or as the story starts."""

    title: str
    from_: str | None = field(default=None, name="from")  # type: ignore[assignment]
    at: str | None = None


class ZoneRow(b.SetZone, frozen=True, kw_only=True):
    """Declared by its owner, or with `nonparty` reported by `by`, at `at` or as the story starts."""

    by: str
    at: str | None = None


class MovementRow(b.DeclareMovement, frozen=True, kw_only=True):
    """Declared by its party, at `at` or as the story starts."""

    by: str
    at: str | None = None


class Step(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """At a time, somebody does something. `by`: a party's code, or `CODE/NAME` of one of its people or `CODE/service`.

    `do` is the verb of the command line, `with` its JSON body.
    """

    at: str
    by: str
    do: str
    with_: dict[str, Any] = field(default_factory=dict, name="with")


class Expect(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A verdict that must be there. `*` stands for any text, a key left out for any value.

    `times`: how often exactly; 0: never. Left out: at least once.
    """

    rule: str = "*"
    subject: str = "*"
    value: str = "*"
    times: int | None = None


class Branch(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One version of the story. Its lists are added to the common ones; an entry that has the identity of a common one
    (`code` of a party, `title` of an agreement, zone or movement) takes its place."""

    label: str
    claims: list[Claim] = []
    parties: list[PartyRow] = []
    nonparties: list[NonpartyRow] = []
    agreements: list[AgreementRow] = []
    zones: list[ZoneRow] = []
    movements: list[MovementRow] = []
    steps: list[Step] = []
    expect: list[Expect] = []


class Story(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A story: what all its branches share, and the branches. One without branches is told once."""

    title: str
    claims: list[Claim] = []
    branches: dict[str, Branch] = {}
    parties: list[PartyRow] = []
    nonparties: list[NonpartyRow] = []
    agreements: list[AgreementRow] = []
    zones: list[ZoneRow] = []
    movements: list[MovementRow] = []
    steps: list[Step] = []
    expect: list[Expect] = []


#: The type of one entry of a section.
ROWS: dict[str, type[Any]] = {
    "claims": Claim,
    "parties": PartyRow,
    "nonparties": NonpartyRow,
    "agreements": AgreementRow,
    "zones": ZoneRow,
    "movements": MovementRow,
    "steps": Step,
    "expect": Expect,
}
