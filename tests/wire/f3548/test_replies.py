from __future__ import annotations

from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.core.strategic import replies as r
from beforehand.core.strategic.commands import Availability, IntentState
from beforehand.core.strategic.ids import id_text
from beforehand.wire.f3548 import answers as a
from beforehand.wire.f3548 import replies
from beforehand.wire.f3548.reports import report_filed
from beforehand.wire.f3548.times import EARLIEST_US, LATEST_US, parse_time

ids = st.binary(min_size=16, max_size=16)
times = st.integers(EARLIEST_US, LATEST_US)
text = st.text(max_size=20)
urls = st.sampled_from(["https://a.example", "https://b.example/<&>'"])
ovns = st.none() | st.text("abc-_=", min_size=1, max_size=44)
intents = st.builds(
    r.IntentReference, ids, text, st.sampled_from(Availability), st.integers(1, 10**9), st.sampled_from(IntentState), ovns,
    times, times, urls, st.none() | ids)  # fmt: skip
constraints = st.builds(r.ConstraintReference, ids, text, st.integers(1, 10**9), ovns, times, times, urls)
subscriptions = st.builds(
    r.SubscriptionView, ids, st.text("abc", max_size=9), st.integers(0, 10**9), times, times, urls, st.booleans(),
    st.booleans(), st.booleans(), st.lists(ids, max_size=3).map(tuple))  # fmt: skip
raised = st.lists(st.builds(r.Raised, ids, urls, st.integers(0, 10**9)), max_size=5).map(tuple)

Answer = TypeVar("Answer")


def written(reply: Any, kind: type[Answer], now_us: int | None = None) -> Answer:
    """What a client reads: nothing may be missing, nothing more may be there."""
    body = "".join(replies.pieces(reply, now_us)).encode()
    found = msgspec.json.decode(body, type=kind)
    assert msgspec.json.decode(body) == msgspec.to_builtins(found)
    return found


def same_intent(shown: a.IntentReference, meant: r.IntentReference) -> None:
    assert shown.id == id_text(meant.id)
    assert shown.manager == meant.manager
    assert shown.uss_availability.upper() == meant.availability.name
    assert shown.state.upper() == meant.state.name
    assert (shown.version, shown.uss_base_url) == (meant.version, meant.url)
    assert shown.ovn == ("Available from USS" if meant.ovn is None else meant.ovn)
    assert (parse_time(shown.time_start.value), parse_time(shown.time_end.value)) == (meant.start_us, meant.end_us)
    none = "00000000-0000-4000-8000-000000000000"
    assert shown.subscription_id == (none if meant.subscription is None else id_text(meant.subscription))


@given(intents, raised, st.booleans())
def test_a_changed_intent_shows_all_of_it_and_all_who_are_to_be_told(
    reference: r.IntentReference, told: tuple[r.Raised, ...], created: bool
) -> None:
    answer = written(r.IntentChanged(reference, told, created), a.ChangeIntentAnswer)
    same_intent(answer.operational_intent_reference, reference)
    urls = [each.uss_base_url for each in answer.subscribers]
    assert len(urls) == len(set(urls))
    shown = [
        (each.uss_base_url, one.subscription_id, one.notification_index)
        for each in answer.subscribers
        for one in each.subscriptions
    ]
    assert sorted(shown) == sorted((each.url, id_text(each.id), each.notification_index) for each in told)


def test_very_many_who_are_to_be_told_come_in_pieces_and_none_is_lost() -> None:
    told = tuple(
        r.Raised(each.to_bytes(16, "big"), f"https://{each % 3 if each < 9 else 3}.example", each)
        for each in range(3 * replies.ROWS)
    )
    reply = r.ConstraintChanged(r.ConstraintReference(bytes(16), "m", 1, "o", 0, 1, "https://a.example"), told, True)
    answer = written(reply, a.ChangeConstraintAnswer)
    shown = [one.notification_index for each in answer.subscribers for one in each.subscriptions]
    assert sorted(shown) == list(range(3 * replies.ROWS))
    assert len(answer.subscribers) == 4
    assert max(map(len, replies.pieces(reply, None))) <= replies.ROWS * 400


