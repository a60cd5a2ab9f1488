"""A story on a running server: the same steps over HTTP, in real time, moved so that the first of them is now.

Nobody but a server's own reader sees its journal, so verdicts come from what the parties of the story may read at the end.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from typing import Any

import httpx
import msgspec
from msgspec.json import decode, encode

from beforehand.core.hotline.instants import instant
from beforehand.testing.scenario.outcome import Outcome
from beforehand.testing.scenario.player import Did, Knows, Player
from beforehand.testing.scenario.script import Row, Script, with_rows
from beforehand.testing.scenario.seen import verdicts_seen
from beforehand.testing.scenario.timeline import happened
from beforehand.testing.scenario.times import SECOND_US, steps_of
from beforehand.testing.scenario.world import Entry, Reply

#: Seconds from when its people are there to the first step, for agreements to be made; and from the last step to the end.
BEFORE_S, AFTER_S = 6, 2
TIMEOUT_S = 30.0


class Unreachable(Exception):
    """The server cannot be asked. The message says why and what to do."""


class ServerLine:
    """See `world.Line`. Times between steps pass `speed` times faster; a server keeps the length of its own deadlines."""

    def __init__(self, url: str, speed: float) -> None:
        self._http = httpx.Client(base_url=url, timeout=TIMEOUT_S, trust_env=False)
        self._speed = speed
        #: When the first step is; nothing before it is waited for. None: not known yet.
        self.first_us: int | None = None

    async def until(self, at_us: int) -> None:
        if self.first_us is not None and at_us >= self.first_us:
            real_s = (self.first_us + (at_us - self.first_us) / self._speed) / SECOND_US
            await asyncio.sleep(max(0.0, real_s - time.time()))

    async def ask(self, method: str, path: str, token: str, body: Any = None) -> Reply:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            answer = self._http.request(method, path, headers=headers, json=body)
            said = decode(answer.content, type=dict[str, Any])
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(f"No answer from {self._http.base_url}: {error}. Is a server there?") from None
        except msgspec.DecodeError:
            raise Unreachable(f"{self._http.base_url}{path} answers with no JSON: it is no hotline.") from None
        return Reply(answer.status_code, said)

    def draw(self, *step: object) -> None:
        """A server draws by itself."""

    def random(self, size: int) -> bytes:
        return os.urandom(size)

    async def journal(self) -> list[Entry] | None:
        return None

    async def mark(self) -> int:
        return 0


def run_on(
    script: Script,
    url: str,
    token: str,
    speed: float = 1.0,
    suffix: str = "",
    watch: Callable[[Did], None] | None = None,
) -> Outcome:
    """Play one branch on a server. Raises StoryError, Unreachable.

    suffix: put after every party's code on the server, and left out in what is told.
    """
    outcome = asyncio.run(_run_on(with_suffix(script, suffix), url, token, speed, watch))
    return without_suffix(outcome, script, suffix) if suffix else outcome


async def _run_on(script: Script, url: str, token: str, speed: float, watch: Callable[[Did], None] | None) -> Outcome:
    first_us, last_us = steps_of(script)
    line = ServerLine(url, speed)
    player = Player(script, line, operator=token, watch=watch)
    await player.set_up()
    shift_us = (int(time.time()) + BEFORE_S) * SECOND_US - first_us
    line.first_us = first_us + shift_us
    player.move(shift_us, last_us + shift_us + round(AFTER_S * speed * SECOND_US))
    played = await player.play()
    played.end_us = round(time.time() * SECOND_US)
    views = await player.views()
    names = played.names
    lines = [msgspec.structs.replace(happened(did, names), at=instant(did.at_us)) for did in played.did]
    return Outcome(played, [], verdicts_seen(played, views), lines)


def without_suffix(outcome: Outcome, script: Script, suffix: str) -> Outcome:
    """What came of it, told with the codes of the story itself."""

    def plain(value: Any) -> Any:
        text = encode(value).decode()
        for code in script.parties:
            text = text.replace(code + suffix, code)
        return msgspec.json.decode(text, type=type(value))

    told = [plain(each) for each in outcome.verdicts], [plain(each) for each in outcome.timeline]
    outcome.played.names.rename(plain)
    knows = [Knows(each.notice, plain(each.viewer), plain(each.knew)) for each in outcome.played.knows]
    played = msgspec.structs.replace(outcome.played, script=script, knows=knows)
    return Outcome(played, [], *told)


def with_suffix(script: Script, suffix: str) -> Script:
    """The same script with a suffix after every party's code. Raises StoryError where a code becomes too long."""
    if not suffix:
        return script
    codes = set(script.parties)

    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: renamed(each) for key, each in value.items()}
        if isinstance(value, list):
            return [renamed(each) for each in value]
        if isinstance(value, str):
            code, slash, rest = value.partition("/")
            return f"{code}{suffix}{slash}{rest}" if code in codes else value
        return value

    rows = {
        section: [Row(row.section, row.index, row.path, renamed(row.value), row.at_us) for row in found]
        for section, found in script.rows.items()
    }
    return with_rows(script, rows)
