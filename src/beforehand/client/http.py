"""HTTP as a provider speaks it: bounded in time and size, and plain about having got no answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import aiohttp
from msgspec import Struct

#: An answer of the registry names at most 10,000 intents, of some 500 bytes each.
MAX_ANSWER_BYTES = 16 << 20
#: The registry itself gives up after 5 s; a peer has no reason to take longer.
TIMEOUT_S = 15.0
CONNECT_S = 3.0


class NoAnswer(Exception):
    """No answer came: whether the request was heard is unknown. The message says what happened."""


class Answer(Struct, frozen=True):
    """A status, the body, and the headers; names are asked for in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = {}


class Http(Protocol):
    """One request and its answer. Raises NoAnswer."""

    async def __call__(self, method: str, url: str, token: str, body: bytes | None = None) -> Answer: ...


class AiohttpHttp:
    """Connections kept open and shared; `connections` to one server at most."""

    def __init__(self, connections: int) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=2 * connections, limit_per_host=connections),
            timeout=aiohttp.ClientTimeout(total=2 * TIMEOUT_S, sock_connect=CONNECT_S, sock_read=TIMEOUT_S),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )

    async def __call__(self, method: str, url: str, token: str, body: bytes | None = None) -> Answer:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        try:
            async with self._session.request(method, url, data=body, headers=headers, allow_redirects=False) as answer:
                content = bytearray()
                async for part in answer.content.iter_any():
                    content += part
                    if len(content) > MAX_ANSWER_BYTES:
                        raise NoAnswer(f"{method} {url}: the answer is longer than {MAX_ANSWER_BYTES} bytes")
                return Answer(answer.status, bytes(content), answer.headers)
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            raise NoAnswer(f"{method} {url}: {str(error) or type(error).__name__}") from None

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()