@given(st.lists(intents, max_size=3), st.lists(constraints, max_size=3), subscriptions)
def test_every_other_reply_is_written_whole(
    some: list[r.IntentReference], others: list[r.ConstraintReference], subscription: r.SubscriptionView
) -> None:
    shown = written(r.Intents(tuple(some)), a.IntentsAnswer).operational_intent_references
    for one, meant in zip(shown, some, strict=True):
        same_intent(one, meant)
    assert len(written(r.Constraints(tuple(others)), a.ConstraintsAnswer).constraint_references) == len(others)
    for one in some:
        written(r.Intent(one), a.IntentAnswer)
    for other in others:
        answer = written(r.ConstraintChanged(other, (), True), a.ChangeConstraintAnswer)
        assert answer.constraint_reference == written(r.Constraint(other), a.ConstraintAnswer).constraint_reference
        assert answer.constraint_reference.manager == other.manager
    view = written(r.Subscription(subscription), a.SubscriptionAnswer).subscription
    assert view == written(r.SubscriptionEnded(subscription), a.SubscriptionAnswer).subscription
    assert [view] == written(r.Subscriptions((subscription,)), a.SubscriptionsAnswer).subscriptions
    assert view.dependent_operational_intents == [id_text(each) for each in subscription.dependents]
    assert view.implicit_subscription == subscription.implicit
    put = written(r.SubscriptionChanged(subscription, tuple(some), None), a.PutSubscriptionAnswer)
    assert put.subscription == view
    assert put.constraint_references is msgspec.UNSET
    put = written(r.SubscriptionChanged(subscription, None, tuple(others)), a.PutSubscriptionAnswer)
    assert put.operational_intent_references is msgspec.UNSET


@pytest.mark.parametrize("count", [0, 1, replies.ROWS, replies.ROWS + 1, 3 * replies.ROWS])
def test_long_lists_come_in_pieces_and_lose_nothing(count: int) -> None:
    references = tuple(
        r.ConstraintReference(each.to_bytes(16, "big"), "m", 1, None, 0, 1, "https://a.example")
        for each in range(count)
    )
    answer = written(r.Constraints(references), a.ConstraintsAnswer)
    assert [each.id for each in answer.constraint_references] == [id_text(each.id) for each in references]
    longest = max(map(len, replies.pieces(r.Constraints(references), None)))
    assert longest <= replies.ROWS * 400


@given(text, text.filter(lambda each: '"' not in each and each.isascii() and each.isprintable() and "\\" not in each))
def test_availability_of_any_name_is_written(uss: str, version: str) -> None:
    answer = written(r.UssAvailability(uss, version, Availability.DOWN), a.AvailabilityAnswer)
    assert (answer.version, answer.status.uss, answer.status.availability) == (version, uss, "Down")


@pytest.mark.parametrize(("now_us", "index"), [(None, 7), (86_400_000_000 * 20_000 + 12_345_678, 12_345)])
def test_indices_count_or_are_milliseconds_since_midnight(now_us: int | None, index: int) -> None:
    told = (r.Raised(b"i" * 16, "https://a.example", 7),)
    reference = r.ConstraintReference(b"i" * 16, "m", 1, "o", 0, 1, "https://a.example")
    changed = written(r.ConstraintChanged(reference, told, True), a.ChangeConstraintAnswer, now_us)
    assert changed.subscribers[0].subscriptions[0].notification_index == index
    view = r.SubscriptionView(b"i" * 16, "v", 7, 0, 1, "https://a.example", True, True, False, ())
    assert written(r.Subscription(view), a.SubscriptionAnswer, now_us).subscription.notification_index == index


@given(st.lists(intents, max_size=2), st.lists(constraints, max_size=2))
def test_a_conflict_names_what_was_not_known_and_no_empty_list(
    some: list[r.IntentReference], others: list[r.ConstraintReference]
) -> None:
    body = "".join(replies.conflict('not "known"', r.Missing(tuple(some), tuple(others), 0)))
    found = msgspec.json.decode(body, type=a.Conflict)
    assert msgspec.json.decode(body) == msgspec.to_builtins(found)
    assert found.message == 'not "known"'
    assert (found.missing_operational_intents is msgspec.UNSET) == (not some)
    assert (found.missing_constraints is msgspec.UNSET) == (not others)


def test_a_report_is_answered_with_the_fields_of_the_standard_alone() -> None:
    id_ = bytes(range(16))
    empty = msgspec.json.decode(report_filed(id_, b"null"))
    assert empty == {
        "report_id": id_text(id_),
        "exchange": {"url": "", "method": "", "recorder_role": "", "request_time": {"value": "", "format": ""}},
    }
    body = {
        "report_id": "mine", "more": 1,
        "exchange": {"url": "x", "method": "GET", "recorder_role": "Spy", "request_time": {"value": "junk", "format": "x"},
                     "headers": ["a: b", None], "response_code": 500, "problem": "", "colour": 3, "request_body": None},
    }  # fmt: skip
    answer = msgspec.json.decode(report_filed(id_, msgspec.json.encode(body)), type=a.ReportAnswer)
    assert answer.exchange.headers == ["a: b", ""]
    assert answer.exchange.request_time == a.ReportTime("junk", "x")
    assert answer.exchange.problem == ""
    assert answer.exchange.request_body is msgspec.UNSET
