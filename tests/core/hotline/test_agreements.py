"""Agreements: the table walked cell by cell, by parties and by the clock, and what was in force at any instant."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest
from msgspec.structs import replace

from beforehand.airspace.cells import from_tokens
from beforehand.airspace.volume import Volume
from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline import state as s
from beforehand.core.hotline.contents import read_area
from beforehand.core.hotline.decide import agreements as deciding
from beforehand.core.hotline.decide.agreements import binding
from beforehand.core.hotline.lifecycle import AGREEMENT, BINDING, NO_CHANGE, AgreementState, Refused
from beforehand.core.hotline.state import Agreement
from beforehand.core.hotline.terms import Relay, Terms
from core.hotline.line import Hand, Line, circle
from core.hotline.statements import as_role

EVENTS = ("signed by one", "signed by all", "clock starts", "suspended", "resumed", "denounced", "clock ends")
NO = {"not_signed", "not_in_force", "not_suspended", "agreement_over"}


class Three:
    """GREY proposes to TEAL and RUST; PLUM observes."""

    def __init__(self) -> None:
        self.line = Line()
        self.grey, self.teal, self.rust, self.plum = map(self.line.party, ("GREY", "TEAL", "RUST", "PLUM"))

    def proposal(self, from_min: float = -1, until_min: float | None = 100, **but: object) -> c.Propose:
        until = None if until_min is None else self.line.at(until_min)
        made = c.Propose(
            self.grey.by, ("GREY", "TEAL", "RUST"), ("PLUM",), Terms(), self.line.at(from_min), until, b"", (), "title"
        )
        return replace(made, **but)

    def proposed(self, **but: float | None) -> Agreement:
        return self.line.state.agreements[self.line.done(self.proposal(**but)).id]

    def sign(self, agreement: Agreement, *hands: Hand) -> None:
        for hand in hands or (self.grey, self.teal, self.rust):
            self.line.done(c.Sign(hand.by, agreement.id))

    def move(self, agreement: Agreement, event: str, hand: Hand | None = None, ends_min: float | None = None) -> None:
        ends = None if ends_min is None else self.line.at(ends_min)
        self.line.done(c.MoveAgreement((hand or self.teal).by, agreement.id, event, ends))


@pytest.fixture
def three() -> Three:
    return Three()


# Proposing and signing --------------------------------------------------------------------------------------------------


def test_an_agreement_binds_when_each_of_its_parties_has_signed(three):
    """H7.2: in force with the last signature, where its validity has begun; not an entry earlier."""
    agreement = three.proposed()
    assert (agreement.state, agreement.signed) == ("proposed", {})
    three.sign(agreement, three.teal, three.grey)
    assert agreement.state == "proposed"
    assert binding(three.line.state, three.line.state.parties["GREY"]) == []
    three.sign(agreement, three.rust)
    assert agreement.state == "in_force"
    assert list(agreement.signed) == ["TEAL", "GREY", "RUST"]
    assert binding(three.line.state, three.line.state.parties["GREY"]) == [agreement]
    assert binding(three.line.state, three.line.state.parties["PLUM"]) == []
    assert three.line.refused(c.Sign(three.teal.by, agreement.id)) == "signed_already"


def test_one_signed_before_its_validity_comes_into_force_with_it(three):
    """H7.2: by the clock, once, also after a restart, and though nothing else fell due meanwhile."""
    agreement = three.proposed(from_min=10)
    three.line.pass_until(5)
    three.sign(agreement)
    assert agreement.state == "signed"
    three.line.machine = three.line.replayed()
    agreement = three.line.state.agreements[agreement.id]
    three.line.now_us = three.line.at(10) - 1
    three.line.catch_up()
    assert agreement.state == "signed"
    three.line.pass_until(10)
    assert agreement.state == "in_force"
    assert [each.event for each in three.line.events(e.AgreementMoved)] == ["clock starts"]


def test_one_signed_at_the_very_beginning_of_its_validity_is_in_force(three):
    """H7.2: validity is inclusive."""
    agreement = three.proposed(from_min=10)
    three.sign(agreement, three.grey, three.teal)
    three.line.now_us = three.line.at(10)
    three.line.decide(c.Sign(three.rust.by, agreement.id))
    assert agreement.state == "in_force"
    other = three.proposed(from_min=20)
    three.sign(other, three.grey, three.teal)
    three.line.now_us = three.line.at(20) - 1
    three.line.decide(c.Sign(three.rust.by, other.id))
    assert other.state == "signed"


def test_a_proposal_keeps_what_was_proposed(three):
    """H7.1: area as cells and exactly, validity, terms, title."""
    area, terms = (circle(), circle(35.0)), Terms(linger_s=60)
    made = three.line.agreement(three.grey, three.teal, terms=terms, area=area, from_min=1, until_min=9)
    (event,) = three.line.events(e.AgreementProposed)
    assert (made.parties, made.observers, made.proposer, made.terms) == (("GREY", "TEAL"), (), "GREY", terms)
    assert (made.start_us, made.end_us) == (three.line.at(1), three.line.at(9))
    assert made.cells == from_tokens(event.cells) != b""
    assert three.line.state.shapes[made.id, 0] == tuple(Volume(each) for each in area)
    proposed = three.line.done(three.proposal(area=area, words="title"))
    content = three.line.journal[proposed.entry][2]
    assert content is not None
    assert read_area(content).words == {"title": "title"}
    assert read_area(content).area == area


@pytest.mark.parametrize(
    ("but", "reason"),
    [
        ({"parties": ("TEAL", "RUST")}, "not_in_agreement"),
        ({"parties": ("GREY", "NOBODY")}, "unknown_code"),
        ({"observers": ("NOBODY",)}, "unknown_code"),
        ({"terms": Terms(tell={"*": ["PLUM"]})}, "unknown_code"),
        ({"terms": Terms(relays=[Relay("PLUM", "GREY", "COAST", 1)])}, "unknown_code"),
        ({"terms": Terms(relays=[Relay("TEAL", "GREY", "CIVIL", 1)])}, "unknown_code"),
        ({"terms": Terms(relays=[Relay("TEAL", "TEAL", "COAST", 1)])}, "unknown_code"),
        ({"terms": Terms(relays=[Relay("TEAL", "NOBODY", "COAST", 1)])}, "unknown_code"),
        ({"terms": Terms(tell={"*": ["TEAL"]}, relays=[Relay("TEAL", "GREY", "COAST", 1)])}, None),
    ],
)
def test_a_proposal_names_only_who_is_there(three, but, reason):
    """H7.1, H1.2: parties, observers, who is told, who relays to whom."""
    three.line.done(c.NameNonparty(three.grey.by, "COAST", ""))
    proposal = three.proposal(**but)
    if reason is None:
        three.line.done(proposal)
    else:
        assert three.line.refused(proposal) == reason


def test_a_refusal_names_the_field_and_the_code(three):
    """H7.1: what was wrong with which field."""
    for but, words in (
        ({"parties": ("GREY", "NONE")}, "parties names 'NONE'"),
        ({"observers": ("NONE",)}, "observers names 'NONE'"),
        ({"terms": Terms(tell={"other": ["NONE"]})}, "terms.tell['other'] names 'NONE'"),
        ({"terms": Terms(relays=[Relay("NONE", "GREY", "COAST", 1)])}, "terms.relays names 'NONE'"),
    ):
        assert words in three.line.act(three.proposal(**but)).message


def test_what_others_propose_takes_nothing_from_ones_own_proposals(three, monkeypatch):
    """H7.1: bounded (P8), and no party can use up another's."""
    assert s.AGREEMENTS_MAX == 500
    monkeypatch.setattr(deciding, "AGREEMENTS_MAX", 2)
    three.proposed()
    three.proposed()
    assert three.line.refused(three.proposal()) == "quota"
    three.line.done(replace(three.proposal(), by=three.teal.by))


