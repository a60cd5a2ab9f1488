"""Notices given and changed (H4.1 to H4.5, H4.10): in one act, at once, and never refused for ignorance."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET, UnsetType
from msgspec.json import decode

from beforehand.airspace.cells import tokens
from beforehand.airspace.volume import Volume
from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.contents import NoticeContent, encode
from beforehand.core.hotline.decide import terms
from beforehand.core.hotline.decide.agreements import binding
from beforehand.core.hotline.decide.drawing import new_id
from beforehand.core.hotline.decide.relays import bound_relays
from beforehand.core.hotline.decide.speaking import Voice, done, heard, not_there, refused
from beforehand.core.hotline.decide.telling import Facing, Part, tell
from beforehand.core.hotline.decide.versions import kind_of
from beforehand.core.hotline.lifecycle import IN_PICTURE, NOTICE, Refused
from beforehand.core.hotline.picture import hull, newest, versions_told, windows
from beforehand.core.hotline.state import (
    LIVE_NOTICES_MAX,
    SHOWN_MAX,
    VERSIONS_MAX,
    Agreement,
    HotlineState,
    Notice,
    Party,
    VolumeState,
)
from beforehand.core.hotline.words import ANNOUNCED
from beforehand.core.stamp import Decision, Stamp


def give(state: HotlineState, command: c.GiveNotice, stamp: Stamp) -> Decision:
    """Give a notice: who an agreement names is told in the same act, whom geometry concerns at once after it."""
    voice = heard(state, command, stamp, subject="notice", version=1)
    if isinstance(voice, Decision):
        return voice
    no = fit(command.category, command.emergency, command.volumes, command.marks)
    if no is not None:
        return no
    if len(voice.party.given) >= LIVE_NOTICES_MAX:
        return refused(
            "quota", f"Your party has {LIVE_NOTICES_MAX} live notices, and can have no more. End what is over."
        )
    return _version(state, command, stamp, voice, None, new_id(stamp), command.category)


def change(state: HotlineState, command: c.ChangeNotice, stamp: Stamp) -> Decision:
    """A new version, whole."""
    found = _own(state, command, stamp, command.notice)
    if isinstance(found, Decision):
        return found
    voice, notice = found
    no = fit(notice.category, command.emergency, command.volumes, command.marks)
    if no is not None:
        return no
    return _version(state, command, stamp, voice, notice, notice.id, notice.category)


def shift(state: HotlineState, command: c.ShiftNotice, stamp: Stamp) -> Decision:
    """A new version with all windows moved, or their ends alone. Its exact shapes must still be held."""
    found = _own(state, command, stamp, command.notice)
    if isinstance(found, Decision):
        return found
    voice, notice = found
    bodies = state.shapes.get((notice.id, notice.current.number))
    if bodies is None:
        return not_there("exact shape of notice", notice.id)
    volumes = []
    for held, body in zip(notice.current.volumes, bodies, strict=True):
        assert isinstance(body, Volume)
        start_us = held.start_us if command.end_only or held.start_us is None else held.start_us + command.by_us
        end_us = None if held.end_us is None else held.end_us + command.by_us
        if start_us is not None and end_us is not None and end_us < start_us:
            return refused(
                "contradictory", "The window would end before it starts. Give a new version, or say that it has ended."
            )
        volumes.append(
            c.GivenVolume(body.outline, held.cells, held.lower_mm, held.upper_mm, start_us, end_us, held.km2)
        )
    words = decode(command.carried) if command.carried else {}
    if command.words:
        words["text"] = command.words
    # What was asked or said of its place and heights holds on; a contradiction above all.
    marks = tuple(c.GivenMark(*each) for each in notice.current.marks)
    whole = c.ChangeNotice(
        command.by, notice.id, notice.current.emergency, tuple(volumes), marks, encode(words).decode()
    )
    return _version(state, whole, stamp, voice, notice, notice.id, notice.category)


def _own(
    state: HotlineState, command: c.ChangeNotice | c.ShiftNotice, stamp: Stamp, id_: str
) -> tuple[Voice, Notice] | Decision:
    """The giver and its notice. Others learn no more than that there is none of theirs."""
    notice = state.notices.get(id_)
    version = None if notice is None else notice.current.number + 1
    voice = heard(state, command, stamp, subject=f"notice/{id_}", version=version)
    if isinstance(voice, Decision):
        return voice
    if notice is None or notice.giver != voice.party.code:
        return not_there("notice of yours", id_)
    if len(notice.versions) >= VERSIONS_MAX:
        return refused("quota", f"This notice has {VERSIONS_MAX} versions, and can have no more. Give a new one.")
    return voice, notice


def fit(
    category: str, emergency: bool, volumes: Sequence[c.GivenVolume], marks: Sequence[c.GivenMark]
) -> Decision | None:
    """The refusal of what is no notice yet (H4.1, H4.4), or None."""
    for at, volume in enumerate(volumes):
        if (volume.start_us is None or volume.end_us is None) and category != ANNOUNCED:
            return refused(
                "when_missing",
                f"volumes[{at}] needs `from` and `to`. Only an announced operation may leave them out until they are known.",
            )
    contradictions = [mark for mark in marks if mark.rule == "H4.4"]
    if contradictions and not emergency:
        listed = ", ".join(f"volumes[{mark.volume - 1}] {mark.kind}" for mark in contradictions)
        return refused(
            "contradictory",
            f"The notice contradicts itself: {listed}. Mend it, or give it with `emergency` and it goes out as it stands.",
        )
    return None


def _version(
    state: HotlineState,
    command: c.GiveNotice | c.ChangeNotice,
    stamp: Stamp,
    voice: Voice,
    notice: Notice | None,
    id_: str,
    category: str,
) -> Decision:
    now_us = stamp.time_us
    number = 1 if notice is None else notice.current.number + 1
    exact = tuple(
        Volume(each.outline, each.lower_mm, each.upper_mm, each.start_us, each.end_us) for each in command.volumes
    )
    held = [
        VolumeState(at, each.cells, each.lower_mm, each.upper_mm, each.start_us, each.end_us, each.km2)
        for at, each in enumerate(command.volumes, 1)
    ]
    opens_us, ends_us = hull([(each.start_us, each.end_us) for each in held])
    lead_us = None if opens_us is None else opens_us - now_us
    agreements = binding(state, voice.party)
    if notice is None:
        kind, stands, retires = "first", by_clock(stamp, opens_us, ends_us), []
    else:
        kind = kind_of(exact, state.shapes.get((id_, notice.current.number), ()))
        later = kind != "inside" and ends_us is not None and (notice.ends_us is None or ends_us > notice.ends_us)
        follows = NOTICE[notice.state][f"{kind} later" if later else kind]
        if isinstance(follows, Refused):
            return refused(
                follows.reason,
                f"This notice is over ({notice.state.replace('_', ' ')}): a version of it would reach nobody. "
                "Give a new notice.",
            )
        stands = follows if follows in NOTICE else notice.state
        held_by_some = versions_told(notice)
        retires = [each.number for each in notice.versions if each.in_picture and each.number not in held_by_some]
        kept = [each for each in notice.versions if each.in_picture and each.number in held_by_some]
        opens_us, ends_us = hull([*windows(kept), *((each.start_us, each.end_us) for each in held)])
    aware, unaware = _shown(state, voice.party)
    marks = [
        e.Mark(each.rule, each.kind, each.volume, UNSET if each.distance is None else each.distance)
        for each in command.marks
    ]
    words = _words(command.words)
    content = NoticeContent(words, exact, command.by.bytes_as_sent, command.by.signature)
    given = e.NoticeGiven(
        id_, number, voice.party.code, category, command.emergency, [_fact(each) for each in held], kind, stands, opens_us,
        ends_us, lead_us, marks, aware, unaware, [each.id for each in agreements], retires, voice.by,
        stamp.uncertain_us or UNSET, _lapses(agreements, stands, notice, now_us))  # fmt: skip
    events: list[e.Fact] = [given]
    contents: list[bytes | None] = [encode(content)]
    parts = named(state, voice.party, agreements, category, held, notice)
    hearing = {each.party for each in parts}
    for agreement in agreements:
        rows = terms.check(agreement, category, command.emergency, lead_us, held)
        to = [code for code in agreement.parties if code == voice.party.code or code in hearing]
        events.append(e.TermsChecked(id_, number, agreement.id, rows, to))
        contents.append(None)
    facing = Facing(
        id_, number, voice.party.code, category, command.emergency, kind, now_us, marks, content, agreements, notice
    )
    told, documents = tell(state, stamp, facing, parts)
    events += told
    contents += documents
    needed = bound_relays(
        state, agreements, id_, number, category, held, voice.party.code, [each.party for each in parts], now_us
    )
    events += needed
    contents += [None for _ in needed]
    return Decision(tuple(events), tuple(contents), done(state, stamp, id_, number))


def _lapses(agreements: Sequence[Agreement], stands: str, notice: Notice | None, now_us: int) -> int | UnsetType:
    """When a notice that was over as it was given lapses."""
    linger_s = max((each.terms.linger_s for each in agreements), default=0)
    if stands != "over_unconfirmed" or notice is not None or not linger_s:
        return UNSET
    return now_us + linger_s * 1_000_000


def by_clock(stamp: Stamp, opens_us: int | None, ends_us: int | None) -> str:
    """The state that a window says; whether it is over is judged by the earliest that it may be now."""
    if opens_us is None or stamp.time_us < opens_us:
        return "given"
    if ends_us is None or stamp.time_us - stamp.uncertain_us <= ends_us:
        return "due"
    return "over_unconfirmed"


def _shown(state: HotlineState, party: Party) -> tuple[e.Unshown, e.Unshown]:
    """What its giver had been shown of others' live notices, and what was told to it but not shown (H4.1)."""
    aware: list[tuple[str, int]] = []
    unaware: list[tuple[str, int]] = []
    for id_ in party.told:
        notice = state.notices[id_]
        if notice.state not in IN_PICTURE:
            continue
        telling = newest(notice, party.code)
        assert telling is not None
        (unaware if telling.handed_us is None else aware).append((id_, telling.version))
    return e.Unshown(aware[:SHOWN_MAX], len(aware)), e.Unshown(unaware[:SHOWN_MAX], len(unaware))


