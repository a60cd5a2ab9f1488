"""Check phrases (H3.2) of what one holds: of a told document without a network, of one's own notice with the pair's value.

All come from the one function in core/hotline/phrase.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import DecodeError, ValidationError

from beforehand.airspace.volume import Volume
from beforehand.cli.errors import CommandError
from beforehand.cli.hotline.asking import Line
from beforehand.core.hotline.contents import Document, read_document
from beforehand.core.hotline.phrase import phrase, spelled
from beforehand.wire.f3548.times import parse_time
from beforehand.wire.hotline.shapes import read_shape


class Phrase(NamedTuple):
    """The phrase of a version between the giver and an addressee (`other`: the one at the other end)."""

    notice: str
    version: int
    other: str
    text: str

    @property
    def spoken(self) -> str:
        """As it is read aloud."""
        return spelled(self.text)


def document_in(data: bytes) -> tuple[Document, bytes]:
    """A told document, and its exact bytes: as saved by `notice show --save`, or within what `notice show --json` prints.

    Raises CommandError.
    """
    try:
        said = json.loads(data)
        if isinstance(said, dict) and isinstance(said.get("document"), str):
            data = said["document"].encode()
        return read_document(data), data
    except (ValueError, DecodeError, ValidationError, RecursionError, UnicodeError):
        raise CommandError(
            "This is no document as an addressee is told it: save one with `beforehand notice show NOTICE --save FILE`."
        ) from None


def of_document(document: Document) -> Phrase:
    """Reckoned anew from its volumes. Raises CommandError where the document names another."""
    volumes = [each.volume for each in document.volumes]
    text = phrase(document.day_value, document.category, document.version, volumes)
    if text != document.phrase:
        raise CommandError(
            f"This document contradicts itself: its check phrase is {document.phrase}, but what it holds gives {text}. It is "
            "damaged: fetch the notice again, and do not read a phrase of it aloud."
        )
    return Phrase(document.notice, document.version, document.giver, text)


def of_given(line: Line, answer: Mapping[str, Any]) -> list[Phrase]:
    """Of one's own notice, the newest version: one for each addressee, over exactly the volumes that it was told."""
    view, content = answer["view"], answer.get("content")
    if content is None or view["giver"] != line.session.party:
        return []
    version = view["version"]
    received = next(each["received"] for each in view["versions"] if each["version"] == version)
    exact = [_volume(each) for each in content["volumes"]]
    phrases = []
    for telling in newest_tellings(view):
        if telling["version"] != version:
            continue
        pair = line.hotline.read(f"/pairs/{telling['party']}/{received[:10]}")
        told = [exact[number - 1] for number in telling["volumes"]]
        phrases.append(
            Phrase(
                view["notice"], version, telling["party"], phrase(pair["day_value"], view["category"], version, told)
            )
        )
    return phrases


def newest_tellings(view: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    """Of each addressee what it was told last, in the order in which they were told first."""
    newest: dict[str, dict[str, Any]] = {}
    for telling in view["told"]:
        newest[telling["party"]] = telling
    return list(newest.values())


def _volume(shown: Mapping[str, Any]) -> Volume:
    outline = read_shape(shown.get("outline"), shown.get("circle"), "volumes")
    start, end = shown["from"], shown["to"]
    return Volume(
        outline,
        shown["lower_mm"],
        shown["upper_mm"],
        None if start is None else parse_time(start),
        None if end is None else parse_time(end),
    )
