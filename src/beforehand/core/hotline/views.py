"""What parties are shown, ready for JSON: times in RFC 3339 (UTC), lengths of time in words. Only what the viewer may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, Struct

from beforehand.airspace.encounter import Body
from beforehand.airspace.volume import Volume
from beforehand.core.hotline import events as e
from beforehand.core.hotline.codes import pair
from beforehand.core.hotline.instants import day, instant, span
from beforehand.core.hotline.phrase import day_value, phrase
from beforehand.core.hotline.picture import may_see, newest, observes, seen_version
from beforehand.core.hotline.state import (
    Agreement,
    HotlineState,
    Movement,
    Notice,
    Objection,
    Party,
    RelayState,
    Telling,
    Version,
    Zone,
)

UNSIGNED = "unsigned, by the node's word"


class TermView(Struct, frozen=True, omit_defaults=True):
    """One term: `met`, `not met` (`by` how much) or `cannot be judged` (`why`)."""

    term: str
    value: str
    by: str | None = None
    why: str | None = None


class TermsView(Struct, frozen=True, omit_defaults=True):
    """A version held against an agreement; `party` where it is about one addressee."""

    agreement: str
    rows: list[TermView]
    party: str | None = None


class MarkView(Struct, frozen=True):
    """What a check asks or says of a volume (0: of the whole)."""

    rule: str
    kind: str
    volume: int


class VersionView(Struct, frozen=True):
    """A version as its giver sees it. `unaware_of`: notices told to it that it had not been shown (`UNAWARE OF n`)."""

    version: int
    kind: str
    received: str
    lead: str | None
    opens: str | None
    ends: str | None
    emergency: bool
    signed: str
    in_picture: bool
    aware_of: int
    unaware_of: int
    time_uncertain: str | None
    marks: list[MarkView]
    terms: list[TermsView]


class MeetingView(Struct, frozen=True):
    """Where a volume meets something: band and window that both share, None: unbounded. Altitudes in mm above WGS84."""

    volume: int
    kind: str
    id: str
    lower_mm: int | None
    upper_mm: int | None
    start: str | None
    end: str | None


class ConflictView(Struct, frozen=True):
    """Of a giver: CONFLICT, ask `party`; `volumes` None: one answer for the whole notice. `meetings` as far as released."""

    party: str
    volumes: list[int] | None
    meetings: list[MeetingView]


class ReadBackView(Struct, frozen=True):
    """How a read-back stands. It is blind on this service, and no proof of a person's memory."""

    state: str
    asked: str
    tries: int
    wrong: int


class TellingView(Struct, frozen=True):
    """What one addressee was told of one version, and what it made of it: four facts, each by itself."""

    party: str
    version: int
    volumes: list[int]
    why: list[str]
    told: str
    handed_out: str | None
    delivered: str | None
    seen: str | None
    understood: str | None
    disseminated: str | None
    how: dict[str, str]
    asked_for: list[str]
    deadlines: dict[str, str]
    missed: list[str]
    usable_warning: str
    read_back: ReadBackView
    who_of_ours: str
    hash: str
    phrase: str | None


class RelayView(Struct, frozen=True):
    """A non-party concerned: `RELAYED`, `NOT RELAYED` or `NOBODY RELAYS`, the loudest beside its zone."""

    nonparty: str
    named_by: str
    status: str
    by: str | None
    how: str | None
    at: str | None
    deadline: str | None
    overdue: bool
    beside_zone: str | None


class ZoneWarningView(Struct, frozen=True):
    """An aircraft in an active zone at the time of this notice there; of a version that still counts."""

    version: int
    zone: str
    nonparty: str | None
    party: str
    kind: str
    id: str
    start: str | None
    end: str | None


class ObjectionView(Struct, frozen=True):
    """It stops nothing by itself."""

    objection: str
    version: int
    party: str
    kind: str
    state: str
    answer: str | None
    deadline: str | None
    entry: int
    answer_entry: int | None
    text: str | None = None
    answer_text: str | None = None


class NoticeView(Struct, frozen=True):
    """A notice as the viewer may see it. `lapsed`: nobody said clear, and it counts as unknown, never as clear."""

    notice: str
    giver: str
    category: str
    state: str
    state_in_words: str
    deviated: bool
    version: int
    lead: str | None
    versions: list[VersionView]
    told: list[TellingView]
    conflicts: list[ConflictView]
    meetings: list[MeetingView]
    cells_only: str | None
    looked: bool
    relays: list[RelayView]
    zone_warnings: list[ZoneWarningView]
    objections: list[ObjectionView]
    notification: str = "A notice tells; it asks for no permission and gives none."


