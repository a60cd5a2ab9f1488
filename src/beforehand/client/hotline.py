"""The hotline as a party's software and its officers speak it: verbs and views over HTTP, bounded in time and size.

An act goes out as bytes that are made once: its statement holds a nonce, so that the very same bytes sent again get the first
answer again (rule H1.5). That is what makes it safe to repeat where no answer came.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from random import SystemRandom
from typing import Any
from urllib.parse import quote

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import DecodeError, Struct
from msgspec.json import decode, encode

from beforehand.auth.signing import SIGNATURE_HEADER, public_text, sign
from beforehand.client.hotline_errors import HotlineError, NoAnswer, problem
from beforehand.client.retries import LONGEST_S, asked_wait
from beforehand.wire.hotline.verbs import BY_NAME, Verb

#: No answer of the hotline is longer: a page of notices has some 500 rows of 500 bytes, a notice 100 volumes.
MAX_ANSWER_BYTES = 16 << 20
#: Seconds to connect, to wait for a part of an answer, and for all of it; the server itself gives up after 5.
CONNECT_S, PART_S, ALL_S = 3.0, 8.0, 20.0
#: Tries in all, and the wait before the second; it doubles. Some 6 s: who waits longer should be on the telephone.
TRIES, FIRST_S = 6, 0.2
CHECKPOINT_HEADER = "Beforehand-Checkpoint"
BASE = "/hotline/v1"

#: Entry and leaf hash: the newest state of the record that a client was shown.
Checkpoint = tuple[int, str]


class Speaking(Struct, frozen=True):
    """As whom a client speaks: a token, and what statements name. A service's role is `service`; the operator has none."""

    token: str = ""
    party: str = ""
    role: str = ""


