"""What stands of a notice, as its giver said it: a new version is held against it (H4.6), and its words may hold on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from msgspec import Struct

from beforehand.core.hotline import commands as c
from beforehand.core.hotline.contents import read_notice
from beforehand.core.hotline.events import NoticeGiven
from beforehand.core.hotline.replies import EntriesFound
from beforehand.core.machine import read_event
from beforehand.engine.protocol import EngineError
from beforehand.node.outcomes import NotDone, OutcomeUnknown, TooFast
from beforehand.record.entry import StoredEntry, unpad
from beforehand.wire.hotline.bodies_volume import ReadVolume
from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.requests.reading import Request, read

#: Entries that are looked through at once, from the last one back.
STRETCH = 64


class Asker(Protocol):
    """What is asked of a node."""

    async def ask(self, command: Any) -> Any: ...

    async def entries(self, wanted: Sequence[int]) -> list[StoredEntry]: ...


class _Loose(Struct, frozen=True):
    """The one field that is read beforehand."""

    notice: str = ""


async def with_former(node: Asker, asked: Request) -> Request:
    """The request with the version that stands; as it was where the caller gave no such notice, or none can be looked at now.

    Nothing is handed out, and a warning is not refused for what a look is refused for.
    """
    try:
        found = await node.ask(c.EntriesOf(asked.by, read(asked.body, _Loose).notice))
        if not isinstance(found, EntriesFound) or found.viewer != found.codes[0]:
            return asked
        given = await _last_given(node, found.entries)
    except (BadField, NotDone, OutcomeUnknown, TooFast, EngineError):
        return asked
    if given is None or given.content is None:
        return asked
    content = read_notice(unpad(given.content.padded))
    volumes = []
    for said, volume in zip(content.words.get("volumes", ()), content.volumes, strict=False):
        volumes.append(
            ReadVolume(volume.outline, volume.lower_mm, volume.upper_mm, volume.start_us, volume.end_us, 0, 0, (), said)
        )
    return asked._replace(previous=tuple(volumes), carried=content.words)


async def _last_given(node: Asker, entries: Sequence[int]) -> StoredEntry | None:
    for end in range(len(entries), 0, -STRETCH):
        for stored in reversed(await node.entries(entries[max(0, end - STRETCH) : end])):
            if isinstance(read_event(stored.facts), NoticeGiven):
                return stored
    return None
