"""Bodies that nobody would write, made from ones that somebody would."""

from __future__ import annotations

import json
import random
from typing import Any

#: What a member or element is replaced by: other types, bounds, hostile text, places that are there and that are not.
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e308, -0.0, 2**31, 2**53, 2**63, 2**64, 10**400, 0.1, "", "x", "\0", "\x1b[31m", "A" * 5_000,
    "\u202egnihtemos", "\u2066x", "\u200b", "\ufeff", "\ud800", "ТЕАL", "TEAL", "GREY", "COAST-AD", "<script>alert(1)</script>",
    "'; drop table", "{{7*7}}", "../../etc", "2027-01-15T09:00:00Z", "9999-12-31T23:59:59.999999999Z", "0001-01-01T00:00:00Z",
    "2027-01-15T09:00:00", "1e999", "NaN", "m", "ft", "00000000-0000-4000-8000-000000000000", [], {}, [[]], [None], {"": None},
    [0.0, 0.0, 1.0], [90, 180, 1e-9], [-90, -180, 1e11], {"circle": [0, 0, 1]}, {"type": "Polygon", "coordinates": []},
    {"value": 1e300, "unit": "ft"}, ["*"], {"*": ["GREY"]}, {"nonce": "same-nonce"},
)  # fmt: skip


def spoilt(chance: random.Random, value: Any, share: float) -> Any:
    """The value with about `share` of all that is in it replaced, left out, renamed, doubled or scaled."""
    if chance.random() < share:
        return chance.choice(ODD)
    if isinstance(value, dict):
        kept = [(name, spoilt(chance, each, share)) for name, each in value.items() if chance.random() > share / 3]
        return {name + ("x" if chance.random() < share / 3 else ""): each for name, each in kept}
    if isinstance(value, list):
        return [spoilt(chance, each, share) for each in value] * (2 if chance.random() < share else 1)
    if isinstance(value, float | int) and not isinstance(value, bool) and chance.random() < share:
        return value * chance.choice((0, -1, 1_000_000, 1e-9, 2.0**40))
    return value


def written(chance: random.Random, body: Any) -> bytes:
    """JSON, mostly."""
    text = json.dumps(body, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    kind = chance.random()
    if kind < 0.03:
        at = chance.randrange(len(text))
        return text[:at] + bytes([chance.randrange(256)]) + text[at + 1 :]
    if kind < 0.06:
        return text[: chance.randrange(len(text) + 1)]
    return text + chance.choice((b" ", b"x", b"{}", b"\0")) if kind < 0.08 else text
