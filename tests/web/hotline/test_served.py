"""The hotline of a real server process: passwords, worker, restart, and requests made from its own description."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from beforehand.auth.scopes import HOTLINE_OPERATOR
from beforehand.auth.sessions import KEY_NAME
from beforehand.auth.signing import public_text
from serving import Served, served

BASE = "/hotline/v1"
PASSWORD = "correct horse battery"


def at(minutes: float) -> str:
    return datetime.fromtimestamp(time.time() + 60 * minutes, UTC).isoformat()


class Officer:
    """A person of a party, on a server."""

    def __init__(self, server: Served, code: str) -> None:
        self.server = server
        self.code = code
        operator = server.party("operator", HOTLINE_OPERATOR)
        body = {"code": code, "name": code, "public_key": public_text(Ed25519PrivateKey.generate())}
        made = operator.post(f"{BASE}/party/create", json=body).json()
        joining = {"party": code, "invitation": made["invitation"], "login": "duty1", "password": PASSWORD}
        assert operator.post(f"{BASE}/party/join", json=joining, headers={"Authorization": ""}).status_code == 200
        self.log_in()

    def log_in(self) -> None:
        body = {"party": self.code, "login": "duty1", "password": PASSWORD, "role": "senior"}
        got = self.server.client().post(f"{BASE}/party/login", json=body)
        assert got.status_code == 200, got.text
        self.http = self.server.client(got.json()["token"])

    def do(self, verb: str, **fields: Any) -> httpx.Response:
        return self.http.post(f"{BASE}/{verb.replace(' ', '/')}", json=fields)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("hotline")) as running:
        yield running


@pytest.fixture(scope="module")
def grey(server: Served) -> Officer:
    return Officer(server, "GREY")


def volume(**fields: Any) -> dict[str, Any]:
    return {"circle": [35.52, 35.77, 9_000], "from": at(60), "to": at(90)} | fields


def test_words_are_held_against_the_shape_by_the_worker(grey: Officer) -> None:
    """H4.5: place names are held by a process beside the server; what it finds stands beside the version."""
    got = grey.do("notice give", category="exercise", where="off Latakia", volumes=[volume()])
    assert got.status_code == 200, got.text
    far = grey.do("notice give", category="exercise", where="off Latakia", volumes=[volume(circle=[60.0, 10.0, 9_000])])
    versions = grey.http.get(f"{BASE}/notices/{far.json()['id']}").json()["view"]["versions"]
    # On a machine so busy that the worker is late, a warning goes out with its words not read.
    assert [mark["kind"] for mark in versions[0]["marks"] if mark["rule"] == "H4.5"]


def test_what_the_worker_refuses_names_its_field_as_anywhere(grey: Officer) -> None:
    """P8: a field that cannot be read is no fault of this server, wherever it is read."""
    for wrong, field in (
        (volume(circle=[95, 0, 9]), "volumes[0].circle[0]"),
        (volume(**{"from": "noon"}), "volumes[0].from"),
    ):
        got = grey.do("notice give", category="exercise", where="off Latakia", volumes=[wrong])
        assert (got.status_code, got.json().get("field")) == (400, field)
    got = grey.do("notice give", category="exercise", where="x", title="\0", text="y" * 9_000, volumes=[volume()] * 100)
    assert (got.status_code, got.json()["field"]) == (400, "title")


def test_large_zones_are_covered_by_the_worker(grey: Officer) -> None:
    """H6.4, P8: a shape of many cells is taken, and nobody waits for it but its party."""
    zone = {"kind": "range", "volumes": [{"circle": [35, 33, 24_000]}], "active": [[at(1), None]]}
    assert grey.do("zone declare", **zone).status_code == 200
    got = grey.do("notice begin", text="x" * 70_000)
    assert (got.status_code, got.json()["reason"]) == (400, "wrong_type")


def test_tokens_outlive_the_process_and_the_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    """H1.3, P1: the session key stands beside the journal, mode 0600; whoever was logged in still is after a restart."""
    with served(tmp_path) as server:
        officer = Officer(server, "TEAL")
        token = officer.http.headers["Authorization"]
        assert officer.http.get(f"{BASE}/parties").status_code == 200
        assert (server.data_dir / KEY_NAME).stat().st_mode & 0o777 == 0o600
        key, old = server.key, (server.data_dir / KEY_NAME).read_bytes()
    (tmp_path / "keys").rename(tmp_path / "old-keys")
    with served(tmp_path) as again:
        assert again.key is not key
        assert (again.data_dir / KEY_NAME).read_bytes() == old
        got = httpx.get(f"{again.url}{BASE}/parties", headers={"Authorization": token})
        assert got.status_code == 200
        assert got.json()["parties"][0]["on_duty"] == ["senior"]


def test_requests_made_from_the_description_are_answered_as_it_says(server: Served, grey: Officer) -> None:
    """P8: every operation, never 5xx, each answer of the status, the type and the shape that it has there."""
    schema = schemathesis.openapi.from_dict(httpx.get(f"{server.url}/openapi.json").json())
    checks = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
    operations = [found.ok() for found in schema.include(path_regex=f"^{BASE}/").get_all_operations()]
    token = grey.http.headers["Authorization"]
    for operation in operations:

        @settings(
            max_examples=3,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def answered(case: Any) -> None:
            case.call_and_validate(base_url=server.url, headers={"Authorization": token}, checks=checks)

        if "logout" not in operation.path and "party/join" not in operation.path:
            answered()
    assert len(operations) > 50
