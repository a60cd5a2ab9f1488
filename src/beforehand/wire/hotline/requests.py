"""From a verb's body to the command of the core: read strictly, rounded once, covered with cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from math import ceil
from typing import Any, NamedTuple, TypeVar

from msgspec import DecodeError, Struct, ValidationError
from msgspec.json import Decoder, encode

from beforehand.airspace.agreeing import enclosing_circle
from beforehand.airspace.cells import cover, cover_leg, expected_cells, pack
from beforehand.airspace.moving import Leg
from beforehand.airspace.outline import area_km2
from beforehand.airspace.volume import Circle, Outline, OutlineError, ceil_mm
from beforehand.core.hotline import commands as c
from beforehand.core.hotline import terms as t
from beforehand.core.hotline.words import CATEGORIES, SERVICE
from beforehand.wire.f3548.errors import TooLargeInline
from beforehand.wire.hotline import bodies as b
from beforehand.wire.hotline.asks import asks
from beforehand.wire.hotline.bodies_volume import ReadVolume, VolumeBody, read_volume
from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.positions import read_degrees
from beforehand.wire.hotline.texts import TITLE_MAX, WORD_MAX, code, identifier, key_id, nonce, quoted, text, word
from beforehand.wire.hotline.values import Reference, SaidAltitude, ceiling, floor, said_time
from beforehand.wire.hotline.words import check_words, places_named

#: Volumes of one notice or zone, legs of one movement, times of one zone, codes of one list.
VOLUMES_MAX, LEGS_MAX, ACTIVE_MAX, CODES_MAX = 100, 200, 200, 200
#: Relays to which one agreement may bind: each is an entry of every version of a notice.
RELAYS_MAX = 50
#: No version has a higher number, and no movement more people.
NUMBER_MAX = 1_000_000
#: Facts hold whole numbers below 2^53: µs from the year 1684 to 2255.
_BOUND_US = 1 << 53

B = TypeVar("B", bound=Struct)


class Request(NamedTuple):
    """What a command is made of. `previous`: the volumes of a notice's former version, as read then, where it changes;
    `carried`: its words.

    `inline_cells`: above, covering is left to a worker (`TooLargeInline`); None: no bound.
    """

    body: bytes
    by: c.Speaker
    now_us: int
    inline_cells: int | None = None
    previous: tuple[ReadVolume, ...] | None = None
    carried: dict[str, Any] | None = None


_decoders: dict[type, Decoder[Any]] = {}


def read(body: bytes, kind: type[B]) -> B:
    """The body as its struct. Raises BadField (`malformed`, `wrong_type`)."""
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = Decoder(kind)
    try:
        decoded: B = decoder.decode(body or b"{}")
    except ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        field = quoted(where.rstrip("`").lstrip(".")) or "The body"
        raise BadField(field, "wrong_type", f"cannot be taken: {quoted(what)}.") from None
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadField("The body", "malformed", f"is no JSON object in UTF-8: {error}.") from None
    return decoded


def speaking(by: c.Speaker, body: b.Body, raw: bytes) -> c.Speaker:
    """The speaker with what the body's statement says. The bytes as sent are kept where somebody signed them.

    `by.digest` is the verb: the same bytes with another verb are another statement.
    """
    said = body.statement
    if said is None:
        return by
    statement = c.Statement(
        record=said.record or "",
        party=said.party or "",
        role=said.role or "",
        subject=said.subject or "",
        version=None if said.version is None else _version(said.version, "statement.version"),
        agreement=said.agreement or "",
        claimed_us=None if said.claimed_at is None else time_us(said.claimed_at, "statement.claimed_at"),
        nonce="" if said.nonce is None else nonce(said.nonce, "statement.nonce"),
        seen=None if said.seen is None else _seen(said.seen),
    )
    digest = sha256(by.digest.encode() + b"\n" + raw).hexdigest()
    return c.Speaker(
        by.caller, by.code, by.person, by.role, by.session, by.operator, statement, digest, by.public,
        raw.decode() if by.signature else "", by.signature)  # fmt: skip


def _seen(said: tuple[int, str]) -> tuple[int, str]:
    entry, leaf = said
    if not 0 <= entry < _BOUND_US or len(leaf) != 64 or not set(leaf) <= set("0123456789abcdef"):
        raise BadField(
            "statement.seen", "wrong_type", 'must be an entry and its leaf hash: [17, "64 hexadecimal digits"].'
        )
    return entry, leaf


def time_us(said: str, field: str) -> int:
    """A time as facts can hold it. Raises BadField."""
    read_us = said_time(said, field).time_us
    if not -_BOUND_US < read_us < _BOUND_US:
        raise BadField(field, "bad_time", "must be within the years 1684 to 2255.")
    return read_us


def _maybe(said: str | None, field: str) -> int | None:
    return None if said is None else time_us(said, field)


def _number(value: float, field: str, least: float, most: float) -> float:
    if not least <= value <= most:  # which no NaN is
        raise BadField(field, "bad_number", f"must be from {least:g} to {most:g}.")
    return value


def _version(said: int, field: str) -> int:
    """The number of a version, or 0 for the newest."""
    return int(_number(said, field, 0, NUMBER_MAX))


def _codes(said: Sequence[str], field: str) -> tuple[str, ...]:
    if len(said) > CODES_MAX:
        raise BadField(field, "too_many", f"has {len(said)} codes, at most {CODES_MAX} are taken.")
    read_codes = tuple(code(each, f"{field}[{at}]") for at, each in enumerate(said))
    if len(set(read_codes)) < len(read_codes):
        raise BadField(field, "wrong_type", "names a code twice. Name each once.")
    return read_codes


def words_of(**words: Any) -> str:
    """Words as content: what was not said is left out."""
    return encode({name: value for name, value in words.items() if value not in ("", None, [])}).decode()


# Parties and people: what needs secrets or hashes is made in `web`, from what is checked here ---------------------------


def name_nonparty(asked: Request) -> c.NameNonparty:
    body = read(asked.body, b.NameNonparty)
    return c.NameNonparty(
        speaking(asked.by, body, asked.body), code(body.code, "code"), words_of(about=text(body.about, "about"))
    )


def invite_roles(body: b.Invite) -> tuple[str, ...]:
    """The roles of an invitation."""
    if not 1 <= len(body.roles) <= 20:
        raise BadField("roles", "too_many", "must hold from 1 to 20 roles.")
    for at, each in enumerate(body.roles):
        if word(each, f"roles[{at}]") == SERVICE:
            raise BadField(
                f"roles[{at}]",
                "bad_word",
                f"is `{SERVICE}`, in which no person speaks; `party service` makes a client.",
            )
    return tuple(dict.fromkeys(body.roles))


def remove_person(asked: Request) -> c.RemovePerson:
    body = read(asked.body, b.RemovePerson)
    return c.RemovePerson(speaking(asked.by, body, asked.body), identifier(body.person, "person"))


def revoke_key(asked: Request) -> c.RevokeKey:
    body = read(asked.body, b.RevokeKey)
    return c.RevokeKey(speaking(asked.by, body, asked.body), key_id(body.key, "key"), time_us(body.from_, "from"))


def log_out(asked: Request) -> c.CloseSession:
    return c.CloseSession(speaking(asked.by, read(asked.body, b.Nothing), asked.body))


def start_of_key(body: b.AddKey, now_us: int) -> int:
    """From when a key is good."""
    return now_us if body.from_ is None else time_us(body.from_, "from")


# Agreements -------------------------------------------------------------------------------------------------------------


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
    cells = _cells([(each, f"area[{at}]") for at, each in enumerate(area)], asked.inline_cells)
    start_us, end_us = time_us(body.from_, "from"), _maybe(body.until, "until")
    if end_us is not None and end_us <= start_us:
        raise BadField("until", "bad_time", "must be after `from`.")
    parties = _codes(body.parties, "parties")
    if not len(parties) >= 2:
        raise BadField("parties", "missing", "must name at least two parties.")
    observers = _codes(body.observers, "observers")
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
    time_steps = int(_number(steps.time_steps, "terms.steps.time_steps", 0, 200))
    altitude_steps = int(_number(steps.altitude_steps, "terms.steps.altitude_steps", 0, 200))
    if (2 * time_steps + 1) * (2 * altitude_steps + 1) > 10_000:
        raise BadField("terms.steps", "bad_terms", "makes a grid of more than 10,000 shifts. Name fewer steps.")
    return t.Terms(
        lead_s={_category(name): _seconds(each, f"terms.lead_min.{name}") for name, each in said.lead_min.items()},
        usable_s={
            _category(name): _seconds(each, f"terms.usable_min.{name}") for name, each in said.usable_min.items()
        },
        stages={_category(name): list(dict.fromkeys(each)) for name, each in said.stages.items()},
        tell={_category(name): list(_codes(each, f"terms.tell.{name}")) for name, each in said.tell.items()},
        categories=list(dict.fromkeys(said.categories)),
        deadlines=t.Deadlines(
            *(minutes[f"{name}"] for name in ("delivered", "seen", "understood", "disseminated", "answer"))
        ),
        tolerances=t.Tolerances(
            _mm(tolerances.area_m, "terms.tolerances.area_m"),
            _mm(tolerances.altitude_m, "terms.tolerances.altitude_m"),
            int(_number(tolerances.time_s, "terms.tolerances.time_s", 0, 86_400)),
        ),
        buffers=t.BufferTerms(
            _mm(buffers.horizontal_m, "terms.buffers.horizontal_m"),
            _mm(buffers.vertical_m, "terms.buffers.vertical_m"),
            int(_number(buffers.time_s, "terms.buffers.time_s", 0, 86_400)),
        ),
        steps=t.Steps(
            max(1, round(_number(steps.time_min, "terms.steps.time_min", 0.1, 1_440) * 60)),
            max(1, round(_number(steps.altitude_ft, "terms.steps.altitude_ft", 1, 100_000) * 304.8)),
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
    return ceil(_number(minutes, field, 0, 5_256_000) * 60)


def _mm(metres: float, field: str) -> int:
    return ceil_mm(_number(metres, field, 0, 100_000))


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
                _maybe(ending.ends, "ends"),
            )
        body = read(asked.body, b.OfAgreement)
        return c.MoveAgreement(speaking(asked.by, body, asked.body), identifier(body.agreement, "agreement"), event)

    return decode


def cite_instrument(asked: Request) -> c.CiteInstrument:
    body = read(asked.body, b.CiteInstrument)
    if not 1 <= len(body.clauses) <= CODES_MAX:
        raise BadField("clauses", "too_many", f"must hold from 1 to {CODES_MAX} clauses, by their numbers.")
    clauses = {
        text(number, "clauses", WORD_MAX): text(said, f"clauses[{number[:WORD_MAX]!r}]")
        for number, said in body.clauses.items()
    }
    words = words_of(
        title=text(body.title, "title", TITLE_MAX), source=text(body.source, "source", 2_048), clauses=clauses
    )
    return c.CiteInstrument(speaking(asked.by, body, asked.body), len(clauses), words)


# Notices ----------------------------------------------------------------------------------------------------------------


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
    volumes = tuple(_given(each, f"volumes[{at}]", asked.inline_cells) for at, each in enumerate(read_volumes))
    marks = [
        c.GivenMark("H4.4", each.kind, at) for at, one in enumerate(read_volumes, 1) for each in one.contradictions
    ]
    details = [
        {"rule": "H4.4", "volume": at, "says": each.words}
        for at, one in enumerate(read_volumes, 1)
        for each in one.contradictions
    ]
    outlines = [each.outline for each in read_volumes if each.outline is not None]
    if where and asked.inline_cells is not None:
        raise TooLargeInline  # place names take 100 MB, which the worker holds
    if where:
        for remark in check_words(where, outlines):
            at = 0 if remark.volume is None else remark.volume + 1
            marks.append(c.GivenMark("H4.5", remark.kind, at, remark.distance_m))
            details.append({"rule": "H4.5", "volume": at, "says": remark})
    for ask in asks(read_volumes, asked.previous, asked.now_us, places_named(where) if where else ()):
        marks.append(c.GivenMark("H4.6", ask.kind, ask.volume + 1, ask.distance_m))
        details.append({"rule": "H4.6", "volume": ask.volume + 1, "says": ask})
    words = words_of(title=title, text=free, where=where, volumes=[each.said for each in read_volumes], checks=details)
    return volumes, tuple(marks), words


def _given(read_: ReadVolume, field: str, inline_cells: int | None) -> c.GivenVolume:
    for name, at_us in (("from", read_.start_us), ("to", read_.end_us)):
        if at_us is not None and not -_BOUND_US < at_us < _BOUND_US:
            raise BadField(f"{field}.{name}", "bad_time", "must be within the years 1684 to 2255.")
    outline = read_.outline
    if outline is not None and read_.grow_mm:
        # A datum that is not known moves every corner by as much; the smallest circle round it, grown, holds it wherever.
        circle = enclosing_circle([outline])
        outline = Circle(circle.lat_e7, circle.lng_e7, circle.radius_mm + read_.grow_mm)
    cells = b"" if outline is None else _cells([(outline, field)], inline_cells)
    area = 0 if outline is None else ceil(area_km2(outline))
    return c.GivenVolume(outline, cells, read_.lower_mm, read_.upper_mm, read_.start_us, read_.end_us, area)


def _cells(outlines: Sequence[tuple[Outline, str]], inline_cells: int | None) -> bytes:
    found: set[int] = set()
    cost = sum(expected_cells(outline) for outline, _field in outlines)
    if inline_cells is not None and cost > inline_cells:
        raise TooLargeInline
    for outline, field in outlines:
        try:
            found.update(cover(outline))
        except OutlineError as error:
            large = error.reason in ("area_too_large", "too_many_cells")
            raise BadField(field, "area_too_large" if large else "bad_outline", f"cannot be taken. {error}") from None
    return pack(tuple(sorted(found)))


def shift_notice(asked: Request) -> c.ShiftNotice:
    body = read(asked.body, b.ShiftNotice)
    by_us = round(_number(body.minutes, "minutes", -100_000, 100_000) * 60_000_000)
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
            _maybe(body.at, "at"),
        )

    return decode


def ask_advice(asked: Request) -> c.AskAdvice:
    body = read(asked.body, b.AskAdvice)
    time_s = None if body.time_min is None else round(_number(body.time_min, "time_min", 0.1, 1_440) * 60)
    altitude = None if body.altitude_ft is None else round(_number(body.altitude_ft, "altitude_ft", 1, 100_000) * 304.8)
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
        body.how, _maybe(body.at, "at"), words_of(text=text(body.text, "text")))  # fmt: skip


# Zones and movements ----------------------------------------------------------------------------------------------------


def declare_zone(asked: Request) -> c.SetZone:
    return _zone(asked, reported=False)


def report_zone(asked: Request) -> c.SetZone:
    return _zone(asked, reported=True)


def _zone(asked: Request, reported: bool) -> c.SetZone:
    body = read(asked.body, b.SetZone)
    if reported and body.nonparty is None:
        raise BadField("nonparty", "missing", "must name the non-party whose zone is reported.")
    if not reported and body.nonparty is not None:
        raise BadField("nonparty", "wrong_type", "has no place in a zone of your own; `zone report` reports another's.")
    if not 1 <= len(body.volumes) <= VOLUMES_MAX:
        raise BadField("volumes", "too_many", f"must hold from 1 to {VOLUMES_MAX} volumes.")
    if not 1 <= len(body.active) <= ACTIVE_MAX:
        raise BadField("active", "too_many", f"must hold from 1 to {ACTIVE_MAX} times, each [from, to].")
    volumes = []
    for at, each in enumerate(body.volumes):
        read_ = read_volume(each, f"volumes[{at}]")
        if read_.outline is None:
            raise BadField(f"volumes[{at}]", "missing", "must have `outline` or `circle`.")
        if read_.start_us is not None or read_.end_us is not None:
            raise BadField(f"volumes[{at}]", "wrong_type", "has times of its own; a zone's times stand in `active`.")
        if read_.contradictions:
            raise BadField(f"volumes[{at}]", "bad_altitude", f"contradicts itself: {read_.contradictions[0].words}")
        volumes.append(_given(read_, f"volumes[{at}]", asked.inline_cells))
    active = []
    for at, (start, end) in enumerate(body.active):
        start_us, end_us = time_us(start, f"active[{at}][0]"), _maybe(end, f"active[{at}][1]")
        if end_us is not None and end_us < start_us:
            raise BadField(f"active[{at}]", "bad_time", "ends before it starts.")
        active.append((start_us, end_us))
    words = words_of(title=text(body.title, "title", TITLE_MAX), text=text(body.text, "text"))
    return c.SetZone(
        speaking(asked.by, body, asked.body), body.kind, None if body.nonparty is None else code(body.nonparty, "nonparty"),
        tuple(volumes), tuple(active), _codes(body.shared, "shared"), words)  # fmt: skip


def set_posture(asked: Request) -> c.SetPosture:
    body = read(asked.body, b.SetPosture)
    return c.SetPosture(
        speaking(asked.by, body, asked.body), identifier(body.zone, "zone"), word(body.capability, "capability"),
        time_us(body.from_, "from"))  # fmt: skip


def end_zone(asked: Request) -> c.EndZone:
    body = read(asked.body, b.OfZone)
    return c.EndZone(speaking(asked.by, body, asked.body), identifier(body.zone, "zone"))


def declare_movement(asked: Request) -> c.DeclareMovement:
    body = read(asked.body, b.DeclareMovement)
    if not 1 <= len(body.legs) <= LEGS_MAX:
        raise BadField("legs", "too_many", f"must hold from 1 to {LEGS_MAX} legs.")
    legs = [_leg(each, f"legs[{at}]") for at, each in enumerate(body.legs)]
    cells = []
    for at, leg in enumerate(legs):
        try:
            cells.append(pack(cover_leg(leg)))
        except OutlineError as error:
            raise BadField(f"legs[{at}]", "bad_outline", f"cannot be taken. {error}") from None
    words = words_of(
        title=text(body.title, "title", TITLE_MAX), text=text(body.text, "text"), vehicles=text(body.vehicles, "vehicles"),
        headcount=None if body.headcount is None else int(_number(body.headcount, "headcount", 0, NUMBER_MAX)),
        contact=text(body.contact, "contact", TITLE_MAX))  # fmt: skip
    return c.DeclareMovement(speaking(asked.by, body, asked.body), tuple(legs), tuple(cells), words)


def _leg(said: b.LegBody, field: str) -> Leg:
    start_us, end_us = time_us(said.start, f"{field}.from_time"), time_us(said.end, f"{field}.to_time")
    if end_us < start_us:
        raise BadField(f"{field}.to_time", "bad_time", "is before `from_time`.")
    points = []
    for name, (lat, lng) in (("from", said.from_), ("to", said.to)):
        points.append(round(read_degrees(lat, "latitude", f"{field}.{name}[0]") * 1e7))
        points.append(round(read_degrees(lng, "longitude", f"{field}.{name}[1]") * 1e7))
    lower, upper = _lower(said.lower, f"{field}.lower"), _upper(said.upper, f"{field}.upper")
    if lower is not None and upper is not None and lower > upper:
        raise BadField(f"{field}.lower", "bad_altitude", "is above `upper`.")
    radius_mm = ceil_mm(_number(said.radius_m, f"{field}.radius_m", 1, 100_000))
    from_lat, from_lng, to_lat, to_lng = points
    return Leg(from_lat, from_lng, to_lat, to_lng, start_us, end_us, lower, upper, radius_mm)


def _lower(said: SaidAltitude | None, field: str) -> int | None:
    return None if said is None else floor(said, field)


def _upper(said: SaidAltitude | None, field: str) -> int | None:
    return None if said is None else ceiling(said, field)


def end_movement(asked: Request) -> c.EndMovement:
    body = read(asked.body, b.OfMovement)
    return c.EndMovement(speaking(asked.by, body, asked.body), identifier(body.movement, "movement"))


# Receipts ---------------------------------------------------------------------------------------------------------------


def delivered(asked: Request) -> c.Receive:
    body = read(asked.body, b.Delivered)
    if len(body.hash) != 64 or not set(body.hash) <= set("0123456789abcdef"):
        raise BadField(
            "hash", "wrong_type", "must be the SHA-256 of the document's bytes: 64 hexadecimal digits, lower case."
        )
    return c.Receive(
        speaking(asked.by, body, asked.body),
        identifier(body.notice, "notice"),
        _version(body.version, "version"),
        "DELIVERED",
        body.hash,
    )


def seen(asked: Request) -> c.Receive:
    body = read(asked.body, b.Seen)
    return c.Receive(
        speaking(asked.by, body, asked.body),
        identifier(body.notice, "notice"),
        _version(body.version, "version"),
        "SEEN",
    )


def disseminated(asked: Request) -> c.Receive:
    body = read(asked.body, b.Disseminated)
    return c.Receive(
        speaking(asked.by, body, asked.body), identifier(body.notice, "notice"), _version(body.version, "version"),
        "DISSEMINATED",
        coverage=body.coverage, means=body.means, spread=body.spread, at_us=_maybe(body.at, "at"))  # fmt: skip


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
        code(body.party, "party") if body.party else "", word(body.role, "role"), _maybe(body.at, "at"))  # fmt: skip
