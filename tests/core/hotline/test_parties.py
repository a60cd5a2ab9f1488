"""Parties, people, sessions, keys and non-parties."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline import state as s
from beforehand.core.hotline.contents import read_sent
from beforehand.core.hotline.decide import parties
from beforehand.core.hotline.fold import parties as folding
from beforehand.core.hotline.phrase import day_value
from beforehand.core.hotline.replies import LoginFound, Shown
from beforehand.core.stamp import Caller, Refusal
from core.hotline.line import Hand, Line
from core.hotline.statements import as_role, signed, unbound

OPERATOR = c.Speaker(Caller("operator", "operator"), operator=True)
NOBODY = c.Speaker(Caller("", ""))


def creation(code: str = "GREY", **but: Any) -> c.CreateParty:
    made = c.CreateParty(
        OPERATOR, code, "participant", "", "", f"key-{code}", f"public-{code}", f"invitation-{code}", "its name"
    )
    return replace(made, **but)


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def grey(line: Line) -> Hand:
    return line.party("GREY")


# Parties ----------------------------------------------------------------------------------------------------------------


def test_only_the_operator_makes_a_party(line):
    """H1.1: with a code, a name, a kind and its first signing key, good from that moment."""
    assert line.refused(replace(creation(), by=NOBODY)) == "operator_needed"
    done = line.done(creation())
    party = line.state.parties["GREY"]
    assert (done.id, done.entry, done.version) == ("GREY", party.handle, 0)
    assert (party.kind, party.issuer, party.subject) == ("participant", "", "")
    key = party.keys["key-GREY"]
    assert (key.public, key.start_us, key.revoked_us) == ("public-GREY", line.journal[-1][0], None)
    content = line.journal[-1][2]
    assert content is not None
    assert read_sent(content).words == "its name"


def test_a_code_is_taken_once_and_so_is_what_looks_like_it(line, grey):
    """H1.1: nobody mixes up two parties."""
    assert line.refused(creation("GREY", key="k")) == "code_taken"
    line.done(creation("SLATE"))
    assert line.refused(creation("5LATE")) == "code_looks_alike"
    assert line.refused(creation("SIATE")) == "code_looks_alike"


def test_a_subject_speaks_for_one_party_of_an_issuer(line):
    """H1.1: of another issuer for another; where none is named, for none."""
    line.done(creation("GREY", issuer="one", subject="a"))
    assert line.refused(creation("TEAL", issuer="one", subject="a")) == "subject_taken"
    line.done(creation("TEAL", issuer="two", subject="a"))
    line.done(creation("RUST", issuer="two", subject="b"))
    line.done(creation("AQUA"))
    line.done(creation("PLUM"))
    assert line.state.bound == {("one", "a"): "GREY", ("two", "a"): "TEAL", ("two", "b"): "RUST"}


def test_a_signing_key_is_one_partys_alone(line, grey):
    """H1.1: else one could contest what another signed."""
    teal = line.party("TEAL")
    assert line.refused(creation("RUST", key="key-GREY")) == "key_taken"
    assert line.refused(c.AddKey(teal.by, "key-GREY", "public-GREY", 0)) == "key_taken"


def test_there_are_so_many_parties_and_no_more(line, grey, monkeypatch):
    """H1.1: bounded (P8)."""
    assert s.PARTIES_MAX == 5_000
    monkeypatch.setattr(parties, "PARTIES_MAX", 2)
    line.party("TEAL")
    assert line.refused(creation("RUST")) == "quota"


def test_parties_are_listed_in_the_order_in_which_they_came(line, grey):
    """H1.1: one's own in full, of others what is theirs to show; to the operator as to nobody."""
    teal = line.party("TEAL")
    line.done(c.NameNonparty(grey.by, "COAST", ""))
    shown = line.act(c.ListParties(grey.by))
    assert isinstance(shown, Shown)
    one, other = shown.view["parties"]
    assert (one.code, other.code) == ("GREY", "TEAL")
    assert one.nonparties == ["COAST"]
    assert one.on_duty == ["senior"]
    assert (other.nonparties, other.people, other.on_duty) == (None, None, [])
    assert [each.nonparties for each in line.act(c.ListParties(OPERATOR)).view["parties"]] == [None, None]
    assert line.refused(c.ListParties(NOBODY)) == "no_party"
    assert line.act(c.ListParties(teal.by)).view["parties"][0].nonparties is None


