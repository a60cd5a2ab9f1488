"""What an area is called, taken apart: names of places, and what stands before them (`40 km north of`, `off`, `in the west
of`). English words around names in any of the scripts that the names are known in. Nothing is read by guessing: what is
not understood ends a phrase.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from beforehand.wire.hotline.places import COMMON, LONGEST_NAME, Gazetteer, Named, tokens

Relation: TypeAlias = Literal["at", "near", "off", "between", "within", "middle"]

_CLOCKWISE = "n nne ne ene e ese se sse s ssw sw wsw w wnw nw nnw"
_BEARINGS = {letters: i * 22.5 for i, letters in enumerate(_CLOCKWISE.split())}
_CARDINALS = {"n": "north", "e": "east", "s": "south", "w": "west"}
#: Names of the sixteen points of the compass, clockwise from north.
POINTS = tuple("-".join(_CARDINALS[letter] for letter in letters) for letters in _BEARINGS)
#: One word -> its letters: north, northern, northwest, northwestern, but not the points between those eight.
_DIRECTIONS = {
    "".join(_CARDINALS[letter] for letter in letters) + ending: letters
    for letters in _BEARINGS
    if len(letters) < 3
    for ending in ("", "ern")
}

_RELATIONS: dict[str, Relation] = {
    **dict.fromkeys(("at", "in", "inside", "over", "above"), "at"),
    **dict.fromkeys(("near", "around", "close", "outside", "beside"), "near"),
    **dict.fromkeys(("off", "offshore", "coast", "coasts", "shore", "shores", "coastline"), "off"),
    **dict.fromkeys(("central", "centre", "center", "middle"), "middle"),
    "between": "between",
    "within": "within",
}
_COAST = frozenset(("coast", "coasts", "shore", "shores", "coastline"))
_FILLING = "the of city town port village part parts side sides province region area district governorate far sea"
_FILLERS = frozenset(_FILLING.split())
_ROUTES = frozenset(("from", "to", "towards", "toward", "into", "via", "through", "past"))
_UNITS: dict[str, float] = {
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters"), 1.0),
    **dict.fromkeys(("km", "kms", "kilometre", "kilometres", "kilometer", "kilometers"), 1000.0),
    **dict.fromkeys(("nm", "nmi"), 1852.0),
    **dict.fromkeys(("mi", "mile", "miles"), 1609.344),
}
_MILES = frozenset(("mile", "miles"))
#: Half the way round the globe: no place is farther away.
_FARTHEST_M = 20_040_000


class Phrase(Struct, frozen=True):
    """`named`: all that bear the name, the largest first; none in `the north` without saying of what.

    `bearing`: degrees. `inside`: `northern Syria`, `in the north of Syria`, not merely `north of Syria`.
    `distance_m`: as in `40 km north of`.
    """

    text: str
    relation: Relation
    named: tuple[Named, ...] = ()
    bearing: float | None = None
    inside: bool = False
    distance_m: int | None = None


class _Before:
    """What has been read of a phrase before its name."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.relation: Relation = "at"
        self.letters = ""
        self.bearing: float | None = None
        self.inside = False
        self.distance_m: int | None = None
        #: The distance is one from a place: `3000 m over Latakia` is none.
        self.linked = False
        #: Something says that a place follows, even one in lower case.
        self.worded = False
        #: `the north` may stand without a name.
        self.bare = False
        #: A way, not the area; or a distance that cannot be read for sure: the name that follows says nothing.
        self.unsure = False

    def is_sure(self) -> bool:
        return not self.unsure and (not self.letters or self.bearing is not None)


def read_phrases(text: str, names: Gazetteer) -> list[Phrase]:
    """Every phrase that names a place or a side, in order, each once. Linear in the text."""
    return _Reader(text, names).read()


