"""The listener and the client's HTTP, over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.client.test_peers import ID, VOLUMES, reference

from beforehand.client import http as client_http
from beforehand.client.http import AiohttpHttp, Answer, NoAnswer
from beforehand.client.listener import MAX_BODY_BYTES, SCOPE, Listener
from beforehand.client.own import OwnIntents

Story = Callable[[AiohttpHttp, Listener], Awaitable[None]]


def guard(authorization: str | None) -> tuple[str, frozenset[str]]:
    """Tokens are `good` or `narrow`."""
    if authorization == "Bearer good":
        return "uss2", frozenset({SCOPE})
    if authorization == "Bearer narrow":
        return "uss2", frozenset()
    raise ValueError("Missing access token")


def tell(story: Story) -> None:
    async def told() -> None:
        own = OwnIntents()
        own.accepted(reference(2, "the-ovn"), VOLUMES)
        listener = Listener({"uss1": own, "uss3": OwnIntents()}, guard)
        await listener.open()
        http = AiohttpHttp(4)
        try:
            await story(http, listener)
        finally:
            await http.close()
            await listener.close()

    asyncio.run(told())


def test_peers_with_a_token_are_told_what_was_declared() -> None:
    async def story(http: AiohttpHttp, listener: Listener) -> None:
        answer = await http("GET", f"{listener.base_url('uss1')}/uss/v1/operational_intents/{ID}", "good")
        assert answer.status == 200
        assert b'"ovn":"the-ovn"' in answer.body
        assert b'"volumes":' + VOLUMES in answer.body

    tell(story)


@pytest.mark.parametrize(
    ("method", "party", "path", "token", "status"),
    [
        ("GET", "uss1", f"/uss/v1/operational_intents/{ID}", "", 401),
        ("GET", "uss1", f"/uss/v1/operational_intents/{ID}", "forged", 401),
        ("GET", "uss1", f"/uss/v1/operational_intents/{ID}", "narrow", 403),
        ("GET", "uss3", f"/uss/v1/operational_intents/{ID}", "good", 404),
        ("GET", "nobody", f"/uss/v1/operational_intents/{ID}", "good", 404),
        ("GET", "uss1", "/uss/v1/operational_intents/x", "good", 404),
        ("DELETE", "uss1", f"/uss/v1/operational_intents/{ID}", "good", 404),
        ("POST", "uss1", "/uss/v1/operational_intents", "good", 204),
        ("POST", "uss1", "/uss/v1/operational_intents", "", 401),
    ],
)
def test_others_are_told_nothing(method: str, party: str, path: str, token: str, status: int) -> None:
    async def story(http: AiohttpHttp, listener: Listener) -> None:
        answer = await http(method, listener.base_url(party) + path, token, b"{}" if method == "POST" else None)
        assert answer.status == status
        assert b"the-ovn" not in answer.body

    tell(story)


def test_a_notice_too_large_is_refused() -> None:
    async def story(http: AiohttpHttp, listener: Listener) -> None:
        url = f"{listener.base_url('uss1')}/uss/v1/operational_intents"
        assert (await http("POST", url, "good", b" " * (MAX_BODY_BYTES + 1))).status == 413

    tell(story)


def test_no_server_is_no_answer() -> None:
    async def story(http: AiohttpHttp, listener: Listener) -> None:
        url = listener.base_url("uss1")
        await listener.close()
        for bad in (url, "http://", "nonsense"):
            with pytest.raises(NoAnswer):
                await http("GET", bad, "good")

    tell(story)


def test_an_answer_without_end_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_http, "MAX_ANSWER_BYTES", 100)

    async def story(http: AiohttpHttp, listener: Listener) -> None:
        with pytest.raises(NoAnswer, match="longer"):
            await http("GET", f"{listener.base_url('uss1')}/uss/v1/operational_intents/{ID}", "good")

    tell(story)


def test_headers_are_found_in_lower_case() -> None:
    async def story(http: AiohttpHttp, listener: Listener) -> None:
        answer: Answer = await http("GET", f"{listener.base_url('uss1')}/uss/v1/operational_intents/{ID}", "good")
        assert answer.headers.get("content-type", "").startswith("application/json")

    tell(story)
