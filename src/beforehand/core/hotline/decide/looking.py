"""Meetings (H4.7 to H4.9, H6.4): whom a notice concerns, found exactly in four dimensions, in slices, after it was given.

One search looks from a notice at all else, or from a zone or movement at all notices. Candidates share cells and may touch
in time; then exact bodies are compared. What it finds stands in entries by party: the giver learns which of its own volumes
and whom to ask, the other what of its own is met.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
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
#: What it counts to find what is near a volume.
VOLUME = 4
#: Parties that one slice writes entries for.
PARTIES_A_SLICE = 48
#: Standard intents that an entry names; it counts all.
INTENTS_MAX = 1_000
_NO_BUFFERS = Buffers(0, 0, 0)
#: Of what has no cells, and so no place in the index.
NO_HANDLE = -1
#: Categories under which an aircraft flies (H6.4: a notified aircraft).
FLYING = ("air_operation", "unmanned_flight", "medical_evacuation", "search_and_rescue")


#: From, to; None: unbounded.
Window = tuple[int | None, int | None]


class Pair(NamedTuple):
    """A volume of a notice and a place of somebody else, to be compared."""

    notice: str
    version: int
    volume: int
    place: Place


class Found(NamedTuple):
    """They meet."""

    notice: str
    version: int
    volume: int
    place: Place
    meeting: Meeting


class Search:
    """A search under way: what is still to be compared, and what was found. Not part of the state."""

    __slots__ = ("found", "groups", "pairs", "to_come", "to_entry")

    def __init__(self, to_come: Iterator[list[Pair]], to_entry: int) -> None:
        self.to_come = to_come
        self.pairs: list[Pair] = []
        self.found: list[Found] = []
        #: What was found, by version and party, the last first, until entries say it; None while there is more to come.
        self.groups: list[tuple[tuple[str, int, str], list[Found]]] | None = None
        self.to_entry = to_entry

    def grouped(self) -> list[tuple[tuple[str, int, str], list[Found]]]:
        """All that was found, once all was compared."""
        if self.groups is None:
            groups: dict[tuple[str, int, str], list[Found]] = {}
            for found in self.found:
                groups.setdefault((found.notice, found.version, found.place.party), []).append(found)
            self.groups = list(reversed(groups.items()))
        return self.groups


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
        _gather(state, search)
        return Decision((), (), True)
    if search.pairs:
        _compare(state, search)
        return Decision((), (), True)
    if _gather(state, search):
        return Decision((), (), True)
    events = _written(state, item, search)
    return Decision(tuple(events), (), True)


# What may meet ----------------------------------------------------------------------------------------------------------


def _candidates(state: HotlineState, item: Work) -> Iterator[list[Pair]]:
    """Volume by volume."""
    if item.kind == "notice":
        notice = state.notices[item.id]
        version = notice.versions[item.version - 1]
        buffers = buffers_of(state, version.agreements)
        for volume in version.volumes:
            yield [
                Pair(notice.id, version.number, volume.number, place)
                for place in _near(state, notice, version, volume, buffers)
                if place.party != notice.giver or place.kind == "zone"
            ]
        return
    for mine in _own(state, item):
        yield [
            Pair(place.id, place.version, place.number, mine)
            for place in _around(state, mine)
            if place.party != mine.party or mine.kind == "zone"
        ]


def _gather(state: HotlineState, search: Search) -> bool:
    """What may meet the next volumes, in one slice; False where there are no more. To grow one takes some milliseconds."""
    each = SLICE if state.widest.horizontal_mm else VOLUME
    volumes = list(islice(search.to_come, max(1, SLICE // each)))
    search.pairs = [pair for pairs in volumes for pair in pairs][::-1]
    return bool(volumes)


def _own(state: HotlineState, item: Work) -> list[Place]:
    """The places of an object, as far as it has any."""
    if item.kind == "movement":
        return state.movements[item.id].legs
    volumes = state.zones[item.id].volumes if item.kind == "zone" else state.notices[item.id].current.volumes
    return [state.places[each.place] for each in volumes if each.place is not None]


def _near(state: HotlineState, notice: Notice, version: Version, volume: VolumeState, buffers: Buffers) -> list[Place]:
    """What shares cells with a volume grown by the buffers and may touch it in time; all there is, where it has no place."""
    start = EARLIEST if volume.start_us is None else volume.start_us - buffers.time_us
    end = LATEST if volume.end_us is None else volume.end_us + buffers.time_us
    return places(state, _cells(state, notice, version, volume, buffers), start, end)


def _cells(
    state: HotlineState, notice: Notice, version: Version, volume: VolumeState, buffers: Buffers
) -> bytes | None:
    """Cells of a volume grown by the buffers; None where everything must be looked at."""
    body = _body(state, (notice.id, version.number), volume.number)
    if buffers.horizontal_mm and isinstance(body, Volume) and body.outline is not None:
        return grown(body.outline, buffers.horizontal_mm)
    return volume.cells or None


def _around(state: HotlineState, mine: Place) -> list[Place]:
    """Notices near a zone or leg: by the widest buffers of any agreement, for those of a notice are its giver's."""
    buffers = state.widest
    body = _body(state, (mine.id, mine.version), mine.number)
    cells: bytes | None = mine.cells
    if buffers.horizontal_mm and body is not None:
        if isinstance(body, Leg):
            try:
                cells = pack(cover_leg(body, buffers.horizontal_mm))
            except OutlineError:
                cells = None
        elif body.outline is not None:
            cells = grown(body.outline, buffers.horizontal_mm)
    found = places(state, cells, mine.start_us - buffers.time_us, mine.end_us + buffers.time_us)
    return [each for each in found if each.kind == "notice"]


