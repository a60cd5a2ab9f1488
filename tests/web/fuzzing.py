"""Bodies that nobody would write: sound ones, bent in their values, their structure, their geometry or their bytes.

`Fuzzed.step` has one of them read, decided and answered as the server would, without a socket between, and holds what came
of it to what must be true of any request: refused for a stated reason, or a command within all bounds that the core takes,
whose facts can be written and read again, and whose answer is JSON.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from random import Random
from typing import Any

from beforehand.airspace.cells import MAX_CELLS
from beforehand.core.blocks import cells_of
from beforehand.core.stamp import Caller, Refusal
from beforehand.core.strategic import replies as r
from beforehand.wire.f3548 import replies, reports
from beforehand.wire.f3548 import requests as q
from beforehand.wire.f3548.errors import REASONS, BadRequest, TooLargeInline
from beforehand.wire.f3548.requests import Asked
from beforehand.wire.f3548.times import format_time
from core.driving import Driver

#: Bodies larger than this are not made: reading them is mostly waiting.
LARGEST = 300_000

ODD_TEXT = (
    *(
        "",
        " ",
        "x",
        "null",
        "0",
        "1e3",
        "true",
        "M",
        "W84",
        "Accepted",
        "Nonconforming",
        "Down",
        "RFC3339",
        "%00",
        "\0",
    ),
    *("\ud800", "\U0001f600", "é" * 40, "\u202e", "\ufeff", "A" * 5_000, "../../etc/passwd", "' OR 1=1", "{{7*7}}"),
    *("2030-06-01T12:00:00Z", "9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z", "2030-02-30T00:00:00Z"),
    *(
        "2030-06-01T12:00:00+23:59",
        "2030-06-01t12:00:00z",
        "1" * 60,
        "https://a.example",
        "http://[::1]:80/",
        "https://",
    ),
    *("https://u:p@a.example", "4b1f4e4c-5b0f-4a6e-9d0c-0d2f7a1b2c3d", "00000000-0000-0000-0000-000000000000"),
)
ODD_NUMBERS = (
    *(
        0,
        -0.0,
        1,
        -1,
        89.9999999,
        90,
        90.0000001,
        -180,
        180,
        180.0000001,
        359,
        1e-9,
        1e-300,
        1e300,
        2**31,
        2**53,
        2**63,
    ),
    *(2**64, 10**30, float("nan"), float("inf"), float("-inf"), 99_999.9999, 100_000.001, -8_000, 2_500_000, 5e-324),
)
STATES = ("Accepted", "Activated", "Nonconforming", "Contingent")
CALLERS = (Caller("https://issuer.example", "alice"), Caller("https://issuer.example", "bob"))


class Fuzzed:
    """Requests from one seed, against one core that keeps what it takes."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.core = Driver()
        #: What stands, by the last word of its kind: who holds it, its id, and the current version.
        self.known: dict[str, list[tuple[Caller, str, str]]] = {"intent": [], "constraint": [], "subscription": []}
        self.caller = CALLERS[0]
        self.updates = False
        self.taken = self.refused = self.malformed = 0

    def step(self) -> None:
        """One request."""
        random = self.random
        kind = random.choice(PUTS if random.random() < 0.6 else tuple(KINDS))
        decode, make = KINDS[kind]
        self.caller = random.choice(CALLERS)
        params = self._params(kind)
        self.updates = len(params) > 1
        body = self._spoilt_bytes(self._written(self._spoilt(make(self), random.choice((0, 0, 0.01, 0.05, 0.2)))))
        # Small coverings only: what a large one costs is bounded elsewhere, and here it is the number that counts.
        inline_cells = 150 if random.random() < 0.98 else None
        asked = Asked(params, body[:LARGEST], self.caller, self.core.machine.time_us, False, inline_cells, 0)
        try:
            command = decode(asked)
        except TooLargeInline:
            return
        except BadRequest as error:
            self._said(error)
            return
        extent = getattr(command, "extent", None)
        if extent is not None:
            cells = cells_of(extent.cells)
            assert 0 < len(cells) <= MAX_CELLS
            assert list(cells) == sorted(set(cells))
        self._answered(kind, command, asked.body)

    def _said(self, error: BadRequest) -> None:
        assert error.reason in REASONS
        assert 0 < len(error.message) < 2_000
        json.loads(replies.message(error.message))
        self.malformed += 1

    def _answered(self, kind: str, command: Any, body: bytes) -> None:
        reply = self.core.ask(command, self.random.choice((1, 1_000, 1_000_000)))
        if isinstance(reply, Refusal):
            assert reply.reason in r.REASONS
            if isinstance(reply.detail, r.Missing):
                written = "".join(replies.conflict(reply.message, reply.detail))
            else:
                written = replies.message(reply.message).decode()
            self.refused += 1
        elif isinstance(reply, r.ReportFiled):
            written = reports.report_filed(reply.id, body).decode()
            self.taken += 1
        else:
            written = "".join(replies.pieces(reply, None))
            self.taken += 1
            self._learn(kind, json.loads(written))
        json.loads(written)

    def _learn(self, kind: str, answer: dict[str, Any]) -> None:
        """Remember what stands, so that later requests meet it."""
        if not kind.startswith("put"):
            return
        name = kind.split()[1]
        shown = answer[{"intent": "operational_intent_reference", "constraint": "constraint_reference"}.get(name, name)]
        stands = [each for each in self.known[name] if each[1] != shown["id"]]
        self.known[name] = [*stands[-10:], (self.caller, shown["id"], shown.get("ovn") or shown["version"])]

    def _params(self, kind: str) -> tuple[bytes, ...]:
        random = self.random
        if kind.startswith(("query", "file")):
            return ()
        stands = self.known.get(kind.split()[1], [])
        if not stands or random.random() < (0.6 if kind.startswith("put") else 0.1):
            stands = [(self.caller, self._id(), "")]
        holder, id_, version = random.choice(stands)
        if random.random() < 0.9:
            self.caller = holder
        first = random.choice(ODD_TEXT) if random.random() < 0.05 else id_
        params = [first.encode("utf-8", "surrogatepass")]
        if kind.startswith("end") or (kind.startswith("put") and (bool(version) != (random.random() < 0.05))):
            second = random.choice(ODD_TEXT) if random.random() < 0.05 else version
            params.append(second.encode("utf-8", "surrogatepass"))
        return tuple(params)

    def _id(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    # Sound bodies.

    def _time(self, hours: float) -> dict[str, Any]:
        seconds = self.core.machine.time_us // 1_000_000 + int(hours * 3600)
        return {"value": format_time(seconds * 1_000_000), "format": "RFC3339"}

    def _altitude(self, metres: float) -> dict[str, Any]:
        return {"value": metres, "reference": "W84", "units": "M"}

    def _outline(self) -> dict[str, Any]:
        random = self.random
        lat, lng = random.choice(
            ((46.1, 7.1), (46.1, 7.1), (0, 180), (89.999, 10), (-89.9999, -170), (0, 0), (35.26439, 45))
        )
        if random.random() < 0.3:
            radius = random.choice((1e-3, 1, 150, 2_000, 28_000))
            return {"outline_circle": {"center": {"lat": lat, "lng": lng}, "radius": {"value": radius, "units": "M"}}}
        if random.random() < 0.7:
            side = random.choice((0.001, 0.01, 0.03))
            ring = ((lat, lng), (lat, lng + side), (lat + side, lng + side), (lat + side, lng))
            return {"outline_polygon": {"vertices": [{"lat": a, "lng": b} for a, b in ring]}}
        size = random.choice((1e-9, 1e-7, 1e-5, 0.01, 0.01, 0.01, 0.3, 5))
        corners = [
            {"lat": lat + random.uniform(-1, 1) * size, "lng": lng + random.uniform(-1, 1) * size}
            for _ in range(random.choice((0, 1, 2, 3, 3, 3, 4, 4, 5, 9, 40)))
        ]
        return {"outline_polygon": {"vertices": corners}}

    def _volume(self) -> dict[str, Any]:
        low, begin = self.random.choice((-8_000, 0, 50, 99_000)), self.random.choice((-2, 0.5, 0.5, 1, 24))
        return {
            "volume": {
                **self._outline(),
                "altitude_lower": self._altitude(low),
                "altitude_upper": self._altitude(low + self.random.choice((0, 50, 900))),
            },
            "time_start": self._time(begin),
            "time_end": self._time(begin + self.random.choice((0, 0.5, 1, 23))),
        }

    def _volumes(self) -> list[Any]:
        return [self._volume() for _ in range(self.random.choice((1, 1, 1, 2, 5)))]

    def intent(self) -> Any:
        random = self.random
        body: dict[str, Any] = {
            "extents": self._volumes(),
            "key": [ovn for stands in self.known.values() for _, _, ovn in stands] if random.random() < 0.6 else [],
            "state": random.choice(STATES) if self.updates or random.random() < 0.05 else "Accepted",
            "uss_base_url": "https://uss.example.com/utm",
        }
        if random.random() < 0.5:
            body["new_subscription"] = {"uss_base_url": "https://uss.example.com", "notify_for_constraints": True}
        elif self.known["subscription"] and random.random() < 0.5:
            body["subscription_id"] = random.choice(self.known["subscription"])[1]
        if random.random() < 0.1:
            millis = self.core.machine.time_us // 1000
            body["requested_ovn_suffix"] = (
                f"{millis >> 16:08x}-{millis & 0xFFFF:04x}-7{random.getrandbits(12):03x}-8000-{random.getrandbits(48):012x}"
            )
        return body

    def constraint(self) -> Any:
        return {"extents": self._volumes(), "uss_base_url": "https://uss.example.com/utm"}

    def subscription(self) -> Any:
        return {
            "extents": self._volume(),
            "uss_base_url": "https://uss.example.com/utm",
            "notify_for_operational_intents": self.random.random() < 0.8,
            "notify_for_constraints": self.random.random() < 0.5,
        }

    def query(self) -> Any:
        return {"area_of_interest": self._volume()}

    def availability(self) -> Any:
        return {"old_version": "", "availability": self.random.choice(("Unknown", "Normal", "Down", "normal"))}

    def report(self) -> Any:
        exchange = {
            "url": "https://a.example", "method": "GET", "headers": ["a: b", None], "recorder_role": "Client",
            "request_time": self._time(0), "request_body": "eA==", "response_code": 200, "problem": "x"}  # fmt: skip
        return {"report_id": self._id(), "exchange": exchange}

    # Bending them.

    def _odd(self) -> Any:
        random = self.random
        match random.randrange(8):
            case 0:
                return random.choice(ODD_TEXT)
            case 1 | 2:
                return random.choice(ODD_NUMBERS)
            case 3:
                return random.choice((None, True, False, {}, [], [None], {"": None}))
            case 4:
                nested: Any = random.choice((None, 1, "x"))
                for _ in range(random.choice((3, 30, 99, 150))):
                    nested = [nested] if random.random() < 0.5 else {"volume": nested}
                return nested
            case 5:
                return [random.choice((None, 1, "x", {}, []))] * random.choice((2, 50, 1_001, 5_001))
            case 6:
                return random.uniform(-1, 1) * 10 ** random.randrange(-320, 309)
            case _:
                return "".join(
                    map(chr, (random.choice((random.randrange(32, 127), random.randrange(0xD7FF))) for _ in range(20)))
                )

    def _spoilt(self, value: Any, share: float) -> Any:
        """With about `share` of what is in it replaced, left out, renamed, or put into a list."""
        random = self.random
        if share and random.random() < share:
            return random.choice((self._odd, lambda: [value], lambda: {"value": value}))()
        if isinstance(value, dict):
            bent = {}
            for name, each in value.items():
                if share and random.random() < share / 2:
                    name = random.choice(("", name.upper(), name + " ", "outline_circle", "value", "lat", "time_start"))
                if not share or random.random() > share / 2:
                    bent[name] = self._spoilt(each, share)
            return bent
        if isinstance(value, list):
            bent_list = [self._spoilt(each, share) for each in value]
            if share and bent_list and random.random() < share:
                random.shuffle(bent_list)
                bent_list *= random.choice((1, 2, 3))
            return bent_list
        return value

    def _written(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=self.random.random() < 0.5).encode("utf-8", "surrogatepass")

    def _spoilt_bytes(self, body: bytes) -> bytes:
        random = self.random
        if random.random() > 0.12:
            return body
        at = random.randrange(len(body) + 1)
        match random.randrange(9):
            case 0:
                return body[:at]
            case 1:
                return body[:at] + random.randbytes(random.choice((1, 4, 40))) + body[at:]
            case 2:
                return body[:at] + bytes([body[at % len(body)] ^ 1 << random.randrange(8)]) + body[at + 1 :]
            case 3:
                return random.choice((b"\xef\xbb\xbf", b"\0", b" ", b"//x\n", b"[", b'{"a":')) + body
            case 4:
                return body + random.choice((body, b"}", b"]", b",", b"\0", b" \n\t", b"null"))
            case 5:
                return body.replace(b": ", random.choice((b":", b" = ", b":1,", b":\x00")), random.choice((1, -1)))
            case 6:
                return body.decode("utf-8", "replace").encode(
                    random.choice(("utf-16", "utf-32", "utf-7", "latin-1")), "replace"
                )
            case 7:
                return random.randbytes(random.choice((0, 1, 100, 5_000)))
            case _:
                digits = random.choice(
                    (b"1" * 4_000, b"1e999999999", b"-1e-999999999", b"0x10", b"01", b"1.", b".5", b"Infinity")
                )
                return body.replace(b": 4", b": " + digits, 1)


Decode = Callable[[Asked], Any]
KINDS: dict[str, tuple[Decode, Callable[[Fuzzed], Any]]] = {
    "put intent": (q.put_intent, Fuzzed.intent),
    "put constraint": (q.put_constraint, Fuzzed.constraint),
    "put subscription": (q.put_subscription, Fuzzed.subscription),
    "query intents": (q.query_intents, Fuzzed.query),
    "query constraints": (q.query_constraints, Fuzzed.query),
    "query subscriptions": (q.query_subscriptions, Fuzzed.query),
    "set availability": (q.set_availability, Fuzzed.availability),
    "file report": (reports.file_report, Fuzzed.report),
    "end intent": (q.end_intent, Fuzzed.query),
    "end constraint": (q.end_constraint, Fuzzed.query),
    "end subscription": (q.end_subscription, Fuzzed.query),
    "get intent": (q.get_intent, Fuzzed.query),
    "get constraint": (q.get_constraint, Fuzzed.query),
    "get subscription": (q.get_subscription, Fuzzed.query),
    "get availability": (q.get_availability, Fuzzed.query),
}
PUTS = ("put intent", "put intent", "put constraint", "put subscription")
