"""The hotline's part of the OpenAPI document: every verb and read, with an example of what is sent."""

from __future__ import annotations

from typing import Any

from beforehand.auth.scopes import Options
from beforehand.core.hotline.decide.receipts import PAGE_MAX
from beforehand.core.hotline.replies import REASONS as CORE
from beforehand.web.answer import REASONS as WEB
from beforehand.web.hotline.hotline import REASONS as HERE
from beforehand.web.hotline.operations import HOTLINE, HotlineOperation
from beforehand.wire.hotline import answers as a
from beforehand.wire.hotline.errors import REASONS as OF_FIELDS
from beforehand.wire.hotline.texts import CODE, ID

#: Every reason with which the hotline refuses -> status.
REASONS: dict[str, int] = CORE | dict.fromkeys(OF_FIELDS, 400) | HERE | WEB

_MEANINGS = {
    400: "The request is malformed: `field` names where.",
    401: "Nobody knows who asks: no token, one that is not good, or a session that is over.",
    403: "Known who asks, and this they may not.",
    404: "It is not there, or not yours to see: the answer is the same.",
    409: "It does not fit what stands.",
    422: "It is well formed, and does not go together.",
    429: "A quota of the party is used up, or it asks too fast.",
    500: "This server failed on the request.",
    503: "Nothing was done (`not_done`), or it may have been: read before you retry (`outcome_unknown`).",
}
_ENTRY = {"id": "6f1c1de0-2a7b-4c1e-9d52-0b7c9e6f4a11", "version": 1, "entry": 41, "time": "2027-01-15T18:39:00Z"}
_EXAMPLES: dict[Any, dict[str, Any]] = {
    a.Done: _ENTRY,
    a.WithSecret: _ENTRY | {"id": "TEAL", "version": 0, "invitation": "k7q2-aaaa-bbbb-cccc-dddd-eeee-ffff-gggg"},
    a.DayValueAnswer: {"party": "TEAL", "day": "2027-01-15", "day_value": "0" * 64},
}
_TOO_LARGE = {
    "description": "The body is too large. In plain text, since nothing else was looked at.",
    "content": {"text/plain": {"schema": {"type": "string"}}},
}


#: What every operation may answer besides.
_REFUSALS = {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in _MEANINGS}
_OF_PATH: dict[str, dict[str, Any]] = {
    "notice": {"type": "string", "pattern": f"^{ID}$"},
    "agreement": {"type": "string", "pattern": f"^{ID}$"},
    "party": {"type": "string", "pattern": f"^{CODE}$"},
    "day": {"type": "string", "format": "date"},
}
_OF_QUERY: dict[str, dict[str, Any]] = {
    "at": {"type": "string", "format": "date-time"},
    "after": {"type": "integer", "minimum": 0, "maximum": 1 << 53},
    "limit": {"type": "integer", "minimum": 0, "maximum": PAGE_MAX},
    "live": {"type": "boolean"},
    "version": {"type": "integer", "minimum": 0, "maximum": 1_000},
}
_SIGNATURE: dict[str, Any] = {
    "name": "Beforehand-Signature",
    "in": "header",
    "description": "A signing key of the party, and its signature over `beforehand/statement/v1`, a line feed, and the body.",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{43} [A-Za-z0-9_-]{86}$"},
}
_CHECKPOINT = {
    "Beforehand-Checkpoint": {
        "description": "The newest durable entry and its leaf hash: what a statement names as `seen`.",
        "schema": {"type": "string", "pattern": "^[0-9]+ [0-9a-f]{64}$"},
    }
}


def types() -> list[Any]:
    """All types whose schemas are needed."""
    found: list[Any] = [a.Problem]
    for operation in HOTLINE:
        found += [operation.answer] if operation.verb is None else [operation.verb.body, operation.answer]
    return found


def described(schema_of: dict[Any, Any]) -> dict[str, dict[str, Any]]:
    """Paths and their operations."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in HOTLINE:
        paths.setdefault(operation.template, {})[operation.method.lower()] = _operation(operation, schema_of)
    return paths


def _operation(operation: HotlineOperation, schema_of: dict[Any, Any]) -> dict[str, Any]:
    verb = operation.verb
    names = [segment[1:-1] for segment in operation.template.split("/") if segment.startswith("{")]
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": _OF_PATH[name]} for name in names
    ]
    parameters += [{"name": name, "in": "query", "schema": _OF_QUERY[name]} for name in operation.query]
    if verb is not None and verb.who == "party":
        parameters.append(_SIGNATURE)
    found: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.says,
        "tags": ["hotline"],
        "parameters": parameters,
        "responses": {"200": _success(operation, schema_of), "413": _TOO_LARGE} | _REFUSALS,
        "security": _security(operation.scopes),
    }
    if verb is not None:
        content = {"schema": schema_of[verb.body], "example": verb.example}
        found["requestBody"] = {"required": bool(verb.example), "content": {"application/json": content}}
    return found


def _security(scopes: Options | None) -> list[dict[str, list[str]]]:
    return [] if scopes is None else [{"token": sorted(option)} for option in scopes]


def _success(operation: HotlineOperation, schema_of: dict[Any, Any]) -> dict[str, Any]:
    content = {"schema": schema_of[operation.answer]}
    example = _EXAMPLES.get(operation.answer)
    if example is not None:
        content["example"] = example
    return {"description": operation.says, "headers": _CHECKPOINT, "content": {"application/json": content}}


def problems(schema_of: dict[Any, Any]) -> dict[str, Any]:
    """The refusals by name, with the reasons that each status may have."""
    found = {}
    for status, meaning in _MEANINGS.items():
        reasons = sorted(reason for reason, of in REASONS.items() if of == status)
        schema = {
            "allOf": [schema_of[a.Problem]],
            "properties": {"reason": {"enum": reasons}, "status": {"const": status}},
        }
        found[f"Problem{status}"] = {
            "description": meaning,
            "content": {"application/problem+json": {"schema": schema}},
        }
    return found
