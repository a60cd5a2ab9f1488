"""Declaring and ending intents, whatever becomes of the answers."""

from __future__ import annotations

import asyncio
import itertools
import time
import uuid
from collections.abc import Coroutine
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.client.registry import FAULTS, URL, Registry

from beforehand.airspace.volume import Polygon, Volume
from beforehand.client.dss import Accepted, Declaration, Dss, Refused, Try, Unaware
from beforehand.client.http import Answer, NoAnswer
from beforehand.client.messages import Changed, Reference
from beforehand.client.retries import Retries
from beforehand.client.shapes import write_outline, write_volume

HERE = Polygon.from_degrees([(46.8, 7.1), (46.8, 7.12), (46.81, 7.12), (46.81, 7.1)])
SOON_US = time.time_ns() // 1000 // 1_000_000 * 1_000_000 + 3_600_000_000


class Client:
    """One party and everything that was heard of its requests."""

    def __init__(self, registry: Any, subject: str = "uss1", tries: int = 9) -> None:
        self.tries: list[Try] = []
        self.slept: list[float] = []
        self.subject = subject
        retries = Retries(self._sleep, Random(0), tries)
        self.dss = Dss(registry, URL, lambda: subject, retries, self.tries.append)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def wanted(self, *named: str, standing: Reference | None = None, minutes: int = 0) -> Declaration:
        start_us = SOON_US + minutes * 60_000_000
        volume = Volume(HERE, 0, 100_000, start_us, start_us + 60_000_000)
        extents = b"[%b]" % write_volume(write_outline(HERE), volume)
        id_ = standing.id if standing is not None else str(uuid.uuid4())
        url = f"http://peer.test/{self.subject}"
        return Declaration(id_, extents, start_us, start_us + 60_000_000, "Accepted", url, named, standing)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def first_put(fault: str) -> Any:
    """Only the first PUT goes wrong."""
    seen = itertools.count()
    return lambda _, method, url: fault if method == "PUT" and next(seen) == 0 else None


def test_an_intent_is_declared_changed_and_ended() -> None:
    registry = Registry()
    client = Client(registry)
    made = run(client.dss.declare(client.wanted()))
    assert isinstance(made, Accepted)
    assert made.reference.version == 1
    moved = run(client.dss.declare(client.wanted(standing=made.reference, minutes=5)))
    assert isinstance(moved, Accepted)
    assert (moved.reference.id, moved.reference.version) == (made.reference.id, 2)
    ended = run(client.dss.end(client.wanted(standing=moved.reference)))
    assert isinstance(ended, Changed)
    assert registry.intents() == {}
    assert run(client.dss.get(made.reference.id)) is None
    assert [(each.method, each.status) for each in client.tries] == [("PUT", 201), ("PUT", 200), ("DELETE", 200)]


def test_a_refusal_names_what_was_not_known_and_naming_it_is_accepted() -> None:
    registry = Registry()
    first, second = Client(registry, "uss1"), Client(registry, "uss2")
    made = run(first.dss.declare(first.wanted()))
    refused = run(second.dss.declare(second.wanted()))
    assert isinstance(refused, Unaware)
    assert [each.id for each in refused.missing] == [made.reference.id]
    assert refused.missing[0].known_ovn is None
    assert refused.standing is None
    assert isinstance(run(second.dss.declare(second.wanted(made.reference.ovn))), Accepted)


def test_a_query_tells_what_touches_an_area() -> None:
    registry = Registry()
    client = Client(registry)
    made = run(client.dss.declare(client.wanted()))
    found = run(client.dss.query(client.wanted().extents[1:-1]))
    assert [each.id for each in found] == [made.reference.id]
    assert found[0].known_ovn == made.reference.ovn


