"""From a request of the hotline to its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol
from urllib.parse import parse_qsl

from msgspec import Struct, to_builtins
from msgspec.json import Encoder

from beforehand.auth.identity import Identity
from beforehand.auth.scopes import HOTLINE_OPERATOR
from beforehand.auth.signing import verify
from beforehand.core.hotline import commands as c
from beforehand.core.hotline import replies as r
from beforehand.core.hotline.contents import read_area, read_notice
from beforehand.core.hotline.knew import what_was_known
from beforehand.core.machine import read_event
from beforehand.core.stamp import Caller, Refusal
from beforehand.record.entry import StoredEntry, parse_header
from beforehand.web.answer import Answer
from beforehand.web.hotline.operations import HotlineOperation, Looking
from beforehand.web.hotline.people import Asker, People
from beforehand.web.hotline.problems import of_field, problem
from beforehand.wire.f3548.errors import TooLargeInline
from beforehand.wire.hotline.answers import NoticeAnswer, advised, content_shown, view_shown
from beforehand.wire.hotline.bodies_volume import ReadVolume
from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.places import load_names
from beforehand.wire.hotline.requests import Request, read
from beforehand.wire.hotline.values import said_time
from beforehand.wire.hotline.verbs import Verb

#: The signing key of a statement and its signature, both in base64url.
SIGNATURE_HEADER = b"beforehand-signature"
#: Newest durable entry and its leaf hash: what a statement names as seen.
CHECKPOINT_HEADER = b"beforehand-checkpoint"
#: Who asks without a token: all together are one.
NOBODY = Caller("", "")
#: Reasons that arise here -> status (docs/refusals.md).
REASONS = {"wrong_login": 401, "bad_signature": 400, "statement_mismatch": 400}

_encode = Encoder().encode


class Node(Asker, Protocol):
    """What is asked of a node, besides."""

    async def entries(self, wanted: Sequence[int]) -> list[StoredEntry]: ...

    @property
    def checkpoint(self) -> tuple[int, str]: ...

    @property
    def record(self) -> str: ...


class Worker(Protocol):
    """What is asked of a worker."""

    def run(
        self, party: Any, function: Callable[..., Any], *args: Any, warning: bool = False
    ) -> Coroutine[Any, Any, Any]: ...


class Hotline:
    """Answers requests of the hotline on one node."""

    def __init__(self, node: Node, worker: Worker, people: People, inline_cells: int | None) -> None:
        self._node = node
        self._worker = worker
        self._people = people
        self._inline_cells = inline_cells
        self._warming: asyncio.Task[None] | None = None

    def _warm(self) -> None:
        """Have the worker load place names before the first notice that has words waits for them."""
        if self._warming is None and self._inline_cells is not None:
            self._warming = asyncio.create_task(self._worker.run(NOBODY, load_names))

    async def answer(
        self,
        operation: HotlineOperation,
        params: tuple[bytes, ...],
        query: bytes,
        signature: bytes | None,
        identity: Identity | None,
        body: bytes,
    ) -> Answer:
        """The answer to one request. Raises what the node raises."""
        by = speaker(identity)
        self._warm()
        try:
            if signature is not None:
                by = signed(by, signature, body)
            if operation.verb is not None:
                reply = await self._do(operation.verb, Request(body, by, self._node.now_us(), self._inline_cells))
            else:
                reply = await self._look(operation, _looking(params, query, operation, by))
        except BadField as error:
            return self._marked(of_field(error))
        if isinstance(reply, Refusal):
            status = r.REASONS.get(reply.reason) or REASONS[reply.reason]
            return self._marked(problem(status, reply.reason, reply.message))
        return self._marked(Answer(200, _encode(reply)))

    def _marked(self, answer: Answer) -> Answer:
        """With the newest checkpoint: how long the journal is as a whole is public."""
        entry, leaf = self._node.checkpoint
        return answer._replace(headers=(*answer.headers, (CHECKPOINT_HEADER, f"{entry} {leaf}".encode())))

    async def _do(self, verb: Verb, asked: Request) -> Any:
        prepared = self._people.verbs.get(verb.name)
        if prepared is not None:
            return await prepared(asked)
        if verb.name == "notice change":
            asked = asked._replace(previous=await self._previous(asked))
        assert verb.decode is not None
        try:
            command = verb.decode(asked)
        except TooLargeInline:
            unlimited = asked._replace(inline_cells=None)
            command = await self._worker.run(asked.by.caller, verb.decode, unlimited, warning=verb.warns)
        said = command.by.statement
        if said.record and said.record != self._node.record:
            return Refusal(
                "statement_mismatch",
                f"statement.record is {said.record[:64]!r}, but this record is {self._node.record}. You may be on another server.",
            )
        reply = await self._node.ask(command)
        if isinstance(reply, r.AdviceAsked):
            return await self._worker.run(asked.by.caller, advised, reply)
        if isinstance(reply, r.Shown):
            return to_builtins(reply.view)
        return reply

    async def _previous(self, asked: Request) -> tuple[ReadVolume, ...] | None:
        """The volumes of the version that stands, as they were said, for what is asked about slips (H4.6)."""
        try:
            notice = read(asked.body, _Loose).notice
        except BadField:
            return None
        shown = await self._node.ask(c.FetchNotice(asked.by, notice))
        if not isinstance(shown, r.Shown) or shown.content_entry is None or shown.document:
            return None
        content = await self._node.content(shown.content_entry)
        if content is None:
            return None
        volumes = []
        for said, volume in zip(
            read_notice(content).words.get("volumes", []), read_notice(content).volumes, strict=False
        ):
            volumes.append(
                ReadVolume(
                    volume.outline, volume.lower_mm, volume.upper_mm, volume.start_us, volume.end_us, 0, 0, (), said
                )
            )
        return tuple(volumes)

    async def _look(self, operation: HotlineOperation, looking: Looking) -> Any:
        assert operation.look is not None
        reply = await self._node.ask(operation.look(looking))
        if isinstance(reply, r.EntriesFound):
            return await self._knew(reply, looking)
        if not isinstance(reply, r.Shown):
            return reply
        content = None if reply.content_entry is None else await self._node.content(reply.content_entry)
        if operation.id == "getNotice":
            if reply.document:
                return NoticeAnswer(reply.view, document=None if content is None else content.decode())
            return NoticeAnswer(reply.view, content=None if content is None else content_shown(read_notice(content)))
        shown = view_shown(reply.view)
        if content is not None:
            shown["content"] = content_shown(read_area(content))
        return shown

    async def _knew(self, found: r.EntriesFound, looking: Looking) -> Any:
        said = looking.query.get("at")
        at_us = self._node.now_us() if said is None else said_time(said, "at").time_us
        stored = await self._node.entries(found.entries)
        events = [(parse_header(each.header).time_us, read_event(each.facts)) for each in stored]
        knew = what_was_known(events, looking.params[0], at_us, found.viewer)
        if knew is None:
            return Refusal("not_found", "At that time there was no such notice.")
        return knew


class _Loose(Struct, frozen=True):
    """The one field that is read beforehand."""

    notice: str = ""


def speaker(identity: Identity | None) -> c.Speaker:
    """Who asks, as a token says. Person, role and session only of a token that this node issued."""
    if identity is None:
        return c.Speaker(NOBODY)
    own = identity.person is not None
    return c.Speaker(
        identity.caller,
        identity.subject if own else None,
        identity.person or None,
        identity.role,
        identity.session,
        HOTLINE_OPERATOR in identity.scopes,
    )


def signed(by: c.Speaker, header: bytes, body: bytes) -> c.Speaker:
    """The speaker of bytes that are signed. Raises BadField where the signature does not hold: it is never taken for none."""
    public, _, signature = header.decode("latin-1").partition(" ")
    if not verify(public, body, signature):
        raise BadField(
            "Beforehand-Signature", "bad_signature",
            "does not fit the body: give the public key and its signature over the bytes as sent, both in base64url.")  # fmt: skip
    return c.Speaker(
        by.caller, by.code, by.person, by.role, by.session, by.operator, by.statement, by.digest, public, "", signature
    )


def _looking(params: tuple[bytes, ...], query: bytes, operation: HotlineOperation, by: c.Speaker) -> Looking:
    try:
        decoded = tuple(each.decode() for each in params)
        values = dict(parse_qsl(query.decode("ascii"), max_num_fields=20))
    except (UnicodeDecodeError, ValueError):
        raise BadField("The path", "malformed", "or its query is not UTF-8, or has too many fields.") from None
    unknown = [name for name in values if name not in operation.query]
    if unknown:
        listed = ", ".join(operation.query) or "none"
        raise BadField(unknown[0][:64], "malformed", f"is no parameter here; there are: {listed}.")
    return Looking(decoded, values, by)
