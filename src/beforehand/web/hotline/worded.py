"""Views with the words that belong to them, which are content: read from the entries that hold them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from msgspec.json import decode
from msgspec.structs import replace

from beforehand.core.hotline.views import NoticeView
from beforehand.record.entry import StoredEntry, parse_header, unpad


class Node(Protocol):
    """What is asked of a node."""

    async def entries(self, wanted: Sequence[int]) -> list[StoredEntry]: ...


async def rows_worded(node: Node, rows: list[dict[str, Any]]) -> None:
    """Give zones, movements or parties the words of the entries that made them; None where they were erased."""
    words = await _words(node, [row["entry"] for row in rows])
    for row in rows:
        row["words"] = words.get(row["entry"])


async def notice_worded(node: Node, view: NoticeView) -> NoticeView:
    """A notice with what its objections and their answers say."""
    wanted = [each.entry for each in view.objections]
    wanted += [each.answer_entry for each in view.objections if each.answer_entry is not None]
    if not wanted:
        return view
    words = await _words(node, wanted)
    worded = [
        replace(
            each,
            text=words.get(each.entry, {}).get("text"),
            answer_text=None if each.answer_entry is None else words.get(each.answer_entry, {}).get("text"),
        )
        for each in view.objections
    ]
    return replace(view, objections=worded)


async def _words(node: Node, wanted: Sequence[int]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for stored in await node.entries(sorted(set(wanted))):
        if stored.content is None:
            continue
        words = decode(unpad(stored.content.padded)).get("words")
        if isinstance(words, str):  # of acts without shapes: JSON as it came from the door
            words = decode(words) if words.startswith("{") else {"text": words}
        if isinstance(words, dict):
            found[parse_header(stored.header).seq] = words
    return found