def test_only_a_person_proposes_and_only_a_senior_one_signs_or_moves(three):
    """H7.2, H1.3: a service commits nobody."""
    agreement = three.proposed()
    service = three.grey.service()
    assert three.line.refused(replace(three.proposal(), by=service)) == "person_needed"
    three.line.done(as_role(three.proposal(), "duty"))
    for command in (c.Sign(three.grey.by, agreement.id), c.MoveAgreement(three.grey.by, agreement.id, "denounced")):
        assert three.line.refused(replace(command, by=service)) == "person_needed"
        assert three.line.refused(as_role(command, "duty")) == "role_needed"


def test_an_observer_sees_an_agreement_and_neither_signs_nor_moves_it(three):
    """H7.2: its signature would stand for a party's."""
    agreement = three.proposed()
    three.sign(agreement, three.grey, three.teal)
    assert three.line.refused(c.Sign(three.plum.by, agreement.id)) == "not_in_agreement"
    assert agreement.state == "proposed"
    three.sign(agreement, three.rust)
    for event in ("suspended", "resumed", "denounced"):
        assert three.line.refused(c.MoveAgreement(three.plum.by, agreement.id, event)) == "not_in_agreement"
    assert three.line.act(c.ListAgreements(three.plum.by, agreement.id)).view.state == "in_force"


