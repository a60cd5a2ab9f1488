"""Meetings (H4.7 to H4.9, H6.4): whom a notice concerns, found exactly in four dimensions, in slices, after it was given.

One search looks from a notice at all else, or from a zone or movement at all notices. Candidates share cells and may touch
in time; then exact bodies are compared. What it finds stands in entries by party: the giver learns which of its own volumes
and whom to ask, the other what of its own is met.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from beforehand.airspace.cells import cover_leg, cover_within, pack
from beforehand.airspace.encounter import Body, Buffers, Ready, meet
from beforehand.airspace.meeting import Meeting
from beforehand.airspace.moving import Leg
from beforehand.airspace.volume import Outline, OutlineError, Polygon, Volume
from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.contents import read_notice
from beforehand.core.hotline.decide.relays import beside_zone
from beforehand.core.hotline.decide.telling import Facing, Part, tell
from beforehand.core.hotline.picture import may_see
from beforehand.core.hotline.state import (
    EARLIEST,
    LATEST,
    HotlineState,
    Notice,
    Place,
    Version,
    VolumeState,
    Work,
    Zone,
)
from beforehand.core.hotline.views import is_coarse
from beforehand.core.stamp import Decision, Stamp
from beforehand.core.strategic.commands import Extent
from beforehand.core.strategic.ids import id_text
from beforehand.core.strategic.search import intents_meeting

_SECOND_US = 1_000_000
#: Comparisons of one slice, those of many corners counted several times: 5 ms and less.
SLICE = 40
CORNERS_A_COMPARISON = 50
#: Parties that one slice writes entries for.
PARTIES_A_SLICE = 48
#: Standard intents that an entry names; it counts all.
INTENTS_MAX = 1_000
_NO_BUFFERS = Buffers(0, 0, 0)
#: Categories under which an aircraft flies (H6.4: a notified aircraft).
FLYING = ("air_operation", "unmanned_flight", "medical_evacuation", "search_and_rescue")


class Pair(NamedTuple):
    """A volume of a notice and a place of somebody else, to be compared."""

    notice: str
    version: int
    volume: int
    place: int


class Found(NamedTuple):
    """They meet."""

    notice: str
    version: int
    volume: int
    place: Place
    meeting: Meeting


class Search:
    """A search under way: what is still to be compared, and what was found. Not part of the state."""

    __slots__ = ("found", "pairs", "to_entry")

    def __init__(self, pairs: Iterable[Pair], to_entry: int) -> None:
        self.pairs = list(pairs)
        self.pairs.reverse()
        self.found: list[Found] = []
        self.to_entry = to_entry


def buffers_of(state: HotlineState, agreements: Sequence[str]) -> Buffers:
    """The widest of the agreements in force when a notice was given."""
    terms = [state.agreements[each].terms.buffers for each in agreements]
    return Buffers(
        max((each.horizontal_mm for each in terms), default=0),
        max((each.vertical_mm for each in terms), default=0),
        max((each.time_s for each in terms), default=0) * _SECOND_US,
    )


def work(state: HotlineState, command: c.DoWork, stamp: Stamp) -> Decision:
    """Go on with a piece of work, for one slice."""
    if command.what == "tell":
        return _tell(state, command, stamp)
    item = Work(command.what, command.kind, command.id, command.version)
    search = state.searches.get(item)
    if search is None:
        search = state.searches[item] = Search(_candidates(state, item), state.next_entry)
        return Decision((), (), True)
    if search.pairs:
        _compare(state, search)
        return Decision((), (), True)
    events = _written(state, item, search, stamp)
    return Decision(tuple(events), (), True)


# What may meet ----------------------------------------------------------------------------------------------------------


def _candidates(state: HotlineState, item: Work) -> Iterator[Pair]:
    if item.kind == "notice":
        notice = state.notices[item.id]
        version = next(each for each in notice.versions if each.number == item.version)
        if not version.in_picture:
            return
        buffers = buffers_of(state, version.agreements)
        for volume in version.volumes:
            for place in _near(state, item, volume, buffers):
                if place.party != notice.giver or _of_nonparty(state, place):
                    yield Pair(notice.id, version.number, volume.number, place.handle)
        return
    own = state.zones[item.id].volumes if item.kind == "zone" else None
    handles = (
        [each.place for each in own if each.place is not None]
        if own is not None
        else [leg.handle for leg in state.movements[item.id].legs if leg.handle in state.places]
    )
    for handle in handles:
        mine = state.places[handle]
        for place in _around(state, item, mine):
            if place.kind == "notice" and (place.party != mine.party or _of_nonparty(state, mine)):
                yield Pair(place.id, place.version, place.number, mine.handle)


def _of_nonparty(state: HotlineState, place: Place) -> bool:
    """Whether it is a zone of a non-party: that concerns whoever reported it, too."""
    return place.kind == "zone" and state.zones[place.id].nonparty is not None


def _near(state: HotlineState, item: Work, volume: VolumeState, buffers: Buffers) -> list[Place]:
    """What shares cells with a volume grown by the buffers and may touch it in time; all there is, where it has no place."""
    start = EARLIEST if volume.start_us is None else volume.start_us - buffers.time_us
    end = LATEST if volume.end_us is None else volume.end_us + buffers.time_us
    body = _body(state, (item.id, item.version), volume.number)
    outline = body.outline if isinstance(body, Volume) else None
    cells: bytes | None = volume.cells or None
    if buffers.horizontal_mm and outline is not None:
        cells = grown(outline, buffers.horizontal_mm)
    return _places(state, cells, start, end)


def _around(state: HotlineState, item: Work, mine: Place) -> list[Place]:
    """Notices near a zone or leg: by the widest buffers of any agreement, for those of a notice are its giver's."""
    buffers = state.widest
    body = _body(state, (item.id, mine.version), mine.number)
    cells: bytes | None = mine.cells
    if buffers.horizontal_mm and body is not None:
        if isinstance(body, Leg):
            try:
                cells = pack(cover_leg(body, buffers.horizontal_mm))
            except OutlineError:
                cells = None
        elif body.outline is not None:
            cells = grown(body.outline, buffers.horizontal_mm)
    found = _places(state, cells, mine.start_us - buffers.time_us, mine.end_us + buffers.time_us)
    without = [state.notices[each] for each in state.placeless]
    extra = [
        place
        for notice in without
        for version in notice.versions
        if version.in_picture
        for volume in version.volumes
        if not volume.cells
        for place in [_placeless(state, notice, version, volume)]
    ]
    return [*found, *extra]