class NoticeRow(Struct, frozen=True):
    """One line of a list."""

    notice: str
    giver: str
    category: str
    state: str
    version: int
    received: str
    lead: str | None
    opens: str | None
    ends: str | None
    handed_out: bool
    reading_back: bool = False


def notice_view(
    state: HotlineState, notice: Notice, viewer: Party, now_us: int, handed: Mapping[int, int] | None = None
) -> NoticeView:
    """The whole of a notice to its giver and observers, its own part to an addressee."""
    code = viewer.code
    judges = any(observes(state, code, each.agreements) for each in notice.versions)
    whole = code == notice.giver or judges
    tellings = [each for party, told in notice.tellings.items() if whole or party == code for each in told]
    tellings.sort(key=lambda each: each.handle)
    current = notice.current
    mine = newest(notice, code)
    own = notice.versions[mine.version - 1] if mine is not None and not whole else current
    met = [] if whole else [_meeting(each) for each in own.touched.get(code, ())]
    counting = {own.number}
    if whole:
        counting.update(each.number for each in notice.versions if each.in_picture)
    else:
        seen = seen_version(notice, code)
        counting.update(each.version for each in tellings if each.version >= seen)
    return NoticeView(
        notice.id, notice.giver, notice.category, notice.state, in_words(notice, now_us), notice.deviated, own.number,
        _lead(own, mine, whole),
        [_version(state, each, code) for each in notice.versions] if whole else [],
        [_telling(state, notice, each, handed or {}) for each in tellings],
        [_conflict(state, notice, current, party, whole=code != notice.giver) for party in current.conflicts] if whole else [],
        met,
        f"CELLS ONLY since {instant(current.cells_only_us)}: {current.cells_only} standard intents, never called clear"
        if whole and current.cells_only_us is not None else None,
        current.looked,
        [_relay(state, each, code, judges) for each in notice.relays.values() if judges or code in each.to],
        [_warning(each) for each in notice.warned.values()
         if each.version in counting and _sees_warning(state, each, code, whole)],
        [_objection(each) for each in notice.objections.values() if whole or each.party == code])  # fmt: skip


def _lead(version: Version, mine: Telling | None, whole: bool) -> str | None:
    """Window minus receipt by the server; to an addressee, over the volumes that it was told."""
    if whole or mine is None:
        return None if version.lead_us is None else span(version.lead_us)
    starts = [each.start_us for each in version.volumes if each.number in mine.volumes and each.start_us is not None]
    return span(min(starts) - version.received_us) if starts else None


def in_words(notice: Notice, now_us: int) -> str:
    """A state as it is said, with its age where that matters."""
    if notice.state == "over_unconfirmed" and notice.ends_us is not None:
        return f"over, unconfirmed for {span(max(0, now_us - notice.ends_us))}"
    if notice.state == "lapsed" and notice.ends_us is not None:
        return f"nobody said clear, {span(max(0, now_us - notice.ends_us))}"
    return notice.state.replace("_", " ")


def _version(state: HotlineState, version: Version, code: str) -> VersionView:
    starts = [each.start_us for each in version.volumes if each.start_us is not None]
    ends = [each.end_us for each in version.volumes if each.end_us is not None]
    return VersionView(
        version.number, version.kind, instant(version.received_us), None if version.lead_us is None else span(version.lead_us),
        instant(min(starts)) if starts else None, instant(max(ends)) if ends else None, version.emergency,
        signed_words(state, version), version.in_picture, version.aware, version.unaware,
        f"time uncertain, ± {span(version.uncertain_us)}" if version.uncertain_us else None,
        [MarkView(*each) for each in version.marks],
        [TermsView(agreement, [_term(row) for row in rows], party or None)
         for agreement, party, rows in version.terms])  # fmt: skip


def signed_words(state: HotlineState, version: Version) -> str:
    """Signed or not is always shown; of a revoked key, that it is contested (H1.1, H1.5)."""
    if version.key is None:
        return UNSIGNED
    for party in state.parties.values():
        key = party.keys.get(version.key)
        if key is not None:
            contested = key.revoked_us is not None and key.revoked_us <= version.received_us
            return f"key contested ({key.id})" if contested else f"signed ({key.id})"
    return UNSIGNED


def _term(row: e.TermRow) -> TermView:
    return TermView(
        row.term,
        row.value,
        None if row.off is UNSET else span(row.off * 1_000_000),
        None if row.why is UNSET else row.why,
    )


def _meeting(fact: e.MeetingFact) -> MeetingView:
    return MeetingView(fact.volume, fact.kind, fact.id, fact.lower, fact.upper, _time(fact.start), _time(fact.end))


def _time(at_us: int | None) -> str | None:
    return None if at_us is None else instant(at_us)


