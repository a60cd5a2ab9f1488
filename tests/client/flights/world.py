"""A made-up day in a small sky, dense enough that flights meet, planned within the test's own process."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from msgspec.json import encode
from tests.client.registry import URL, Faults, mint
from tests.client.registry import Registry as InProcess

from beforehand.client.flights.account import Account
from beforehand.client.flights.day import Day, Means, Terms, plan_flights
from beforehand.client.flights.party import Registry
from beforehand.client.flights.records import Ident, Point
from beforehand.client.flights.result import Result, flight_lines, result_of
from beforehand.client.flights.tracks import Flight, Flights
from beforehand.client.http import Answer, NoAnswer
from beforehand.client.own import OwnIntents
from beforehand.client.retries import Retries

SECOND = 1_000_000


def made_up(seed: int, flights: int, operators: int, within_s: int = 1_200) -> list[Flight]:
    """Flights that cross a box of some 40 km at few heights, in some ten minutes each."""
    random = Random(seed)
    found = []
    for number in range(flights):
        callsign = f"{'ABCDEFGHIJKL'[random.randrange(operators)] * 3}{number}"
        begin = random.randrange(within_s)
        lat, lng = 46.8 + 0.4 * random.random(), 8.0 + 0.5 * random.random()
        north, east = (random.random() - 0.5) * 0.02, (random.random() - 0.5) * 0.03
        height = random.choice([1_000.0, 1_200.0, 3_000.0])
        points = tuple(
            Point((begin + 15 * i) * SECOND, lat + north * i, lng + east * i, height + 5.0 * i)
            for i in range(random.randrange(1, 24))
        )
        found.append(Flight(Ident(f"{number:06x}", callsign), 1, points))
    return sorted(found, key=lambda flight: flight.points[0].time_us)


def in_trail(count: int, every_s: int = 20) -> list[Flight]:
    """One behind the other on the same way, each its own operator: each must wait for all before it."""
    return [
        Flight(
            Ident(f"{number:06x}", f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number] * 3}1"),
            1,
            tuple(Point((every_s * number + 30 * i) * SECOND, 47.0, 8 + 0.05 * i, 3_000.0) for i in range(9)),
        )
        for number in range(count)
    ]


def planned(
    flights: list[Flight],
    folder: Path | None = None,
    seed: int = 0,
    faults: Faults = lambda *_: None,
    peer: Callable[[str], Answer | None] = lambda _: None,
    leg_s: int = 60,
) -> tuple[Day, Result, InProcess]:
    """Plan the flights; what was declared goes to the folder. `peer` may answer in place of a holder, by URL."""
    registry = InProcess(faults)

    async def over(method: str, url: str, token: str, body: bytes | None = None) -> Answer:
        if not url.startswith(URL):
            answer = peer(url)
            if answer is not None:
                registry.asked.append((method, url))
                if answer.status == 0:
                    raise NoAnswer("nobody there")
                return answer
        return await registry(method, url, token, body)

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.001))

    registry.peers = {flight.operator: OwnIntents() for flight in flights}
    file = None if folder is None else (folder / "declared.jsonl").open("wb")
    means = Means(
        over, Registry(URL, "registry.test", mint), lambda operator: f"http://peer.test/{operator}",
        Retries(sleep, Random(seed)), Account(file, lambda: registry.time_us), time.time,
    )  # fmt: skip
    day = asyncio.run(plan_flights(flights, Terms(leg_s, 15), means, registry.peers, lambda _: None))
    if file is not None:
        file.close()
    found = Flights(flights, {}, Counter())
    result = result_of("made up", len(flights), found, day)
    if folder is not None:
        with (folder / "flights.jsonl").open("wb") as lines:
            lines.writelines(encode(line) + b"\n" for line in flight_lines(found, day))
    return day, result, registry
