"""Statements: what they are bound to, what a nonce remembers, and whose signature counts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline import state as s
from beforehand.core.hotline.contents import read_notice, read_sent
from beforehand.core.hotline.fold import speaking as folding
from beforehand.core.hotline.instants import instant
from beforehand.core.hotline.replies import Done
from beforehand.core.hotline.terms import Terms
from beforehand.core.stamp import Caller, Refusal
from core.hotline.line import Hand, Line
from core.hotline.statements import signed, stated

ALL = Terms(tell={"*": ["GREY", "TEAL"]})


class Two:
    """GREY and TEAL, who tell each other everything."""

    def __init__(self) -> None:
        self.line = Line()
        self.grey, self.teal = self.line.party("GREY"), self.line.party("TEAL")
        self.line.agreement(self.grey, self.teal, terms=ALL)


@pytest.fixture
def two() -> Two:
    return Two()


# Bound ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bound", "fits"),
    [
        ({"party": "GREY"}, True),
        ({"party": "TEAL"}, False),
        ({"role": "senior"}, True),
        ({"role": "duty"}, False),
        ({"subject": "notice"}, True),
        ({"subject": "zone"}, False),
        ({"version": 1}, True),
        ({"version": 0}, False),
        ({"version": 2}, False),
    ],
)
def test_a_statement_counts_only_for_what_it_is_bound_to(two, bound, fits):
    """H1.5: party, role, subject and version."""
    reply = two.line.act(stated(two.grey.giving(), **bound))
    assert isinstance(reply, Done) if fits else reply.reason == "statement_mismatch"
    if not fits:
        assert f"statement.{next(iter(bound))} is " in reply.message


def test_a_service_has_no_role_to_be_bound_to(two):
    """H1.5: a role that is said where nobody acts in one is another role."""
    by = replace(two.grey.service(), role=None)
    assert two.line.refused(stated(replace(two.grey.giving(), by=by), role="duty")) == "statement_mismatch"


@pytest.mark.parametrize(
    ("make", "subject"),
    [
        (lambda two: c.Invite(two.grey.by, "x", ("duty",)), "party"),
        (lambda two: c.MakeService(two.grey.by, "x", "x", ""), "party"),
        (lambda two: c.RemovePerson(two.grey.by, two.line.done(c.MakeService(two.grey.by, "x", "x", "")).id), "party"),
        (lambda two: c.AddKey(two.grey.by, "x", "x", 0), "party"),
        (lambda two: c.RevokeKey(two.grey.by, "key-GREY", 0), "party"),
        (lambda two: c.NameNonparty(two.grey.by, "COAST", ""), "nonparty"),
        (lambda two: c.Propose(two.grey.by, ("GREY",), (), Terms(), 0, None, b"", (), ""), "agreement"),
        (
            lambda two: c.MoveAgreement(two.grey.by, next(iter(two.line.state.agreements)), "suspended"),
            "agreement/{id}",
        ),
        (lambda two: c.MoveNotice(two.grey.by, two.grey.give().id, "begun"), "notice/{id}"),
        (lambda two: c.ShiftNotice(two.grey.by, two.grey.give().id, 1, True), "notice/{id}"),
        (
            lambda two: c.ChangeNotice(two.grey.by, two.grey.give().id, False, (two.grey.volume(),), (), ""),
            "notice/{id}",
        ),
    ],
)
def test_every_act_has_a_subject_of_its_own(two, make: Callable[[Two], c.Asked], subject):
    """H1.5: what is said of one thing counts for no other."""
    command = make(two)
    named = getattr(command, "agreement", getattr(command, "notice", ""))
    assert two.line.refused(stated(command, "a", subject="other")) == "statement_mismatch"
    two.line.done(stated(command, "b", subject=subject.format(id=named)))


def test_signing_an_agreement_has_it_for_subject(two):
    """H1.5: and so has whatever is done to a notice."""
    agreement = two.line.done(c.Propose(two.grey.by, ("GREY", "TEAL"), (), ALL, 0, None, b"", (), "")).id
    command = c.Sign(two.grey.by, agreement)
    assert two.line.refused(stated(command, subject="agreement")) == "statement_mismatch"
    two.line.done(stated(command, subject=f"agreement/{agreement}"))


def test_a_version_is_that_which_stands_or_which_is_made(two):
    """H1.5: an all-clear names the newest, a new version its own number."""
    notice = two.grey.give()
    move = c.MoveNotice(two.grey.by, notice.id, "begun")
    change = c.ChangeNotice(two.grey.by, notice.id, False, (two.grey.volume(),), (), "")
    shift = c.ShiftNotice(two.grey.by, notice.id, 60_000_000, True)
    assert two.line.refused(stated(move, version=2)) == "statement_mismatch"
    assert two.line.refused(stated(change, version=1)) == "statement_mismatch"
    assert two.line.refused(stated(shift, version=1)) == "statement_mismatch"
    two.line.done(stated(move, "a", version=1))
    two.line.done(stated(change, "b", version=2))
    two.line.done(stated(shift, "c", version=3))
    assert two.line.refused(stated(replace(move, notice="none"), "d", version=7)) == "not_found"


def test_what_a_statement_says_is_kept_with_the_entry(two):
    """H1.5: who, in which role, claimed time, nonce, digest, and the newest checkpoint that its sender had seen."""
    seen = (17, "ab" * 32)
    two.line.done(signed(two.grey.giving(), "public-GREY", "n", claimed_us=5, seen=seen))
    by = two.line.events(e.NoticeGiven)[-1].by
    assert (by.party, by.person, by.role, by.nonce, by.key) == ("GREY", two.grey.person, "senior", "n", "key-GREY")
    assert (by.claimed, by.seen) == (5, seen)
    assert by.digest is not UNSET
    assert len(by.digest) == 64
    two.line.done(two.grey.giving())
    by = two.line.events(e.NoticeGiven)[-1].by
    assert (by.party, by.person, by.role) == ("GREY", two.grey.person, "senior")
    assert {by.nonce, by.digest, by.key, by.claimed, by.seen} == {UNSET}


def test_a_signed_statement_is_kept_as_sent(two):
    """H1.5: signed over the bytes as sent, which are content; of an unsigned one only its words."""
    given = two.line.done(signed(two.grey.giving(), "public-GREY"))
    content = read_notice(two.line.journal[given.entry][2] or b"")
    assert (content.sent, content.signature) == ("bytes", "signature")
    move = c.MoveNotice(two.grey.by, given.id, "begun")
    moved = two.line.done(signed(move, "public-GREY", "m"))
    assert read_sent(two.line.journal[moved.entry][2] or b"") == read_sent(b'{"sent":"bytes","signature":"signature"}')
    assert two.line.journal[two.line.done(move).entry][2] is None
    named = two.line.done(c.NameNonparty(replace(two.grey.by, bytes_as_sent="bytes"), "COAST", "words"))
    kept = read_sent(two.line.journal[named.entry][2] or b"")
    assert (kept.words, kept.sent, kept.signature) == ("words", "bytes", "")


# Nonces -----------------------------------------------------------------------------------------------------------------


def test_the_same_bytes_get_the_first_answer_again_and_other_bytes_none(two):
    """H1.5: nothing is recorded the second time."""
    first = two.line.done(stated(two.grey.giving()))
    entries = len(two.line.journal)
    two.line.now_us = two.line.at(3)
    assert two.line.done(stated(two.grey.giving())) == first
    assert first.time == instant(two.line.journal[first.entry][0])
    assert two.line.refused(stated(two.grey.giving(), said="other")) == "nonce_used"
    assert len(two.line.journal) == entries
    assert two.line.done(stated(two.grey.giving(), "another")) != first
    assert two.line.done(stated(two.teal.giving())) != first, "nonces are each party's own"


def test_the_first_answer_comes_again_after_a_restart(two):
    """H1.5: what a nonce was answered follows from the journal."""
    first = two.line.done(stated(two.grey.giving()))
    two.line.machine = two.line.replayed()
    assert two.line.done(stated(two.grey.giving())) == first
    assert two.line.refused(stated(two.grey.giving(), said="other")) == "nonce_used"


def test_the_first_answer_comes_again_though_the_version_is_no_longer_the_newest(two):
    """H1.5: who lost the answer says the same bytes, and others may have gone on meanwhile."""
    notice = two.grey.give()
    change = stated(c.ChangeNotice(two.grey.by, notice.id, False, (two.grey.volume(),), (), ""), "a", version=2)
    begun = stated(c.MoveNotice(two.grey.by, notice.id, "begun"), "b", version=2)
    made, moved = two.line.done(change), two.line.done(begun)
    two.grey.change(notice)
    assert two.line.done(change) == made
    assert two.line.done(begun) == moved
    assert (made.version, moved.version) == (2, 2)


def test_every_act_is_answered_alike_twice(two):
    """H1.5: id, version, entry and time of the first answer, whatever it was an answer to."""
    line, grey, teal = two.line, two.grey, two.teal
    notice = grey.give()
    grey.change(notice)
    teal.fetch(notice)
    objection = line.done(stated(c.Object(teal.by, notice.id, "OBJECTION", "no"), "o"))
    proposed = line.done(stated(c.Propose(grey.by, ("GREY", "TEAL"), (), ALL, 0, None, b"", (), ""), "p"))
    zone = grey.zone()
    acts = [
        c.Invite(grey.by, "x", ("duty",)),
        c.MakeService(grey.by, "robot", "x", ""),
        c.AddKey(grey.by, "k", "p", 0),
        c.RevokeKey(grey.by, "k", 0),
        c.NameNonparty(grey.by, "COAST", ""),
        c.Sign(grey.by, proposed.id),
        c.Sign(teal.by, proposed.id),
        c.MoveAgreement(grey.by, proposed.id, "suspended"),
        c.MoveNotice(grey.by, notice.id, "begun"),
        c.ShiftNotice(grey.by, notice.id, 60_000_000, True),
        c.Receive(teal.by, notice.id, 2, "SEEN"),
        c.Object(teal.by, notice.id, "QUESTION", "why"),
        c.AnswerObjection(grey.by, notice.id, objection.id, "noted, goes ahead", ""),
        c.SetPosture(grey.by, zone.id, "class", 0),
        c.EndZone(grey.by, zone.id),
    ]
    for number, act in enumerate(acts):
        first = line.done(stated(act, f"n{number}"))
        assert line.done(stated(act, f"n{number}")) == first, act
    removed = line.done(c.MakeService(grey.by, "other", "x", ""))
    first = line.done(stated(c.RemovePerson(grey.by, removed.id), "r"))
    assert line.done(stated(c.RemovePerson(grey.by, removed.id), "r")) == first


def test_what_was_refused_is_not_answered_as_done_the_second_time(two):
    """H1.5, H5.1: a hash that differs is recorded, and refused as often as it is said."""
    notice = two.grey.give()
    receipt = stated(c.Receive(two.teal.by, notice.id, 0, "DELIVERED", "0" * 64))
    assert two.line.refused(receipt) == "hash_differs"
    assert two.line.refused(receipt) == "hash_differs"
    assert len(two.line.events(e.HashDiffers)) == 2
    assert "DELIVERED" not in notice.tellings["TEAL"][0].received


def test_whoever_may_not_do_it_is_not_answered_for_having_the_nonce(two):
    """H1.5: a service that repeats a person's statement is still a service."""
    invite = stated(c.Invite(two.grey.by, "x", ("duty",)))
    two.line.done(invite)
    service = two.grey.service()
    again = replace(invite, by=replace(invite.by, person=None, role="service", session=service.session))
    assert two.line.refused(again) == "person_needed"


