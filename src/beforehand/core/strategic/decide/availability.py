"""Availability of a USS, and reports."""

from __future__ import annotations

from beforehand.core.stamp import Decision, Stamp
from beforehand.core.strategic import commands as c
from beforehand.core.strategic import events as e
from beforehand.core.strategic import replies as r
from beforehand.core.strategic.decide.opaque import uuid4_of, version_of
from beforehand.core.strategic.decide.parties import answered, not_this_party, over_quota, refused, written
from beforehand.core.strategic.ids import id_text
from beforehand.core.strategic.state import PARTIES_MAX, StrategicState


def get(state: StrategicState, command: c.GetAvailability, stamp: Stamp) -> Decision:
    """Availability as last set; Unknown with version "" where it never was."""
    stranger = not_this_party(state, command.caller)
    if stranger is not None:
        return stranger
    status = state.availability.get(command.uss)
    if status is None:
        return answered(r.UssAvailability(command.uss, "", c.Availability.UNKNOWN))
    return answered(r.UssAvailability(command.uss, status.version, status.availability))


def put(state: StrategicState, command: c.SetAvailability, stamp: Stamp) -> Decision:
    """Set it, if `old_version` is the current one."""
    stranger = not_this_party(state, command.caller) or over_quota(state, command.caller)
    if stranger is not None:
        return stranger
    status = state.availability.get(command.uss)
    current = "" if status is None else status.version
    if command.old_version != current:
        return refused(
            "not_current",
            "old_version is not the current version of this availability (empty where none was set). "
            "Get it, decide again, and send its version.",
        )
    if status is None and len(state.availability) >= PARTIES_MAX:
        return refused("quota", f"Availability is kept for at most {PARTIES_MAX} USSs; ask the node's operator.")
    version = version_of(stamp)
    event = e.AvailabilitySet(command.uss, command.caller.subject, int(command.availability), version)
    return written(state, command.caller, event, r.UssAvailability(command.uss, version, command.availability))


def report(state: StrategicState, command: c.FileReport, stamp: Stamp) -> Decision:
    """Keep a report, whole, as content."""
    stranger = not_this_party(state, command.caller) or over_quota(state, command.caller)
    if stranger is not None:
        return stranger
    id_ = uuid4_of(stamp)
    event = e.ReportFiled(id_text(id_), command.caller.subject)
    return written(state, command.caller, event, r.ReportFiled(id_), command.body)
