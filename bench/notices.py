"""Notices: how many a second, how soon a thousand parties are told, and how soon conflicts are found in a full sky."""

from __future__ import annotations

import http.client
import json
import random
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.json import decode

from beforehand.auth.scopes import HOTLINE_PARTY
from beforehand.auth.signing import public_text, sign
from beforehand.core.hotline.events import Looked, NoticeGiven, NoticeTold
from beforehand.core.machine import read_event
from beforehand.engine.sqlite_journal import SqliteJournal
from beforehand.record.entry import parse_header
from bench.bodies import place
from bench.journal import Made
from bench.line import CROWDED, MINUTE_US, Party, agreed, fill, moving, signing_key
from bench.load import Result, load, request
from bench.requests import CONNECTIONS, creates
from bench.scale import Pings
from bench.serving import Server
from bench.table import Row

GIVE, ADVICE = "/hotline/v1/notice/give", "/hotline/v1/notice/advice"
#: Parties that one notice concerns, and how often such a one is given.
PARTIES, GIVINGS = 1_000, 40
#: The most codes that an agreement may name.
CODES_MAX = 200
#: Volumes of the full sky, of one notice there, and how many of them are crowded into one place.
VOLUMES, VOLUMES_EACH, CROWDED_SHARE = 100_000, 100, 0.1
OPERATORS, COORDINATORS = 20, 3
#: Notices and advices a second there, and for how many seconds.
RATE, SECONDS = 20.0, 15.0


