"""Receipts, read-backs, objections, and deadlines that passed."""

from __future__ import annotations

from msgspec import UNSET

from beforehand.core.hotline import events as e
from beforehand.core.hotline.fold import due
from beforehand.core.hotline.fold.notices import clock, retire
from beforehand.core.hotline.state import HotlineState, Objection, Telling


def _telling(state: HotlineState, notice: str, party: str, version: int) -> Telling:
    """The latest telling of a version."""
    for each in reversed(state.notices[notice].tellings[party]):
        if each.version == version:
            return each
    raise LookupError(f"nothing was told to {party} of version {version}")


def handed_out(state: HotlineState, event: e.HandedOut, content: bytes | None, entry: int, time_us: int) -> None:
    _telling(state, event.notice, event.party, event.version).handed_us = time_us


def received(state: HotlineState, event: e.Received, content: bytes | None, entry: int, time_us: int) -> None:
    notice = state.notices[event.notice]
    telling = _telling(state, event.notice, event.party, event.version)
    telling.received.setdefault(event.stage, time_us)
    if event.stage == "DISSEMINATED":
        telling.how[event.stage] = " ".join(
            each for each in (event.coverage, event.how, event.spread) if each is not UNSET
        )
    elif event.how is not UNSET:
        telling.how[event.stage] = event.how
    if event.stage == "UNDERSTOOD":
        telling.read_back.state = "understood"
    if event.retires is not UNSET:
        for number in event.retires:
            retire(state, notice, notice.versions[number - 1])
        opens = None if event.opens is UNSET else event.opens
        ends = None if event.ends is UNSET else event.ends
        clock(state, notice, opens, ends)


def read_back_opened(
    state: HotlineState, event: e.ReadBackOpened, content: bytes | None, entry: int, time_us: int
) -> None:
    telling = _telling(state, event.notice, event.party, event.version)
    back = telling.read_back
    back.state, back.person, back.until_us, back.asked = "open", event.person, event.until, event.asked
    due.at(state, event.until, "read-back", event.notice, event.version, event.party, str(telling.handle))


def read_back_tried(
    state: HotlineState, event: e.ReadBackTried, content: bytes | None, entry: int, time_us: int
) -> None:
    back = _telling(state, event.notice, event.party, event.version).read_back
    back.tries = event.number
    if event.wrong:
        back.wrong += 1
    if not event.by_voice:
        back.state = "closed"


def read_back_lapsed(
    state: HotlineState, event: e.ReadBackLapsed, content: bytes | None, entry: int, time_us: int
) -> None:
    # Meanwhile it may have been told more of the same version: the one that is open lapses.
    for telling in state.notices[event.notice].tellings[event.party]:
        if telling.version == event.version and telling.read_back.state == "open":
            telling.read_back.state = "closed"


def who_of_ours_said(
    state: HotlineState, event: e.WhoOfOursSaid, content: bytes | None, entry: int, time_us: int
) -> None:
    _telling(state, event.notice, event.party, event.version).read_back.state = "answered"


def objected(state: HotlineState, event: e.Objected, content: bytes | None, entry: int, time_us: int) -> None:
    notice = state.notices[event.notice]
    notice.objections[event.objection] = Objection(
        event.objection, entry, event.version, event.party, event.kind, event.deadline
    )
    due.at(state, event.deadline, "answer", event.notice, event.version, event.party, event.objection)


def objection_answered(
    state: HotlineState, event: e.ObjectionAnswered, content: bytes | None, entry: int, time_us: int
) -> None:
    objection = state.notices[event.notice].objections[event.objection]
    objection.state, objection.answer = "answered", event.answer
    objection.answer_entry = entry


def deadline_missed(
    state: HotlineState, event: e.DeadlineMissed, content: bytes | None, entry: int, time_us: int
) -> None:
    notice = state.notices[event.notice]
    if event.what == "answer":
        assert event.about is not UNSET
        notice.objections[event.about].state = "overdue"
    elif event.what == "relay":
        assert event.about is not UNSET
        named_by, _, nonparty = event.about.partition("/")
        notice.relays[named_by, nonparty].missed_us = time_us
    else:
        _telling(state, event.notice, event.party, event.version).missed[event.what] = time_us
