"""What a planner had not named of what it meets: the rule behind P2, and its refusal."""

from __future__ import annotations

from typing import NamedTuple

from beforehand.core.stamp import Decision, Refusal, Stamp
from beforehand.core.strategic import commands as c
from beforehand.core.strategic import events as e
from beforehand.core.strategic import replies as r
from beforehand.core.strategic.decide.parties import NOTHING, written
from beforehand.core.strategic.decide.unaware import entry_due, unaware_of
from beforehand.core.strategic.ids import id_text
from beforehand.core.strategic.lifecycle import NEEDS_AWARENESS
from beforehand.core.strategic.search import constraints_meeting, intents_meeting
from beforehand.core.strategic.state import Constraint, Intent, StrategicState
from beforehand.core.strategic.views import constraint_reference, intent_reference

#: Exactly what clients of this ecosystem look for.
UNAWARE_MESSAGE = "Current OVNs not provided for one or more OperationalIntents or Constraints"


class Unnamed(NamedTuple):
    """What a planner had not named; `excused` are Accepted intents of a USS that is down, which it need not have."""

    intents: list[Intent]
    constraints: list[Constraint]
    excused: list[Intent]


def unnamed(state: StrategicState, command: c.PutIntent, with_constraints: bool) -> Unnamed:
    """All that the intent meets and its planner had not named; constraints where its subscription asks for them."""
    named, own = command.named_ovns, command.id
    availability, accepted, down = state.availability, int(c.IntentState.ACCEPTED), c.Availability.DOWN
    found = Unnamed([], [], [])
    warns = not NEEDS_AWARENESS[command.state]
    for each in intents_meeting(state, command.extent, unlimited=warns):
        if each.ovn in named or each.id == own:
            continue
        if availability and each.state == accepted:
            status = availability.get(each.manager.subject)
            if status is not None and status.availability == down:
                found.excused.append(each)
                continue
        found.intents.append(each)
    if with_constraints:
        extent = command.extent
        for standing in constraints_meeting(state, extent.cells, extent.start_us, extent.end_us, unlimited=warns):
            if standing.ovn not in named:
                found.constraints.append(standing)
    return found


def refuse_unaware(state: StrategicState, command: c.PutIntent, stamp: Stamp, found: Unnamed) -> Decision:
    """The refusal that names what was not named, and the entry that keeps it unless it is only counted."""
    viewer = command.caller.subject
    intents, constraints = found.intents, found.constraints
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
