"""How a version stands to the one before (H4.10), and what an addressee is to read back of it."""

from __future__ import annotations

from collections.abc import Sequence

from beforehand.airspace.encounter import Body
from beforehand.airspace.inside import lies_inside
from beforehand.airspace.volume import Volume


def kind_of(new: Sequence[Volume], old: Sequence[Body]) -> str:
    """`inside`: every volume lies inside one of the old; `slip`: same places and bands, times moved; else `outside`.

    Of a place in words alone nobody can say that it is the same, of a time not said not that another lies within it.
    """
    before = [each for each in old if isinstance(each, Volume)]
    if all(any(_inside(volume, one) for one in before) for volume in new):
        return "inside"
    same = len(new) == len(before) and all(_same_place(a, b) for a, b in zip(new, before, strict=True))
    return "slip" if same else "outside"


def differing(new: Sequence[Volume], old: Sequence[Volume]) -> list[int]:
    """Which of the new volumes (by place in the sequence) are not exactly one of the old."""
    return [at for at, volume in enumerate(new) if volume.outline is None or volume not in old]


def _same_place(a: Volume, b: Volume) -> bool:
    return a.outline is not None and (a.outline, a.lower_mm, a.upper_mm) == (b.outline, b.lower_mm, b.upper_mm)


def _inside(inner: Volume, outer: Volume) -> bool:
    return (
        _above(inner.lower_mm, outer.lower_mm)
        and _above(outer.upper_mm, inner.upper_mm, upper=True)
        and _said_alike(inner.start_us, outer.start_us)
        and _said_alike(inner.end_us, outer.end_us)
        and _above(inner.start_us, outer.start_us)
        and _above(outer.end_us, inner.end_us)
        and inner.outline is not None
        and outer.outline is not None
        and lies_inside(inner.outline, outer.outline)
    )


def _said_alike(one_us: int | None, other_us: int | None) -> bool:
    return (one_us is None) == (other_us is None)


def _above(bound: int | None, other: int | None, upper: bool = False) -> bool:
    """Whether `bound` is at or above `other`, where None is unbounded: below all (lower bounds), above all (upper)."""
    if upper:
        return bound is None or (other is not None and bound >= other)
    return other is None or (bound is not None and bound >= other)
