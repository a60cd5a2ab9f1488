"""Meetings, what was disclosed of them, warnings of zones, and relays."""

from __future__ import annotations

from collections.abc import Mapping

from beforehand.core.hotline import events as e
from beforehand.core.hotline.fold import due
from beforehand.core.hotline.state import HotlineState, Movement, Notice, RelayState, Work, Zone


def looked(state: HotlineState, event: e.Looked, content: bytes | None, entry: int, time_us: int) -> None:
    item = Work("look", event.kind, event.id, event.version)
    state.work.pop(item, None)
    state.searches.pop(item, None)
    if event.kind == "notice":
        notice = state.notices[event.id]
        notice.versions[event.version - 1].looked = True
        notice.entries.append(entry)


def conflict(state: HotlineState, event: e.ConflictFound, content: bytes | None, entry: int, time_us: int) -> None:
    """Nothing by itself: what is known of the meeting stands in the entry for the other, beside it."""


def touched(state: HotlineState, event: e.Touched, content: bytes | None, entry: int, time_us: int) -> None:
    notice = state.notices[event.notice]
    version = notice.versions[event.version - 1]
    for meeting in event.meetings:
        version.touched.setdefault(event.party, []).append(meeting)
        version.conflicts.setdefault(event.party, {})[meeting.volume, meeting.kind, meeting.id] = None
    tellings = notice.tellings.get(event.party, ())
    had = {volume for telling in tellings if telling.version == event.version for volume in telling.volumes}
    waiting = version.to_tell.get(event.party)
    numbers = sorted({*event.volumes, *(() if waiting is None else waiting), *had})
    # Of a version that another has followed nobody more is told: who has it in its picture was told of the next as well.
    if set(numbers) - had and version is notice.current:
        version.to_tell[event.party] = numbers
        state.work[Work("tell", "notice", event.notice, event.version)] = None


def cells_only(state: HotlineState, event: e.CellsOnly, content: bytes | None, entry: int, time_us: int) -> None:
    version = state.notices[event.notice].versions[event.version - 1]
    version.cells_only, version.cells_only_us = event.count, time_us


def released(state: HotlineState, event: e.Released, content: bytes | None, entry: int, time_us: int) -> None:
    seen = state.parties[event.giver].released
    tables: dict[str, Mapping[str, Movement | Notice | Zone]] = {
        "movement": state.movements, "notice": state.notices, "zone": state.zones}  # fmt: skip
    for meeting in event.meetings:
        own = tables[meeting.kind].get(meeting.id)
        if own is not None and event.giver not in own.released_to:  # what has left the tables is nobody's to see
            seen[meeting.kind, meeting.id] = None
            own.released_to.append(event.giver)


def zone_warned(state: HotlineState, event: e.ZoneWarned, content: bytes | None, entry: int, time_us: int) -> None:
    state.notices[event.notice].warned[event.zone, event.version, event.kind, event.id] = event


def relay_needed(state: HotlineState, event: e.RelayNeeded, content: bytes | None, entry: int, time_us: int) -> None:
    notice = state.notices[event.notice]
    key = (event.named_by, event.nonparty)
    before = notice.relays.get(key)
    relay = RelayState(
        event.named_by, event.nonparty, event.party, event.deadline, event.zone, event.version, tuple(event.to)
    )
    if before is not None and before.version == event.version:
        relay.to = tuple(dict.fromkeys([*before.to, *event.to]))
        relay.done_us, relay.how, relay.by, relay.missed_us = before.done_us, before.how, before.by, before.missed_us
    notice.relays[key] = relay
    if event.party is not None:
        about = f"{event.named_by}/{event.nonparty}"
        due.at(state, event.deadline, "relay", event.notice, event.version, event.party, about)


def relayed(state: HotlineState, event: e.Relayed, content: bytes | None, entry: int, time_us: int) -> None:
    relay = state.notices[event.notice].relays[event.named_by, event.nonparty]
    relay.done_us, relay.how, relay.by = event.at, event.how, event.party
