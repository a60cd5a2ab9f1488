"""The subscription that an intent hangs on: an existing one, extended perhaps, a new one, or none; and who is told."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import UNSET, UnsetType

from beforehand.core.stamp import Decision, Stamp
from beforehand.core.strategic import commands as c
from beforehand.core.strategic import events as e
from beforehand.core.strategic.decide.opaque import uuid4_of, version_of
from beforehand.core.strategic.decide.parties import refused
from beforehand.core.strategic.ids import id_text
from beforehand.core.strategic.moments import moment
from beforehand.core.strategic.search import covers, subscriptions_meeting, united
from beforehand.core.strategic.state import (
    DEPENDENTS_MAX,
    EXTENDED_CELLS_MAX,
    Intent,
    StrategicState,
    Subscription,
)


class Attachment(NamedTuple):
    """What an intent will hang on, what is made or extended for it, and what it lets go of."""

    existing: Subscription | None = None
    extended: e.ExtendedSubscription | UnsetType = UNSET
    made: e.MadeSubscription | UnsetType = UNSET
    dropped: Subscription | None = None
    #: Cells that subscriptions will cover more, and how many more subscriptions there will be.
    more_cells: int = 0
    more_subscriptions: int = 0

    @property
    def asks_for_constraints(self) -> bool:
        if self.made is not UNSET:
            return self.made.constraints
        return self.existing is not None and self.existing.constraints


def attachment(
    state: StrategicState, command: c.PutIntent, stamp: Stamp, intent: Intent | None
) -> Attachment | Decision:
    """The attachment that a PUT asks for, or why it cannot be."""
    new = command.new_subscription
    if new is not None:
        made = e.MadeSubscription(id_text(uuid4_of(stamp)), version_of(stamp), new.url, new.constraints)
        return _letting_go(state, intent, Attachment(
            made=made, more_cells=len(command.extent.cells) >> 2, more_subscriptions=1))  # fmt: skip
    if command.subscription is None:
        return _letting_go(state, intent, Attachment())
    sub = state.subscription_ids.get(command.subscription)
    if sub is None:
        return refused(
            "subscription_not_found",
            f"Specified Subscription {id_text(command.subscription)} does not exist. "
            "Make it first, or send new_subscription.",
        )
    if sub.manager.subject != command.caller.subject:
        return refused("subscription_owned_by_another", "Specified Subscription is owned by a different client.")
    if (intent is None or intent.subscription != sub.handle) and sub.hanging() >= DEPENDENTS_MAX:
        return refused(
            "quota", f"{DEPENDENTS_MAX} operational intents hang on the specified Subscription. Send another."
        )
    fitting = _fitting(command.extent, sub, stamp)
    return fitting if isinstance(fitting, Decision) else _letting_go(state, intent, fitting)


def _fitting(extent: c.Extent, sub: Subscription, stamp: Stamp) -> Attachment | Decision:
    """An implicit subscription is extended to cover the extent, an explicit one must cover it."""
    assert extent.start_us is not None
    assert extent.end_us is not None
    early, late = extent.start_us < sub.start_us, extent.end_us > sub.end_us
    outside = not covers(sub.cells, extent.cells)
    if not (early or late or outside):
        return Attachment(sub)
    if not sub.implicit:
        what = (
            "does not begin until after the OperationalIntent starts"
            if early
            else "ends before the OperationalIntent ends"
            if late
            else "does not cover the entire spatial area of the OperationalIntent"
        )
        return refused("subscription_not_covering", f"Specified Subscription {what}. Extend it first, or send another.")
    cells = united(sub.cells, extent.cells)
    if len(cells) >> 2 > EXTENDED_CELLS_MAX:
        return refused(
            "subscription_not_covering",
            f"Specified Subscription would be extended to {len(cells) >> 2} cells, and {EXTENDED_CELLS_MAX} are the most. "
            "Send new_subscription.",
        )
    extended = e.ExtendedSubscription(
        version_of(stamp),
        moment(min(sub.start_us, extent.start_us)),
        moment(max(sub.end_us, extent.end_us)),
        cells.hex(" ", 4),
    )
    return Attachment(sub, extended, more_cells=(len(cells) - len(sub.cells)) >> 2)


def _letting_go(state: StrategicState, intent: Intent | None, to: Attachment) -> Attachment:
    dropped = dropped_by(state, intent, to.existing)
    if dropped is None:
        return to
    return to._replace(
        dropped=dropped,
        more_cells=to.more_cells - (len(dropped.cells) >> 2),
        more_subscriptions=to.more_subscriptions - 1,
    )


def dropped_by(state: StrategicState, intent: Intent | None, keeps: Subscription | None) -> Subscription | None:
    """The implicit subscription that goes when its only intent lets go of it."""
    if intent is None or intent.subscription is None:
        return None
    attached = state.subscriptions[intent.subscription]
    return attached if attached is not keeps and attached.implicit and attached.hanging() == 1 else None


def told(
    state: StrategicState, cells: bytes, start_us: int, end_us: int, to: Attachment, *, unlimited: bool
) -> list[Subscription]:
    """Subscriptions to raise, by entry: those in reach, with the attached one as it will be, without the dropped one."""
    found = [
        each
        for each in subscriptions_meeting(state, cells, start_us, end_us, unlimited=unlimited)
        if each.intents and each is not to.dropped
    ]
    existing = to.existing
    if to.extended is not UNSET and existing is not None and all(each is not existing for each in found):
        found.append(existing)
        found.sort(key=_by_handle)
    return found


def _by_handle(subscription: Subscription) -> int:
    return subscription.handle
