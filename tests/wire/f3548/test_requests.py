from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest

from beforehand.core.strategic import commands as c
from beforehand.wire.f3548 import requests as q
from beforehand.wire.f3548.errors import REASONS, BadRequest
from beforehand.wire.f3548.reports import file_report
from beforehand.wire.f3548.requests import Asked
from beforehand.wire.f3548.times import format_time

from .asking import CALLER, ID, NOW_US, asked, circle, constraint, intent, polygon, subscription, volume
from .test_ids import uuid7

ID_BYTES = bytes.fromhex(ID.replace("-", ""))
NEW = {"uss_base_url": "https://uss1.example.com/sub"}
WIDE = volume(circle(radius=40_000))
PAST = volume(window=("2001-01-01T00:00:00Z", "2001-01-01T01:00:00Z"))


def refusal(decode: Callable[[Asked], Any], body: Any, *params: str | bytes) -> BadRequest:
    with pytest.raises(BadRequest) as refused:
        decode(asked(body, *params))
    return refused.value


def test_an_intent_is_read_whole() -> None:
    body = intent(key=["one", "two", "one", None, ""], new_subscription=NEW | {"notify_for_constraints": True})
    command = q.put_intent(asked(body))
    assert command.caller == CALLER
    assert command.id == ID_BYTES
    assert command.ovn is None
    assert command.state is c.IntentState.ACCEPTED
    assert command.named_ovns == {"one", "two"}
    assert command.new_subscription == c.NewSubscription(NEW["uss_base_url"], True)
    assert command.subscription is None
    assert command.requested_suffix is None
    assert command.extent.lower_mm == 50_000


def test_the_ovn_tells_create_update_and_the_route_that_ends_in_a_slash_apart() -> None:
    assert q.put_intent(asked(intent(), ID)).ovn is None
    assert q.put_intent(asked(intent(), ID, "")).ovn == ""
    assert q.put_intent(asked(intent(), ID, "x y")).ovn == "x y"


@pytest.mark.parametrize("state", ["Activated", "Nonconforming", "Contingent"])
def test_other_states_need_a_standing_intent_and_a_subscription(state: str) -> None:
    assert refusal(q.put_intent, intent(state=state, new_subscription=NEW)).reason == "bad_state"
    assert refusal(q.put_intent, intent(state=state, new_subscription=NEW), ID, "").reason == "bad_state"
    assert refusal(q.put_intent, intent(state=state), ID, "ovn").reason == "bad_subscription"
    assert q.put_intent(asked(intent(state=state, subscription_id=ID), ID, "ovn")).subscription == ID_BYTES


@pytest.mark.parametrize("state", [..., None, "", "accepted", "Ended", "Accepted "])
def test_states_have_one_spelling_each(state: Any) -> None:
    assert refusal(q.put_intent, intent(state=state)).reason == "bad_state"


def test_an_empty_subscription_id_is_none_unless_a_new_one_is_asked_for() -> None:
    assert q.put_intent(asked(intent(subscription_id=""))).subscription is None
    assert refusal(q.put_intent, intent(subscription_id="", new_subscription=NEW)).reason == "bad_subscription"
    assert q.put_intent(asked(intent(subscription_id=None, new_subscription=NEW))).new_subscription is not None


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"uss_base_url": ...}, "uss_base_url"),
        ({"subscription_id": "x"}, "subscription_id"),
        ({"new_subscription": {}}, "new_subscription.uss_base_url"),
        ({"extents": ...}, "extents"),
        ({"extents": [PAST]}, "extents"),
        ({"requested_ovn_suffix": ""}, "requested_ovn_suffix"),
        ({"requested_ovn_suffix": uuid7(1)}, "requested_ovn_suffix"),
        ({"key": "x"}, "key"),
        ({"key": [1]}, "key[0]"),
        ({"extents": [WIDE]}, "extents[0].volume.outline_circle"),
    ],
)
def test_a_bad_intent_names_its_field(more: dict[str, Any], field: str) -> None:
    assert refusal(q.put_intent, intent(**more)).field == field


def test_a_past_volume_beside_one_to_come_is_taken() -> None:
    assert q.put_intent(asked(intent(extents=[PAST, volume()]))).extent.start_us == 978_307_200_000_000


def test_the_suffix_is_kept_as_sent() -> None:
    suffix = uuid7(1_900_000_000_000)
    assert q.put_intent(asked(intent(requested_ovn_suffix=suffix))).requested_suffix == suffix


