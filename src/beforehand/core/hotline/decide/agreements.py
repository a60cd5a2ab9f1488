"""Agreements (H7.1, H7.2): proposed, signed by each, in force; at any instant it is known which terms bound."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from beforehand.airspace.cells import tokens
from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline import replies as r
from beforehand.core.hotline.codes import pair
from beforehand.core.hotline.contents import AreaContent, encode
from beforehand.core.hotline.decide.drawing import new_id
from beforehand.core.hotline.decide.parties import pair_value
from beforehand.core.hotline.decide.speaking import answered, done, heard, not_there, party_of, refused, sent
from beforehand.core.hotline.lifecycle import AGREEMENT, BINDING, NO_CHANGE, Refused
from beforehand.core.hotline.state import AGREEMENTS_MAX, Agreement, HotlineState, Party
from beforehand.core.hotline.terms import Terms
from beforehand.core.hotline.views import agreement_view
from beforehand.core.stamp import Decision, Stamp

_OBSERVED = "Your party observes this agreement: only its parties sign, suspend, resume or denounce it."


def propose(state: HotlineState, command: c.Propose, stamp: Stamp) -> Decision:
    """Propose terms to others; nothing binds until each has signed."""
    voice = heard(state, command, stamp, subject="agreement", person=True)
    if isinstance(voice, Decision):
        return voice
    if voice.party.code not in command.parties:
        return refused("not_in_agreement", "parties must name your own party: nobody proposes for others alone.")
    unknown = _unknown(state, command.parties, command.observers, command.terms)
    if unknown is not None:
        return refused("unknown_code", unknown)
    # Its own alone: what others propose to it takes nothing from it.
    proposed = sum(state.agreements[each].proposer == voice.party.code for each in voice.party.agreements)
    if proposed >= AGREEMENTS_MAX:
        return refused("quota", f"Your party has proposed {AGREEMENTS_MAX} agreements, and can propose no more.")
    id_ = new_id(stamp)
    event = e.AgreementProposed(
        id_, list(command.parties), list(command.observers), command.terms, command.start_us, command.end_us,
        tokens(command.cells), voice.by)  # fmt: skip
    content = encode(
        AreaContent({"title": command.words}, command.area, command.by.bytes_as_sent, command.by.signature)
    )
    return Decision((event,), (content,), done(state, stamp, id_))


def _unknown(state: HotlineState, parties: tuple[str, ...], observers: tuple[str, ...], terms: Terms) -> str | None:
    """What a proposal names that is not there, in words."""
    for name, given in (("parties", parties), ("observers", observers)):
        for code in given:
            if code not in state.parties:
                return f"{name} names {code!r}, and there is no such party."
    for category, codes in terms.tell.items():
        for code in codes:
            if code not in parties:
                return f"terms.tell[{category!r}] names {code!r}, which is none of the agreement's parties."
    for relay in terms.relays:
        if relay.party not in parties:
            return f"terms.relays names {relay.party!r}, which is none of the agreement's parties."
        namer = state.parties.get(relay.named_by)
        if namer is None or relay.nonparty not in namer.nonparties:
            return f"terms.relays names the non-party {relay.nonparty!r}, which {relay.named_by!r} has not named."
    return None


def sign(state: HotlineState, command: c.Sign, stamp: Stamp) -> Decision:
    """Sign for one's party. The last signature brings it into force, if its validity has begun."""
    voice = heard(state, command, stamp, subject=f"agreement/{command.agreement}", senior=True)
    if isinstance(voice, Decision):
        return voice
    agreement = _own(state, voice.party, command.agreement)
    if agreement is None:
        return not_there("agreement", command.agreement)
    if voice.party.code not in agreement.parties:
        return refused("not_in_agreement", _OBSERVED)
    if voice.party.code in agreement.signed:
        return refused("signed_already", "Your party has signed this agreement already.")
    last = len(agreement.signed) + 1 == len(agreement.parties)
    follows = AGREEMENT[agreement.state]["signed by all" if last else "signed by one"]
    if isinstance(follows, Refused):
        return _no(follows, agreement)
    if last and agreement.start_us <= stamp.time_us:
        starts = AGREEMENT[follows]["clock starts"]
        assert isinstance(starts, str)
        follows = starts
    event = e.AgreementSigned(agreement.id, voice.party.code, follows, voice.by)
    events: list[e.Fact] = [event]
    if last:
        events += keyed(state, stamp, agreement.parties)
    contents = (sent(command), *(None for _ in events[1:]))
    return Decision(tuple(events), contents, done(state, stamp, agreement.id))


