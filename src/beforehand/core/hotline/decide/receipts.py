"""Receipts (H5): handed out, then four separate facts, each with its own time, role and signature if given."""

from __future__ import annotations

from msgspec import UNSET

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline import replies as r
from beforehand.core.hotline.decide.speaking import Voice, answered, done, heard, not_there, party_of, refused, sent
from beforehand.core.hotline.picture import hull, may_see_notice, newest, versions_told, windows
from beforehand.core.hotline.state import HotlineState, Notice, Telling
from beforehand.core.hotline.views import notice_view, row_of_notice
from beforehand.core.stamp import Decision, Stamp

#: Rows of one page of a list.
PAGE_MAX = 500


def addressed(
    state: HotlineState, command: c.Asked, stamp: Stamp, id_: str, *, person: bool = False, version: int | None = None
) -> tuple[Voice, Notice, Telling] | Decision:
    """Who speaks, the notice, and what was told last; the refusal of whoever was told nothing of it."""
    voice = heard(state, command, stamp, subject=f"notice/{id_}", person=person, version=version)
    if isinstance(voice, Decision):
        return voice
    notice = state.notices.get(id_)
    telling = None if notice is None else newest(notice, voice.party.code)
    if notice is None or telling is None:
        return not_there("notice told to you", id_)
    return voice, notice, telling


def fetch(state: HotlineState, command: c.FetchNotice, stamp: Stamp) -> Decision:
    """Hand a notice out. To an addressee: its part, and the entry that says so is written before it leaves (H5.1)."""
    party = party_of(state, command.by, stamp)
    if isinstance(party, Decision):
        return party
    notice = state.notices.get(command.notice)
    if notice is None or not may_see_notice(state, party.code, notice):
        return not_there("notice", command.notice)
    if notice.giver == party.code or party.code not in notice.tellings:
        numbers = [each for each in notice.versions if each.number == command.version] or [notice.current]
        return answered(r.Shown(notice_view(state, notice, party, stamp.time_us), numbers[0].entry))
    blind = reading_back(notice, party.code, command.by.person)
    if blind is not None:
        return blind
    tellings = notice.tellings[party.code]
    telling = next((each for each in reversed(tellings) if each.version == command.version), tellings[-1])
    events: list[e.Fact] = []
    person = UNSET if command.by.person is None else command.by.person
    if any(each.read_back.state == "open" for each in tellings):
        events.append(e.FetchedMeanwhile(notice.id, telling.version, party.code, person))
    handed_us = telling.handed_us
    if handed_us is None:
        events.append(e.HandedOut(notice.id, telling.version, party.code, person))
        handed_us = stamp.time_us
    view = notice_view(state, notice, party, stamp.time_us, handed={telling.handle: handed_us})
    return Decision(tuple(events), (), r.Shown(view, telling.handle, document=True))


def reading_back(notice: Notice, party: str, person: str | None) -> Decision | None:
    """The refusal of whoever reads a notice back just now: no door gives it to that person's sessions (H5.3)."""
    if person is None:
        return None
    for telling in notice.tellings.get(party, ()):
        if telling.read_back.state == "open" and telling.read_back.person == person:
            return refused(
                "blind",
                "You are reading this notice back, blind. It is shown again when you have answered, or in 5 minutes.",
            )
    return None


def list_all(state: HotlineState, command: c.ListNotices, stamp: Stamp) -> Decision:
    """Notices that one gave or was told of, by the entry that made them, a page at a time."""
    party = party_of(state, command.by, stamp)
    if isinstance(party, Decision):
        return party
    mine = {**party.given, **party.over, **party.told}
    if party.kind == "observer":
        mine |= {id_: None for id_, each in state.notices.items() if may_see_notice(state, party.code, each)}
    found = sorted((state.notices[id_] for id_ in mine), key=lambda each: each.handle)
    if command.live:
        found = [each for each in found if each.over_us is None]
    rest = [each for each in found if each.handle > command.after]
    page = rest[: min(command.limit, PAGE_MAX)]
    rows = [row_of_notice(state, each, party, command.by.person, stamp.time_us) for each in page]
    return answered(r.Shown({"notices": rows, "next": page[-1].handle if len(rest) > len(page) else None}))