# People -----------------------------------------------------------------------------------------------------------------


def test_an_invitation_is_taken_up_once(line):
    """H1.3: the first person of a party may act in both roles that mean something here."""
    line.done(creation())
    join = c.Join(NOBODY, "GREY", "invitation-GREY", "login", "hash")
    joined = line.done(join)
    person = line.state.parties["GREY"].people[joined.id]
    assert person.roles == ("duty", "senior")
    assert (person.login, person.entry, person.secret, person.active) == ("login", joined.entry, None, True)
    assert line.journal[joined.entry][2] == b"hash"
    assert line.refused(replace(join, login="other")) == "invitation_unknown"
    assert line.refused(replace(join, party="TEAL")) == "invitation_unknown"
    assert line.refused(replace(join, invitation="")) == "invitation_unknown"


def test_a_senior_person_invites_others_for_roles(line, grey):
    """H1.3: one invitation, one person, those roles."""
    assert line.done(c.Invite(grey.by, "digest", ("duty", "night"))).id == "GREY"
    join = c.Join(NOBODY, "GREY", "digest", "login-GREY", "hash")
    assert line.refused(join) == "login_taken"
    joined = line.done(replace(join, login="second"))
    assert line.state.parties["GREY"].people[joined.id].roles == ("duty", "night")
    assert line.state.parties["GREY"].invitations == {}


def test_people_services_and_invitations_are_bounded(line, grey, monkeypatch):
    """H1.3: bounded (P8), together."""
    assert s.PEOPLE_MAX == 1_000
    monkeypatch.setattr(parties, "PEOPLE_MAX", 2)
    line.done(c.Invite(grey.by, "a", ("duty",)))
    line.done(c.Invite(grey.by, "b", ("duty",)))
    assert line.refused(c.Invite(grey.by, "c", ("duty",))) == "quota"
    line.done(c.Join(NOBODY, "GREY", "a", "second", ""))
    assert line.refused(c.Join(NOBODY, "GREY", "b", "third", "")) == "quota"
    assert line.refused(c.MakeService(grey.by, "fourth", "secret", "")) == "quota"


def test_a_service_speaks_for_the_party_and_for_no_person(line, grey):
    """H1.3: its only role is that of a service."""
    assert line.refused(c.MakeService(grey.by, "login-GREY", "secret", "")) == "login_taken"
    made = line.done(c.MakeService(grey.by, "robot", "secret", "its name"))
    person = line.state.parties["GREY"].people[made.id]
    assert (person.roles, person.secret, person.entry) == (("service",), "secret", made.entry)
    content = line.journal[made.entry][2]
    assert content is not None
    assert read_sent(content).words == "its name"
    assert line.refused(c.OpenSession(NOBODY, "GREY", made.id, "duty", line.at(60))) == "role_needed"


@pytest.mark.parametrize(
    "command",
    [
        lambda by: c.Invite(by, "x", ("duty",)),
        lambda by: c.MakeService(by, "x", "x", ""),
        lambda by: c.RemovePerson(by, "x"),
        lambda by: c.AddKey(by, "x", "x", 0),
        lambda by: c.RevokeKey(by, "x", 0),
    ],
)
def test_only_a_senior_person_changes_people_and_keys(line, grey, command):
    """H1.3: not a service, not another role, not a token without a party."""
    asked = command(grey.by)
    assert line.refused(as_role(asked, "duty")) == "role_needed"
    assert line.refused(replace(asked, by=grey.service())) == "person_needed"
    assert line.refused(unbound(asked)) == "no_party"


