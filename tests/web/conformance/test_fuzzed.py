"""Requests that nobody would write: whatever arrives is answered, as described, and never with 5xx."""

from __future__ import annotations

import json
import random
from urllib.parse import quote

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from .asking import (
    AVAILABILITY,
    CONSTRAINTS,
    INTENTS,
    REPORTS,
    SUBSCRIPTIONS,
    Place,
    constraint,
    implicit,
    intent,
    new_id,
    soon,
    subscription,
    volume,
)

SEEDS = range(4)
REQUESTS = 150
#: What a member or element is replaced by.
ODD = (
    *(None, True, 0, -1, 1e308, -0.0, 2**53, 2**64, 10**400, "", "x", "\0", "é" * 50, "\ud800", "0", "M", "W84"),
    *("2030-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", [], {}, [[]], [None], {"": None}, "A" * 5_000),
)
#: Ends of paths.
ENDS = ("", "x", "a" * 40, "\0", "é", "Available from USS", "../..", "?", "#", "%")


def spoilt(chance: random.Random, value: object, share: float) -> object:
    """The value with about `share` of all that is in it replaced, left out, renamed or repeated."""
    if chance.random() < share:
        return chance.choice(ODD)
    if isinstance(value, dict):
        kept = [(name, spoilt(chance, each, share)) for name, each in value.items() if chance.random() > share / 3]
        return {name + ("x" if chance.random() < share / 3 else ""): each for name, each in kept}
    if isinstance(value, list):
        return [spoilt(chance, each, share) for each in value] * (2 if chance.random() < share else 1)
    if isinstance(value, float) and chance.random() < share:
        return value * chance.choice((0, -1, 1e6, 1e-9, 2.0**40))
    return value


def written(chance: random.Random, body: object) -> bytes:
    """JSON, mostly."""
    text = json.dumps(body, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    kind = chance.random()
    if kind < 0.03:
        at = chance.randrange(len(text))
        return text[:at] + bytes([chance.randrange(256)]) + text[at + 1 :]
    if kind < 0.06:
        return text[: chance.randrange(len(text) + 1)]
    return text + chance.choice((b" ", b"x", b"{}", b"\0")) if kind < 0.08 else text


@pytest.mark.parametrize("seed", SEEDS)
def test_spoilt_requests_are_refused_and_the_others_served(authority, seed):
    chance = random.Random(seed)
    place = Place(20, -160).east(seed)  # far from those that other tests take
    known = [new_id() for _ in range(8)]
    bodies = (
        (INTENTS, lambda: intent(soon(place), new_subscription=implicit(), key=known)),
        (INTENTS, lambda: intent(soon(place), soon(place.east(1)), subscription_id=chance.choice(known))),
        (CONSTRAINTS, lambda: constraint(soon({"outline_circle": place.circle()}))),
        (SUBSCRIPTIONS, lambda: subscription(soon(place), notify_for_constraints=True)),
    )
    seen = set()
    for _ in range(REQUESTS):
        root, body = chance.choice(bodies)
        method, path, content = chance.choice(
            (
                ("PUT", f"{root}/{chance.choice(known)}", body()),
                ("PUT", f"{root}/{chance.choice(known)}/{quote(chance.choice(ENDS))}", body()),
                ("DELETE", f"{root}/{chance.choice(known)}/{quote(chance.choice(ENDS))}", None),
                ("GET", f"{root}/{quote(chance.choice((*known, *ENDS)))}", None),
                ("POST", f"{root}/query", {"area_of_interest": volume(place)}),
                ("PUT", f"{AVAILABILITY}/{quote(chance.choice(ENDS))}", {"old_version": "", "availability": "Down"}),
                ("POST", REPORTS, {"exchange": {"url": "x", "headers": ["x"], "response_code": 5}}),
            )
        )
        answer = authority.http.request(
            method, path, content=written(chance, spoilt(chance, content, chance.choice((0, 0.02, 0.1))))
        )
        assert answer.status_code < 500, (method, path, answer.text)
        if answer.headers["content-type"].startswith("application/json"):
            assert answer.json().keys() >= ({"message"} if answer.status_code >= 400 else set())
        else:
            assert answer.status_code == 404
        seen.add(answer.status_code)
    assert {200, 400, 404} <= seen


def test_answers_are_as_the_description_says(server, authority):
    schema = schemathesis.openapi.from_dict(httpx.get(f"{server.url}/openapi.json").json())
    token = {"Authorization": authority.http.headers["Authorization"]}
    checks = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
    registry = schema.exclude(path_regex="^/hotline/")  # tests/web/hotline asks those, with tokens that open them
    operations = [found.ok() for found in registry.get_all_operations()]
    for operation in operations:

        @settings(
            max_examples=15,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def answered(case):
            case.call_and_validate(base_url=server.url, headers=token, checks=checks)

        answered()
    assert len(operations) > 20
