"""Zones, with their times and postures, and movements, with their legs."""

from __future__ import annotations

from beforehand.airspace.cells import cover_leg, pack
from beforehand.airspace.moving import Leg
from beforehand.airspace.volume import OutlineError, ceil_mm
from beforehand.core.hotline import commands as c
from beforehand.wire.hotline import bodies as b
from beforehand.wire.hotline.bodies_volume import read_volume
from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.positions import read_degrees
from beforehand.wire.hotline.requests.reading import (
    NUMBER_MAX,
    VOLUMES_MAX,
    Request,
    codes,
    given_volume,
    number,
    read,
    speaking,
    time_us,
    time_us_or_none,
    words_of,
)
from beforehand.wire.hotline.texts import TITLE_MAX, code, identifier, text, word
from beforehand.wire.hotline.values import SaidAltitude, ceiling, floor

#: Legs of one movement, times of one zone.
LEGS_MAX, ACTIVE_MAX = 200, 200


def declare_zone(asked: Request) -> c.SetZone:
    return _zone(asked, reported=False)


def report_zone(asked: Request) -> c.SetZone:
    return _zone(asked, reported=True)


def _zone(asked: Request, reported: bool) -> c.SetZone:
    body = read(asked.body, b.SetZone)
    if reported and body.nonparty is None:
        raise BadField("nonparty", "missing", "must name the non-party whose zone is reported.")
    if not reported and body.nonparty is not None:
        raise BadField("nonparty", "wrong_type", "has no place in a zone of your own; `zone report` reports another's.")
    if not 1 <= len(body.volumes) <= VOLUMES_MAX:
        raise BadField("volumes", "too_many", f"must hold from 1 to {VOLUMES_MAX} volumes.")
    if not 1 <= len(body.active) <= ACTIVE_MAX:
        raise BadField("active", "too_many", f"must hold from 1 to {ACTIVE_MAX} times, each [from, to].")
    volumes = []
    for at, each in enumerate(body.volumes):
        read_ = read_volume(each, f"volumes[{at}]")
        if read_.outline is None:
            raise BadField(f"volumes[{at}]", "missing", "must have `outline` or `circle`.")
        if read_.start_us is not None or read_.end_us is not None:
            raise BadField(f"volumes[{at}]", "wrong_type", "has times of its own; a zone's times stand in `active`.")
        if read_.contradictions:
            raise BadField(f"volumes[{at}]", "bad_altitude", f"contradicts itself: {read_.contradictions[0].words}")
        volumes.append(given_volume(read_, f"volumes[{at}]", asked.inline_cells))
    active = []
    for at, (start, end) in enumerate(body.active):
        start_us, end_us = time_us(start, f"active[{at}][0]"), time_us_or_none(end, f"active[{at}][1]")
        if end_us is not None and end_us < start_us:
            raise BadField(f"active[{at}]", "bad_time", "ends before it starts.")
        active.append((start_us, end_us))
    words = words_of(title=text(body.title, "title", TITLE_MAX), text=text(body.text, "text"))
    return c.SetZone(
        speaking(asked.by, body, asked.body), body.kind, None if body.nonparty is None else code(body.nonparty, "nonparty"),
        tuple(volumes), tuple(active), codes(body.shared, "shared"), words)  # fmt: skip


def set_posture(asked: Request) -> c.SetPosture:
    body = read(asked.body, b.SetPosture)
    return c.SetPosture(
        speaking(asked.by, body, asked.body), identifier(body.zone, "zone"), word(body.capability, "capability"),
        time_us(body.from_, "from"))  # fmt: skip


def end_zone(asked: Request) -> c.EndZone:
    body = read(asked.body, b.OfZone)
    return c.EndZone(speaking(asked.by, body, asked.body), identifier(body.zone, "zone"))


def declare_movement(asked: Request) -> c.DeclareMovement:
    body = read(asked.body, b.DeclareMovement)
    if not 1 <= len(body.legs) <= LEGS_MAX:
        raise BadField("legs", "too_many", f"must hold from 1 to {LEGS_MAX} legs.")
    legs = [_leg(each, f"legs[{at}]") for at, each in enumerate(body.legs)]
    cells = []
    for at, leg in enumerate(legs):
        try:
            cells.append(pack(cover_leg(leg)))
        except OutlineError as error:
            raise BadField(f"legs[{at}]", "bad_outline", f"cannot be taken. {error}") from None
    words = words_of(
        title=text(body.title, "title", TITLE_MAX), text=text(body.text, "text"), vehicles=text(body.vehicles, "vehicles"),
        headcount=None if body.headcount is None else int(number(body.headcount, "headcount", 0, NUMBER_MAX)),
        contact=text(body.contact, "contact", TITLE_MAX))  # fmt: skip
    return c.DeclareMovement(speaking(asked.by, body, asked.body), tuple(legs), tuple(cells), words)


def _leg(said: b.LegBody, field: str) -> Leg:
    start_us, end_us = time_us(said.start, f"{field}.from_time"), time_us(said.end, f"{field}.to_time")
    if end_us < start_us:
        raise BadField(f"{field}.to_time", "bad_time", "is before `from_time`.")
    points = []
    for name, (lat, lng) in (("from", said.from_), ("to", said.to)):
        points.append(round(read_degrees(lat, "latitude", f"{field}.{name}[0]") * 1e7))
        points.append(round(read_degrees(lng, "longitude", f"{field}.{name}[1]") * 1e7))
    lower, upper = _lower(said.lower, f"{field}.lower"), _upper(said.upper, f"{field}.upper")
    if lower is not None and upper is not None and lower > upper:
        raise BadField(f"{field}.lower", "bad_altitude", "is above `upper`.")
    radius_mm = ceil_mm(number(said.radius_m, f"{field}.radius_m", 1, 100_000))
    from_lat, from_lng, to_lat, to_lng = points
    return Leg(from_lat, from_lng, to_lat, to_lng, start_us, end_us, lower, upper, radius_mm)


def _lower(said: SaidAltitude | None, field: str) -> int | None:
    return None if said is None else floor(said, field)


def _upper(said: SaidAltitude | None, field: str) -> int | None:
    return None if said is None else ceiling(said, field)


def end_movement(asked: Request) -> c.EndMovement:
    body = read(asked.body, b.OfMovement)
    return c.EndMovement(speaking(asked.by, body, asked.body), identifier(body.movement, "movement"))
