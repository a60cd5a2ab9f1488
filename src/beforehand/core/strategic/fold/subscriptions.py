"""Subscriptions: made, extended, raised, let go; intents hang on them and come off."""

from __future__ import annotations

from collections.abc import Sequence
from sys import intern

from beforehand.core.strategic import events as e
from beforehand.core.strategic.ends import SUBSCRIPTIONS
from beforehand.core.strategic.fold.remembering import remember
from beforehand.core.strategic.ids import id_bytes
from beforehand.core.strategic.moments import microseconds
from beforehand.core.strategic.replies import SubscriptionEnded
from beforehand.core.strategic.state import Intent, Remembered, StrategicState, Subscription
from beforehand.core.strategic.views import subscription_view


def raise_(state: StrategicState, handles: Sequence[int]) -> None:
    """Count one more notification of each."""
    subscriptions = state.subscriptions
    for handle in handles:
        subscriptions[handle].index += 1


def attach(subscription: Subscription, intent: int) -> None:
    """Hang an intent on it."""
    hanging = subscription.dependents
    if hanging is None:
        subscription.dependents = intent
    elif isinstance(hanging, int):
        subscription.dependents = {hanging: None, intent: None}
    else:
        hanging[intent] = None


def detach(subscription: Subscription, intent: int) -> None:
    """Take an intent off it."""
    hanging = subscription.dependents
    if isinstance(hanging, dict):
        del hanging[intent]
        if len(hanging) == 1:
            subscription.dependents = next(iter(hanging))
    else:
        assert hanging == intent
        subscription.dependents = None


def _make(state: StrategicState, made: Subscription) -> None:
    state.subscriptions[made.handle] = made
    state.subscription_ids[made.id] = made
    state.subscription_index.add(made.cells, made.handle)
    made.manager.subscriptions += 1
    made.manager.cells += len(made.cells) >> 2


def make_implicit(state: StrategicState, made: e.MadeSubscription, handle: int, intent: Intent) -> None:
    """The implicit subscription of an intent: same window and cells, same entry."""
    _make(state, Subscription(
        handle, id_bytes(made.id), intent.manager, made.version, intern(made.url), intent.start_us, intent.end_us,
        intent.cells, True, made.constraints, True))  # fmt: skip


def _covers_now(state: StrategicState, sub: Subscription, start_us: int, end_us: int, cells: bytes) -> None:
    state.subscription_index.remove(sub.cells, sub.handle)
    sub.manager.cells += (len(cells) - len(sub.cells)) >> 2
    sub.start_us, sub.end_us, sub.cells = start_us, end_us, cells
    state.subscription_index.add(cells, sub.handle)


def extend(state: StrategicState, handle: int, extended: e.ExtendedSubscription) -> None:
    """An implicit subscription covers more from now on."""
    sub = state.subscriptions[handle]
    assert sub.implicit
    sub.version = extended.version
    start_us, end_us = microseconds(extended.start), microseconds(extended.end)
    _covers_now(state, sub, start_us, end_us, bytes.fromhex(extended.cells))


def drop(state: StrategicState, handle: int) -> None:
    """Take a subscription that no intent hangs on out of every table."""
    gone = state.subscriptions[handle]
    assert gone.dependents is None
    state.subscription_index.remove(gone.cells, handle)
    del state.subscriptions[handle], state.subscription_ids[gone.id]
    gone.manager.subscriptions -= 1
    gone.manager.cells -= len(gone.cells) >> 2
    if not gone.implicit:
        state.ends.remove(SUBSCRIPTIONS, gone.end_us, handle)


def accepted(state: StrategicState, event: e.SubscriptionAccepted, handle: int, time_us: int) -> None:
    """A PUT made or changed a subscription, and made it explicit."""
    cells = bytes.fromhex(event.cells)
    start_us, end_us = microseconds(event.start), microseconds(event.end)
    id_ = id_bytes(event.id)
    sub = state.subscription_ids.get(id_)
    if sub is None:
        manager = state.parties[event.manager]
        sub = Subscription(handle, id_, manager, event.version, intern(event.url), start_us, end_us, cells,
                           event.intents, event.constraints, implicit=False)  # fmt: skip
        _make(state, sub)
    else:
        if not sub.implicit:
            state.ends.remove(SUBSCRIPTIONS, sub.end_us, sub.handle)
        sub.version, sub.url = event.version, intern(event.url)
        sub.intents, sub.constraints, sub.implicit = event.intents, event.constraints, False
        _covers_now(state, sub, start_us, end_us, cells)
    state.ends.add(SUBSCRIPTIONS, end_us, sub.handle)


def ended(state: StrategicState, event: e.SubscriptionEnded, handle: int, time_us: int) -> None:
    """Its party ended it."""
    sub = state.subscription_ids[id_bytes(event.id)]
    reply = SubscriptionEnded(subscription_view(state, sub))
    drop(state, sub.handle)
    remember(state, ("sub", sub.id, sub.version), Remembered(sub.manager, reply, time_us), 0)
