"""A sky of a hundred thousand active volumes: how soon the meetings of a notice are found there, and advice beside it."""

from __future__ import annotations

import json
import random
import threading
import time
from pathlib import Path
from typing import Any

from msgspec.json import decode

from beforehand.core.hotline.events import Looked, NoticeGiven
from bench.hotline import ADVICE, all_of, entries, giving, notice, on_journal, party_token
from bench.journal import Made
from bench.line import CROWDED, Party, agreed, fill
from bench.load import Result, load, request
from bench.requests import HOUR
from bench.serving import Server
from bench.table import Row

#: Volumes, of how many each notice has some, and the share of them that is crowded into one place.
VOLUMES, VOLUMES_EACH, CROWDED_SHARE = 100_000, 100, 0.1
#: Parties whose volumes they are, and parties that are told of all and ask for advice.
OPERATORS, COORDINATORS = 20, 3
#: Notices a second and, where it runs beside, advices; each of so many rounds is so long, without and with.
RATE, ROUND_S, ROUNDS = 20.0, 5.0, 3
CONNECTIONS = 8
#: Notices of each coordinator that advice is asked of.
ASKED_OF = 10
#: Budgets.
FOUND_MS, ADVICE_MS, RAISED = 50, 200, 1.25

_COORDINATORS = [f"C{k}" for k in range(COORDINATORS)]


class _Sky:
    """The journal of the full sky, and how long it took to make."""

    def __init__(self) -> None:
        self.places = 0
        self.made_s = 0.0
        self.begin = 0.0

    def make(self, made: Made) -> None:
        """Made by the core itself, meetings looked for and told; over the network it would take three times as long."""
        begin = time.perf_counter()
        seeing = [Party(made, code) for code in _COORDINATORS]
        flying = [Party(made, f"P{k:03}") for k in range(OPERATORS)]
        agreed(made, [*seeing, *flying], _COORDINATORS)
        fill(made, flying, VOLUMES, VOLUMES_EACH, CROWDED_SHARE)
        self.places = len(made.machine.hotline.places)
        self.made_s = time.perf_counter() - begin


class _Run:
    """All rounds of one kind."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.latencies_ms: list[float] = []

    def add(self, result: Result) -> None:
        """One more round of givings."""
        self.ids += [decode(body)["id"] for body in result.bodies]
        self.latencies_ms += result.latencies_ms


def _somewhere(dice: random.Random, now: float, crowded: bool) -> dict[str, Any]:
    """A notice of 20 minutes within the day, 3 km round."""
    lat, lng = CROWDED if crowded else (dice.uniform(36, 60), dice.uniform(-9, 30))
    start = now + dice.uniform(1, 20) * HOUR
    lat, lng = lat + dice.uniform(-0.1, 0.1), lng + dice.uniform(-0.1, 0.1)
    return notice(lat, lng, start, start + HOUR / 3, 3_000, dice.randrange(6_000))


def a_full_sky() -> list[Row]:
    """Conflicts of notices given into a hundred thousand active volumes, without and with advice beside."""
    sky = _Sky()
    with on_journal(sky.make) as server:
        memory = server.memory() >> 20
        alone, beside, advice = _rounds(server)
        server.stop()
        found_ms = _found_ms(server.folder / "data")
    about = f"{sky.places:,} volumes, made in {sky.made_s:.0f} s; {memory} MiB"
    return [
        _found("meetings of a notice found, 100,000 active volumes", alone, found_ms, about),
        _found("the same, with advice beside", beside, found_ms, f"{RATE:.0f} advices/s"),
        _advice_row(advice),
        _giving_row(alone, beside),
    ]


def _rounds(server: Server) -> tuple[_Run, _Run, Result]:
    """Givings without and with advice, in turn; and all answers to advice as one result."""
    tokens = [party_token(server, code) for code in _COORDINATORS]
    dice, now, count = random.Random(11), time.time(), int(RATE * ROUND_S)
    own = [
        all_of(load(server.port, [giving(token, _somewhere(dice, now, True)) for _ in range(ASKED_OF)], 1, keep=True))
        for token in tokens
    ]
    ids = [[decode(body)["id"] for body in each.bodies] for each in own]

    def asking(number: int) -> bytes:
        who = number % COORDINATORS
        body = {"notice": ids[who][number // COORDINATORS % ASKED_OF]}
        return request("POST", ADVICE, tokens[who], json.dumps(body).encode())

    def give() -> Result:
        requests = [giving(tokens[0], _somewhere(dice, now, k % 2 == 0)) for k in range(count)]
        return all_of(load(server.port, requests, CONNECTIONS, keep=True, rate=RATE))

    alone, beside = _Run(), _Run()
    answers: list[Result] = []
    for number in range(ROUNDS):
        alone.add(give())
        requests = [asking(number * count + k) for k in range(count)]
        other = threading.Thread(
            target=lambda asked: answers.append(load(server.port, asked, CONNECTIONS, keep=True, rate=RATE)),
            args=(requests,),
        )
        other.start()
        beside.add(give())
        other.join()
    if len(answers) < ROUNDS:
        raise RuntimeError("advice was not measured")
    latencies = sorted(each for answer in answers for each in all_of(answer).latencies_ms)
    bodies = [body for answer in answers for body in answer.bodies]
    return alone, beside, answers[0]._replace(latencies_ms=latencies, bodies=bodies)


def _found_ms(folder: Path) -> dict[str, float]:
    """Of each notice, ms from its entry to the one that says that its meetings are found."""
    given: dict[str, int] = {}
    after: dict[str, float] = {}
    for time_us, event in entries(folder):
        if isinstance(event, NoticeGiven):
            given[event.notice] = time_us
        elif isinstance(event, Looked) and event.kind == "notice":
            after[event.id] = (time_us - given[event.id]) / 1000
    return after


def _p99(ascending: list[float]) -> float:
    return ascending[int(len(ascending) * 0.99)]


def _found(work: str, run: _Run, found_ms: dict[str, float], about: str) -> Row:
    times = sorted(found_ms[each] for each in run.ids)
    return Row(
        work, f"p99 ≤ {FOUND_MS} ms after it was given", f"{_p99(times):.1f} ms",
        f"p50 {times[len(times) // 2]:.1f}, longest {times[-1]:.1f} ms of {len(times)}, half in the crowd; {about}",
        None, _p99(times) <= FOUND_MS, {"times_ms": times})  # fmt: skip


def _advice_row(advice: Result) -> Row:
    p99 = advice.percentile(0.99)
    clear = sum(1 for body in advice.bodies if decode(body)["clear"])
    return Row(
        "advice in the crowd", f"p99 ≤ {ADVICE_MS} ms", f"{p99:.1f} ms",
        f"p50 {advice.percentile(0.5):.1f} ms, {RATE:.0f}/s; {clear} of {len(advice.bodies)} clear as they stood",
        None, p99 <= ADVICE_MS)  # fmt: skip


def _giving_row(alone: _Run, beside: _Run) -> Row:
    without, with_ = sorted(alone.latencies_ms), sorted(beside.latencies_ms)
    ratio = _p99(with_) / _p99(without)
    return Row(
        "p99 of giving there, beside advice", f"≤ {RAISED} × p99 without", f"{_p99(with_):.1f} ms",
        f"without {_p99(without):.1f} ms; p50 {with_[len(with_) // 2]:.1f} and {without[len(without) // 2]:.1f} ms", ratio,
        ratio <= RAISED)  # fmt: skip