def _conflict(state: HotlineState, notice: Notice, version: Version, party: str, whole: bool) -> ConflictView:
    facts = version.touched.get(party, [])
    volumes = sorted({each.volume for each in facts})
    coarse = any(is_coarse(version, number) for number in volumes)
    seen = [each for each in facts if whole or may_see(state, notice.giver, each.kind, each.id)]
    return ConflictView(party, None if coarse and not whole else volumes, [_meeting(each) for each in seen])


#: H4.8: a volume larger or longer than this gets one answer for the whole notice.
FINE_KM2 = 100
FINE_US = 3_600_000_000


def is_coarse(version: Version, number: int) -> bool:
    """Whether a volume is so large or long that its giver gets one answer for the whole notice (H4.8)."""
    volume = version.volumes[number - 1]
    if volume.start_us is None or volume.end_us is None or not volume.cells:
        return True
    return volume.km2 > FINE_KM2 or volume.end_us - volume.start_us > FINE_US


def phrase_of(state: HotlineState, notice: Notice, telling: Telling) -> str | None:
    """The check phrase of what an addressee was told (H3.2); None where the exact shape is no longer held."""
    exact = state.shapes.get((notice.id, telling.version))
    value = state.pairs.get(pair(state, notice.giver, telling.party))
    if exact is None or value is None:
        return None
    version = notice.versions[telling.version - 1]
    volumes = [each for each in (exact[n - 1] for n in telling.volumes) if isinstance(each, Volume)]
    return phrase(day_value(value, day(version.received_us)), notice.category, telling.version, volumes)


def _telling(state: HotlineState, notice: Notice, telling: Telling, handed: Mapping[int, int]) -> TellingView:
    back = telling.read_back
    version = notice.versions[telling.version - 1]
    starts = [each.start_us for each in version.volumes if each.number in telling.volumes and each.start_us is not None]
    usable_at = telling.received.get("UNDERSTOOD", telling.received.get("SEEN"))
    return TellingView(
        telling.party, telling.version, telling.volumes,
        [cause if not id_ else f"{cause} {id_}" for cause, id_ in telling.why],
        instant(telling.told_us), _time(handed.get(telling.handle, telling.handed_us)),
        _time(telling.received.get("DELIVERED")), _time(telling.received.get("SEEN")),
        _time(telling.received.get("UNDERSTOOD")), _time(telling.received.get("DISSEMINATED")),
        telling.how, list(telling.stages), {stage: instant(at) for stage, at in telling.deadlines.items()},
        list(telling.missed), "none" if usable_at is None or not starts else span(min(starts) - usable_at),
        ReadBackView(back.state, telling.asked, back.tries, back.wrong),
        "answered" if back.state == "answered" else "not answered", telling.hash,
        phrase_of(state, notice, telling))  # fmt: skip


def _relay(state: HotlineState, relay: RelayState, code: str, judges: bool) -> RelayView:
    """A relay as it stands; the zone beside which it is, only to who may see that."""
    sees = relay.zone is not None and (judges or may_see(state, code, "zone", relay.zone))
    status = "RELAYED" if relay.done_us is not None else "NOBODY RELAYS" if relay.party is None else "NOT RELAYED"
    return RelayView(
        relay.nonparty, relay.named_by, status, relay.by or relay.party, relay.how or None, _time(relay.done_us),
        _time(relay.deadline_us), relay.missed_us is not None and relay.done_us is None,
        relay.zone if sees else None)  # fmt: skip


def _sees_warning(state: HotlineState, warned: e.ZoneWarned, code: str, whole: bool) -> bool:
    if code in warned.to:
        return True
    return whole and may_see(state, code, "zone", warned.zone) and may_see(state, code, warned.kind, warned.id)


def _warning(warned: e.ZoneWarned) -> ZoneWarningView:
    return ZoneWarningView(
        warned.version,
        warned.zone,
        warned.nonparty,
        warned.party,
        warned.kind,
        warned.id,
        _time(warned.start),
        _time(warned.end),
    )


def _objection(objection: Objection) -> ObjectionView:
    return ObjectionView(
        objection.id, objection.version, objection.party, objection.kind, objection.state, objection.answer or None,
        _time(objection.deadline_us), objection.entry, objection.answer_entry)  # fmt: skip


def row_of_notice(state: HotlineState, notice: Notice, viewer: Party, person: str | None, now_us: int) -> NoticeRow:
    """One line; of a notice that this person reads back just now, no more than that."""
    mine = newest(notice, viewer.code)
    told = mine is not None and viewer.code != notice.giver
    version = notice.versions[mine.version - 1] if mine is not None and told else notice.current
    reading = mine is not None and told and mine.read_back.state == "open" and mine.read_back.person == person
    if reading:
        return NoticeRow(
            notice.id, notice.giver, notice.category, notice.state, version.number, instant(version.received_us), None, None,
            None, True, True)  # fmt: skip
    volumes = [each for each in version.volumes if mine is None or not told or each.number in mine.volumes]
    starts = [each.start_us for each in volumes if each.start_us is not None]
    ends = [each.end_us for each in volumes if each.end_us is not None]
    return NoticeRow(
        notice.id, notice.giver, notice.category, notice.state, version.number, instant(version.received_us),
        _lead(version, mine, not told), instant(min(starts)) if starts else None, instant(max(ends)) if ends else None,
        mine is None or not told or mine.handed_us is not None)  # fmt: skip