def test_an_agreement_of_others_is_not_there(three):
    """H10.3: the same answer as for none."""
    agreement = three.line.agreement(three.grey, three.teal)
    for id_ in (agreement.id, "none"):
        assert three.line.refused(c.Sign(three.rust.by, id_)) == "not_found"
        assert three.line.refused(c.MoveAgreement(three.rust.by, id_, "suspended")) == "not_found"
        assert three.line.refused(c.ListAgreements(three.rust.by, id_)) == "not_found"
    assert three.line.act(c.ListAgreements(three.rust.by)).view["agreements"] == []
    assert [each.agreement for each in three.line.act(c.ListAgreements(three.teal.by)).view["agreements"]] == [
        agreement.id
    ]
    assert three.line.refused(c.ListAgreements(c.Speaker(three.grey.by.caller))) == "no_party"


# The table --------------------------------------------------------------------------------------------------------------


def _expired(three: Three) -> Agreement:
    agreement = three.proposed(until_min=5)
    three.sign(agreement)
    three.line.pass_until(5)
    return agreement


def _moved(*events: str) -> Callable[[Three], Agreement]:
    def reach(three: Three) -> Agreement:
        agreement = three.proposed()
        three.sign(agreement)
        for event in events:
            three.move(agreement, event, ends_min=50)
        return agreement

    return reach


def _signed(three: Three) -> Agreement:
    agreement = three.proposed(from_min=30)
    three.sign(agreement)
    return agreement


REACH: dict[str, Callable[[Three], Agreement]] = {
    "proposed": lambda three: three.proposed(from_min=30),
    "signed": _signed,
    "in_force": _moved(),
    "suspended": _moved("suspended"),
    "denounced": _moved("denounced"),
    "expired": _expired,
}

#: What each state becomes, or the refusal; `=`: recorded, no change.
TABLE = """
            signed_by_one  signed_by_all clock_starts suspended      resumed        denounced  clock_ends
proposed    proposed       signed        =            not_signed     not_signed     not_signed expired
signed      =              =             in_force     not_in_force   not_in_force   expired    expired
in_force    =              =             =            suspended      not_suspended  denounced  expired
suspended   =              =             =            =              in_force       suspended  expired
denounced   =              =             =            =              not_suspended  =          expired
expired     agreement_over agreement_over =           agreement_over agreement_over agreement_over =
"""
_HEAD, *_ROWS = [row.split() for row in TABLE.strip().splitlines()]
EXPECTED = {
    (row[0], event.replace("_", " ")): cell for row in _ROWS for event, cell in zip(_HEAD, row[1:], strict=True)
}