def test_a_login_is_found_while_its_person_is_there(line, grey):
    """H1.3: for the process alone, which looks at the password then."""
    found = line.act(c.FindLogin(NOBODY, "GREY", "login-GREY"))
    person = line.state.parties["GREY"].people[grey.person]
    assert found == LoginFound(grey.person, person.entry, ("duty", "senior"), None)
    assert line.act(c.FindLogin(NOBODY, "GREY", "other")) is None
    assert line.act(c.FindLogin(NOBODY, "TEAL", "login-GREY")) is None
    made = line.done(c.MakeService(grey.by, "robot", "secret", ""))
    assert line.act(c.FindLogin(NOBODY, "GREY", "robot")) == LoginFound(made.id, made.entry, ("service",), "secret")
    line.done(c.RemovePerson(grey.by, made.id))
    assert line.act(c.FindLogin(NOBODY, "GREY", "robot")) is None


def test_a_session_is_in_one_of_the_persons_roles(line, grey):
    """H1.3: people act in roles."""
    opened = line.done(c.OpenSession(NOBODY, "GREY", grey.person, "duty", line.at(60)))
    session = line.state.parties["GREY"].sessions[opened.id]
    assert (session.person, session.role, session.until_us) == (grey.person, "duty", line.at(60))
    assert line.refused(c.OpenSession(NOBODY, "GREY", grey.person, "chief", line.at(60))) == "role_needed"
    assert line.refused(c.OpenSession(NOBODY, "GREY", "nobody", "duty", line.at(60))) == "session_over"
    assert line.refused(c.OpenSession(NOBODY, "TEAL", grey.person, "duty", line.at(60))) == "session_over"


def test_removal_ends_all_sessions_of_a_person_at_once(line, grey):
    """H1.3: and nobody logs in as that person any more."""
    line.done(c.Invite(grey.by, "digest", ("senior",)))
    second = Hand(line, "GREY", line.done(c.Join(NOBODY, "GREY", "digest", "second", "")).id).as_("senior")
    line.done(c.NameNonparty(second.by, "COAST", ""))
    assert line.refused(c.RemovePerson(grey.by, "nobody")) == "not_found"
    assert line.done(c.RemovePerson(grey.by, second.person)).id == second.person
    assert line.refused(c.NameNonparty(second.by, "CIVIL", "")) == "session_over"
    assert line.refused(c.OpenSession(NOBODY, "GREY", second.person, "senior", line.at(60))) == "session_over"
    assert line.refused(c.RemovePerson(grey.by, second.person)) == "not_found"
    assert line.act(c.ListParties(grey.by)).view["parties"][0].on_duty == ["senior"]
    line.done(c.Invite(grey.by, "again", ("senior",)))
    line.done(c.Join(NOBODY, "GREY", "again", "second", ""))


def test_a_session_ends_at_its_time(line, grey):
    """H1.3: at that very microsecond."""
    line.now_us = line.state.parties["GREY"].sessions[grey.by.session].until_us - 1
    line.done(c.NameNonparty(grey.by, "COAST", ""))
    line.now_us += 1
    assert line.refused(c.NameNonparty(grey.by, "CIVIL", "")) == "session_over"


def test_closing_one_session_closes_no_other(line, grey):
    """H1.3: not even of the same person."""
    other = Hand(line, "GREY", grey.person).as_("duty")
    assert line.done(c.CloseSession(other.by)).id == other.by.session
    assert line.refused(c.NameNonparty(other.by, "COAST", "")) == "session_over"
    line.done(c.NameNonparty(grey.by, "COAST", ""))
    assert line.refused(c.CloseSession(other.by)) == "session_over"


def test_a_token_of_another_issuer_has_no_session_here(line):
    """H1.3: it speaks for its party, and there is nothing to end."""
    line.done(creation("GREY", issuer="one", subject="a"))
    by = c.Speaker(Caller("one", "a"))
    assert line.refused(c.CloseSession(by)) == "person_needed"
    assert line.done(c.NameNonparty(by, "COAST", "")).id == "COAST"
    assert line.refused(c.NameNonparty(c.Speaker(Caller("one", "b")), "CIVIL", "")) == "no_party"