def named(
    state: HotlineState,
    giver: Party,
    agreements: Sequence[Agreement],
    category: str,
    volumes: list[VolumeState],
    notice: Notice | None,
) -> list[Part]:
    """Who is told whatever the geometry says: whom agreements name, and who was told of a former version (H4.7, H4.10).

    Where a place is known in words alone, it may concern every party of an agreement.
    """
    whys: dict[str, list[tuple[str, str]]] = {}
    placeless = any(not each.cells for each in volumes)
    for agreement in agreements:
        if not terms.applies(agreement, volumes):
            continue
        covered = agreement.terms.covers(category)
        named = agreement.terms.told_of(category) if covered else []
        relaying = {each.party: each.nonparty for each in agreement.terms.relays} if covered else {}
        for code in agreement.parties:
            if code == giver.code:
                continue
            if code in named:
                whys.setdefault(code, []).append(("agreement", agreement.id))
            elif code in relaying:
                whys.setdefault(code, []).append(("relays", relaying[code]))
            elif placeless:
                whys.setdefault(code, []).append(("place in words alone", agreement.id))
    numbers = [each.number for each in volumes]
    parts = {code: Part(code, numbers, why) for code, why in whys.items()}
    if notice is not None:
        for code, tellings in notice.tellings.items():
            before = tellings[-1]
            if code not in parts:
                same = [number for number in before.volumes if number in numbers]
                parts[code] = Part(code, same, [("told before", f"version {before.version}")])
    return sorted(parts.values(), key=lambda part: state.parties[part.party].handle)


def _fact(volume: VolumeState) -> e.VolumeFact:
    return e.VolumeFact(
        volume.number,
        tokens(volume.cells),
        volume.lower_mm,
        volume.upper_mm,
        volume.start_us,
        volume.end_us,
        volume.km2,
    )


def _words(text: str) -> dict[str, object]:
    words: dict[str, object] = decode(text) if text else {}
    return words