def test_where_clocks_are_in_doubt_the_earlier_one_says_what_is_over_and_never_which_suffix_is_new() -> None:
    """A suffix of a time that was had before might return an OVN."""
    hour_us = 3_600_000_000
    an_hour_ago = tuple(format_time(NOW_US - us) for us in (hour_us, hour_us // 2))
    doubted = asked(intent(extents=[volume(window=an_hour_ago)]))._replace(earliest_us=NOW_US - hour_us)
    assert q.put_intent(doubted).extent.end_us == NOW_US - hour_us // 2
    with pytest.raises(BadRequest, match="End time may not be in the past"):
        q.put_intent(doubted._replace(earliest_us=NOW_US))
    former = asked(intent(requested_ovn_suffix=uuid7((NOW_US - hour_us) // 1000)))._replace(
        earliest_us=NOW_US - hour_us
    )
    with pytest.raises(BadRequest, match="within 5 minutes of now"):
        q.put_intent(former)


def test_a_constraint_may_leave_altitudes_open_but_not_times() -> None:
    command = q.put_constraint(asked(constraint(extents=[volume(band=None)])))
    assert (command.extent.lower_mm, command.extent.upper_mm) == (None, None)
    assert refusal(q.put_constraint, constraint(extents=[volume(window=None)])).field == "extents[0].time_start"
    assert refusal(q.put_constraint, constraint(extents=[PAST])).reason == "bad_time"


def test_a_subscription_may_leave_times_open_but_must_have_a_place_and_a_trigger() -> None:
    command = q.put_subscription(asked(subscription(extents=volume(window=None))))
    assert (command.extent.start_us, command.extent.end_us) == (None, None)
    assert (command.intents, command.constraints) == (True, False)
    assert refusal(q.put_subscription, subscription(extents=None)).field == "extents.volume"
    assert refusal(q.put_subscription, subscription(extents=volume({}))).field == "extents.volume"
    assert refusal(q.put_subscription, subscription(notify_for_operational_intents=False)).reason == "no_trigger"


def test_a_subscription_cannot_end_beyond_what_can_be_written() -> None:
    late = volume(window=("9999-12-31T12:00:00Z", "9999-12-31T13:00:00Z"))
    assert q.put_subscription(asked(subscription(extents=late)))
    del late["time_end"]
    assert refusal(q.put_subscription, subscription(extents=late)).field == "extents.time_end"


def test_an_area_too_large_to_search_is_413_but_for_intents() -> None:
    search = {"area_of_interest": WIDE}
    statuses = [
        REASONS[refusal(decode, search).reason]
        for decode in (q.query_intents, q.query_constraints, q.query_subscriptions)
    ]
    assert statuses == [400, 413, 413]
    whole_earth = {"area_of_interest": volume(circle(radius=1e39))}
    assert REASONS[refusal(q.query_subscriptions, whole_earth).reason] == 400
    half_of_it = {"area_of_interest": volume(polygon([(0, 0), (0, 120), (0, -120)]))}
    assert REASONS[refusal(q.query_subscriptions, half_of_it).reason] == 413


@pytest.mark.parametrize("decode", [q.query_intents, q.query_constraints, q.query_subscriptions])
@pytest.mark.parametrize("body", [{}, None, {"area_of_interest": None}, {"area_of_interest": {}}])
def test_a_query_needs_an_area(decode: Callable[[Asked], Any], body: Any) -> None:
    assert REASONS[refusal(decode, body).reason] == 400


@pytest.mark.parametrize("decode", [q.end_intent, q.end_constraint, q.end_subscription])
def test_ending_needs_the_current_version_in_the_path(decode: Callable[[Asked], Any]) -> None:
    assert refusal(decode, None, ID, "").reason == "bad_path"
    assert refusal(decode, None, "", "bogus").reason == "bad_id"
    assert decode(asked(None, ID, "bogus")).id == ID_BYTES


@pytest.mark.parametrize("decode", [q.get_intent, q.get_constraint, q.get_subscription])
def test_reading_needs_an_id(decode: Callable[[Asked], Any]) -> None:
    assert decode(asked(None, ID.upper())).id == ID_BYTES
    assert refusal(decode, None, "query").reason == "bad_id"


def test_availability_is_read_in_any_case_and_absent_means_unknown() -> None:
    for text, meant in (("down", 2), ("NORMAL", 1), ("Unknown", 0), ("", 0), (None, 0)):
        command = q.set_availability(asked({"old_version": None, "availability": text}, "uss9"))
        assert (command.uss, command.old_version, command.availability) == ("uss9", "", meant)
    assert q.set_availability(asked(None, "uss9")).availability == c.Availability.UNKNOWN
    assert refusal(q.set_availability, {"availability": "Sick"}, "uss9").reason == "bad_availability"
    assert refusal(q.set_availability, {}, "").reason == "bad_path"
    assert refusal(q.get_availability, None, b"a\0").reason == "bad_path"


def test_a_report_is_kept_as_it_came() -> None:
    body = b'{"exchange": {"url": "x", "colour": 1}, "more": [2]}'
    assert file_report(asked(body)).body == body
    assert refusal(file_report, {"exchange": {"response_code": 3_000_000_000}}).field == "exchange.response_code"
    assert refusal(file_report, {"exchange": {"response_code": 5.5}}).reason == "wrong_type"
    assert refusal(file_report, {"exchange": []}).reason == "wrong_type"


def test_requests_commands_and_refusals_travel_to_the_worker_and_back() -> None:
    request = asked(intent())
    command = pickle.loads(pickle.dumps(q.put_intent(pickle.loads(pickle.dumps(request)))))
    assert command == q.put_intent(request)
    refused = refusal(q.put_intent, intent(state="x"))
    copy = pickle.loads(pickle.dumps(refused))
    assert (copy.reason, copy.message, copy.field) == (refused.reason, refused.message, refused.field)
