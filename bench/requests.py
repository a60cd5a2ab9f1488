"""Over HTTP: creates, gets and queries, with the echo of the same bodies and a raw SQLite append of the same bytes beside."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.bodies import APART_DEG, QUERY_PATH, intent, new_path, place, query, volume
from bench.load import Result, load, request
from bench.serving import Server, echoing, served
from bench.table import Row

CONNECTIONS = 32
HOUR = 3600.0


def creates(
    token: str, first: int, count: int, *, subscribe: bool = False, side_deg: float = 0.011, apart: float = APART_DEG
) -> list[bytes]:
    """Creates of intents that share no cell."""
    now = time.time()
    return [
        request(
            "PUT",
            new_path(),
            token,
            intent(volume(*place(k, apart), now + HOUR, now + 2 * HOUR, side_deg=side_deg), subscribe=subscribe),
        )
        for k in range(first, first + count)
    ]


def _of(result: Result, status: int) -> Result:
    if set(result.statuses) != {status}:
        raise RuntimeError(f"expected only {status}, got {dict(result.statuses)}")
    return result


def _busy(result: Result) -> dict[str, Any]:
    return {
        "per_second": round(result.per_second),
        "p50_ms": round(result.percentile(0.5), 3),
        "p99_ms": round(result.percentile(0.99), 3),
        "generator_cpu": round(result.generator_cpu, 2),
    }


def raw_appends(sizes: list[int]) -> float:
    """Rows a second that SQLite alone stores of these sizes, one row and one fsync each."""
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "raw.sqlite", isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE batch(first_seq INTEGER PRIMARY KEY, body BLOB)")
        begin = time.perf_counter()
        for at, size in enumerate(sizes):
            connection.execute("INSERT INTO batch VALUES (?, ?)", (at, bytes(size)))
        return len(sizes) / (time.perf_counter() - begin)


def throughput(count: int) -> list[Row]:
    """Creates of 4 and 100 cells, gets and queries against their echo; p99 at half of the peak."""
    rows: list[Row] = []
    with served() as server, echoing() as echo:
        token = server.token()
        load(server.port, creates(token, 0, 500), CONNECTIONS)
        load(echo, creates(token, 0, 500), CONNECTIONS)
        requests = creates(token, 1_000, count)
        beside = load(echo, requests, CONNECTIONS)
        made = _of(load(server.port, requests, CONNECTIONS, keep=True), 201)
        ratio = made.per_second / beside.per_second
        with echoing("--own") as own:
            load(own, requests[:500], CONNECTIONS)
            on_own = load(own, requests, CONNECTIONS).per_second
        rows.append(
            Row(
                "create, durable, 4 cells", "≥ 4,000/s and ≥ 15 % of echo", f"{made.per_second:,.0f}/s",
                f"echo {beside.per_second:,.0f}/s (on our protocol {on_own:,.0f}/s), "
                f"raw SQLite {raw_appends([700] * 3000):,.0f} rows/s",
                ratio, made.per_second >= 4000 and ratio >= 0.15, {"create": _busy(made), "echo": _busy(beside)}))  # fmt: skip
        subscribed = _of(load(server.port, creates(token, 200_000, count, subscribe=True), CONNECTIONS), 201)
        rows.append(
            Row(
                "create with an implicit subscription", "–", f"{subscribed.per_second:,.0f}/s",
                f"without {made.per_second:,.0f}/s", subscribed.per_second / made.per_second, None,
                _busy(subscribed)))  # fmt: skip
        large = _of(load(server.port, creates(token, 40_000, count // 4, side_deg=0.085, apart=0.24), CONNECTIONS), 201)
        rows.append(
            Row(
                "create with 100 cells", "≥ 40 % of one with 4", f"{large.per_second:,.0f}/s",
                f"4 cells {made.per_second:,.0f}/s", large.per_second / made.per_second,
                large.per_second / made.per_second >= 0.4, _busy(large)))  # fmt: skip
        rows += _reads(server, echo, token, made, count)
        paced = _of(load(server.port, creates(token, 600_000, count // 2), CONNECTIONS, rate=made.per_second / 2), 201)
        rows.append(
            Row(
                "p99 of a durable create at half of peak", "≤ 10 ms", f"{paced.percentile(0.99):.2f} ms",
                f"{made.per_second / 2:,.0f}/s, p50 {paced.percentile(0.5):.2f} ms", None,
                paced.percentile(0.99) <= 10, _busy(paced)))  # fmt: skip
    return rows


def _reads(server: Server, echo: int, token: str, made: Result, count: int) -> list[Row]:
    rows = []
    ids = [json.loads(body)["operational_intent_reference"]["id"] for body in made.bodies]
    gets = [request("GET", f"/dss/v1/operational_intent_references/{each}", token) for each in ids[:count]]
    got = _of(load(server.port, gets, CONNECTIONS, keep=True), 200)
    answers = [request("PUT", "/echo", token, body) for body in got.bodies[: len(gets)]]
    beside = load(echo, answers, CONNECTIONS)
    ratio = got.per_second / beside.per_second
    rows.append(
        Row(
            "get one", "≥ 35 % of echo", f"{got.per_second:,.0f}/s", f"echo {beside.per_second:,.0f}/s", ratio,
            ratio >= 0.35, {"get": _busy(got), "echo": _busy(beside)}))  # fmt: skip
    now = time.time()
    here = place(900_000)
    tens = [
        request("PUT", new_path(), token, intent(volume(*here, now + HOUR, now + 2 * HOUR, 200 * k, 200 * k + 100)))
        for k in range(10)
    ]
    _of(load(server.port, tens, 1), 201)
    # Each asks for an area of its own around the ten, so that no covering is remembered; then one area, asked again.
    fresh = [query(volume(here[0] - k * 1e-7, here[1], now, now + 3 * HOUR, -100, 5000)) for k in range(count)]
    for work, budget, areas in (
        ("query an area with 10 hits", "≥ 20 % of echo", fresh),
        ("the same area again", "–", fresh[:1] * count),
    ):
        queries = [request("POST", QUERY_PATH, token, area) for area in areas]
        found = _of(load(server.port, queries, CONNECTIONS, keep=True), 200)
        if len(json.loads(found.bodies[-1])["operational_intent_references"]) != 10:
            raise RuntimeError("the query should find 10")
        beside = load(echo, [request("PUT", "/echo", token, body) for body in found.bodies], CONNECTIONS)
        ratio = found.per_second / beside.per_second
        rows.append(
            Row(
                work, budget, f"{found.per_second:,.0f}/s", f"echo {beside.per_second:,.0f}/s", ratio,
                None if budget == "–" else ratio >= 0.2, {"query": _busy(found), "echo": _busy(beside)}))  # fmt: skip
    return rows


def overlapping(sizes: tuple[int, ...] = (100, 1_000, 10_000)) -> list[Row]:
    """An intent over n others in one cell, naming all of them, against one that meets nobody."""
    rows = []
    with served() as server:
        token = server.token()
        here, begin, step = place(5), time.time() + HOUR, 1.0
        pile = [
            intent(volume(*here, begin + k * step, begin + (k + 0.9) * step, side_deg=0.0005))
            for k in range(max(sizes))
        ]
        made = _of(load(server.port, [request("PUT", new_path(), token, body) for body in pile], 1, keep=True), 201)
        ovns = [json.loads(body)["operational_intent_reference"]["ovn"] for body in made.bodies]
        alone = _median(server, token, place(50), begin, begin + 1, [])
        for at, n in enumerate(sizes):
            median = _median(server, token, here, begin, begin + (n - 0.05) * step, ovns[:n], LAYERS * at)
            each_us = (median - alone) * 1000 / n
            rows.append(
                Row(
                    f"create over {n:,} in one cell", "uncontended + ≤ 2 µs × n", f"{median:.2f} ms",
                    f"uncontended {alone:.2f} ms", each_us, each_us <= 2, {"us_each": each_us}))  # fmt: skip
    return rows


#: Creates of one median: each meets the whole pile, in a layer of height in which it meets none of its like.
LAYERS = 15


def _median(
    server: Server, token: str, here: tuple[float, float], start: float, end: float, key: list[str], layer: int = 0
) -> float:
    layers = [50.5 + 1.5 * each for each in range(layer, layer + LAYERS)]
    bodies = [intent(volume(*here, start, end, low, low + 1, side_deg=0.0005), key) for low in layers]
    requests = [request("PUT", new_path(), token, body) for body in bodies]
    return _of(load(server.port, requests, 1), 201).percentile(0.5)
