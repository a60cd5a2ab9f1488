"""Zones, movements, and the index by which volumes are found."""

from __future__ import annotations

from itertools import islice

from beforehand.airspace.cells import from_tokens
from beforehand.core.hotline import events as e
from beforehand.core.hotline.contents import read_movement, read_notice
from beforehand.core.hotline.fold import due
from beforehand.core.hotline.state import (
    EARLIEST,
    KEPT_MAX,
    KEPT_US,
    LATEST,
    HotlineState,
    Movement,
    Place,
    VolumeState,
    Work,
    Zone,
)


def enter(
    state: HotlineState, kind: str, id_: str, version: int, number: int, party: str, cells: bytes,
    start_us: int | None, end_us: int | None, lower_mm: int | None, upper_mm: int | None,
) -> Place:  # fmt: skip
    """Put a volume into the index."""
    place = Place(
        state.next_number, kind, id_, version, number, party, EARLIEST if start_us is None else start_us,
        LATEST if end_us is None else end_us, lower_mm, upper_mm, cells)  # fmt: skip
    state.next_number += 1
    state.places[place.handle] = place
    state.index.add(cells, place.handle)
    return place


def enter_volume(state: HotlineState, kind: str, id_: str, version: int, party: str, volume: VolumeState) -> None:
    """The same of a volume; one without cells has no place there."""
    if volume.cells:
        place = enter(
            state, kind, id_, version, volume.number, party, volume.cells, volume.start_us, volume.end_us,
            volume.lower_mm, volume.upper_mm)  # fmt: skip
        volume.place = place.handle


def leave(state: HotlineState, volume: VolumeState) -> None:
    """Take a volume out of the index."""
    if volume.place is not None:
        _take_out(state, state.places[volume.place])
        volume.place = None


def _take_out(state: HotlineState, place: Place) -> None:
    state.index.remove(place.cells, place.handle)
    del state.places[place.handle]


def zone_set(state: HotlineState, event: e.ZoneSet, content: bytes | None, entry: int, time_us: int) -> None:
    start_us = min((each[0] for each in event.active), default=None)
    ends = [each[1] for each in event.active]
    known = [each for each in ends if each is not None]
    end_us = max(known) if ends and len(known) == len(ends) else None
    volumes = [
        VolumeState(each.number, from_tokens(each.cells), each.lower, each.upper, start_us, end_us, each.km2)
        for each in event.volumes
    ]
    zone = Zone(
        entry,
        event.zone,
        event.party,
        event.kind,
        event.nonparty,
        volumes,
        list(event.active),
        tuple(event.shared),
        time_us,
    )
    state.zones[event.zone] = zone
    state.parties[event.party].zones[event.zone] = None
    for volume in volumes:
        enter_volume(state, "zone", event.zone, 0, event.party, volume)
    if content is not None:
        state.shapes[event.zone, 0] = read_notice(content).volumes
    state.work[Work("look", "zone", event.zone, 0)] = None


def zone_posture(state: HotlineState, event: e.ZonePosture, content: bytes | None, entry: int, time_us: int) -> None:
    zone = state.zones[event.zone]
    zone.capability, zone.capability_us = event.capability, event.start


def zone_ended(state: HotlineState, event: e.ZoneEnded, content: bytes | None, entry: int, time_us: int) -> None:
    zone = state.zones[event.zone]
    zone.ended_us = time_us
    for volume in zone.volumes:
        leave(state, volume)
    del state.parties[event.party].zones[event.zone]
    _ended(state, event.party, "zone", event.zone, time_us)
    item = Work("look", "zone", event.zone, 0)
    state.work.pop(item, None)
    state.searches.pop(item, None)


def movement_declared(
    state: HotlineState, event: e.MovementDeclared, content: bytes | None, entry: int, time_us: int
) -> None:
    movement = Movement(entry, event.movement, event.party, [])
    state.movements[event.movement] = movement
    state.parties[event.party].movements[event.movement] = None
    for number, leg in enumerate(event.legs, 1):
        movement.legs.append(
            enter(
                state,
                "movement",
                event.movement,
                0,
                number,
                event.party,
                from_tokens(leg.cells),
                leg.start,
                leg.end,
                leg.lower,
                leg.upper,
            )
        )
    if content is not None:
        state.shapes[event.movement, 0] = read_movement(content).legs
    state.work[Work("look", "movement", event.movement, 0)] = None


def movement_ended(
    state: HotlineState, event: e.MovementEnded, content: bytes | None, entry: int, time_us: int
) -> None:
    movement = state.movements[event.movement]
    movement.ended_us = time_us
    for leg in movement.legs:
        _take_out(state, leg)
    del state.parties[event.party].movements[event.movement]
    _ended(state, event.party, "movement", event.movement, time_us)
    item = Work("look", "movement", event.movement, 0)
    state.work.pop(item, None)
    state.searches.pop(item, None)


def _ended(state: HotlineState, code: str, kind: str, id_: str, time_us: int) -> None:
    """It is over, and is kept for a while."""
    ended = state.parties[code].ended
    ended[kind, id_] = None
    due.at(state, time_us + KEPT_US, "forget", id_, about=kind)
    beyond = len(ended) - KEPT_MAX  # of these all but one were dealt with when they came
    if beyond > 0:
        oldest_kind, oldest = next(islice(ended, beyond - 1, None))
        due.at(state, time_us, "forget", oldest, about=oldest_kind)


def forgotten(state: HotlineState, event: e.Forgotten, content: bytes | None, entry: int, time_us: int) -> None:
    """Take what was over long ago out of the tables."""
    if event.kind == "notice":
        notice = state.notices.pop(event.id)
        _unrelease(state, notice.released_to, "notice", event.id)
        del state.parties[notice.giver].over[event.id]
        for code in notice.tellings:
            state.parties[code].told.pop(event.id, None)
        for version in notice.versions:
            state.shapes.pop((event.id, version.number), None)
        return
    gone = state.zones.pop(event.id) if event.kind == "zone" else state.movements.pop(event.id)
    _unrelease(state, gone.released_to, event.kind, event.id)
    del state.parties[gone.party].ended[event.kind, event.id]
    state.shapes.pop((event.id, 0), None)


def _unrelease(state: HotlineState, codes: list[str], kind: str, id_: str) -> None:
    for code in codes:
        del state.parties[code].released[kind, id_]