class PartyView(Struct, frozen=True, omit_defaults=True):
    """A party on the line; people, keys and invitations of one's own alone."""

    code: str
    kind: str
    keys: list[dict[str, Any]]
    on_duty: list[str]
    entry: int
    words: dict[str, Any] | None = None
    people: list[dict[str, Any]] | None = None
    nonparties: list[str] | None = None
    asked: dict[str, int] | None = None


def parties_view(state: HotlineState, viewer: Party | None, now_us: int) -> dict[str, Any]:
    """All parties, in the order in which they came. Who has a live session in a role counts as on duty.

    `asked`: how often a party with which one has an agreement made trial checks or asked for advice (H4.8).
    """
    near = {code for each in (viewer.agreements if viewer else ()) for code in state.agreements[each].parties}
    views = []
    for party in state.parties.values():
        own = viewer is not None and party.code == viewer.code
        keys = [
            {
                "key": key.id,
                "public": key.public,
                "from": instant(key.start_us),
                "revoked_from": _time(key.revoked_us),
            }
            for key in party.keys.values()
        ]
        live = [each for each in party.sessions.values() if each.until_us > now_us and party.people[each.person].active]
        on_duty = list(dict.fromkeys(each.role for each in live if each.role != "service"))
        people = [
            {"person": each.id, "roles": list(each.roles), "active": each.active} for each in party.people.values()
        ]
        views.append(
            PartyView(
                party.code,
                party.kind,
                keys,
                on_duty if own or party.code in near else [],
                party.handle,
                None,
                people if own else None,
                list(party.nonparties) if own else None,
                dict(party.asked) if own or party.code in near else None,
            )
        )
    return {"parties": views}


class AgreementView(Struct, frozen=True):
    """An agreement, and which state it was in at `at`."""

    agreement: str
    parties: list[str]
    observers: list[str]
    state: str
    at: str
    signed_by: list[str]
    start: str
    end: str | None
    terms: Any
    history: list[dict[str, Any]]


def agreement_view(state: HotlineState, agreement: Agreement, viewer: Party, at_us: int) -> AgreementView:
    """At any instant it is known which terms were in force (H7.2)."""
    stood = [name for time_us, name, _entry in agreement.history if time_us <= at_us]
    return AgreementView(
        agreement.id, list(agreement.parties), list(agreement.observers), stood[-1] if stood else "not proposed yet",
        instant(at_us), list(agreement.signed), instant(agreement.start_us), _time(agreement.end_us), agreement.terms,
        [{"time": instant(time_us), "state": name, "entry": entry} for time_us, name, entry in agreement.history])  # fmt: skip


class ZoneView(Struct, frozen=True):
    """A zone: declared, or reported about a non-party; by whom, and how old that is."""

    zone: str
    party: str
    kind: str
    nonparty: str | None
    said: str
    age: str
    active: list[list[str | None]]
    capability: str | None
    capability_from: str | None
    ended: str | None
    shared: list[str]
    entry: int
    bodies: tuple[Body, ...]


def zone_view(state: HotlineState, zone: Zone, now_us: int) -> ZoneView:
    """Unknown and stale are shown as such: an old report says how old it is."""
    said = f"declared by {zone.party}" if zone.nonparty is None else f"reported by {zone.party} about {zone.nonparty}"
    return ZoneView(
        zone.id, zone.party, zone.kind, zone.nonparty, said, span(max(0, now_us - zone.reported_us)),
        [[instant(start), _time(end)] for start, end in zone.active], zone.capability or None, _time(zone.capability_us),
        _time(zone.ended_us), list(zone.shared), zone.handle, state.shapes.get((zone.id, 0), ()))  # fmt: skip


class MovementView(Struct, frozen=True):
    """A movement, leg by leg in time."""

    movement: str
    party: str
    legs: list[list[str]]
    ended: str | None
    entry: int
    bodies: tuple[Body, ...]


def movement_view(state: HotlineState, movement: Movement) -> MovementView:
    """A movement."""
    return MovementView(
        movement.id, movement.party, [[instant(leg.start_us), instant(leg.end_us)] for leg in movement.legs],
        _time(movement.ended_us), movement.handle, state.shapes.get((movement.id, 0), ()))  # fmt: skip