def test_a_session_of_one_party_says_nothing_for_another(line, grey):
    """H1.3: code, session and person belong together."""
    teal = line.party("TEAL")
    for by in (
        replace(grey.by, code="TEAL"),
        replace(grey.by, code="NOBODY"),
        replace(grey.by, session=teal.by.session),
        replace(grey.by, session=None),
    ):
        assert line.refused(c.NameNonparty(by, "COAST", "")) == "session_over"


def test_of_many_sessions_the_oldest_are_forgotten(line, grey, monkeypatch):
    """H1.3: bounded (P8)."""
    assert s.SESSIONS_MAX == 2_000
    monkeypatch.setattr(folding, "SESSIONS_MAX", 3)
    first = grey.by
    sessions = [Hand(line, "GREY", grey.person).as_("duty").by for _ in range(3)]
    assert list(line.state.parties["GREY"].sessions) == [each.session for each in sessions]
    assert line.refused(c.CloseSession(first)) == "session_over"


# Keys -------------------------------------------------------------------------------------------------------------------


def test_a_key_is_good_from_a_time_and_never_from_one_that_has_passed(line, grey):
    """H1.1: nobody makes a signature good afterwards."""
    line.done(c.AddKey(grey.by, "soon", "public-soon", line.at(10)))
    assert line.state.parties["GREY"].keys["soon"].start_us == line.at(10)
    added = line.done(c.AddKey(grey.by, "now", "public-now", line.at(-10)))
    assert line.state.parties["GREY"].keys["now"].start_us == line.journal[added.entry][0]
    assert line.refused(c.AddKey(grey.by, "now", "public-now", 0)) == "key_taken"
    assert line.refused(c.AddKey(grey.by, "key-GREY", "public-GREY", 0)) == "key_taken"


def test_keys_are_bounded(line, grey, monkeypatch):
    """H1.1: bounded (P8)."""
    assert s.KEYS_MAX == 20
    monkeypatch.setattr(parties, "KEYS_MAX", 2)
    line.done(c.AddKey(grey.by, "a", "a", 0))
    assert line.refused(c.AddKey(grey.by, "b", "b", 0)) == "quota"


def _signed_as(line: Line, grey: Hand, notice: str) -> str:
    view = line.act(c.FetchNotice(grey.by, notice)).view
    return str(view.versions[-1].signed)


def test_what_a_stolen_key_signed_since_it_was_stolen_is_contested(line, grey):
    """H1.1: from that very microsecond on, also of what was said before it was known; what came earlier stays signed."""
    first = line.done(signed(grey.giving(), "public-GREY", "1"))
    line.pass_until(5)
    second = line.done(signed(grey.giving(), "public-GREY", "2"))
    assert _signed_as(line, grey, first.id) == _signed_as(line, grey, second.id) == "signed (key-GREY)"
    at_us = line.journal[second.entry][0]
    assert line.refused(c.RevokeKey(grey.by, "nothing", at_us)) == "not_found"
    line.done(c.RevokeKey(grey.by, "key-GREY", at_us + 1))
    assert _signed_as(line, grey, second.id) == "signed (key-GREY)"
    line.done(c.RevokeKey(grey.by, "key-GREY", at_us))
    assert _signed_as(line, grey, first.id) == "signed (key-GREY)"
    assert _signed_as(line, grey, second.id) == "key contested (key-GREY)"
    third = line.done(signed(grey.giving(), "public-GREY", "3"))
    assert _signed_as(line, grey, third.id) == "key contested (key-GREY)"


