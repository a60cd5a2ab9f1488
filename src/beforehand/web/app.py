"""The ASGI application: a request's way from its path to its answer.

Order: length announced (413) · route (404) · token (401) · scopes (403) · body · decode (400) · scope of the state (403) ·
the node · answer. Nothing that was computed from state leaves before the node lets it go.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from time import perf_counter
from traceback import extract_tb
from typing import Any, Protocol

import structlog

from beforehand.auth.identity import Forbidden, Identity, Unauthenticated
from beforehand.auth.scopes import CONFORMANCE_MONITORING_SA, require, require_off_nominal, require_to_hear
from beforehand.auth.tokens import Verifier
from beforehand.core.stamp import Refusal
from beforehand.core.strategic import commands as c
from beforehand.core.strategic.replies import REASONS, Missing, ReportFiled
from beforehand.engine.protocol import EngineError
from beforehand.node.decide import Broken
from beforehand.node.outcomes import NOT_TOLD, NotDone, OutcomeUnknown, TooFast
from beforehand.node.release import WRITE_WAITED
from beforehand.web import service
from beforehand.web.answer import ALIVE, NO_ROUTE, TOO_LARGE, Answer, Send, refused, send, start, unavailable, unaware
from beforehand.web.body import Gone, Receive, TooLong, read_body
from beforehand.web.config import WebConfig
from beforehand.web.description import DESCRIPTION
from beforehand.web.hotline.hotline import SIGNATURE_HEADER, Hotline
from beforehand.web.hotline.operations import HOTLINE, HotlineOperation
from beforehand.web.hotline.problems import as_problem
from beforehand.web.hotline.speaking import NOBODY
from beforehand.web.operations import OPERATIONS, Operation
from beforehand.web.routing import BadEscape, Router
from beforehand.web.service import SERVICE, Service
from beforehand.web.shares import Shares, Ticket
from beforehand.wire.f3548 import replies, reports
from beforehand.wire.f3548.errors import REASONS as WIRE_REASONS
from beforehand.wire.f3548.errors import BadRequest, TooLargeInline
from beforehand.wire.f3548.requests import Asked, looks_like_a_warning

log = structlog.get_logger()

#: What answers a request once its body is there.
Answering = Callable[[bytes, Ticket], Coroutine[Any, Any, Answer]]

_OFF_NOMINAL = (c.IntentState.NONCONFORMING, c.IntentState.CONTINGENT)

#: Bodies larger than this are decoded in the worker, unless they hold little but the names of versions, which are quick.
INLINE_BODY = 65_536
INLINE_NAMES = 1_048_576
INLINE_OBJECTS = 200
#: Characters of an answer that take about half a millisecond to write.
LONG_PIECE = 65_536
#: Answers are handed out in pieces of this size, each taken before the next.
PIECE = 262_144
#: What is said where the journal's content cannot be read.
NOT_READ = "What this rests on could not be read. Nothing was done; ask again in a moment."
#: Seconds a client may take for one piece.
TAKE_S = 15.0


class Node(Protocol):
    """What is asked of a node (`beforehand.node.Node`)."""

    def now_us(self) -> int: ...

    def earliest_us(self) -> int: ...

    def wall_us(self) -> int: ...

    def ready(self) -> str | None: ...

    async def ask(self, command: Any) -> Any: ...


class Worker(Protocol):
    """What is asked of a worker (`beforehand.node.worker.Worker`)."""

    async def run(self, party: Any, function: Callable[..., Any], *args: Any, warning: bool = False) -> Any: ...


class App:
    """Answers requests on one node."""

    def __init__(
        self,
        node: Node,
        verifier: Verifier,
        worker: Worker,
        config: WebConfig,
        hotline: Hotline | None = None,
        timer: Callable[[], float] = perf_counter,
    ) -> None:
        self._node = node
        self._verifier = verifier
        self._worker = worker
        self._config = config
        self._hotline = hotline
        self._router: Router[Operation | HotlineOperation | Service] = Router(
            (*OPERATIONS, *(HOTLINE if hotline is not None else ()), *SERVICE, DESCRIPTION)
        )
        self.shares = Shares(config.limits, timer)
        #: Requests that ended in an exception of ours.
        self.faults = 0

    async def __call__(self, scope: dict[str, Any], receive: Receive, respond: Send) -> None:
        if scope["type"] != "http":
            return
        authorization = None
        for name, value in scope["headers"]:
            if name == b"authorization":
                if authorization is None:
                    authorization = value
            elif name == b"content-length" and int(value) > self._config.max_body:
                await send(respond, TOO_LARGE)
                return
        try:
            found = self._router.find(scope["method"], scope["raw_path"])
        except BadEscape:
            await send(respond, refused(400, "bad_path", "The path is no valid percent-encoding."))
            return
        if found is None:
            await send(respond, ALIVE if scope["raw_path"] == b"/healthy" else NO_ROUTE)
            return
        operation, params = found
        try:
            identity = None if operation.scopes is None else self._identify(operation, authorization)
        except Unauthenticated as error:
            await send(respond, _formed(operation, refused(401, "unauthenticated", str(error))))
            return
        except Forbidden as error:
            await send(respond, _formed(operation, refused(403, "forbidden", str(error))))
            return
        if isinstance(operation, Service):
            asked = service.Asked(self._node.ready, self._config, identity, params, scope["query_string"])
            await send(respond, operation.respond(asked))
            return
        if self.shares.is_light(NOBODY if identity is None else identity.caller):
            scope["light"] = True  # for the protocol
        if isinstance(operation, HotlineOperation):
            answering = self._of_hotline(operation, params, scope, identity)
        else:
            assert identity is not None
            answering = self._of_registry(operation, params, identity)
        await self._serve(operation, answering, identity, receive, respond)

    def _of_registry(self, operation: Operation, params: tuple[bytes, ...], identity: Identity) -> Answering:
        return lambda body, ticket: self._answer(operation, params, identity, body, ticket)

    def _of_hotline(
        self, operation: HotlineOperation, params: tuple[bytes, ...], scope: dict[str, Any], identity: Identity | None
    ) -> Answering:
        assert self._hotline is not None
        hotline, query = self._hotline, scope["query_string"]
        signature = next((value for name, value in scope["headers"] if name == SIGNATURE_HEADER), None)

        async def answer(body: bytes, ticket: Ticket) -> Answer:
            ticket.asked = True
            answered = await hotline.answer(operation, params, query, signature, identity, body)
            ticket.answered = True
            return answered

        return answer

    def _identify(self, operation: Operation | HotlineOperation | Service, authorization: bytes | None) -> Identity:
        identity = self._verifier.verify(authorization, self._node.wall_us())
        assert operation.scopes is not None
        require(identity, operation.scopes)
        return identity

    async def _serve(
        self,
        operation: Operation | HotlineOperation,
        answering: Answering,
        identity: Identity | None,
        receive: Receive,
        respond: Send,
    ) -> None:
        shares = self.shares
        of_hotline = isinstance(operation, HotlineOperation)
        # A warning of the registry shows only in its body: what may bring one is let in from the reserve, and looked at then.
        reserve = operation.warns and (
            of_hotline or (identity is not None and CONFORMANCE_MONITORING_SA in identity.scopes)
        )
        try:
            ticket = shares.enter(NOBODY if identity is None else identity.caller, reserve)
        except NotDone as error:
            answer = unavailable("not_done", _untold(error, reserve), error.retry_after_s)
            await send(respond, _formed(operation, answer))
            return
        try:
            try:
                body = await read_body(receive, self._config.max_body, shares, ticket, reserve)
                ticket.warning = reserve and (of_hotline or looks_like_a_warning(body) is not None)
                if ticket.warning:
                    await shares.turn_of_warning(ticket.share)
                else:
                    await self._wait_turn(ticket)
                answer = await shares.timed(ticket.share, answering(body, ticket))
            except Gone:
                return
            except asyncio.CancelledError:  # this process ends, and will wait no longer
                answer = _cut_short(ticket.asked and not operation.reads)
            except NotDone as error:
                answer = unavailable("not_done", _untold(error, ticket.warning), error.retry_after_s)
            except Exception as error:
                answer = self._failed(error, operation, ticket.answered and not operation.reads)
            answer = _formed(operation, answer)
            if len(answer.body) <= PIECE:
                await send(respond, answer)
            else:
                shares.hold(ticket, max(0, len(answer.body) - ticket.held))
                await shares.timed(ticket.share, self._send_pieces(respond, answer, ticket))
        finally:
            shares.leave(ticket)

    async def _wait_turn(self, ticket: Ticket) -> None:
        self.shares.check(ticket)
        await self.shares.turn(ticket.share)
        self.shares.check(ticket)

    async def _answer(
        self, operation: Operation, params: tuple[bytes, ...], identity: Identity, body: bytes, ticket: Ticket
    ) -> Answer:
        config = self._config
        now_us, earliest_us = self._node.now_us(), self._node.earliest_us()
        asked = Asked(params, body, ticket.caller, now_us, config.allow_http, config.inline_cells, earliest_us)
        command = await self._decode(operation, asked, ticket.warning)
        if ticket.warning and command.state not in _OFF_NOMINAL:
            ticket.warning = False
            await self._wait_turn(ticket)
        _check_scopes(command, identity, config.strict_scopes)
        ticket.asked = True
        reply = await self._node.ask(command)
        ticket.answered = True
        if isinstance(reply, Refusal):
            if isinstance(reply.detail, Missing):
                return unaware(await self._joined(replies.conflict(reply.message, reply.detail), ticket, True))
            return refused(REASONS[reply.reason], reply.reason, reply.message)
        if isinstance(reply, ReportFiled):
            return Answer(operation.status, reports.report_filed(reply.id, body))
        pieces = replies.pieces(reply, self._node.now_us() if config.timed_index else None)
        return Answer(operation.status, await self._joined(pieces, ticket, operation.reads))

    async def _decode(self, operation: Operation, asked: Asked, warning: bool) -> Any:
        if _is_quick(asked.body) or asked.inline_cells is None:
            try:
                return operation.decode(asked)
            except TooLargeInline:
                pass
        unlimited = asked._replace(inline_cells=None)
        return await self._worker.run(asked.caller, operation.decode, unlimited, warning=warning)

    async def _joined(self, pieces: Iterator[str], ticket: Ticket, nothing_done: bool) -> bytes:
        """A body from its pieces, with a turn for others after each stretch that is long.

        Raises NotDone where its party has too much to be sent already, if `nothing_done` so that this may be said.
        """
        written, since = [], 0
        for piece in pieces:
            written.append(piece)
            since += len(piece)
            if since > LONG_PIECE:
                self.shares.hold(ticket, since)
                if nothing_done:
                    self.shares.check(ticket)
                since = 0
                await asyncio.sleep(0)
                await self.shares.turn(ticket.share)
        return "".join(written).encode()

    async def _send_pieces(self, respond: Send, answer: Answer, ticket: Ticket) -> None:
        """Hand out a large answer no faster than it is taken. Raises TimeoutError, upon which the connection is closed."""
        body = memoryview(answer.body)
        await respond(start(answer))
        for at in range(0, len(body), PIECE):
            async with asyncio.timeout(TAKE_S):
                await respond({"type": "http.response.body", "body": bytes(body[at : at + PIECE]), "more_body": True})
            await self.shares.turn(ticket.share)
        async with asyncio.timeout(TAKE_S):
            await respond({"type": "http.response.body", "body": b""})

    def _failed(self, error: Exception, operation: Operation | HotlineOperation, done: bool) -> Answer:
        if isinstance(error, BadRequest):
            return refused(WIRE_REASONS[error.reason], error.reason, error.message)
        if isinstance(error, Forbidden):
            return refused(403, "forbidden", str(error))
        if isinstance(error, OutcomeUnknown):
            return unavailable("outcome_unknown", str(error))
        if isinstance(error, TooFast):
            return refused(429, "quota", str(error), error.retry_after_s)
        if isinstance(error, TooLong):
            return refused(400, "body_too_long", f"The body is longer than {self._config.max_body} bytes. Send less.")
        if isinstance(error, EngineError):  # content that could not be read, before anything was decided
            return unavailable("not_done", NOT_READ, 1)
        if isinstance(error, Broken):
            return unavailable("outcome_unknown", WRITE_WAITED)
        self.faults += 1
        what = "it was done, but its answer is lost" if done else "nothing was changed"
        answer = refused(500, "fault", f"This server failed on the request; {what}. Tell its operator the id")
        # Where it failed, not on what: a message may quote what a party sent.
        where = [f"{frame.name}:{frame.lineno}" for frame in extract_tb(error.__traceback__)]
        log.error("fault", operation=operation.id, error=type(error).__name__, where=where, answer=answer.body.decode())
        return answer


def _formed(operation: Operation | HotlineOperation | Service, answer: Answer) -> Answer:
    """An answer as its interface has it: the hotline's refusals are problem details."""
    return as_problem(answer) if isinstance(operation, HotlineOperation) else answer


def _untold(error: NotDone, warning: bool) -> str:
    """What is said of what was not done; where it was, or may have been, a warning, this too."""
    text = str(error)
    return text if NOT_TOLD in text or not warning else f"{text} {NOT_TOLD}"


def _cut_short(perhaps_done: bool) -> Answer:
    if perhaps_done:
        return unavailable("outcome_unknown", WRITE_WAITED)
    return unavailable("not_done", "This node is ending. Nothing was done; ask again in a moment.", 1)


def _is_quick(body: bytes) -> bool:
    """Whether a body is decoded in a few milliseconds."""
    return len(body) <= INLINE_BODY or (len(body) <= INLINE_NAMES and body.count(b"{") <= INLINE_OBJECTS)


def _check_scopes(command: Any, identity: Identity, strict: bool) -> None:
    """What a command asks for may need more scopes than its operation. Raises Forbidden."""
    if isinstance(command, c.PutIntent):
        if command.state in _OFF_NOMINAL:
            require_off_nominal(identity, command.state.name.capitalize())
        if strict and command.new_subscription is not None:
            require_to_hear(identity, True, command.new_subscription.constraints)
    elif strict and isinstance(command, c.PutSubscription):
        require_to_hear(identity, command.intents, command.constraints)
