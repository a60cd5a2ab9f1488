"""A whole day: every operator a party of its own, all planning at once over HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import BinaryIO, Protocol

from msgspec import Struct

from beforehand.client.dss import INTENTS
from beforehand.client.flights.account import Account
from beforehand.client.flights.blocked import MINUTE_US
from beforehand.client.flights.legs import legs_of
from beforehand.client.flights.party import Outage, Party, Registry
from beforehand.client.flights.planner import Outcome, Planner, unplannable
from beforehand.client.flights.tracks import Flight
from beforehand.client.http import AiohttpHttp, Http, NoAnswer
from beforehand.client.listener import Guard, Listener
from beforehand.client.messages import told
from beforehand.client.own import OwnIntents
from beforehand.client.retries import Retries

#: Connections to one server: enough to keep it busy while each flight waits for its own answers.
CONNECTIONS = 32


class DayError(Exception):
    """The day cannot be planned at all. The message says why and what to do."""


class Progress(Protocol):
    """Told of every flight that is done with."""

    def __call__(self, outcome: Outcome) -> None: ...


class Day(Struct, frozen=True):
    """What became of the day. `offset_us`: from recorded to planned times. `seconds`: how long planning took."""

    outcomes: list[Outcome]
    offset_us: int
    operators: int
    requests: int
    accepted: int
    refusals: int
    seconds: float


def offset_us(flights: Sequence[Flight], begins_us: int) -> int:
    """What moves the flights, by whole minutes, so that the first begins at a time or just after."""
    first = min(flight.points[0].time_us for flight in flights)
    return -((first - begins_us) // MINUTE_US) * MINUTE_US


class Terms(Struct, frozen=True):
    """How a day is planned: seconds of flight in one intent, at most, and minutes from now at which the day begins."""

    leg_s: int
    begins_in_min: int


class Means(Struct, frozen=True):
    """By what means parties ask, are found (`base_url` of an operator) and try again, and what keeps account of it.

    `now_s`: seconds since the Unix epoch.
    """

    http: Http
    registry: Registry
    base_url: Callable[[str], str]
    retries: Retries
    account: Account
    now_s: Callable[[], float]


async def plan_day(
    flights: Sequence[Flight],
    terms: Terms,
    registry: Registry,
    guard: Guard,
    account_file: BinaryIO | None,
    progress: Progress,
) -> Day:
    """Plan all flights over HTTP. Raises DayError where the registry cannot be used at all."""
    own = {flight.operator: OwnIntents() for flight in flights}
    http = AiohttpHttp(CONNECTIONS)
    listener = Listener(own, guard)
    account = Account(account_file, lambda: time.time_ns() // 1000)
    retries = Retries(asyncio.sleep, Random())
    try:
        await _try_out(http, registry, flights[0].operator)
        await listener.open()
        means = Means(http, registry, listener.base_url, retries, account, time.time)
        return await plan_flights(flights, terms, means, own, progress)
    finally:
        await http.close()
        await listener.close()


async def plan_flights(
    flights: Sequence[Flight], terms: Terms, means: Means, own: Mapping[str, OwnIntents], progress: Progress
) -> Day:
    """Plan all flights by any means. own: where each operator keeps what its peers are told."""
    of_operator: dict[str, list[Flight]] = {}
    for flight in flights:
        of_operator.setdefault(flight.operator, []).append(flight)
    offset = offset_us(flights, round(means.now_s() * 1e6) + terms.begins_in_min * MINUTE_US)
    began = time.monotonic()
    outage = Outage()

    async def operate(operator: str, mine: list[Flight]) -> list[Outcome]:
        """One operator plans its flights, one after the other, by departure."""
        party = Party(operator, means.base_url(operator), own[operator], means.http, means.registry, means.retries,
                      means.account, outage, means.now_s)  # fmt: skip
        outcomes = []
        for flight in mine:
            try:
                legs = legs_of(flight, terms.leg_s)
            except ValueError as error:
                outcome = unplannable(flight, "it cannot be cut into legs", str(error))
            else:
                outcome = await Planner(party, flight, legs, offset).plan()
            outcomes.append(outcome)
            progress(outcome)
        await party.close()
        return outcomes

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(operate(operator, mine)) for operator, mine in of_operator.items()]
    outcomes = [outcome for task in tasks for outcome in task.result()]
    account = means.account
    return Day(
        outcomes,
        offset,
        len(of_operator),
        account.lines,
        account.accepted,
        account.refused_unaware,
        time.monotonic() - began,
    )


async def _try_out(http: Http, registry: Registry, subject: str) -> None:
    """Ask one thing, so that a wrong address, key or audience is said once and not of every flight."""
    url = f"{registry.url.rstrip('/')}{INTENTS}/00000000-0000-4000-8000-000000000000"
    token, _ = registry.mint(subject, registry.audience)
    try:
        answer = await http("GET", url, token)
    except NoAnswer as error:
        raise DayError(f"The server gives no answer ({error}). Is it running, and is --url right?") from None
    if answer.status in (401, 403):
        raise DayError(
            f"The server refuses the parties' tokens (status {answer.status}: {told(answer).message}). It must have been "
            "given the public half of --sign-with as --token-key, and the same --audience."
        )
    if answer.status not in (200, 404):
        raise DayError(f"The server at --url answers {answer.status}, not as a registry would: {told(answer).message}")
