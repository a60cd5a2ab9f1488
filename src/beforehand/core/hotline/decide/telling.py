"""Telling: the document of an addressee, its check phrase, and what the addressee is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from msgspec.structs import replace

from beforehand.airspace.volume import Volume
from beforehand.core.hotline import events as e
from beforehand.core.hotline.codes import pair
from beforehand.core.hotline.contents import Document, NoticeContent, ToldVolume, encode
from beforehand.core.hotline.decide.drawing import drawn
from beforehand.core.hotline.decide.parties import pair_value
from beforehand.core.hotline.decide.versions import differing, kind_of
from beforehand.core.hotline.instants import day, instant
from beforehand.core.hotline.phrase import day_value, phrase
from beforehand.core.hotline.picture import understood
from beforehand.core.hotline.state import Agreement, HotlineState, Notice
from beforehand.core.hotline.terms import Deadlines
from beforehand.core.hotline.words import STAGES
from beforehand.core.stamp import Stamp

_SECOND_US = 1_000_000


class Part(NamedTuple):
    """Whom to tell what: numbers of volumes, ascending, and the whys."""

    party: str
    volumes: list[int]
    why: list[tuple[str, str]]


class Facing(NamedTuple):
    """The version that is being told. `marks` as facts."""

    notice: str
    version: int
    giver: str
    category: str
    emergency: bool
    kind: str
    received_us: int
    marks: Sequence[e.Mark]
    content: NoticeContent
    agreements: Sequence[Agreement]
    of_notice: Notice | None


class Asking(NamedTuple):
    """What an agreement asks of those of its parties that are told."""

    parties: frozenset[str]
    stages: Sequence[str]
    deadlines: Deadlines


def tell(
    state: HotlineState, stamp: Stamp, facing: Facing, parts: Iterable[Part]
) -> tuple[list[e.Fact], list[bytes | None]]:
    """The entries by which some are told, with their contents; a pair's first also gets the pair its value."""
    events: list[e.Fact] = []
    contents: list[bytes | None] = []
    fresh: dict[tuple[str, str], str] = {}
    compared: Compared = {}
    alike: dict[tuple[int, ...], Document] = {}
    asking = [
        Asking(frozenset(each.parties), each.terms.stages_of(facing.category), each.terms.deadlines)
        for each in facing.agreements
        if each.terms.covers(facing.category)
    ]
    for part in parts:
        both = pair(state, facing.giver, part.party)
        value = state.pairs.get(both) or fresh.get(both)
        if value is None:
            value = fresh[both] = pair_value(stamp, str(state.parties[part.party].handle))
            events.append(e.PairKeyed(both, value))
            contents.append(None)
        common = alike.get(tuple(part.volumes))
        if common is None:
            common = alike[tuple(part.volumes)] = _common(facing, part.volumes)
        for lapsed in _lapsed(facing, part.party):
            events.append(lapsed)
            contents.append(None)
        document = encode(_document(stamp, common, value, state.parties[part.party].handle))
        asked = _asked(state, facing, part, compared)
        stages, deadlines = _asked_for(asking, part.party, stamp.time_us, asked)
        events.append(
            e.NoticeTold(
                facing.notice,
                facing.version,
                part.party,
                part.volumes,
                [e.Why(*each) for each in part.why],
                sha256(document).hexdigest(),
                asked,
                stages,
                deadlines,
            )
        )
        contents.append(document)
    return events, contents


def _common(facing: Facing, numbers: list[int]) -> Document:
    """What all who are told of these volumes are told alike."""
    volumes = facing.content.volumes
    said = facing.content.words.get("volumes", [])
    told = [ToldVolume(n, volumes[n - 1], said[n - 1] if n <= len(said) else None) for n in numbers]
    whole = len(numbers) == len(volumes)
    # Words about the whole might speak of volumes that are not this addressee's to know.
    words: dict[str, Any] = {}
    if whole:
        words = {name: words_ for name, words_ in facing.content.words.items() if name != "volumes"}
    marks = [
        {"rule": mark.rule, "kind": mark.kind, "volume": mark.volume}
        for mark in facing.marks
        if mark.volume in numbers or (mark.volume == 0 and whole)
    ]
    return Document(
        facing.notice, facing.version, facing.giver, facing.category, facing.emergency, instant(facing.received_us), told,
        len(told), words, marks, day(facing.received_us), "", "", "")  # fmt: skip


def _lapsed(facing: Facing, party: str) -> Iterator[e.ReadBackLapsed]:
    """A read-back that is open comes to nothing: what is to be read back is the newest, and it must be shown first."""
    for telling in () if facing.of_notice is None else facing.of_notice.tellings.get(party, ()):
        if telling.read_back.state == "open":
            yield e.ReadBackLapsed(facing.notice, telling.version, party, telling.read_back.person)


def _document(stamp: Stamp, common: Document, value: str, handle: int) -> Document:
    """What one addressee is told: the pair's value of the day, the check phrase and a salt are its own."""
    value_of_day = day_value(value, common.day)
    return replace(
        common,
        day_value=value_of_day,
        phrase=phrase(value_of_day, common.category, common.version, [each.volume for each in common.volumes]),
        salt=drawn(stamp, f"salt {handle}").hex()[:32],
    )


#: How parts stand to each other: version and volumes understood, volumes told now -> inside, slip or outside.
Compared = dict[tuple[int, tuple[int, ...], tuple[int, ...]], str]


def _asked(state: HotlineState, facing: Facing, part: Part, compared: Compared) -> str:
    """What is to be read back of a part: all, where nothing was understood before; else what differs from that (H4.10)."""
    before = None if facing.of_notice is None else understood(facing.of_notice, part.party)
    if before is None:
        return "all"
    key = (before.version, tuple(before.volumes), tuple(part.volumes))
    kind = compared.get(key)
    if kind is None:
        held = state.shapes.get((facing.notice, before.version))
        if held is None:
            return "all"
        old = [held[number - 1] for number in before.volumes]
        kind = compared[key] = kind_of([facing.content.volumes[number - 1] for number in part.volumes], old)
    return {"inside": "stands", "slip": "times", "outside": "difference"}[kind]


def _asked_for(asking: Sequence[Asking], party: str, now_us: int, asked: str) -> tuple[list[str], dict[str, int]]:
    """Stages that agreements with this addressee ask for, and by when: the earliest of several deadlines."""
    stages: set[str] = set()
    deadlines: dict[str, int] = {}
    for each in asking:
        if party not in each.parties:
            continue
        stages.update(each.stages)
        for stage in each.stages:
            within_s = each.deadlines.of(stage)
            if within_s and not (stage == "UNDERSTOOD" and asked == "stands"):
                by_us = now_us + within_s * _SECOND_US
                deadlines[stage] = min(by_us, deadlines.get(stage, by_us))
    return [stage for stage in STAGES if stage in stages], deadlines


def volumes_asked(asked: str, volumes: list[int], new: Sequence[Volume], old: Sequence[Volume] | None) -> list[int]:
    """Numbers of the volumes to read back: of a difference those that are not exactly in the version understood before."""
    if asked != "difference" or old is None:
        return volumes
    differ = [volumes[at] for at in differing([new[n - 1] for n in volumes], old)]
    return differ or volumes
