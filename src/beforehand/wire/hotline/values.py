"""Heights and times as they were said, and as they are reckoned with: converted, and widened by what the conversion
leaves unsure (H4.6). All arithmetic is on exact fractions; millimetres are rounded outwards, once, at the end.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Literal, TypeAlias

from msgspec import Struct

from beforehand.wire.f3548.times import parse_time
from beforehand.wire.hotline.errors import BadField

Unit: TypeAlias = Literal["ft", "m", "km", "fl"]
Reference: TypeAlias = Literal["wgs84", "amsl", "agl", "fl", "unknown"]
Datum: TypeAlias = Literal["wgs84", "unknown", "ed50", "pulkovo42"]

#: Heights that are taken, in metres before widening: no place on Earth lies lower, no aircraft flies higher.
LOWEST_M, HIGHEST_M = -8_000, 100_000
#: The lowest and highest air pressures at sea level ever measured are 870 and 1085 hPa (WMO archive of extremes).
LOWEST_QNH_HPA, HIGHEST_QNH_HPA = 850, 1100
#: Pressure to which flight levels are set (ICAO Doc 7488, standard atmosphere).
STANDARD_HPA = Fraction("1013.25")
#: How much higher or lower an altimeter reads for one hectopascal near sea level (ICAO Doc 7488: 8.3 m; 27 ft in use).
FEET_PER_HPA = 27
#: The international foot, exact since 1959.
FOOT_M = Fraction("0.3048")

#: A flight level whose QNH was not said; the pressure at sea level and the geoid are in it (H4.6).
NO_QNH_M = 300
#: What correcting by 27 ft for each hPa leaves, beside the geoid.
QNH_M = 30
#: Mean sea level lies from 107 m below to 85 m above the ellipsoid (EGM96, NIMA TR8350.2); without a table of it, both.
GEOID_M = 110
#: A height above nobody said what (H4.6).
UNKNOWN_M = 200
#: Ground lies from 430 m below (Dead Sea) to 8,849 m above sea level; without a terrain model, anywhere between.
LOWEST_GROUND_M, HIGHEST_GROUND_M = -500, 9_000
#: How far a position may be off in millimetres, since positions are not transformed here: datum not said (H4.6), or an
#: older one. By the shifts of NIMA TR8350.2, appendix B, positions on ED 50 are up to 184 m from those on WGS84 from
#: Portugal to Iran, on Pulkovo 1942 up to 150 m.
GROWTH_MM: dict[Datum, int] = {"wgs84": 0, "unknown": 200_000, "ed50": 200_000, "pulkovo42": 200_000}

_UNIT_M: dict[Unit, Fraction] = {"ft": FOOT_M, "m": Fraction(1), "km": Fraction(1000), "fl": 100 * FOOT_M}
_REFERENCE_WORDS: dict[Reference, str] = {
    "wgs84": "above the WGS84 ellipsoid",
    "amsl": "above mean sea level",
    "agl": "above ground, terrain unknown",
    "fl": "pressure altitude",
    "unknown": "above what was not said",
}


class SaidAltitude(Struct, frozen=True, forbid_unknown_fields=True):
    """A height as a party said it. `fl`: hundreds of feet above the level of 1013.25 hPa, as unit or as reference.

    `qnh_hpa`: pressure at sea level, in hectopascals; converts a flight level, and is only kept with any other height.
    """

    value: float
    unit: Unit
    reference: Reference = "unknown"
    qnh_hpa: float | None = None


class Converted(Struct, frozen=True):
    """One height above the WGS84 ellipsoid: it lies between the two, in millimetres. `widened_mm`: the larger of the two
    ways from the nominal height to them, 0 where nothing was unsure. `said`: as said, in words."""

    lower_mm: int
    upper_mm: int
    widened_mm: int
    said: str


class SaidTime(Struct, frozen=True):
    """A time as said, with its zone, and in µs since the Unix epoch."""

    said: str
    time_us: int


def convert(said: SaidAltitude, field: str = "altitude") -> Converted:
    """Raises BadField (`bad_altitude`)."""
    metres = nominal_m(said, field)
    below, above = _unsure_m(said)
    lower_mm, upper_mm = math.floor((metres - below) * 1000), math.ceil((metres + above) * 1000)
    return Converted(lower_mm, upper_mm, max(below, above) * 1000, words(said))


def floor(said: SaidAltitude, field: str = "altitude") -> int:
    """As a lower limit, outwards: mm above WGS84. Raises BadField (`bad_altitude`)."""
    return convert(said, field).lower_mm


def ceiling(said: SaidAltitude, field: str = "altitude") -> int:
    """As an upper limit, outwards: mm above WGS84. Raises BadField (`bad_altitude`)."""
    return convert(said, field).upper_mm


def nominal_m(said: SaidAltitude, field: str = "altitude") -> Fraction:
    """Metres before widening, exactly: above what was said, a flight level with QNH above mean sea level.

    Raises BadField (`bad_altitude`).
    """
    if said.unit == "fl" and said.reference not in ("fl", "unknown"):
        raise BadField(
            f"{field}.reference",
            "bad_altitude",
            f"is `{said.reference}`, but a flight level is above the level of 1013.25 hPa. Leave it out, or give ft or m.",
        )
    metres = _exact(said.value, f"{field}.value") * _UNIT_M[said.unit]
    if said.qnh_hpa is not None:
        qnh = _exact(said.qnh_hpa, f"{field}.qnh_hpa")
        if not LOWEST_QNH_HPA <= qnh <= HIGHEST_QNH_HPA:
            raise BadField(
                f"{field}.qnh_hpa",
                "bad_altitude",
                f"must be from {LOWEST_QNH_HPA} to {HIGHEST_QNH_HPA} hectopascals, not {said.qnh_hpa}.",
            )
        if is_pressure(said):
            metres += (qnh - STANDARD_HPA) * FEET_PER_HPA * FOOT_M
    if not LOWEST_M <= metres <= HIGHEST_M:
        raise BadField(
            f"{field}.value",
            "bad_altitude",
            f"must be from {LOWEST_M} to {HIGHEST_M} metres, not {_number(said.value)} {said.unit}.",
        )
    return metres


def is_pressure(said: SaidAltitude) -> bool:
    """Is it a flight level or pressure altitude?"""
    return said.unit == "fl" or said.reference == "fl"


def words(said: SaidAltitude) -> str:
    """As said, with what the conversion leaves unsure: `FL 250 without QNH, ±300 m`."""
    number = _number(said.value)
    qnh = "" if said.qnh_hpa is None else f"{_number(said.qnh_hpa)} hPa"
    below, above = _unsure_m(said)
    unsure = f", ±{above} m" if below == above else f", -{below} to +{above} m"
    if is_pressure(said):
        level = f"FL {number}" if said.unit == "fl" else f"{number} {said.unit} {_REFERENCE_WORDS['fl']}"
        return f"{level} {f'on QNH {qnh}' if qnh else 'without QNH'}{unsure}"
    on = f" (QNH {qnh}, not reckoned with)" if qnh else ""
    return f"{number} {said.unit} {_REFERENCE_WORDS[said.reference]}{on}{unsure if above else ''}"


def said_time(text: str, field: str) -> SaidTime:
    """RFC 3339 with its zone. Raises BadField (`bad_time`)."""
    try:
        return SaidTime(text, parse_time(text))
    except ValueError as error:
        raise BadField(field, "bad_time", f"{error}: say the zone, `Z` or an offset such as `+03:00`.") from None


def growth_mm(datum: Datum) -> int:
    """How far an outline is to be grown for its horizontal datum, in millimetres."""
    return GROWTH_MM[datum]


def _unsure_m(said: SaidAltitude) -> tuple[int, int]:
    """How far below and above the nominal height it may lie, in metres."""
    if is_pressure(said):
        unsure = NO_QNH_M if said.qnh_hpa is None else QNH_M + GEOID_M
    elif said.reference == "agl":
        return -LOWEST_GROUND_M, HIGHEST_GROUND_M
    else:
        unsure = {"wgs84": 0, "amsl": GEOID_M}.get(said.reference, UNKNOWN_M)
    return unsure, unsure


def _number(number: float) -> str:
    return repr(number).removesuffix(".0")


def _exact(number: float, field: str) -> Fraction:
    """The decimal that was written, not the double nearest to it."""
    if not math.isfinite(number):
        raise BadField(field, "bad_altitude", "must be a number.")
    return Fraction(repr(number))