@pytest.mark.parametrize("fault", ["lost", "unknown, not done"])
def test_what_did_not_happen_is_sent_again(fault: str) -> None:
    registry = Registry(first_put(fault))
    client = Client(registry)
    made = run(client.dss.declare(client.wanted()))
    assert isinstance(made, Accepted)
    assert made.reference.version == 1
    assert [method for method, _ in registry.asked] == ["PUT", "GET", "PUT"]


@pytest.mark.parametrize("fault", ["answer lost", "unknown, done"])
def test_what_did_happen_is_put_once_more_with_its_current_ovn(fault: str) -> None:
    registry = Registry(first_put(fault))
    client = Client(registry)
    wanted = client.wanted()
    made = run(client.dss.declare(wanted))
    assert isinstance(made, Accepted)
    assert made.reference.version == 2
    assert registry.intents() == {wanted.id: ("uss1", 2, made.reference.ovn)}
    assert [method for method, _ in registry.asked] == ["PUT", "GET", "PUT"]


@pytest.mark.parametrize("fault", ["answer lost", "unknown, done"])
def test_an_update_that_did_happen_is_put_once_more(fault: str) -> None:
    registry = Registry()
    client = Client(registry)
    made = run(client.dss.declare(client.wanted()))
    registry.faults = first_put(fault)
    moved = run(client.dss.declare(client.wanted(standing=made.reference, minutes=3)))
    assert isinstance(moved, Accepted)
    assert moved.reference.version == 3


def test_a_request_that_was_sent_twice_on_the_way_is_known_as_one_s_own() -> None:
    """HTTP clients and proxies may repeat a PUT by themselves when a connection breaks."""
    registry = Registry()
    seen = itertools.count()

    async def twice(method: str, url: str, token: str, body: bytes | None = None) -> Answer:
        if method == "PUT" and next(seen) % 2 == 0:
            await registry(method, url, token, body)
        return await registry(method, url, token, body)

    client = Client(twice)
    made = run(client.dss.declare(client.wanted()))
    assert isinstance(made, Accepted)
    assert made.reference.version == 2
    moved = run(client.dss.declare(client.wanted(standing=made.reference, minutes=2)))
    assert isinstance(moved, Accepted)
    assert registry.intents()[made.reference.id] == ("uss1", moved.reference.version, moved.reference.ovn)


def test_an_intent_changed_by_other_means_is_left_alone() -> None:
    registry = Registry()
    client = Client(registry)
    made = run(client.dss.declare(client.wanted()))
    other = run(client.dss.declare(client.wanted(standing=made.reference, minutes=4)))
    refused = run(client.dss.declare(client.wanted(standing=made.reference, minutes=9)))
    assert isinstance(refused, Refused)
    assert (refused.status, refused.standing) == (409, other.reference)


def test_not_done_is_tried_again_without_asking_what_happened() -> None:
    registry = Registry(first_put("not done"))
    client = Client(registry)
    assert run(client.dss.declare(client.wanted())).reference.version == 1
    assert [method for method, _ in registry.asked] == ["PUT", "PUT"]


def test_a_busy_registry_is_left_alone_for_as_long_as_it_asks() -> None:
    registry = Registry(first_put("busy"))
    client = Client(registry)
    assert isinstance(run(client.dss.declare(client.wanted())), Accepted)
    assert client.slept == [1.0]


def test_a_lost_acceptance_that_can_no_longer_be_confirmed_is_told() -> None:
    """Between the lost answer and the second PUT someone else came: what stands is said along with the refusal."""
    registry = Registry(first_put("answer lost"))
    first, second = Client(registry, "uss1"), Client(registry, "uss2")

    async def story() -> tuple[Any, Any]:
        wanted = first.wanted()

        async def interrupt(seconds: float) -> None:
            ovn = registry.intents()[wanted.id][2]
            assert isinstance(await second.dss.declare(second.wanted(ovn)), Accepted)

        first.dss._retries = Retries(interrupt, Random(0))
        return wanted, await first.dss.declare(wanted)

    wanted, refused = run(story())
    assert isinstance(refused, Unaware)
    assert refused.standing is not None
    assert registry.intents()[wanted.id] == ("uss1", 1, refused.standing.ovn)


