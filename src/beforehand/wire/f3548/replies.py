"""Replies into the bodies of F3548-21, written by hand: most of an answer's cost is here.

A body comes in pieces, of which none takes long to write, so that others may have their turn between two of a long one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from msgspec.json import Encoder

from beforehand.core.strategic import replies as r
from beforehand.core.strategic.commands import Availability, IntentState
from beforehand.core.strategic.ids import id_text
from beforehand.wire.f3548.times import format_time

#: What stands for an OVN that another party holds; only its holder gives it.
OVN_OF_ANOTHER = "Available from USS"
#: The id that stands for "no subscription".
NO_SUBSCRIPTION = "00000000-0000-4000-8000-000000000000"
_DAY_MS = 86_400_000
#: References in one piece of a body.
ROWS = 500

# By number: to look up a member of an enum in a dict costs as much as half a reference.
_STATES = tuple(state.name.capitalize() for state in IntentState)
_AVAILABILITIES = tuple(availability.name.capitalize() for availability in Availability)
_BOOL = {True: "true", False: "false"}
_encode = Encoder().encode

Item = TypeVar("Item")


def _json(text: str) -> str:
    return _encode(text).decode()


#: For what stands in many references: subjects and base URLs, bounded by those that first took them.
_text = lru_cache(maxsize=4096)(_json)


def pieces(reply: Any, now_us: int | None) -> Iterator[str]:
    """The body of an answer. With `now_us`, notification indices are ms since UTC midnight of that time; else they count.

    Raises KeyError for what is no reply of F3548 with a body of its own.
    """
    index_ms = None if now_us is None else now_us // 1000 % _DAY_MS
    return _PIECES[type(reply)](reply, index_ms)


def _listed(write: Callable[[Item], str], items: Sequence[Item]) -> Iterator[str]:
    """The items of a list, without its brackets."""
    if len(items) <= ROWS:
        yield ",".join(map(write, items))
        return
    for at in range(0, len(items), ROWS):
        yield ("," if at else "") + ",".join(map(write, items[at : at + ROWS]))


def intent_reference(i: r.IntentReference) -> str:
    subscription = NO_SUBSCRIPTION if i.subscription is None else id_text(i.subscription)
    ovn = OVN_OF_ANOTHER if i.ovn is None else i.ovn
    return (
        f'{{"id":"{id_text(i.id)}","manager":{_text(i.manager)},"uss_availability":"{_AVAILABILITIES[i.availability]}",'
        f'"version":{i.version},"state":"{_STATES[i.state]}","ovn":"{ovn}",'
        f'"time_start":{{"value":"{format_time(i.start_us)}","format":"RFC3339"}},'
        f'"time_end":{{"value":"{format_time(i.end_us)}","format":"RFC3339"}},'
        f'"uss_base_url":{_text(i.url)},"subscription_id":"{subscription}"}}'
    )


def constraint_reference(c: r.ConstraintReference) -> str:
    ovn = OVN_OF_ANOTHER if c.ovn is None else c.ovn
    return (
        f'{{"id":"{id_text(c.id)}","manager":{_text(c.manager)},"uss_availability":"Unknown",'
        f'"version":{c.version},"ovn":"{ovn}",'
        f'"time_start":{{"value":"{format_time(c.start_us)}","format":"RFC3339"}},'
        f'"time_end":{{"value":"{format_time(c.end_us)}","format":"RFC3339"}},"uss_base_url":{_text(c.url)}}}'
    )


def subscription(s: r.SubscriptionView, index_ms: int | None) -> str:
    dependents = ",".join([f'"{id_text(each)}"' for each in s.dependents])
    return (
        f'{{"id":"{id_text(s.id)}","version":"{s.version}",'
        f'"notification_index":{s.notification_index if index_ms is None else index_ms},'
        f'"time_start":{{"value":"{format_time(s.start_us)}","format":"RFC3339"}},'
        f'"time_end":{{"value":"{format_time(s.end_us)}","format":"RFC3339"}},"uss_base_url":{_text(s.url)},'
        f'"notify_for_operational_intents":{_BOOL[s.intents]},"notify_for_constraints":{_BOOL[s.constraints]},'
        f'"implicit_subscription":{_BOOL[s.implicit]},"dependent_operational_intents":[{dependents}]}}'
    )


def _subscribers(raised: Sequence[r.Raised], index_ms: int | None) -> Iterator[str]:
    """Who is to be told, grouped by URL, without the brackets of the list."""

    def state(each: r.Raised) -> str:
        index = each.notification_index if index_ms is None else index_ms
        return f'{{"subscription_id":"{id_text(each.id)}","notification_index":{index}}}'

    by_url: dict[str, list[r.Raised]] = {}
    for each in raised:
        by_url.setdefault(each.url, []).append(each)
    comma = ""
    for url, of_url in by_url.items():
        head = f'{comma}{{"uss_base_url":{_text(url)},"subscriptions":['
        for states in _listed(state, of_url):
            yield head + states
            head = ""
        yield "]}"
        comma = ","


def _changed(raised: Sequence[r.Raised], index_ms: int | None, name: str, reference: str) -> Iterator[str]:
    yield '{"subscribers":['
    yield from _subscribers(raised, index_ms)
    yield f'],"{name}":{reference}}}'


def _intent_changed(reply: r.IntentChanged, index_ms: int | None) -> Iterator[str]:
    return _changed(reply.raised, index_ms, "operational_intent_reference", intent_reference(reply.reference))


def _intent(reply: r.Intent, index_ms: int | None) -> Iterator[str]:
    yield f'{{"operational_intent_reference":{intent_reference(reply.reference)}}}'


def _intents(reply: r.Intents, index_ms: int | None) -> Iterator[str]:
    yield '{"operational_intent_references":['
    yield from _listed(intent_reference, reply.references)
    yield "]}"


def _constraint_changed(reply: r.ConstraintChanged, index_ms: int | None) -> Iterator[str]:
    return _changed(reply.raised, index_ms, "constraint_reference", constraint_reference(reply.reference))


def _constraint(reply: r.Constraint, index_ms: int | None) -> Iterator[str]:
    yield f'{{"constraint_reference":{constraint_reference(reply.reference)}}}'


def _constraints(reply: r.Constraints, index_ms: int | None) -> Iterator[str]:
    yield '{"constraint_references":['
    yield from _listed(constraint_reference, reply.references)
    yield "]}"


def _subscription_changed(reply: r.SubscriptionChanged, index_ms: int | None) -> Iterator[str]:
    yield f'{{"subscription":{subscription(reply.subscription, index_ms)}'
    if reply.intents is not None:
        yield ',"operational_intent_references":['
        yield from _listed(intent_reference, reply.intents)
        yield "]"
    if reply.constraints is not None:
        yield ',"constraint_references":['
        yield from _listed(constraint_reference, reply.constraints)
        yield "]"
    yield "}"


def _one_subscription(reply: r.Subscription | r.SubscriptionEnded, index_ms: int | None) -> Iterator[str]:
    yield f'{{"subscription":{subscription(reply.subscription, index_ms)}}}'


def _subscriptions(reply: r.Subscriptions, index_ms: int | None) -> Iterator[str]:
    yield '{"subscriptions":['
    yield from _listed(lambda each: subscription(each, index_ms), reply.subscriptions)
    yield "]}"


def _availability(reply: r.UssAvailability, index_ms: int | None) -> Iterator[str]:
    yield (
        f'{{"version":"{reply.version}",'
        f'"status":{{"uss":{_text(reply.uss)},"availability":"{_AVAILABILITIES[reply.availability]}"}}}}'
    )


_PIECES: dict[type, Callable[[Any, int | None], Iterator[str]]] = {
    r.IntentChanged: _intent_changed,
    r.Intent: _intent,
    r.Intents: _intents,
    r.ConstraintChanged: _constraint_changed,
    r.Constraint: _constraint,
    r.Constraints: _constraints,
    r.SubscriptionChanged: _subscription_changed,
    r.Subscription: _one_subscription,
    r.SubscriptionEnded: _one_subscription,
    r.Subscriptions: _subscriptions,
    r.UssAvailability: _availability,
}


def conflict(message: str, missing: r.Missing) -> Iterator[str]:
    """The body of a 409 that names what a planner did not know (AirspaceConflictResponse)."""
    yield f'{{"message":{_json(message)}'
    if missing.intents:
        yield ',"missing_operational_intents":['
        yield from _listed(intent_reference, missing.intents)
        yield "]"
    if missing.constraints:
        yield ',"missing_constraints":['
        yield from _listed(constraint_reference, missing.constraints)
        yield "]"
    yield "}"


def message(text: str) -> bytes:
    """The body of any other refusal."""
    return f'{{"message":{_json(text)}}}'.encode()
