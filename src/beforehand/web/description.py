"""The interface described as OpenAPI 3.1, from the product's own types and its table of operations."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from beforehand.web.answer import Answer
from beforehand.web.hotline import description as hotline
from beforehand.web.operations import OPERATIONS, Operation
from beforehand.web.service import SERVICE, Service
from beforehand.wire.f3548 import answers as a

_REFUSALS = {
    "400": "The request is malformed; `message` names the field, what is wrong with it, and what to do.",
    "401": "The token is missing or not good.",
    "403": "The token lacks a scope, or the object is another party's.",
    "404": "There is no such object.",
    "409": "What the request rests on is not current.",
    "413": "The body, or the area that is searched, is too large.",
    "429": "A quota of the party is used up.",
    "503": "Nothing was done (`not_done`), or it may have been: read before you retry (`outcome_unknown`).",
}


#: Ids as most write them; without dashes, as a URN and in braces they are taken too.
_ID = "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"


class Unavailable(Struct, frozen=True):
    """503. `reason` is `not_done` or `outcome_unknown`."""

    message: str
    reason: str


@lru_cache(maxsize=1)
def description(version: str) -> bytes:
    """The OpenAPI document as JSON."""
    types: list[Any] = [a.Message, a.Conflict, Unavailable, *hotline.types()]
    for operation in OPERATIONS:
        types += [operation.answer] if operation.body is None else [operation.body, operation.answer]
    types = list(dict.fromkeys(types))
    schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    schema_of = dict(zip(types, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {"/healthy": {"get": _open("getHealthy", "The process lives.", "text/plain")}}
    for operation in OPERATIONS:
        paths.setdefault(operation.template, {})[operation.method.lower()] = _operation(operation, schema_of)
    paths |= hotline.described(schema_of)
    for service in (*SERVICE, DESCRIPTION):
        paths.setdefault(service.template, {})[service.method.lower()] = _service(service, schema_of)
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Beforehand",
            "version": version,
            "description": "ASTM F3548-21 as a DSS, and the hotline. Every refusal has a stable reason in the header "
            "Beforehand-Reason; those of the hotline are problem details (RFC 9457).",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": hotline.problems(schema_of),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }
    return msgspec.json.encode(document)


#: `GET /openapi.json`.
DESCRIPTION = Service(
    "getDescription", "GET", "/openapi.json", lambda asked: Answer(200, description(asked.config.system_version))
)


def _operation(operation: Operation, schema_of: dict[Any, Any]) -> dict[str, Any]:
    answers = {str(operation.status): _answer("Done.", schema_of[operation.answer])}
    for status, meaning in _REFUSALS.items():
        kind = {"409": a.Conflict, "503": Unavailable}.get(status, a.Message)
        answers[status] = _answer(meaning, schema_of[kind])
    found: dict[str, Any] = {
        "operationId": operation.id,
        "parameters": _parameters(operation.template),
        "responses": answers,
        "security": [{"token": sorted(option)} for option in operation.scopes],
    }
    if operation.body is not None:
        found["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema_of[operation.body]}},
        }
    return found


def _service(service: Service, schema_of: dict[Any, Any]) -> dict[str, Any]:
    found = _open(service.id, "Done.", "application/json")
    found["parameters"] = _parameters(service.template)
    if service.scopes is not None:
        found["responses"] |= {status: _answer(_REFUSALS[status], schema_of[a.Message]) for status in ("401", "403")}
        found["security"] = [{"token": sorted(option)} for option in service.scopes]
    return found


def _open(id_: str, meaning: str, kind: str) -> dict[str, Any]:
    return {"operationId": id_, "responses": {"200": {"description": meaning, "content": {kind: {"schema": {}}}}}}


def _answer(meaning: str, schema: Any) -> dict[str, Any]:
    return {"description": meaning, "content": {"application/json": {"schema": schema}}}


def _parameters(template: str) -> list[dict[str, Any]]:
    names = [segment[1:-1] for segment in template.split("/") if segment.startswith("{")]
    return [{"name": name, "in": "path", "required": True, "schema": _parameter(name)} for name in names]


def _parameter(name: str) -> dict[str, Any]:
    return {"type": "string", "pattern": _ID} if name in ("entityid", "subscriptionid") else {"type": "string"}
