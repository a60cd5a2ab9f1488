"""What every verb's body is read with: strictly, into times, numbers and codes in their bounds, and cells that cover."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from math import ceil
from typing import Any, NamedTuple, TypeVar

from msgspec import DecodeError, Struct, ValidationError
from msgspec.json import Decoder, encode

from beforehand.airspace.agreeing import enclosing_circle
from beforehand.airspace.cells import cover, expected_cells, pack
from beforehand.airspace.outline import area_km2
from beforehand.airspace.volume import Circle, Outline, OutlineError
from beforehand.core.hotline import commands as c
from beforehand.wire.f3548.errors import TooLargeInline
from beforehand.wire.hotline import bodies as b
from beforehand.wire.hotline.bodies_volume import ReadVolume
from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.texts import code, nonce, quoted
from beforehand.wire.hotline.values import said_time

#: Volumes of one notice, zone or read-back and shapes of one area; codes of one list.
VOLUMES_MAX, CODES_MAX = 100, 200
#: No version has a higher number, and no movement more people.
NUMBER_MAX = 1_000_000
#: Facts hold whole numbers below 2^53: µs from the year 1684 to 2255.
BOUND_US = 1 << 53

B = TypeVar("B", bound=Struct)


class Request(NamedTuple):
    """What a command is made of. `previous`: the volumes of a notice's former version, as read then, where it changes;
    `carried`: its words.

    `inline_cells`: above, covering is left to a worker (`TooLargeInline`); None: no bound. `reads_words`: false where place
    names cannot be had in time, and a warning is not to wait for them.
    """

    body: bytes
    by: c.Speaker
    now_us: int
    inline_cells: int | None = None
    previous: tuple[ReadVolume, ...] | None = None
    carried: dict[str, Any] | None = None
    reads_words: bool = True


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
        version=None if said.version is None else version(said.version, "statement.version"),
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
    if not 0 <= entry < BOUND_US or len(leaf) != 64 or not set(leaf) <= set("0123456789abcdef"):
        raise BadField(
            "statement.seen", "wrong_type", 'must be an entry and its leaf hash: [17, "64 hexadecimal digits"].'
        )
    return entry, leaf


def time_us(said: str, field: str) -> int:
    """A time as facts can hold it. Raises BadField."""
    read_us = said_time(said, field).time_us
    if not -BOUND_US < read_us < BOUND_US:
        raise BadField(field, "bad_time", "must be within the years 1684 to 2255.")
    return read_us


def time_us_or_none(said: str | None, field: str) -> int | None:
    return None if said is None else time_us(said, field)


def number(value: float, field: str, least: float, most: float) -> float:
    if not least <= value <= most:  # which no NaN is
        raise BadField(field, "bad_number", f"must be from {least:g} to {most:g}.")
    return value


def version(said: int, field: str) -> int:
    """The number of a version, or 0 for the newest."""
    return int(number(said, field, 0, NUMBER_MAX))


def codes(said: Sequence[str], field: str) -> tuple[str, ...]:
    if len(said) > CODES_MAX:
        raise BadField(field, "too_many", f"has {len(said)} codes, at most {CODES_MAX} are taken.")
    read_codes = tuple(code(each, f"{field}[{at}]") for at, each in enumerate(said))
    if len(set(read_codes)) < len(read_codes):
        raise BadField(field, "wrong_type", "names a code twice. Name each once.")
    return read_codes


def words_of(**words: Any) -> str:
    """Words as content: what was not said is left out."""
    return encode({name: value for name, value in words.items() if value not in ("", None, [])}).decode()


def given_volume(read_: ReadVolume, field: str, inline_cells: int | None) -> c.GivenVolume:
    for name, at_us in (("from", read_.start_us), ("to", read_.end_us)):
        if at_us is not None and not -BOUND_US < at_us < BOUND_US:
            raise BadField(f"{field}.{name}", "bad_time", "must be within the years 1684 to 2255.")
    outline = read_.outline
    if outline is not None and read_.grow_mm:
        # A datum that is not known moves every corner by as much; the smallest circle round it, grown, holds it wherever.
        circle = enclosing_circle([outline])
        outline = Circle(circle.lat_e7, circle.lng_e7, circle.radius_mm + read_.grow_mm)
    cells = b"" if outline is None else cells_of([(outline, field)], inline_cells)
    area = 0 if outline is None else ceil(area_km2(outline))
    return c.GivenVolume(outline, cells, read_.lower_mm, read_.upper_mm, read_.start_us, read_.end_us, area)


def cells_of(outlines: Sequence[tuple[Outline, str]], inline_cells: int | None) -> bytes:
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
