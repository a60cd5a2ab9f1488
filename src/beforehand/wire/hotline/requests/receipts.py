"""Receipts: what the one told says it has, saw, read back, passed on, and who of its own is there."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.json import encode

from beforehand.core.hotline import commands as c
from beforehand.wire.hotline import bodies as b
from beforehand.wire.hotline.bodies_volume import VolumeBody, read_volume
from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.requests.reading import (
    VOLUMES_MAX,
    Request,
    read,
    speaking,
    time_us_or_none,
    version,
)
from beforehand.wire.hotline.texts import code, identifier, word
from beforehand.wire.hotline.values import Reference, SaidAltitude, ceiling, floor


def delivered(asked: Request) -> c.Receive:
    body = read(asked.body, b.Delivered)
    if len(body.hash) != 64 or not set(body.hash) <= set("0123456789abcdef"):
        raise BadField(
            "hash", "wrong_type", "must be the SHA-256 of the document's bytes: 64 hexadecimal digits, lower case."
        )
    return c.Receive(
        speaking(asked.by, body, asked.body),
        identifier(body.notice, "notice"),
        version(body.version, "version"),
        "DELIVERED",
        body.hash,
    )


def seen(asked: Request) -> c.Receive:
    body = read(asked.body, b.Seen)
    return c.Receive(
        speaking(asked.by, body, asked.body),
        identifier(body.notice, "notice"),
        version(body.version, "version"),
        "SEEN",
    )


def disseminated(asked: Request) -> c.Receive:
    body = read(asked.body, b.Disseminated)
    return c.Receive(
        speaking(asked.by, body, asked.body), identifier(body.notice, "notice"), version(body.version, "version"),
        "DISSEMINATED",
        coverage=body.coverage, means=body.means, spread=body.spread, at_us=time_us_or_none(body.at, "at"))  # fmt: skip


def open_read_back(asked: Request) -> c.OpenReadBack:
    body = read(asked.body, b.OfNotice)
    return c.OpenReadBack(speaking(asked.by, body, asked.body), identifier(body.notice, "notice"))


def answer_read_back(asked: Request) -> c.AnswerReadBack:
    body = read(asked.body, b.AnswerReadBack)
    values, words = _read_back(body.volumes)
    return c.AnswerReadBack(speaking(asked.by, body, asked.body), identifier(body.notice, "notice"), values, words)


def read_back_by_voice(asked: Request) -> c.AnswerReadBack:
    body = read(asked.body, b.ReadBackByVoice)
    values, words = _read_back(body.volumes)
    return c.AnswerReadBack(
        speaking(asked.by, body, asked.body),
        identifier(body.notice, "notice"),
        values,
        words,
        code(body.party, "party"),
    )


#: What a height read back without its reference may be above: the number is what is read back.
_REFERENCES: tuple[Reference, ...] = ("wgs84", "amsl", "agl")


def _read_back(said: Sequence[VolumeBody]) -> tuple[tuple[c.ReadBackValues, ...], str]:
    """Values read back, converted and widened as those of a notice are, so that the same words are the same bounds."""
    if not 1 <= len(said) <= VOLUMES_MAX:
        raise BadField("volumes", "too_many", f"must hold from 1 to {VOLUMES_MAX} volumes.")
    values, kept = [], []
    for at, each in enumerate(said):
        read_ = read_volume(each, f"volumes[{at}]")
        values.append(
            c.ReadBackValues(
                read_.outline,
                read_.lower_mm,
                read_.upper_mm,
                read_.start_us,
                read_.end_us,
                tuple(floor(one) for one in _with_references(each.lower)),
                tuple(ceiling(one) for one in _with_references(each.upper)),
            )
        )
        kept.append(read_.said)
    return tuple(values), encode({"volumes": kept}).decode()


def _with_references(said: SaidAltitude | list[SaidAltitude] | None) -> list[SaidAltitude]:
    """A height whose reference was not said, above each that it may be above."""
    if not isinstance(said, SaidAltitude) or said.reference != "unknown" or said.unit == "fl":
        return []
    return [SaidAltitude(said.value, said.unit, reference, said.qnh_hpa) for reference in _REFERENCES]


def say_who_of_ours(asked: Request) -> c.SayWhoOfOurs:
    body = read(asked.body, b.SayWhoOfOurs)
    return c.SayWhoOfOurs(speaking(asked.by, body, asked.body), identifier(body.notice, "notice"), body.answer)


def say_phrase_equal(asked: Request) -> c.SayPhraseEqual:
    body = read(asked.body, b.SayPhraseEqual)
    return c.SayPhraseEqual(
        speaking(asked.by, body, asked.body), identifier(body.notice, "notice"),
        code(body.party, "party") if body.party else "", word(body.role, "role"), time_us_or_none(body.at, "at"))  # fmt: skip
