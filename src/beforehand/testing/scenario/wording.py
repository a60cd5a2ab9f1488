"""How facts about agreements, notices, meetings, zones and relays are worded as verdicts. Nothing is named by an id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from msgspec import UNSET

from beforehand.core.hotline import events as e
from beforehand.testing.scenario.names import Names
from beforehand.testing.scenario.times import SECOND_US, band, clock, length, window


class Said(NamedTuple):
    """A verdict on its way: rule, subject, value."""

    rule: str
    subject: str
    value: str


class Telling:
    """What is known so far, as the entries come, to word the next."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._starts: dict[tuple[str, int], dict[int, int | None]] = {}
        self._of_volumes: dict[tuple[str, int], int] = {}
        self._told: dict[tuple[str, int, str], list[int]] = {}
        self.asked: dict[tuple[str, str], int] = {}

    def given(self, event: e.NoticeGiven) -> None:
        key = event.notice, event.version
        self._starts[key] = {each.number: each.start for each in event.volumes}
        self._of_volumes[key] = len(event.volumes)

    def told(self, event: e.NoticeTold) -> None:
        self._told[event.notice, event.version, event.party] = event.volumes

    def part(self, event: e.NoticeTold) -> str:
        numbers = ", ".join(map(str, event.volumes)) or "none"
        return f"volumes {numbers} of {self._of_volumes[event.notice, event.version]}"

    def usable_us(self, event: e.Received, at_us: int) -> int | None:
        """Window minus the moment, over the volumes that this addressee was told (H4.2)."""
        told = self._told[event.notice, event.version, event.party]
        starts = [self._starts[event.notice, event.version].get(number) for number in told]
        known = [each for each in starts if each is not None]
        return min(known) - at_us if known else None

    def notice(self, event: Any, party: str = "") -> str:
        """`GREY: evening work, version 1 to TEAL`."""
        to = f" to {party}" if party else ""
        return f"{self.names.label_of(event.notice)}, version {event.version}{to}"

    def thing(self, kind: str, id_: str) -> str:
        return f"{kind} {self.names.label_of(id_)}"


# Parties and agreements -------------------------------------------------------------------------------------------------


