"""Constraints: who manages them keeps them; who asked to be told of constraints is told."""

from __future__ import annotations

from beforehand.core.stamp import Decision, Stamp
from beforehand.core.strategic import commands as c
from beforehand.core.strategic import events as e
from beforehand.core.strategic import replies as r
from beforehand.core.strategic.decide.crowds import too_many, too_many_to_tell
from beforehand.core.strategic.decide.opaque import ovn_of
from beforehand.core.strategic.decide.parties import answered, not_this_party, over_quota, refused, written
from beforehand.core.strategic.ids import id_text
from beforehand.core.strategic.moments import moment
from beforehand.core.strategic.search import constraints_meeting, subscriptions_meeting, united
from beforehand.core.strategic.state import Constraint, StrategicState, Subscription
from beforehand.core.strategic.views import constraint_reference


def get(state: StrategicState, command: c.GetConstraint, stamp: Stamp) -> Decision:
    """One constraint, expired or not."""
    stranger = not_this_party(state, command.caller)
    if stranger is not None:
        return stranger
    constraint = state.constraint_ids.get(command.id)
    if constraint is None:
        return _no_such(command.id)
    return answered(r.Constraint(constraint_reference(constraint, command.caller.subject)))


def query(state: StrategicState, command: c.QueryConstraints, stamp: Stamp) -> Decision:
    """All constraints in the cells and window of an extent, whatever their altitudes, or a refusal."""
    stranger = not_this_party(state, command.caller)
    if stranger is not None:
        return stranger
    extent = command.extent
    found = constraints_meeting(state, extent.cells, extent.start_us, extent.end_us)
    if len(found) > r.MAX_RESULTS:
        return too_many(len(found))
    viewer = command.caller.subject
    return answered(r.Constraints(tuple([constraint_reference(each, viewer) for each in found])))


def _no_such(id_: bytes) -> Decision:
    return refused("not_found", f"There is no constraint {id_text(id_)}.")


def _standing(command: c.PutConstraint | c.EndConstraint, constraint: Constraint, ovn: str | None) -> Decision | None:
    if constraint.manager.subject != command.caller.subject:
        return refused(
            "owned_by_another",
            f"Constraint owned by {constraint.manager.subject}, but {command.caller.subject} attempted to modify.",
        )
    if not ovn:
        return refused(
            "already_exists", "This constraint exists already. To update it, PUT with its current OVN in the path."
        )
    if ovn != constraint.ovn:
        return refused(
            "not_current", "The OVN in the path is not the current one. Get the constraint, and send its OVN."
        )
    return None


def put(state: StrategicState, command: c.PutConstraint, stamp: Stamp) -> Decision:
    """Create or update a constraint."""
    caller = command.caller
    constraint = state.constraint_ids.get(command.id)
    extent = command.extent
    no = not_this_party(state, caller)
    if no is None:
        if constraint is not None:
            no = _standing(command, constraint, command.ovn)
        elif command.ovn:
            no = refused(
                "constraint_update_of_nothing",
                f"There is no constraint {id_text(command.id)} to update. To create it, PUT without an OVN.",
            )
    no = no or over_quota(
        state, caller, intents=int(constraint is None),
        cells=(len(extent.cells) - (0 if constraint is None else len(constraint.cells))) >> 2)  # fmt: skip
    if no is not None:
        return no
    start_us, end_us = extent.start_us, extent.end_us
    assert start_us is not None
    assert end_us is not None
    cells, tell_from, tell_to = extent.cells, start_us, end_us
    if constraint is not None:
        cells = united(cells, constraint.cells)
        tell_from, tell_to = min(tell_from, constraint.start_us), max(tell_to, constraint.end_us)
    told = _told(state, cells, tell_from, tell_to, unlimited=False)
    no = too_many_to_tell(len(told))
    if no is not None:
        return no
    version = 1 if constraint is None else constraint.version + 1
    ovn = ovn_of(stamp)
    event = e.ConstraintAccepted(
        id_text(command.id), caller.subject, version, ovn, command.url, moment(start_us), moment(end_us), extent.lower_mm,
        extent.upper_mm, extent.cells.hex(" ", 4), [each.handle for each in told])  # fmt: skip
    reference = r.ConstraintReference(command.id, caller.subject, version, ovn, start_us, end_us, command.url)
    return written(state, caller, event, r.ConstraintChanged(reference, _raised(told), created=constraint is None))


def _told(state: StrategicState, cells: bytes, start_us: int, end_us: int, *, unlimited: bool) -> list[Subscription]:
    meeting = subscriptions_meeting(state, cells, start_us, end_us, unlimited=unlimited)
    return [each for each in meeting if each.constraints]


def _raised(told: list[Subscription]) -> tuple[r.Raised, ...]:
    return tuple([r.Raised(each.id, each.url, each.index + 1) for each in told])


def end(state: StrategicState, command: c.EndConstraint, stamp: Stamp) -> Decision:
    """End a constraint. Asked again within ten minutes, with the same OVN by the same party, the answer is the same."""
    stranger = not_this_party(state, command.caller)
    if stranger is not None:
        return stranger
    constraint = state.constraint_ids.get(command.id)
    if constraint is None:
        ended = state.remembered.get(("con", command.id, command.ovn))
        if ended is not None and ended.answers(command.caller.subject, stamp.time_us):
            return answered(ended.reply)
        return _no_such(command.id)
    no = _standing(command, constraint, command.ovn)
    if no is not None:
        return no
    told = _told(state, constraint.cells, constraint.start_us, constraint.end_us, unlimited=True)
    no = too_many_to_tell(len(told))
    if no is not None:
        return no
    event = e.ConstraintEnded(id_text(command.id), [each.handle for each in told])
    reference = constraint_reference(constraint, command.caller.subject)
    return written(state, command.caller, event, r.ConstraintChanged(reference, _raised(told), created=False))