def test_without_a_nonce_the_same_bytes_are_two_statements(two):
    """H1.5: nothing tells them apart from two acts, and nothing is remembered."""
    unnamed = stated(two.grey.giving(), "")
    assert two.line.done(unnamed).id != two.line.done(unnamed).id
    assert two.line.state.parties["GREY"].nonces == {}


def test_nonces_are_remembered_for_a_day_and_not_without_end(two, monkeypatch):
    """H1.5: each a day at least while there are not twice as many; then the oldest are forgotten."""
    assert (s.NONCES_MAX, s.NONCE_US) == (20_000, 24 * 3_600 * 1_000_000)
    monkeypatch.setattr(folding, "NONCES_MAX", 2)
    line, by = two.line, two.grey.by
    party = line.state.parties["GREY"]

    def say(nonce: str) -> None:
        line.decide(stated(c.NameNonparty(by, f"N{nonce}", ""), nonce))

    for nonce in "abcd":
        say(nonce)
    assert list(party.nonces) == list("abcd") == list(party.nonce_order), "twice as many, all of this day"
    say("e")
    assert list(party.nonces) == list("bcde") == list(party.nonce_order)
    line.now_us = party.nonces["c"].time_us + s.NONCE_US - 2
    by = replace(two.grey.as_("senior").by)
    say("f")
    assert list(party.nonces) == list("cdef")
    line.now_us = party.nonces["d"].time_us + s.NONCE_US
    say("g")
    assert list(party.nonces) == list("efg") == list(party.nonce_order)


