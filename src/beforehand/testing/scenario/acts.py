"""What a step may do: the verbs of the hotline, and what can be looked at, each with the type of its `with`."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from beforehand.wire.hotline.verbs import VERBS

NIL = "00000000-0000-0000-0000-000000000000"
#: What the player does by itself, from `parties`.
OF_THE_PLAYER = ("party create", "party join", "party login")
#: Keys of a body that a step may leave out, for the player knows what is meant, and what stands for them until then.
FILLED: dict[str, dict[str, str]] = {
    "receipt delivered": {"hash": "0" * 64},
    "notice answer": {"objection": NIL},
    "party key": {"public_key": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
}
#: Keys of bodies that name an object, and what kind of object that is.
NAMING = {
    "notice": "notice",
    "agreement": "agreement",
    "zone": "zone",
    "movement": "movement",
    "objection": "objection",
    "person": "person",
    "key": "key",
}
#: What a verb makes that later steps may name.
MAKES = {
    "notice give": "notice",
    "agreement propose": "agreement",
    "zone declare": "zone",
    "zone report": "zone",
    "movement declare": "movement",
    "notice object": "objection",
    "party key": "key",
}


class Empty(Struct, frozen=True, forbid_unknown_fields=True):
    """No keys."""


class ShowNotice(Struct, frozen=True, forbid_unknown_fields=True):
    """Fetch a notice: to an addressee it is handed out. `version` 0: the newest."""

    notice: str
    version: int = 0


class ListNotices(Struct, frozen=True, forbid_unknown_fields=True):
    """Notices that one gave or was told of; `live`: only those in the picture."""

    live: bool = False


class ShowAgreement(Struct, frozen=True, forbid_unknown_fields=True):
    """One agreement, as of a time."""

    agreement: str
    at: str | None = None


class ShowPhrase(Struct, frozen=True, forbid_unknown_fields=True):
    """The check phrase of the newest version. Its giver names the addressee as `party`."""

    notice: str
    party: str = ""


class Knew(Struct, frozen=True, forbid_unknown_fields=True):
    """What each side knew of a notice at a time; now, where that is left out."""

    notice: str
    at: str | None = None


class Act(Struct, frozen=True):
    """One thing that a step may do. `reads`: it is a GET."""

    name: str
    body: type[Any]
    says: str
    rule: str
    reads: bool = False


ACTS: dict[str, Act] = {
    each.name: each
    for each in (
        *(Act(verb.name, verb.body, verb.says, verb.rules[0]) for verb in VERBS if verb.name not in OF_THE_PLAYER),
        Act("notice show", ShowNotice, "Fetch a notice. To an addressee this hands it out.", "H5.1", reads=True),
        Act("notice list", ListNotices, "Notices that one gave or was told of.", "H10.3", reads=True),
        Act("phrase show", ShowPhrase, "The check phrase, as it is read aloud.", "H3.2", reads=True),
        Act("phrase", ShowPhrase, "The same, as the command line has it.", "H3.2", reads=True),
        Act("knew", Knew, "What each side knew of a notice at a time.", "H8.1", reads=True),
        Act("party list", Empty, "Who is on the line, and on duty.", "H1.1", reads=True),
        Act("agreement list", Empty, "One's agreements.", "H7.2", reads=True),
        Act("agreement show", ShowAgreement, "One agreement, as of a time.", "H7.2", reads=True),
        Act("zone list", Empty, "Zones that one may see.", "H6.4", reads=True),
        Act("movement list", Empty, "Movements that one may see.", "H6.2", reads=True),
    )
}
