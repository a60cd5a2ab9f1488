"""Parties and people."""

from __future__ import annotations

from beforehand.core.hotline import events as e
from beforehand.core.hotline.codes import skeleton
from beforehand.core.hotline.state import HOUR_US, SESSIONS_MAX, HotlineState, Key, Party, Person, Session
from beforehand.core.hotline.words import DUTY, SENIOR, SERVICE


def created(state: HotlineState, event: e.PartyCreated, content: bytes | None, entry: int, time_us: int) -> None:
    party = Party(entry, event.party, event.kind, event.issuer, event.subject)
    party.keys[event.key] = Key(event.key, event.public, time_us)
    party.invitations[event.invitation] = (DUTY, SENIOR)
    state.parties[event.party] = party
    state.codes[skeleton(event.party)] = event.party
    if event.subject:
        state.bound[event.issuer, event.subject] = event.party


def joined(state: HotlineState, event: e.PersonJoined, content: bytes | None, entry: int, time_us: int) -> None:
    party = state.parties[event.party]
    del party.invitations[event.invitation]
    party.people[event.person] = Person(event.person, event.login, tuple(event.roles), entry)
    party.logins[event.login] = event.person


def invited(state: HotlineState, event: e.Invited, content: bytes | None, entry: int, time_us: int) -> None:
    state.parties[event.party].invitations[event.invitation] = tuple(event.roles)


def service_made(state: HotlineState, event: e.ServiceMade, content: bytes | None, entry: int, time_us: int) -> None:
    party = state.parties[event.party]
    party.people[event.person] = Person(event.person, event.login, (SERVICE,), entry, event.secret)
    party.logins[event.login] = event.person


def removed(state: HotlineState, event: e.PersonRemoved, content: bytes | None, entry: int, time_us: int) -> None:
    party = state.parties[event.party]
    person = party.people[event.person]
    person.active = False
    del party.logins[person.login]


def session_opened(
    state: HotlineState, event: e.SessionOpened, content: bytes | None, entry: int, time_us: int
) -> None:
    sessions = state.parties[event.party].sessions
    while len(sessions) >= SESSIONS_MAX:
        del sessions[next(iter(sessions))]
    sessions[event.session] = Session(event.session, event.person, event.role, event.until)


def session_closed(
    state: HotlineState, event: e.SessionClosed, content: bytes | None, entry: int, time_us: int
) -> None:
    state.parties[event.party].sessions.pop(event.session, None)


def key_added(state: HotlineState, event: e.KeyAdded, content: bytes | None, entry: int, time_us: int) -> None:
    state.parties[event.party].keys[event.key] = Key(event.key, event.public, event.start)


def key_revoked(state: HotlineState, event: e.KeyRevoked, content: bytes | None, entry: int, time_us: int) -> None:
    state.parties[event.party].keys[event.key].revoked_us = event.start


def nonparty_named(
    state: HotlineState, event: e.NonpartyNamed, content: bytes | None, entry: int, time_us: int
) -> None:
    state.parties[event.party].nonparties[event.nonparty] = entry


def pair_keyed(state: HotlineState, event: e.PairKeyed, content: bytes | None, entry: int, time_us: int) -> None:
    one, other = event.parties
    state.pairs[one, other] = event.value


def asked(state: HotlineState, event: e.AskedCounted, content: bytes | None, entry: int, time_us: int) -> None:
    party = state.parties[event.party]
    party.asked[event.kind] = party.asked.get(event.kind, 0) + 1
    if time_us - party.asked_since_us >= HOUR_US:
        party.asked_since_us, party.asked_in_hour = time_us, 0
    party.asked_in_hour += 1
