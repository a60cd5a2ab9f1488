"""Subscriptions: their window is bounded, and they go on covering the intents that hang on them."""

from __future__ import annotations

from beforehand.core.stamp import Decision, Stamp
from beforehand.core.strategic import commands as c
from beforehand.core.strategic import events as e
from beforehand.core.strategic import replies as r
from beforehand.core.strategic.decide.crowds import crowded, too_many, too_many_dependents
from beforehand.core.strategic.decide.opaque import version_of
from beforehand.core.strategic.decide.parties import answered, not_this_party, over_quota, refused, written
from beforehand.core.strategic.ids import id_text
from beforehand.core.strategic.moments import moment
from beforehand.core.strategic.search import (
    WINDOWS_MAX,
    constraints_meeting,
    intents_meeting,
    subscriptions_meeting,
    without,
)
from beforehand.core.strategic.state import StrategicState, Subscription
from beforehand.core.strategic.views import constraint_reference, intent_reference, subscription_view

#: A subscription's longest window (F3548-21 DSSSubscriptionMaxDuration).
MAX_DURATION_US = 86_400_000_000
#: How far in the past a window may be said to start, and how late after its intents' start.
SKEW_US = 300_000_000


def _no_such(id_: bytes) -> Decision:
    return refused("not_found", f"There is no subscription {id_text(id_)}.")


def _anothers(subscription: Subscription) -> Decision:
    return refused("owned_by_another", f"Subscription {id_text(subscription.id)} is owned by a different client.")


def get(state: StrategicState, command: c.GetSubscription, stamp: Stamp) -> Decision:
    """One's own subscription, expired or not, with the intents that hang on it."""
    stranger = not_this_party(state, command.caller)
    if stranger is not None:
        return stranger
    sub = state.subscription_ids.get(command.id)
    if sub is None:
        return _no_such(command.id)
    if sub.manager.subject != command.caller.subject:
        return _anothers(sub)
    return answered(r.Subscription(subscription_view(state, sub)))


def query(state: StrategicState, command: c.QuerySubscriptions, stamp: Stamp) -> Decision:
    """One's own subscriptions that are not over, in the cells and window of an extent."""
    stranger = not_this_party(state, command.caller)
    if stranger is not None:
        return stranger
    extent = command.extent
    subject = command.caller.subject
    found = [
        each
        for each in subscriptions_meeting(state, extent.cells, extent.start_us, extent.end_us)
        if each.manager.subject == subject and each.end_us >= stamp.time_us
    ]
    if len(found) > r.MAX_RESULTS:
        return too_many(len(found))
    no = too_many_dependents(sum(each.hanging() for each in found))
    if no is not None:
        return no
    return answered(r.Subscriptions(tuple([subscription_view(state, each) for each in found])))


def _window(command: c.PutSubscription, old: Subscription | None, now_us: int) -> tuple[int, int] | Decision:
    """The window as it will be stored, or why it cannot be."""
    start_us, end_us = command.extent.start_us, command.extent.end_us
    if start_us is None:
        start_us = now_us if old is None else old.start_us
    elif start_us < now_us - SKEW_US:
        return refused(
            "time_range",
            "Subscription time_start must not be in the past by more than 5 minutes; leave it out to keep it as it is.",
        )
    if end_us is None:
        end_us = start_us + MAX_DURATION_US if old is None else old.end_us
    if end_us <= start_us:
        return refused("time_range", "Subscription time_end must be after its time_start.")
    if end_us - start_us > MAX_DURATION_US:
        return refused("time_range", "Subscription window exceeds 24 hours; make it shorter and renew it in time.")
    return start_us, end_us


def _standing(command: c.PutSubscription, old: Subscription | None) -> Decision | None:
    """The refusal that follows from what stands under this id; here the version is looked at before the owner."""
    if old is None:
        if command.version:
            return refused(
                "update_of_nothing",
                f"There is no subscription {id_text(command.id)} to update. To create it, PUT without a version.",
            )
        return None
    if not command.version:
        return refused(
            "already_exists",
            "This subscription exists already. To update it, PUT with its current version in the path.",
        )
    if command.version != old.version:
        return refused(
            "not_current", "The version in the path is not current. Get the subscription, and send its version."
        )
    if old.manager.subject != command.caller.subject:
        return _anothers(old)
    return None


