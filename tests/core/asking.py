"""Commands with everything filled in that a test does not care about."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from beforehand.core.stamp import Caller
from beforehand.core.strategic import commands as c

from .driving import START_US

ALICE, BOB, CAROL = (Caller("https://issuer.example", name) for name in ("alice", "bob", "carol"))
HERE, THERE = bytes.fromhex("478eb524"), bytes.fromhex("478eb52c")
HOUR = 3_600_000_000
SOON = START_US + HOUR
URL = "https://uss.example.com/x"


def id_of(number: int) -> bytes:
    """A UUID of version 4 that ends in the number."""
    return b"\x00" * 6 + b"\x40\x00\x80" + number.to_bytes(7, "big")


def extent(
    cells: bytes = HERE,
    start: int | None = SOON,
    end: int | None = SOON + HOUR,
    lower: int | None = 0,
    upper: int | None = 100_000,
) -> c.Extent:
    return c.Extent(cells, lower, upper, start, end)


def put_intent(caller: Caller, number: int, **given: Any) -> c.PutIntent:
    """Create or change an intent here and soon, Accepted, without subscription and knowing nothing."""
    plain = c.PutIntent(
        caller, id_of(number), None, extent(), c.IntentState.ACCEPTED, URL, frozenset(), None, None, None
    )
    return replace(plain, **given)


def put_constraint(caller: Caller, number: int, **given: Any) -> c.PutConstraint:
    return replace(c.PutConstraint(caller, id_of(number), None, extent(), URL), **given)


def put_subscription(caller: Caller, number: int, **given: Any) -> c.PutSubscription:
    """Subscribe to intents here and soon."""
    return replace(c.PutSubscription(caller, id_of(number), None, extent(), URL, True, False), **given)
