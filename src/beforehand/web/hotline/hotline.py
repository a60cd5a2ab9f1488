"""From a request of the hotline to its answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, Protocol
from urllib.parse import parse_qsl

from msgspec import to_builtins
from msgspec.json import Encoder
from msgspec.structs import replace

from beforehand.auth.identity import Identity
from beforehand.core.hotline import commands as c
from beforehand.core.hotline import replies as r
from beforehand.core.hotline.contents import read_area, read_notice
from beforehand.core.hotline.knew import what_was_known
from beforehand.core.machine import read_event
from beforehand.core.stamp import Refusal
from beforehand.node.outcomes import NotDone
from beforehand.record.entry import parse_header
from beforehand.web.answer import Answer
from beforehand.web.hotline.former import with_former
from beforehand.web.hotline.operations import HotlineOperation, Looking, time_asked
from beforehand.web.hotline.people import Asker, People
from beforehand.web.hotline.problems import of_field, problem
from beforehand.web.hotline.speaking import NOBODY, of_another_record, signed, speaker
from beforehand.web.hotline.worded import notice_worded, rows_worded
from beforehand.wire.f3548.errors import TooLargeInline
from beforehand.wire.hotline.answers import NoticeAnswer, advised, content_shown, view_shown
from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.places import load_names
from beforehand.wire.hotline.requests.reading import Request
from beforehand.wire.hotline.texts import quoted
from beforehand.wire.hotline.verbs import Verb, decoded

#: The signing key of a statement and its signature, both in base64url.
SIGNATURE_HEADER = b"beforehand-signature"
#: Newest durable entry and its leaf hash: what a statement names as seen.
CHECKPOINT_HEADER = b"beforehand-checkpoint"
#: Bodies larger than this are read by the worker.
INLINE_BODY = 65_536
#: Reasons that arise here -> status (docs/refusals.md).
REASONS = {"wrong_login": 401, "bad_signature": 400, "statement_mismatch": 400}

#: For how long a warning waits for the worker, in seconds.
WORKER_WAIT_S = 3.0
_encode = Encoder().encode


class Node(Asker, Protocol):
    """What is asked of a node, besides."""

    @property
    def checkpoint(self) -> tuple[int, str]: ...


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
            self._warming = asyncio.create_task(self._load_names())

    async def _load_names(self) -> None:
        with contextlib.suppress(NotDone):  # then the first that needs them waits
            await self._worker.run(NOBODY, load_names)

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
                by = replace(by, digest=operation.verb.name)
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
        if verb.name in ("notice change", "notice shift"):
            asked = await with_former(self._node, asked)
        command = await self._command(verb, asked)
        no = of_another_record(command.by, self._node.record)
        if no is not None:
            return no
        reply = await self._node.ask(command)
        if isinstance(reply, r.AdviceAsked):
            return await self._worker.run(asked.by.caller, advised, reply)
        if isinstance(reply, r.Shown):
            return to_builtins(reply.view)
        return reply

    async def _command(self, verb: Verb, asked: Request) -> Any:
        """What is asked: decoded here, or by the worker where that takes long.

        A warning whose words alone are for the worker goes out even where that is slow, dead or crowded: unread (P2).
        """
        unread = None
        if len(asked.body) <= INLINE_BODY or asked.inline_cells is None:
            with contextlib.suppress(TooLargeInline):
                return decoded(verb.name, asked)
            with contextlib.suppress(TooLargeInline):
                unread = decoded(verb.name, asked._replace(reads_words=False)) if verb.warns else None
        by_worker = self._worker.run(
            asked.by.caller, decoded, verb.name, asked._replace(inline_cells=None), warning=verb.warns
        )
        if unread is None:
            return await by_worker
        with contextlib.suppress(NotDone, TimeoutError):
            async with asyncio.timeout(WORKER_WAIT_S):
                return await by_worker
        return unread

    async def _look(self, operation: HotlineOperation, looking: Looking) -> Any:
        assert operation.look is not None
        reply = await self._node.ask(operation.look(looking))
        if isinstance(reply, r.EntriesFound):
            return await self._knew(reply, looking)
        if not isinstance(reply, r.Shown):
            return reply
        content = None if reply.content_entry is None else await self._node.content(reply.content_entry)
        if operation.id == "getNotice":
            view = await notice_worded(self._node, reply.view)
            if reply.document:
                return NoticeAnswer(view, document=None if content is None else content.decode())
            return NoticeAnswer(view, content=None if content is None else content_shown(read_notice(content)))
        shown = view_shown(reply.view)
        for name in ("parties", "zones", "movements"):
            if operation.id == f"list{name.capitalize()}":
                await rows_worded(self._node, shown[name])
        if content is not None:
            shown["content"] = content_shown(read_area(content))
        return shown

    async def _knew(self, found: r.EntriesFound, looking: Looking) -> Any:
        said_us = time_asked(looking)
        at_us = self._node.now_us() if said_us is None else said_us
        stored = await self._node.entries(found.entries)
        events = [(parse_header(each.header).time_us, read_event(each.facts)) for each in stored]
        knew = what_was_known(events, looking.params[0], at_us, found.viewer)
        if knew is None:
            return Refusal("not_found", "At that time there was no such notice.")
        return knew


def _looking(params: tuple[bytes, ...], query: bytes, operation: HotlineOperation, by: c.Speaker) -> Looking:
    try:
        decoded_params = tuple(each.decode() for each in params)
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, max_num_fields=20)
    except (UnicodeDecodeError, ValueError):
        raise BadField("The path", "malformed", "or its query is not UTF-8, or has too many fields.") from None
    values: dict[str, str] = {}
    for name, value in pairs:
        if name not in operation.query:
            listed = ", ".join(operation.query) or "none"
            raise BadField(quoted(name, 64), "bad_parameter", f"is no parameter here; there are: {listed}.")
        if name in values:
            raise BadField(name, "bad_parameter", "stands there twice. Say it once.")
        values[name] = value
    return Looking(decoded_params, values, by)