def test_what_is_wrong_with_a_declaration_is_said_and_not_tried_again() -> None:
    registry = Registry()
    client = Client(registry)
    refused = run(client.dss.declare(client.wanted(minutes=-120)))
    assert isinstance(refused, Refused)
    assert (refused.status, refused.certain) == (400, True)
    assert len(registry.asked) == 1


def test_an_id_that_another_party_has_is_refused_for_good() -> None:
    registry = Registry()
    first, second = Client(registry, "uss1"), Client(registry, "uss2")
    made = run(first.dss.declare(first.wanted()))
    wanted = second.wanted(standing=made.reference)
    wanted = Declaration(wanted.id, wanted.extents, wanted.start_us, wanted.end_us, "Accepted", wanted.uss_base_url, ())
    refused = run(second.dss.declare(wanted))
    assert isinstance(refused, Refused)
    assert refused.status == 403


def test_tries_are_bounded_and_waits_grow() -> None:
    client = Client(Registry(lambda *_: "not done"), tries=5)
    refused = run(client.dss.declare(client.wanted()))
    assert isinstance(refused, Refused)
    assert (refused.status, refused.certain) == (503, True)
    assert len(client.tries) == 5
    assert all(after > before for before, after in itertools.pairwise(client.slept))


def test_a_registry_that_never_answers_leaves_the_outcome_open() -> None:
    client = Client(Registry(lambda *_: "lost"), tries=3)
    refused = run(client.dss.declare(client.wanted()))
    assert isinstance(refused, Refused)
    assert not refused.certain


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"operational_intent_reference":7}', b"\xff"])
def test_an_acceptance_that_cannot_be_read_is_found_out_by_asking(body: bytes) -> None:
    registry = Registry()
    seen = itertools.count()

    async def garbled(method: str, url: str, token: str, sent: bytes | None = None) -> Answer:
        answer = await registry(method, url, token, sent)
        return Answer(201, body) if method == "PUT" and next(seen) == 0 else answer

    client = Client(garbled)
    made = run(client.dss.declare(client.wanted()))
    assert isinstance(made, Accepted)
    assert made.reference.version == 2


def test_ending_twice_is_one_end() -> None:
    seen = itertools.count()
    registry = Registry(lambda _, method, url: "answer lost" if method == "DELETE" and next(seen) == 0 else None)
    client = Client(registry)
    made = run(client.dss.declare(client.wanted()))
    assert isinstance(run(client.dss.end(client.wanted(standing=made.reference))), Changed)
    assert registry.intents() == {}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([*FAULTS, None]), max_size=12))
def test_under_any_faults_what_is_said_to_stand_stands(faults: list[str | None]) -> None:
    registry = Registry(lambda n, *_: faults[n] if n < len(faults) else None)
    client = Client(registry, tries=6)

    async def story() -> None:
        standing = None
        for minutes in range(3):
            wanted = client.wanted(standing=standing, minutes=minutes)
            answer = await client.dss.declare(wanted)
            stands = registry.intents().get(wanted.id)
            if isinstance(answer, Accepted):
                standing = answer.reference
                assert stands == ("uss1", standing.version, standing.ovn)
            elif isinstance(answer, Refused) and answer.certain:
                before = None if answer.standing is None else ("uss1", answer.standing.version, answer.standing.ovn)
                assert stands == before
                return
            else:
                return
        ended = await client.dss.end(client.wanted(standing=standing))
        assert isinstance(ended, Refused) or registry.intents() == {}

    run(story())


def test_no_answer_at_all_is_no_status() -> None:
    async def dead(*_: Any) -> Answer:
        raise NoAnswer("nobody there")

    client = Client(dead, tries=2)
    found = run(client.dss.get(str(uuid.uuid4())))
    assert isinstance(found, Refused)
    assert (found.status, found.certain) == (0, False)
