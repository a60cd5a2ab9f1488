"""Operational intents: accepted only by a planner who named the current version of everything relevant (P2)."""

from __future__ import annotations

from msgspec import UNSET

from beforehand.core.stamp import Decision, Stamp
from beforehand.core.strategic import commands as c
from beforehand.core.strategic import events as e
from beforehand.core.strategic import replies as r
from beforehand.core.strategic.decide.attachment import Attachment, attachment, dropped_by, told
from beforehand.core.strategic.decide.awareness import Unnamed, refuse_unaware, unnamed
from beforehand.core.strategic.decide.crowds import crowded, too_many, too_many_to_tell
from beforehand.core.strategic.decide.opaque import ovn_of
from beforehand.core.strategic.decide.parties import answered, not_this_party, over_quota, refused, written
from beforehand.core.strategic.decide.unaware import unaware_of
from beforehand.core.strategic.ids import id_bytes, id_text
from beforehand.core.strategic.lifecycle import NEEDS_AWARENESS, refusal
from beforehand.core.strategic.moments import moment
from beforehand.core.strategic.search import intents_meeting, subscriptions_meeting, united
from beforehand.core.strategic.state import REMEMBERED_OVN_US, REMEMBERED_OVNS_MAX, Constraint, Intent, StrategicState
from beforehand.core.strategic.views import intent_reference


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


def _no_such(id_: bytes) -> Decision:
    return refused("not_found", f"There is no operational intent {id_text(id_)}.")


def put(state: StrategicState, command: c.PutIntent, stamp: Stamp) -> Decision:
    """Create or update: checks in the order that clients of this ecosystem know."""
    caller = command.caller
    stranger = not_this_party(state, caller)
    if stranger is not None:
        return stranger
    intent = state.intent_ids.get(command.id)
    no = _standing(command, intent) or _out_of_turn(state, command, intent)
    if no is not None:
        return no
    to = attachment(state, command, stamp, intent)
    if isinstance(to, Decision):
        return to
    must_be_aware = NEEDS_AWARENESS[command.state]
    if must_be_aware:  # who says that a flight went astray is never refused for what it holds already
        over = over_quota(
            state, caller, intents=int(intent is None),
            cells=to.more_cells + ((len(command.extent.cells) - (0 if intent is None else len(intent.cells))) >> 2),
            subscriptions=to.more_subscriptions)  # fmt: skip
        if over is not None:
            return over
    found = unnamed(state, command, to.asks_for_constraints)
    if must_be_aware and (found.intents or found.constraints):
        return refuse_unaware(state, command, stamp, found)
    ovn: str | Decision = ovn_of(stamp) if command.requested_suffix is None else _requested_ovn(state, command, stamp)
    if isinstance(ovn, Decision):
        return ovn
    return _accept(state, command, stamp, intent, to, ovn, found)


def _standing(command: c.PutIntent, intent: Intent | None) -> Decision | None:
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


def _out_of_turn(state: StrategicState, command: c.PutIntent, intent: Intent | None) -> Decision | None:
    """The refusal that follows from the lifecycle: its first row binds always, the others under `strict_states`."""
    strict = state.rules.strict_states
    if intent is not None and not strict:
        return None
    stands = None if intent is None else c.IntentState(intent.state)
    reason = refusal(stands, command.state)
    if reason is not None:
        return refused(
            reason, f"An operational intent may not go from {_said(stands)} to {_said(command.state)} (F3548-21)."
        )
    return _manager_down(state, command.caller.subject) if strict and NEEDS_AWARENESS[command.state] else None


def _manager_down(state: StrategicState, subject: str) -> Decision | None:
    """The refusal of a manager whose availability is Down, or None."""
    status = state.availability.get(subject)
    if status is None or status.availability != c.Availability.DOWN:
        return None
    return refused(
        "manager_is_down",
        "Your availability is Down: a USS that is Down may neither make or change an operational intent that is Accepted "
        "or Activated then, nor end one (F3548-21). Have it set to Normal first.",
    )


def _said(state: c.IntentState | None) -> str:
    return "nothing" if state is None else state.name.capitalize()


def _requested_ovn(state: StrategicState, command: c.PutIntent, stamp: Stamp) -> str | Decision:
    ovn = f"{id_text(command.id)}_{command.requested_suffix}"
    at = state.used_ovns.get(ovn)
    if at is not None and at + REMEMBERED_OVN_US >= stamp.time_us:
        return refused(
            "ovn_used_before",
            "requested_ovn_suffix was used before with this operational intent, and an OVN never returns. Send a new UUIDv7.",
        )
    party = state.parties.get(command.caller.subject)
    if party is not None and party.requested >= REMEMBERED_OVNS_MAX:
        return refused(
            "quota",
            f"You requested {party.requested} OVNs in the last minutes. Leave requested_ovn_suffix out, or wait.",
        )
    return ovn