def _uncovered(
    state: StrategicState, sub: Subscription, extent: c.Extent, start_us: int, end_us: int
) -> Decision | None:
    """The refusal of a change that would leave a dependent intent uncovered, or None."""
    if sub.dependents is None:
        return None
    # What hangs on it lies within it, so only what stands in the cells that it gives up can lie outside.
    given_up = without(sub.cells, extent.cells)
    outside = state.intent_index.near(given_up, sub.start_us - SKEW_US, sub.end_us, WINDOWS_MAX)
    for handle in state.dependents(sub):
        intent = state.intents[handle]
        what = (
            "both altitudes, which must be given while intents depend on it"
            if extent.lower_mm is None or extent.upper_mm is None
            else "its altitudes"
            if extent.lower_mm > intent.lower_mm or extent.upper_mm < intent.upper_mm
            else "its start"
            if start_us > intent.start_us + SKEW_US
            else "its end"
            if end_us < intent.end_us
            else "its area"
            if handle in outside
            else None
        )
        if what is not None:
            return refused(
                "dependents_not_covered",
                f"Subscription does not cover dependent operation {id_text(intent.id)}: {what}.",
            )
    return None


def put(state: StrategicState, command: c.PutSubscription, stamp: Stamp) -> Decision:
    """Create or update a subscription; a PUT makes an implicit one explicit."""
    caller, extent = command.caller, command.extent
    stranger = not_this_party(state, caller)
    if stranger is not None:
        return stranger
    old = state.subscription_ids.get(command.id)
    # Another party's window must not show in which times are refused, so it takes no part.
    own = old if old is not None and old.manager.subject == caller.subject else None
    window = _window(command, own, stamp.time_us)
    if isinstance(window, Decision):
        return window
    start_us, end_us = window
    no = _standing(command, old) or over_quota(
        state, caller, subscriptions=int(old is None),
        cells=(len(extent.cells) - (0 if old is None else len(old.cells))) >> 2)  # fmt: skip
    if no is None and old is not None:
        no = _uncovered(state, old, extent, start_us, end_us)
    if no is None:
        together = subscriptions_meeting(state, extent.cells, start_us, end_us)
        no = crowded([each for each in together if each is not old], caller.subject)
    if no is not None:
        return no
    intents = constraints = None
    if command.intents:
        found = intents_meeting(state, c.Extent(extent.cells, None, None, start_us, end_us))
        if len(found) > r.MAX_RESULTS:
            return too_many(len(found))
        intents = tuple([intent_reference(state, each, caller.subject) for each in found])
    if command.constraints:
        standing = constraints_meeting(state, extent.cells, start_us, end_us)
        if len(standing) > r.MAX_RESULTS:
            return too_many(len(standing))
        constraints = tuple([constraint_reference(each, caller.subject) for each in standing])
    version = version_of(stamp)
    event = e.SubscriptionAccepted(
        id_text(command.id), caller.subject, version, command.url, moment(start_us), moment(end_us), extent.cells.hex(" ", 4),
        command.intents, command.constraints)  # fmt: skip
    dependents = () if old is None else tuple(state.intents[each].id for each in state.dependents(old))
    view = r.SubscriptionView(
        command.id, version, 0 if old is None else old.index, start_us, end_us, command.url, command.intents,
        command.constraints, False, dependents)  # fmt: skip
    return written(state, caller, event, r.SubscriptionChanged(view, intents, constraints))


def end(state: StrategicState, command: c.EndSubscription, stamp: Stamp) -> Decision:
    """End a subscription that no intent hangs on. Asked again within ten minutes, the answer is the same."""
    stranger = not_this_party(state, command.caller)
    if stranger is not None:
        return stranger
    sub = state.subscription_ids.get(command.id)
    if sub is None:
        ended = state.remembered.get(("sub", command.id, command.version))
        if ended is not None and ended.answers(command.caller.subject, stamp.time_us):
            return answered(ended.reply)
        return _no_such(command.id)
    if sub.manager.subject != command.caller.subject:
        return _anothers(sub)
    if command.version != sub.version:
        return refused(
            "not_current", "The version in the path is not current. Get the subscription, and send its version."
        )
    if sub.dependents is not None:
        return refused(
            "subscription_in_use",
            "Subscriptions with dependent Operations may not be removed. End those first, or attach them elsewhere.",
        )
    return written(
        state,
        command.caller,
        e.SubscriptionEnded(id_text(command.id)),
        r.SubscriptionEnded(subscription_view(state, sub)),
    )
