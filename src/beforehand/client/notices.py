"""Telling subscribers of a change, as a provider must: bounded, once each, and never in the way of planning."""

from __future__ import annotations

import asyncio

from msgspec.json import Encoder

from beforehand.client.http import Http, NoAnswer
from beforehand.client.messages import Subscriber
from beforehand.client.tokens import Tokens, audience_of

#: So many may be under way for one party; what comes while all are counts as untold.
AT_ONCE = 100
#: How long `close` waits for those that are under way, in seconds.
LAST_S = 5.0

_encode = Encoder().encode


class Notices:
    """Notices of one party to others. `told` and `untold` count them."""

    def __init__(self, http: Http, tokens: Tokens) -> None:
        self._http = http
        self._tokens = tokens
        self._under_way: set[asyncio.Task[None]] = set()
        self.told = 0
        self.untold = 0

    def send(self, subscribers: tuple[Subscriber, ...], own_url: str, intent_id: str, details: bytes | None) -> None:
        """Tell each subscriber but oneself. details: the body that peers get who ask, or None if the intent ended."""
        for subscriber in subscribers:
            if subscriber.uss_base_url == own_url:
                continue
            if len(self._under_way) >= AT_ONCE:
                self.untold += 1
                continue
            body = b'{"operational_intent_id":%b,"subscriptions":%b' % (
                _encode(intent_id),
                _encode(subscriber.subscriptions),
            )
            # The details are an object of one member, which goes on where this one leaves off.
            task = asyncio.create_task(
                self._tell(subscriber.uss_base_url, body + (b"}" if details is None else b"," + details[1:]))
            )
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def close(self) -> None:
        """Wait a little for those under way, then give them up."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=LAST_S)
            for task in late:
                task.cancel()

    async def _tell(self, base_url: str, body: bytes) -> None:
        try:
            token = self._tokens.for_audience(audience_of(base_url))
            answer = await self._http("POST", f"{base_url.rstrip('/')}/uss/v1/operational_intents", token, body)
        except (NoAnswer, ValueError):
            self.untold += 1
        else:
            if answer.status == 204:
                self.told += 1
            else:
                self.untold += 1