def entries_of(state: HotlineState, command: c.EntriesOf, stamp: Stamp) -> Decision:
    """Which entries speak of a notice; what of them the caller may see is sifted when they are read."""
    party = party_of(state, command.by, stamp)
    if isinstance(party, Decision):
        return party
    notice = state.notices.get(command.notice)
    if notice is None or not may_see_notice(state, party.code, notice):
        return not_there("notice", command.notice)
    blind = reading_back(notice, party.code, command.by.person)
    if blind is not None:
        return blind
    codes = tuple(dict.fromkeys([notice.giver, *sorted(notice.tellings, key=lambda code: state.parties[code].handle)]))
    viewer = party.code if party.code in codes else "*"
    return answered(r.EntriesFound(tuple(notice.entries), codes, viewer))


def receive(state: HotlineState, command: c.Receive, stamp: Stamp) -> Decision:
    """DELIVERED, SEEN or DISSEMINATED. None of them follows from another, or from a read."""
    found = addressed(state, command, stamp, command.notice, person=command.stage == "SEEN")
    if isinstance(found, Decision):
        return found
    voice, notice, telling = found
    if command.version and command.version != telling.version:
        telling = next(
            (each for each in reversed(notice.tellings[voice.party.code]) if each.version == command.version), telling
        )
        if command.version != telling.version:
            return not_there("version of the notice told to you", str(command.version))
    if command.stage == "DELIVERED" and command.hash != telling.hash:
        event = e.HashDiffers(notice.id, telling.version, voice.party.code, command.hash, voice.by)
        no = refused(
            "hash_differs",
            "The hash is not that of what you were told: what you hold is something else. Fetch the notice again. "
            "This was recorded.",
        )
        return Decision((event,), (sent(command),), no.reply)
    if command.stage != "DELIVERED" and telling.handed_us is None:
        return refused("not_handed_out", "This version was not yet fetched by anybody of your party. Look at it first.")
    if command.stage != "DISSEMINATED" and command.stage in telling.received:
        return refused(
            "received_already", f"{command.stage} was recorded for this version already; it counts from then."
        )
    event_received = stage(state, notice, telling, command.stage, voice.by, command)
    return Decision((event_received,), (sent(command, command.words),), done(state, stamp, notice.id, telling.version))


def stage(
    state: HotlineState,
    notice: Notice,
    telling: Telling,
    name: str,
    by: e.By,
    command: c.Receive | None = None,
    how: str = "",
) -> e.Received:
    """The entry of one stage. SEEN names the versions that leave the picture with it, and what the clock runs on then."""
    retires: list[int] = []
    opens_us: int | None = None
    ends_us: int | None = None
    if name == "SEEN":
        kept = versions_told(notice, (telling.party, telling.version))
        retires = [
            each.number
            for each in notice.versions
            if each.in_picture and each.number not in kept and each is not notice.current
        ]
        left = [each for each in notice.versions if each.in_picture and each.number not in retires]
        opens_us, ends_us = hull(windows(left))
    moves = bool(retires)
    return e.Received(
        notice.id, telling.version, telling.party, name, by,
        how=how or (command.means if command and command.means else UNSET),
        coverage=command.coverage if command and command.coverage else UNSET,
        spread=command.spread if command and command.spread else UNSET,
        at=command.at_us if command and command.at_us is not None else UNSET,
        retires=retires if moves else UNSET,
        opens=opens_us if moves else UNSET,
        ends=ends_us if moves else UNSET)  # fmt: skip


def phrase_equal(state: HotlineState, command: c.SayPhraseEqual, stamp: Stamp) -> Decision:
    """Both ends found the check phrase equal, by voice: giver or addressee says so (H3.2)."""
    voice = heard(state, command, stamp, subject=f"notice/{command.notice}", person=True)
    if isinstance(voice, Decision):
        return voice
    notice = state.notices.get(command.notice)
    if notice is None or not may_see_notice(state, voice.party.code, notice):
        return not_there("notice", command.notice)
    addressee = command.party if voice.party.code == notice.giver else voice.party.code
    telling = newest(notice, addressee)
    if telling is None:
        return not_there("addressee of the notice", addressee)
    at_us = stamp.time_us if command.at_us is None else command.at_us
    event = e.PhraseEqual(notice.id, telling.version, addressee, command.other_role, at_us, voice.by)
    return Decision((event,), (sent(command),), done(state, stamp, notice.id, telling.version))


def usable_warning_us(notice: Notice, telling: Telling, at_us: int) -> int | None:
    """Window minus the moment of understanding, over the volumes that the addressee was told (H4.2)."""
    version = next(each for each in notice.versions if each.number == telling.version)
    starts = [each.start_us for each in version.volumes if each.number in telling.volumes]
    known = [each for each in starts if each is not None]
    return min(known) - at_us if known else None