def test_few_nonces_are_never_forgotten(two, monkeypatch):
    """H1.5: while there is room, however old."""
    monkeypatch.setattr(folding, "NONCES_MAX", 2)
    first = two.line.done(stated(c.NameNonparty(two.grey.by, "COAST", "")))
    two.line.now_us += 10 * s.NONCE_US
    by = two.grey.as_("senior").by
    two.line.done(stated(c.NameNonparty(by, "CIVIL", ""), "b"))
    assert two.line.done(stated(c.NameNonparty(by, "COAST", ""))) == first


# Signatures -------------------------------------------------------------------------------------------------------------


def _signed(line: Line, hand: Hand, notice: str) -> str:
    return str(line.act(c.FetchNotice(hand.by, notice)).view.versions[-1].signed)


def test_signed_or_not_is_always_shown(two):
    """H1.5: a statement not signed by a party's key holds by the node's word."""
    assert _signed(two.line, two.grey, two.grey.give().id) == "unsigned, by the node's word"
    done = two.line.done(signed(two.grey.giving(), "public-GREY"))
    assert _signed(two.line, two.grey, done.id) == "signed (key-GREY)"


def test_a_key_that_is_not_the_partys_signs_nothing(two):
    """H1.5: another party's key is as unknown as none."""
    name = c.NameNonparty(two.grey.by, "COAST", "")
    assert two.line.refused(signed(name, "public-NOBODY")) == "unknown_key"
    assert two.line.refused(signed(name, "public-TEAL")) == "unknown_key"
    two.line.done(signed(name, "public-GREY"))


