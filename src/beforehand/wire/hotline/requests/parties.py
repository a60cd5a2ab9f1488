"""Parties and people: what needs secrets or hashes is made in `web`, from what is checked here."""

from __future__ import annotations

from beforehand.core.hotline import commands as c
from beforehand.core.hotline.words import SERVICE
from beforehand.wire.hotline import bodies as b
from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.requests.reading import Request, read, speaking, time_us, words_of
from beforehand.wire.hotline.texts import code, identifier, key_id, text, word


def name_nonparty(asked: Request) -> c.NameNonparty:
    body = read(asked.body, b.NameNonparty)
    return c.NameNonparty(
        speaking(asked.by, body, asked.body), code(body.code, "code"), words_of(about=text(body.about, "about"))
    )


def invite_roles(body: b.Invite) -> tuple[str, ...]:
    """The roles of an invitation."""
    if not 1 <= len(body.roles) <= 20:
        raise BadField("roles", "too_many", "must hold from 1 to 20 roles.")
    for at, each in enumerate(body.roles):
        if word(each, f"roles[{at}]") == SERVICE:
            raise BadField(
                f"roles[{at}]",
                "bad_word",
                f"is `{SERVICE}`, in which no person speaks; `party service` makes a client.",
            )
    return tuple(dict.fromkeys(body.roles))


def remove_person(asked: Request) -> c.RemovePerson:
    body = read(asked.body, b.RemovePerson)
    return c.RemovePerson(speaking(asked.by, body, asked.body), identifier(body.person, "person"))


def revoke_key(asked: Request) -> c.RevokeKey:
    body = read(asked.body, b.RevokeKey)
    return c.RevokeKey(speaking(asked.by, body, asked.body), key_id(body.key, "key"), time_us(body.from_, "from"))


def log_out(asked: Request) -> c.CloseSession:
    return c.CloseSession(speaking(asked.by, read(asked.body, b.Nothing), asked.body))


def start_of_key(body: b.AddKey, now_us: int) -> int:
    """From when a key is good."""
    return now_us if body.from_ is None else time_us(body.from_, "from")
