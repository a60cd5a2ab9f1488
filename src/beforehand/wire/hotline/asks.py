"""What looks like a slip of whoever typed or read out, and is asked about, never altered (H4.6).

A place is held against where the volume is expected: at its former version, at the places that the words name, in the
area of the agreement. Each of the three is judged by itself: a slip is asked about where the volume as given is far from
it, and as it may have been meant is near. Heights are held against the former version and each other, times against the
former version and the moment of receipt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from beforehand.airspace.volume import LAT_LIMIT_E7, LNG_LIMIT_E7, Circle, Outline, Polygon
from beforehand.wire.f3548.times import parse_time
from beforehand.wire.hotline.bearings import Spot, distance_m, gap_m, spot
from beforehand.wire.hotline.bodies_volume import ReadVolume
from beforehand.wire.hotline.feet import feet_for_metres

AskKind: TypeAlias = Literal[
    "DECIMAL_MINUTES", "SWAPPED_LAT_LNG", "HEMISPHERE", "FEET_METRES", "DAY_ROLLOVER", "FAR_FROM_BEFORE"
]

#: As meant, a volume must come this near to where it is expected, and as given be farther, edge to edge. 35.52 for 35°52'
#: is 38 km: a good part of that for minutes; with the others far more is at stake.
NEAR_MINUTES_M, NEAR_FLIPPED_M = 10_000, 50_000
#: Far from the version before: more than so many times its own size, and more than so many metres. Off Deir ez-Zor it was
#: 9 km.
FAR_SIZES, FAR_M = 3, 5_000
HOUR_US, DAY_US = 3_600_000_000, 86_400_000_000
#: A window that moved by a day, give or take this, looks like a day mistaken.
ABOUT_A_DAY_US = HOUR_US

_DEGREE_E7 = 10_000_000
Corner: TypeAlias = tuple[int, int]


class Ask(Struct, frozen=True):
    """`volume`: its number, from 0. `detail`: what is asked, in words with the numbers. `distance_m`: how far the volume as
    given is from where it is expected, of middles; None where it is not about a place."""

    kind: AskKind
    volume: int
    detail: str
    distance_m: int | None = None


def asks(
    volumes: Sequence[ReadVolume],
    previous: Sequence[ReadVolume] | None,
    receipt_us: int,
    words_near: Sequence[Outline] = (),
    agreed: Sequence[Outline] = (),
) -> list[Ask]:
    """What to ask about the volumes of a notice, in their order.

    `previous`: those of the version before, None for a first one; `receipt_us`: when the server received this one;
    `words_near`: where the words for the area say it is (`words.places_named`); `agreed`: the area of the agreement.
    Volumes are held against the former ones by number where there are as many, places against the nearest.
    """
    before = [spot(each.outline) for each in previous or () if each.outline is not None]
    expected = [
        ("the version before", before),
        ("the place that the words name", [spot(each) for each in words_near]),
        ("the agreement's area", [spot(each) for each in agreed]),
    ]
    found: list[Ask] = []
    for number, volume in enumerate(volumes):
        former = previous[number] if previous is not None and len(previous) == len(volumes) else None
        if volume.outline is not None:
            found.extend(_slips(number, volume.outline, expected))
            found.extend(_far(number, volume.outline, before))
        detail = feet_for_metres(volume.said, None if former is None else former.said)
        if detail is not None:
            found.append(Ask("FEET_METRES", number, detail))
        detail = _day(volume, former, previous is not None, receipt_us)
        if detail is not None:
            found.append(Ask("DAY_ROLLOVER", number, detail))
    return found


def _slips(number: int, outline: Outline, expected: list[tuple[str, list[Spot]]]) -> Iterator[Ask]:
    given = spot(outline)
    for kind, near_m, variants in _SLIPS:
        missed = [(place, spots) for place, spots in expected if spots and _gap_m(given, spots) > near_m]
        meant = [(what, _changed(outline, change)) for what, change in variants] if missed else []
        for what, changed in meant:
            there = None if changed is None else spot(changed)
            hit = next((each for each in missed if there is not None and _gap_m(there, each[1]) <= near_m), None)
            if hit is not None:
                place, spots = hit
                away = min(distance_m(given, each) for each in spots)
                detail = f"{what}, it lies at {place}; as given it is {away / 1000:.0f} km away."
                yield Ask(kind, number, detail, round(away))
                break


def _gap_m(at: Spot, spots: list[Spot]) -> float:
    return min(gap_m(at, each) for each in spots)


def _far(number: int, outline: Outline, before: list[Spot]) -> Iterator[Ask]:
    if not before:
        return
    given = spot(outline)
    away = min(distance_m(given, each) for each in before)
    if away > FAR_M and away > FAR_SIZES * 2 * given.reach_m:
        yield Ask("FAR_FROM_BEFORE", number, f"It is {away / 1000:.1f} km from the version before.", round(away))


def _day(volume: ReadVolume, former: ReadVolume | None, has_former: bool, receipt_us: int) -> str | None:
    start, end = _time(volume, "from"), _time(volume, "to")
    if start is not None and end is not None and end <= start < end + DAY_US:
        return "The end is not after the start; a day later it would be."
    if former is not None:
        for name, time_us in (("start", start), ("end", end)):
            was = _time(former, "from" if name == "start" else "to")
            if time_us is not None and was is not None and abs(abs(time_us - was) - DAY_US) <= ABOUT_A_DAY_US:
                return (
                    f"The {name} is {abs(time_us - was) / HOUR_US:.1f} h from that of the version before: another day?"
                )
    if has_former:
        return None
    if end is not None and end <= receipt_us < end + DAY_US:
        return "The window was over on receipt; a day later it would not be."
    if start is not None and receipt_us + DAY_US < start < receipt_us + 2 * DAY_US:
        return f"The window begins {(start - receipt_us) / HOUR_US:.1f} h after receipt; a day earlier is still ahead."
    return None


def _time(volume: ReadVolume, name: str) -> int | None:
    """As said: bounds of the volume are the hull, in which an end before its start does not show."""
    said = volume.said.get(name)
    return parse_time(said) if isinstance(said, str) else None


def _changed(outline: Outline, change: Callable[[Corner], Corner | None]) -> Outline | None:
    """The outline with each of its corners changed; None where that is no place, or the same."""
    corners = ((outline.lat_e7, outline.lng_e7),) if isinstance(outline, Circle) else outline.vertices
    changed: list[Corner] = []
    for corner in corners:
        to = change(corner)
        if to is None or not (abs(to[0]) <= LAT_LIMIT_E7 and abs(to[1]) <= LNG_LIMIT_E7):
            return None
        changed.append(to)
    if tuple(changed) == corners:
        return None
    return Circle(*changed[0], outline.radius_mm) if isinstance(outline, Circle) else Polygon(tuple(changed))


def _as_minutes(e7: int) -> int | None:
    """35.52 as 35°52'. None where the fraction is no number of minutes below 60."""
    whole, fraction = divmod(abs(e7), _DEGREE_E7)
    if fraction * 100 >= 60 * _DEGREE_E7:
        return None
    return (whole * _DEGREE_E7 + fraction * 100 // 60) * (1 if e7 >= 0 else -1)


def _as_decimals(e7: int) -> int:
    """35°52' as 35.52: minutes that were a decimal fraction."""
    whole, fraction = divmod(abs(e7), _DEGREE_E7)
    return (whole * _DEGREE_E7 + fraction * 60 // 100) * (1 if e7 >= 0 else -1)


def _both_minutes(corner: Corner) -> Corner | None:
    lat, lng = _as_minutes(corner[0]), _as_minutes(corner[1])
    return None if lat is None or lng is None else (lat, lng)


def _lat_minutes(corner: Corner) -> Corner | None:
    lat = _as_minutes(corner[0])
    return None if lat is None else (lat, corner[1])


def _lng_minutes(corner: Corner) -> Corner | None:
    lng = _as_minutes(corner[1])
    return None if lng is None else (corner[0], lng)


_Variants: TypeAlias = tuple[tuple[str, Callable[[Corner], Corner | None]], ...]
_SLIPS: tuple[tuple[AskKind, int, _Variants], ...] = (
    (
        "DECIMAL_MINUTES",
        NEAR_MINUTES_M,
        (
            ("With the decimals read as minutes", _both_minutes),
            ("With the decimals of the latitude read as minutes", _lat_minutes),
            ("With the decimals of the longitude read as minutes", _lng_minutes),
            ("With the minutes read as decimals", lambda at: (_as_decimals(at[0]), _as_decimals(at[1]))),
            ("With the minutes of the latitude read as decimals", lambda at: (_as_decimals(at[0]), at[1])),
            ("With the minutes of the longitude read as decimals", lambda at: (at[0], _as_decimals(at[1]))),
        ),
    ),
    (
        "SWAPPED_LAT_LNG",
        NEAR_FLIPPED_M,
        (("With latitude and longitude swapped", lambda at: (at[1], at[0])),),
    ),
    (
        "HEMISPHERE",
        NEAR_FLIPPED_M,
        (
            ("With north and south swapped", lambda at: (-at[0], at[1])),
            ("With east and west swapped", lambda at: (at[0], -at[1])),
            ("With both hemispheres swapped", lambda at: (-at[0], -at[1])),
        ),
    ),
)