@pytest.mark.parametrize(
    "make",
    [
        lambda hand, notice: hand.giving(),
        lambda hand, notice: c.ChangeNotice(hand.by, notice, False, (hand.volume(),), (), ""),
        lambda hand, notice: c.ShiftNotice(hand.by, notice, 1, True),
        lambda hand, notice: c.MoveNotice(hand.by, notice, "begun"),
        lambda hand, notice: c.SetZone(hand.by, "range", None, (hand.volume(),), ((0, None),), (), "{}"),
    ],
)
def test_a_warning_is_never_refused_for_an_unknown_key(two, make):
    """H1.5, H4.1: it goes out at once, unsigned, by the node's word (P2)."""
    notice = two.grey.give()
    two.line.done(signed(make(two.grey, notice.id), "public-NOBODY"))
    assert two.line.journal[-1] is not None
    made = [event for _, event, _ in two.line.journal if getattr(getattr(event, "by", None), "nonce", "") == "nonce"]
    assert [each.by.key for each in made] == [UNSET]
    assert made[0].by.digest is not UNSET


def test_a_trial_is_no_warning(two):
    """H1.5, H4.8: nobody is warned by it, so it may wait for a key."""
    command = two.grey.giving(kind=c.TryNotice)
    assert two.line.refused(signed(command, "public-NOBODY")) == "unknown_key"


def test_a_key_counts_from_its_time_on(two):
    """H1.1: at that very microsecond, and not one earlier."""
    line = two.line
    line.done(c.AddKey(two.grey.by, "soon", "public-soon", line.at(10)))
    line.now_us = line.at(10) - 1
    assert line.refused(signed(c.NameNonparty(two.grey.by, "COAST", ""), "public-soon", "a")) == "unknown_key"
    line.now_us = line.at(10)
    line.done(signed(c.NameNonparty(two.grey.by, "COAST", ""), "public-soon", "b"))
    assert line.events(e.NonpartyNamed)[-1].by.key == "soon"


@pytest.mark.parametrize("missing", [{"nonce": ""}, {"party": ""}])
def test_a_signed_statement_names_its_party_and_a_nonce(two, missing):
    """H1.5: else it could be said again, or for somebody else."""
    assert two.line.refused(signed(two.grey.giving(), "public-GREY", **missing)) == "statement_mismatch"


def test_who_is_nobody_here_says_nothing(two):
    """H1.5: a token of no party, and one whose party is not on this line."""
    for by, reason in (
        (c.Speaker(Caller("x", "y")), "no_party"),
        (c.Speaker(Caller("x", "y"), "RUST"), "session_over"),
    ):
        reply = two.line.act(replace(two.grey.giving(), by=by))
        assert isinstance(reply, Refusal)
        assert reply.reason == reason


def test_refusals_say_no_more_of_what_was_sent_than_fits_a_line(two):
    """H1.5: sixty-four characters of an id or a statement come back."""
    long = "x" * 64
    reply = two.line.act(stated(two.grey.giving(), subject=long + "y"))
    assert f"statement.subject is '{long}'" in reply.message
    reply = two.line.act(c.MoveNotice(two.grey.by, long + "y", "begun"))
    assert f"There is no notice of yours {long} that" in reply.message
