"""What can be said of a story without playing it: which of its bodies no server would take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.json import encode

from beforehand.core.hotline.commands import Speaker
from beforehand.core.stamp import Caller
from beforehand.testing.scenario.acts import FILLED, NAMING, NIL
from beforehand.testing.scenario.names import Names
from beforehand.testing.scenario.script import Row, Script
from beforehand.testing.scenario.times import begin_of
from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.requests.reading import Request
from beforehand.wire.hotline.verbs import BY_NAME

_OF_SECTION = {"nonparties": "nonparty name", "agreements": "agreement propose", "movements": "movement declare"}


def will_be_refused(script: Script) -> Iterator[str]:
    """A line for each step that names what is not there, and for each entry with a value that cannot be read."""
    document = script.document
    for row, key, wrong in Names(script).unknown():
        path = f"{row.path}.with.{key}"
        yield f"{document.file}:{document.line_of(path)}: {path}: {wrong} It will be refused (not_found)."
    for section in ("nonparties", "agreements", "zones", "movements", "steps"):
        for row in script.rows[section]:
            error = _refusal(script, row)
            if error is not None:
                path = f"{row.path}{'.with' if section == 'steps' else ''}.{error.field}"
                at = f"{document.file}:{document.line_of(path)}: {path}"
                yield f"{at}: {error.message} It will be refused ({error.reason})."


def _refusal(script: Script, row: Row) -> BadField | None:
    if row.section == "steps":
        do, body = row.value["do"], FILLED.get(row.value["do"], {}) | (row.value.get("with") or {})
    else:
        body = {key: value for key, value in row.value.items() if key not in ("at", "by")}
        do = _OF_SECTION.get(row.section) or ("zone declare" if body.get("nonparty") is None else "zone report")
        if row.section == "agreements":
            body.setdefault("from", "2000-01-01T00:00:00Z")
    verb = BY_NAME.get(do)
    if verb is None or verb.decode is None:
        return None
    at_us = begin_of(script) if row.at_us is None else row.at_us
    try:
        verb.decode(Request(encode(_with_ids(body)), Speaker(Caller("", "")), at_us))
    except BadField as error:
        return error
    return None


def _with_ids(body: dict[str, Any]) -> dict[str, Any]:
    return {key: NIL if key in NAMING and key != "key" else value for key, value in body.items()}
