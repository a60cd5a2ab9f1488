"""A registry within the test's own process: the product's own rules and codecs, no network, and faults on demand."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from beforehand.client.dss import INTENTS
from beforehand.client.http import Answer, NoAnswer
from beforehand.client.own import OwnIntents
from beforehand.core.machine import Machine
from beforehand.core.stamp import ENTROPY_BYTES, Caller, Refusal, Stamp
from beforehand.core.strategic.ids import id_text
from beforehand.core.strategic.replies import REASONS
from beforehand.wire.f3548 import replies, requests
from beforehand.wire.f3548.errors import BadRequest

URL = "http://registry.test"

#: What may go wrong with a request: it is lost before it is heard, or its answer is; the node says that it did nothing,
#: or that it does not know, having done it or not; it is busy; something on the way repeats the request.
FAULTS = ("lost", "answer lost", "not done", "unknown, not done", "unknown, done", "busy", "sent twice")

#: Chooses what goes wrong with the nth request, counted from 0; None lets it pass.
Faults = Callable[[int, str, str], str | None]


def mint(subject: str, audience: str) -> tuple[str, float]:
    """A token that only says who asks."""
    return subject, time.time() + 3_600


class Registry:
    """Answers requests to `URL`; those to `http://peer.test/PARTY` are answered from `peers`."""

    def __init__(self, faults: Faults = lambda *_: None) -> None:
        self.machine = Machine()
        self.faults = faults
        self.peers: dict[str, OwnIntents] = {}
        self.asked: list[tuple[str, str]] = []
        self.time_us = time.time_ns() // 1000

    async def __call__(self, method: str, url: str, token: str, body: bytes | None = None) -> Answer:
        number = len(self.asked)
        self.asked.append((method, url))
        await asyncio.sleep(0)
        if not url.startswith(URL):
            return self._peer(url)
        fault = self.faults(number, method, url)
        if fault == "lost":
            raise NoAnswer("lost on the way there")
        if fault in ("not done", "unknown, not done"):
            return _unavailable("not_done" if fault == "not done" else "outcome_unknown")
        if fault == "busy":
            return Answer(429, b'{"message":"busy"}', {"retry-after": "1"})
        if fault == "sent twice":
            self._answer(method, urlsplit(url).path, token, body or b"")
        answer = self._answer(method, urlsplit(url).path, token, body or b"")
        if fault == "answer lost":
            raise NoAnswer("lost on the way back")
        return _unavailable("outcome_unknown") if fault == "unknown, done" else answer

    def intents(self) -> dict[str, tuple[str, int, str]]:
        """What stands: manager, version and OVN by id."""
        state = self.machine.strategic
        return {
            id_text(intent.id): (intent.manager.subject, intent.version, intent.ovn)
            for intent in state.intent_ids.values()
        }

    def _peer(self, url: str) -> Answer:
        party, _, rest = urlsplit(url).path.strip("/").partition("/")
        body = self.peers[party].details(rest.rpartition("/")[2]) if party in self.peers else None
        return Answer(404, b'{"message":"no such intent"}') if body is None else Answer(200, body)

    def _answer(self, method: str, path: str, subject: str, body: bytes) -> Answer:
        self.time_us = max(self.time_us + 1, time.time_ns() // 1000)
        parts = [part.encode() for part in path.removeprefix(INTENTS).strip("/").split("/")]
        read = {
            "PUT": requests.put_intent,
            "GET": requests.get_intent,
            "DELETE": requests.end_intent,
            "POST": requests.query_intents,
        }[method]
        asked = requests.Asked(tuple(parts), body, Caller("test", subject), self.time_us, True, None, self.time_us)
        try:
            command = read(asked)
        except BadRequest as error:
            return Answer(400, replies.message(str(error)))
        decision = self.machine.decide(command, Stamp(self.time_us, os.urandom(ENTROPY_BYTES), 1))
        for event in decision.events:
            self.machine.fold(event, None, self.time_us)
        reply = decision.reply
        if not isinstance(reply, Refusal):
            return Answer(201 if method == "PUT" and len(parts) == 1 else 200, _joined(replies.pieces(reply, None)))
        if reply.reason == "unaware":
            return Answer(409, _joined(replies.conflict(reply.message, reply.detail)))
        return Answer(REASONS[reply.reason], replies.message(reply.message), {"beforehand-reason": reply.reason})


def _unavailable(reason: str) -> Answer:
    return Answer(503, b'{"message":"not now","reason":"%b"}' % reason.encode(), {"beforehand-reason": reason})


def _joined(pieces: Iterable[str]) -> bytes:
    return "".join(pieces).encode()
