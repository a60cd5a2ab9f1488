"""One latitude or longitude, as a number or as people write it, to the grid of 10^-7 degrees; never by guessing."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from beforehand.wire.hotline.errors import BadField

Axis: TypeAlias = Literal["latitude", "longitude"]

#: No sensible position is longer.
LONGEST = 64
_LETTERS: dict[Axis, str] = {"latitude": "NS", "longitude": "EW"}
_LIMIT: dict[Axis, int] = {"latitude": 90, "longitude": 180}
_EXAMPLE: dict[Axis, str] = {"latitude": '35.52, "35 31.2 N" or "35°31\'12\\"N"', "longitude": '35.77, "35 46.2 E"'}

# The marks that keyboards and programs put for degrees, minutes and seconds; a space will do for each.
_FORM = re.compile(
    r"""\s*(?P<before>[NSEW])?\s*(?P<sign>[+-])?
    (?P<degrees>\d{1,3})(?:\.(?P<d>\d+))?\s*[°º˚]?
    (?:\s*(?P<minutes>(?<=[\s°º˚])\d{1,2})(?:\.(?P<m>\d+))?\s*['’′]?
    (?:\s*(?P<seconds>(?<=[\s'’′])\d{1,2})(?:\.(?P<s>\d+))?\s*(?:["”″]|''|’’|′′)?)?)?
    \s*(?P<after>[NSEW])?\s*""",
    re.ASCII | re.VERBOSE | re.IGNORECASE,
).fullmatch


def read_degrees(said: Any, axis: Axis, field: str) -> float:
    """Degrees, north and east positive. A text is read exactly and rounded once, to the nearest 10^-7 degree.

    Raises BadField (`bad_position`, `off_globe`).
    """
    degrees: float
    if isinstance(said, str):
        degrees = round(_parse(said, axis, field) * 10**7) / 10**7
    elif isinstance(said, int | float) and not isinstance(said, bool) and said == said:
        if not -_LIMIT[axis] <= said <= _LIMIT[axis]:
            _refuse_beyond(axis, field)
        degrees = float(said)
    else:
        raise BadField(field, "bad_position", f"must be a {axis}, such as {_EXAMPLE[axis]}.")
    return degrees


def _parse(said: str, axis: Axis, field: str) -> Fraction:
    found = _FORM(said) if len(said) <= LONGEST else None
    if found is None:
        raise BadField(field, "bad_position", f"cannot be read as a {axis}. Write it such as {_EXAMPLE[axis]}.")
    parts = found.groupdict()
    letters = [each.upper() for each in (parts["before"], parts["after"]) if each]
    if len(letters) > 1 or (letters and parts["sign"]):
        raise BadField(field, "bad_position", "has more than one sign or letter for its side; give one.")
    if letters and letters[0] not in _LETTERS[axis]:
        other = "longitude" if axis == "latitude" else "latitude"
        raise BadField(
            field,
            "bad_position",
            f"is a {other} (`{letters[0]}`) where the {axis} belongs. GeoJSON has longitude first, a circle latitude first.",
        )
    if (parts["minutes"] and parts["d"]) or (parts["seconds"] and parts["m"]):
        raise BadField(field, "bad_position", "has a fraction before its last part; only the last may have one.")
    if parts["minutes"] and not letters and not parts["sign"]:
        sides = " or ".join(_LETTERS[axis])
        raise BadField(field, "bad_position", f"has minutes but no side. Add {sides}.")
    if int(parts["minutes"] or 0) >= 60 or int(parts["seconds"] or 0) >= 60:
        raise BadField(field, "bad_position", "has 60 or more minutes or seconds.")
    degrees = _number(parts["degrees"], parts["d"])
    degrees += _number(parts["minutes"], parts["m"]) / 60 + _number(parts["seconds"], parts["s"]) / 3600
    if degrees > _LIMIT[axis]:
        _refuse_beyond(axis, field)
    return -degrees if parts["sign"] == "-" or (letters and letters[0] in "SW") else degrees


def _number(whole: str | None, fraction: str | None) -> Fraction:
    return Fraction(f"{whole or 0}.{fraction or 0}")


def _refuse_beyond(axis: Axis, field: str) -> None:
    limit = _LIMIT[axis]
    raise BadField(field, "off_globe", f"is off the globe: a {axis} must be from -{limit} to {limit} degrees.")