def _placeless(state: HotlineState, notice: Notice, version: Version, volume: VolumeState) -> Place:
    """A volume whose place is known in words alone, as if it were anywhere."""
    return Place(
        -1, "notice", notice.id, version.number, volume.number, notice.giver,
        EARLIEST if volume.start_us is None else volume.start_us, LATEST if volume.end_us is None else volume.end_us,
        volume.lower_mm, volume.upper_mm, b"")  # fmt: skip


def grown(outline: Outline, by_mm: int) -> bytes | None:
    """Cells of an outline grown; None where they are too many to be named, and everything must be looked at."""
    try:
        return pack(cover_within(outline, by_mm))
    except OutlineError:
        return None


def _places(state: HotlineState, cells: bytes | None, start: int, end: int) -> list[Place]:
    handles = state.places.keys() if cells is None else state.index.near(cells, start, end)
    found = [state.places[each] for each in handles]
    return sorted(
        (each for each in found if each.start_us <= end and each.end_us >= start),
        key=lambda each: (state.parties[each.party].handle, each.handle),
    )


# What meets -------------------------------------------------------------------------------------------------------------


def _body(state: HotlineState, key: tuple[str, int], number: int) -> Body | None:
    """The exact body, or None where its content was erased."""
    bodies = state.shapes.get(key)
    return None if bodies is None or number > len(bodies) else bodies[number - 1]


