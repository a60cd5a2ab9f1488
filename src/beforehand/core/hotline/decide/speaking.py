"""Who speaks: the party of a token, what its statement is bound to, and whether it was said before (H1.3, H1.5)."""

from __future__ import annotations

from typing import Any, NamedTuple

from msgspec import UNSET

from beforehand.core.hotline import events as e
from beforehand.core.hotline.commands import WARNINGS, Asked, Speaker
from beforehand.core.hotline.contents import Sent, encode
from beforehand.core.hotline.decide.answering import again
from beforehand.core.hotline.instants import instant
from beforehand.core.hotline.replies import Done
from beforehand.core.hotline.state import HotlineState, Key, Party
from beforehand.core.hotline.words import SENIOR
from beforehand.core.stamp import Decision, Refusal, Stamp

NOTHING: tuple[()] = ()


def refused(reason: str, message: str, detail: Any = None) -> Decision:
    """A refusal that leaves no entry."""
    return Decision(NOTHING, NOTHING, Refusal(reason, message, detail))


def answered(reply: Any) -> Decision:
    """An answer that leaves no entry."""
    return Decision(NOTHING, NOTHING, reply)


def not_there(what: str, id_: str) -> Decision:
    """The same answer for what is not there and for what is not the caller's to see (H10.3)."""
    return refused("not_found", f"There is no {what} {id_[:64]} that you may see. Check its id.")


class Voice(NamedTuple):
    """A party that speaks, through whom, and how that is written down."""

    party: Party
    by: e.By
    person: str | None
    role: str | None


def party_of(state: HotlineState, by: Speaker, stamp: Stamp) -> Party | Decision:
    """The party of a token, or the refusal: no party, or a session that is over."""
    if by.code is None:
        code = state.bound.get((by.caller.issuer, by.caller.subject))
        if code is None:
            return refused(
                "no_party",
                "The subject of your token is no party on this hotline. Log in (`beforehand login`), or ask the node's "
                "operator.",
            )
        return state.parties[code]
    party = state.parties.get(by.code)
    session = None if party is None or by.session is None else party.sessions.get(by.session)
    person = None if party is None or session is None else party.people.get(session.person)
    if party is None or session is None or person is None or not person.active or session.until_us <= stamp.time_us:
        return refused("session_over", "This session is over. Log in again (`beforehand login`).")
    return party


def heard(
    state: HotlineState,
    command: Asked,
    stamp: Stamp,
    *,
    subject: str = "",
    version: int | None = None,
    person: bool = False,
    senior: bool = False,
) -> Voice | Decision:
    """Who speaks, or the refusal; for a statement that was made before, the first answer again.

    person: a service token will not do. senior: only a person in that role will.
    """
    by, statement = command.by, command.by.statement
    party = party_of(state, by, stamp)
    if isinstance(party, Decision):
        return party
    if (person or senior) and by.person is None:
        return refused("person_needed", "Only a person who is logged in can do this; a service token cannot.")
    if senior and by.role != SENIOR:
        return refused("role_needed", f"Only a person in the role `{SENIOR}` can do this; you act as `{by.role}`.")
    key = _key(party, by.public, stamp)
    if by.public and key is None and type(command) not in WARNINGS:
        return refused(
            "unknown_key",
            "The statement is signed with a key that is not one of your party's. Add it, or sign with yours.",
        )
    # Before what it is bound to: by the time it is said again, its version may be an old one.
    spoken = party.nonces.get(statement.nonce) if statement.nonce else None
    if spoken is not None:
        if spoken.digest == by.digest:
            return answered(again(spoken))
        return refused(
            "nonce_used",
            "This nonce was used before, with other bytes. Make a new one for each statement; none was recorded now.",
        )
    mismatch = _mismatch(by, party, subject, version)
    if mismatch is not None:
        return mismatch
    return Voice(party, _written(party, by, key), by.person, by.role)


def _key(party: Party, public: str, stamp: Stamp) -> Key | None:
    for key in party.keys.values():
        if key.public == public and key.start_us <= stamp.time_us:
            return key
    return None


def _mismatch(by: Speaker, party: Party, subject: str, version: int | None) -> Decision | None:
    said = by.statement
    for name, given, meant in (
        ("party", said.party, party.code),
        ("role", said.role, by.role or ""),
        ("subject", said.subject, subject),
    ):
        if given and given != meant:
            return refused(
                "statement_mismatch",
                f"statement.{name} is {given[:64]!r}, but this is about {meant!r}. Say what you mean in one place alike, "
                "and sign anew.",
            )
    if said.version is not None and version is not None and said.version != version:
        return refused(
            "statement_mismatch",
            f"statement.version is {said.version}, the newest is {version}. Look at it, then say it anew.",
        )
    if said.agreement and said.agreement not in party.agreements:
        return refused(
            "statement_mismatch",
            f"statement.agreement is {said.agreement[:64]!r}, and your party has no such agreement.",
        )
    if by.public and not (said.nonce and said.party):
        return refused("statement_mismatch", "A signed statement must name statement.party and statement.nonce.")
    return None


def _written(party: Party, by: Speaker, key: Key | None) -> e.By:
    said = by.statement
    return e.By(
        party.code,
        by.person or UNSET,
        by.role or UNSET,
        said.nonce or UNSET,
        by.digest if said.nonce or key else UNSET,
        UNSET if key is None else key.id,
        UNSET if said.claimed_us is None else said.claimed_us,
        said.agreement or UNSET,
        UNSET if said.seen is None else said.seen,
    )


def sent(command: Asked, words: Any = None) -> bytes | None:
    """The content of an act that has no shapes: its words, and the statement as sent. None where there is neither."""
    by = command.by
    kept = by.bytes_as_sent if by.signature or words else ""
    if not words and not kept:
        return None
    return encode(Sent(words, kept, by.signature))


def done(state: HotlineState, stamp: Stamp, id_: str, version: int = 0) -> Done:
    """The answer to an act whose own entry is the first that it makes."""
    return Done(id_, version, state.next_entry, instant(stamp.time_us))
