"""State as a party may see it: an OVN is shown to its holder alone."""

from __future__ import annotations

from collections.abc import Iterable

from beforehand.core.strategic import replies as r
from beforehand.core.strategic.commands import Availability, IntentState
from beforehand.core.strategic.state import Constraint, Intent, StrategicState, Subscription

_STATES = tuple(IntentState)  # an enum's own look-up costs as much as all the rest of a reference


def intent_reference(state: StrategicState, intent: Intent, viewer: str) -> r.IntentReference:
    """An intent as the party with subject `viewer` may see it."""
    manager = intent.manager.subject
    status = state.availability.get(manager)
    subscription = None if intent.subscription is None else state.subscriptions[intent.subscription].id
    return r.IntentReference(
        intent.id, manager, Availability.UNKNOWN if status is None else status.availability, intent.version,
        _STATES[intent.state], intent.ovn if manager == viewer else None, intent.start_us, intent.end_us, intent.url,
        subscription)  # fmt: skip


def constraint_reference(constraint: Constraint, viewer: str) -> r.ConstraintReference:
    """A constraint as the party with subject `viewer` may see it."""
    manager = constraint.manager.subject
    return r.ConstraintReference(
        constraint.id, manager, constraint.version, constraint.ovn if manager == viewer else None, constraint.start_us,
        constraint.end_us, constraint.url)  # fmt: skip


def subscription_view(state: StrategicState, sub: Subscription) -> r.SubscriptionView:
    """A subscription as its own party sees it."""
    dependents = tuple(state.intents[each].id for each in state.dependents(sub))
    return r.SubscriptionView(
        sub.id, sub.version, sub.index, sub.start_us, sub.end_us, sub.url, sub.intents, sub.constraints, sub.implicit,
        dependents)  # fmt: skip


def raised_now(state: StrategicState, handles: Iterable[int]) -> tuple[r.Raised, ...]:
    """Subscriptions with the index that they have reached."""
    subscriptions = state.subscriptions
    return tuple([r.Raised(sub.id, sub.url, sub.index) for sub in map(subscriptions.__getitem__, handles)])
