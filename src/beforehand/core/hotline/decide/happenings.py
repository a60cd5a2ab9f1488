"""What happens to a notice: its giver says, or the clock does (the table `lifecycle.NOTICE`)."""

from __future__ import annotations

from msgspec import UNSET

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.decide.speaking import done, heard, not_there, refused, sent
from beforehand.core.hotline.lifecycle import NO_CHANGE, NOTICE, Refused
from beforehand.core.hotline.state import HotlineState, Notice
from beforehand.core.stamp import Decision, Stamp

_SECOND_US = 1_000_000


def move(state: HotlineState, command: c.MoveNotice, stamp: Stamp) -> Decision:
    """Begun, ended, broken off, all-clear, not flown or withdrawn."""
    notice = state.notices.get(command.notice)
    voice = heard(
        state,
        command,
        stamp,
        subject=f"notice/{command.notice}",
        version=None if notice is None else notice.current.number,
    )
    if isinstance(voice, Decision):
        return voice
    if notice is None or notice.giver != voice.party.code:
        return not_there("notice of yours", command.notice)
    # That something was done outside of what was declared is recorded in any state, and changes none.
    stands = _stands(notice, stamp.time_us)
    follows = NO_CHANGE if command.event == "deviated" else NOTICE[stands][command.event]
    if isinstance(follows, Refused):
        return refused(follows.reason, _WORDS[follows.reason].format(state=stands.replace("_", " ")))
    early = command.event == "begun" and stands == "given"
    deviated = command.deviated or early or command.event == "deviated"
    event = happening(state, notice, command.event, follows, stamp.time_us, deviated, command.at_us, voice.by)
    return Decision((event,), (sent(command),), done(state, stamp, notice.id, notice.current.number))


def _stands(notice: Notice, now_us: int) -> str:
    """The state that an act meets, by its stamp: what its giver says goes before what is due at the same time."""
    opened = notice.opens_us is not None and notice.opens_us <= now_us
    return "due" if notice.state == "given" and opened else notice.state


_WORDS = {
    "not_begun": "The notice is {state}: nothing was begun that could end. Say `withdraw` or `not-flown`, or `begin` first.",
    "window_open": "The notice is {state}: its window is open or was, so it can no longer be withdrawn. Say `not-flown`, "
    "`end` or `clear`.",
    "begun": "The notice is {state}, so it was flown. Say `break-off`, `end` or `clear`.",
    "over": "The notice is over ({state}). Give a new notice: a word on this one would reach nobody.",
}


def happening(
    state: HotlineState,
    notice: Notice,
    event: str,
    follows: str,
    now_us: int,
    deviated: bool = False,
    at_us: int | None = None,
    by: e.By | None = None,
) -> e.NoticeMoved:
    """The entry of what happened; where it leaves the notice over and unconfirmed, also when it lapses."""
    stands = follows if follows in NOTICE else notice.state
    lapses_us: int | None = None
    if stands == "over_unconfirmed" and notice.state != "over_unconfirmed":
        linger_s = max((state.agreements[each].terms.linger_s for each in notice.current.agreements), default=0)
        lapses_us = now_us + linger_s * _SECOND_US if linger_s else None
    return e.NoticeMoved(
        notice.id, event, stands, deviated, UNSET if at_us is None else at_us, UNSET if lapses_us is None else lapses_us,
        UNSET if by is None else by)  # fmt: skip
