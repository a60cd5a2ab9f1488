"""Places, heights and times as a person types them, into the values that the hotline's bodies hold.

They are passed on as typed wherever the wire can keep that: what was said is kept beside what it was converted to (H4.6).
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from beforehand.cli.errors import CommandError, UsageError

#: The longest GeoJSON file that is read.
AREA_MAX_BYTES = 8 << 20

_LENGTHS = {"": 1.0, "m": 1.0, "km": 1_000.0, "nm": 1_852.0}
_RADIUS = re.compile(r"(\d+(?:\.\d+)?)\s*(km|nm|m|)", re.IGNORECASE)
_LIMIT = re.compile(r"(fl\s*)?(-?\d+(?:\.\d+)?)\s*(ft|km|m)?\s*(amsl|agl|wgs84)?", re.IGNORECASE)
_SPAN = re.compile(r"([+-])?(?:(\d+)\s*h)?\s*(?:(\d+)\s*min)?\s*(?:(\d+)\s*s)?", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?:(\d{4}-\d\d-\d\d)[T ])?([01]\d|2[0-3]):?([0-5]\d)(?::([0-5]\d))?\s*(Z|[+-]\d\d:\d\d)?", re.IGNORECASE
)
_ALTITUDE = "such as 0-20000ft, 100-500m, 1000-6000m amsl, FL100-FL200, SFC-5000ft or 2000ft-UNL"
_TIME = "such as 19:00 (today, your zone), 19:00Z, +20min, or 2027-01-15T19:00:00+02:00"
#: What is typed for a limit that is not there.
OPEN = {"lower": ("sfc", "gnd", "none"), "upper": ("unl", "none")}


def circle(said: str, flag: str = "--circle") -> list[float | str]:
    """`LAT,LON,RADIUS`: degrees as typed, the radius in metres unless it says km or nm. Raises UsageError."""
    parts = [each.strip() for each in said.split(",")]
    found = _RADIUS.fullmatch(parts[2]) if len(parts) == 3 else None
    if found is None:
        raise UsageError(
            f'{flag} is {said!r}: give LAT,LON,RADIUS, such as 35.52,35.77,9000 or "35 31.2 N,35 46.2 E,5nm".'
        )
    return [parts[0], parts[1], round(float(found[1]) * _LENGTHS[found[2].lower()], 3)]


def position(said: str, flag: str) -> list[float | str]:
    """`LAT,LON` in degrees as typed. Raises UsageError."""
    parts: list[float | str] = [each.strip() for each in said.split(",")]
    if len(parts) != 2 or not all(parts):
        raise UsageError(f'{flag} is {said!r}: give LAT,LON, such as 35.52,35.77 or "35 31.2 N,35 46.2 E".')
    return parts


def band(said: str, qnh_hpa: float | None = None, flag: str = "--alt") -> dict[str, Any]:
    """`LOW-HIGH` as `lower` and `upper` of a volume; an open side is left out. Raises UsageError.

    What only one of the two says of unit and reference holds for both: `100-500m`, `FL100-200`.
    """
    low, divided, high = said.strip().rpartition("-")
    if not divided or not low.strip():
        raise UsageError(f"{flag} is {said!r}: give LOW-HIGH, {_ALTITUDE}.")
    lower = None if low.strip().lower() in OPEN["lower"] else _Height(low, flag)
    upper = None if high.strip().lower() in OPEN["upper"] else _Height(high, flag)
    if lower is not None and upper is not None:
        lower.complete(upper)
        upper.complete(lower)
    sides = (("lower", lower), ("upper", upper))
    return {name: each.body(qnh_hpa) for name, each in sides if each is not None}


def limit(said: str, flag: str, qnh_hpa: float | None = None) -> dict[str, Any]:
    """One height with its unit and reference. Raises UsageError."""
    return _Height(said, flag).body(qnh_hpa)


class _Height:
    """A height as typed, perhaps without what the other limit of its band says for both."""

    def __init__(self, said: str, flag: str) -> None:
        found = _LIMIT.fullmatch(said.strip())
        if found is None or (found[1] and (found[3] or found[4])):
            raise UsageError(f"{flag} has {said.strip()!r}, which is no height: give one {_ALTITUDE}.")
        self._said, self._flag = said.strip(), flag
        value = float(found[2])
        self.value = int(value) if value == int(value) else value
        self.unit = "fl" if found[1] else (found[3] or "").lower()
        self.reference = "fl" if found[1] else (found[4] or "").lower()

    def complete(self, other: _Height) -> None:
        if not self.unit:
            self.unit = other.unit
        if not self.reference and (self.unit == "fl") == (other.unit == "fl"):
            self.reference = other.reference

    def body(self, qnh_hpa: float | None) -> dict[str, Any]:
        if not self.unit and self.value:
            # Feet for metres is the slip that costs most: no habit is guessed here.
            raise UsageError(f"{self._flag} has {self._said!r} without a unit: say ft, m or FL, {_ALTITUDE}.")
        said = {"value": self.value, "unit": self.unit or "m", "reference": self.reference or "unknown"}
        return said if qnh_hpa is None else said | {"qnh_hpa": qnh_hpa}


def time(said: str, flag: str, now: datetime | None = None) -> str:
    """A time as RFC 3339 with its zone: typed so, `HH:MM` today in the local zone (or with one), or a span from now.

    Raises UsageError.
    """
    text = said.strip()
    here = (now or datetime.now(UTC)).astimezone()
    if text.lower() == "now":
        return here.isoformat(timespec="seconds")
    relative = _SPAN.fullmatch(text)
    if text[:1] in "+-" and relative is not None and any(relative.groups()[1:]):
        return (here + span(text, flag)).astimezone().isoformat(timespec="seconds")
    found = _CLOCK.fullmatch(text)
    if found is None:
        return _rfc3339(text, flag)
    day, hour, minute, second, zone = found.groups()
    try:
        on = datetime.fromisoformat(day).date() if day else None
        if zone is None:
            date = on or here.date()
            at = datetime(date.year, date.month, date.day, int(hour), int(minute), int(second or 0)).astimezone()
        else:
            there = datetime.fromisoformat(f"2000-01-01T00:00:00{zone.upper().replace('Z', '+00:00')}").tzinfo
            date = on or here.astimezone(there).date()
            at = datetime(date.year, date.month, date.day, int(hour), int(minute), int(second or 0), tzinfo=there)
    except ValueError:
        raise UsageError(f"{flag} is {said!r}, which is no time: give one {_TIME}.") from None
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if zone else at.isoformat(timespec="seconds")


def _rfc3339(text: str, flag: str) -> str:
    from beforehand.wire.f3548.times import parse_time

    try:
        parse_time(text)
    except ValueError:
        raise UsageError(f"{flag} is {text!r}, which is no time: give one {_TIME}.") from None
    return text


def span(said: str, flag: str) -> timedelta:
    """A length of time such as `20min`, `1h30min`, `-5min`. Raises UsageError."""
    found = _SPAN.fullmatch(said.strip())
    if found is None or not any(found.groups()[1:]):
        raise UsageError(f"{flag} is {said!r}: give a length of time such as 20min or 1h30min.")
    sign, hours, minutes, seconds = found.groups()
    length = timedelta(hours=int(hours or 0), minutes=int(minutes or 0), seconds=int(seconds or 0))
    return -length if sign == "-" else length


def later(start: str, by: timedelta) -> str:
    """So much after an RFC 3339 time, in the same zone."""
    return (
        (datetime.fromisoformat(start.replace("Z", "+00:00")) + by).isoformat(timespec="seconds").replace("+00:00", "Z")
    )


def outlines(file: Path, flag: str = "--area") -> list[dict[str, Any]]:
    """The polygons of a GeoJSON file, one for each volume: of a collection or a MultiPolygon, several. Raises CommandError."""
    try:
        with file.open("rb") as opened:
            said = json.loads(opened.read(AREA_MAX_BYTES + 1))
    except OSError as error:
        raise CommandError(f"{flag} {file} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{flag} {file} holds no JSON: {error}.") from None
    found = _polygons(said)
    if not found:
        raise CommandError(f"{flag} {file} holds no area: give GeoJSON with a Polygon, or several.")
    return found


def _polygons(said: Any) -> list[dict[str, Any]]:
    kind = said.get("type") if isinstance(said, dict) else None
    if kind == "FeatureCollection":
        return [each for feature in _listed(said.get("features")) for each in _polygons(feature)]
    if kind == "GeometryCollection":
        return [each for geometry in _listed(said.get("geometries")) for each in _polygons(geometry)]
    if kind == "Feature":
        return _polygons(said.get("geometry"))
    if kind == "MultiPolygon":
        return [{"type": "Polygon", "coordinates": rings} for rings in _listed(said.get("coordinates"))]
    return (
        [said]
        if kind in ("Polygon", "LineString", "Point") or (kind is None and isinstance(said, dict) and "circle" in said)
        else []
    )


def _listed(said: Any) -> list[Any]:
    return said if isinstance(said, list) else []
