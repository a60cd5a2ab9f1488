"""Verbs that deal with passwords and secrets: none of these reaches the core, only digests and hashes do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from typing import Any, Protocol

from msgspec import Struct
from msgspec.json import Decoder, encode

from beforehand.auth.invitations import SECRET_BYTES, SecretError, new_secret, same_digest, secret_digest
from beforehand.auth.passwords import PasswordError, hash_password, verify_nothing, verify_password
from beforehand.auth.sessions import LIFETIME_MAX_S, SessionKey
from beforehand.auth.signing import SigningKeyError, key_id
from beforehand.core.hotline import commands as c
from beforehand.core.hotline import replies as r
from beforehand.core.hotline.instants import instant
from beforehand.core.hotline.words import SERVICE
from beforehand.core.machine import read_event
from beforehand.core.stamp import Refusal
from beforehand.engine.protocol import EngineError
from beforehand.node.outcomes import NotDone, OutcomeUnknown
from beforehand.record.entry import StoredEntry
from beforehand.web.hotline.speaking import of_another_record
from beforehand.wire.hotline import bodies as b
from beforehand.wire.hotline.answers import Token, WithSecret
from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.requests.parties import invite_roles, start_of_key
from beforehand.wire.hotline.requests.reading import Request, read, speaking, words_of
from beforehand.wire.hotline.texts import TITLE_MAX, code, text, word

#: Languages and endpoints of a party.
LISTED_MAX = 50
#: Hashes that are computed at one time (64 MiB each), and that may wait.
HASHING, HASHES_WAITING = 2, 64


class Credentials(Struct, frozen=True):
    """Content of the entry by which a person joined."""

    login: str
    name: str
    hash: str


_credentials = Decoder(Credentials).decode


class Hasher(Protocol):
    """Hashes and verifies passwords, off the event loop."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, hashed: str | None, password: str) -> bool: ...


