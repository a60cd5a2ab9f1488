"""Reading recorded positions: JSON records as the Python library `traffic` ships them, gzipped or not.

A record has `timestamp` (ms since the Unix epoch, or an ISO 8601 text), `icao24`, `callsign`, `latitude`, `longitude`
(degrees) and `altitude` (feet). Other fields are not looked at. What one record lacks makes that record unusable, and is
counted; what no file of this format has makes the file refused, with the record's number.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import zlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import UNSET, DecodeError, Struct, UnsetType, ValidationError, convert
from msgspec.json import Decoder

#: Unpacked. A day over a whole continent has some 500 MB.
MAX_BYTES = 1 << 30
MAX_RECORDS = 4_000_000
#: Registers give 6 characters and 8; more is no address and no callsign.
MAX_NAME = 64
FOOT_M = 0.3048
#: Below the Dead Sea at high pressure, and above what any aircraft with a transponder reaches (feet).
LOWEST_FT, HIGHEST_FT = -2_000.0, 100_000.0
#: ADS-B was not heard before, and clocks that say later are wrong (ms): 2000-01-01 and 2100-01-01.
EARLIEST_MS, LATEST_MS = 946_684_800_000, 4_102_444_800_000

Value = float | int | str | None | UnsetType


class FormatError(ValueError):
    """A file that is not of the format. The message names the record, counted from 1, and says what is wrong."""


class Ident(NamedTuple):
    """Who flew: a transponder's address and a callsign, without spaces around; empty where the record has none."""

    icao24: str
    callsign: str


class Point(NamedTuple):
    """Where an aircraft was: µs since the Unix epoch, degrees, metres."""

    time_us: int
    lat: float
    lng: float
    altitude_m: float


class Traffic(Struct):
    """What a file says. `points`: in the order of the file, for every aircraft and callsign that occurs in it.

    `unusable`: how many records have no usable point, by reason.
    """

    records: int
    points: dict[Ident, list[Point]]
    unusable: Counter[str]
    unusable_of: dict[Ident, Counter[str]]


class _Record(Struct, gc=False):
    timestamp: Value = UNSET
    icao24: Value = UNSET
    callsign: Value = UNSET
    latitude: Value = UNSET
    longitude: Value = UNSET
    altitude: Value = UNSET


class _Columns(Struct):
    """The same, column by column, as a table is written when no orientation is asked for."""

    timestamp: dict[str, Value] | UnsetType = UNSET
    icao24: dict[str, Value] | UnsetType = UNSET
    callsign: dict[str, Value] | UnsetType = UNSET
    latitude: dict[str, Value] | UnsetType = UNSET
    longitude: dict[str, Value] | UnsetType = UNSET
    altitude: dict[str, Value] | UnsetType = UNSET


_REQUIRED = ("timestamp", "icao24", "latitude", "longitude", "altitude")
_RECORDS = Decoder(list[_Record])
_COLUMNS = Decoder(_Columns)
_PLACE = re.compile(r"`\$\[(\d+)\](?:\.(\w+))?`")
_COLUMN_PLACE = re.compile(r"`\$\.(\w+)")


def read_traffic(file: Path) -> Traffic:
    """The positions of a file. Raises FormatError, and OSError where it cannot be read."""
    return _understood(_records(_unpacked(file)))


