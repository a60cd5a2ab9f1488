"""Blind read-back (H5.3): opened here, answered within five minutes, every try kept; then the question after it."""

from __future__ import annotations

from collections.abc import Sequence

from beforehand.airspace.agreeing import area_agrees
from beforehand.airspace.volume import Outline, Volume
from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.decide import terms
from beforehand.core.hotline.decide.answering import opened, result
from beforehand.core.hotline.decide.receipts import addressed, stage, usable_warning_us
from beforehand.core.hotline.decide.speaking import done, heard, not_there, refused, sent
from beforehand.core.hotline.decide.telling import volumes_asked
from beforehand.core.hotline.lifecycle import READ_BACK, Refused
from beforehand.core.hotline.picture import hull, newest
from beforehand.core.hotline.state import HotlineState, Notice, Telling
from beforehand.core.hotline.terms import Tolerances
from beforehand.core.stamp import Decision, Stamp

#: From opening to result (H5.3).
READ_BACK_US = 300_000_000
#: After so many wrong ones both officers are asked onto a call.
WRONG_BEFORE_CALL = 2
_SECOND_US = 1_000_000


_NO = {
    "read_back_open": "A read-back of this notice is open already; answer it, or wait until it lapses.",
    "no_read_back_open": "No read-back of yours is open for this notice. Open one first.",
    "understood_already": "This version was understood already; there is nothing to read back.",
    "not_understood": "The read-back comes first, then this question.",
}


def open_(state: HotlineState, command: c.OpenReadBack, stamp: Stamp) -> Decision:
    """Begin to read back: from now on no door gives the notice to this person."""
    found = addressed(state, command, stamp, command.notice, person=True)
    if isinstance(found, Decision):
        return found
    voice, notice, telling = found
    follows = READ_BACK[telling.read_back.state]["opened"]
    if isinstance(follows, Refused):
        return refused(follows.reason, _NO[follows.reason])
    if telling.handed_us is None:
        return refused("not_handed_out", "This version was not yet fetched by anybody of your party. Look at it first.")
    assert voice.person is not None
    until_us = stamp.time_us + READ_BACK_US
    numbers = _numbers(state, notice, telling)
    event = e.ReadBackOpened(
        notice.id, telling.version, telling.party, voice.person, until_us, telling.asked, numbers, voice.by
    )
    reply = opened(event, state.next_entry, stamp.time_us)
    return Decision((event,), (sent(command),), reply)


def answer(state: HotlineState, command: c.AnswerReadBack, stamp: Stamp) -> Decision:
    """Compare what was read back with what was told; by voice, what the giver heard is entered by the giver."""
    by_voice = bool(command.party)
    if by_voice:
        voice = heard(state, command, stamp, subject=f"notice/{command.notice}", person=True)
        if isinstance(voice, Decision):
            return voice
        notice = state.notices.get(command.notice)
        if notice is None or notice.giver != voice.party.code:
            return not_there("notice of yours", command.notice)
        telling = newest(notice, command.party)
        if telling is None:
            return not_there("addressee of the notice", command.party)
        if telling.read_back.state in ("understood", "answered"):
            return refused("understood_already", _NO["understood_already"])
    else:
        found = addressed(state, command, stamp, command.notice, person=True)
        if isinstance(found, Decision):
            return found
        voice, notice, telling = found
        mine = telling.read_back.state == "open" and telling.read_back.person == voice.person
        if not mine or telling.read_back.until_us < stamp.time_us:
            return refused("no_read_back_open", _NO["no_read_back_open"])
    numbers = _numbers(state, notice, telling)
    if len(command.values) not in (1, len(numbers)):
        return refused(
            "wrong_number_of_volumes",
            f"values has {len(command.values)} rows: give one for the whole, or one for each volume asked for, in their order.",
        )
    wrong = _wrong(state, notice, telling, numbers, command.values)
    number = telling.read_back.tries + 1
    call = bool(wrong) and telling.read_back.wrong + 1 == WRONG_BEFORE_CALL
    tried = e.ReadBackTried(
        notice.id, telling.version, telling.party, number, telling.asked, wrong, voice.by, by_voice, call
    )
    events: list[e.Fact] = [tried]
    if wrong:
        if call:
            events.append(e.CallAsked(notice.id, telling.version, notice.giver, telling.party))
    else:
        how = "by voice" if by_voice else "times" if telling.asked == "times" else "blind"
        events.append(stage(state, notice, telling, "UNDERSTOOD", voice.by, how=how))
        events += _usable(state, notice, telling, stamp.time_us)
    reply = result(tried, state.next_entry, stamp.time_us)
    return Decision(tuple(events), (sent(command, command.words), *(None for _ in events[1:])), reply)


