"""From facts to verdicts: what the record of a story says, rule by rule, in the order of its entries.

One table: a kind of event, the rules that it speaks of, and how its verdicts are worded. docs/scenarios.md lists it. Nothing is
named by an id, and a verdict says what is recorded; it judges nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from msgspec import UNSET, Struct

from beforehand.core.hotline import events as e
from beforehand.testing.scenario.acts import ACTS
from beforehand.testing.scenario.names import Names
from beforehand.testing.scenario.player import Did, Played
from beforehand.testing.scenario.times import SECOND_US, band, clock, length, window
from beforehand.testing.scenario.world import Entry


class Verdict(Struct, frozen=True):
    """What the record says of a subject under a rule of the hotline. `at_us`: when that was recorded."""

    rule: str
    subject: str
    value: str
    at_us: int = 0


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


def _key_added(event: e.KeyAdded, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H1.1", event.party, f"a signing key added, good from {clock(event.start)}")


def _key_revoked(event: e.KeyRevoked, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H1.1", event.party, f"a signing key revoked: contested from {clock(event.start)}")


def _nonparty(event: e.NonpartyNamed, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H1.2", f"non-party {event.nonparty}", f"named by {event.party}")


def _cited(event: e.InstrumentCited, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H7.2", f"reference instrument of {event.by.party}", f"cited, {event.clauses} clauses")


def _proposed(event: e.AgreementProposed, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H7.1", f"agreement {so_far.names.label_of(event.agreement)}", f"proposed by {event.by.party}")


def _signed(event: e.AgreementSigned, at_us: int, so_far: Telling) -> Iterator[Said]:
    state = event.state.replace("_", " ")
    yield Said("H7.2", f"agreement {so_far.names.label_of(event.agreement)}", f"signed by {event.party}: {state}")


def _agreement_moved(event: e.AgreementMoved, at_us: int, so_far: Telling) -> Iterator[Said]:
    by = "" if event.by is UNSET else f" by {event.by.party}"
    ends = "" if event.ends is UNSET else f", until {clock(event.ends)}"
    state = event.state.replace("_", " ")
    yield Said("H7.2", f"agreement {so_far.names.label_of(event.agreement)}", f"{event.event}{by}: {state}{ends}")


# Notices ----------------------------------------------------------------------------------------------------------------


def _given(event: e.NoticeGiven, at_us: int, so_far: Telling) -> Iterator[Said]:
    so_far.given(event)
    of = so_far.notice(event)
    yield Said("H4", of, event.state.replace("_", " "))
    yield Said("H4.1", of, f"given aware of {event.aware.count}, UNAWARE OF {event.unaware.count}")
    lead = "no window said yet" if event.lead is None else length(event.lead)
    yield Said("H4.2", of, f"notice lead {lead}")
    if event.emergency:
        yield Said("H4.4", of, f"EMERGENCY ({lead})")
    for mark in event.marks:
        yield Said(mark.rule, of, _mark(mark))
    yield Said("H4.10", of, event.kind)


def _mark(mark: e.Mark) -> str:
    contradictory = "CONTRADICTORY: " if mark.rule == "H4.4" else ""
    where = f", volume {mark.volume}" if mark.volume else ""
    far = "" if mark.distance is UNSET else f" ({mark.distance / 1000:.0f} km)"
    return f"{contradictory}{mark.kind}{where}{far}"


def _terms(event: e.TermsChecked, at_us: int, so_far: Telling) -> Iterator[Said]:
    of = so_far.notice(event, "" if event.party is UNSET else event.party)
    for row in event.rows:
        yield Said("H4.3", f"{of}; agreement {so_far.names.label_of(event.agreement)}", f"{row.term}: {_term(row)}")


def _term(row: e.TermRow) -> str:
    if row.off is not UNSET:
        return f"{row.value} (by {length(row.off * SECOND_US)})"
    return row.value if row.why is UNSET else f"{row.value} ({row.why})"


def _told(event: e.NoticeTold, at_us: int, so_far: Telling) -> Iterator[Said]:
    so_far.told(event)
    of = so_far.notice(event, event.party)
    why = [f"{each.cause} {so_far.names.label_of(each.id)}".strip() for each in event.why]
    yield Said("H4.7", of, f"told {so_far.part(event)}: {'; '.join(why)}")
    yield Said("H4.10", of, f"to be read back: {event.read_back}")


def _moved(event: e.NoticeMoved, at_us: int, so_far: Telling) -> Iterator[Said]:
    of = so_far.names.label_of(event.notice)
    yield Said("H4", of, f"{event.event}: {event.state.replace('_', ' ')}")
    if event.deviated:
        yield Said("H4", of, "deviated: outside what was declared")


# Movements, zones, meetings ---------------------------------------------------------------------------------------------


def _movement(event: e.MovementDeclared | e.MovementEnded, at_us: int, so_far: Telling) -> Iterator[Said]:
    what = "declared" if isinstance(event, e.MovementDeclared) else "ended"
    yield Said("H6.2", so_far.thing("movement", event.movement), f"{what} by {event.party}")


def _zone(event: e.ZoneSet, at_us: int, so_far: Telling) -> Iterator[Said]:
    said = "declared by" if event.nonparty is None else f"of {event.nonparty}, reported by"
    active = "; ".join(window(*each) for each in event.active)
    yield Said("H6.4", so_far.thing("zone", event.zone), f"{event.kind} {said} {event.party}, active {active}")


def _posture(event: e.ZonePosture, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said(
        "H6.4", so_far.thing("zone", event.zone), f"posture change: {event.capability} from {clock(event.start)}"
    )


def _zone_ended(event: e.ZoneEnded, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H6.4", so_far.thing("zone", event.zone), f"ended by {event.party}")


def _conflict(event: e.ConflictFound, at_us: int, so_far: Telling) -> Iterator[Said]:
    which = f"volumes {', '.join(map(str, event.volumes))}" if event.volumes else "the whole"
    yield Said("H4.8", so_far.notice(event), f"CONFLICT, ask {event.party} ({which})")


def _touched(event: e.Touched, at_us: int, so_far: Telling) -> Iterator[Said]:
    for met in event.meetings:
        what = so_far.thing(met.kind, met.id)
        when, how_high = window(met.start, met.end), band(met.lower, met.upper)
        yield Said("H4.9", so_far.notice(event, event.party), f"volume {met.volume} meets {what}: {when}, {how_high}")


def _cells_only(event: e.CellsOnly, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H4.9", so_far.notice(event), f"CELLS ONLY: {event.count} standard intents, never called clear")


def _released(event: e.Released, at_us: int, so_far: Telling) -> Iterator[Said]:
    what = ", ".join(dict.fromkeys(so_far.thing(each.kind, each.id) for each in event.meetings))
    yield Said("H4.8", so_far.notice(event), f"{event.party} releases to {event.giver} what it meets: {what}")


def _zone_warned(event: e.ZoneWarned, at_us: int, so_far: Telling) -> Iterator[Said]:
    of = f" of {event.nonparty}" if event.nonparty else ""
    zone, what = so_far.thing("zone", event.zone), so_far.thing(event.kind, event.id)
    yield Said(
        "H6.4", so_far.notice(event, event.party), f"{what} in active {zone}{of}: {window(event.start, event.end)}"
    )


def _relay_needed(event: e.RelayNeeded, at_us: int, so_far: Telling) -> Iterator[Said]:
    beside = "" if event.zone is None else f", beside its zone {so_far.names.label_of(event.zone)}"
    if event.party is None:
        value = f"NOBODY RELAYS to {event.nonparty}{beside}"
    else:
        by = "" if event.deadline is None else f", due {clock(event.deadline)}"
        value = f"NOT RELAYED to {event.nonparty}{beside}: {event.party} is bound to{by}"
    yield Said("H1.2", so_far.notice(event), value)


def _relayed(event: e.Relayed, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said(
        "H1.2", so_far.notice(event), f"RELAYED to {event.nonparty} by {event.party}: {event.how}, {clock(event.at)}"
    )


# Receipts ---------------------------------------------------------------------------------------------------------------

_RULE_OF_STAGE = {"DELIVERED": "H5.1", "SEEN": "H5.2", "UNDERSTOOD": "H5.3", "DISSEMINATED": "H5.4"}


def _handed_out(event: e.HandedOut, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H5.1", so_far.notice(event, event.party), "handed out")


def _received(event: e.Received, at_us: int, so_far: Telling) -> Iterator[Said]:
    of = so_far.notice(event, event.party)
    how = [each for each in (event.coverage, event.how, event.spread) if each is not UNSET]
    yield Said(_RULE_OF_STAGE[event.stage], of, f"{event.stage} ({', '.join(how)})" if how else event.stage)
    if event.stage in ("SEEN", "UNDERSTOOD"):
        usable_us = so_far.usable_us(event, at_us)
        said = "no window said yet" if usable_us is None else length(usable_us)
        yield Said("H4.2", of, f"usable warning {said}, by {event.stage}")


def _hash_differs(event: e.HashDiffers, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H5.1", so_far.notice(event, event.party), "names another hash: does not hold what it was told")


def _opened(event: e.ReadBackOpened, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said(
        "H5.3", so_far.notice(event, event.party), f"read-back opened ({event.asked}), until {clock(event.until)}"
    )


def _tried(event: e.ReadBackTried, at_us: int, so_far: Telling) -> Iterator[Said]:
    how = "right" if not event.wrong else f"wrong: {', '.join(event.wrong)}"
    voice = ", by voice" if event.by_voice else ""
    yield Said("H5.3", so_far.notice(event, event.party), f"read-back {event.number} {how}{voice}")


def _lapsed(event: e.ReadBackLapsed, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H5.3", so_far.notice(event, event.party), "read-back opened and not answered in time")


def _fetched(event: e.FetchedMeanwhile, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H5.3", so_far.notice(event, event.party), "fetched by somebody else of the party during the read-back")


def _call(event: e.CallAsked, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said(
        "H5.3", so_far.notice(event, event.party), "after two wrong read-backs both officers are asked onto a call"
    )


def _who(event: e.WhoOfOursSaid, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H5.3", so_far.notice(event, event.party), f"who of ours: {event.answer}")


def _phrase_equal(event: e.PhraseEqual, at_us: int, so_far: Telling) -> Iterator[Said]:
    of = so_far.notice(event, event.party)
    yield Said("H3.2", of, f"PHRASE_EQUAL by voice at {clock(event.at)}, said by {event.by.party}")


def _objected(event: e.Objected, at_us: int, so_far: Telling) -> Iterator[Said]:
    due = "" if event.deadline is None else f", answer due {clock(event.deadline)}"
    yield Said("H5.5", so_far.notice(event), f"{event.kind} by {event.party}{due}")


def _answered(event: e.ObjectionAnswered, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H4.12", so_far.names.label_of(event.notice), f"{event.by.party} answers {event.party}: {event.answer}")


def _missed(event: e.DeadlineMissed, at_us: int, so_far: Telling) -> Iterator[Said]:
    rule = {"answer": "H4.12", "relay": "H1.2"}.get(event.what, "H5.6")
    what = {"answer": "answer to an objection", "relay": "relay"}.get(event.what, event.what)
    of = so_far.notice(event, event.party)
    yield Said(rule, of, f"{what} missed: was due {clock(event.deadline)}; goes to {event.role}")
    if event.undertook is not UNSET:
        yield Said("H7.1", of, f"for this silence the giver undertook: {event.undertook}")


def _asked(event: e.AskedCounted, at_us: int, so_far: Telling) -> Iterator[Said]:
    count = so_far.asked[event.party, event.kind] = so_far.asked.get((event.party, event.kind), 0) + 1
    yield Said("H4.8", event.party, f"{event.kind} asked, {count} so far; seen by {', '.join(event.to) or 'nobody'}")


Wording = Callable[[Any, int, Telling], Iterator[Said]]

#: Kind of event, its rules, how it is worded, and what docs/scenarios.md says of it.
TABLE: tuple[tuple[type[Any], tuple[str, ...], Wording, str], ...] = (
    (e.KeyAdded, ("H1.1",), _key_added, "a signing key was added"),
    (e.KeyRevoked, ("H1.1",), _key_revoked, "a signing key was revoked"),
    (e.NonpartyNamed, ("H1.2",), _nonparty, "a force or traffic that is not on the line was named"),
    (e.InstrumentCited, ("H7.2",), _cited, "a reference instrument was put on the line"),
    (e.AgreementProposed, ("H7.1",), _proposed, "an agreement was proposed"),
    (e.AgreementSigned, ("H7.2",), _signed, "signed by a party, and the state that follows"),
    (e.AgreementMoved, ("H7.2",), _agreement_moved, "suspended, resumed, denounced, or begun and ended by the clock"),
    (e.NoticeGiven, ("H4", "H4.1", "H4.2", "H4.4", "H4.5", "H4.6", "H4.10"), _given,
     "a version: its state, `UNAWARE OF n`, `notice lead`, EMERGENCY and CONTRADICTORY, what the checks ask, its kind"),
    (e.TermsChecked, ("H4.3",), _terms, "one for each term: `met`, `not met (by ...)`, `cannot be judged (...)`"),
    (e.NoticeTold, ("H4.7", "H4.10"), _told, "who was told which volumes and why; what is to be read back"),
    (e.NoticeMoved, ("H4",), _moved, "what happened to a notice, by its giver or the clock, and the state that follows"),
    (e.MovementDeclared, ("H6.2",), _movement, "a movement was declared"),
    (e.MovementEnded, ("H6.2",), _movement, "a movement is over"),
    (e.ZoneSet, ("H6.4",), _zone, "a zone, declared or reported, and when it is active"),
    (e.ZonePosture, ("H6.4",), _posture, "a zone's new capability class"),
    (e.ZoneEnded, ("H6.4",), _zone_ended, "a zone is no more"),
    (e.ConflictFound, ("H4.8",), _conflict, "what the giver learns: `CONFLICT, ask PARTY`, and which of its volumes"),
    (e.Touched, ("H4.9",), _touched, "what the other learns: one for each meeting, from-to and at which altitudes"),
    (e.CellsOnly, ("H4.9",), _cells_only, "standard intents known as cells alone"),
    (e.Released, ("H4.8",), _released, "the other releases to the giver what is met"),
    (e.ZoneWarned, ("H6.4",), _zone_warned, "an aircraft in an active zone at the time of a notice there"),
    (e.RelayNeeded, ("H1.2",), _relay_needed, "a non-party is concerned: `NOT RELAYED` by whom, or `NOBODY RELAYS`"),
    (e.Relayed, ("H1.2",), _relayed, "`RELAYED` by whom, how, when"),
    (e.HandedOut, ("H5.1",), _handed_out, "`handed out`, which is no receipt"),
    (e.Received, ("H5.1", "H5.2", "H5.3", "H5.4", "H4.2"), _received,
     "one of the four receipts; of SEEN and UNDERSTOOD also the `usable warning`"),
    (e.HashDiffers, ("H5.1",), _hash_differs, "another hash was named than that of what was told"),
    (e.ReadBackOpened, ("H5.3",), _opened, "a read-back was opened"),
    (e.ReadBackTried, ("H5.3",), _tried, "a read-back: right, or which of area, band and times was wrong"),
    (e.ReadBackLapsed, ("H5.3",), _lapsed, "a read-back was not answered in time"),
    (e.FetchedMeanwhile, ("H5.3",), _fetched, "somebody else of the party fetched it meanwhile"),
    (e.CallAsked, ("H5.3",), _call, "two wrong read-backs"),
    (e.WhoOfOursSaid, ("H5.3",), _who, "the answer to the question after it, which is the addressee's own"),
    (e.PhraseEqual, ("H3.2",), _phrase_equal, "`PHRASE_EQUAL`"),
    (e.Objected, ("H5.5",), _objected, "an objection, a request for delay, or a question"),
    (e.ObjectionAnswered, ("H4.12",), _answered, "the giver's answer"),
    (e.DeadlineMissed, ("H5.6", "H4.12", "H1.2", "H7.1"), _missed,
     "a stage, answer or relay was missed; and what the giver undertook for this silence"),
    (e.AskedCounted, ("H4.8",), _asked, "a trial check or advice was asked for: the number that others see"),
)  # fmt: skip
_WORDINGS = {kind: wording for kind, _rules, wording, _says in TABLE}


def verdicts(played: Played, journal: Sequence[Entry]) -> list[Verdict]:
    """All verdicts, in the order of entries; what a step was answered without one stands where it was answered."""
    so_far = Telling(played.names)
    found: list[Verdict] = []
    at = 0
    for entry in journal:
        while at < len(played.did) and played.did[at].mark <= entry.seq:
            found += _of(played.did[at], played.names)
            at += 1
        wording = _WORDINGS.get(type(entry.event))
        if wording is not None and entry.time_us <= played.end_us:
            found += [Verdict(*said, entry.time_us) for said in wording(entry.event, entry.time_us, so_far)]
    for did in played.did[at:]:
        found += _of(did, played.names)
    return found


def _of(did: Did, names: Names) -> list[Verdict]:
    return [Verdict(*said, did.at_us) for said in of_answer(did, names)]


def of_answer(did: Did, names: Names) -> Iterator[Said]:
    """What an answer says that is in no entry: a refusal, advice, a trial, a check phrase."""
    about = "" if did.about is None else f" {names.label(did.about)}"
    if did.refused is not None:
        yield Said(ACTS[did.do].rule, f"{did.do}{about} by {did.party}/{did.name}", f"refused: {did.refused}")
    elif did.do == "notice advice":
        body = did.reply.body
        yield Said("H4.9", f"{about.strip()}, version {body['version']}", f"advice: {names.told(body['words'])}")
    elif did.do == "notice try":
        trial = did.reply.body["trial"]
        of = f"trial by {did.party}"
        yield Said("H4.2", of, f"notice lead {trial['lead'] or 'no window said yet'}")
        for mark in trial["marks"]:
            where = f", volume {mark['volume']}" if mark["volume"] else ""
            yield Said(mark["rule"], of, f"{mark['kind']}{where}")
    elif did.do in ("phrase show", "phrase"):
        body = did.reply.body
        of = f"{about.strip()}, version {body['version']}, as {did.party} has it"
        yield Said("H3.2", of, f"check phrase {body['phrase']}: {body['spelled']}")
