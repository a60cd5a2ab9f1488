"""Where peers ask: one loopback listener for all parties of this process, each under a path of its own.

It tells what its parties declared to whoever shows a good token, and takes notice of what it is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from aiohttp import web

from beforehand.client.own import OwnIntents

HOST = "127.0.0.1"
#: A notification holds one intent; the standard's largest has some 1,000 volumes.
MAX_BODY_BYTES = 4 << 20
#: How long what is left of a refused body is still read, so that its sender hears the refusal.
LINGER_S = 0.5
_DETAILS = re.compile(r"/([^/]+)/uss/v1/operational_intents/([0-9a-f-]{36})").fullmatch
_NOTIFY = re.compile(r"/([^/]+)/uss/v1/operational_intents").fullmatch
SCOPE = "utm.strategic_coordination"

#: Says whose token an Authorization header holds and with which scopes. Raises ValueError, whose message says what is wrong.
Guard = Callable[[str | None], tuple[str, frozenset[str]]]


class Listener:
    """The interface between parties (F3548-21 `/uss/v1`), as far as planning needs it."""

    def __init__(self, parties: Mapping[str, OwnIntents], guard: Guard) -> None:
        self._parties = parties
        self._guard = guard
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None, lingering_time=LINGER_S))
        self._port = 0

    async def open(self) -> None:
        """Listen on a free port of the loopback interface."""
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, 0).start()
        self._port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    def base_url(self, party: str) -> str:
        """Where peers find a party."""
        return f"http://{HOST}:{self._port}/{party}"

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        details = _DETAILS(request.path)
        notify = _NOTIFY(request.path)
        if not (request.method == "GET" and details) and not (request.method == "POST" and notify):
            return _said(404, "There is nothing at this path for this method.")
        try:
            _, scopes = self._guard(request.headers.get("Authorization"))
        except ValueError as error:
            return _said(401, str(error))
        if SCOPE not in scopes:
            return _said(403, f"The token needs the scope {SCOPE}.")
        if details is None:
            return await self._take_notice(request)
        own = self._parties.get(details[1])
        body = None if own is None else own.details(details[2])
        if body is None:
            return _said(404, "This party has no such intent.")
        return web.Response(body=body, content_type="application/json")

    async def _take_notice(self, request: web.BaseRequest) -> web.StreamResponse:
        """Its parties hold no subscriptions and ask when they need to know; the standard wants a 204."""
        if (request.content_length or 0) > MAX_BODY_BYTES:
            return _said(413, f"A notification may have at most {MAX_BODY_BYTES} bytes.")
        return web.Response(status=204)


def _said(status: int, message: str) -> web.Response:
    return web.json_response({"message": message}, status=status)