class _Reader:
    def __init__(self, text: str, names: Gazetteer) -> None:
        self._said = tokens(text)
        self._words = [each.casefold() for each in self._said]
        # Where everything is in capitals, a capital says nothing.
        self._cased = any(each.islower() for each in self._said)
        self._names = names
        self._found: dict[Phrase, None] = {}
        self._before = _Before(0)
        self._last: _Before | None = None

    def read(self) -> list[Phrase]:
        i = 0
        while i < len(self._words):
            i = self._step(i)
        self._flush(i)
        return list(self._found)

    def _step(self, i: int) -> int:
        """Read one word, name or distance from i on; where to go on."""
        word, before = self._words[i], self._before
        if not word[0].isalnum():
            self._flush(i)
            return i + 1
        if word[0].isdigit():
            return self._number(i)
        end = self._name(i)
        if end:
            return end
        if self._direction(i):
            return i + 1
        if word in _RELATIONS:
            self._relation(word)
        elif word in _ROUTES:
            # `40 km from X`, `close to X` are places; `from X to Y` is a way.
            before.linked = before.linked or word == "from"
            if before.distance_m is None and before.relation != "near" and before.bearing is None:
                before.unsure = True
        elif word in ("and", "or") and self._last is not None and self._last.relation != "middle":
            self._before, self._last = self._last, None
            self._before.worded = True
        elif word in ("and", "or") and before.letters:
            before.unsure = True
        elif word in _FILLERS:
            before.linked = before.linked or word == "of"
            if before.bearing is None:
                before.bare = before.bare or word == "the"
            elif word == "of":
                before.bare = False
        elif word == "country" and before.bearing is not None:
            before.bare = True
        else:
            self._flush(i + 1)
        return i + 1

    def _relation(self, word: str) -> None:
        before, relation = self._before, _RELATIONS[word]
        before.worded = True
        before.linked = before.linked or relation == "off"
        if relation == "at":
            before.bare = before.bare or before.bearing is None
            before.inside = before.inside or word in ("in", "inside")
        elif word not in _COAST or before.relation == "at":
            before.relation = relation

    def _direction(self, i: int) -> bool:
        before, word = self._before, self._words[i]
        letters = _DIRECTIONS.get(word)
        if letters is None and before.distance_m is not None and word in _BEARINGS:
            letters = word
        if letters is None:
            return False
        # north-west comes as two words, and north-north-west as three.
        before.letters += letters
        before.bearing = _BEARINGS.get(before.letters)
        before.worded = before.linked = True
        before.inside = before.inside or word.endswith("ern")
        return True

    def _number(self, i: int) -> int:
        """A number and its unit."""
        number, unit = self._words[i], self._words[i + 1] if i + 1 < len(self._words) else ""
        end = i + 2
        if unit in ("nautical", "sea") and end < len(self._words) and self._words[end] in _MILES:
            unit, end = "nm", end + 1
        if unit not in _UNITS:
            self._flush(i + 1)
            return i + 1
        try:
            distance_m = float(number) * _UNITS[unit]
        except ValueError:
            # 1,200 may be either, and 1.2.3 is nothing.
            distance_m = float("inf")
        before = self._before
        before.unsure = before.unsure or before.distance_m is not None or distance_m > _FARTHEST_M
        if not before.unsure:
            before.distance_m, before.worded = round(distance_m), True
        return end

    def _name(self, i: int) -> int:
        """Take the longest name that begins at i; where it ends, or 0 if there is none."""
        words = self._words
        for end in range(min(i + LONGEST_NAME, len(words)), i, -1):
            named = self._names.names.get(" ".join(words[i:end]))
            if named is None or all(each in COMMON for each in words[i:end]):
                continue
            if not self._is_meant(i, end):
                continue
            before = self._before
            if end < len(words) and words[end] in _COAST and before.relation == "at":
                before.relation, end = "off", end + 1
            if before.is_sure():
                text = " ".join(self._said[before.start : end])
                phrase = Phrase(
                    text,
                    before.relation,
                    named,
                    before.bearing,
                    before.inside and before.bearing is not None,
                    before.distance_m if before.linked else None,
                )
                self._found[phrase] = None
            self._last, self._before = before, _Before(end)
            self._before.bare = True
            return end
        return 0

    def _is_meant(self, i: int, end: int) -> bool:
        """Is it a name here, and not a word that happens to be one? A capital says so, or a word before, or that nothing
        else stands beside it."""
        if self._before.worded or self._before.unsure or (self._cased and not self._said[i][0].islower()):
            return True
        alone_before = i == 0 or not self._words[i - 1][0].isalnum()
        return alone_before and (end == len(self._words) or not self._words[end][0].isalnum())

    def _flush(self, end: int) -> None:
        """No name follows: `in the north` stands by itself, everything else says nothing."""
        before = self._before
        if before.bearing is not None and before.bare and before.distance_m is None and before.is_sure():
            text = " ".join(each for each in self._said[before.start : end] if each[0].isalnum())
            self._found[Phrase(text, "at", (), before.bearing, True)] = None
        self._last, self._before = None, _Before(end + (end < len(self._said) and not self._said[end][0].isalnum()))
