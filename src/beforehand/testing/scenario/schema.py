"""The JSON Schema of a story, from the types: `beforehand scenario schema`, and docs/scenario.schema.json."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.json import encode, format

from beforehand.testing.scenario.acts import ACTS, FILLED
from beforehand.testing.scenario.story import Story

_REF = "#/$defs/{name}"


def schema() -> dict[str, Any]:
    """A schema of draft 2020-12. What a step's `with` holds follows from its `do`."""
    bodies = list(dict.fromkeys(act.body for act in ACTS.values()))
    (story, *refs), defs = msgspec.json.schema_components([Story, *bodies], ref_template=_REF)
    of_body = dict(zip(bodies, refs, strict=True))
    step = defs["Step"]
    step["properties"]["do"] = {"enum": list(ACTS), "description": "The verb of the command line."}
    step["allOf"] = [
        {
            "if": {"properties": {"do": {"const": name}}},
            "then": {"properties": {"with": _with(of_body[act.body], defs, FILLED.get(name, {}))}},
        }
        for name, act in ACTS.items()
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A story of the hotline (docs/scenarios.md)",
        **story,
        "$defs": defs,
    }


def _with(ref: dict[str, Any], defs: dict[str, Any], filled: dict[str, str]) -> dict[str, Any]:
    """The schema of a body, of which the player fills some keys in."""
    if not filled:
        return ref
    body: dict[str, Any] = dict(defs[ref["$ref"].rpartition("/")[2]])
    body["required"] = [each for each in body.get("required", ()) if each not in filled]
    return body


def schema_text() -> str:
    """As it is printed."""
    return format(encode(schema()), indent=2).decode() + "\n"
