"""What words for an area usually mean, each meaning held against where a shape lies (H4.5).

Usual readings of the north of a country, which do not agree: its northern half; what bears north of its middle; what bears
north of its capital; and, of what lies outside, what lies beyond it to the north. Coasts and borders are not in the data:
to be in a country is to be in the box of its places or within `IN_KM` of one, to be off it is to be near one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, pi, radians, sin

from msgspec import Struct

from beforehand.airspace.outline import EARTH_RADIUS_M, point
from beforehand.wire.hotline.bearings import Spot, ahead, bearing, distance_m, gap_m, off_bearing
from beforehand.wire.hotline.phrases import POINTS, Phrase, Relation
from beforehand.wire.hotline.places import Country, Gazetteer

#: How far from a town's middle a shape may be and still be `at` it, `near` it and so on, in km.
REACH_KM: dict[Relation, int] = {"at": 30, "within": 30, "middle": 10, "near": 50, "off": 100, "between": 150}
#: How far away a town may be for `west of` it.
SIDE_KM = 150
#: Bearings up to this far from the one said are still that way: half of a quarter of the compass, in degrees.
QUARTER = 45.0
#: A distance said is right to this part of it, and to this many km.
DISTANCE_PART, DISTANCE_KM = 0.25, 5
#: How far from its places, in km, is still in a country, or off it, or beyond it.
IN_KM, BEYOND_KM = 100, 150
#: What the name of a town alone covers, in km^2: a circle of 5 km.
TOWN_KM2 = 79

# Closer than this to a town, or to the middle or capital of a country, nothing lies north of it: it is there.
_AT_TOWN_M, _AT_MIDDLE_M = 1_000, 30_000
_TURN_E7 = 3_600_000_000
_M_PER_E7 = EARTH_RADIUS_M * pi / 180 / 1e7


class Judged(Struct, frozen=True):
    """One reading: `away_m` metres outside what it means, 0 if within; `area_km2`: what the words so read cover.

    `far_m`: how far the place that the words name is, to tell a namesake at the other end of the Earth.
    """

    what: str
    away_m: float
    area_km2: float
    far_m: float


def judge(phrase: Phrase, shape: Spot, names: Gazetteer) -> list[Judged]:
    """Every usual reading of a phrase, for every place of its name."""
    found: list[Judged] = []
    for named in phrase.named:
        if isinstance(named, Country):
            found.extend(_of_country(phrase, named, shape, names))
        else:
            shown = named.name if len(phrase.named) == 1 else f"{named.name} ({named.country})"
            found.append(_of_place(phrase, named.spot, shown, shape))
    return found


def _of_place(phrase: Phrase, place: Spot, name: str, shape: Spot) -> Judged:
    gap, far = gap_m(shape, place), distance_m(shape, place)
    side, distance, relation = phrase.bearing, phrase.distance_m, phrase.relation
    if distance is not None:
        leeway = max(DISTANCE_PART * distance, DISTANCE_KM * 1000)
        about = f"{distance / 1000:g} km"
        if side is not None:
            away = max(0.0, gap_m(shape, ahead(place, side, distance)) - leeway)
            return Judged(f"about {about} {_point(side)} of {name}", away, _disc(leeway), far)
        if relation == "within":
            return Judged(f"within {about} of {name}", max(0.0, gap - distance), _disc(distance), far)
        away = max(0.0, abs(far - distance) - shape.reach_m - leeway)
        return Judged(f"about {about} from {name}", away, _disc(distance + leeway), far)
    if side is not None:
        reach = 1000 * (REACH_KM["at"] if phrase.inside else SIDE_KM)
        away = max(gap - reach, _off_side(place, shape, side, _AT_TOWN_M))
        what = f"in the {_point(side)} of" if phrase.inside else f"within {SIDE_KM} km {_point(side)} of"
        return Judged(f"{what} {name}", max(0.0, away), _disc(reach) / 4, far)
    reach_km = REACH_KM[relation]
    area = TOWN_KM2 if relation == "at" else _disc(1000 * reach_km)
    return Judged(f"within {reach_km} km of {name}", max(0.0, gap - 1000 * reach_km), area, far)


def _of_country(phrase: Phrase, country: Country, shape: Spot, names: Gazetteer) -> Iterator[Judged]:
    name, area, side = country.name, float(country.area_km2), phrase.bearing
    nearest = _nearest_m(shape, country.code, names)
    inside = 0.0 if _in_box(shape, country) else max(0.0, nearest - IN_KM * 1000)
    if phrase.distance_m is not None:
        yield _at_distance(phrase.distance_m, phrase, country, shape, nearest)
    elif phrase.relation == "off":
        half = 0.0 if side is None else _off_half(shape, country, side)
        where = name if side is None else f"the {_point(side)} of {name}"
        away = max(nearest - REACH_KM["off"] * 1000, half, 0.0)
        # A coast about as long as the country is wide, as far out as `off` reaches.
        yield Judged(f"within {REACH_KM['off']} km of a town in {where}", away, REACH_KM["off"] * area**0.5, nearest)
    elif phrase.relation == "middle":
        yield Judged(f"in the middle of {name}", max(inside, _off_middle(shape, country)), area / 4, nearest)
    elif side is None:
        yield Judged(f"in {name} or within {IN_KM} km of a town there", inside, area, nearest)
    else:
        way = _point(side)
        yield Judged(f"in the {way}ern half of {name}", max(inside, _off_half(shape, country, side)), area / 2, nearest)
        away = max(inside, _off_side(country.middle, shape, side, _AT_MIDDLE_M))
        yield Judged(f"in {name}, {way} of its middle", away, area / 4, nearest)
        if country.capital is not None:
            away = max(inside, _off_side(country.capital.spot, shape, side, _AT_MIDDLE_M))
            yield Judged(f"in {name}, {way} of {country.capital.name}", away, area / 4, nearest)
        if not phrase.inside and _beyond_m(shape, country, side) > 0:
            away = max(0.0, nearest - BEYOND_KM * 1000, _off_side(country.middle, shape, side, _AT_MIDDLE_M))
            yield Judged(f"outside {name}, {way} of it, within {BEYOND_KM} km", away, area**0.5 * BEYOND_KM, nearest)


def _at_distance(distance: int, phrase: Phrase, country: Country, shape: Spot, nearest: float) -> Judged:
    """So far from a country. Its edge is not known: a town of it must lie no farther than that and `REACH_KM["near"]`."""
    away = max(0.0, nearest - distance - REACH_KM["near"] * 1000)
    where = country.name
    if phrase.bearing is not None:
        away = max(away, _off_half(shape, country, phrase.bearing))
        where = f"{country.name}, to the {_point(phrase.bearing)}"
    return Judged(f"about {distance / 1000:g} km from {where}", away, distance / 1000 * country.area_km2**0.5, nearest)


def nearest_country(shape: Spot, names: Gazetteer) -> Country:
    """The country whose town is nearest to a shape."""
    return min(names.countries.values(), key=lambda each: _nearest_m(shape, each.code, names))


def _nearest_m(shape: Spot, code: str, names: Gazetteer) -> float:
    """Metres from the shape to the nearest town of a country."""
    x, y, z = point(shape.lat_e7, shape.lng_e7)
    near = [x * px + y * py + z * pz for px, py, pz in names.points[code]]
    return gap_m(shape, names.places[code][near.index(max(near))].spot)


def _in_box(shape: Spot, country: Country) -> bool:
    south, west, north, east = country.box
    return south <= shape.lat_e7 <= north and (shape.lng_e7 - west) % _TURN_E7 <= (east - west) % _TURN_E7


def _north_east_m(from_: Spot, shape: Spot) -> tuple[float, float]:
    """How far north and how far east of a spot the middle of a shape lies, in metres."""
    east_e7 = (shape.lng_e7 - from_.lng_e7 + _TURN_E7 // 2) % _TURN_E7 - _TURN_E7 // 2
    return (shape.lat_e7 - from_.lat_e7) * _M_PER_E7, east_e7 * _M_PER_E7 * cos(radians(shape.lat_e7 / 1e7))


def _sides(side: float) -> list[tuple[int, float]]:
    """The halves that a bearing lies in: (0, +-1) for north and south, (1, +-1) for east and west; both for what lies
    between."""
    upright, across = cos(radians(side)), sin(radians(side))
    return [(axis, 1.0 if part > 0 else -1.0) for axis, part in enumerate((upright, across)) if abs(part) > 0.4]


def _off_half(shape: Spot, country: Country, side: float) -> float:
    """How far the middle of a shape is from the half of a country, past its middle line; 0 if in it or farther out."""
    offset = _north_east_m(country.middle, shape)
    return max(0.0, *(-sign * offset[axis] for axis, sign in _sides(side)))


def _off_middle(shape: Spot, country: Country) -> float:
    """How far outside the middle half of a country, both ways."""
    south, west, north, east = country.box
    upright, across = _north_east_m(country.middle, shape)
    tall = (north - south) * _M_PER_E7 / 4
    wide = (east - west) % _TURN_E7 * _M_PER_E7 * cos(radians(country.middle.lat_e7 / 1e7)) / 4
    return max(0.0, abs(upright) - tall, abs(across) - wide)


def _beyond_m(shape: Spot, country: Country, side: float) -> float:
    """How far the middle of a shape is past the box of a country on that side; not positive if it is not."""
    south, west, north, east = country.box
    upright, across = _north_east_m(country.middle, shape)
    tall = (north - south) * _M_PER_E7 / 2
    wide = (east - west) % _TURN_E7 * _M_PER_E7 * cos(radians(country.middle.lat_e7 / 1e7)) / 2
    return max(sign * (upright, across)[axis] - (tall, wide)[axis] for axis, sign in _sides(side))


def _off_side(from_: Spot, shape: Spot, side: float, at_m: int) -> float:
    """How far the middle of a shape is from the quarter that lies that way of a spot; 0 if in it. What is within `at_m` is
    at the spot, and bears no way of it."""
    far = distance_m(from_, shape)
    if far < at_m:
        return max(1.0, at_m - far)
    off = off_bearing(bearing(from_, shape), side) - QUARTER
    return far * sin(radians(min(off, 90.0))) if off > 0 else 0.0


def _point(side: float) -> str:
    return POINTS[round(side / 22.5) % 16]


def _disc(radius_m: float) -> float:
    return pi * (radius_m / 1000) ** 2