def key_added(event: e.KeyAdded, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H1.1", event.party, f"a signing key added, good from {clock(event.start)}")


def key_revoked(event: e.KeyRevoked, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H1.1", event.party, f"a signing key revoked: contested from {clock(event.start)}")


def nonparty(event: e.NonpartyNamed, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H1.2", f"non-party {event.nonparty}", f"named by {event.party}")


def cited(event: e.InstrumentCited, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H7.2", f"reference instrument of {event.by.party}", f"cited, {event.clauses} clauses")


def proposed(event: e.AgreementProposed, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H7.1", f"agreement {so_far.names.label_of(event.agreement)}", f"proposed by {event.by.party}")


def signed(event: e.AgreementSigned, at_us: int, so_far: Telling) -> Iterator[Said]:
    state = event.state.replace("_", " ")
    yield Said("H7.2", f"agreement {so_far.names.label_of(event.agreement)}", f"signed by {event.party}: {state}")


def agreement_moved(event: e.AgreementMoved, at_us: int, so_far: Telling) -> Iterator[Said]:
    by = "" if event.by is UNSET else f" by {event.by.party}"
    ends = "" if event.ends is UNSET else f", until {clock(event.ends)}"
    state = event.state.replace("_", " ")
    yield Said("H7.2", f"agreement {so_far.names.label_of(event.agreement)}", f"{event.event}{by}: {state}{ends}")


# Notices ----------------------------------------------------------------------------------------------------------------


def given(event: e.NoticeGiven, at_us: int, so_far: Telling) -> Iterator[Said]:
    so_far.given(event)
    of = so_far.notice(event)
    yield Said("H4", of, event.state.replace("_", " "))
    yield Said("H4.1", of, f"given aware of {event.aware.count}, UNAWARE OF {event.unaware.count}")
    lead = "no window said yet" if event.lead is None else length(event.lead)
    yield Said("H4.2", of, f"notice lead {lead}")
    if event.emergency:
        yield Said("H4.4", of, f"EMERGENCY ({lead})")
    for mark in event.marks:
        yield Said(mark.rule, of, mark_words(mark))
    yield Said("H4.10", of, event.kind)


def mark_words(mark: e.Mark) -> str:
    contradictory = "CONTRADICTORY: " if mark.rule == "H4.4" else ""
    where = f", volume {mark.volume}" if mark.volume else ""
    far = "" if mark.distance is UNSET else f" ({mark.distance / 1000:.0f} km)"
    return f"{contradictory}{mark.kind}{where}{far}"


def terms(event: e.TermsChecked, at_us: int, so_far: Telling) -> Iterator[Said]:
    of = so_far.notice(event, "" if event.party is UNSET else event.party)
    for row in event.rows:
        yield Said(
            "H4.3", f"{of}; agreement {so_far.names.label_of(event.agreement)}", f"{row.term}: {term_words(row)}"
        )


def term_words(row: e.TermRow) -> str:
    if row.off is not UNSET:
        return f"{row.value} (by {length(row.off * SECOND_US)})"
    return row.value if row.why is UNSET else f"{row.value} ({row.why})"


def told(event: e.NoticeTold, at_us: int, so_far: Telling) -> Iterator[Said]:
    so_far.told(event)
    of = so_far.notice(event, event.party)
    why = [f"{each.cause} {so_far.names.label_of(each.id)}".strip() for each in event.why]
    yield Said("H4.7", of, f"told {so_far.part(event)}: {'; '.join(why)}")
    yield Said("H4.10", of, f"to be read back: {event.read_back}")


def moved(event: e.NoticeMoved, at_us: int, so_far: Telling) -> Iterator[Said]:
    of = so_far.names.label_of(event.notice)
    yield Said("H4", of, f"{event.event}: {event.state.replace('_', ' ')}")
    if event.deviated:
        yield Said("H4", of, "deviated: outside what was declared")


# Movements, zones, meetings ---------------------------------------------------------------------------------------------


def movement(event: e.MovementDeclared | e.MovementEnded, at_us: int, so_far: Telling) -> Iterator[Said]:
    what = "declared" if isinstance(event, e.MovementDeclared) else "ended"
    yield Said("H6.2", so_far.thing("movement", event.movement), f"{what} by {event.party}")


def zone(event: e.ZoneSet, at_us: int, so_far: Telling) -> Iterator[Said]:
    said = "declared by" if event.nonparty is None else f"of {event.nonparty}, reported by"
    active = "; ".join(window(*each) for each in event.active)
    yield Said("H6.4", so_far.thing("zone", event.zone), f"{event.kind} {said} {event.party}, active {active}")


def posture(event: e.ZonePosture, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said(
        "H6.4", so_far.thing("zone", event.zone), f"posture change: {event.capability} from {clock(event.start)}"
    )


def zone_ended(event: e.ZoneEnded, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H6.4", so_far.thing("zone", event.zone), f"ended by {event.party}")


def conflict(event: e.ConflictFound, at_us: int, so_far: Telling) -> Iterator[Said]:
    which = f"volumes {', '.join(map(str, event.volumes))}" if event.volumes else "the whole"
    yield Said("H4.8", so_far.notice(event), f"CONFLICT, ask {event.party} ({which})")


def touched(event: e.Touched, at_us: int, so_far: Telling) -> Iterator[Said]:
    for met in event.meetings:
        what = so_far.thing(met.kind, met.id)
        when, how_high = window(met.start, met.end), band(met.lower, met.upper)
        yield Said("H4.9", so_far.notice(event, event.party), f"volume {met.volume} meets {what}: {when}, {how_high}")


def cells_only(event: e.CellsOnly, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H4.9", so_far.notice(event), f"CELLS ONLY: {event.count} standard intents, never called clear")


def released(event: e.Released, at_us: int, so_far: Telling) -> Iterator[Said]:
    what = ", ".join(dict.fromkeys(so_far.thing(each.kind, each.id) for each in event.meetings))
    yield Said("H4.8", so_far.notice(event), f"{event.party} releases to {event.giver} what it meets: {what}")


def zone_warned(event: e.ZoneWarned, at_us: int, so_far: Telling) -> Iterator[Said]:
    of = f" of {event.nonparty}" if event.nonparty else ""
    zone, what = so_far.thing("zone", event.zone), so_far.thing(event.kind, event.id)
    yield Said(
        "H6.4", so_far.notice(event, event.party), f"{what} in active {zone}{of}: {window(event.start, event.end)}"
    )


def relay_needed(event: e.RelayNeeded, at_us: int, so_far: Telling) -> Iterator[Said]:
    beside = "" if event.zone is None else f", beside its zone {so_far.names.label_of(event.zone)}"
    if event.party is None:
        value = f"NOBODY RELAYS to {event.nonparty}{beside}"
    else:
        by = "" if event.deadline is None else f", due {clock(event.deadline)}"
        value = f"NOT RELAYED to {event.nonparty}{beside}: {event.party} is bound to{by}"
    yield Said("H1.2", so_far.notice(event), value)


def relayed(event: e.Relayed, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said(
        "H1.2", so_far.notice(event), f"RELAYED to {event.nonparty} by {event.party}: {event.how}, {clock(event.at)}"
    )