def _usable(state: HotlineState, notice: Notice, telling: Telling, now_us: int) -> list[e.TermsChecked]:
    usable_us = usable_warning_us(notice, telling, now_us)
    checks = []
    version = next(each for each in notice.versions if each.number == telling.version)
    for id_ in version.agreements:
        agreement = state.agreements[id_]
        row = terms.usable(agreement, notice.category, usable_us)
        if row is not None and telling.party in agreement.parties and terms.applies(agreement, version.volumes):
            checks.append(
                e.TermsChecked(notice.id, version.number, id_, [row], [notice.giver, telling.party], telling.party)
            )
    return checks


def who_of_ours(state: HotlineState, command: c.SayWhoOfOurs, stamp: Stamp) -> Decision:
    """The question after it: the answer is the addressee's own, the giver sees that there is one."""
    found = addressed(state, command, stamp, command.notice, person=True)
    if isinstance(found, Decision):
        return found
    voice, notice, telling = found
    follows = READ_BACK[telling.read_back.state]["who of ours"]
    if isinstance(follows, Refused):
        return refused(follows.reason, _NO[follows.reason])
    said = e.WhoOfOursSaid(notice.id, telling.version, telling.party, command.answer, voice.by)
    seen = e.WhoOfOursAnswered(notice.id, telling.version, telling.party)
    return Decision((said, seen), (sent(command), None), done(state, stamp, notice.id, telling.version))


def _exact(state: HotlineState, notice: Notice, version: int) -> Sequence[Volume]:
    bodies = state.shapes.get((notice.id, version), ())
    return [each for each in bodies if isinstance(each, Volume)]


def _numbers(state: HotlineState, notice: Notice, telling: Telling) -> list[int]:
    """Which volumes are to be read back."""
    before = None
    for each in notice.tellings[telling.party]:
        if each.read_back.state in ("understood", "answered") and each is not telling:
            old = _exact(state, notice, each.version)
            before = [old[n - 1] for n in each.volumes if n <= len(old)]
    return volumes_asked(telling.asked, telling.volumes, _exact(state, notice, telling.version), before)


def tolerances(state: HotlineState, notice: Notice, party: str) -> Tolerances:
    """The tightest that the agreements of giver and addressee name; the defaults where there is none."""
    found = [
        state.agreements[each].terms.tolerances
        for each in notice.current.agreements
        if party in state.agreements[each].parties
    ]
    if not found:
        return Tolerances()
    return Tolerances(
        min(each.area_mm for each in found), min(each.altitude_mm for each in found), min(each.time_s for each in found)
    )


def _wrong(
    state: HotlineState, notice: Notice, telling: Telling, numbers: list[int], values: Sequence[c.ReadBackValues]
) -> list[str]:
    """Which of area, band and times was wrong, in that order."""
    within = tolerances(state, notice, telling.party)
    exact = _exact(state, notice, telling.version)
    told = [exact[n - 1] for n in numbers if n <= len(exact)]
    if len(values) == len(told):
        rows = [([volume], value) for volume, value in zip(told, values, strict=True)]
    else:
        rows = [(told, values[0])]
    wrong = dict.fromkeys(("area", "band", "times"), False)
    for volumes, value in rows:
        outlines = [each.outline for each in volumes if each.outline is not None]
        wrong["area"] |= not _area_right(outlines, value.outline, within.area_mm)
        lower, upper = _band(volumes)
        low = any(_near(lower, said, within.altitude_mm) for said in (value.lower_mm, *value.lower_or))
        high = any(_near(upper, said, within.altitude_mm) for said in (value.upper_mm, *value.upper_or))
        wrong["band"] |= not (low and high)
        start, end = hull([(each.start_us, each.end_us) for each in volumes])
        slack_us = within.time_s * _SECOND_US
        wrong["times"] |= not (_near(start, value.start_us, slack_us) and _near(end, value.end_us, slack_us))
    if telling.asked == "times":
        wrong["area"] = wrong["band"] = False
    return [name for name, is_wrong in wrong.items() if is_wrong]


def _area_right(told: list[Outline], said: Outline | None, within_mm: int) -> bool:
    if not told or said is None:
        return not told and said is None
    return area_agrees(told, said, within_mm)


def _band(volumes: Sequence[Volume]) -> tuple[int | None, int | None]:
    """The band of several volumes: unbounded where one is."""
    lowers = [each.lower_mm for each in volumes if each.lower_mm is not None]
    uppers = [each.upper_mm for each in volumes if each.upper_mm is not None]
    return (
        min(lowers, default=None) if len(lowers) == len(volumes) else None,
        max(uppers, default=None) if len(uppers) == len(volumes) else None,
    )


def _near(told: int | None, said: int | None, within: int) -> bool:
    if told is None or said is None:
        return told is said
    return abs(told - said) <= within
