"""P8: every list, queue and wait has a limit, and overload is answered early and honestly."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections import Counter

import httpx
import pytest

from beforehand.core.strategic.commands import FileReport, IntentState
from beforehand.node import admit
from beforehand.node.outcomes import NOT_TOLD, NotDone, OutcomeUnknown, TooFast
from beforehand.testing.faulty import Fault
from node.world import World, asked, in_simulation, outcomes
from web.serving import Serving, serving
from wire.f3548.asking import circle, intent, polygon, volume


@pytest.fixture
def world():
    return World()


async def hanging(world, node):
    """Have storage hang, with one entry in it."""
    world.engine.fault_next(Fault.HANGS)
    [waits] = await asked(node.ask(world.party("uss-z").plan(1_000)))
    await world.engine.hanging.wait()
    return waits


@in_simulation
async def test_what_waits_for_the_next_commit_is_bounded_in_entries(world):
    node = await world.open(open_batch_entries=10)
    party = world.party("uss-a")
    stands = [(await node.ask(party.plan(place))).reference for place in range(60, 90)]
    await hanging(world, node)
    ordinary = await asked(*(node.ask(party.plan(place)) for place in range(30)))
    warnings = await asked(
        *(node.ask(party.plan(90, id=each.id, ovn=each.ovn, state=IntentState.CONTINGENT)) for each in stands)
    )
    refused = [each.exception() for each in ordinary if each.done()]
    assert len(refused) == 20
    assert all(isinstance(each, NotDone) and "Nothing was done" in str(each) for each in refused)
    refused = [each.exception() for each in warnings if each.done()]
    assert len(refused) == 20  # as much again for warnings alone
    assert all(isinstance(each, NotDone) and str(each).endswith(NOT_TOLD) for each in refused)
    world.engine.let_go()
    answers = await outcomes([*ordinary, *warnings])
    assert sum(not isinstance(each, NotDone) for each in answers) == 20


@in_simulation
async def test_what_waits_for_the_next_commit_is_bounded_in_bytes_of_content_too(world):
    node = await world.open(open_batch_bytes=1 << 20)
    caller = world.party("uss-a").caller
    await hanging(world, node)
    tasks = await asked(*(node.ask(FileReport(caller, bytes(200_000))) for _ in range(20)))
    assert sum(each.done() for each in tasks) == 20 - 4  # of 256 KiB each
    assert node._committer.open_bytes < 2 << 20


@in_simulation
async def test_who_may_wait_is_bounded_in_number(world, monkeypatch):
    monkeypatch.setattr(admit, "WAITING_MAX", 30)
    node = await world.open()
    party = world.party("uss-a")
    await hanging(world, node)
    tasks = await asked(*(node.ask(party.look(0)) for _ in range(100)))
    assert sum(each.done() for each in tasks) == 100 - 29
    assert node.waiting == 30


@in_simulation
async def test_storage_that_hangs_for_ever_costs_no_more_with_time(world):
    """First everyone waits as long as they may; then all are told at once, and nothing piles up."""
    node = await world.open()
    party = world.party("uss-a")
    waits = await hanging(world, node)
    for second in range(60):
        began = asyncio.get_running_loop().time()
        for question in (party.plan(second), party.look(second)):
            with pytest.raises((NotDone, OutcomeUnknown)):
                await node.ask(question)
        if second:
            assert asyncio.get_running_loop().time() == began
        await asyncio.sleep(1)
    assert node.waiting == 0
    assert node._committer.open_entries <= 2
    assert node.ready() == admit.HANGS
    assert isinstance((await outcomes([waits]))[0], OutcomeUnknown)
    world.engine.let_go()
    await asyncio.sleep(1)
    assert node.ready() is None
    await node.ask(party.plan(100))


@in_simulation
async def test_a_party_that_floods_is_held_up_and_no_other(world):
    node = await world.open(cells_per_second=1_000)
    flooder, other = world.party("uss-a"), world.party("uss-b")
    held_up = 0
    for _ in range(1_000):
        try:
            await node.ask(flooder.look(*range(100)))
        except TooFast:
            held_up += 1
        await node.ask(other.look(0))
    assert held_up == 990


# The same as a party sees it, over HTTP.


class Flood:
    """One party on many connections, each with its next request as soon as it has an answer."""

    def __init__(self, server: Serving, bodies: list[bytes]) -> None:
        self._server = server
        self._bodies = bodies
        self._token = server.headers("flooder")["Authorization"]
        self.statuses: Counter[int] = Counter()

    async def __aenter__(self) -> Flood:
        self._connections = [asyncio.create_task(self._connection()) for _ in range(16)]
        async with asyncio.timeout(60):
            while sum(self.statuses.values()) < 32:
                await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, *_: object) -> None:
        for each in self._connections:
            assert not each.done(), each.exception()
            each.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connection(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._server.port)
        with contextlib.closing(writer):
            while True:
                body = self._bodies[sum(self.statuses.values()) % len(self._bodies)]
                writer.write(
                    f"PUT /dss/v1/operational_intent_references/{uuid.uuid4()} HTTP/1.1\r\nHost: x\r\n"
                    f"Authorization: {self._token}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                    + body
                )
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r")[0]))
                status = int(head[9:12])
                assert status not in (429, 503) or b"retry-after: " in head
                self.statuses[status] += 1


def largest() -> list[bytes]:
    """Intents of some 9,000 cells each, one above the other, with subscriptions of their own."""
    new = {"uss_base_url": "https://uss.example.com"}
    return [
        json.dumps(
            intent(
                extents=[volume(circle(40, 10 + k, 23_000), band=(low, low + 5)) for k in range(5)],
                new_subscription=new,
            )
        ).encode()
        for low in range(0, 90_000, 1_000)
    ]


def many_names() -> list[bytes]:
    """Intents that meet nothing, and name 20,000."""
    return [json.dumps(intent(extents=[volume(band=(low, low + 5))], key=[uuid.uuid4().hex for _ in range(20_000)])).encode()
            for low in range(0, 1_000, 10)]  # fmt: skip


def many_volumes() -> list[bytes]:
    """Needles, one across the other, that would take a quarter of a minute to cover."""
    needles = [polygon([(-30 + k * 1e-4, 60), (-30 + k * 1e-4 + 4e-6, 60), (-5 + k * 1e-4, 120)]) for k in range(900)]
    return [json.dumps(intent(extents=[volume(each) for each in needles])).encode()]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("flooded"), "--cells-per-second", "50000") as running:
        running.until_ready()
        yield running


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("bodies", "status", "east"), [(largest, 201, 20), (many_names, 201, 30), (many_volumes, 400, 40)]
)
def test_while_one_party_floods_another_is_served_as_ever(server, bodies, status, east):
    async def story() -> Counter[int]:
        async with (
            Flood(server, bodies()) as flood,
            httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{server.port}", headers=server.headers("other"), timeout=30
            ) as other,
        ):
            for number in range(40):
                place = polygon([(60 + a + number / 10, east + b) for a, b in ((0, 0), (0, 0.01), (0.01, 0.01))])
                path = f"/dss/v1/operational_intent_references/{uuid.uuid4()}"
                made = await other.put(path, json=intent(extents=[volume(place)], key=[]))
                assert made.status_code == 201, made.text
                assert (await other.get(path)).status_code == 200
            return flood.statuses

    statuses = asyncio.run(story())
    assert set(statuses) <= {status, 409, 429, 503}
    assert statuses[status]
