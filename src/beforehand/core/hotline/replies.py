"""What the core answers to parties of the hotline, as values. Views are in `views`."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from beforehand.airspace.advice import Grid
from beforehand.airspace.encounter import Body, Buffers
from beforehand.airspace.volume import Volume


class Done(Struct, frozen=True, gc=False):
    """An act was recorded: what it made or changed, its entry and the time of that. The same answer to the same nonce."""

    id: str
    version: int
    entry: int
    time: str


class Opened(Struct, frozen=True):
    """A read-back is open: what is asked (`all`, `difference` or `times`), of which volumes, until when."""

    id: str
    version: int
    entry: int
    time: str
    until: str
    asked: str
    volumes: list[int]


class Result(Struct, frozen=True):
    """Which of area, band and times was wrong, never by how much. `question`: what is asked next."""

    id: str
    version: int
    entry: int
    time: str
    right: bool
    wrong: list[str]
    tries: int
    call: bool
    question: str | None


class Shown(Struct, frozen=True):
    """A view, and the entry whose content belongs to it (None: none): the document of an addressee, or what was given."""

    view: Any
    content_entry: int | None = None
    document: bool = False


class LoginFound(Struct, frozen=True):
    """Whom a login names; `entry` holds the credentials as content. Never leaves the process."""

    person: str
    entry: int
    roles: tuple[str, ...]
    secret: str | None


class AdviceAsked(Struct, frozen=True):
    """What advice and trial checks are computed from: only what the caller may see (H4.8).

    `others` are exact bodies, each named by kind and id in `names`. `cells_only`: standard intents that stay. `trial`: what is
    said of terms and checks, where nothing was given.
    """

    notice: str
    version: int
    own: tuple[Volume, ...]
    others: tuple[Body, ...]
    names: tuple[tuple[str, str], ...]
    buffers: Buffers
    grid: Grid
    earliest_us: int
    cells_only: int
    hidden_conflicts: tuple[str, ...]
    trial: dict[str, Any] | None = None


class EntriesFound(Struct, frozen=True):
    """Entries that speak of a notice, ascending."""

    entries: tuple[int, ...]
    codes: tuple[str, ...]
    viewer: str


#: Reasons of core refusals: reason -> status over HTTP (docs/refusals.md).
REASONS: dict[str, int] = {
    "no_party": 403,
    "session_over": 401,
    "person_needed": 403,
    "role_needed": 403,
    "operator_needed": 403,
    "unknown_key": 403,
    "statement_mismatch": 400,
    "nonce_used": 409,
    "not_found": 404,
    "quota": 429,
    "code_taken": 409,
    "code_looks_alike": 409,
    "subject_taken": 409,
    "invitation_unknown": 403,
    "login_taken": 409,
    "key_taken": 409,
    "named_already": 409,
    "unknown_code": 422,
    "not_in_agreement": 422,
    "signed_already": 409,
    "not_signed": 409,
    "not_in_force": 409,
    "not_suspended": 409,
    "agreement_over": 409,
    "contradictory": 422,
    "when_missing": 422,
    "not_begun": 409,
    "window_open": 409,
    "begun": 409,
    "over": 409,
    "blind": 409,
    "not_handed_out": 409,
    "hash_differs": 409,
    "received_already": 409,
    "read_back_open": 409,
    "no_read_back_open": 409,
    "understood_already": 409,
    "not_understood": 409,
    "wrong_number_of_volumes": 422,
    "answered_already": 409,
    "nothing_to_release": 409,
    "no_relay": 404,
    "zone_over": 409,
    "movement_over": 409,
}
