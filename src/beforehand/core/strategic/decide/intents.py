"""Operational intents: accepted only by a planner who named the current version of everything relevant (P2)."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import UNSET, UnsetType

from beforehand.core.stamp import Decision, Refusal, Stamp
from beforehand.core.strategic import commands as c
from beforehand.core.strategic import events as e
from beforehand.core.strategic import replies as r
from beforehand.core.strategic.decide.opaque import ovn_of, uuid4_of, version_of
from beforehand.core.strategic.decide.parties import NOTHING, answered, not_this_party, over_quota, refused, written
from beforehand.core.strategic.decide.unaware import entry_due, unaware_of
from beforehand.core.strategic.ids import id_bytes, id_text
from beforehand.core.strategic.lifecycle import NEEDS_AWARENESS, refusal
from beforehand.core.strategic.search import constraints_meeting, covers, intents_meeting, subscriptions_meeting, united
from beforehand.core.strategic.state import (
    REMEMBERED_OVNS_MAX,
    REMEMBERED_US,
    Constraint,
    Intent,
    StrategicState,
    Subscription,
)
from beforehand.core.strategic.views import constraint_reference, intent_reference

#: Exactly what clients of this ecosystem look for.
UNAWARE_MESSAGE = "Current OVNs not provided for one or more OperationalIntents or Constraints"


def get(state: StrategicState, command: c.GetIntent, stamp: Stamp) -> Decision:
    """One intent, expired or not."""
    stranger = not_this_party(state, command.caller)
    if stranger is not None:
        return stranger
    intent = state.intent_ids.get(command.id)
    if intent is None:
        return _no_such(command.id)
    return answered(r.Intent(intent_reference(state, intent, command.caller.subject)))


def query(state: StrategicState, command: c.QueryIntents, stamp: Stamp) -> Decision:
    """All intents that meet an extent, or a refusal: never a part of them."""
    stranger = not_this_party(state, command.caller)
    if stranger is not None:
        return stranger
    found = intents_meeting(state, command.extent)
    if len(found) > r.MAX_RESULTS:
        return too_many(len(found))
    viewer = command.caller.subject
    return answered(r.Intents(tuple([intent_reference(state, each, viewer) for each in found])))


def too_many(count: int) -> Decision:
    """The refusal of a search that cannot be answered whole."""
    return refused(
        "too_many_results",
        f"The area holds {count} results, more than the {r.MAX_RESULTS} that one answer may have, and an answer is never "
        "cut. Narrow the area, the altitudes or the time.",
    )


def _no_such(id_: bytes) -> Decision:
    return refused("not_found", f"There is no operational intent {id_text(id_)}.")


class _Attachment(NamedTuple):
    """The subscription an intent will hang on: an existing one, extended perhaps, or a new one, or none."""

    existing: Subscription | None = None
    extended: e.ExtendedSubscription | UnsetType = UNSET
    made: e.MadeSubscription | UnsetType = UNSET

    @property
    def asks_for_constraints(self) -> bool:
        if self.made is not UNSET:
            return self.made.constraints
        return self.existing is not None and self.existing.constraints


def _attachment(state: StrategicState, command: c.PutIntent, stamp: Stamp) -> _Attachment | Decision:
    new = command.new_subscription
    if new is not None:
        return _Attachment(
            made=e.MadeSubscription(id_text(uuid4_of(stamp)), version_of(stamp), new.url, new.constraints)
        )
    if command.subscription is None:
        return _Attachment()
    sub = state.subscription_ids.get(command.subscription)
    if sub is None:
        return refused(
            "subscription_not_found",
            f"Specified Subscription {id_text(command.subscription)} does not exist. "
            "Make it first, or send new_subscription.",
        )
    if sub.manager.subject != command.caller.subject:
        return refused("subscription_owned_by_another", "Specified Subscription is owned by a different client.")
    extent = command.extent
    assert extent.start_us is not None
    assert extent.end_us is not None
    early, late = extent.start_us < sub.start_us, extent.end_us > sub.end_us
    outside = not covers(sub.cells, extent.cells)
    if not (early or late or outside):
        return _Attachment(sub)
    if not sub.implicit:
        what = (
            "does not begin until after the OperationalIntent starts"
            if early
            else "ends before the OperationalIntent ends"
            if late
            else "does not cover the entire spatial area of the OperationalIntent"
        )
        return refused("subscription_not_covering", f"Specified Subscription {what}. Extend it first, or send another.")
    return _Attachment(
        sub,
        e.ExtendedSubscription(
            version_of(stamp),
            min(sub.start_us, extent.start_us),
            max(sub.end_us, extent.end_us),
            united(sub.cells, extent.cells).hex(" ", 4),
        ),
    )


def _unnamed(
    state: StrategicState, command: c.PutIntent, attachment: _Attachment
) -> tuple[list[Intent], list[Constraint], list[Intent]]:
    """What the planner did not name: intents and constraints that count, and intents of a USS that is down."""
    named = command.named_ovns
    down = c.Availability.DOWN
    intents: list[Intent] = []
    excused: list[Intent] = []
    for each in intents_meeting(state, command.extent):
        if each.ovn in named or each.id == command.id:
            continue
        if each.state == c.IntentState.ACCEPTED:
            status = state.availability.get(each.manager.subject)
            if status is not None and status.availability == down:
                excused.append(each)
                continue
        intents.append(each)
    constraints: list[Constraint] = []
    if attachment.asks_for_constraints:
        extent = command.extent
        found = constraints_meeting(state, extent.cells, extent.start_us, extent.end_us)
        constraints = [each for each in found if each.ovn not in named]
    return intents, constraints, excused


def _refuse_unaware(
    state: StrategicState, command: c.PutIntent, stamp: Stamp, intents: list[Intent], constraints: list[Constraint]
) -> Decision:
    viewer = command.caller.subject
    more = max(0, len(intents) + len(constraints) - r.MAX_NAMED)
    shown = intents[: r.MAX_NAMED]
    shown_constraints = constraints[: r.MAX_NAMED - len(shown)]
    missing = r.Missing(
        tuple([intent_reference(state, each, viewer) for each in shown]),
        tuple([constraint_reference(each, viewer) for each in shown_constraints]),
        more,
    )
    message = UNAWARE_MESSAGE if not more else f"{UNAWARE_MESSAGE} ({more} more are not listed here)"
    reply = Refusal("unaware", message, missing)
    unaware = unaware_of([*intents, *constraints])
    if not entry_due(state, viewer, unaware, stamp.time_us):
        return Decision(NOTHING, NOTHING, reply)
    return written(state, command.caller, e.UnawareRefused(viewer, id_text(command.id), unaware), reply)


def _requested_ovn(state: StrategicState, command: c.PutIntent, stamp: Stamp) -> str | Decision:
    ovn = f"{id_text(command.id)}_{command.requested_suffix}"
    at = state.used_ovns.get(ovn)
    if at is not None and at + REMEMBERED_US > stamp.time_us:
        return refused(
            "ovn_used_before",
            "requested_ovn_suffix was used before with this operational intent, and an OVN never returns. Send a new UUIDv7.",
        )
    if len(state.used_ovns) >= REMEMBERED_OVNS_MAX:
        return refused(
            "quota", "Too many OVNs were requested in the last ten minutes. Leave requested_ovn_suffix out, or wait."
        )
    return ovn


def _standing(state: StrategicState, command: c.PutIntent, intent: Intent | None) -> Decision | None:
    """The refusal that follows from what stands under this id, or None."""
    if intent is None:
        if command.ovn:
            return refused(
                "update_of_nothing",
                f"There is no operational intent {id_text(command.id)} to update. To create it, PUT without an OVN.",
            )
        return None
    if intent.manager.subject != command.caller.subject:
        return refused(
            "owned_by_another",
            f"OperationalIntent owned by {intent.manager.subject}, but {command.caller.subject} attempted to modify.",
        )
    if not command.ovn:
        return refused(
            "already_exists",
            "This operational intent exists already. To update it, PUT with its current OVN in the path.",
        )
    if command.ovn != intent.ovn:
        return refused("not_current", "The OVN in the path is not the current one. Get the intent, and send its OVN.")
    return None


def _strictly(state: StrategicState, command: c.PutIntent, intent: Intent | None) -> Decision | None:
    """The refusals of `strict_states`: what the standard forbids and registries by habit allow."""
    if not state.rules.strict_states:
        return None
    stands = None if intent is None else c.IntentState(intent.state)
    reason = refusal(stands, command.state)
    if reason is not None:
        return refused(
            reason, f"An operational intent may not go from {_said(stands)} to {_said(command.state)} (F3548-21)."
        )
    if NEEDS_AWARENESS[command.state]:
        return manager_down(state, command.caller.subject)
    return None


def manager_down(state: StrategicState, subject: str) -> Decision | None:
    """The refusal of a manager whose availability is Down, or None."""
    status = state.availability.get(subject)
    if status is None or status.availability != c.Availability.DOWN:
        return None
    return refused(
        "manager_is_down",
        "Your availability is Down: a USS that is Down may not create, change or end Accepted and Activated intents "
        "(F3548-21). Have it set to Normal first.",
    )


def _said(state: c.IntentState | None) -> str:
    return "nothing" if state is None else state.name.capitalize()


def put(state: StrategicState, command: c.PutIntent, stamp: Stamp) -> Decision:
    """Create or update: checks in the order that clients of this ecosystem know."""
    caller = command.caller
    stranger = not_this_party(state, caller)
    if stranger is not None:
        return stranger
    intent = state.intent_ids.get(command.id)
    extent = command.extent
    no = _standing(state, command, intent) or _strictly(state, command, intent) or over_quota(
        state, caller, intents=int(intent is None),
        cells=(len(extent.cells) - (0 if intent is None else len(intent.cells))) >> 2,
        subscriptions=int(command.new_subscription is not None))  # fmt: skip
    if no is not None:
        return no
    attachment = _attachment(state, command, stamp)
    if isinstance(attachment, Decision):
        return attachment
    intents, constraints, excused = _unnamed(state, command, attachment)
    if NEEDS_AWARENESS[command.state] and (intents or constraints):
        return _refuse_unaware(state, command, stamp, intents, constraints)
    ovn: str | Decision = ovn_of(stamp) if command.requested_suffix is None else _requested_ovn(state, command, stamp)
    if isinstance(ovn, Decision):
        return ovn
    unknown: list[Intent | Constraint] = [*intents, *constraints, *excused]
    return _accept(state, command, stamp, intent, attachment, ovn, unaware_of(unknown) if unknown else UNSET)


def _accept(
    state: StrategicState,
    command: c.PutIntent,
    stamp: Stamp,
    intent: Intent | None,
    attachment: _Attachment,
    ovn: str,
    unaware: e.Unaware | UnsetType,
) -> Decision:
    extent = command.extent
    start_us, end_us = extent.start_us, extent.end_us
    assert start_us is not None
    assert end_us is not None
    assert extent.lower_mm is not None
    assert extent.upper_mm is not None
    dropped = _dropped_by(state, intent, attachment.existing)
    cells, tell_from, tell_to = extent.cells, start_us, end_us
    if intent is not None:
        cells = united(cells, intent.cells)
        tell_from, tell_to = min(tell_from, intent.start_us), max(tell_to, intent.end_us)
    told = _told(state, cells, tell_from, tell_to, attachment, dropped)
    version = 1 if intent is None else intent.version + 1
    subject = command.caller.subject
    made = attachment.made
    handle: int | None = None
    subscription_id: bytes | None = None
    # The entry of this event makes the subscription: it follows a PartyBound where the party is new.
    entry = state.next_entry + (subject not in state.parties)
    raised = [each.handle for each in told]
    views = [r.Raised(each.id, each.url, each.index + 1) for each in told]
    if made is not UNSET:
        made_id = id_bytes(made.id)
        raised.append(entry)
        views.append(r.Raised(made_id, made.url, 1))
        handle, subscription_id = entry, made_id
    elif attachment.existing is not None:
        handle, subscription_id = attachment.existing.handle, attachment.existing.id
    event = e.IntentAccepted(
        id_text(command.id), subject, int(command.state), version, ovn, command.url, start_us, end_us, extent.lower_mm,
        extent.upper_mm, extent.cells.hex(" ", 4), raised, handle, made, attachment.extended,
        UNSET if dropped is None else dropped.handle, unaware)  # fmt: skip
    status = state.availability.get(subject)
    reference = r.IntentReference(
        command.id, subject, c.Availability.UNKNOWN if status is None else status.availability, version, command.state,
        ovn, start_us, end_us, command.url, subscription_id)  # fmt: skip
    return written(state, command.caller, event, r.IntentChanged(reference, tuple(views), created=intent is None))


def _dropped_by(state: StrategicState, intent: Intent | None, keeps: Subscription | None) -> Subscription | None:
    """The implicit subscription that goes when its only intent lets go of it."""
    if intent is None or intent.subscription is None:
        return None
    attached = state.subscriptions[intent.subscription]
    if attached is keeps or not attached.implicit or isinstance(attached.dependents, dict):
        return None
    return attached


def _told(
    state: StrategicState,
    cells: bytes,
    start_us: int,
    end_us: int,
    attachment: _Attachment,
    dropped: Subscription | None,
) -> list[Subscription]:
    """Subscriptions to raise, by entry: those in reach, with the attached one as it will be, without the dropped one."""
    found = [
        each for each in subscriptions_meeting(state, cells, start_us, end_us) if each.intents and each is not dropped
    ]
    existing = attachment.existing
    if (
        attachment.extended is not UNSET
        and existing is not None
        and existing.intents
        and all(each is not existing for each in found)
    ):
        found.append(existing)
        found.sort(key=_by_handle)
    return found


def _by_handle(subscription: Subscription) -> int:
    return subscription.handle


def end(state: StrategicState, command: c.EndIntent, stamp: Stamp) -> Decision:
    """End an intent. Asked again within ten minutes, with the same OVN by the same party, the answer is the same."""
    stranger = not_this_party(state, command.caller)
    if stranger is not None:
        return stranger
    intent = state.intent_ids.get(command.id)
    if intent is None:
        ended = state.remembered.get(("oi", command.id))
        if ended is not None and ended.answers(command.caller.subject, command.ovn, stamp.time_us):
            return answered(ended.reply)
        return _no_such(command.id)
    if intent.manager.subject != command.caller.subject:
        return refused(
            "owned_by_another",
            f"OperationalIntent owned by {intent.manager.subject}, but {command.caller.subject} attempted to delete.",
        )
    if command.ovn != intent.ovn:
        return refused("not_current", "The OVN in the path is not the current one. Get the intent, and send its OVN.")
    if state.rules.strict_states:
        down = manager_down(state, command.caller.subject)
        if down is not None:
            return down
    told = [each for each in subscriptions_meeting(state, intent.cells, intent.start_us, intent.end_us) if each.intents]
    dropped = _dropped_by(state, intent, None)
    event = e.IntentEnded(
        id_text(command.id), [each.handle for each in told], UNSET if dropped is None else dropped.handle
    )
    reply = r.IntentChanged(
        intent_reference(state, intent, command.caller.subject),
        tuple([r.Raised(each.id, each.url, each.index + 1) for each in told]),
        created=False,
    )
    return written(state, command.caller, event, reply)
