"""What a volume says against itself (H4.4), and the hull that counts while it does."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal, TypeAlias

from msgspec import Struct

from beforehand.wire.hotline.values import SaidAltitude, SaidTime, convert, is_pressure, nominal_m, words

Kind: TypeAlias = Literal["FLOOR_ABOVE_CEILING", "TWO_ALTITUDE_LIMITS", "END_BEFORE_START"]

#: Two limits closer than this are one, said in two units and rounded.
SAME_LIMIT_M = 1


class Contradiction(Struct, frozen=True):
    """`kind` is stable; `words` spell it out with the values as said."""

    kind: Kind
    words: str


class Hull(Struct, frozen=True):
    """The bounds that count: mm above WGS84, µs; None is unbounded. `widened_mm`: the most that a height was widened."""

    lower_mm: int | None
    upper_mm: int | None
    start_us: int | None
    end_us: int | None
    widened_mm: int


def contradictions(
    lower: Sequence[SaidAltitude], upper: Sequence[SaidAltitude], start: SaidTime | None, end: SaidTime | None
) -> tuple[Contradiction, ...]:
    """Everything that a volume says against itself; nothing where it only may. Raises BadField (`bad_altitude`)."""
    found: list[Contradiction] = []
    for name, limits in (("lower", lower), ("upper", upper)):
        other = next((each for each in limits[1:] if not _same(limits[0], each)), None)
        if other is not None:
            spelled = f"Two {name} limits: {words(limits[0])}; and {words(other)}."
            found.append(Contradiction("TWO_ALTITUDE_LIMITS", spelled))
    above = _floor_above_ceiling(lower, upper)
    if above is not None:
        spelled = f"The floor, {words(above[0])}, is above the ceiling, {words(above[1])}."
        found.append(Contradiction("FLOOR_ABOVE_CEILING", spelled))
    if start is not None and end is not None and end.time_us < start.time_us:
        found.append(Contradiction("END_BEFORE_START", f"The end, {end.said}, is before the start, {start.said}."))
    return tuple(found)


def hull(
    lower: Sequence[SaidAltitude],
    upper: Sequence[SaidAltitude],
    start: SaidTime | None,
    end: SaidTime | None,
    field: str = "volume",
) -> Hull:
    """The smallest band and window that hold all that was said, contradictory or not. Raises BadField (`bad_altitude`)."""
    floors = [convert(each, f"{field}.lower") for each in lower]
    ceilings = [convert(each, f"{field}.upper") for each in upper]
    widened_mm = max((each.widened_mm for each in (*floors, *ceilings)), default=0)
    if _floor_above_ceiling(lower, upper) is not None:
        floors = ceilings = floors + ceilings
    lower_mm = min((each.lower_mm for each in floors), default=None)
    upper_mm = max((each.upper_mm for each in ceilings), default=None)
    assert lower_mm is None or upper_mm is None or lower_mm <= upper_mm
    start_us = None if start is None else start.time_us
    end_us = None if end is None else end.time_us
    if start_us is not None and end_us is not None and end_us < start_us:
        start_us, end_us = end_us, start_us
    return Hull(lower_mm, upper_mm, start_us, end_us, widened_mm)


def _floor_above_ceiling(
    lower: Sequence[SaidAltitude], upper: Sequence[SaidAltitude]
) -> tuple[SaidAltitude, SaidAltitude] | None:
    for floor in lower:
        for ceiling in upper:
            if _above(floor, ceiling):
                return floor, ceiling
    return None


def _above(floor: SaidAltitude, ceiling: SaidAltitude) -> bool:
    """Above by what was said; between different references only where no height that they may mean fits."""
    if _level(floor) == _level(ceiling):
        return nominal_m(floor) > nominal_m(ceiling)
    return convert(floor).lower_mm > convert(ceiling).upper_mm


def _same(a: SaidAltitude, b: SaidAltitude) -> bool:
    apart: Fraction = abs(nominal_m(a) - nominal_m(b))
    return _level(a) == _level(b) and apart <= SAME_LIMIT_M


def _level(said: SaidAltitude) -> tuple[str, float | None]:
    """What it is above: two of one level compare exactly."""
    return ("fl", said.qnh_hpa) if is_pressure(said) else (said.reference, None)