def test_the_table_is_complete_and_says_what_is_meant():
    """H7.2: no empty cell, every cell as written here."""
    assert set(AGREEMENT) == set(get_args(AgreementState)) == {state for state, _ in EXPECTED}
    for state, row in AGREEMENT.items():
        assert tuple(row) == EVENTS
        for event, cell in row.items():
            spelled = cell.reason if isinstance(cell, Refused) else "=" if cell == NO_CHANGE else cell
            assert spelled == EXPECTED[state, event], (state, event)
    assert {cell.reason for row in AGREEMENT.values() for cell in row.values() if isinstance(cell, Refused)} == NO
    assert BINDING == ("in_force", "denounced")


@pytest.mark.parametrize("state", AGREEMENT)
@pytest.mark.parametrize("event", ["suspended", "resumed", "denounced"])
def test_every_cell_of_what_parties_do_is_walked(three, state, event):
    """H7.2: by either party, as the table says."""
    agreement = REACH[state](three)
    assert agreement.state == state
    entries = len(agreement.history)
    reply = three.line.act(c.MoveAgreement(three.grey.by, agreement.id, event, three.line.at(40)))
    expected = EXPECTED[state, event]
    if expected in NO:
        assert reply.reason == expected
        assert state.replace("_", " ") in reply.message
        assert agreement.state == state
        return
    assert three.line.events(e.AgreementMoved)[-1].by.party == "GREY"
    assert agreement.state == (state if expected == "=" else expected)
    assert len(agreement.history) - entries == (agreement.state != state)


@pytest.mark.parametrize("state", AGREEMENT)
def test_every_cell_of_the_clock_is_walked(three, state):
    """H7.2: validity begins and ends, each once; what means nothing leaves no entry."""
    agreement = REACH[state](three)
    moved = len(three.line.events(e.AgreementMoved))
    three.line.pass_until(30)
    after = "in_force" if state == "signed" else state
    assert agreement.state == after
    assert [each.event for each in three.line.events(e.AgreementMoved)[moved:]] == (
        ["clock starts"] if state == "signed" else []
    )
    moved = len(three.line.events(e.AgreementMoved))
    three.line.pass_until(200)
    assert agreement.state == "expired"
    assert [(each.event, each.state) for each in three.line.events(e.AgreementMoved)[moved:]] == (
        [] if state == "expired" else [("clock ends", "expired")]
    )
    assert three.line.replayed().state_hash() == three.line.machine.state_hash()


@pytest.mark.parametrize("state", ["proposed", "expired"])
def test_signatures_are_walked(three, state):
    """H7.2: what is over takes no signature, not even a missing one."""
    if state == "proposed":
        agreement = three.proposed()
        three.sign(agreement, three.grey, three.teal)
        assert agreement.state == "proposed"
        return
    agreement = three.proposed(until_min=5)
    three.sign(agreement, three.grey)
    three.line.pass_until(5)
    assert three.line.refused(c.Sign(three.teal.by, agreement.id)) == "agreement_over"
    three.line.state.agreements[agreement.id].signed["TEAL"] = 0
    assert three.line.refused(c.Sign(three.rust.by, agreement.id)) == "agreement_over"


# Ends -------------------------------------------------------------------------------------------------------------------


def test_a_denounced_agreement_binds_until_its_notice_period_is_over(three):
    """H7.2: then it has expired, once, and its former end means nothing."""
    agreement = REACH["in_force"](three)
    three.move(agreement, "denounced", ends_min=50)
    assert agreement.end_us == three.line.at(50)
    three.line.now_us = three.line.at(50) - 1
    three.line.catch_up()
    assert binding(three.line.state, three.line.state.parties["TEAL"]) == [agreement]
    three.line.pass_until(50)
    assert (agreement.state, binding(three.line.state, three.line.state.parties["TEAL"])) == ("expired", [])
    three.line.pass_until(200)
    assert [each.event for each in three.line.events(e.AgreementMoved)] == ["denounced", "clock ends"]


