"""Heights that look like feet said as metres or metres said as feet (H4.6)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from msgspec import convert

from beforehand.wire.hotline.values import FOOT_M, SaidAltitude, nominal_m

#: Two heights are in the ratio of a metre to a foot (3.28) if within this part of it.
RATIO_PART = Fraction(2, 100)
#: Metres above which a height is rather one in feet: aircraft rarely fly above 60,000 ft.
HIGHEST_USUAL_M = 20_000


def feet_for_metres(said: Mapping[str, Any], before: Mapping[str, Any] | None) -> str | None:
    """What to ask, or None. `said` and `before` are volumes as said (`ReadVolume.said`)."""
    lower, upper = _limit(said, "lower"), _limit(said, "upper")
    for name, limit in (("lower", lower), ("upper", upper)):
        if limit is None:
            continue
        was = None if before is None else _limit(before, name)
        if was is not None and _in_ratio(limit, was):
            return f"The {name} limit, {_said(limit)}, is to {_said(was)} of the version before as metres are to feet."
        if limit.unit == "m" and limit.value > HIGHEST_USUAL_M:
            return f"The {name} limit is {_said(limit)}: feet?"
    if lower is None or upper is None or {lower.unit, upper.unit} != {"ft", "m"}:
        return None
    if lower.value == upper.value or (nominal_m(lower) > nominal_m(upper) and lower.value < upper.value):
        return f"From {_said(lower)} to {_said(upper)}: are both meant in one unit?"
    return None


def _limit(said: Mapping[str, Any], name: str) -> SaidAltitude | None:
    """A bound that was said once; of two, which contradict each other anyway, none is compared."""
    limit = said.get(name)
    return convert(limit, SaidAltitude, strict=False) if isinstance(limit, dict) else None


def _in_ratio(a: SaidAltitude, b: SaidAltitude) -> bool:
    # Exact in their own units: 3,000 ft and 3,000 m, 914 ft and 3,000 ft.
    low, high = sorted((abs(nominal_m(a)), abs(nominal_m(b))))
    if "fl" in (a.unit, b.unit) or low == 0:
        return False
    return abs(high / low * FOOT_M - 1) <= RATIO_PART


def _said(limit: SaidAltitude) -> str:
    return f"{limit.value:.15g} {limit.unit}"