def keyed(state: HotlineState, stamp: Stamp, codes: tuple[str, ...] | list[str]) -> Iterator[e.PairKeyed]:
    """A value for each pair of parties that has none yet."""
    for at, one in enumerate(codes):
        for other in codes[at + 1 :]:
            both = pair(state, one, other)
            if both not in state.pairs and one != other:
                places = f"{state.parties[both[0]].handle} {state.parties[both[1]].handle}"
                yield e.PairKeyed(both, pair_value(stamp, places))


def move(state: HotlineState, command: c.MoveAgreement, stamp: Stamp) -> Decision:
    """Suspend, resume or denounce."""
    voice = heard(state, command, stamp, subject=f"agreement/{command.agreement}", senior=True)
    if isinstance(voice, Decision):
        return voice
    agreement = _own(state, voice.party, command.agreement)
    if agreement is None:
        return not_there("agreement", command.agreement)
    if voice.party.code not in agreement.parties:
        return refused("not_in_agreement", _OBSERVED)
    follows = AGREEMENT[agreement.state][command.event]
    if isinstance(follows, Refused):
        return _no(follows, agreement)
    ends_us: int | None = None
    if command.event == "denounced" and follows != NO_CHANGE:
        asked_us = stamp.time_us if command.ends_us is None else max(command.ends_us, stamp.time_us)
        ends_us = asked_us if agreement.end_us is None else min(asked_us, agreement.end_us)
    event = e.AgreementMoved(
        agreement.id, command.event, agreement.state if follows == NO_CHANGE else follows,
        UNSET if ends_us is None else ends_us, voice.by)  # fmt: skip
    return Decision((event,), (sent(command),), done(state, stamp, agreement.id))


def by_clock(agreement: Agreement, event: str) -> e.AgreementMoved | None:
    """What the clock does to an agreement, or None where that changes nothing."""
    follows = AGREEMENT[agreement.state][event]
    if follows == NO_CHANGE or isinstance(follows, Refused):
        return None
    return e.AgreementMoved(agreement.id, event, follows)


def show(state: HotlineState, command: c.ListAgreements, stamp: Stamp) -> Decision:
    """The agreements of one's party, or those that one observes; one of them by id, as of a time if asked."""
    party = party_of(state, command.by, stamp)
    if isinstance(party, Decision):
        return party
    at_us = stamp.time_us if command.at_us is None else command.at_us
    if command.agreement:
        agreement = _own(state, party, command.agreement)
        if agreement is None:
            return not_there("agreement", command.agreement)
        return answered(r.Shown(agreement_view(state, agreement, party, at_us), agreement.handle))
    views = [agreement_view(state, state.agreements[each], party, at_us) for each in party.agreements]
    return answered(r.Shown({"agreements": views, "instruments": [_cited(state, each) for each in state.instruments]}))


def _cited(state: HotlineState, id_: str) -> dict[str, object]:
    party, clauses, entry = state.instruments[id_]
    return {"instrument": id_, "cited_by": party, "clauses": clauses, "entry": entry}


def _own(state: HotlineState, party: Party, id_: str) -> Agreement | None:
    return state.agreements[id_] if id_ in party.agreements else None


def _no(no: Refused, agreement: Agreement) -> Decision:
    return refused(
        no.reason, f"The agreement is {agreement.state.replace('_', ' ')}; that does not fit (docs/lifecycle.md)."
    )


def binding(state: HotlineState, party: Party) -> list[Agreement]:
    """The agreements of a party that are in force now, in the order of their proposals."""
    return [
        agreement
        for agreement in map(state.agreements.__getitem__, party.agreements)
        if agreement.state in BINDING and party.code in agreement.parties
    ]
