"""Operational intents: accepted with whatever became of their subscriptions, and ended."""

from __future__ import annotations

from sys import intern

from msgspec import UNSET

from beforehand.core.strategic import events as e
from beforehand.core.strategic.ends import INTENTS
from beforehand.core.strategic.fold import subscriptions
from beforehand.core.strategic.fold.remembering import remember, remember_ovn
from beforehand.core.strategic.ids import id_bytes
from beforehand.core.strategic.moments import microseconds
from beforehand.core.strategic.replies import IntentChanged
from beforehand.core.strategic.state import Intent, Remembered, StrategicState
from beforehand.core.strategic.views import intent_reference, raised_now


def accepted(state: StrategicState, event: e.IntentAccepted, handle: int, time_us: int) -> None:
    """A version of an intent, the subscription made, extended or let go with it, and who is told."""
    cells = bytes.fromhex(event.cells)
    start_us, end_us = microseconds(event.start), microseconds(event.end)
    id_ = id_bytes(event.id)
    intent = state.intent_ids.get(id_)
    if intent is None:
        manager = state.parties[event.manager]
        intent = Intent(handle, id_, manager, event.state, event.version, event.ovn, intern(event.url), start_us, end_us,
                        event.lower, event.upper, cells, None)  # fmt: skip
        state.intents[handle] = intent
        state.intent_ids[id_] = intent
        manager.intents += 1
        manager.cells += len(cells) >> 2
    else:
        manager = intent.manager
        state.intent_index.remove(intent.cells, intent.handle)
        state.ends.remove(INTENTS, intent.end_us, intent.handle)
        manager.cells += (len(cells) - len(intent.cells)) >> 2
        intent.state, intent.version, intent.ovn, intent.url = event.state, event.version, event.ovn, intern(event.url)
        intent.start_us, intent.end_us, intent.lower_mm, intent.upper_mm = (
            start_us, end_us, event.lower, event.upper)  # fmt: skip
        intent.cells = cells
    state.intent_index.add(cells, intent.handle)
    state.ends.add(INTENTS, end_us, intent.handle)
    if event.ovn.startswith(event.id):  # a requested one; those made here are random and never return
        remember_ovn(state, manager, event.ovn, time_us)
    if event.made is not UNSET:
        subscriptions.make_implicit(state, event.made, handle, intent)
    if event.extended is not UNSET:
        assert event.subscription is not None
        subscriptions.extend(state, event.subscription, event.extended)
    if intent.subscription != event.subscription:
        if intent.subscription is not None:
            subscriptions.detach(state.subscriptions[intent.subscription], intent.handle)
        intent.subscription = event.subscription
        if event.subscription is not None:
            subscriptions.attach(state.subscriptions[event.subscription], intent.handle)
    if event.dropped is not UNSET:
        subscriptions.drop(state, event.dropped)
    subscriptions.raise_(state, event.raised)


def drop(state: StrategicState, intent: Intent) -> None:
    """Take an intent out of every table, and off its subscription."""
    state.intent_index.remove(intent.cells, intent.handle)
    state.ends.remove(INTENTS, intent.end_us, intent.handle)
    del state.intents[intent.handle], state.intent_ids[intent.id]
    intent.manager.intents -= 1
    intent.manager.cells -= len(intent.cells) >> 2
    if intent.subscription is not None:
        subscriptions.detach(state.subscriptions[intent.subscription], intent.handle)


def ended(state: StrategicState, event: e.IntentEnded, handle: int, time_us: int) -> None:
    """Its party ended it; the answer is remembered for a while."""
    intent = state.intent_ids[id_bytes(event.id)]
    subscriptions.raise_(state, event.raised)
    raised = raised_now(state, event.raised)
    reply = IntentChanged(intent_reference(state, intent, intent.manager.subject), raised, created=False)
    drop(state, intent)
    if event.dropped is not UNSET:
        subscriptions.drop(state, event.dropped)
    remember(state, ("oi", intent.id, intent.ovn), Remembered(intent.manager, reply, time_us), len(raised))
