"""A whole day: every operator a party of its own, all planning at once over HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from random import Random
from typing import BinaryIO, Protocol

from msgspec import Struct

from beforehand.client.dss import INTENTS
from beforehand.client.flights.account import Account
from beforehand.client.flights.blocked import MINUTE_US
from beforehand.client.flights.legs import legs_of
from beforehand.client.flights.party import Party
from beforehand.client.flights.planner import Outcome, Planner, unplannable
from beforehand.client.flights.tracks import Flight
from beforehand.client.http import AiohttpHttp, Http, NoAnswer
from beforehand.client.listener import Guard, Listener
from beforehand.client.messages import told
from beforehand.client.own import OwnIntents
from beforehand.client.retries import Retries
from beforehand.client.tokens import Mint, Tokens

#: Connections to one server: enough to keep it busy while each flight waits for its own answers.
CONNECTIONS = 32


class DayError(Exception):
    """The day cannot be planned at all. The message says why and what to do."""


class Registry(Struct, frozen=True):
    """Where the registry is, whom tokens for it are addressed to, and how tokens are made."""

    url: str
    audience: str
    mint: Mint


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


async def plan_day(
    flights: Sequence[Flight],
    terms: Terms,
    registry: Registry,
    guard: Guard,
    account_file: BinaryIO | None,
    progress: Progress,
) -> Day:
    """Plan all flights over HTTP. Raises DayError where the registry cannot be used at all."""
    http = AiohttpHttp(CONNECTIONS)
    try:
        await _try_out(http, registry, flights[0].operator)
        return await plan_over(http, flights, terms, registry, guard, account_file, progress, Random())
    finally:
        await http.close()


async def plan_over(
    http: Http,
    flights: Sequence[Flight],
    terms: Terms,
    registry: Registry,
    guard: Guard,
    account_file: BinaryIO | None,
    progress: Progress,
    random: Random,
) -> Day:
    """The same over any means of asking and any chance."""
    of_operator: dict[str, list[Flight]] = {}
    for flight in flights:
        of_operator.setdefault(flight.operator, []).append(flight)
    own = {operator: OwnIntents() for operator in of_operator}
    listener = Listener(own, guard)
    await listener.open()
    account = Account(account_file, _now_us)
    offset = offset_us(flights, _now_us() + terms.begins_in_min * MINUTE_US)
    began = time.monotonic()
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(
                    _operate(
                        Party(
                            operator,
                            listener.base_url(operator),
                            own[operator],
                            http,
                            registry.url,
                            registry.audience,
                            Tokens(operator, registry.mint, time.time),
                            Retries(asyncio.sleep, random),
                            account,
                            time.monotonic,
                        ),
                        mine,
                        terms.leg_s,
                        offset,
                        progress,
                    )
                )
                for operator, mine in of_operator.items()
            ]
    finally:
        await listener.close()
    outcomes = [outcome for task in tasks for outcome in task.result()]
    return Day(
        outcomes,
        offset,
        len(of_operator),
        account.lines,
        account.accepted,
        account.refused_unaware,
        time.monotonic() - began,
    )


async def _operate(party: Party, flights: list[Flight], leg_s: int, offset: int, progress: Progress) -> list[Outcome]:
    """One operator plans its flights, one after the other, by departure."""
    outcomes = []
    for flight in flights:
        try:
            legs = legs_of(flight, leg_s)
        except ValueError as error:
            outcome = unplannable(flight, str(error))
        else:
            outcome = await Planner(party, flight, legs, offset).plan()
        outcomes.append(outcome)
        progress(outcome)
    await party.close()
    return outcomes


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


def _now_us() -> int:
    return time.time_ns() // 1000
