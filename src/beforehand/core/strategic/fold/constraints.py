"""Constraints: accepted and ended."""

from __future__ import annotations

from sys import intern

from beforehand.core.strategic import events as e
from beforehand.core.strategic.ends import CONSTRAINTS
from beforehand.core.strategic.fold.remembering import remember
from beforehand.core.strategic.fold.subscriptions import raise_
from beforehand.core.strategic.ids import id_bytes
from beforehand.core.strategic.moments import microseconds
from beforehand.core.strategic.replies import ConstraintChanged
from beforehand.core.strategic.state import Constraint, Remembered, StrategicState
from beforehand.core.strategic.views import constraint_reference, raised_now


def accepted(state: StrategicState, event: e.ConstraintAccepted, handle: int, time_us: int) -> None:
    """A version of a constraint, and who is told."""
    cells = bytes.fromhex(event.cells)
    start_us, end_us = microseconds(event.start), microseconds(event.end)
    id_ = id_bytes(event.id)
    constraint = state.constraint_ids.get(id_)
    if constraint is None:
        manager = state.parties[event.manager]
        constraint = Constraint(handle, id_, manager, event.version, event.ovn, intern(event.url), start_us, end_us,
                                event.lower, event.upper, cells)  # fmt: skip
        state.constraints[handle] = constraint
        state.constraint_ids[id_] = constraint
        manager.intents += 1
        manager.cells += len(cells) >> 2
    else:
        state.constraint_index.remove(constraint.cells, constraint.handle)
        state.ends.remove(CONSTRAINTS, constraint.end_us, constraint.handle)
        constraint.manager.cells += (len(cells) - len(constraint.cells)) >> 2
        constraint.version, constraint.ovn, constraint.url = event.version, event.ovn, intern(event.url)
        constraint.start_us, constraint.end_us, constraint.lower_mm, constraint.upper_mm = (
            start_us, end_us, event.lower, event.upper)  # fmt: skip
        constraint.cells = cells
    state.constraint_index.add(cells, constraint.handle)
    state.ends.add(CONSTRAINTS, end_us, constraint.handle)
    raise_(state, event.raised)


def drop(state: StrategicState, constraint: Constraint) -> None:
    """Take a constraint out of every table."""
    state.constraint_index.remove(constraint.cells, constraint.handle)
    state.ends.remove(CONSTRAINTS, constraint.end_us, constraint.handle)
    del state.constraints[constraint.handle], state.constraint_ids[constraint.id]
    constraint.manager.intents -= 1
    constraint.manager.cells -= len(constraint.cells) >> 2


def ended(state: StrategicState, event: e.ConstraintEnded, handle: int, time_us: int) -> None:
    """Its party ended it; the answer is remembered for a while."""
    constraint = state.constraint_ids[id_bytes(event.id)]
    raise_(state, event.raised)
    raised = raised_now(state, event.raised)
    reply = ConstraintChanged(constraint_reference(constraint, constraint.manager.subject), raised, created=False)
    drop(state, constraint)
    remember(state, ("con", constraint.id, constraint.ovn),
             Remembered(constraint.manager, reply, time_us), len(raised))  # fmt: skip
