"""Who answers in place of a serving process: certainly nothing is done, and who warns is told so."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

import pytest

from beforehand.web.standin import StandIn


def asked(method: str, path: str, cause: str = "The disk is full") -> tuple[int, dict[str, str], bytes]:
    sent: list[dict[str, Any]] = []

    async def respond(message: dict[str, Any]) -> None:
        sent.append(message)

    async def ask() -> None:
        with socket.socket() as listening:
            stand_in = StandIn(listening)
            stand_in.cause = cause
            await stand_in({"type": "http", "method": method, "raw_path": path.encode()}, None, respond)

    asyncio.run(ask())
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, sent[1]["body"]


@pytest.mark.parametrize("path", ["/ready", "/", "/dss/v1/subscriptions/x", "/aux/v1/version"])
def test_nothing_is_done_and_the_cause_is_said(path: str) -> None:
    status, headers, body = asked("GET", path)
    assert status == 503
    assert headers["beforehand-reason"] == "not_done"
    assert json.loads(body) == {
        "message": "The disk is full. Nothing was done; ask again in a moment.",
        "reason": "not_done",
    }


def test_the_process_lives_all_the_same() -> None:
    assert asked("GET", "/healthy")[::2] == (200, b"ok")


def test_whoever_may_have_warned_is_told_that_nobody_heard() -> None:
    message = json.loads(asked("PUT", "/dss/v1/operational_intent_references/x/y")[2])["message"]
    assert message.endswith(" Not told: use the telephone.")
    assert "telephone" not in asked("GET", "/dss/v1/operational_intent_references/x")[2].decode()
