"""Objections, requests for delay, questions, and the giver's answers (H4.12, H5.5). None of them stops anything by itself."""

from __future__ import annotations

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.decide.drawing import new_id
from beforehand.core.hotline.decide.receipts import addressed
from beforehand.core.hotline.decide.speaking import done, heard, not_there, refused, sent
from beforehand.core.hotline.lifecycle import OBJECTION, Refused
from beforehand.core.hotline.state import HotlineState
from beforehand.core.stamp import Decision, Stamp

_SECOND_US = 1_000_000
#: Objections to one notice.
OBJECTIONS_MAX = 1_000


def object_(state: HotlineState, command: c.Object, stamp: Stamp) -> Decision:
    """Raise one; the giver's answer is due when an agreement says so."""
    found = addressed(state, command, stamp, command.notice)
    if isinstance(found, Decision):
        return found
    voice, notice, telling = found
    if len(notice.objections) >= OBJECTIONS_MAX:
        return refused("quota", f"There are {OBJECTIONS_MAX} objections to this notice. Call its giver.")
    within = [
        state.agreements[each].terms.deadlines.answer_s
        for each in notice.current.agreements
        if voice.party.code in state.agreements[each].parties
    ]
    soonest = min((each for each in within if each), default=0)
    deadline_us = stamp.time_us + soonest * _SECOND_US if soonest else None
    id_ = new_id(stamp)
    event = e.Objected(notice.id, telling.version, id_, voice.party.code, command.kind, deadline_us, voice.by)
    return Decision((event,), (sent(command, command.words),), done(state, stamp, id_, telling.version))


def answer(state: HotlineState, command: c.AnswerObjection, stamp: Stamp) -> Decision:
    """The giver's answer. It says what is done, and does nothing: who withdraws or amends does so as well."""
    voice = heard(state, command, stamp, subject=f"notice/{command.notice}", person=True)
    if isinstance(voice, Decision):
        return voice
    notice = state.notices.get(command.notice)
    if notice is None or notice.giver != voice.party.code:
        return not_there("notice of yours", command.notice)
    objection = notice.objections.get(command.objection)
    if objection is None:
        return not_there("objection", command.objection)
    follows = OBJECTION[objection.state]["answered"]
    if isinstance(follows, Refused):
        return refused(follows.reason, "This was answered already.")
    event = e.ObjectionAnswered(notice.id, objection.id, objection.party, command.answer, voice.by)
    return Decision((event,), (sent(command, command.words),), done(state, stamp, objection.id, objection.version))
