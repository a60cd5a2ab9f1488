"""Notices, their versions, and who was told."""

from __future__ import annotations

from itertools import islice
from typing import Any

from msgspec import UNSET, UnsetType

from beforehand.airspace.cells import from_tokens
from beforehand.core.hotline import events as e
from beforehand.core.hotline.contents import read_notice
from beforehand.core.hotline.fold import due, places
from beforehand.core.hotline.lifecycle import IN_PICTURE
from beforehand.core.hotline.state import KEPT_MAX, KEPT_US, HotlineState, Notice, Telling, Version, VolumeState, Work


def volume_state(fact: e.VolumeFact) -> VolumeState:
    """A volume as it counts."""
    return VolumeState(fact.number, from_tokens(fact.cells), fact.lower, fact.upper, fact.start, fact.end, fact.km2)


def given(state: HotlineState, event: e.NoticeGiven, content: bytes | None, entry: int, time_us: int) -> None:
    notice = state.notices.get(event.notice)
    if notice is None:
        notice = Notice(entry, event.notice, event.giver, event.category, event.state, event.opens, event.ends)
        state.notices[event.notice] = notice
        state.parties[event.giver].given[event.notice] = None
    volumes = [volume_state(each) for each in event.volumes]
    version = Version(
        event.version, entry, time_us, event.kind, volumes, event.lead, list(event.agreements), event.emergency,
        [(each.rule, each.kind, each.volume) for each in event.marks], None if event.by.key is UNSET else event.by.key,
        event.aware.count, event.unaware.count, 0 if event.uncertain is UNSET else event.uncertain)  # fmt: skip
    notice.versions.append(version)
    for number in event.retires:
        retire(state, notice, notice.versions[number - 1])
    for former in notice.versions[:-1]:
        _leave_off(state, notice, former)
    for volume in volumes:
        places.enter_volume(state, "notice", event.notice, event.version, event.giver, volume)
    if any(not volume.cells for volume in volumes):
        state.placeless[event.notice] = None
    if content is not None:
        state.shapes[event.notice, event.version] = read_notice(content).volumes
    clock(state, notice, event.opens, event.ends)
    _enter(notice, event.state, time_us)
    _lapses(state, notice, event.state, event.lapses)
    state.work[Work("look", "notice", event.notice, event.version)] = None


def clock(state: HotlineState, notice: Notice, opens_us: int | None, ends_us: int | None) -> None:
    """The clock runs on these bounds from now on."""
    if opens_us != notice.opens_us or len(notice.versions) == 1:
        notice.opens_us = opens_us
        due.at(state, opens_us, "opens", notice.id)
    if ends_us != notice.ends_us or len(notice.versions) == 1:
        notice.ends_us = ends_us
        notice.ends_due = due.at(state, ends_us, "ends", notice.id)


def retire(state: HotlineState, notice: Notice, version: Version) -> None:
    """A version leaves the picture."""
    version.in_picture = False
    for volume in version.volumes:
        places.leave(state, volume)


def _leave_off(state: HotlineState, notice: Notice, version: Version) -> None:
    """Nobody more is looked for, or told, of a version that another has followed, or of a notice that is over."""
    version.to_tell.clear()
    for what in ("look", "tell"):
        item = Work(what, "notice", notice.id, version.number)
        state.work.pop(item, None)
        state.searches.pop(item, None)


def moved(state: HotlineState, event: e.NoticeMoved, content: bytes | None, entry: int, time_us: int) -> None:
    notice = state.notices[event.notice]
    notice.deviated = notice.deviated or event.deviated
    if event.state != notice.state and event.state in ("due", "active"):
        # The clock may end it from now on; but what its party says is begun after its window, its party alone ends.
        ends_us = notice.ends_us if event.event == "clock opens" or _after(notice.ends_us, time_us) else None
        notice.ends_due = due.at(state, ends_us, "ends", notice.id)
    _enter(notice, event.state, time_us)
    _lapses(state, notice, event.state, event.lapses)
    if event.state not in IN_PICTURE:
        for version in notice.versions:
            if version.in_picture:
                retire(state, notice, version)
            _leave_off(state, notice, version)
        state.placeless.pop(notice.id, None)
        state.parties[notice.giver].given.pop(notice.id, None)
        over = state.parties[notice.giver].over
        if notice.id not in over:
            over[notice.id] = None
            due.at(state, time_us + KEPT_US, "forget", notice.id, about="notice")
            beyond = len(over) - KEPT_MAX  # of these all but one were dealt with when they came
            if beyond > 0:
                due.at(state, time_us, "forget", next(islice(over, beyond - 1, None)), about="notice")


def _after(at_us: int | None, time_us: int) -> bool:
    return at_us is not None and at_us > time_us


def _lapses(state: HotlineState, notice: Notice, stands: str, lapses: int | UnsetType) -> None:
    if lapses is not UNSET:
        notice.linger_us = lapses
        due.at(state, lapses, "linger", notice.id)
    elif stands != "over_unconfirmed":
        notice.linger_us = None


def _enter(notice: Notice, stands: str, time_us: int) -> None:
    notice.state = stands
    if stands in IN_PICTURE:
        notice.over_us = None
    elif notice.over_us is None:
        notice.over_us = time_us


def told(state: HotlineState, event: e.NoticeTold, content: bytes | None, entry: int, time_us: int) -> None:
    notice = state.notices[event.notice]
    telling = Telling(
        entry, event.party, event.version, list(event.volumes), event.hash, event.read_back, tuple(event.stages),
        dict(event.deadlines), time_us, tuple([(each.cause, each.id) for each in event.why]))  # fmt: skip
    before = notice.tellings.setdefault(event.party, [])
    if event.read_back == "stands":
        former = next(each for each in reversed(before) if "UNDERSTOOD" in each.received)
        telling.read_back.state = former.read_back.state
        telling.received["UNDERSTOOD"] = former.received["UNDERSTOOD"]
        telling.how["UNDERSTOOD"] = f"read-back of version {former.version} stands"
    before.append(telling)
    state.parties[event.party].told[event.notice] = None
    version = notice.versions[event.version - 1]
    version.to_tell.pop(event.party, None)
    if not version.to_tell:
        state.work.pop(Work("tell", "notice", event.notice, event.version), None)
    for stage, at_us in event.deadlines.items():
        due.at(state, at_us, stage, event.notice, event.version, event.party, str(entry))


def terms_checked(state: HotlineState, event: e.TermsChecked, content: bytes | None, entry: int, time_us: int) -> None:
    party = "" if event.party is UNSET else event.party
    state.notices[event.notice].versions[event.version - 1].terms.append((event.agreement, party, event.rows))


def spoken_of(state: HotlineState, event: Any, content: bytes | None, entry: int, time_us: int) -> None:
    """Nothing changes but that the notice was spoken of."""