def instant(seconds: float) -> str:
    """A time as the hotline writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def notice(
    lat: float, lng: float, start: float, end: float, radius_m: float = 900, lower_m: float = 0
) -> dict[str, Any]:
    """A notice of one circle, 3,000 m high."""
    bounds = {"lower": {"value": lower_m, "unit": "m"}, "upper": {"value": lower_m + 3_000, "unit": "m"}}
    window = {"from": instant(start), "to": instant(end)}
    circle = [round(lat, 6), round(lng, 6), radius_m]
    return {"category": "air_operation", "title": "flight", "volumes": [{"circle": circle, **bounds, **window}]}


def giving(token: str, body: dict[str, Any], signed_as: str | None = None, number: int = 0) -> bytes:
    """The request that gives a notice, signed or not."""
    if signed_as is None:
        return request("POST", GIVE, token, json.dumps(body).encode())
    body = body | {"statement": {"party": signed_as, "nonce": f"bench-{number:08}"}}
    raw, key = json.dumps(body).encode(), signing_key(signed_as)
    return request("POST", GIVE, token, raw, f"Beforehand-Signature: {public_text(key)} {sign(key, raw)}\r\n")


@contextmanager
def on(make: Callable[[Made], None]) -> Iterator[Server]:
    """A server on a journal that the core itself has made."""
    folder = Path(tempfile.mkdtemp(prefix="beforehand-bench-"))
    server = Server(folder)
    try:
        made = Made(folder / "data")
        make(made)
        made.close()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def party_token(server: Server, code: str) -> str:
    """A token that speaks for a party, without a login."""
    return server.token(code, [HOTLINE_PARTY])


def _of(result: Result, status: int = 200) -> Result:
    if set(result.statuses) != {status}:
        raise RuntimeError(f"expected only {status}, got {dict(result.statuses)}: {result.bodies[:1]}")
    return result


# A second --------------------------------------------------------------------------------------------------------------


def a_second(count: int) -> list[Row]:
    """Notices that concern one other party by agreement, beside intents on the same server."""

    def make(made: Made) -> None:
        agreed(made, [Party(made, "GREY"), Party(made, "TEAL")], ["TEAL"])

    with on(make) as server:
        grey, uss, now = party_token(server, "GREY"), server.token(), time.time()

        def notices(first: int, how_many: int, signed_as: str | None) -> list[bytes]:
            return [
                giving(grey, notice(*place(k), now + 3600, now + 4800), signed_as, k)
                for k in range(first, first + how_many)
            ]

        load(server.port, creates(uss, 0, 500), CONNECTIONS)
        load(server.port, notices(0, 500, None), CONNECTIONS)
        intents = _of(load(server.port, creates(uss, 1_000, count), CONNECTIONS), 201)
        unsigned = _of(load(server.port, notices(1_000, count, None), CONNECTIONS))
        signed = _of(load(server.port, notices(20_000, count, "GREY"), CONNECTIONS))
    beside = f"intents {intents.per_second:,.0f}/s"
    return [
        Row(f"give a notice to one other, {name}", "–", f"{result.per_second:,.0f}/s", beside,
            result.per_second / intents.per_second, None,
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
    """From the giving of a notice until the last of a thousand concerned parties has fetched it."""
    codes = [f"P{k:04}" for k in range(PARTIES)]
    here = (47.0, 8.0)

    def named(made: Made) -> None:
        giver = Party(made, "GIVER")
        others = [Party(made, code) for code in codes]
        for at in range(0, PARTIES, CODES_MAX - 1):
            some = others[at : at + CODES_MAX - 1]
            agreed(made, [giver, *some], [each.code for each in some])

    def met(made: Made) -> None:
        Party(made, "GIVER")
        dice = random.Random(3)
        for code in codes:
            start_us = made.now_us + 60 * MINUTE_US
            lat, lng = here[0] + dice.uniform(-0.05, 0.05), here[1] + dice.uniform(-0.05, 0.05)
            made.decide(moving(Party(made, code).by, lat, lng, start_us, start_us + 60 * MINUTE_US))
            made.work()

    return [
        _to_all("named by an agreement", named, codes, here),
        _to_all("concerned by their movements there", met, codes, here),
    ]


def _to_all(how: str, make: Callable[[Made], None], codes: Sequence[str], here: tuple[float, float]) -> Row:
    with on(make) as server:
        giver = _Client(server.port, party_token(server, "GIVER"))
        last = _Client(server.port, party_token(server, codes[-1]))
        times, answered, now = [], [], time.time()
        pings = Pings(server.port)
        for _ in range(GIVINGS + 1):
            begin = time.perf_counter()
            status, raw = giver.ask("POST", GIVE, notice(*here, now + 4500, now + 6000, 9_000))
            answered.append((time.perf_counter() - begin) * 1000)
            if status != 200:
                raise RuntimeError(f"the notice was answered {status}")
            id_ = decode(raw)["id"]
            # Parties are told in the order in which they came onto the line: who came last is told last.
            while last.ask("GET", f"/hotline/v1/notices/{id_}")[0] != 200:
                time.sleep(0.005)
            times.append((time.perf_counter() - begin) * 1000)
        stall = pings.stop()
        server.stop()
        told = sum(1 for _time, event in entries(server.folder / "data") if isinstance(event, NoticeTold))
    if told != len(codes) * len(times):
        raise RuntimeError(f"{told} were told, not {len(codes)} of each of {len(times)} notices")
    times, answered = sorted(times[1:]), sorted(answered[1:])  # the first warms up
    p99 = times[int(len(times) * 0.99)]
    return Row(
        f"{len(codes):,} parties told, {how}", "p99 ≤ 1 s", f"{p99:,.0f} ms",
        f"p50 {times[len(times) // 2]:,.0f} ms of {len(times)}; answered after {answered[len(answered) // 2]:,.0f} ms; "
        f"longest stall {stall:,.0f} ms", None, p99 <= 1_000, {"times_ms": times, "answered_ms": answered, "stall_ms": stall})  # fmt: skip


def entries(folder: Path, start: int = 0) -> Iterator[tuple[int, Any]]:
    """Time (µs) and event of each entry of a journal that nobody writes."""
    journal = SqliteJournal(folder)
    journal.open()
    try:
        while stored := journal.read(start, 1_000):
            for each in stored:
                yield parse_header(each.header).time_us, read_event(each.facts)
            start += len(stored)
    finally:
        journal.close()


# A full sky --------------------------------------------------------------------------------------------------------------


class _Given(NamedTuple):
    """A run of givings: what the giver waited, and how long after each its meetings were found."""

    result: Result
    ids: list[str]


def a_full_sky() -> list[Row]:
    """Conflicts of notices given into a hundred thousand active volumes, without and with advice beside."""
    coordinators = [f"C{k}" for k in range(COORDINATORS)]
    count = int(RATE * SECONDS)
    took = {}

    def make(made: Made) -> None:
        begin = time.perf_counter()
        seeing = [Party(made, code) for code in coordinators]
        flying = [Party(made, f"P{k:03}") for k in range(OPERATORS)]
        agreed(made, [*seeing, *flying], coordinators)
        fill(made, flying, VOLUMES, VOLUMES_EACH, CROWDED_SHARE)
        took["made"] = time.perf_counter() - begin
        took["places"] = len(made.machine.hotline.places)
        took["begin"] = time.perf_counter()

    dice = random.Random(11)

    def somewhere(now: float, crowded: bool) -> dict[str, Any]:
        lat, lng = CROWDED if crowded else (dice.uniform(36, 60), dice.uniform(-9, 30))
        start = now + dice.uniform(3_600, 70_000)
        return notice(
            lat + dice.uniform(-0.1, 0.1),
            lng + dice.uniform(-0.1, 0.1),
            start,
            start + 1_200,
            3_000,
            dice.randrange(6_000),
        )

    with on(make) as server:
        opened_s = time.perf_counter() - took["begin"]
        tokens = [party_token(server, code) for code in coordinators]
        now = time.time()

        def give() -> _Given:
            requests = [giving(tokens[0], somewhere(now, k % 2 == 0)) for k in range(count)]
            result = _of(load(server.port, requests, 8, keep=True, rate=RATE))
            return _Given(result, [decode(body)["id"] for body in result.bodies])

        asked_of = [
            decode(body)["id"]
            for token in tokens
            for body in _of(
                load(server.port, [giving(token, somewhere(now, True)) for _ in range(10)], 1, keep=True)
            ).bodies
        ]
        asking = [
            request(
                "POST",
                ADVICE,
                tokens[k % COORDINATORS],
                json.dumps({"notice": asked_of[k % COORDINATORS * 10 + k // COORDINATORS % 10]}).encode(),
            )
            for k in range(count)
        ]
        alone = give()
        advice: list[Result] = []
        beside = threading.Thread(target=lambda: advice.append(load(server.port, asking, 8, keep=True, rate=RATE)))
        beside.start()
        with_advice = give()
        beside.join()
        _of(advice[0])
        memory = server.memory() >> 20
        server.stop()
        found = _looked(server.folder / "data")
    rows = []
    delays = {name: sorted(found[id_] for id_ in run.ids) for name, run in (("alone", alone), ("advice", with_advice))}
    p99 = {name: each[int(len(each) * 0.99)] for name, each in delays.items()}
    sky = f"{took['places']:,} volumes, made in {took['made']:.0f} s, opened in {opened_s:.0f} s, {memory} MiB"
    rows.append(
        Row("meetings of a notice found, 100,000 active volumes", "p99 ≤ 50 ms after it was given", f"{p99['alone']:.1f} ms",
            f"p50 {delays['alone'][count // 2]:.1f}, longest {delays['alone'][-1]:.1f} ms of {count}, half in the crowd; {sky}", None,
            p99["alone"] <= 50, {"p99_beside_advice_ms": p99["advice"]}))  # fmt: skip
    rows.append(
        Row("the same, with advice beside", "p99 ≤ 50 ms after it was given", f"{p99['advice']:.1f} ms",
            f"p50 {delays['advice'][count // 2]:.1f}, longest {delays['advice'][-1]:.1f} ms", None, p99["advice"] <= 50))  # fmt: skip
    others = [len(decode(body).get("ask", ())) for body in advice[0].bodies]
    took_ms = advice[0].percentile(0.99)
    rows.append(
        Row("advice there", "p99 ≤ 200 ms", f"{took_ms:.1f} ms", f"p50 {advice[0].percentile(0.5):.1f} ms, {RATE:.0f}/s", None,
            took_ms <= 200, {"ask": others[:20]}))  # fmt: skip
    one, other = alone.result.percentile(0.99), with_advice.result.percentile(0.99)
    rows.append(
        Row("p99 of giving beside advice", "not raised", f"{other:.1f} ms",
            f"without {one:.1f} ms; p50 {with_advice.result.percentile(0.5):.1f} and {alone.result.percentile(0.5):.1f} ms",
            other / one, other <= one * 1.25))  # fmt: skip
    return rows


def _looked(folder: Path) -> dict[str, float]:
    """Of each notice, ms from its entry to the one that says that its meetings are found."""
    given: dict[str, int] = {}
    after: dict[str, float] = {}
    for time_us, event in entries(folder):
        if isinstance(event, NoticeGiven):
            given[event.notice] = time_us
        elif isinstance(event, Looked) and event.kind == "notice":
            after[event.id] = (time_us - given[event.id]) / 1000
    return after


def notices(count: int) -> list[Row]:
    """All three."""
    return [*a_second(count), *a_thousand(), *a_full_sky()]