@pytest.mark.parametrize(
    ("until_min", "ends_min", "expected_min"),
    [(100, 150, 100), (100, 99, 99), (None, 150, 150), (100, -5, 0), (None, None, 0), (100, None, 0)],
)
def test_a_notice_period_neither_prolongs_an_agreement_nor_ends_before_now(three, until_min, ends_min, expected_min):
    """H7.2: the earlier of its end and what is asked for, now at the earliest."""
    agreement = three.proposed(until_min=until_min)
    three.sign(agreement)
    ends = None if ends_min is None else three.line.at(ends_min)
    denounced = three.line.decide(c.MoveAgreement(three.teal.by, agreement.id, "denounced", ends))
    at_us = three.line.journal[denounced.entry][0]
    assert agreement.end_us == (three.line.at(expected_min) if expected_min else at_us)
    three.line.catch_up()


def test_a_second_denouncing_changes_nothing(three):
    """H7.2: nor can the other make the notice period shorter."""
    agreement = REACH["denounced"](three)
    three.move(agreement, "denounced", three.grey, ends_min=1)
    assert agreement.end_us == three.line.at(50)
    three.line.pass_until(2)
    assert agreement.state == "denounced"


def test_a_suspended_agreement_runs_out_all_the_same(three):
    """H7.2: it does not bind, can be resumed, and keeps the end that it was denounced to."""
    agreement = REACH["suspended"](three)
    assert binding(three.line.state, three.line.state.parties["TEAL"]) == []
    three.move(agreement, "denounced", ends_min=50)
    assert (agreement.state, agreement.end_us) == ("suspended", three.line.at(50))
    three.move(agreement, "resumed", three.grey)
    assert binding(three.line.state, three.line.state.parties["TEAL"]) == [agreement]
    three.line.pass_until(50)
    assert agreement.state == "expired"


def test_one_without_an_end_never_runs_out(three):
    """H7.1: unless it is denounced."""
    agreement = three.proposed(until_min=None)
    three.sign(agreement)
    three.line.pass_until(1_000_000)
    assert agreement.state == "in_force"


def test_at_any_instant_it_is_known_what_was_in_force(three):
    """H7.2: also afterwards; each change with its entry and time."""
    agreement = three.proposed(until_min=100)
    three.line.pass_until(10)
    three.sign(agreement)
    three.line.pass_until(20)
    three.move(agreement, "suspended")
    three.line.pass_until(30)
    three.move(agreement, "resumed")
    three.line.pass_until(200)
    assert [state for _, state, _ in agreement.history] == ["proposed", "in_force", "suspended", "in_force", "expired"]
    for time_us, _state, entry in agreement.history:
        assert three.line.journal[entry][0] == time_us
    by = three.grey.as_("senior").by

    def at(us: int | None) -> str:
        return str(three.line.act(c.ListAgreements(by, agreement.id, us)).view.state)

    times = [time_us for time_us, _, _ in agreement.history]
    assert at(times[0] - 1) == "not proposed yet"
    for at_us, (_, state, _) in zip(times, agreement.history, strict=True):
        assert at(at_us) == state
        assert three.line.act(c.ListAgreements(by, "", at_us)).view["agreements"][0].state == state
    assert at(times[2] - 1) == "in_force"
    assert at(None) == "expired"


def test_agreements_that_bind_are_in_the_order_of_their_proposals(three):
    """H4.3: those of the party, in force or denounced, and no other."""
    second = three.proposed()
    first = three.proposed()
    three.sign(first)
    three.sign(second)
    REACH["denounced"](three)
    REACH["suspended"](three)
    REACH["proposed"](three)
    found = binding(three.line.state, three.line.state.parties["RUST"])
    assert found[:2] == [second, first]
    assert [each.state for each in found] == ["in_force", "in_force", "denounced"]
