"""Parties, their people, keys and non-parties (H1)."""

from __future__ import annotations

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline import phrase
from beforehand.core.hotline import replies as r
from beforehand.core.hotline.codes import pair, skeleton
from beforehand.core.hotline.contents import Sent, encode
from beforehand.core.hotline.decide.drawing import drawn, new_id
from beforehand.core.hotline.decide.speaking import (
    NOTHING,
    answered,
    done,
    heard,
    not_there,
    party_of,
    refused,
    sent,
)
from beforehand.core.hotline.state import (
    KEYS_MAX,
    NONPARTIES_MAX,
    PARTIES_MAX,
    PEOPLE_MAX,
    HotlineState,
    Party,
)
from beforehand.core.hotline.views import parties_view
from beforehand.core.stamp import Decision, Stamp


def create(state: HotlineState, command: c.CreateParty, stamp: Stamp) -> Decision:
    """The node operator makes a party."""
    if not command.by.operator:
        return refused(
            "operator_needed", "Only the node's operator makes parties: a token with the scope beforehand.operator."
        )
    if command.code in state.parties:
        return refused("code_taken", f"There is a party {command.code} already.")
    alike = state.codes.get(skeleton(command.code))
    if alike is not None:
        return refused(
            "code_looks_alike", f"{command.code} looks like {alike}, which exists. Choose a code that nobody mixes up."
        )
    if (command.issuer, command.subject) in state.bound:
        return refused("subject_taken", "Tokens of this issuer and subject speak for another party already.")
    if _held(state, command.key):
        return refused("key_taken", "This signing key is another party's. Each party makes its own.")
    if len(state.parties) >= PARTIES_MAX:
        return refused("quota", f"This hotline has {PARTIES_MAX} parties, and takes no more.")
    event = e.PartyCreated(
        command.code, command.kind, command.issuer, command.subject, command.key, command.public, command.invitation
    )
    return Decision((event,), (encode(Sent(command.words)),), done(state, stamp, command.code))


def _held(state: HotlineState, key: str) -> bool:
    """Whether any party has a key: of two that share one, nobody could say whose it was, or contest it for one alone."""
    return any(key in party.keys for party in state.parties.values())


def join(state: HotlineState, command: c.Join, stamp: Stamp) -> Decision:
    """Take up an invitation: a person of the party from now on."""
    party = state.parties.get(command.party)
    roles = None if party is None else party.invitations.get(command.invitation)
    if party is None or roles is None:
        return refused(
            "invitation_unknown", "This invitation is not known, or was taken up. Ask the party for another."
        )
    if command.login in party.logins:
        return refused("login_taken", "Somebody of your party has this login. Choose another.")
    no = _too_many_people(party)
    if no is not None:
        return no
    person = new_id(stamp, "person")
    event = e.PersonJoined(party.code, person, command.login, list(roles), command.invitation)
    return Decision((event,), (command.credentials.encode(),), done(state, stamp, person))


def _too_many_people(party: Party) -> Decision | None:
    if len(party.people) < PEOPLE_MAX:
        return None
    return refused("quota", f"Your party has {PEOPLE_MAX} people and services, and can have no more.")


def invite(state: HotlineState, command: c.Invite, stamp: Stamp) -> Decision:
    """Invite somebody into one's own party, once."""
    voice = heard(state, command, stamp, subject="party", senior=True)
    if isinstance(voice, Decision):
        return voice
    if len(voice.party.invitations) >= PEOPLE_MAX:
        return refused("quota", f"Your party has {PEOPLE_MAX} open invitations. Have some taken up first.")
    event = e.Invited(voice.party.code, command.invitation, list(command.roles), voice.by)
    return Decision((event,), (sent(command),), done(state, stamp, voice.party.code))


def make_service(state: HotlineState, command: c.MakeService, stamp: Stamp) -> Decision:
    """Make a client of one's own that speaks for the party, but for no person."""
    voice = heard(state, command, stamp, subject="party", senior=True)
    if isinstance(voice, Decision):
        return voice
    if command.login in voice.party.logins:
        return refused("login_taken", "Somebody of your party has this login. Choose another.")
    no = _too_many_people(voice.party)
    if no is not None:
        return no
    person = new_id(stamp, "person")
    event = e.ServiceMade(voice.party.code, person, command.login, command.secret, voice.by)
    return Decision((event,), (sent(command, command.words),), done(state, stamp, person))


def remove(state: HotlineState, command: c.RemovePerson, stamp: Stamp) -> Decision:
    """Remove a person or service of one's own party: every session of it ends at once."""
    voice = heard(state, command, stamp, subject="party", senior=True)
    if isinstance(voice, Decision):
        return voice
    person = voice.party.people.get(command.person)
    if person is None or not person.active:
        return not_there("person", command.person)
    event = e.PersonRemoved(voice.party.code, person.id, voice.by)
    return Decision((event,), (sent(command),), done(state, stamp, person.id))