def grown(outline: Outline, by_mm: int) -> bytes | None:
    """Cells of an outline grown; None where they are too many to be named, and everything must be looked at."""
    try:
        return pack(cover_within(outline, by_mm))
    except OutlineError:
        return None


def places(state: HotlineState, cells: bytes | None, start: int, end: int) -> list[Place]:
    """What stands in some cells (None: anywhere) and may touch a window, and what may be anywhere, in the order of parties."""
    handles = state.places.keys() if cells is None else state.index.near(cells, start, end)
    found = [*(state.places[each] for each in handles), *_in_words_alone(state)]
    return sorted(
        (each for each in found if each.start_us <= end and each.end_us >= start),
        key=lambda each: (state.parties[each.party].handle, each.handle),
    )


def _in_words_alone(state: HotlineState) -> Iterator[Place]:
    """Volumes whose place is known in words alone, each as if it were anywhere. They have no handle."""
    for notice in map(state.notices.__getitem__, state.placeless):
        for version in notice.versions:
            for volume in version.volumes if version.in_picture else ():
                if not volume.cells:
                    start_us = EARLIEST if volume.start_us is None else volume.start_us
                    end_us = LATEST if volume.end_us is None else volume.end_us
                    yield Place(
                        NO_HANDLE, "notice", notice.id, version.number, volume.number, notice.giver, start_us, end_us,
                        volume.lower_mm, volume.upper_mm, b"")  # fmt: skip


def _stands(state: HotlineState, place: Place) -> bool:
    """Whether a place is still in the picture."""
    if place.handle != NO_HANDLE:
        return place.handle in state.places
    notice = state.notices.get(place.id)
    return notice is not None and notice.versions[place.version - 1].in_picture


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
        place, notice = pair.place, state.notices.get(pair.notice)
        if notice is None or not _stands(state, place):
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


def _written(state: HotlineState, item: Work, search: Search) -> list[e.Fact]:
    """The entries of a search: meetings, for some parties at a time, and when all are said the rest, and that it is done."""
    events: list[e.Fact] = []
    groups = search.grouped()
    while groups and not _to_say(state, *groups[-1]):
        groups.pop()
    for (id_, number, party), meetings in groups[: -PARTIES_A_SLICE - 1 : -1]:
        fresh = _to_say(state, (id_, number, party), meetings)
        if fresh:
            notice = state.notices[id_]
            events += _conflict(state, notice, notice.versions[number - 1], party, fresh)
    if events:
        return events
    if item.kind == "notice":
        events += _cells_only(state, state.notices[item.id])
    for fact in _zones(state, item, search):
        if fact not in events:  # several aircraft of one party are warned of, and it is told once
            events.append(fact)
    owner = _owner(state, item)
    events.append(e.Looked(item.kind, item.id, item.version, owner, search.to_entry))
    return events


def _owner(state: HotlineState, item: Work) -> str:
    if item.kind == "notice":
        return state.notices[item.id].giver
    return state.zones[item.id].party if item.kind == "zone" else state.movements[item.id].party