def _compare(state: HotlineState, search: Search) -> None:
    left = SLICE
    ready: dict[tuple[str, int, int], Ready] = {}
    while search.pairs and left > 0:
        pair = search.pairs.pop()
        place = state.places.get(pair.place)
        notice = state.notices[pair.notice]
        if place is None or pair.version > len(notice.versions):
            continue
        version = notice.versions[pair.version - 1]
        if not version.in_picture:
            continue
        one = _body(state, (pair.notice, pair.version), pair.volume)
        other = _body(state, (place.id, place.version), place.number)
        left -= 1 + (_corners(one) + _corners(other)) // CORNERS_A_COMPARISON
        buffers = buffers_of(state, version.agreements)
        for meeting in _meetings(state, place, one, other, version.volumes[pair.volume - 1], buffers, ready, pair):
            search.found.append(Found(pair.notice, pair.version, pair.volume, place, meeting))


def _corners(body: Body | None) -> int:
    return len(body.outline.vertices) if isinstance(body, Volume) and isinstance(body.outline, Polygon) else 1


def _meetings(
    state: HotlineState,
    place: Place,
    one: Body | None,
    other: Body | None,
    volume: VolumeState,
    buffers: Buffers,
    ready: dict[tuple[str, int, int], Ready],
    pair: Pair,
) -> Iterator[Meeting]:
    """Where a volume meets a place; a zone only while it is active; without its exact shape, cells must do."""
    if one is None or other is None:
        yield Meeting(None, None, volume.start_us, volume.end_us)
        return
    mine = ready.get((pair.notice, pair.version, pair.volume))
    if mine is None:
        mine = ready[pair.notice, pair.version, pair.volume] = Ready(one)
    for body in while_active(state, place, other):
        found = meet(mine, Ready(body), buffers)
        if found is not None:
            yield found


def while_active(state: HotlineState, place: Place, body: Body) -> Iterator[Body]:
    """A body; of a zone once for each of its active times."""
    if place.kind != "zone":
        yield body
        return
    assert isinstance(body, Volume)
    for start_us, end_us in state.zones[place.id].active:
        yield Volume(body.outline, body.lower_mm, body.upper_mm, start_us, end_us)


# What is written of it --------------------------------------------------------------------------------------------------


def _written(state: HotlineState, item: Work, search: Search, stamp: Stamp) -> list[e.Fact]:
    """The entries of a search, for some parties at a time; with the last of them that it is done."""
    events: list[e.Fact] = []
    groups: dict[tuple[str, int, str], list[Found]] = {}
    for found in search.found:
        if found.place.party != state.notices[found.notice].giver:
            groups.setdefault((found.notice, found.version, found.place.party), []).append(found)
    written = 0
    for (id_, number, party), meetings in groups.items():
        notice = state.notices[id_]
        version = notice.versions[number - 1]
        if notice.over_us is not None or not version.in_picture or _known(version, party, meetings):
            continue
        if version is not notice.current and all(each.version != number for each in notice.tellings.get(party, ())):
            continue  # it never had this version in its picture
        if written == PARTIES_A_SLICE:
            return events
        events += _conflict(state, notice, version, party, meetings)
        written += 1
    if item.kind == "notice" and state.notices[item.id].over_us is None:
        events += _cells_only(state, state.notices[item.id], item.version)
    events += _zones(state, item, search, stamp)
    owner = _owner(state, item)
    events.append(e.Looked(item.kind, item.id, item.version, owner, search.to_entry))
    return events


def _owner(state: HotlineState, item: Work) -> str:
    if item.kind == "notice":
        return state.notices[item.id].giver
    return state.zones[item.id].party if item.kind == "zone" else state.movements[item.id].party


def _known(version: Version, party: str, meetings: Sequence[Found]) -> bool:
    """Whether entries say so already: of a search begun anew after a restart, or of another object there."""
    known = version.conflicts.get(party)
    return known is not None and all((each.volume, each.place.kind, each.place.id) in known for each in meetings)