def find_login(state: HotlineState, command: c.FindLogin, stamp: Stamp) -> Decision:
    """Whom a login names; for the process alone, which then looks at the password."""
    party = state.parties.get(command.party)
    id_ = None if party is None else party.logins.get(command.login)
    person = None if party is None or id_ is None else party.people[id_]
    if person is None or not person.active:
        return answered(None)
    return answered(r.LoginFound(person.id, person.entry, person.roles, person.secret))


def open_session(state: HotlineState, command: c.OpenSession, stamp: Stamp) -> Decision:
    """Log in, in a role: the password was found right."""
    party = state.parties.get(command.party)
    person = None if party is None else party.people.get(command.person)
    if party is None or person is None or not person.active:
        return refused("session_over", "This login is no longer good. Ask your party.")
    if command.role not in person.roles:
        return refused("role_needed", f"You have no role {command.role!r} here; you have {', '.join(person.roles)}.")
    session = new_id(stamp, "session")
    event = e.SessionOpened(party.code, person.id, command.role, session, command.until_us)
    return Decision((event,), NOTHING, done(state, stamp, session))


def close_session(state: HotlineState, command: c.CloseSession, stamp: Stamp) -> Decision:
    """Log out."""
    party = party_of(state, command.by, stamp)
    if isinstance(party, Decision):
        return party
    if command.by.session is None:
        return refused("person_needed", "A token of another issuer has no session here that could be ended.")
    return Decision((e.SessionClosed(party.code, command.by.session),), NOTHING, done(state, stamp, command.by.session))


def add_key(state: HotlineState, command: c.AddKey, stamp: Stamp) -> Decision:
    """Add a signing key."""
    voice = heard(state, command, stamp, subject="party", senior=True)
    if isinstance(voice, Decision):
        return voice
    if command.key in voice.party.keys:
        return refused("key_taken", "Your party has this key already. A revoked key never returns; make a new one.")
    if _held(state, command.key):
        return refused("key_taken", "This signing key is another party's. Make one of your own.")
    if len(voice.party.keys) >= KEYS_MAX:
        return refused("quota", f"Your party has {KEYS_MAX} signing keys, and can have no more.")
    event = e.KeyAdded(voice.party.code, command.key, command.public, max(command.start_us, stamp.time_us), voice.by)
    return Decision((event,), (sent(command),), done(state, stamp, command.key))


def revoke_key(state: HotlineState, command: c.RevokeKey, stamp: Stamp) -> Decision:
    """Revoke a stolen key from a time: what it signed since then is contested (H1.1)."""
    voice = heard(state, command, stamp, subject="party", senior=True)
    if isinstance(voice, Decision):
        return voice
    key = voice.party.keys.get(command.key)
    if key is None:
        return not_there("key", command.key)
    start_us = command.start_us if key.revoked_us is None else min(command.start_us, key.revoked_us)
    event = e.KeyRevoked(voice.party.code, key.id, start_us, voice.by)
    return Decision((event,), (sent(command),), done(state, stamp, key.id))


def name_nonparty(state: HotlineState, command: c.NameNonparty, stamp: Stamp) -> Decision:
    """Name a force or traffic that is not on the line, for oneself (H1.2)."""
    voice = heard(state, command, stamp, subject="nonparty")
    if isinstance(voice, Decision):
        return voice
    if command.nonparty in voice.party.nonparties:
        return refused("named_already", f"You have named {command.nonparty} already.")
    if command.nonparty in state.parties:
        return refused("code_taken", f"{command.nonparty} is a party on this line. Choose another code.")
    if len(voice.party.nonparties) >= NONPARTIES_MAX:
        return refused("quota", f"You have named {NONPARTIES_MAX} non-parties, and can name no more.")
    event = e.NonpartyNamed(voice.party.code, command.nonparty, voice.by)
    return Decision((event,), (sent(command, command.words),), done(state, stamp, command.nonparty))


def list_all(state: HotlineState, command: c.ListParties, stamp: Stamp) -> Decision:
    """The parties on the line; one's own in full."""
    party = party_of(state, command.by, stamp)
    if isinstance(party, Decision):
        if not command.by.operator:
            return party
        return answered(r.Shown(parties_view(state, None, stamp.time_us)))
    return answered(r.Shown(parties_view(state, party, stamp.time_us)))


def value_of_day(state: HotlineState, command: c.DayValue, stamp: Stamp) -> Decision:
    """The pair's value of a day, for the saved card: to the two of the pair alone."""
    party = party_of(state, command.by, stamp)
    if isinstance(party, Decision):
        return party
    value = state.pairs.get(pair(state, party.code, command.party))
    if value is None:
        return not_there("pair with", command.party)
    return answered(
        r.Shown({"party": command.party, "day": command.day, "day_value": phrase.day_value(value, command.day)})
    )


def pair_value(stamp: Stamp, other: str) -> str:
    """A fresh value of a pair."""
    return drawn(stamp, f"pair {other}").hex()
