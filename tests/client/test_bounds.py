"""Tokens are renewed in time, retries are bounded, notices are never in the way."""

from __future__ import annotations

import asyncio
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.client.http import Answer, NoAnswer
from beforehand.client.messages import Subscriber, SubscriptionState
from beforehand.client.notices import AT_ONCE, Notices
from beforehand.client.retries import LONGEST_S, Retries, asked_wait
from beforehand.client.tokens import RENEWED_BEFORE_S, Tokens, audience_of


def test_a_token_is_kept_for_its_audience_and_renewed_before_it_ends() -> None:
    now, minted = [0.0], list[str]()

    def mint(subject: str, audience: str) -> tuple[str, float]:
        minted.append(audience)
        return f"{subject} {audience} {len(minted)}", now[0] + 3_600

    tokens = Tokens("uss1", mint, lambda: now[0])
    assert tokens.for_audience("dss") == tokens.for_audience("dss") == "uss1 dss 1"
    assert tokens.for_audience("peer") == "uss1 peer 2"
    now[0] = 3_600 - RENEWED_BEFORE_S - 1
    assert tokens.for_audience("dss") == "uss1 dss 1"
    now[0] += 2
    assert tokens.for_audience("dss") == "uss1 dss 3"


def test_the_audience_is_the_host() -> None:
    assert audience_of("https://uss.example.com:8443/base") == "uss.example.com"
    assert audience_of("http://[::1]:80/") == "::1"


@given(st.integers(1, 30), st.floats(0.001, 5), st.integers())
def test_waits_are_bounded_in_number_and_length(tries: int, first: float, seed: int) -> None:
    async def sleep(_: float) -> None: ...

    waits = list(Retries(sleep, Random(seed), tries, first).waits())
    assert len(waits) == tries - 1
    assert all(0 < wait <= LONGEST_S for wait in waits)


@pytest.mark.parametrize(
    ("asked", "waited"), [(None, 0.5), ("2", 2.0), ("0", 0.5), ("3600", LONGEST_S), ("soon", 0.5), ("-1", 0.5)]
)
def test_an_asked_wait_counts_within_bounds(asked: str | None, waited: float) -> None:
    assert asked_wait(asked, 0.5) == waited


def subscribers(*urls: str) -> tuple[Subscriber, ...]:
    return tuple(Subscriber(url, (SubscriptionState("s", 3),)) for url in urls)


def test_subscribers_are_told_and_oneself_is_not() -> None:
    sent: list[tuple[str, str, bytes | None]] = []

    async def http(method: str, url: str, token: str, body: bytes | None = None) -> Answer:
        sent.append((method, url, body))
        return Answer(204, b"") if "good" in url else Answer(500, b"")

    async def story() -> Notices:
        notices = Notices(http, Tokens("uss1", lambda *_: ("t", 1e12), lambda: 0.0))
        everyone = subscribers("http://good.test/", "http://me.test", "http://bad.test")
        notices.send(everyone, "http://me.test", "id1", b'{"operational_intent":{}}')
        notices.send(subscribers("http://good.test"), "http://me.test", "id1", None)
        await notices.close()
        return notices

    notices = asyncio.run(story())
    assert (notices.told, notices.untold) == (2, 1)
    states = b'"subscriptions":[{"subscription_id":"s","notification_index":3}]'
    assert sent == [
        ("POST", "http://good.test/uss/v1/operational_intents",
         b'{"operational_intent_id":"id1",' + states + b',"operational_intent":{}}'),
        ("POST", "http://bad.test/uss/v1/operational_intents",
         b'{"operational_intent_id":"id1",' + states + b',"operational_intent":{}}'),
        ("POST", "http://good.test/uss/v1/operational_intents", b'{"operational_intent_id":"id1",' + states + b"}"),
    ]  # fmt: skip


def test_only_so_many_notices_are_under_way() -> None:
    async def http(*_: object) -> Answer:
        raise NoAnswer("nobody there")

    async def story() -> Notices:
        notices = Notices(http, Tokens("uss1", lambda *_: ("t", 1e12), lambda: 0.0))
        notices.send(subscribers(*[f"http://{n}.test" for n in range(AT_ONCE + 5)]), "", "id1", None)
        assert notices.untold == 5
        await notices.close()
        return notices

    assert asyncio.run(story()).untold == AT_ONCE + 5