def _to_say(state: HotlineState, group: tuple[str, int, str], meetings: Sequence[Found]) -> list[Found]:
    """What no entry says yet: a search may have been begun anew, or the other object may have been looked from before."""
    id_, number, party = group
    notice = state.notices.get(id_)
    version = None if notice is None else notice.versions[number - 1]
    if notice is None or version is None or not version.in_picture or party == notice.giver:
        return []
    if version is not notice.current and all(each.version != number for each in notice.tellings.get(party, ())):
        return []  # it never had this version in its picture
    known = version.conflicts.get(party, {})
    return [each for each in meetings if (each.volume, each.place.kind, each.place.id) not in known]


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


def _cells_only(state: HotlineState, notice: Notice) -> Iterator[e.Fact]:
    """Standard intents of others that share cells with the newest version, its window and band, grown (H4.9)."""
    version = notice.current
    giver = state.parties[notice.giver]
    buffers = buffers_of(state, version.agreements)
    found = {}
    for volume in version.volumes:
        if volume.cells:
            extent = Extent(
                _cells(state, notice, version, volume, buffers) or volume.cells,
                None if volume.lower_mm is None else volume.lower_mm - buffers.vertical_mm,
                None if volume.upper_mm is None else volume.upper_mm + buffers.vertical_mm,
                None if volume.start_us is None else volume.start_us - buffers.time_us,
                None if volume.end_us is None else volume.end_us + buffers.time_us,
            )
            for intent in intents_meeting(state.strategic, extent, unlimited=True):
                if intent.manager.subject != giver.subject or not giver.subject:
                    found[intent.handle] = intent
    if found:
        listed = [found[each] for each in sorted(found)]
        named = [(id_text(each.id), each.manager.subject) for each in listed[:INTENTS_MAX]]
        yield e.CellsOnly(notice.id, version.number, notice.giver, named, len(listed))


def _zones(state: HotlineState, item: Work, search: Search) -> Iterator[e.Fact]:
    """Zones of non-parties beside which a notice stands, and aircraft in active zones at the time of a notice there."""
    met: dict[tuple[str, str], None] = {}
    for found in search.found:
        if found.place.kind == "zone" and _stands(state, found.place):
            notice = state.notices.get(found.notice)
            if notice is not None and notice.over_us is None and notice.current.number == found.version:
                met[found.place.id, found.notice] = None
    beside: dict[tuple[str, str, str | None], None] = {}
    for zone_id, notice_id in met:
        zone, notice = state.zones[zone_id], state.notices[notice_id]
        key = (notice_id, zone.party, zone.nonparty)
        if key not in beside:  # of several zones of a non-party one is named
            beside[key] = None
            concerned = [each.place.party for each in search.found if each.notice == notice_id]
            yield from beside_zone(state, notice, zone, concerned)
        yield from _warnings(state, zone, notice, None)
    if item.kind != "zone":
        yield from _as_aircraft(state, item)


def _as_aircraft(state: HotlineState, item: Work) -> Iterator[e.Fact]:
    """The other way round: what was looked for may be an aircraft itself, in zones where notices of others stand."""
    own = [*_own(state, item), *(each for each in _in_words_alone(state) if each.id == item.id)]
    near: dict[str, None] = {}
    for mine in own if _flies(state, own[0]) else ():
        for place in places(state, mine.cells or None, mine.start_us, mine.end_us):
            if place.kind == "zone":
                near[place.id] = None
    for zone in map(state.zones.__getitem__, near):
        parts = [state.places[each.place] for each in zone.volumes if each.place is not None]
        for id_ in dict.fromkeys(each.id for part in parts for each in _around(state, part)):
            yield from _warnings(state, zone, state.notices[id_], own)


def _warnings(
    state: HotlineState, zone: Zone, notice: Notice, aircraft: Sequence[Place] | None
) -> Iterator[e.ZoneWarned | e.Touched]:
    """Of these aircraft, or (None) of all that there are, those that are in a zone at the time of a notice there."""
    version = notice.current
    there = [
        volume
        for volume in version.volumes
        if any(_meets_zone(state, notice, version, volume, zone, part) for part in zone.volumes)
    ]
    if not there:
        return
    found: dict[tuple[str, str], tuple[Place, list[Window]]] = {}
    for part in zone.volumes:
        assert part.place is not None
        mine = state.places[part.place]
        body = _body(state, (zone.id, 0), part.number)
        for each in places(state, mine.cells, mine.start_us, mine.end_us) if aircraft is None else aircraft:
            known = (zone.id, version.number, each.kind, each.id) in notice.warned
            if known or each.party == notice.giver or not _flies(state, each):
                continue
            windows = list(_in_zone(state, mine, body, each, there))
            if windows:
                found.setdefault((each.kind, each.id), (each, []))[1].extend(windows)
    for each, windows in found.values():
        yield _warned(state, zone, notice, each, _from_first_to_last(windows))
        yield from _told_of_it(notice, each.party, there, windows)


