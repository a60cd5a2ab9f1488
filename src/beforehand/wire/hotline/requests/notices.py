"""Notices: given, tried, changed and moved on by their giver; advised on, released, objected to, answered and relayed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.json import encode

from beforehand.core.hotline import commands as c
from beforehand.wire.f3548.errors import TooLargeInline
from beforehand.wire.hotline import bodies as b
from beforehand.wire.hotline.asks import asks
from beforehand.wire.hotline.bodies_volume import VolumeBody, read_volume
from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.requests.reading import (
    VOLUMES_MAX,
    Request,
    given_volume,
    number,
    read,
    speaking,
    time_us_or_none,
    words_of,
)
from beforehand.wire.hotline.texts import TITLE_MAX, code, identifier, text
from beforehand.wire.hotline.words import check_words, places_named


def give_notice(asked: Request) -> c.GiveNotice:
    return _give(asked, c.GiveNotice)


def try_notice(asked: Request) -> c.GiveNotice:
    return _give(asked, c.TryNotice)


def _give(asked: Request, command: type[c.GiveNotice]) -> c.GiveNotice:
    body = read(asked.body, b.GiveNotice)
    volumes, marks, words = _notice(body, asked)
    return command(speaking(asked.by, body, asked.body), body.category, body.emergency, volumes, marks, words)


def change_notice(asked: Request) -> c.ChangeNotice:
    body = read(asked.body, b.ChangeNotice)
    volumes, marks, words = _notice(body, asked)
    return c.ChangeNotice(
        speaking(asked.by, body, asked.body), identifier(body.notice, "notice"), body.emergency, volumes, marks, words
    )


def _notice(
    body: b.GiveNotice | b.ChangeNotice, asked: Request
) -> tuple[tuple[c.GivenVolume, ...], tuple[c.GivenMark, ...], str]:
    """Volumes as they count, what the checks say and ask, and words and values as said."""
    where, title, free = text(body.where, "where"), text(body.title, "title", TITLE_MAX), text(body.text, "text")
    said = body.volumes or ([VolumeBody()] if where else [])
    if not said:
        raise BadField(
            "volumes", "missing", "must hold at least one volume; or say `where` in words, if there is no shape."
        )
    if len(said) > VOLUMES_MAX:
        raise BadField(
            "volumes", "too_many", f"has {len(said)} volumes, at most {VOLUMES_MAX} are taken. Give several notices."
        )
    read_volumes = [read_volume(each, f"volumes[{at}]") for at, each in enumerate(said)]
    for at, each in enumerate(read_volumes):
        if each.outline is None and not where:
            raise BadField(f"volumes[{at}]", "missing", "must have `outline` or `circle`; or say `where` in words.")
    volumes = tuple(given_volume(each, f"volumes[{at}]", asked.inline_cells) for at, each in enumerate(read_volumes))
    marks = [
        c.GivenMark("H4.4", each.kind, at) for at, one in enumerate(read_volumes, 1) for each in one.contradictions
    ]
    details = [
        {"rule": "H4.4", "volume": at, "says": each.words}
        for at, one in enumerate(read_volumes, 1)
        for each in one.contradictions
    ]
    outlines = [each.outline for each in read_volumes if each.outline is not None]
    readable = bool(where) and asked.reads_words
    if readable and asked.inline_cells is not None:
        raise TooLargeInline  # place names take 100 MB, which the worker holds
    if where and not readable:
        kind = "TEXT_NOT_READ" if outlines else "NO_GEOMETRY"
        marks.append(c.GivenMark("H4.5", kind, 0))
        details.append(
            {"rule": "H4.5", "volume": 0, "says": {"kind": kind, "why": "place names could not be had in time"}}
        )
    if readable:
        for remark in check_words(where, outlines):
            at = 0 if remark.volume is None else remark.volume + 1
            marks.append(c.GivenMark("H4.5", remark.kind, at, remark.distance_m))
            details.append({"rule": "H4.5", "volume": at, "says": remark})
    for ask in asks(read_volumes, asked.previous, asked.now_us, places_named(where) if readable else ()):
        marks.append(c.GivenMark("H4.6", ask.kind, ask.volume + 1, ask.distance_m))
        details.append({"rule": "H4.6", "volume": ask.volume + 1, "says": ask})
    words = words_of(title=title, text=free, where=where, volumes=[each.said for each in read_volumes], checks=details)
    return volumes, tuple(marks), words


def shift_notice(asked: Request) -> c.ShiftNotice:
    body = read(asked.body, b.ShiftNotice)
    by_us = round(number(body.minutes, "minutes", -100_000, 100_000) * 60_000_000)
    return c.ShiftNotice(
        speaking(asked.by, body, asked.body),
        identifier(body.notice, "notice"),
        by_us,
        body.end_only,
        text(body.text, "text"),
        "" if asked.carried is None else encode(_holding_on(asked.carried)).decode(),
    )


def _holding_on(words: dict[str, Any]) -> dict[str, Any]:
    """Words of a version that still hold once its times are moved: all but the times as said."""
    volumes = [
        {name: said for name, said in each.items() if name not in ("from", "to")} for each in words.get("volumes", ())
    ]
    return {**words, "volumes": volumes}


def move_notice(event: str) -> Callable[[Request], c.MoveNotice]:
    """Of a verb: what happened to a notice, as its giver says."""

    def decode(asked: Request) -> c.MoveNotice:
        body = read(asked.body, b.MoveNotice)
        deviated = body.deviated or event == "deviated"
        return c.MoveNotice(
            speaking(asked.by, body, asked.body),
            identifier(body.notice, "notice"),
            event,
            deviated,
            time_us_or_none(body.at, "at"),
        )

    return decode


def ask_advice(asked: Request) -> c.AskAdvice:
    body = read(asked.body, b.AskAdvice)
    time_s = None if body.time_min is None else round(number(body.time_min, "time_min", 0.1, 1_440) * 60)
    altitude = None if body.altitude_ft is None else round(number(body.altitude_ft, "altitude_ft", 1, 100_000) * 304.8)
    return c.AskAdvice(speaking(asked.by, body, asked.body), identifier(body.notice, "notice"), time_s, altitude)


def release(asked: Request) -> c.Release:
    body = read(asked.body, b.OfNotice)
    return c.Release(speaking(asked.by, body, asked.body), identifier(body.notice, "notice"))


def object_(asked: Request) -> c.Object:
    body = read(asked.body, b.Object)
    return c.Object(
        speaking(asked.by, body, asked.body),
        identifier(body.notice, "notice"),
        body.kind,
        words_of(text=text(body.text, "text")),
    )


def answer_objection(asked: Request) -> c.AnswerObjection:
    body = read(asked.body, b.AnswerObjection)
    return c.AnswerObjection(
        speaking(asked.by, body, asked.body), identifier(body.notice, "notice"), identifier(body.objection, "objection"),
        body.answer, words_of(text=text(body.text, "text")))  # fmt: skip


def report_relay(asked: Request) -> c.ReportRelay:
    body = read(asked.body, b.ReportRelay)
    return c.ReportRelay(
        speaking(asked.by, body, asked.body), identifier(body.notice, "notice"),
        code(body.named_by, "named_by") if body.named_by is not None else asked.by.code or "", code(body.nonparty, "nonparty"),
        body.how, time_us_or_none(body.at, "at"), words_of(text=text(body.text, "text")))  # fmt: skip
