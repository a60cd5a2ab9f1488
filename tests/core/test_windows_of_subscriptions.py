"""The windows that subscriptions may have, to the microsecond."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from beforehand.core.stamp import Refusal

from .asking import ALICE, HERE, SOON, THERE, extent, put_intent, put_subscription
from .driving import START_US, Driver

MINUTES_5, DAY = 300_000_000, 86_400_000_000
NOW = START_US + 1_000_000


def window(start, end, **more):
    """The window that a new subscription gets, or why not."""
    core = Driver()
    reply = core.ask(
        put_subscription(ALICE, 1, extent=extent(start=start, end=end), **more), NOW - core.machine.time_us
    )
    if isinstance(reply, Refusal):
        return reply.reason
    return reply.subscription.start_us, reply.subscription.end_us


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ((None, None), (NOW, NOW + DAY)),
        ((NOW + 5, None), (NOW + 5, NOW + 5 + DAY)),
        ((None, NOW + 5), (NOW, NOW + 5)),
        ((NOW - MINUTES_5, NOW), (NOW - MINUTES_5, NOW)),
        ((NOW - MINUTES_5 - 1, NOW), "time_range"),
        ((NOW, NOW + DAY), (NOW, NOW + DAY)),
        ((NOW, NOW + DAY + 1), "time_range"),
        ((NOW, NOW), "time_range"),
        ((NOW, NOW + 1), (NOW, NOW + 1)),
        ((NOW + 1, NOW), "time_range"),
        ((None, NOW - 1), "time_range"),
        ((NOW - 10, NOW - 5), (NOW - 10, NOW - 5)),
    ],
)
def test_a_new_subscription_gets_the_window_it_asks_for_or_the_one_that_is_left_out(asked, given):
    assert window(*asked) == given


def test_a_change_keeps_what_it_leaves_out():
    core = Driver()
    first = core.ask(put_subscription(ALICE, 1, extent=extent(start=None, end=SOON)))
    again = core.ask(
        put_subscription(ALICE, 1, version=first.subscription.version, extent=extent(start=None, end=None)), DAY
    )
    assert again.subscription.start_us == first.subscription.start_us
    assert again.subscription.end_us == SOON


FITS = {"start": SOON, "end": SOON + 3_600_000_000, "lower": 0, "upper": 100_000, "cells": HERE + THERE}


@pytest.mark.parametrize(
    ("change", "covers"),
    [
        ({}, True),
        ({"start": SOON + MINUTES_5}, True),
        ({"start": SOON + MINUTES_5 + 1}, False),
        ({"end": FITS["end"] - 1}, False),
        ({"end": FITS["end"] + 1}, True),
        ({"lower": 1}, False),
        ({"lower": None}, False),
        ({"lower": -1}, True),
        ({"upper": 99_999}, False),
        ({"upper": None}, False),
        ({"cells": HERE}, False),
        ({"cells": HERE + THERE + bytes.fromhex("478eb534")}, True),
    ],
)
def test_a_change_must_go_on_covering_the_intents_that_hang_on_it(change, covers):
    core = Driver()
    sub = core.ask(put_subscription(ALICE, 1, extent=extent(**FITS)))
    core.ask(put_intent(ALICE, 1, extent=extent(**FITS), subscription=sub.subscription.id))
    command = put_subscription(ALICE, 1, version=sub.subscription.version, extent=extent(**{**FITS, **change}))
    reply = core.ask(command)
    assert (not isinstance(reply, Refusal)) == covers
    assert covers or reply.reason == "dependents_not_covered"
    free = core.ask(put_subscription(ALICE, 2, extent=extent(**FITS)))
    reply = core.ask(replace(command, id=free.subscription.id, version=free.subscription.version))
    assert not isinstance(reply, Refusal), "nothing hangs on this one"
