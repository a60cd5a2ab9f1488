"""Requests of the hotline, as parties send them, and a server on a journal that the core itself has made."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from beforehand.auth.scopes import HOTLINE_PARTY
from beforehand.auth.signing import public_text, sign
from beforehand.core.machine import read_event
from beforehand.engine.sqlite_journal import SqliteJournal
from beforehand.record.entry import parse_header
from bench.journal import Made
from bench.line import signing_key
from bench.load import Result, load, request
from bench.serving import Server

GIVE, ADVICE = "/hotline/v1/notice/give", "/hotline/v1/notice/advice"
#: Seconds until the parent has handed over for good, and the worker has read the names of places.
SETTLE_S = 3.0


def instant(seconds: float) -> str:
    """A time as the hotline writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def notice(
    lat: float, lng: float, start: float, end: float, radius_m: float = 900, lower_m: float = 0
) -> dict[str, Any]:
    """A notice of one circle, 3,000 m high."""
    volume = {
        "circle": [round(lat, 6), round(lng, 6), radius_m],
        "lower": {"value": lower_m, "unit": "m"},
        "upper": {"value": lower_m + 3_000, "unit": "m"},
        "from": instant(start),
        "to": instant(end),
    }
    return {"category": "air_operation", "title": "flight", "volumes": [volume]}


def giving(token: str, body: dict[str, Any], signed_as: str | None = None, number: int = 0) -> bytes:
    """The request that gives a notice, signed or not."""
    if signed_as is None:
        return request("POST", GIVE, token, json.dumps(body).encode())
    body = body | {"statement": {"party": signed_as, "nonce": f"bench-{number:08}"}}
    raw, key = json.dumps(body).encode(), signing_key(signed_as)
    return request("POST", GIVE, token, raw, f"Beforehand-Signature: {public_text(key)} {sign(key, raw)}\r\n")


def all_of(result: Result, status: int = 200) -> Result:
    """The result of a load of which every request was answered so."""
    if set(result.statuses) != {status}:
        raise RuntimeError(f"expected only {status}, got {dict(result.statuses)}: {result.bodies[:1]}")
    return result


def party_token(server: Server, code: str) -> str:
    """A token that speaks for a party, without a login."""
    return server.token(code, [HOTLINE_PARTY])


@contextmanager
def on_journal(make: Callable[[Made], None]) -> Iterator[Server]:
    """A server on a journal made before, ready and at rest."""
    folder = Path(tempfile.mkdtemp(prefix="beforehand-bench-"))
    server = Server(folder)
    try:
        made = Made(folder / "data")
        make(made)
        made.close()
        server.start()
        load(server.port, [request("GET", "/hotline/v1/parties", party_token(server, "nobody"))], 1)
        time.sleep(SETTLE_S)
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def entries(folder: Path) -> Iterator[tuple[int, Any]]:
    """Time (µs) and event of each entry of a journal that nobody writes."""
    journal, at = SqliteJournal(folder), 0
    journal.open()
    try:
        while stored := journal.read(at, 1_000):
            for each in stored:
                yield parse_header(each.header).time_us, read_event(each.facts)
            at += len(stored)
    finally:
        journal.close()