def _unpacked(file: Path) -> bytes:
    with file.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        try:
            if packed:
                with gzip.open(raw) as stream:
                    data = stream.read(MAX_BYTES + 1)
            else:
                data = raw.read(MAX_BYTES + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise FormatError(f"The gzip file is damaged or cut short: {error}.") from None
    if len(data) > MAX_BYTES:
        raise FormatError(f"The file holds more than {MAX_BYTES >> 20} MiB unpacked. Split it.")
    return data


def _records(data: bytes) -> list[_Record]:
    try:
        return _transposed(_COLUMNS.decode(data)) if data[:64].lstrip()[:1] == b"{" else _RECORDS.decode(data)
    except ValidationError as error:
        raise _misfit(str(error)) from None
    except (DecodeError, UnicodeDecodeError):
        return _leniently(data)


def _leniently(data: bytes) -> list[_Record]:
    """Some writers put NaN where a number is missing, which JSON does not know; or it is not JSON, and where is said."""
    try:
        read = json.loads(data, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise _no_json(data, error) from None
    try:
        if isinstance(read, dict):
            return _transposed(convert(read, _Columns))
        return convert(read, list[_Record])
    except ValidationError as error:
        raise _misfit(str(error)) from None


def _transposed(columns: _Columns) -> list[_Record]:
    for name in _REQUIRED:
        if getattr(columns, name) is UNSET:
            raise FormatError(
                f"The file is one object without `{name}`. Expected is a list of records, each with {_fields()}."
            )
    assert not isinstance(columns.timestamp, UnsetType)
    found: list[_Record] = []
    for number, index in enumerate(columns.timestamp, 1):
        record = _Record()
        for name in (*_REQUIRED, "callsign"):
            column: Any = getattr(columns, name)
            if column is UNSET:
                continue
            if index not in column:
                raise FormatError(f"Record {number} (`{index}`) has no `{name}`.")
            setattr(record, name, column[index])
        found.append(record)
    return found


def _misfit(message: str) -> FormatError:
    said = message.split(" - at ")[0]
    at = _PLACE.search(message)
    if at is not None:
        field = f" at `{at[2]}`" if at[2] else ""
        return FormatError(f"Record {int(at[1]) + 1}{field} is not of the format: {said}. Each needs {_fields()}.")
    column = _COLUMN_PLACE.search(message)
    if column is not None:
        return FormatError(
            f"The file begins with one object (`{column[1]}`: {said}). If that is record 1, put all records into one "
            f"list; each needs {_fields()}."
        )
    return FormatError(f"The file is not of the format: {said}. Expected is a list of records with {_fields()}.")


def _no_json(data: bytes, error: Exception) -> FormatError:
    """Says which record the JSON breaks in, if it is a list at all."""
    if isinstance(error, UnicodeDecodeError):
        # What stands before the bad byte is cut short, and so its last record is the bad one.
        text, why = data[: error.start].decode(errors="replace"), f"byte {error.start} of the file is not UTF-8"
    else:
        text, why = data.decode(errors="replace"), ""
    text = text.lstrip("\ufeff \t\r\n")
    if not text.startswith("["):
        return FormatError(f"The file is not a JSON list of records: {why or error}. Each record needs {_fields()}.")
    decoder = json.JSONDecoder()
    at, number = 1, 1
    try:
        while True:
            at = _gap(text, at)
            if text[at : at + 1] == "]":
                return FormatError(f"The list of records ends after {number - 1}, and the file does not: {error}.")
            _, at = decoder.raw_decode(text, at)
            at = _gap(text, at)
            if text[at : at + 1] not in (",", "]"):
                return FormatError(f"After record {number} a comma or the end of the list is missing: {error}.")
            at += text[at] == ","
            number += 1
    except (ValueError, RecursionError) as broken:
        return FormatError(f"Record {number} is not JSON: {why or broken}.")


def _gap(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _fields() -> str:
    return ", ".join(f"`{name}`" for name in _REQUIRED) + " and, where known, `callsign`"


def _understood(records: list[_Record]) -> Traffic:
    if not records:
        raise FormatError("The file holds no record.")
    if len(records) > MAX_RECORDS:
        raise FormatError(f"The file holds {len(records)} records, at most {MAX_RECORDS} are taken. Split it.")
    traffic = Traffic(len(records), {}, Counter(), {})
    without_time = 0
    for number, record in enumerate(records, 1):
        for name in _REQUIRED:
            if getattr(record, name) is UNSET:
                raise FormatError(f"Record {number} has no `{name}`. Each record needs {_fields()}.")
        ident = Ident(_name(record.icao24, number, "icao24"), _name(record.callsign, number, "callsign"))
        points = traffic.points.setdefault(ident, [])
        point = _point(record)
        if isinstance(point, Point):
            points.append(point)
            continue
        traffic.unusable[point] += 1
        traffic.unusable_of.setdefault(ident, Counter())[point] += 1
        without_time += point == "time unusable"
    if without_time == len(records):
        raise FormatError(
            f"Record 1 has the timestamp {records[0].timestamp!r}, and no record has a usable one: expected are "
            "milliseconds since 1970-01-01 (UTC), from the years 2000 to 2099, or ISO 8601 texts."
        )
    return traffic


def _name(value: Value, number: int, field: str) -> str:
    if value is None or value is UNSET:
        return ""
    text = str(value).strip()
    if len(text) > MAX_NAME:
        raise FormatError(f"Record {number} has an `{field}` of {len(text)} characters, at most {MAX_NAME} are taken.")
    return text


def _point(record: _Record) -> Point | str:
    """The usable point of a record, or why it has none."""
    time_ms = _time_ms(record.timestamp)
    if time_ms is None or not EARLIEST_MS <= time_ms < LATEST_MS:
        return "time unusable"
    if record.latitude is None or record.longitude is None:
        return "no position"
    lat, lng = _number(record.latitude), _number(record.longitude)
    if lat is None or lng is None:
        return "position is no number"
    if not (-90 <= lat <= 90 and -180 <= lng <= 180):
        return "position off the globe"
    if record.altitude is None:
        return "no altitude"
    altitude_ft = _number(record.altitude)
    if altitude_ft is None:
        return "altitude is no number"
    if not LOWEST_FT <= altitude_ft <= HIGHEST_FT:
        return "altitude out of range"
    return Point(round(time_ms * 1000), lat, lng, altitude_ft * FOOT_M)


def _number(value: Value) -> float | None:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if not isinstance(value, float | int):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _time_ms(value: Value) -> float | None:
    number = _number(value)
    if number is not None or not isinstance(value, str):
        return number
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp() * 1000