def _in_zone(
    state: HotlineState, zone: Place, zone_body: Body | None, aircraft: Place, there: Sequence[VolumeState]
) -> Iterator[Window]:
    """When a leg of an aircraft is in a part of a zone, active, while the notice is there."""
    body = _body(state, (aircraft.id, aircraft.version), aircraft.number)
    if body is None or zone_body is None:
        return
    for active in while_active(state, zone, zone_body):
        met = meet(Ready(body), Ready(active), _NO_BUFFERS)
        if met is not None:
            for volume in there:
                shared = _shared((met.start_us, met.end_us), volume)
                if shared is not None:
                    yield shared


def _from_first_to_last(windows: Sequence[Window]) -> Window:
    """Of all legs, parts of the zone and its active times together; None where one of them has no such bound."""
    starts = [start for start, _ in windows if start is not None]
    ends = [end for _, end in windows if end is not None]
    return (
        min(starts) if len(starts) == len(windows) else None,
        max(ends) if len(ends) == len(windows) else None,
    )


def _warned(state: HotlineState, zone: Zone, notice: Notice, aircraft: Place, window: Window) -> e.ZoneWarned:
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


def _told_of_it(
    notice: Notice, party: str, there: Sequence[VolumeState], windows: Sequence[Window]
) -> Iterator[e.Touched]:
    """Who is warned is told what of the notice is there at that time, though it meets nothing of its own."""
    version = notice.current
    numbers = [each.number for each in there if any(_shared(window, each) is not None for window in windows)]
    tellings = [each for each in notice.tellings.get(party, ()) if each.version == version.number]
    had = {*version.to_tell.get(party, ()), *(number for each in tellings for number in each.volumes)}
    if not had.issuperset(numbers):
        yield e.Touched(notice.id, version.number, party, numbers, [])


def _flies(state: HotlineState, place: Place) -> bool:
    return place.kind == "movement" or (place.kind == "notice" and state.notices[place.id].category in FLYING)


def _meets_zone(
    state: HotlineState, notice: Notice, version: Version, volume: VolumeState, zone: Zone, part: VolumeState
) -> bool:
    """Whether a volume of a notice meets one of a zone in one of its active times."""
    one, other = _body(state, (notice.id, version.number), volume.number), _body(state, (zone.id, 0), part.number)
    if one is None or other is None:
        return False
    assert part.place is not None
    buffers = buffers_of(state, version.agreements)
    active = while_active(state, state.places[part.place], other)
    return any(meet(Ready(one), Ready(body), buffers) is not None for body in active)


def _shared(window: Window, volume: VolumeState) -> Window | None:
    """What a window shares with that of a volume; None: nothing.

    "At the time of a notice there": the notice's own window, not what is left of it in the zone's.
    """
    starts = [at for at in (window[0], volume.start_us) if at is not None]
    ends = [at for at in (window[1], volume.end_us) if at is not None]
    start, end = max(starts, default=None), min(ends, default=None)
    return (start, end) if start is None or end is None or start <= end else None


def _tell(state: HotlineState, command: c.DoWork, stamp: Stamp) -> Decision:
    """Tell those who were found to be concerned, some at a time."""
    notice = state.notices[command.id]
    version = notice.versions[command.version - 1]
    chosen = sorted(version.to_tell, key=lambda code: state.parties[code].handle)[:PARTIES_A_SLICE]
    parts = [Part(code, version.to_tell[code], [(_why(version, code), "")]) for code in chosen]
    content = read_notice(command.content) if command.content is not None else None
    assert content is not None, "content of a notice in the picture cannot be erased"
    marks = [e.Mark(rule, kind, volume) for rule, kind, volume in version.marks]
    facing = Facing(
        notice.id, version.number, notice.giver, notice.category, version.emergency, version.kind, version.received_us,
        marks, content, [state.agreements[each] for each in version.agreements], notice)  # fmt: skip
    events, contents = tell(state, stamp, facing, parts)
    return Decision(tuple(events), tuple(contents), True)


def _why(version: Version, code: str) -> str:
    return "meets something of yours" if code in version.touched else "an aircraft of yours is in a zone there"
