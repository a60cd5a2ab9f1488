"""The only code that changes strategic state: each event names all that it changes.

`fold` decides nothing, calls no geometry, uses no floating point and searches nothing. The machine has set the entry's
number (`handle`) and time beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from sys import intern
from typing import Any

from msgspec import UNSET

from beforehand.core.strategic import events as e
from beforehand.core.strategic import state as s
from beforehand.core.strategic.commands import Availability
from beforehand.core.strategic.ids import id_bytes
from beforehand.core.strategic.replies import ConstraintChanged, IntentChanged, SubscriptionEnded
from beforehand.core.strategic.views import constraint_reference, intent_reference, raised_now, subscription_view


def fold(state: s.StrategicState, event: Any, handle: int, time_us: int) -> None:
    """Apply one event that is entry `handle` and was stamped `time_us`."""
    _forget(state, time_us)
    _FOLDS[type(event)](state, event, handle, time_us)


def _forget(state: s.StrategicState, time_us: int) -> None:
    ovns = state.forget_ovns
    while ovns and ovns[0][0] + s.REMEMBERED_US <= time_us:
        state.used_ovns.pop(ovns.popleft()[1], None)
    deletions = state.forget_deletions
    while deletions and (
        deletions[0][0] + s.REMEMBERED_US <= time_us or state.remembered_weight > s.REMEMBERED_DELETIONS_MAX
    ):
        at_us, key, weight = deletions.popleft()
        state.remembered_weight -= weight
        found = state.remembered.get(key)
        if found is not None and found.at_us == at_us:  # not where a later deletion stands under the same id
            del state.remembered[key]


def _remember(state: s.StrategicState, key: tuple[str, bytes], ended: s.Remembered, raised: int) -> None:
    state.remembered[key] = ended
    state.forget_deletions.append((ended.at_us, key, 1 + raised))
    state.remembered_weight += 1 + raised


def _ends_in(state: s.StrategicState, end_us: int) -> tuple[set[int], set[int], set[int]]:
    bucket = end_us // s.BUCKET_US
    found = state.ends.get(bucket)
    if found is None:
        found = state.ends[bucket] = (set(), set(), set())
    return found


def _ends_no_more(state: s.StrategicState, kind: int, end_us: int, handle: int) -> None:
    bucket = end_us // s.BUCKET_US
    sets = state.ends[bucket]
    sets[kind].discard(handle)
    if not (sets[0] or sets[1] or sets[2]):
        del state.ends[bucket]


def _raise(state: s.StrategicState, handles: Sequence[int]) -> None:
    subscriptions = state.subscriptions
    for handle in handles:
        subscriptions[handle].index += 1


def _attach(subscription: s.Subscription, intent: int) -> None:
    hanging = subscription.dependents
    if hanging is None:
        subscription.dependents = intent
    elif isinstance(hanging, int):
        subscription.dependents = {hanging: None, intent: None}
    else:
        hanging[intent] = None


def _detach(subscription: s.Subscription, intent: int) -> None:
    hanging = subscription.dependents
    if isinstance(hanging, dict):
        del hanging[intent]
        if len(hanging) == 1:
            subscription.dependents = next(iter(hanging))
    else:
        subscription.dependents = None


def _make_subscription(state: s.StrategicState, made: s.Subscription) -> None:
    state.subscriptions[made.handle] = made
    state.subscription_ids[made.id] = made
    state.subscription_index.add(made.cells, made.handle)
    made.manager.subscriptions += 1


def _drop_subscription(state: s.StrategicState, handle: int) -> None:
    gone = state.subscriptions[handle]
    state.subscription_index.remove(gone.cells, handle)
    del state.subscriptions[handle], state.subscription_ids[gone.id]
    gone.manager.subscriptions -= 1
    if not gone.implicit:
        _ends_no_more(state, 2, gone.end_us, handle)


def _intent_accepted(state: s.StrategicState, event: e.IntentAccepted, handle: int, time_us: int) -> None:
    cells = bytes.fromhex(event.cells)
    id_ = id_bytes(event.id)
    intent = state.intent_ids.get(id_)
    if intent is None:
        manager = state.parties[event.manager]
        intent = s.Intent(handle, id_, manager, event.state, event.version, event.ovn, intern(event.url), event.start,
                          event.end, event.lower, event.upper, cells, None)  # fmt: skip
        state.intents[handle] = intent
        state.intent_ids[id_] = intent
        manager.intents += 1
        manager.cells += len(cells) >> 2
    else:
        manager = intent.manager
        state.intent_index.remove(intent.cells, intent.handle)
        _ends_no_more(state, 0, intent.end_us, intent.handle)
        manager.cells += (len(cells) - len(intent.cells)) >> 2
        intent.state, intent.version, intent.ovn, intent.url = event.state, event.version, event.ovn, intern(event.url)
        intent.start_us, intent.end_us, intent.lower_mm, intent.upper_mm = (
            event.start, event.end, event.lower, event.upper)  # fmt: skip
        intent.cells = cells
    state.intent_index.add(cells, intent.handle)
    _ends_in(state, event.end)[0].add(intent.handle)
    if event.ovn.startswith(event.id):  # a requested one; those made here are random and never return
        state.used_ovns[event.ovn] = time_us
        state.forget_ovns.append((time_us, event.ovn))
    made = event.made
    if made is not UNSET:
        _make_subscription(state, s.Subscription(
            handle, id_bytes(made.id), manager, made.version, intern(made.url), event.start, event.end, cells,
            True, made.constraints, True))  # fmt: skip
    extended = event.extended
    if extended is not UNSET:
        assert event.subscription is not None
        sub = state.subscriptions[event.subscription]
        state.subscription_index.remove(sub.cells, sub.handle)
        sub.version, sub.start_us, sub.end_us, sub.cells = (
            extended.version, extended.start, extended.end, bytes.fromhex(extended.cells))  # fmt: skip
        state.subscription_index.add(sub.cells, sub.handle)
    if intent.subscription != event.subscription:
        if intent.subscription is not None:
            _detach(state.subscriptions[intent.subscription], intent.handle)
        intent.subscription = event.subscription
        if event.subscription is not None:
            _attach(state.subscriptions[event.subscription], intent.handle)
    if event.dropped is not UNSET:
        _drop_subscription(state, event.dropped)
    _raise(state, event.raised)


def _drop_intent(state: s.StrategicState, intent: s.Intent) -> None:
    state.intent_index.remove(intent.cells, intent.handle)
    _ends_no_more(state, 0, intent.end_us, intent.handle)
    del state.intents[intent.handle], state.intent_ids[intent.id]
    intent.manager.intents -= 1
    intent.manager.cells -= len(intent.cells) >> 2
    if intent.subscription is not None:
        _detach(state.subscriptions[intent.subscription], intent.handle)


def _intent_ended(state: s.StrategicState, event: e.IntentEnded, handle: int, time_us: int) -> None:
    intent = state.intent_ids[id_bytes(event.id)]
    _raise(state, event.raised)
    raised = raised_now(state, event.raised)
    reply = IntentChanged(intent_reference(state, intent, intent.manager.subject), raised, created=False)
    _drop_intent(state, intent)
    if event.dropped is not UNSET:
        _drop_subscription(state, event.dropped)
    _remember(state, ("oi", intent.id), s.Remembered(intent.manager, intent.ovn, reply, time_us), len(raised))


def _constraint_accepted(state: s.StrategicState, event: e.ConstraintAccepted, handle: int, time_us: int) -> None:
    cells = bytes.fromhex(event.cells)
    id_ = id_bytes(event.id)
    constraint = state.constraint_ids.get(id_)
    if constraint is None:
        manager = state.parties[event.manager]
        constraint = s.Constraint(handle, id_, manager, event.version, event.ovn, intern(event.url), event.start,
                                  event.end, event.lower, event.upper, cells)  # fmt: skip
        state.constraints[handle] = constraint
        state.constraint_ids[id_] = constraint
        manager.intents += 1
        manager.cells += len(cells) >> 2
    else:
        state.constraint_index.remove(constraint.cells, constraint.handle)
        _ends_no_more(state, 1, constraint.end_us, constraint.handle)
        constraint.manager.cells += (len(cells) - len(constraint.cells)) >> 2
        constraint.version, constraint.ovn, constraint.url = event.version, event.ovn, intern(event.url)
        constraint.start_us, constraint.end_us, constraint.lower_mm, constraint.upper_mm = (
            event.start, event.end, event.lower, event.upper)  # fmt: skip
        constraint.cells = cells
    state.constraint_index.add(cells, constraint.handle)
    _ends_in(state, event.end)[1].add(constraint.handle)
    _raise(state, event.raised)


def _drop_constraint(state: s.StrategicState, constraint: s.Constraint) -> None:
    state.constraint_index.remove(constraint.cells, constraint.handle)
    _ends_no_more(state, 1, constraint.end_us, constraint.handle)
    del state.constraints[constraint.handle], state.constraint_ids[constraint.id]
    constraint.manager.intents -= 1
    constraint.manager.cells -= len(constraint.cells) >> 2


def _constraint_ended(state: s.StrategicState, event: e.ConstraintEnded, handle: int, time_us: int) -> None:
    constraint = state.constraint_ids[id_bytes(event.id)]
    _raise(state, event.raised)
    raised = raised_now(state, event.raised)
    reply = ConstraintChanged(constraint_reference(constraint, constraint.manager.subject), raised, created=False)
    _drop_constraint(state, constraint)
    _remember(state, ("con", constraint.id),
              s.Remembered(constraint.manager, constraint.ovn, reply, time_us), len(raised))  # fmt: skip


def _subscription_accepted(state: s.StrategicState, event: e.SubscriptionAccepted, handle: int, time_us: int) -> None:
    cells = bytes.fromhex(event.cells)
    id_ = id_bytes(event.id)
    sub = state.subscription_ids.get(id_)
    if sub is None:
        manager = state.parties[event.manager]
        sub = s.Subscription(handle, id_, manager, event.version, intern(event.url), event.start, event.end, cells,
                             event.intents, event.constraints, implicit=False)  # fmt: skip
        _make_subscription(state, sub)
    else:
        state.subscription_index.remove(sub.cells, sub.handle)
        if not sub.implicit:
            _ends_no_more(state, 2, sub.end_us, sub.handle)
        sub.version, sub.url, sub.start_us, sub.end_us, sub.cells = (
            event.version, intern(event.url), event.start, event.end, cells)  # fmt: skip
        sub.intents, sub.constraints, sub.implicit = event.intents, event.constraints, False
        state.subscription_index.add(cells, sub.handle)
    _ends_in(state, event.end)[2].add(sub.handle)


def _subscription_ended(state: s.StrategicState, event: e.SubscriptionEnded, handle: int, time_us: int) -> None:
    sub = state.subscription_ids[id_bytes(event.id)]
    reply = SubscriptionEnded(subscription_view(state, sub))
    _drop_subscription(state, sub.handle)
    _remember(state, ("sub", sub.id), s.Remembered(sub.manager, sub.version, reply, time_us), 0)


def _availability_set(state: s.StrategicState, event: e.AvailabilitySet, handle: int, time_us: int) -> None:
    state.availability[event.uss] = s.UssStatus(Availability(event.availability), event.version)


def _report_filed(state: s.StrategicState, event: e.ReportFiled, handle: int, time_us: int) -> None:
    """A report changes nothing but the record."""


def _evicted(state: s.StrategicState, event: e.Evicted, handle: int, time_us: int) -> None:
    for each in event.intents:
        _drop_intent(state, state.intents[each])
    for each in event.constraints:
        _drop_constraint(state, state.constraints[each])
    for each in event.subscriptions:
        _drop_subscription(state, each)
    for each in event.dropped:
        _drop_subscription(state, each)


def _party_bound(state: s.StrategicState, event: e.PartyBound, handle: int, time_us: int) -> None:
    state.parties[event.subject] = s.Party(intern(event.subject), intern(event.issuer))


def _unaware_refused(state: s.StrategicState, event: e.UnawareRefused, handle: int, time_us: int) -> None:
    refused = state.refused.get(event.manager)
    if refused is None:
        refused = state.refused[event.manager] = s.Refused({}, 0, 0)
    recent = refused.recent
    while recent and (oldest := next(iter(recent.items())))[1] + s.REPEAT_US <= time_us:
        del recent[oldest[0]]
    recent[event.missing.digest] = time_us
    second = time_us // 1_000_000
    refused.in_second = refused.in_second + 1 if second == refused.second else 1
    refused.second = second


def _unaware_counted(state: s.StrategicState, event: e.UnawareCounted, handle: int, time_us: int) -> None:
    state.tallies.pop(event.manager, None)


_FOLDS: dict[type, Callable[[s.StrategicState, Any, int, int], None]] = {
    e.IntentAccepted: _intent_accepted,
    e.IntentEnded: _intent_ended,
    e.UnawareRefused: _unaware_refused,
    e.UnawareCounted: _unaware_counted,
    e.ConstraintAccepted: _constraint_accepted,
    e.ConstraintEnded: _constraint_ended,
    e.SubscriptionAccepted: _subscription_accepted,
    e.SubscriptionEnded: _subscription_ended,
    e.AvailabilitySet: _availability_set,
    e.ReportFiled: _report_filed,
    e.Evicted: _evicted,
    e.PartyBound: _party_bound,
}
