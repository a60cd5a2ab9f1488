"""A hotline in this process, on a fake clock, asked over ASGI: every answer is held against its type and the description."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import jsonschema_rs
import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from beforehand.auth.keys import TokenKey, TokenKeys
from beforehand.auth.passwords import PasswordError
from beforehand.auth.scopes import HOTLINE_OPERATOR
from beforehand.auth.sessions import new_session_key
from beforehand.auth.signing import public_text, sign
from beforehand.auth.tokens import Verifier
from beforehand.core.hotline.instants import instant
from beforehand.core.machine import read_event
from beforehand.engine.memory import MemoryEngine
from beforehand.node import Node
from beforehand.node.config import NodeConfig
from beforehand.testing.clock import FakeClock
from beforehand.testing.entropy import seeded
from beforehand.testing.simulation import simulate
from beforehand.web.app import App
from beforehand.web.config import WebConfig
from beforehand.web.description import description
from beforehand.web.hotline.description import REASONS
from beforehand.web.hotline.hotline import Hotline
from beforehand.web.hotline.operations import HOTLINE, HotlineOperation
from beforehand.web.hotline.people import People
from beforehand.web.shares import Limits
from beforehand.wire.hotline.answers import Problem
from beforehand.wire.hotline.verbs import BY_NAME

AUDIENCE = "line"
BASE = "/hotline/v1"
PASSWORD = "long enough"
OF_VERB = {each.verb.name: each for each in HOTLINE if each.verb is not None}
MINUTE_US = 60_000_000


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    found: dict[str, Any] = json.loads(description("v"))
    return found


def validator(schema: dict[str, Any]) -> Any:
    """What says whether a value is as a schema of the document has it."""
    return jsonschema_rs.Draft202012Validator({"components": document()["components"], "allOf": [schema]})


@cache
def answer_validator(method: str, template: str, status: int) -> Any:
    """What says whether an answer is as the document has it."""
    found = document()["paths"][template][method.lower()]["responses"][str(status)]
    if "$ref" in found:
        found = document()["components"]["responses"][found["$ref"].rsplit("/", 1)[1]]
    return validator(next(iter(found["content"].values()))["schema"])


class Got(NamedTuple):
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def reason(self) -> str | None:
        return self.headers.get("beforehand-reason")

    @property
    def field(self) -> str | None:
        found: str | None = self.json.get("field")
        return found


class PlainHasher:
    """Keeps the bounds of passwords, and none of their price."""

    async def hash(self, password: str) -> str:
        if len(password) < 8:
            raise PasswordError("too short")
        return f"hashed {password}"

    async def verify(self, hashed: str | None, password: str) -> bool:
        return hashed == f"hashed {password}"


class Inline:
    """A worker that works at once, and counts."""

    def __init__(self) -> None:
        self.jobs = 0

    async def run(self, party: Any, function: Callable[..., Any], *args: Any, warning: bool = False) -> Any:
        self.jobs += 1
        return function(*args)


class Issuer:
    """Somebody else who signs tokens."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.key = Ed25519PrivateKey.generate()

    def token_key(self) -> TokenKey:
        return TokenKey(self.key.public_key(), frozenset({"EdDSA"}), self.name, self.name)


class Person(NamedTuple):
    """Somebody logged in. `person`: the id."""

    code: str
    login: str
    person: str
    token: str


