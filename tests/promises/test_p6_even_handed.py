"""P6: no code path knows "our side". Swapping two parties' names swaps the output and changes nothing else."""

from __future__ import annotations

from enum import Enum
from random import Random
from typing import Any

import pytest
from msgspec import Struct

from beforehand.core.strategic import commands as c
from core.comparing import bounds, compare, rules
from core.driving import Driver
from core.world import ONE, TWO

SWAPS = {
    "two of one issuer": {"alpha": "bravo"},
    "of two issuers": {"alpha": "charlie", ONE: TWO},
    "with one that comes late": {"charlie": "delta"},
    "to names that sort otherwise": {"alpha": "zulu", "bravo": "aaron"},
}


def swapped(value: Any, names: dict[str, str]) -> Any:
    """The value with names exchanged, however deep, and inside words."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        for at, name in enumerate(names):
            value = value.replace(name, f"\0{at}\0")
        for at, name in enumerate(names):
            value = value.replace(f"\0{at}\0", names[name])
        return value
    if isinstance(value, Struct):
        return type(value)(**{each: swapped(getattr(value, each), names) for each in value.__struct_fields__})
    if isinstance(value, frozenset):
        return frozenset(swapped(each, names) for each in value)
    if isinstance(value, tuple):
        inside = [swapped(each, names) for each in value]
        return type(value)(*inside) if hasattr(value, "_fields") else tuple(inside)
    return value


@pytest.mark.parametrize("names", SWAPS.values(), ids=SWAPS.keys())
@pytest.mark.parametrize("seed", range(5))
def test_swapping_two_parties_swaps_the_output_and_changes_nothing_else(seed, names):
    names = {**{new: old for old, new in names.items()}, **names}
    replies: list[Any] = []
    pair = compare(Random(seed), 200, lambda _pair, _command, reply: replies.append(reply))
    other = Driver(rules(pair.limits))
    turn = iter(replies)
    with bounds(pair.limits):
        for command, stamp in pair.played:
            expected = next(turn)
            if command == "due":
                for due in other.machine.due(stamp.time_us, 100):
                    if isinstance(due, c.CountUnaware):
                        other.tell(due, stamp)
                        stamp = stamp._replace(time_us=stamp.time_us + 1)
            elif isinstance(command, c.EvictExpired):
                at_us = stamp.time_us
                while other.tell(command, stamp._replace(time_us=at_us)).events:
                    at_us += 1
            else:
                assert other.tell(swapped(command, names), stamp).reply == swapped(expected, names)
    assert [each.time_us for each in other.journal] == [each.time_us for each in pair.core.journal]
    assert [each.facts.decode() for each in other.journal] == [
        swapped(each.facts.decode(), names) for each in pair.core.journal
    ]


def test_a_swap_is_seen():
    """Of three parties none is treated like the others by accident: they do different things in these programs."""
    journal = compare(Random(0), 200).core.journal
    assert any(
        swapped(each.facts.decode(), {"alpha": "bravo", "bravo": "alpha"}) != each.facts.decode() for each in journal
    )
