"""The only code that changes strategic state: each event names all that it changes.

`fold` decides nothing, calls no geometry, uses no floating point, iterates over no set and searches nothing. Every function
here takes the state, the event, the number of its entry (`handle`) and its time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from beforehand.core.strategic import events as e
from beforehand.core.strategic.fold import constraints, intents, parties, subscriptions
from beforehand.core.strategic.fold.remembering import forget_ovns
from beforehand.core.strategic.state import StrategicState


def fold(state: StrategicState, event: Any, handle: int, time_us: int) -> None:
    """Apply one event that is entry `handle` and was stamped `time_us`."""
    forget_ovns(state, time_us)
    _FOLDS[type(event)](state, event, handle, time_us)


def _evicted(state: StrategicState, event: e.Evicted, handle: int, time_us: int) -> None:
    for each in event.intents:
        intents.drop(state, state.intents[each])
    for each in event.constraints:
        constraints.drop(state, state.constraints[each])
    for each in event.subscriptions:
        subscriptions.drop(state, each)
    for each in event.dropped:
        subscriptions.drop(state, each)


_FOLDS: dict[type, Callable[[StrategicState, Any, int, int], None]] = {
    e.IntentAccepted: intents.accepted,
    e.IntentEnded: intents.ended,
    e.UnawareRefused: parties.unaware_refused,
    e.UnawareCounted: parties.unaware_counted,
    e.ConstraintAccepted: constraints.accepted,
    e.ConstraintEnded: constraints.ended,
    e.SubscriptionAccepted: subscriptions.accepted,
    e.SubscriptionEnded: subscriptions.ended,
    e.AvailabilitySet: parties.availability_set,
    e.ReportFiled: parties.report_filed,
    e.Evicted: _evicted,
    e.PartyBound: parties.bound,
}