class Hotline:
    """A connection to one server. Close it, or use it as a context manager.

    seen: the newest checkpoint that was shown to whoever speaks; kept up to date, for the next statement to name.
    waiting: called before each wait with its length in seconds and the error; it waits.
    """

    def __init__(
        self,
        url: str,
        speaking: Speaking | None = None,
        *,
        key: Ed25519PrivateKey | None = None,
        seen: Checkpoint | None = None,
        transport: httpx.BaseTransport | None = None,
        waiting: Callable[[float, HotlineError], None] | None = None,
    ) -> None:
        """Raises HotlineError (`bad_url`) for what is no address of a server."""
        self.seen = seen
        self._speaking = speaking or Speaking()
        self._key = key
        self._waiting = waiting or (lambda seconds, _error: time.sleep(seconds))
        self._random = SystemRandom()
        try:
            base = httpx.URL(url.rstrip("/"))
        except (httpx.InvalidURL, UnicodeError):
            base = httpx.URL("")
        if base.scheme not in ("http", "https") or not base.host:
            raise HotlineError(
                "bad_url", f"{url[:200]!r} is no address of a server: give one such as https://hotline.example."
            )
        self.url = str(base)
        self._client = httpx.Client(
            base_url=base,
            transport=transport,
            follow_redirects=False,
            trust_env=False,
            timeout=httpx.Timeout(PART_S, connect=CONNECT_S),
            headers={"Accept-Encoding": "identity", "Accept": "application/json"},
        )

    def __enter__(self) -> Hotline:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def act(self, verb: str, body: Mapping[str, Any], sign: bool = True) -> dict[str, Any]:
        """Do what a verb says, once, and give its answer. Raises HotlineError.

        A statement is added where the body has none, and signed where there is a key. `no_answer` and `outcome_unknown` mean
        that it may have happened: `repeat` of the error holds the bytes that are safe to send again with `act_bytes`.
        """
        known = BY_NAME[verb]
        data = encode(body if "statement" in body else self.with_statement(known, body))
        return self.act_bytes(verb, data, sign)

    def with_statement(self, verb: Verb, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body and what it is bound to. Only what a party says is a statement."""
        if verb.who != "party" or not self._speaking.party:
            return dict(body)
        statement: dict[str, Any] = {
            "party": self._speaking.party,
            "subject": subject(verb.name, body),
            "nonce": secrets.token_hex(16),
            "claimed_at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        if self._speaking.role:
            statement["role"] = self._speaking.role
        if self.seen is not None:
            statement["seen"] = self.seen
        return {**body, "statement": statement}

    def act_bytes(self, verb: str, data: bytes, sign: bool = True) -> dict[str, Any]:
        """As `act`, of a body that is sent byte for byte: also to repeat one whose answer was lost."""
        known = BY_NAME[verb]
        headers = {"Content-Type": "application/json"}
        if sign and self._key is not None and known.who == "party":
            headers[SIGNATURE_HEADER] = f"{public_text(self._key)} {_signature(self._key, data)}"
        repeatable = _has_nonce(data)
        try:
            return self._asked("POST", known.path, data, headers, repeatable)
        except HotlineError as error:
            if repeatable and error.is_unknown:
                error.repeat = data
            raise

    def read(self, path: str, **query: Any) -> dict[str, Any]:
        """A view, such as `read("/notices", live=True)`. Raises HotlineError."""
        given = {name: _spelled(value) for name, value in query.items() if value is not None}
        target = f"{BASE}/{quote(path.strip('/'), safe='/')}"
        return self._asked("GET", str(httpx.URL(target, params=given) if given else target), None, {}, True)

    def _asked(
        self, method: str, target: str, data: bytes | None, headers: dict[str, str], repeatable: bool
    ) -> dict[str, Any]:
        """Ask, and again where that is safe: certainly not done, or the same whether done once or twice."""
        waits = self._waits()
        while True:
            try:
                return self._once(method, target, data, headers)
            except HotlineError as error:
                again = (
                    error.reason == "not_done" or (error.is_unknown and repeatable) or error.reason == "not_connected"
                )
                wait_s = next(waits, None) if again else None
                if wait_s is None:
                    raise
                self._waiting(asked_wait(error.retry_after, wait_s), error)

    def _waits(self) -> Iterator[float]:
        for again in range(TRIES - 1):
            yield min(LONGEST_S, FIRST_S * 2**again) * (0.75 + self._random.random() / 4)

    def _once(self, method: str, target: str, data: bytes | None, headers: dict[str, str]) -> dict[str, Any]:
        if self._speaking.token:
            headers = {**headers, "Authorization": f"Bearer {self._speaking.token}"}
        until = time.monotonic() + ALL_S
        try:
            with self._client.stream(method, target, content=data, headers=headers) as answer:
                content = bytearray()
                for part in answer.iter_bytes():
                    content += part
                    if len(content) > MAX_ANSWER_BYTES:
                        raise NoAnswer(self.url, f"the answer is longer than {MAX_ANSWER_BYTES} bytes")
                    if time.monotonic() > until:
                        raise NoAnswer(self.url, f"the answer was not whole after {ALL_S:g} s")
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise HotlineError(
                "not_connected", f"No connection to {self.url}: {_why(error)}. Nothing was sent."
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NoAnswer(self.url, _why(error)) from None
        self._saw(answer.headers.get(CHECKPOINT_HEADER))
        if not answer.is_success:
            raise problem(answer.status_code, bytes(content), answer.headers.get("Retry-After"))
        try:
            said: dict[str, Any] = decode(bytes(content), type=dict[str, Any])
        except (DecodeError, UnicodeDecodeError, RecursionError):
            raise NoAnswer(
                self.url, "it answered with something that is no JSON object; is it a hotline server?"
            ) from None
        return said

    def _saw(self, header: str | None) -> None:
        entry, divided, leaf = (header or "").partition(" ")
        if not divided or not entry.isascii() or not entry.isdigit() or len(entry) > 16 or len(leaf) != 64:
            return
        if self.seen is None or int(entry) > self.seen[0]:
            self.seen = int(entry), leaf


def subject(verb: str, body: Mapping[str, Any]) -> str:
    """What a statement is about: `notice`, or `notice/ID` of one that exists."""
    noun = verb.partition(" ")[0]
    if "notice" in body:
        return f"notice/{body['notice']}"
    return f"{noun}/{body[noun]}" if noun in ("agreement", "zone", "movement") and noun in body else noun


_signature = sign


def _has_nonce(data: bytes) -> bool:
    try:
        statement = decode(data).get("statement")
    except (DecodeError, UnicodeDecodeError, RecursionError, AttributeError):
        return False
    return isinstance(statement, dict) and bool(statement.get("nonce"))


def _spelled(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _why(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "it took too long"
    return str(error) or type(error).__name__
