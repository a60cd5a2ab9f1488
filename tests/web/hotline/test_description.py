"""The OpenAPI document describes the hotline from its types, with an example for every call that can be taken."""

from __future__ import annotations

import json
from typing import Any

import pytest

from beforehand.core.hotline import commands as c
from beforehand.core.stamp import Caller
from beforehand.web.hotline.description import REASONS
from beforehand.web.hotline.operations import HOTLINE
from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.requests.reading import Request, read
from beforehand.wire.hotline.verbs import VERBS

from .line import OF_VERB, document, validator

BY = c.Speaker(Caller("issuer", "subject"), "TEAL", "person", "senior", "session")
NOW_US = 1_800_000_000_000_000


def described(operation: Any) -> dict[str, Any]:
    found: dict[str, Any] = document()["paths"][operation.template][operation.method.lower()]
    return found


@pytest.mark.parametrize("verb", VERBS, ids=lambda each: each.name)
def test_the_example_of_every_verb_is_as_described_and_can_be_taken(verb: Any) -> None:
    """H4.1: an example that nobody could send would be worse than none."""
    content = described(OF_VERB[verb.name])["requestBody"]["content"]["application/json"]
    assert content["example"] == verb.example
    check = validator(content["schema"])
    assert check.is_valid(content["example"]), next(iter(check.iter_errors(content["example"])))
    raw = json.dumps(content["example"]).encode()
    read(raw, verb.body)
    if verb.decode is not None:
        verb.decode(Request(raw, BY, NOW_US))


@pytest.mark.parametrize("verb", VERBS, ids=lambda each: each.name)
def test_a_field_that_there_is_not_is_described_as_an_error_and_is_one(verb: Any) -> None:
    """H4.1: it might be one that matters."""
    content = described(OF_VERB[verb.name])["requestBody"]["content"]["application/json"]
    wrong = verb.example | {"target": "x"}
    assert not validator(content["schema"]).is_valid(wrong)
    with pytest.raises(BadField, match="target"):
        read(json.dumps(wrong).encode(), verb.body)


def test_no_field_anywhere_is_for_a_target_a_weapon_or_a_unit() -> None:
    """H4: there is no place for them, in what is sent or in what is answered."""
    names = {name for schema in document()["components"]["schemas"].values() for name in schema.get("properties", ())}
    assert not [
        name for name in names for word in ("target", "weapon", "unit_", "ammunition", "callsign") if word in name
    ]


@pytest.mark.parametrize("operation", HOTLINE, ids=lambda each: each.id)
def test_every_operation_says_who_may_ask_and_how_it_is_refused(operation: Any) -> None:
    """H10.3: security, every status, and problem details with their reasons."""
    found = described(operation)
    assert found["operationId"] == operation.id
    scopes = [set(option) for option in operation.scopes or ()]
    assert [set(each["token"]) for each in found["security"]] == scopes
    statuses = {str(status) for status in REASONS.values()}
    assert set(found["responses"]) == statuses | {"200", "413"}
    named = {each["name"] for each in found["parameters"] if each["in"] == "query"}
    assert named == set(operation.query)
    in_path = [each["name"] for each in found["parameters"] if each["in"] == "path"]
    assert in_path == [part[1:-1] for part in operation.template.split("/") if part.startswith("{")]
    for example in found["responses"]["200"]["content"].values():
        if "example" in example:
            assert validator(example["schema"]).is_valid(example["example"])


def test_every_reason_stands_under_its_status_and_nowhere_else() -> None:
    """H10.3: reasons are stable, and a client may rely on the status that each has."""
    told = {}
    for name, response in document()["components"]["responses"].items():
        (content,) = response["content"].values()
        for reason in content["schema"]["properties"]["reason"]["enum"]:
            assert reason not in told
            told[reason] = int(name.removeprefix("Problem"))
    assert told == REASONS
