"""What falls due (H4, H5.6, H7.2): deadlines from the heap that fold keeps, each fired once, as an entry."""

from __future__ import annotations

from heapq import heappop

from msgspec import UNSET

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.decide.agreements import by_clock
from beforehand.core.hotline.decide.happenings import happening
from beforehand.core.hotline.lifecycle import NO_CHANGE, NOTICE, OBJECTION, Refused
from beforehand.core.hotline.picture import newest
from beforehand.core.hotline.state import Deadline, HotlineState, Notice, Telling
from beforehand.core.hotline.words import SENIOR, STAGES
from beforehand.core.stamp import Decision, Stamp

#: Columns of the lifecycle that the clock brings.
_CLOCK = {"opens": "clock opens", "ends": "clock ends", "linger": "linger"}
_AGREEMENT = {"agreement starts": "clock starts", "agreement ends": "clock ends"}


def next_due(state: HotlineState) -> int | None:
    """When something is due next (µs), or None. What has become moot is dropped from the heap."""
    heap = state.deadlines
    while heap and not _stands(state, heap[0]):
        heappop(heap)
    return heap[0].time_us if heap else None


def due(state: HotlineState, now_us: int, limit: int) -> list[c.DoDue]:
    """What has passed, earliest first; one at a time, since each may make the next moot."""
    at = next_due(state)
    if at is None or at > now_us or limit < 1:
        return []
    first = state.deadlines[0]
    return [c.DoDue(first.what, first.id, first.version, first.party, first.about, first.time_us)]


def _stands(state: HotlineState, deadline: Deadline) -> bool:
    """Whether a deadline still means something: the same as whether `fire` makes an entry."""
    if deadline.what in _AGREEMENT:
        agreement = state.agreements[deadline.id]
        if deadline.what == "agreement ends" and agreement.end_us != deadline.time_us:
            return False
        return by_clock(agreement, _AGREEMENT[deadline.what]) is not None
    if deadline.what == "forget":
        if deadline.about == "notice":
            return deadline.id in state.notices
        return deadline.id in (state.zones if deadline.about == "zone" else state.movements)
    notice = state.notices.get(deadline.id)
    if notice is None:
        return False
    if deadline.what in _CLOCK:
        if deadline.what == "ends":
            meant = notice.ends_due == deadline.number
        else:
            meant = deadline.time_us == (notice.opens_us if deadline.what == "opens" else notice.linger_us)
        follows = NOTICE[notice.state][_CLOCK[deadline.what]]
        return meant and follows != NO_CHANGE and not isinstance(follows, Refused)
    if deadline.what == "answer":
        objection = notice.objections[deadline.about]
        return notice.over_us is None and OBJECTION[objection.state]["deadline"] == "overdue"
    if deadline.what == "relay":
        named_by, _, nonparty = deadline.about.partition("/")
        relay = notice.relays[named_by, nonparty]
        return (
            notice.over_us is None
            and relay.version == deadline.version
            and relay.done_us is None
            and relay.missed_us is None
            and relay.deadline_us == deadline.time_us
        )
    telling = _telling(notice, deadline)
    if telling is None:
        return False
    if deadline.what == "read-back":
        return telling.read_back.state == "open" and telling.read_back.until_us == deadline.time_us
    return (
        notice.over_us is None
        and telling is newest(notice, deadline.party)
        and deadline.what not in telling.received
        and deadline.what not in telling.missed
        and telling.deadlines.get(deadline.what) == deadline.time_us
    )


def _telling(notice: Notice, deadline: Deadline) -> Telling | None:
    for each in reversed(notice.tellings.get(deadline.party, ())):
        if each.version == deadline.version and str(each.handle) == deadline.about:
            return each
    return None


def fire(state: HotlineState, command: c.DoDue, stamp: Stamp) -> Decision:
    """The entry of a deadline that has passed."""
    if command.what in _AGREEMENT:
        moved = by_clock(state.agreements[command.id], _AGREEMENT[command.what])
        assert moved is not None
        return Decision((moved,), (None,), None)
    if command.what == "forget":
        return Decision((e.Forgotten(command.about, command.id),), (None,), None)
    notice = state.notices[command.id]
    if command.what in _CLOCK:
        event = _CLOCK[command.what]
        follows = NOTICE[notice.state][event]
        assert isinstance(follows, str)
        return Decision((happening(state, notice, event, follows, stamp.time_us),), (None,), None)
    if command.what == "read-back":
        telling = _telling(
            notice,
            Deadline(command.time_us, 0, command.what, command.id, command.version, command.party, command.about),
        )
        assert telling is not None
        lapsed = e.ReadBackLapsed(notice.id, telling.version, telling.party, telling.read_back.person)
        return Decision((lapsed,), (None,), None)
    return Decision((_missed(state, notice, command, stamp),), (None,), None)


def _missed(state: HotlineState, notice: Notice, command: c.DoDue, stamp: Stamp) -> e.DeadlineMissed:
    """It goes to the next role, and is on both consoles; with what the giver undertook for this silence (H7.1)."""
    if command.what == "relay":
        named_by, _, nonparty = command.about.partition("/")
        relay = notice.relays[named_by, nonparty]
        assert relay.party is not None
        party, to = relay.party, list(dict.fromkeys([relay.party, *relay.to]))
    elif command.what == "answer":
        party, to = notice.giver, [notice.giver, notice.objections[command.about].party]
    else:
        party, to = command.party, [command.party, notice.giver]
    away = next((each for each in state.away if each[0] < command.time_us <= each[1]), None)
    return e.DeadlineMissed(
        command.what, notice.id, command.version, party, to, command.time_us, stamp.time_us, SENIOR,
        command.about if command.what in ("relay", "answer") else UNSET,
        _undertaking(state, notice, command) or UNSET, UNSET if away is None else away)  # fmt: skip


def _undertaking(state: HotlineState, notice: Notice, command: c.DoDue) -> str:
    """What the giver undertook: the more careful, where several agreements say something."""
    if command.what not in STAGES or command.what == "DISSEMINATED":
        return ""
    telling = newest(notice, command.party)
    delivered = telling is not None and ("DELIVERED" in telling.received or "SEEN" in telling.received)
    said = []
    for id_ in notice.current.agreements:
        agreement = state.agreements[id_]
        if command.party in agreement.parties:
            silence = agreement.terms.silence
            said.append(silence.delivered_not_seen if delivered else silence.not_delivered)
    said = [each for each in said if each]
    if not said:
        return ""
    return "will hold until answered" if "will hold until answered" in said else said[0]
