"""Parties: whose subject it is, what was said of their availability, what they were refused."""

from __future__ import annotations

from sys import intern

from beforehand.core.strategic import events as e
from beforehand.core.strategic.commands import Availability
from beforehand.core.strategic.state import REPEAT_US, Party, Refused, StrategicState, UssStatus


def bound(state: StrategicState, event: e.PartyBound, handle: int, time_us: int) -> None:
    """A subject is of this issuer from now on."""
    state.parties[event.subject] = Party(intern(event.subject), intern(event.issuer))


def availability_set(state: StrategicState, event: e.AvailabilitySet, handle: int, time_us: int) -> None:
    """The availability of a USS as last set."""
    state.availability[event.uss] = UssStatus(Availability(event.availability), event.version)


def report_filed(state: StrategicState, event: e.ReportFiled, handle: int, time_us: int) -> None:
    """A report changes nothing but the record."""


def unaware_refused(state: StrategicState, event: e.UnawareRefused, handle: int, time_us: int) -> None:
    """Remember the refusal for as long as a repeat of it has no entry of its own."""
    refused = state.refused.get(event.manager)
    if refused is None:
        refused = state.refused[event.manager] = Refused({}, 0, 0)
    recent = refused.recent
    while recent and (oldest := next(iter(recent.items())))[1] + REPEAT_US <= time_us:
        del recent[oldest[0]]
    recent[event.missing.digest] = time_us
    second = time_us // 1_000_000
    refused.in_second = refused.in_second + 1 if second == refused.second else 1
    refused.second = second


def unaware_counted(state: StrategicState, event: e.UnawareCounted, handle: int, time_us: int) -> None:
    """What was only counted is written down."""
    state.tallies.pop(event.manager, None)
