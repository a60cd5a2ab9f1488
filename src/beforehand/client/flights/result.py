"""The result of a day in numbers, and of every flight in a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from statistics import median

from msgspec import Struct

from beforehand.client.flights.day import Day
from beforehand.client.flights.meetings import meetings
from beforehand.client.flights.planner import Outcome
from beforehand.client.flights.records import Ident
from beforehand.client.flights.tracks import Flights, operator_of
from beforehand.wire.f3548.times import format_time


class Result(Struct, frozen=True):
    """A day in numbers. Delays are minutes of planned flights; times are RFC 3339.

    `without_flight`: aircraft and callsigns in the file that have no usable point. `cell_level_meetings`: intents of other
    flights that refusals named, for sharing cells; `real_meetings`: those of them that really met the flight.
    `pairs_that_meet` and `left_behind` must be 0.
    """

    file: str
    records: int
    unusable_records: dict[str, int]
    aircraft_and_callsigns: int
    without_flight: int
    operators: int
    flights: int
    planned: int
    unplanned: int
    unplanned_because: dict[str, int]
    intents: int
    requests: int
    refusals: int
    cell_level_meetings: int
    real_meetings: int
    real_share: float | None
    pairs_that_meet: int
    left_behind: int
    moved: int
    delay_median_min: float | None
    delay_worst_min: int | None
    recorded_from: str
    recorded_to: str
    planned_from: str
    seconds: float

    @property
    def holds(self) -> bool:
        """Is the sky clear, and nothing left of what was given up?"""
        return self.pairs_that_meet == 0 and self.left_behind == 0


class FlightLine(Struct, frozen=True):
    """What became of one flight, or of an aircraft and callsign without any (`flight` is None then).

    `outcome`: planned or unplanned; `reason` says why not, and `detail` what was particular. `intents`: what stands, in
    the order of the legs.
    """

    flight: str | None
    icao24: str
    callsign: str
    operator: str
    outcome: str
    reason: str
    detail: str
    points: int
    recorded_from: str | None
    planned_from: str | None
    delay_min: int | None
    rounds: int
    refusals: int
    intents: tuple[StandingIntent, ...]


class StandingIntent(Struct, frozen=True):
    intent_id: str
    version: int
    ovn: str


def result_of(file: str, records: int, flights: Flights, day: Day) -> Result:
    """The numbers of a day; works out afresh which accepted pairs really meet."""
    planned = [outcome for outcome in day.outcomes if outcome.delay_min is not None]
    unplanned = [outcome for outcome in day.outcomes if outcome.delay_min is None]
    delays = [outcome.delay_min for outcome in planned if outcome.delay_min is not None]
    named, met = sum(outcome.named for outcome in day.outcomes), sum(outcome.met for outcome in day.outcomes)
    first = min(outcome.flight.points[0].time_us for outcome in day.outcomes)
    return Result(
        file,
        records,
        dict(flights.unusable.most_common()),
        len({flight.ident for flight in flights.flights} | set(flights.without)),
        len(flights.without),
        day.operators,
        len(day.outcomes),
        len(planned),
        len(unplanned),
        dict(Counter(outcome.reason for outcome in unplanned).most_common()),
        sum(len(outcome.legs) for outcome in planned),
        day.requests,
        day.refusals,
        named,
        met,
        met / named if named else None,
        len(meetings([outcome.volumes for outcome in planned])),
        sum(len(outcome.left) for outcome in unplanned),
        sum(delay > 0 for delay in delays),
        median(delays) if delays else None,
        max(delays, default=None),
        format_time(first),
        format_time(max(outcome.flight.points[-1].time_us for outcome in day.outcomes)),
        format_time(first + day.offset_us),
        round(day.seconds, 1),
    )


def flight_lines(flights: Flights, day: Day) -> Iterator[FlightLine]:
    """Every flight, by departure, then every aircraft and callsign without one."""
    for outcome in sorted(day.outcomes, key=lambda outcome: outcome.flight.points[0].time_us):
        yield _line(outcome, day.offset_us)
    for ident, reason in flights.without.items():
        yield _without(ident, reason)


def _line(outcome: Outcome, offset_us: int) -> FlightLine:
    flight = outcome.flight
    begin_us = flight.points[0].time_us
    planned_us = None if outcome.delay_min is None else begin_us + offset_us + outcome.delay_min * 60_000_000
    return FlightLine(
        flight.name,
        flight.ident.icao24,
        flight.ident.callsign,
        flight.operator,
        "unplanned" if outcome.delay_min is None else "planned",
        outcome.reason,
        outcome.detail,
        len(flight.points),
        format_time(begin_us),
        None if planned_us is None else format_time(planned_us),
        outcome.delay_min,
        outcome.rounds,
        outcome.refusals,
        tuple(StandingIntent(leg.id, leg.version, leg.ovn) for leg in outcome.legs),
    )


def _without(ident: Ident, reason: str) -> FlightLine:
    return FlightLine(
        None, ident.icao24, ident.callsign, operator_of(ident), "unplanned", reason, "", 0, None, None, None, 0, 0, ()
    )