def _accept(
    state: StrategicState,
    command: c.PutIntent,
    stamp: Stamp,
    intent: Intent | None,
    to: Attachment,
    ovn: str,
    found: Unnamed,
) -> Decision:
    extent = command.extent
    start_us, end_us = extent.start_us, extent.end_us
    assert start_us is not None
    assert end_us is not None
    assert extent.lower_mm is not None
    assert extent.upper_mm is not None
    cells, tell_from, tell_to = extent.cells, start_us, end_us
    if intent is not None:
        cells = united(cells, intent.cells)
        tell_from, tell_to = min(tell_from, intent.start_us), max(tell_to, intent.end_us)
    raising = told(state, cells, tell_from, tell_to, to, unlimited=not NEEDS_AWARENESS[command.state])
    subject = command.caller.subject
    no = too_many_to_tell(len(raising))
    if no is None and to.made is not UNSET and NEEDS_AWARENESS[command.state]:
        no = crowded(raising, subject)
    if no is not None:
        return no
    # The entry of this event makes the subscription: it follows a PartyBound where the party is new.
    entry = state.next_entry + (subject not in state.parties)
    raised = [each.handle for each in raising]
    views = [r.Raised(each.id, each.url, each.index + 1) for each in raising]
    handle: int | None = None
    subscription_id: bytes | None = None
    if to.made is not UNSET:
        handle, subscription_id = entry, id_bytes(to.made.id)
        raised.append(entry)
        views.append(r.Raised(subscription_id, to.made.url, 1))
    elif to.existing is not None:
        handle, subscription_id = to.existing.handle, to.existing.id
    version = 1 if intent is None else intent.version + 1
    unknown: list[Intent | Constraint] = [*found.intents, *found.constraints, *found.excused]
    event = e.IntentAccepted(
        id_text(command.id), subject, int(command.state), version, ovn, command.url, moment(start_us), moment(end_us),
        extent.lower_mm, extent.upper_mm, extent.cells.hex(" ", 4), raised, handle, to.made, to.extended,
        UNSET if to.dropped is None else to.dropped.handle, unaware_of(unknown) if unknown else UNSET,
        stamp.uncertain_us or UNSET)  # fmt: skip
    status = state.availability.get(subject)
    reference = r.IntentReference(
        command.id, subject, c.Availability.UNKNOWN if status is None else status.availability, version, command.state,
        ovn, start_us, end_us, command.url, subscription_id)  # fmt: skip
    return written(state, command.caller, event, r.IntentChanged(reference, tuple(views), created=intent is None))


def end(state: StrategicState, command: c.EndIntent, stamp: Stamp) -> Decision:
    """End an intent. Asked again within ten minutes, with the same OVN by the same party, the answer is the same."""
    stranger = not_this_party(state, command.caller)
    if stranger is not None:
        return stranger
    intent = state.intent_ids.get(command.id)
    if intent is None:
        ended = state.remembered.get(("oi", command.id, command.ovn))
        if ended is not None and ended.answers(command.caller.subject, stamp.time_us):
            return answered(ended.reply)
        return _no_such(command.id)
    if intent.manager.subject != command.caller.subject:
        return refused(
            "owned_by_another",
            f"OperationalIntent owned by {intent.manager.subject}, but {command.caller.subject} attempted to delete.",
        )
    if command.ovn != intent.ovn:
        return refused("not_current", "The OVN in the path is not the current one. Get the intent, and send its OVN.")
    raising = [
        each
        for each in subscriptions_meeting(state, intent.cells, intent.start_us, intent.end_us, unlimited=True)
        if each.intents
    ]
    no = too_many_to_tell(len(raising))
    if no is None and state.rules.strict_states:
        no = _manager_down(state, command.caller.subject)
    if no is not None:
        return no
    dropped = dropped_by(state, intent, None)
    event = e.IntentEnded(
        id_text(command.id), [each.handle for each in raising], UNSET if dropped is None else dropped.handle
    )
    reply = r.IntentChanged(
        intent_reference(state, intent, command.caller.subject),
        tuple([r.Raised(each.id, each.url, each.index + 1) for each in raising]),
        created=False,
    )
    return written(state, command.caller, event, reply)
