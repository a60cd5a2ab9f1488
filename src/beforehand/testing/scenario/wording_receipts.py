"""How facts about receipts, read-backs, objections and missed deadlines are worded as verdicts."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from beforehand.core.hotline import events as e
from beforehand.testing.scenario.times import clock, length
from beforehand.testing.scenario.wording import Said, Telling

RULE_OF_STAGE = {"DELIVERED": "H5.1", "SEEN": "H5.2", "UNDERSTOOD": "H5.3", "DISSEMINATED": "H5.4"}


def handed_out(event: e.HandedOut, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H5.1", so_far.notice(event, event.party), "handed out")


def received(event: e.Received, at_us: int, so_far: Telling) -> Iterator[Said]:
    of = so_far.notice(event, event.party)
    how = [each for each in (event.coverage, event.how, event.spread) if each is not UNSET]
    yield Said(RULE_OF_STAGE[event.stage], of, f"{event.stage} ({' '.join(how)})" if how else event.stage)
    if event.stage in ("SEEN", "UNDERSTOOD"):
        usable_us = so_far.usable_us(event, at_us)
        said = "no window said yet" if usable_us is None else length(usable_us)
        yield Said("H4.2", of, f"usable warning {said}, by {event.stage}")


def hash_differs(event: e.HashDiffers, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H5.1", so_far.notice(event, event.party), "names another hash: does not hold what it was told")


def opened(event: e.ReadBackOpened, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said(
        "H5.3", so_far.notice(event, event.party), f"read-back opened ({event.asked}), until {clock(event.until)}"
    )


def tried(event: e.ReadBackTried, at_us: int, so_far: Telling) -> Iterator[Said]:
    how = "right" if not event.wrong else f"wrong: {', '.join(event.wrong)}"
    voice = ", by voice" if event.by_voice else ""
    yield Said("H5.3", so_far.notice(event, event.party), f"read-back {event.number} {how}{voice}")


def lapsed(event: e.ReadBackLapsed, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H5.3", so_far.notice(event, event.party), "read-back opened and not answered in time")


def fetched(event: e.FetchedMeanwhile, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H5.3", so_far.notice(event, event.party), "fetched by somebody else of the party during the read-back")


def call(event: e.CallAsked, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said(
        "H5.3", so_far.notice(event, event.party), "after two wrong read-backs both officers are asked onto a call"
    )


def who(event: e.WhoOfOursSaid, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H5.3", so_far.notice(event, event.party), f"who of ours: {event.answer}")


def phrase_equal(event: e.PhraseEqual, at_us: int, so_far: Telling) -> Iterator[Said]:
    of = so_far.notice(event, event.party)
    yield Said("H3.2", of, f"PHRASE_EQUAL by voice at {clock(event.at)}, said by {event.by.party}")


def objected(event: e.Objected, at_us: int, so_far: Telling) -> Iterator[Said]:
    due = "" if event.deadline is None else f", answer due {clock(event.deadline)}"
    yield Said("H5.5", so_far.notice(event), f"{event.kind} by {event.party}{due}")


def answered(event: e.ObjectionAnswered, at_us: int, so_far: Telling) -> Iterator[Said]:
    yield Said("H4.12", so_far.names.label_of(event.notice), f"{event.by.party} answers {event.party}: {event.answer}")


def missed(event: e.DeadlineMissed, at_us: int, so_far: Telling) -> Iterator[Said]:
    rule = {"answer": "H4.12", "relay": "H1.2"}.get(event.what, "H5.6")
    what = {"answer": "answer to an objection", "relay": "relay"}.get(event.what, event.what)
    of = so_far.notice(event, event.party)
    yield Said(rule, of, f"{what} missed: was due {clock(event.deadline)}; goes to {event.role}")
    if event.undertook is not UNSET:
        yield Said("H7.1", of, f"for this silence the giver undertook: {event.undertook}")


def asked(event: e.AskedCounted, at_us: int, so_far: Telling) -> Iterator[Said]:
    count = so_far.asked[event.party, event.kind] = so_far.asked.get((event.party, event.kind), 0) + 1
    yield Said("H4.8", event.party, f"{event.kind} asked, {count} so far; seen by {', '.join(event.to) or 'nobody'}")
