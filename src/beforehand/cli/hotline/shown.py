"""How things are shown to somebody at three in the morning: aligned, in local time and UTC, the loud things loud."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, TextIO

#: Columns of a label in front of what it says.
LABEL = 14

#: As wire's texts refuse them; a server, or an older record, might not.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def moment(text: str | None) -> str:
    """An RFC 3339 time in local time with its zone, and in UTC: `2027-01-15 21:00:00 +02:00 (19:00:00Z)`."""
    at = _read(text)
    if at is None:
        return text or "not said"
    local, utc = at.astimezone(), at.astimezone(UTC)
    if local.utcoffset() == utc.utcoffset():
        return f"{utc:%Y-%m-%d %H:%M:%S}Z"
    day = f"{utc:%Y-%m-%d} " if local.date() != utc.date() else ""
    return f"{local:%Y-%m-%d %H:%M:%S} {zone(local)} ({day}{utc:%H:%M:%S}Z)"


def window(opens: str | None, ends: str | None) -> str:
    """Two moments, the day said once where it is the same: `2027-01-15 21:00:00 to 21:20:00 +02:00 (19:00:00Z to …)`."""
    start, end = _read(opens), _read(ends)
    if opens is None and ends is None:
        return "not yet said"
    if start is not None and end is not None:
        local, late, utc, last = start.astimezone(), end.astimezone(), start.astimezone(UTC), end.astimezone(UTC)
        same = local.date() == late.date() == utc.date() == last.date() and local.utcoffset() == late.utcoffset()
        if same and local.utcoffset() == utc.utcoffset():
            return f"{utc:%Y-%m-%d %H:%M:%S} to {last:%H:%M:%S}Z"
        if same:
            zulu = f"{utc:%H:%M:%S}Z to {last:%H:%M:%S}Z"
            return f"{local:%Y-%m-%d %H:%M:%S} to {late:%H:%M:%S} {zone(local)} ({zulu})"
    return f"{moment(opens)} to {moment(ends)}"


def _read(text: str | None) -> datetime | None:
    try:
        return None if text is None else datetime.fromisoformat(text.replace("Z", "+00:00")).replace(microsecond=0)
    except ValueError:
        return None


def zone(at: datetime) -> str:
    """The offset of a time, such as `+02:00`."""
    text = f"{at:%z}"
    return f"{text[:3]}:{text[3:5]}"


def height(mm: int | None, unbounded: str) -> str:
    """Millimetres above WGS84 in metres and feet; no bound is said as such."""
    return unbounded if mm is None else f"{mm / 1000:,.0f} m ({mm / 304.8:,.0f} ft)"


def words_of(code: str) -> str:
    """A word of the wire as it is said: `air_operation` as `air operation`."""
    return code.replace("_", " ")


def plain(text: str) -> str:
    """Text of others without what a terminal would obey: no escape, nothing but lines and tabs."""
    return _CONTROL.sub("\ufffd", text)


def line(label: str, said: Any) -> str:
    """A label and what it says, further lines under it, so that no text of another passes for a line of ours."""
    rows = plain(str(said)).split("\n")
    return "\n".join([f"{label:<{LABEL}}{rows[0]}", *(" " * LABEL + row for row in rows[1:])])


def table(rows: Iterable[Sequence[Any]], indent: int = 0) -> str:
    """Rows in columns as wide as they need to be."""
    spelled = [[str(cell) for cell in row] for row in rows]
    if not spelled:
        return ""
    widths = [max(map(len, column)) for column in zip(*spelled, strict=True)]
    pad = " " * indent
    return "\n".join(
        pad + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in spelled
    )


def loud(text: str, stream: TextIO | None = None) -> str:
    """What must not be overlooked: reversed and red on a terminal, and marked so that it is seen without colour, too."""
    out = stream or sys.stdout
    marked = f"!!! {plain(text)} !!!"
    if not out.isatty():
        return marked
    return f"\x1b[7m {marked} \x1b[0m" if os.environ.get("NO_COLOR") else f"\x1b[1;7;31m {marked} \x1b[0m"
