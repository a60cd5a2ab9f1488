"""Words for an area against its shape (H4.5). A check asks; it never alters, and what it cannot read it says it did not.

It reads English around names of countries and of towns of more than 15,000 people, in the letters that they are known by;
no coordinates, heights, hills, seas or waypoints.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from beforehand.airspace.outline import area_km2
from beforehand.airspace.volume import Circle, Outline, OutlineError
from beforehand.wire.hotline.bearings import Spot, spot
from beforehand.wire.hotline.phrases import Phrase, read_phrases
from beforehand.wire.hotline.places import Country, Gazetteer, Place, gazetteer
from beforehand.wire.hotline.readings import Judged, judge, nearest_country

#: Strongest first; remarks come in this order.
RemarkKind: TypeAlias = Literal[
    "NO_GEOMETRY", "TEXT_GEOMETRY_MISMATCH", "TEXT_AMBIGUOUS", "TEXT_TOO_COARSE", "TEXT_NOT_READ"
]

#: Words longer than this, and words with more names and sides than this, are not read at all.
MAX_CHARACTERS, MAX_PHRASES = 2_000, 32
#: Words that cover more than so many times the volume are too coarse.
COARSE_RATIO = 100
#: A namesake farther than this, in km, makes no name ambiguous that fits otherwise.
NAMESAKE_KM = 500
#: Readings that a remark shows, those that fit first, then the nearest.
MAX_READINGS = 12
#: How far round a town that the words name a shape is expected, by `places_named`, in metres.
NAMED_RADIUS_M = 5_000
# What an area may be taken to be at least, so that a ratio is a number.
_LEAST_KM2 = 0.01


class Reading(Struct, frozen=True):
    """One usual reading of the words, and how far outside it the shape lies: 0 where it fits."""

    what: str
    fits: bool
    distance_m: int


class Remark(Struct, frozen=True):
    """`phrase`: the words meant, without marks. `readings`: those tried. `distance_m`: from the shape to the nearest
    reading, for a mismatch. `ratio`: how many times the volume the words cover, where too coarse. `volume`: the outline
    meant, where it is one of several, counted from 0. Words are content, never facts."""

    kind: RemarkKind
    phrase: str = ""
    readings: tuple[Reading, ...] = ()
    distance_m: int | None = None
    ratio: int | None = None
    volume: int | None = None


def check_words(words: str, outlines: Sequence[Outline]) -> list[Remark]:
    """What is to be asked about the words for an area, the strongest first; nothing where every usual reading fits.

    A phrase fits where it fits one of the outlines; an outline that no phrase fits is asked about by its number. The
    places of a whole phrase that was not read are not guessed at: only where nothing at all was read it says so.
    """
    if not words.strip():
        return []
    remarks = [] if outlines else [Remark("NO_GEOMETRY")]
    phrases = _phrases(words)
    if not phrases:
        return [*remarks, Remark("TEXT_NOT_READ")]
    if not outlines:
        return remarks
    names, shapes = gazetteer(), [spot(each) for each in outlines]
    phrases = _with_countries(phrases, shapes[0], names)
    tried = [[judge(phrase, shape, names) for shape in shapes] for phrase in phrases]
    mismatches: list[Remark] = []
    ambiguous: list[Remark] = []
    for phrase, by_shape in zip(phrases, tried, strict=True):
        best = min(by_shape, key=lambda judged: (_nearest(judged).away_m, -sum(each.away_m == 0 for each in judged)))
        if _nearest(best).away_m > 0:
            mismatches.append(_mismatch(phrase, best))
        elif not all(each.away_m == 0 for each in best if each.far_m <= NAMESAKE_KM * 1000):
            ambiguous.append(Remark("TEXT_AMBIGUOUS", phrase.text, _shown(best)))
    if not mismatches and len(shapes) > 1:
        mismatches = _left_over(phrases, tried, len(shapes))
    remarks += mismatches + ambiguous
    if not mismatches:
        remarks += _too_coarse(phrases, tried, outlines)
    return remarks


def places_named(words: str) -> list[Outline]:
    """A circle of 5 km round every town that the words name, every one of a name: where a shape is expected."""
    found: dict[Outline, None] = {}
    for phrase in _phrases(words):
        for named in phrase.named:
            if isinstance(named, Place):
                found[Circle(named.spot.lat_e7, named.spot.lng_e7, NAMED_RADIUS_M * 1000)] = None
    return list(found)


def _phrases(words: str) -> list[Phrase]:
    if len(words) > MAX_CHARACTERS:
        return []
    phrases = read_phrases(words, gazetteer())
    if len(phrases) > MAX_PHRASES:
        return []
    countries = {each.code for phrase in phrases for each in phrase.named if isinstance(each, Country)}
    return [_in_countries(phrase, countries) for phrase in phrases]


def _in_countries(phrase: Phrase, countries: set[str]) -> Phrase:
    """`Tripoli, Lebanon` is the one of the two."""
    there = tuple(each for each in phrase.named if isinstance(each, Place) and each.country in countries)
    if not there or any(isinstance(each, Country) for each in phrase.named):
        return phrase
    return Phrase(phrase.text, phrase.relation, there, phrase.bearing, phrase.inside, phrase.distance_m)


def _with_countries(phrases: list[Phrase], shape: Spot, names: Gazetteer) -> list[Phrase]:
    """`The north`, where it does not say of what: of the country named, or else of that of a town named, or else of the
    country that the shape is nearest to."""
    if all(phrase.named for phrase in phrases):
        return phrases
    named = [each for phrase in phrases for each in phrase.named]
    country = next((each for each in named if isinstance(each, Country)), None)
    if country is None:
        codes = {each.country for each in named if isinstance(each, Place)}
        country = names.countries[codes.pop()] if len(codes) == 1 else nearest_country(shape, names)
    return [
        phrase if phrase.named else Phrase(phrase.text, phrase.relation, (country,), phrase.bearing, phrase.inside)
        for phrase in phrases
    ]


def _nearest(judged: list[Judged]) -> Judged:
    return min(judged, key=lambda each: each.away_m)


def _shown(judged: list[Judged]) -> tuple[Reading, ...]:
    nearest = sorted(judged, key=lambda each: each.away_m)[:MAX_READINGS]
    return tuple(Reading(each.what, each.away_m == 0, _whole(each.away_m)) for each in nearest)


def _whole(away_m: float) -> int:
    """Metres, at least 1 where it does not fit."""
    return max(1, round(away_m)) if away_m > 0 else 0


def _mismatch(phrase: Phrase, judged: list[Judged], volume: int | None = None) -> Remark:
    away = _whole(_nearest(judged).away_m)
    return Remark("TEXT_GEOMETRY_MISMATCH", phrase.text, _shown(judged), away, None, volume)


def _left_over(phrases: list[Phrase], tried: list[list[list[Judged]]], count: int) -> list[Remark]:
    """Outlines that no phrase fits, each with the phrase that comes nearest."""
    found = []
    for volume in range(count):
        nearest = min(range(len(phrases)), key=lambda i: _nearest(tried[i][volume]).away_m)
        if _nearest(tried[nearest][volume]).away_m > 0:
            found.append(_mismatch(phrases[nearest], tried[nearest][volume], volume))
    return found


def _too_coarse(phrases: list[Phrase], tried: list[list[list[Judged]]], outlines: Sequence[Outline]) -> list[Remark]:
    """Where even the closest of the phrases covers far more than all outlines together."""
    volume_km2 = max(_LEAST_KM2, sum(_area_km2(each) for each in outlines))
    covered = [max(each.area_km2 for shape in by_shape for each in shape if each.away_m == 0) for by_shape in tried]
    closest = min(range(len(phrases)), key=covered.__getitem__)
    ratio = covered[closest] / volume_km2
    return [Remark("TEXT_TOO_COARSE", phrases[closest].text, ratio=round(ratio))] if ratio > COARSE_RATIO else []


def _area_km2(outline: Outline) -> float:
    try:
        return area_km2(outline)
    except OutlineError:
        return 0.0
