from __future__ import annotations

import secrets
import time

import pytest

from .asking import implicit, intent, new_id, soon
from .shapes import IntentChanged, shaped


def suffix(seconds_from_now: float = 0) -> str:
    """A version 7 UUID (RFC 9562 §5.7) of a time."""
    milliseconds = int((time.time() + seconds_from_now) * 1000)
    head = f"{milliseconds:012x}"
    low = secrets.token_hex(8)
    return f"{head[:8]}-{head[8:]}-7{low[:3]}-8{low[3:6]}-{secrets.token_hex(6)}"


def test_a_planner_may_choose_the_end_of_its_ovn(alice, here):
    id_, asked = new_id(), suffix()
    made = alice.put_intent(intent(soon(here), requested_ovn_suffix=asked), id_)
    shaped(made, IntentChanged)
    first = made["operational_intent_reference"]
    assert first["ovn"] == f"{id_}_{asked}"
    asked = suffix()
    second = alice.change(
        first, intent(soon(here), state="Activated", new_subscription=implicit(), requested_ovn_suffix=asked)
    )
    assert second["ovn"] == f"{id_}_{asked}"
    third = alice.change(second, intent(soon(here)))
    assert not third["ovn"].startswith(id_)


@pytest.mark.parametrize("seconds", [-280, 280])
def test_clocks_may_differ_by_less_than_five_minutes(alice, here, seconds):
    alice.plan(intent(soon(here), requested_ovn_suffix=suffix(seconds)))


@pytest.mark.parametrize(
    "asked",
    [
        lambda: "",
        lambda: "abc",
        new_id,
        lambda: "1ec9414c-232a-6b00-b3c8-9e6bdeced846",
        lambda: "0192b9ff-793a-7a18-9b61-552a7ed277b3",
        lambda: suffix(-320),
        lambda: suffix(320),
        lambda: suffix().upper(),
        lambda: suffix().replace("-", ""),
        lambda: f"urn:uuid:{suffix()}",
    ],
    ids=["empty", "text", "v4", "v6", "of-2024", "too-old", "too-new", "upper-case", "no-dashes", "urn"],
)
def test_anything_else_is_refused_whether_or_not_the_intent_is_there(alice, here, asked):
    body = intent(soon(here), requested_ovn_suffix=asked())
    alice.put_intent(body, status=400)
    mine = alice.plan(intent(soon(here)))
    alice.put_intent(body, mine["id"], status=400)
    alice.put_intent(body, mine["id"], mine["ovn"], 400)


def test_no_ovn_ever_returns(alice, here):
    asked = suffix()
    first = alice.plan(intent(soon(here), requested_ovn_suffix=asked))
    body = intent(soon(here), requested_ovn_suffix=asked)
    alice.put_intent(body, first["id"], first["ovn"], 400)
    second = alice.change(first, intent(soon(here)))
    alice.put_intent(body, first["id"], second["ovn"], 400)
    alice.end_intent(second)
    alice.put_intent(body, first["id"], status=400)
    alice.plan(body)