def _conflict(
    state: HotlineState, notice: Notice, version: Version, party: str, meetings: Sequence[Found]
) -> Iterator[e.Fact]:
    numbers = sorted({each.volume for each in meetings})
    coarse = any(is_coarse(version, number) for number in numbers)
    facts = [_fact(each) for each in meetings]
    visible = [fact for fact in facts if may_see(state, notice.giver, fact.kind, fact.id)]
    yield e.ConflictFound(notice.id, version.number, notice.giver, party, [] if coarse else numbers, visible)
    yield e.Touched(notice.id, version.number, party, numbers, facts)


def _fact(found: Found) -> e.MeetingFact:
    meeting, place = found.meeting, found.place
    return e.MeetingFact(
        found.volume, place.kind, place.id, meeting.lower_mm, meeting.upper_mm, meeting.start_us, meeting.end_us
    )


def _cells_only(state: HotlineState, notice: Notice, number: int) -> Iterator[e.Fact]:
    """Standard intents of others that share cells with a version, its window and band (H4.9)."""
    version = notice.versions[number - 1]
    giver = state.parties[notice.giver]
    found = {}
    for volume in version.volumes:
        if volume.cells:
            extent = Extent(volume.cells, volume.lower_mm, volume.upper_mm, volume.start_us, volume.end_us)
            for intent in intents_meeting(state.strategic, extent, unlimited=True):
                if intent.manager.subject != giver.subject or not giver.subject:
                    found[intent.handle] = intent
    if found:
        listed = [found[each] for each in sorted(found)]
        named = [(id_text(each.id), each.manager.subject) for each in listed[:INTENTS_MAX]]
        yield e.CellsOnly(notice.id, number, notice.giver, named, len(listed))


def _zones(state: HotlineState, item: Work, search: Search, stamp: Stamp) -> Iterator[e.Fact]:
    """Zones of non-parties beside which a notice stands, and aircraft in active zones at the time of a notice there."""
    pairs: dict[tuple[str, str], list[Found]] = {}
    for found in search.found:
        if found.place.kind == "zone":
            pairs.setdefault((found.place.id, found.notice), []).append(found)
    if item.kind == "movement":
        for leg in state.movements[item.id].legs:
            for place in _places(state, leg.cells, leg.start_us, leg.end_us):
                if place.kind == "zone":
                    for notice in _notices_in(state, place):
                        pairs.setdefault((place.id, notice.id), [])
    for (zone_id, notice_id), founds in pairs.items():
        zone, notice = state.zones[zone_id], state.notices[notice_id]
        if notice.over_us is not None or zone.ended_us is not None:
            continue
        if founds:
            concerned = [each.place.party for each in search.found if each.notice == notice_id]
            yield from beside_zone(state, notice, zone, concerned, stamp.time_us)
        yield from _warnings(state, zone, notice)


def _notices_in(state: HotlineState, place: Place) -> list[Notice]:
    """Notices that may meet a zone."""
    found = {
        near.id: None for near in _places(state, place.cells, place.start_us, place.end_us) if near.kind == "notice"
    }
    return [state.notices[each] for each in found]


def _warnings(state: HotlineState, zone: Zone, notice: Notice) -> Iterator[e.ZoneWarned]:
    version = notice.current
    there = [
        each
        for volume in version.volumes
        for part in zone.volumes
        for each in _exactly(state, notice, version, volume, zone, part)
    ]
    if not there:
        return
    said: set[tuple[str, str]] = set()
    for part in zone.volumes:
        if part.place is None:
            continue
        mine = state.places[part.place]
        zone_body = _body(state, (zone.id, 0), part.number)
        for aircraft in _places(state, mine.cells, mine.start_us, mine.end_us):
            key = (zone.id, version.number, aircraft.kind, aircraft.id)
            known = key in notice.warned or (aircraft.kind, aircraft.id) in said
            if known or aircraft.party == notice.giver or not _flies(state, aircraft):
                continue
            shared = _in_zone(state, mine, zone_body, aircraft, there)
            if shared is not None:
                said.add((aircraft.kind, aircraft.id))
                yield _warned(state, zone, notice, aircraft, shared)