class ThreadHasher:
    """In threads, a few at a time. Raises NotDone where too many wait."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(HASHING)
        self._waiting = 0

    async def hash(self, password: str) -> str:
        hashed: str = await self._run(hash_password, password)
        return hashed

    async def verify(self, hashed: str | None, password: str) -> bool:
        if hashed is None:
            await self._run(verify_nothing, password)
            return False
        good: bool = await self._run(verify_password, hashed, password)
        return good

    async def _run(self, function: Callable[..., Any], *args: Any) -> Any:
        if self._waiting >= HASHES_WAITING:
            raise NotDone("Too many log in at this moment. Nothing was done; try again in a moment.", 2)
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(function, *args)
        finally:
            self._waiting -= 1


class Asker(Protocol):
    """What is asked of a node."""

    async def ask(self, command: Any) -> Any: ...

    async def content(self, entry: int) -> bytes | None: ...

    async def entries(self, wanted: Sequence[int]) -> list[StoredEntry]: ...

    @property
    def record(self) -> str: ...

    def now_us(self) -> int: ...

    def wall_us(self) -> int: ...


class People:
    """Parties are made, people join and log in."""

    def __init__(
        self, node: Asker, key: SessionKey, audience: str, hasher: Hasher, entropy: Callable[[int], bytes]
    ) -> None:
        self._node = node
        self._key = key
        self._audience = audience
        self._hasher = hasher
        self._entropy = entropy
        self.verbs: dict[str, Callable[[Request], Awaitable[Any]]] = {
            "party create": self.create,
            "party join": self.join,
            "party login": self.login,
            "party invite": self.invite,
            "party service": self.service,
            "party key": self.add_key,
        }

    async def create(self, asked: Request) -> Any:
        body = read(asked.body, b.CreateParty)
        secret = new_secret(self._entropy(SECRET_BYTES))
        for name, listed in (("languages", body.languages), ("endpoints", body.endpoints)):
            if len(listed) > LISTED_MAX:
                raise BadField(name, "too_many", f"has {len(listed)}, at most {LISTED_MAX} are taken.")
        if bool(body.issuer) != bool(body.subject):
            raise BadField(
                "issuer" if body.subject else "subject", "missing",
                "must be given too: a party is bound to the subject of an issuer, or to neither.")  # fmt: skip
        words = words_of(
            name=text(body.name, "name", TITLE_MAX),
            languages=[word(each, f"languages[{at}]") for at, each in enumerate(body.languages)],
            endpoints=[text(each, f"endpoints[{at}]", 2_048) for at, each in enumerate(body.endpoints)],
        )
        command = c.CreateParty(
            speaking(asked.by, body, asked.body), code(body.code, "code"), body.kind, text(body.issuer, "issuer", 2_048),
            text(body.subject, "subject", 255), *_key(body.public_key), secret_digest(secret), words)  # fmt: skip
        return _with_secret(await self._told(command), invitation=secret)

    async def join(self, asked: Request) -> Any:
        body = read(asked.body, b.Join)
        try:
            digest = secret_digest(body.invitation)
        except SecretError:
            digest = ""
        login = word(body.login, "login")
        name = text(body.name, "name", TITLE_MAX)
        try:
            hashed = await self._hasher.hash(body.password)
        except PasswordError as error:
            raise BadField("password", "bad_password", f"cannot be taken: {error}") from None
        credentials = encode(Credentials(login, name, hashed)).decode()
        party = code(body.party, "party")
        return await self._node.ask(c.Join(asked.by, party, digest, login_digest(party, login), credentials))

    async def login(self, asked: Request) -> Any:
        body = read(asked.body, b.Login)
        party, login = code(body.party, "party"), word(body.login, "login")
        said_role = word(body.role, "role")
        found = await self._node.ask(c.FindLogin(asked.by, party, login_digest(party, login)))
        role = SERVICE if found is not None and found.secret is not None else said_role
        if not await self._is_good(found, body.password):
            return Refusal("wrong_login", "Party, login or password are wrong. Nothing says which.")
        until_us = self._node.now_us() + LIFETIME_MAX_S * 1_000_000
        opened = await self._node.ask(c.OpenSession(asked.by, party, found.person, role, until_us))
        if isinstance(opened, Refusal):
            return opened
        person = "" if role == SERVICE else found.person
        # A second less than a whole lifetime: the token is judged later than it is made.
        token = self._key.issue(
            party, person, role, opened.id, self._audience, self._node.wall_us() / 1e6, LIFETIME_MAX_S - 1
        )
        return Token(token, party, found.person, role, opened.id, instant(until_us))

    async def _is_good(self, found: r.LoginFound | None, password: str) -> bool:
        if found is None:
            return await self._hasher.verify(None, password)
        if found.secret is not None:
            try:
                return same_digest(secret_digest(password), found.secret)
            except SecretError:
                return False
        content = await self._node.content(found.entry)
        return await self._hasher.verify(None if content is None else _credentials(content).hash, password)

    async def invite(self, asked: Request) -> Any:
        body = read(asked.body, b.Invite)
        secret = new_secret(self._entropy(SECRET_BYTES))
        command = c.Invite(speaking(asked.by, body, asked.body), secret_digest(secret), invite_roles(body))
        reply = await self._told(command)
        return _with_secret(
            reply, invitation=secret if await self._made(command.by, reply, command.invitation) else None
        )

    async def service(self, asked: Request) -> Any:
        body = read(asked.body, b.MakeService)
        secret = new_secret(self._entropy(SECRET_BYTES))
        login = word(body.login, "login")
        digest = login_digest(asked.by.code or "", login)
        words = words_of(login=login, about=text(body.about, "about"))
        command = c.MakeService(speaking(asked.by, body, asked.body), digest, secret_digest(secret), words)
        reply = await self._told(command)
        return _with_secret(reply, secret=secret if await self._made(command.by, reply, command.secret) else None)

    async def add_key(self, asked: Request) -> Any:
        body = read(asked.body, b.AddKey)
        start_us = start_of_key(body, asked.now_us)
        return await self._told(c.AddKey(speaking(asked.by, body, asked.body), *_key(body.public_key), start_us))

    async def _told(self, command: c.Asked) -> Any:
        """The answer to a statement, if it is one for this record."""
        no = of_another_record(command.by, self._node.record)
        return await self._node.ask(command) if no is None else no

    async def _made(self, by: c.Speaker, reply: Any, digest: str) -> bool:
        """Whether this very act made the entry that is answered: the secret of a repeated one opens nothing.

        Raises OutcomeUnknown where that cannot be looked up.
        """
        if not isinstance(reply, r.Done) or not by.statement.nonce:
            return True
        try:
            event = read_event((await self._node.entries([reply.entry]))[0].facts)
        except EngineError:
            raise OutcomeUnknown(
                f"Entry {reply.entry} was made, but its secret cannot be told. Make another."
            ) from None
        return digest in (getattr(event, "invitation", None), getattr(event, "secret", None))


def login_digest(party: str, login: str) -> str:
    """What a login is found by: facts hold no names."""
    return sha256(f"beforehand/login/v1\n{party}\n{login}".encode()).hexdigest()


def _key(public: str) -> tuple[str, str]:
    try:
        return key_id(public), public
    except SigningKeyError as error:
        raise BadField("public_key", "bad_key", f"cannot be taken: {error}") from None


def _with_secret(reply: Any, *, invitation: str | None = None, secret: str | None = None) -> Any:
    """The answer to an act with the secret that it made. One that was made before has its secret no more."""
    if not isinstance(reply, r.Done):
        return reply
    return WithSecret(reply.id, reply.version, reply.entry, reply.time, invitation, secret)
