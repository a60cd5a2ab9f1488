"""Agreements: proposed with their terms, signed, suspended, resumed and denounced; and the instruments they lean on."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from beforehand.airspace.volume import Outline, ceil_mm
from beforehand.core.hotline import commands as c
from beforehand.core.hotline import terms as t
from beforehand.core.hotline.words import CATEGORIES
from beforehand.wire.hotline import bodies as b
from beforehand.wire.hotline.bodies_volume import read_volume
from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.requests.reading import (
    CODES_MAX,
    VOLUMES_MAX,
    Request,
    cells_of,
    codes,
    number,
    read,
    speaking,
    time_us,
    time_us_or_none,
    words_of,
)
from beforehand.wire.hotline.texts import TITLE_MAX, WORD_MAX, code, identifier, text

#: Relays to which one agreement may bind: each is an entry of every version of a notice.
RELAYS_MAX = 50


def propose(asked: Request) -> c.Propose:
    body = read(asked.body, b.Propose)
    if len(body.area) > VOLUMES_MAX:
        raise BadField("area", "too_many", f"has {len(body.area)} shapes, at most {VOLUMES_MAX} are taken.")
    area: list[Outline] = []
    for at, each in enumerate(body.area):
        shape = read_volume(each, f"area[{at}]").outline
        if shape is None:
            raise BadField(f"area[{at}]", "missing", "must have `outline` or `circle`.")
        area.append(shape)
    cells = cells_of([(each, f"area[{at}]") for at, each in enumerate(area)], asked.inline_cells)
    start_us, end_us = time_us(body.from_, "from"), time_us_or_none(body.until, "until")
    if end_us is not None and end_us <= start_us:
        raise BadField("until", "bad_time", "must be after `from`.")
    parties = codes(body.parties, "parties")
    if not len(parties) >= 2:
        raise BadField("parties", "missing", "must name at least two parties.")
    observers = codes(body.observers, "observers")
    if set(parties) & set(observers):
        raise BadField("observers", "wrong_type", "names a party of the agreement: nobody observes itself.")
    return c.Propose(
        speaking(asked.by, body, asked.body), parties, observers, read_terms(body.terms), start_us, end_us, cells,
        tuple(area), text(body.title, "title", TITLE_MAX))  # fmt: skip


def read_terms(said: b.TermsBody) -> t.Terms:
    """Terms in whole seconds and millimetres, rounded so that nobody is held to more than was said."""
    if len(said.relays) > RELAYS_MAX:
        raise BadField("terms.relays", "too_many", f"has {len(said.relays)} relays, at most {RELAYS_MAX} are taken.")
    deadlines = said.deadlines_min
    minutes = {
        name: _seconds(getattr(deadlines, name), f"terms.deadlines_min.{name}")
        for name in ("delivered", "seen", "understood", "disseminated", "answer")
    }
    tolerances, buffers, steps = said.tolerances, said.buffers, said.steps
    time_steps = int(number(steps.time_steps, "terms.steps.time_steps", 0, 200))
    altitude_steps = int(number(steps.altitude_steps, "terms.steps.altitude_steps", 0, 200))
    if (2 * time_steps + 1) * (2 * altitude_steps + 1) > 10_000:
        raise BadField("terms.steps", "bad_terms", "makes a grid of more than 10,000 shifts. Name fewer steps.")
    return t.Terms(
        lead_s={_category(name): _seconds(each, f"terms.lead_min.{name}") for name, each in said.lead_min.items()},
        usable_s={
            _category(name): _seconds(each, f"terms.usable_min.{name}") for name, each in said.usable_min.items()
        },
        stages={_category(name): list(dict.fromkeys(each)) for name, each in said.stages.items()},
        tell={_category(name): list(codes(each, f"terms.tell.{name}")) for name, each in said.tell.items()},
        categories=list(dict.fromkeys(said.categories)),
        deadlines=t.Deadlines(
            *(minutes[f"{name}"] for name in ("delivered", "seen", "understood", "disseminated", "answer"))
        ),
        tolerances=t.Tolerances(
            _mm(tolerances.area_m, "terms.tolerances.area_m"),
            _mm(tolerances.altitude_m, "terms.tolerances.altitude_m"),
            int(number(tolerances.time_s, "terms.tolerances.time_s", 0, 86_400)),
        ),
        buffers=t.BufferTerms(
            _mm(buffers.horizontal_m, "terms.buffers.horizontal_m"),
            _mm(buffers.vertical_m, "terms.buffers.vertical_m"),
            int(number(buffers.time_s, "terms.buffers.time_s", 0, 86_400)),
        ),
        steps=t.Steps(
            max(1, round(number(steps.time_min, "terms.steps.time_min", 0.1, 1_440) * 60)),
            max(1, round(number(steps.altitude_ft, "terms.steps.altitude_ft", 1, 100_000) * 304.8)),
            time_steps,
            altitude_steps,
        ),
        silence=t.Silence(said.silence.not_delivered or "", said.silence.delivered_not_seen or ""),
        relays=[
            t.Relay(
                code(each.party, f"terms.relays[{at}].party"),
                code(each.named_by or each.party, f"terms.relays[{at}].named_by"),
                code(each.nonparty, f"terms.relays[{at}].nonparty"),
                _seconds(each.within_min, f"terms.relays[{at}].within_min"),
            )
            for at, each in enumerate(said.relays)
        ],
        linger_s=_seconds(said.linger_min, "terms.linger_min"),
    )


def _category(name: str) -> str:
    if name != t.ANY and name not in CATEGORIES:
        raise BadField(
            "terms", "bad_terms", f"names the category {name[:64]!r}, which there is not; `*` stands for all others."
        )
    return name


def _seconds(minutes: float, field: str) -> int:
    return ceil(number(minutes, field, 0, 5_256_000) * 60)


def _mm(metres: float, field: str) -> int:
    return ceil_mm(number(metres, field, 0, 100_000))


def sign(asked: Request) -> c.Sign:
    body = read(asked.body, b.OfAgreement)
    return c.Sign(speaking(asked.by, body, asked.body), identifier(body.agreement, "agreement"))


def move_agreement(event: str) -> Callable[[Request], c.MoveAgreement]:
    """Of a verb: what happens to an agreement."""

    def decode(asked: Request) -> c.MoveAgreement:
        if event == "denounced":
            ending = read(asked.body, b.Denounce)
            return c.MoveAgreement(
                speaking(asked.by, ending, asked.body),
                identifier(ending.agreement, "agreement"),
                event,
                time_us_or_none(ending.ends, "ends"),
            )
        body = read(asked.body, b.OfAgreement)
        return c.MoveAgreement(speaking(asked.by, body, asked.body), identifier(body.agreement, "agreement"), event)

    return decode


def cite_instrument(asked: Request) -> c.CiteInstrument:
    body = read(asked.body, b.CiteInstrument)
    if not 1 <= len(body.clauses) <= CODES_MAX:
        raise BadField("clauses", "too_many", f"must hold from 1 to {CODES_MAX} clauses, by their numbers.")
    clauses = {
        text(clause, "clauses", WORD_MAX): text(said, f"clauses[{clause[:WORD_MAX]!r}]")
        for clause, said in body.clauses.items()
    }
    words = words_of(
        title=text(body.title, "title", TITLE_MAX), source=text(body.source, "source", 2_048), clauses=clauses
    )
    return c.CiteInstrument(speaking(asked.by, body, asked.body), len(clauses), words)