def _in_zone(
    state: HotlineState, zone: Place, zone_body: Body | None, aircraft: Place, there: Sequence[Meeting]
) -> tuple[int | None, int | None] | None:
    """When an aircraft is in a zone, active, while the notice is there; None: never."""
    body = _body(state, (aircraft.id, aircraft.version), aircraft.number)
    if body is None or zone_body is None:
        return None
    for active in while_active(state, zone, zone_body):
        met = meet(Ready(body), Ready(active), _NO_BUFFERS)
        shared = None if met is None else _shared(met, there)
        if shared is not None:
            return shared
    return None


def _warned(
    state: HotlineState, zone: Zone, notice: Notice, aircraft: Place, window: tuple[int | None, int | None]
) -> e.ZoneWarned:
    """To whose aircraft it is, and to whom of zone and notice may see both."""
    both = [
        code
        for code in dict.fromkeys([zone.party, notice.giver])
        if code != aircraft.party
        and may_see(state, code, "zone", zone.id)
        and may_see(state, code, aircraft.kind, aircraft.id)
    ]
    return e.ZoneWarned(
        zone.id, notice.id, notice.current.number, aircraft.party, aircraft.kind, aircraft.id, zone.nonparty, *window,
        [aircraft.party, *both])  # fmt: skip


def _flies(state: HotlineState, place: Place) -> bool:
    return place.kind == "movement" or (place.kind == "notice" and state.notices[place.id].category in FLYING)


def _exactly(
    state: HotlineState, notice: Notice, version: Version, volume: VolumeState, zone: Zone, part: VolumeState
) -> Iterator[Meeting]:
    one, other = _body(state, (notice.id, version.number), volume.number), _body(state, (zone.id, 0), part.number)
    if one is None or other is None or part.place is None:
        return
    buffers = buffers_of(state, version.agreements)
    for body in while_active(state, state.places[part.place], other):
        met = meet(Ready(one), Ready(body), buffers)
        if met is not None:
            # "at the time of a notice there": the notice's own window, not what is left of it in the zone's
            yield Meeting(met.lower_mm, met.upper_mm, volume.start_us, volume.end_us)


def _shared(met: Meeting, there: Sequence[Meeting]) -> tuple[int | None, int | None] | None:
    """The window in which an aircraft is in a zone while a notice is there, or None."""
    for each in there:
        starts = [at for at in (met.start_us, each.start_us) if at is not None]
        ends = [at for at in (met.end_us, each.end_us) if at is not None]
        start, end = max(starts, default=None), min(ends, default=None)
        if start is None or end is None or start <= end:
            return start, end
    return None


def _tell(state: HotlineState, command: c.DoWork, stamp: Stamp) -> Decision:
    """Tell those who were found to be concerned, some at a time. Without its content a notice is told of as it counts."""
    notice = state.notices[command.id]
    version = notice.versions[command.version - 1]
    chosen = sorted(version.to_tell, key=lambda code: state.parties[code].handle)[:PARTIES_A_SLICE]
    parts = [Part(code, version.to_tell[code], [("meets something of yours", "")]) for code in chosen]
    content = read_notice(command.content) if command.content is not None else None
    assert content is not None, "content of a notice in the picture cannot be erased"
    marks = [e.Mark(rule, kind, volume) for rule, kind, volume in version.marks]
    facing = Facing(
        notice.id, version.number, notice.giver, notice.category, version.emergency, version.kind, version.received_us,
        marks, content, [state.agreements[each] for each in version.agreements], notice)  # fmt: skip
    events, contents = tell(state, stamp, facing, parts)
    return Decision(tuple(events), tuple(contents), True)