class Line:
    """A node and its HTTP side."""

    def __init__(self, clock: FakeClock, node: Node, app: App, issuers: dict[str, Issuer], worker: Inline) -> None:
        self.clock = clock
        self.node = node
        self.app = app
        self.issuers = issuers
        self.worker = worker
        self.keys: dict[str, Ed25519PrivateKey] = {}
        self.done: set[str] = set()
        self.nonces = 0

    @classmethod
    async def open(
        cls, clock: FakeClock, engine: Any = None, limits: Limits | None = None, max_body: int = 1 << 22
    ) -> Line:
        """A fresh one."""
        node = await Node.open(NodeConfig(), clock, seeded(1), engine or MemoryEngine())
        session = new_session_key("node")
        issuers = {name: Issuer(name) for name in ("operator", "elsewhere")}
        keys = TokenKeys([each.token_key() for each in issuers.values()]).with_own(session.token_key())
        worker = Inline()
        people = People(node, session, AUDIENCE, PlainHasher(), seeded(2))
        config = WebConfig(inline_cells=None, max_body=max_body, limits=limits or Limits())
        hotline = Hotline(node, worker, people, None)  # type: ignore[arg-type]
        app = App(node, Verifier(keys, [AUDIENCE]), worker, config, hotline, lambda: clock.monotonic_us() / 1e6)
        return cls(clock, node, app, issuers, worker)

    # Tokens -------------------------------------------------------------------------------------------------------------

    def foreign(self, issuer: str, subject: str, *scopes: str, **claims: Any) -> str:
        """A token of another issuer."""
        now_s = self.clock.wall_us() // 1_000_000
        body = {
            "iss": issuer,
            "sub": subject,
            "aud": AUDIENCE,
            "exp": now_s + 3_500,
            "scope": " ".join(scopes),
            **claims,
        }
        return jwt.encode(body, self.issuers[issuer].key, algorithm="EdDSA")

    @property
    def operator(self) -> str:
        """The node operator's token."""
        return self.foreign("operator", "o", HOTLINE_OPERATOR)

    # Asking -------------------------------------------------------------------------------------------------------------

    async def ask(
        self, method: str, path: str, token: str | None = None, body: Any = None, *, signature: str | None = None,
        receive: Callable[[], Awaitable[dict[str, Any]]] | None = None,
    ) -> Got:  # fmt: skip
        """The answer; of a client that vanished, status 0."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers = [(b"content-length", str(len(raw)).encode())]
        if token is not None:
            headers.append((b"authorization", f"Bearer {token}".encode()))
        if signature is not None:
            headers.append((b"beforehand-signature", signature.encode()))
        bare, _, query = path.partition("?")
        scope = {
            "type": "http", "method": method, "raw_path": bare.encode(), "query_string": query.encode(), "headers": headers,
        }  # fmt: skip
        sent: list[dict[str, Any]] = []

        async def whole() -> dict[str, Any]:
            return {"type": "http.request", "body": raw, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.app(scope, receive or whole, send)
        if not sent:
            return Got(0, {}, b"")
        start, *rest = sent
        given = {name.decode(): value.decode() for name, value in start["headers"]}
        return Got(start["status"], given, b"".join(each["body"] for each in rest))

    async def of(
        self, operation: HotlineOperation, path: str, token: str | None, body: Any = None, signature: str | None = None
    ) -> Got:
        """The answer of an operation, which must be of its type and as described."""
        got = await self.ask(operation.method, path, token, body, signature=signature)
        if got.status == 413:
            return got
        if got.status == 200:
            assert got.headers["content-type"].startswith("application/json")
            msgspec.json.decode(got.body, type=operation.answer)
            entry, leaf = got.headers["beforehand-checkpoint"].split()
            assert int(entry) < self.node.durable
            assert len(leaf) == 64
            self.done.add(operation.id)
        else:
            assert got.headers["content-type"] == "application/problem+json"
            problem = msgspec.json.decode(got.body, type=Problem)
            assert problem.reason == got.reason
            assert (problem.status, REASONS[problem.reason]) == (got.status, got.status)
        check = answer_validator(operation.method, operation.template, got.status)
        assert check.is_valid(got.json), next(iter(check.iter_errors(got.json)))
        return got

    async def do(
        self, verb: str, token: str | None, body: Any = None, *, signature: str | None = None, **fields: Any
    ) -> Got:
        """What a verb is answered."""
        operation = OF_VERB[verb]
        return await self.of(operation, operation.template, token, fields if body is None else body, signature)

    async def done_(self, verb: str, token: str | None, body: Any = None, **fields: Any) -> Any:
        """The answer to a verb that is done."""
        got = await self.do(verb, token, body, **fields)
        assert got.status == 200, (verb, got.status, got.body[:1_000])
        return got.json

    async def look(self, path: str, token: str | None) -> Got:
        """What a read is answered; `path` below the base."""
        bare = path.partition("?")[0]
        parts = bare.strip("/").split("/")
        operation = next(
            each
            for each in HOTLINE
            if each.verb is None
            and len(each.template.split("/")) == len(parts) + 3
            and each.template.split("/")[3] == parts[0]
        )
        return await self.of(operation, BASE + path, token)

    async def seen(self, path: str, token: str | None) -> Any:
        """The answer to a read that is given."""
        got = await self.look(path, token)
        assert got.status == 200, (path, got.status, got.body[:1_000])
        return got.json

    # Statements ---------------------------------------------------------------------------------------------------------

    def nonce(self) -> str:
        """A new one."""
        self.nonces += 1
        return f"nonce-{self.nonces:06}"

    def signed(self, code: str, body: dict[str, Any], **said: Any) -> tuple[bytes, str]:
        """The bytes of a statement of a party, and the header with its signature."""
        raw = json.dumps(body | {"statement": {"party": code, "nonce": self.nonce()} | said}).encode()
        key = self.keys[code]
        return raw, f"{public_text(key)} {sign(key, raw)}"

    # Time and record ----------------------------------------------------------------------------------------------------

    def at(self, minutes: float) -> str:
        """An instant so many minutes from now."""
        return instant(self.node.now_us() + round(minutes * MINUTE_US))

    async def settle(self) -> None:
        """What the node does by itself is done."""
        await asyncio.sleep(1)

    async def wait(self, minutes: float) -> None:
        """Time passes."""
        await asyncio.sleep(minutes * 60)

    async def events(self, start: int = 0) -> list[Any]:
        """What the journal says, of durable entries."""
        return [read_event(each.facts) for each in await self.node.entries(range(start, self.node.durable))]

    # Who is on the line -------------------------------------------------------------------------------------------------

    async def party(self, code: str, **fields: Any) -> Person:
        """A new party, and its first person, in the senior role."""
        self.keys[code] = Ed25519PrivateKey.generate()
        made = await self.done_(
            "party create",
            self.operator,
            {"code": code, "name": code, "public_key": public_text(self.keys[code])} | fields,
        )
        return await self.join(code, made["invitation"], "first", "senior")

    async def join(self, code: str, invitation: str, login: str, role: str) -> Person:
        """Take up an invitation and log in."""
        joined = await self.done_("party join", None, party=code, invitation=invitation, login=login, password=PASSWORD)
        return await self.login(code, login, joined["id"], role)

    async def login(self, code: str, login: str, person: str, role: str = "senior") -> Person:
        """Log in once more."""
        token = await self.done_("party login", None, party=code, login=login, password=PASSWORD, role=role)
        assert token["person"] == person
        return Person(code, login, person, token["token"])

    async def service(self, by: Person) -> Person:
        """A service of a party, logged in."""
        made = await self.done_("party service", by.token, login="gateway")
        token = await self.done_("party login", None, party=by.code, login="gateway", password=made["secret"])
        assert token["role"] == "service"
        return Person(by.code, "gateway", made["id"], token["token"])


def play(story: Callable[[Line], Awaitable[None]], **options: Any) -> None:
    """Play a story on a fresh line; hours pass in no time."""
    clock = FakeClock()

    async def whole() -> None:
        line = await Line.open(clock, **options)
        try:
            await story(line)
            assert not line.app.faults
        finally:
            await line.node.close()

    simulate(clock, whole())


def examples() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every verb and its example."""
    for name, verb in BY_NAME.items():
        yield name, verb.example
