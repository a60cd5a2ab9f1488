"""What a command of strategic coordination comes to: pure functions of state, command and stamp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from beforehand.core.index import Crowded
from beforehand.core.stamp import Decision, Stamp
from beforehand.core.strategic import commands as c
from beforehand.core.strategic.decide import availability, constraints, intents, retention, subscriptions
from beforehand.core.strategic.decide.crowds import too_crowded
from beforehand.core.strategic.state import StrategicState

_DECIDES: dict[type, Callable[[StrategicState, Any, Stamp], Decision]] = {
    c.PutIntent: intents.put,
    c.GetIntent: intents.get,
    c.QueryIntents: intents.query,
    c.EndIntent: intents.end,
    c.PutConstraint: constraints.put,
    c.GetConstraint: constraints.get,
    c.QueryConstraints: constraints.query,
    c.EndConstraint: constraints.end,
    c.PutSubscription: subscriptions.put,
    c.GetSubscription: subscriptions.get,
    c.QuerySubscriptions: subscriptions.query,
    c.EndSubscription: subscriptions.end,
    c.SetAvailability: availability.put,
    c.GetAvailability: availability.get,
    c.FileReport: availability.report,
    c.EvictExpired: retention.evict,
    c.CountUnaware: retention.count_unaware,
}


def decide(state: StrategicState, command: Any, stamp: Stamp) -> Decision:
    """The decision on any command of this subject."""
    try:
        return _DECIDES[type(command)](state, command, stamp)
    except Crowded:
        return too_crowded()