def test_a_revocation_is_never_taken_back_or_made_later(line, grey):
    """H1.1: the earliest time that was said holds."""
    line.done(c.RevokeKey(grey.by, "key-GREY", line.at(5)))
    line.done(c.RevokeKey(grey.by, "key-GREY", line.at(9)))
    assert line.state.parties["GREY"].keys["key-GREY"].revoked_us == line.at(5)
    line.done(c.RevokeKey(grey.by, "key-GREY", line.at(-9)))
    assert line.state.parties["GREY"].keys["key-GREY"].revoked_us == line.at(-9)


# Non-parties ------------------------------------------------------------------------------------------------------------


def test_each_party_names_non_parties_for_itself(line, grey, monkeypatch):
    """H1.2: two may name the same, none names a party or the same twice, and not without end."""
    assert s.NONPARTIES_MAX == 200
    teal = line.party("TEAL")
    named = line.done(c.NameNonparty(grey.by, "COAST", "its name"))
    assert named.id == "COAST"
    assert line.state.parties["GREY"].nonparties == {"COAST": named.entry}
    assert line.state.parties["TEAL"].nonparties == {}
    line.done(c.NameNonparty(teal.by, "COAST", ""))
    assert line.refused(c.NameNonparty(grey.by, "COAST", "")) == "named_already"
    assert line.refused(c.NameNonparty(grey.by, "TEAL", "")) == "code_taken"
    monkeypatch.setattr(parties, "NONPARTIES_MAX", 1)
    assert line.refused(c.NameNonparty(grey.by, "CIVIL", "")) == "quota"


# Values of pairs --------------------------------------------------------------------------------------------------------


def test_a_pair_gets_its_value_once_and_shows_its_day_to_itself_alone(line, grey):
    """H3.2: with the agreement that both sign; whoever asks first, it is the same for both."""
    teal, rust = line.party("TEAL"), line.party("RUST")
    assert line.refused(c.DayValue(grey.by, "TEAL", "2027-01-15")) == "not_found"
    line.agreement(teal, grey)
    line.agreement(grey, teal, rust)
    keyed = line.events(e.PairKeyed)
    assert [each.parties for each in keyed] == [("GREY", "TEAL"), ("GREY", "RUST"), ("TEAL", "RUST")]
    assert len({each.value for each in keyed}) == 3
    assert {len(each.value) for each in keyed} == {64}
    shown = line.act(c.DayValue(grey.by, "TEAL", "2027-01-15")).view
    value = day_value(keyed[0].value, "2027-01-15")
    assert shown == {"party": "TEAL", "day": "2027-01-15", "day_value": value}
    assert line.act(c.DayValue(teal.by, "GREY", "2027-01-15")).view["day_value"] == value
    assert line.act(c.DayValue(teal.by, "GREY", "2027-01-16")).view["day_value"] != value
    assert line.refused(c.DayValue(NOBODY, "GREY", "2027-01-15")) == "no_party"
    assert line.refused(c.DayValue(grey.by, "GREY", "2027-01-15")) == "not_found"
    assert line.refused(c.DayValue(grey.by, "NOBODY", "2027-01-15")) == "not_found"


def test_refusals_say_what_to_do_and_leave_no_entry(line, grey):
    """H1.1: a party reads the reason, and the journal keeps nothing of it."""
    entries = len(line.journal)
    reply = line.act(creation("GREY"))
    assert isinstance(reply, Refusal)
    assert reply.message == "There is a party GREY already."
    assert len(line.journal) == entries


def test_all_of_it_follows_from_the_journal(line, grey):
    """H1.1: parties, people, sessions, keys, non-parties, pairs (P4)."""
    teal = line.party("TEAL")
    line.agreement(grey, teal)
    line.done(c.AddKey(grey.by, "soon", "public-soon", line.at(10)))
    line.done(c.RevokeKey(grey.by, "key-GREY", line.at(5)))
    line.done(c.NameNonparty(grey.by, "COAST", ""))
    made = line.done(c.MakeService(grey.by, "robot", "secret", ""))
    line.done(c.RemovePerson(grey.by, made.id))
    line.done(c.CloseSession(teal.by))
    assert line.replayed().state_hash() == line.machine.state_hash()
