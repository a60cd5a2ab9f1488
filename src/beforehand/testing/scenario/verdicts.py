"""From facts to verdicts: what the record of a story says, rule by rule, in the order of its entries.

One table: a kind of event, the rules that it speaks of, and how its verdicts are worded. docs/scenarios.md lists it. A verdict
says what is recorded; it judges nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from beforehand.core.hotline import events as e
from beforehand.testing.scenario import wording as w
from beforehand.testing.scenario import wording_receipts as r
from beforehand.testing.scenario.acts import ACTS
from beforehand.testing.scenario.names import Names
from beforehand.testing.scenario.player import Did, Played
from beforehand.testing.scenario.wording import Said, Telling
from beforehand.testing.scenario.world import Entry


class Verdict(Struct, frozen=True):
    """What the record says of a subject under a rule of the hotline. `at_us`: when that was recorded."""

    rule: str
    subject: str
    value: str
    at_us: int = 0


Wording = Callable[[Any, int, Telling], Iterator[Said]]

#: Kind of event, its rules, how it is worded, and what docs/scenarios.md says of it.
TABLE: tuple[tuple[type[Any], tuple[str, ...], Wording, str], ...] = (
    (e.KeyAdded, ("H1.1",), w.key_added, "a signing key was added"),
    (e.KeyRevoked, ("H1.1",), w.key_revoked, "a signing key was revoked"),
    (e.NonpartyNamed, ("H1.2",), w.nonparty, "a force or traffic that is not on the line was named"),
    (e.InstrumentCited, ("H7.2",), w.cited, "a reference instrument was put on the line"),
    (e.AgreementProposed, ("H7.1",), w.proposed, "an agreement was proposed"),
    (e.AgreementSigned, ("H7.2",), w.signed, "signed by a party, and the state that follows"),
    (e.AgreementMoved, ("H7.2",), w.agreement_moved, "suspended, resumed, denounced, or begun and ended by the clock"),
    (e.NoticeGiven, ("H4", "H4.1", "H4.2", "H4.4", "H4.5", "H4.6", "H4.10"), w.given,
     "a version: its state, `UNAWARE OF n`, `notice lead`, EMERGENCY and CONTRADICTORY, what the checks ask, its kind"),
    (e.TermsChecked, ("H4.3",), w.terms, "one for each term: `met`, `not met (by ...)`, `cannot be judged (...)`"),
    (e.NoticeTold, ("H4.7", "H4.10"), w.told, "who was told which volumes and why; what is to be read back"),
    (e.NoticeMoved, ("H4",), w.moved, "what happened to a notice, by its giver or the clock, and the state that follows"),
    (e.MovementDeclared, ("H6.2",), w.movement, "a movement was declared"),
    (e.MovementEnded, ("H6.2",), w.movement, "a movement is over"),
    (e.ZoneSet, ("H6.4",), w.zone, "a zone, declared or reported, and when it is active"),
    (e.ZonePosture, ("H6.4",), w.posture, "a zone's new capability class"),
    (e.ZoneEnded, ("H6.4",), w.zone_ended, "a zone is no more"),
    (e.ConflictFound, ("H4.8",), w.conflict, "what the giver learns: `CONFLICT, ask PARTY`, and which of its volumes"),
    (e.Touched, ("H4.9",), w.touched, "what the other learns: one for each meeting, from-to and at which altitudes"),
    (e.CellsOnly, ("H4.9",), w.cells_only, "standard intents known as cells alone"),
    (e.Released, ("H4.8",), w.released, "the other releases to the giver what is met"),
    (e.ZoneWarned, ("H6.4",), w.zone_warned, "an aircraft in an active zone at the time of a notice there"),
    (e.RelayNeeded, ("H1.2",), w.relay_needed, "a non-party is concerned: `NOT RELAYED` by whom, or `NOBODY RELAYS`"),
    (e.Relayed, ("H1.2",), w.relayed, "`RELAYED` by whom, how, when"),
    (e.HandedOut, ("H5.1",), r.handed_out, "`handed out`, which is no receipt"),
    (e.Received, ("H5.1", "H5.2", "H5.3", "H5.4", "H4.2"), r.received,
     "one of the four receipts; of SEEN and UNDERSTOOD also the `usable warning`"),
    (e.HashDiffers, ("H5.1",), r.hash_differs, "another hash was named than that of what was told"),
    (e.ReadBackOpened, ("H5.3",), r.opened, "a read-back was opened"),
    (e.ReadBackTried, ("H5.3",), r.tried, "a read-back: right, or which of area, band and times was wrong"),
    (e.ReadBackLapsed, ("H5.3",), r.lapsed, "a read-back was not answered in time"),
    (e.FetchedMeanwhile, ("H5.3",), r.fetched, "somebody else of the party fetched it meanwhile"),
    (e.CallAsked, ("H5.3",), r.call, "two wrong read-backs"),
    (e.WhoOfOursSaid, ("H5.3",), r.who, "the answer to the question after it, which is the addressee's own"),
    (e.PhraseEqual, ("H3.2",), r.phrase_equal, "`PHRASE_EQUAL`"),
    (e.Objected, ("H5.5",), r.objected, "an objection, a request for delay, or a question"),
    (e.ObjectionAnswered, ("H4.12",), r.answered, "the giver's answer"),
    (e.DeadlineMissed, ("H5.6", "H4.12", "H1.2", "H7.1"), r.missed,
     "a stage, answer or relay was missed; and what the giver undertook for this silence"),
    (e.AskedCounted, ("H4.8",), r.asked, "a trial check or advice was asked for: the number that others see"),
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
