"""Notices: how many a second, and how soon a thousand parties that one concerns can fetch it."""

from __future__ import annotations

import http.client
import json
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from msgspec.json import decode

from beforehand.core.hotline.events import NoticeTold
from bench.bodies import place
from bench.full_sky import a_full_sky
from bench.hotline import GIVE, all_of, entries, giving, notice, on_journal, party_token
from bench.journal import Made
from bench.line import MINUTE_US, Party, agreed, moving
from bench.load import load
from bench.requests import CONNECTIONS, HOUR, creates
from bench.scale import Pings
from bench.serving import Server
from bench.table import Row

#: Parties that one notice concerns, and how often such a one is given.
PARTIES, GIVINGS = 1_000, 60
#: The most codes that an agreement may name.
CODES_MAX = 200
HERE = (47.0, 8.0)
#: Seconds of pings before anything is given.
QUIET_S = 5.0
#: Budget: ms from the giving until the last of them has it.
ALL_TOLD_MS = 1_000


def notices(count: int) -> list[Row]:
    """All that is measured of notices; `count` of each kind for the rates."""
    return [*a_second(count), *a_thousand(), *a_full_sky()]


# A second --------------------------------------------------------------------------------------------------------------


def a_second(count: int) -> list[Row]:
    """Notices that concern one other party by agreement, beside intents on the same server."""

    def make(made: Made) -> None:
        agreed(made, [Party(made, "GREY"), Party(made, "TEAL")], ["TEAL"])

    with on_journal(make) as server:
        grey, uss, now = party_token(server, "GREY"), server.token(), time.time()

        def given(first: int, how_many: int, signed_as: str | None) -> list[bytes]:
            numbers = range(first, first + how_many)
            return [giving(grey, notice(*place(k), now + HOUR, now + 1.3 * HOUR), signed_as, k) for k in numbers]

        load(server.port, creates(uss, 0, 500), CONNECTIONS)
        load(server.port, given(0, 500, None), CONNECTIONS)
        intents = all_of(load(server.port, creates(uss, 1_000, count), CONNECTIONS), 201)
        unsigned = all_of(load(server.port, given(1_000, count, None), CONNECTIONS))
        signed = all_of(load(server.port, given(50_000, count, "GREY"), CONNECTIONS))
    return [
        Row(
            f"give a notice to one other, {name}", "–", f"{result.per_second:,.0f}/s",
            f"intents {intents.per_second:,.0f}/s", result.per_second / intents.per_second, None,
            {"p50_ms": round(result.percentile(0.5), 2), "p99_ms": round(result.percentile(0.99), 2)})
        for name, result in (("unsigned", unsigned), ("signed", signed))
    ]  # fmt: skip


# A thousand parties -----------------------------------------------------------------------------------------------------


class _Client:
    """One connection, one token."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, bytes]:
        self._connection.request(method, path, None if body is None else json.dumps(body), self._headers)
        response = self._connection.getresponse()
        return response.status, response.read()


def a_thousand() -> list[Row]:
    """From the giving of a notice until the last of a thousand parties that it concerns has fetched it."""
    codes = [f"P{k:04}" for k in range(PARTIES)]

    def named(made: Made) -> None:
        giver = Party(made, "GIVER")
        others = [Party(made, code) for code in codes]
        for at in range(0, PARTIES, CODES_MAX - 1):
            some = others[at : at + CODES_MAX - 1]
            agreed(made, [giver, *some], [each.code for each in some])

    def met(made: Made) -> None:
        Party(made, "GIVER")
        dice = random.Random(3)
        start_us = made.now_us + 60 * MINUTE_US
        for code in codes:
            lat, lng = HERE[0] + dice.uniform(-0.05, 0.05), HERE[1] + dice.uniform(-0.05, 0.05)
            made.decide(moving(Party(made, code).by, lat, lng, start_us, start_us + 60 * MINUTE_US))
            made.work()

    return [
        _until_all_have_it("named by agreements", named, codes),
        _until_all_have_it("each with a movement there", met, codes),
    ]


def _until_all_have_it(how: str, make: Callable[[Made], None], codes: Sequence[str]) -> Row:
    times: list[float] = []
    answered: list[float] = []
    with on_journal(make) as server:
        pings = Pings(server.port)
        time.sleep(QUIET_S)
        quiet = pings.stop()
        pings = Pings(server.port)
        for number in range(GIVINGS + 1):
            once = _once(server, codes[-1])
            if number:  # the first warms up
                times.append(once[0])
                answered.append(once[1])
        stall = pings.stop()
        server.stop()
        told = sum(1 for _time, event in entries(server.folder / "data") if isinstance(event, NoticeTold))
    if told != len(codes) * (GIVINGS + 1):
        raise RuntimeError(f"{told} were told, not {len(codes)} of each of {GIVINGS + 1} notices")
    times.sort()
    answered.sort()
    p99, middle = times[int(len(times) * 0.99)], len(times) // 2
    return Row(
        f"{len(codes):,} parties concerned, {how}: the last has it", f"p99 ≤ {ALL_TOLD_MS / 1000:.0f} s", f"{p99:,.0f} ms",
        f"p50 {times[middle]:,.0f} ms of {len(times)}; giver answered after {answered[middle]:,.0f} ms; "
        f"a ping beside waited {stall:,.0f} ms at most, {quiet:,.0f} ms before",
        None, p99 <= ALL_TOLD_MS, {"times_ms": times, "answered_ms": answered, "stall_ms": stall})  # fmt: skip


def _once(server: Server, last: str) -> tuple[float, float]:
    """Give a notice; ms until the last party has fetched it, and until its giver was answered."""
    giver = _Client(server.port, party_token(server, "GIVER"))
    addressee = _Client(server.port, party_token(server, last))
    now = time.time()
    body = notice(*HERE, now + 1.25 * HOUR, now + 1.6 * HOUR, 9_000)
    begin = time.perf_counter()
    status, raw = giver.ask("POST", GIVE, body)
    answered = time.perf_counter() - begin
    if status != 200:
        raise RuntimeError(f"the notice was answered {status}")
    path = f"/hotline/v1/notices/{decode(raw)['id']}"
    # Parties are told in the order in which they came onto the line: who came last is told last.
    while addressee.ask("GET", path)[0] != 200:
        time.sleep(0.005)
    return (time.perf_counter() - begin) * 1000, answered * 1000
