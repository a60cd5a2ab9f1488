"""What each side knew of a notice at an instant (H8.1): from the entries that speak of it, and nothing else.

The same function answers for the server, and for whoever holds a copy of the journal.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import UNSET, Struct, field

from beforehand.core.hotline import events as e
from beforehand.core.hotline.audience import ALL, audience
from beforehand.core.hotline.instants import instant, span

#: By version and number of a volume: when its window opens, None: not said.
Starts = dict[int, dict[int, int | None]]
#: By party and place among its receipts: since when that warning was usable.
Usable = dict[tuple[str, int], int]
#: What has no place in the record yet.
NOT_RECORDED = "not recorded yet"


class KnewReceipt(Struct):
    """One addressee and version. Times in RFC 3339, None where it had not happened."""

    version: int
    volumes: list[int]
    told: str
    handed_out: str | None = None
    delivered: str | None = None
    seen: str | None = None
    understood: str | None = None
    disseminated: str | None = None
    how: dict[str, str] = field(default_factory=dict)
    usable_warning: str | None = None
    read_backs: list[str] = field(default_factory=list)
    who_of_ours: str | None = None
    missed: list[str] = field(default_factory=list)


class KnewParty(Struct):
    """What one party had. `picture`: versions that it had to reckon with."""

    party: str
    receipts: list[KnewReceipt] = field(default_factory=list)
    picture: list[int] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    zone_warnings: list[str] = field(default_factory=list)
    objections: list[str] = field(default_factory=list)
    duty: str = NOT_RECORDED
    channel: str = NOT_RECORDED


class Knew(Struct):
    """What each side knew at `at`, as far as `viewer` may see (`*`: all of it)."""

    notice: str
    at: str
    giver: str
    viewer: str
    state: str | None = None
    versions: list[dict[str, Any]] = field(default_factory=list)
    terms: list[dict[str, Any]] = field(default_factory=list)
    relays: list[str] = field(default_factory=list)
    parties: list[KnewParty] = field(default_factory=list)


def what_was_known(entries: Iterable[tuple[int, Any]], notice: str, at_us: int, viewer: str = ALL) -> Knew | None:
    """From (time in µs, event) in order: what each side knew at an instant. None where there was no such notice yet."""
    knew: Knew | None = None
    giver = ""
    starts: Starts = {}
    usable: Usable = {}
    parties: dict[str, KnewParty] = {}
    relays: dict[tuple[str, str], str] = {}
    for time_us, event in entries:
        if time_us > at_us:
            break
        if getattr(event, "notice", event.id if isinstance(event, e.Looked) else None) != notice:
            continue
        if isinstance(event, e.NoticeGiven):
            giver = event.giver
            if knew is None:
                knew = Knew(notice, instant(at_us), giver, viewer)
                parties[giver] = KnewParty(giver)
            starts[event.version] = {each.number: each.start for each in event.volumes}
            knew.state = event.state
            if viewer in (ALL, giver):
                knew.versions.append(_version(event, time_us))
            continue
        if knew is None:
            return None
        if isinstance(event, e.NoticeMoved):
            knew.state = event.state
            continue
        meant = audience(event, giver)
        if viewer != ALL and viewer not in meant and ALL not in meant:
            continue
        _take(knew, parties, relays, starts, usable, event, time_us)
    if knew is None:
        return None
    for party in parties.values():
        seen = max((each.version for each in party.receipts if each.seen), default=0)
        party.picture = sorted({each.version for each in party.receipts if each.version >= seen})
    knew.relays = list(relays.values())
    knew.parties = [each for code, each in parties.items() if viewer in (ALL, giver, code) or code == giver]
    return knew


def _version(event: e.NoticeGiven, time_us: int) -> dict[str, Any]:
    return {
        "version": event.version,
        "received": instant(time_us),
        "kind": event.kind,
        "lead": None if event.lead is None else span(event.lead),
        "emergency": event.emergency,
        "marks": [f"{each.rule} {each.kind}" for each in event.marks],
        "aware_of": event.aware.count,
        "unaware_of": event.unaware.count,
        "signed": event.by.key is not UNSET,
    }


_STAGE = {"DELIVERED": "delivered", "SEEN": "seen", "UNDERSTOOD": "understood", "DISSEMINATED": "disseminated"}


def _take(
    knew: Knew,
    parties: dict[str, KnewParty],
    relays: dict[tuple[str, str], str],
    starts: Starts,
    usable: Usable,
    event: Any,
    time_us: int,
) -> None:
    at = instant(time_us)
    if isinstance(event, e.TermsChecked):
        about = {} if event.party is UNSET else {"party": event.party}
        rows = [{"term": row.term, "value": _term(row)} for row in event.rows]
        knew.terms.append({"version": event.version, "agreement": event.agreement, **about, "rows": rows})
    elif isinstance(event, e.RelayNeeded):
        key = (event.named_by, event.nonparty)
        said = relays.get(key, "")
        if "RELAYED (" not in said or f"version {event.version}" not in said:
            status = "NOBODY RELAYS" if event.party is None else f"NOT RELAYED by {event.party}"
            relays[key] = f"version {event.version}: {event.nonparty}, {status}"
    elif isinstance(event, e.Relayed):
        if (event.named_by, event.nonparty) in relays:
            relays[event.named_by, event.nonparty] = (
                f"version {event.version}: {event.nonparty}, RELAYED ({instant(event.at)}, by {event.party}, {event.how})"
            )
    elif isinstance(event, e.ConflictFound):
        which = "the whole" if not event.volumes else "volumes " + ", ".join(map(str, event.volumes))
        _party(parties, event.giver).conflicts.append(f"version {event.version}: CONFLICT, ask {event.party} ({which})")
    elif isinstance(event, e.Touched):
        kinds = dict.fromkeys(each.kind for each in event.meetings)
        if kinds:  # else a warning of a zone, another entry, says why it is told
            _party(parties, event.party).conflicts.append(f"version {event.version}: meets your {', '.join(kinds)}")
    elif isinstance(event, e.CellsOnly):
        _party(parties, event.giver).conflicts.append(f"version {event.version}: CELLS ONLY since {at} ({event.count})")
    elif isinstance(event, e.ZoneWarned):
        of = f" of {event.nonparty}" if event.nonparty else ""
        _party(parties, event.party).zone_warnings.append(
            f"version {event.version}: your {event.kind} in an active zone{of}"
        )
    elif isinstance(event, e.NoticeTold):
        stands = event.read_back == "stands"
        party = _party(parties, event.party)
        receipt = KnewReceipt(event.version, list(event.volumes), at)
        if stands:
            place = max(at for at, each in enumerate(party.receipts) if each.understood is not None)
            former = party.receipts[place]
            receipt.understood = former.understood
            receipt.how["UNDERSTOOD"] = f"read-back of version {former.version} stands"
            usable[event.party, len(party.receipts)] = from_us = usable[event.party, place]
            receipt.usable_warning = _usable(receipt, starts, from_us)
        party.receipts.append(receipt)
    elif isinstance(event, (e.Released, e.Objected, e.ObjectionAnswered)):
        _party(parties, event.party).objections.append(_said(event, at))
    else:
        _receipt(parties, starts, usable, event, time_us)


def _term(row: e.TermRow) -> str:
    if row.value == "not met":
        return "not met" if row.off is UNSET else f"not met (by {span(row.off * 1_000_000)})"
    return row.value if row.why is UNSET else f"{row.value} ({row.why})"


def _said(event: Any, at: str) -> str:
    if isinstance(event, e.Released):
        return f"released what version {event.version} meets ({at})"
    if isinstance(event, e.Objected):
        return f"{event.kind} ({at})"
    return f"answered: {event.answer} ({at})"


def _party(parties: dict[str, KnewParty], code: str) -> KnewParty:
    return parties.setdefault(code, KnewParty(code))


def _usable(receipt: KnewReceipt, starts: Starts, from_us: int) -> str | None:
    """Window minus the moment from which it was usable, over the volumes that were told (H4.2)."""
    of_version = starts[receipt.version]
    known = [start for start in (of_version[number] for number in receipt.volumes) if start is not None]
    return span(min(known) - from_us) if known else None


def _receipt(parties: dict[str, KnewParty], starts: Starts, usable: Usable, event: Any, time_us: int) -> None:
    """What an addressee had of a version."""
    party = _party(parties, event.party)
    place = max((at for at, each in enumerate(party.receipts) if each.version == event.version), default=-1)
    receipt = None if place < 0 else party.receipts[place]
    at = instant(time_us)
    if isinstance(event, e.DeadlineMissed):
        line = f"{event.what} by {instant(event.deadline)}"
        if event.undertook is not UNSET:
            line += f"; giver {event.undertook}"
        if receipt is not None:
            receipt.missed.append(line)
        else:
            party.objections.append(f"{line} missed")
    if receipt is None:
        return
    if isinstance(event, e.HandedOut):
        receipt.handed_out = at
    elif isinstance(event, e.Received):
        name = _STAGE[event.stage]
        if getattr(receipt, name) is None:
            setattr(receipt, name, at)
        how = [each for each in (event.coverage, event.how, event.spread) if each is not UNSET]
        if how:
            receipt.how[event.stage] = " ".join(how)
        if event.stage == "UNDERSTOOD" or (event.stage == "SEEN" and receipt.understood is None):
            usable[event.party, place] = time_us
            receipt.usable_warning = _usable(receipt, starts, time_us)
    elif isinstance(event, e.ReadBackTried):
        wrong = "right" if not event.wrong else f"wrong: {', '.join(event.wrong)}"
        receipt.read_backs.append(f"{event.number}: {wrong}{', by voice' if event.by_voice else ''} ({at})")
    elif isinstance(event, e.ReadBackLapsed):
        receipt.read_backs.append(f"opened and not answered ({at})")
    elif isinstance(event, e.FetchedMeanwhile):
        receipt.read_backs.append(f"fetched meanwhile by somebody else of the party ({at})")
    elif isinstance(event, e.CallAsked):
        receipt.read_backs.append(f"both asked onto a call ({at})")
    elif isinstance(event, e.WhoOfOursAnswered):
        receipt.who_of_ours = receipt.who_of_ours or "answered"
    elif isinstance(event, e.WhoOfOursSaid):
        receipt.who_of_ours = event.answer
    elif isinstance(event, e.PhraseEqual):
        receipt.read_backs.append(f"PHRASE_EQUAL by voice ({instant(event.at)})")
