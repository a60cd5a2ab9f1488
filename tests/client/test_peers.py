"""Asking holders: only their word counts, and it is asked for until it is as new as the registry's."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

import pytest

from beforehand.client.http import Answer, NoAnswer
from beforehand.client.messages import Reference, Time
from beforehand.client.own import OwnIntents
from beforehand.client.peers import SILENT_S, Disclosed, Peers, Undisclosed
from beforehand.client.retries import Retries
from beforehand.client.tokens import Tokens

ID = "6f1c1d5e-0000-4000-8000-000000000001"
VOLUMES = (
    b'[{"volume":{"outline_circle":{"center":{"lat":46.8,"lng":7.1},"radius":{"value":100,"units":"M"}},'
    b'"altitude_lower":{"value":0,"reference":"W84","units":"M"},'
    b'"altitude_upper":{"value":100,"reference":"W84","units":"M"}},'
    b'"time_start":{"value":"2030-01-01T00:00:00Z"},"time_end":{"value":"2030-01-01T00:01:00Z"}}]'
)


def reference(version: int, ovn: str = "", id_: str = ID) -> Reference:
    time = Time("2030-01-01T00:00:00Z")
    return Reference(id_, "uss2", version, "Accepted", "http://peer.test/uss2", time, time, ovn)


def told(version: int, ovn: str = "the-ovn", volumes: bytes = VOLUMES, id_: str = ID) -> Answer:
    own = OwnIntents()
    own.accepted(reference(version, ovn, id_), volumes)
    body = own.details(id_)
    assert body is not None
    return Answer(200, body)


class Holder:
    """Gives these answers one after the other, the last for ever; an exception is raised."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str]] = []
        self.now_s = 0.0

    async def __call__(self, method: str, url: str, token: str, body: bytes | None = None) -> Answer:
        self.asked.append((url, token))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def peers(self) -> Peers:
        async def sleep(_: float) -> None: ...

        tokens = Tokens("uss1", lambda subject, audience: (f"{subject} to {audience}", 1e12), lambda: 0.0)
        return Peers(self, tokens, Retries(sleep, Random(0), 4), lambda: self.now_s)


def ask(holder: Holder, version: int = 1) -> Any:
    return asyncio.run(holder.peers().details(reference(version)))


def test_ovn_and_shape_come_from_the_holder() -> None:
    holder = Holder(told(3, "its-ovn"))
    found = ask(holder, 3)
    assert isinstance(found, Disclosed)
    assert (found.id, found.version, found.ovn) == (ID, 3, "its-ovn")
    assert (found.shapes[0].lower_mm, found.shapes[0].upper_mm) == (0, 100_000)
    assert holder.asked == [(f"http://peer.test/uss2/uss/v1/operational_intents/{ID}", "uss1 to peer.test")]


@pytest.mark.parametrize("early", [told(1, "old"), Answer(404, b"{}"), Answer(503, b""), NoAnswer("reset")])
def test_a_holder_that_does_not_know_yet_is_asked_again(early: Answer | Exception) -> None:
    found = ask(Holder(early, told(2, "new")), 2)
    assert isinstance(found, Disclosed)
    assert found.ovn == "new"


def test_an_intent_that_its_holder_never_tells_of_is_gone() -> None:
    holder = Holder(Answer(404, b"{}"))
    found = ask(holder)
    assert isinstance(found, Undisclosed)
    assert found.gone
    assert len(holder.asked) == 4


@pytest.mark.parametrize(
    "answer",
    [
        told(1, id_="6f1c1d5e-0000-4000-8000-000000000002"),
        told(1, ovn="Available from USS"),
        told(1, ovn=""),
        told(1, volumes=b"[]"),
        told(1, volumes=b"[null]"),
        told(1, volumes=VOLUMES.replace(b'"W84"', b'"AGL"')),
        told(1, volumes=VOLUMES.replace(b'"radius"', b'"size"')),
        told(1, volumes=VOLUMES.replace(b"46.8", b"460.8")),
        told(1, volumes=VOLUMES.replace(b"2030-01-01T00:01:00Z", b"tomorrow")),
        Answer(200, b"{}"),
        Answer(200, b"\xff"),
        Answer(500, b"oops"),
    ],
)
def test_what_cannot_be_read_is_not_believed(answer: Answer) -> None:
    found = ask(Holder(answer))
    assert isinstance(found, Undisclosed)
    assert not found.gone


def test_a_holder_that_turns_one_away_is_not_pestered() -> None:
    holder = Holder(Answer(403, b'{"message":"not you"}'))
    found = ask(holder)
    assert isinstance(found, Undisclosed)
    assert "not you" in found.message
    assert len(holder.asked) == 1


def test_a_silent_holder_holds_nobody_up_twice() -> None:
    holder = Holder(NoAnswer("nobody there"))
    peers = holder.peers()

    async def story() -> None:
        await peers.details(reference(1))
        before = len(holder.asked)
        assert isinstance(await peers.details(reference(1)), Undisclosed)
        assert len(holder.asked) == before
        holder.now_s = SILENT_S + 1
        holder.answers = [told(1)]
        assert isinstance(await peers.details(reference(1)), Disclosed)

    asyncio.run(story())


def test_equal_shapes_are_read_once() -> None:
    one, other = ask(Holder(told(1))), ask(Holder(told(1, "another-ovn")))
    assert one.shapes[0] is other.shapes[0]
