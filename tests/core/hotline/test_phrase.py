"""The check phrase, held to the page from which others implement it."""

from __future__ import annotations

import json
import re
from base64 import b32encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from beforehand.airspace.volume import Circle, Outline, Polygon, Volume
from beforehand.core.hotline.phrase import CHARACTERS, SPELLED, canonical, day_value, phrase, spelled

PAGE = (Path(__file__).parents[3] / "docs" / "phrase.md").read_text()
VECTORS = [json.loads(each) for each in re.findall(r"```json\n(.*?)\n```", PAGE, re.DOTALL)]

ROUND = Circle(355_200_000, 357_700_000, 3_000_000)
TOLD = Volume(ROUND, 0, 3_000_000, 1_800_001_800_000_000, 1_800_003_000_000_000)


def by_the_page(vector: dict[str, Any]) -> tuple[str, str]:
    """Day's value and phrase, made from what the page says and the standard library alone."""
    value = sha256(f"beforehand/pair-day/v1\n{vector['pair_value']}\n{vector['day']}".encode()).hexdigest()[:32]
    told = f"beforehand/check-phrase/v1\n{value}\n{vector['canonical']}".encode()
    return value, b32encode(sha256(told).digest()).decode()[:6]


def volumes_of(vector: dict[str, Any]) -> list[Volume]:
    found = []
    for each in json.loads(vector["canonical"])["volumes"]:
        area: Outline | None = None
        if each["area"] is not None and "circle" in each["area"]:
            area = Circle(*each["area"]["circle"])
        elif each["area"] is not None:
            area = Polygon(tuple((lat, lng) for lat, lng in each["area"]["polygon"]))
        found.append(Volume(area, each["lower_mm"], each["upper_mm"], each["start_us"], each["end_us"]))
    return found


def test_the_page_has_vectors_of_every_kind():
    """H3.2: circle, polygon, several volumes, words alone, nothing told; and they differ."""
    assert len(VECTORS) >= 6
    assert len({each["phrase"] for each in VECTORS}) == len(VECTORS)
    written = "".join(each["canonical"] for each in VECTORS)
    for part in ('"circle"', '"polygon"', '"area":null', '"volumes":[]', "},{"):
        assert part in written


@pytest.mark.parametrize("vector", VECTORS, ids=[each["phrase"] for each in VECTORS])
def test_every_vector_of_the_page_holds(vector):
    """H3.2: day's value, canonical form, phrase and how it is spelled."""
    told, volumes = json.loads(vector["canonical"]), volumes_of(vector)
    assert canonical(told["category"], told["version"], volumes).decode() == vector["canonical"]
    assert day_value(vector["pair_value"], vector["day"]) == vector["day_value"]
    assert phrase(vector["day_value"], told["category"], told["version"], volumes) == vector["phrase"]
    assert spelled(vector["phrase"]) == vector["spelled"]
    assert by_the_page(vector) == (vector["day_value"], vector["phrase"])


def test_the_page_spells_every_character():
    """H3.2: base 32 in spelling-alphabet form."""
    table = dict(re.findall(r"\| ([A-Z2-7]) \| ([A-Za-z-]+) (?=\|)", PAGE))
    assert table == SPELLED
    assert "".join(SPELLED) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    assert len(set(SPELLED.values())) == 32
    assert all(word[0] == letter for letter, word in SPELLED.items() if letter.isalpha())
    assert [SPELLED[digit] for digit in "234567"] == ["Two", "Three", "Four", "Five", "Six", "Seven"]


@pytest.mark.parametrize(
    "other",
    [
        replace(TOLD, outline=replace(ROUND, lat_e7=ROUND.lat_e7 + 1)),
        replace(TOLD, outline=replace(ROUND, lng_e7=ROUND.lng_e7 + 1)),
        replace(TOLD, outline=replace(ROUND, radius_mm=ROUND.radius_mm + 1)),
        replace(TOLD, outline=None),
        replace(TOLD, lower_mm=1),
        replace(TOLD, lower_mm=None),
        replace(TOLD, upper_mm=3_000_001),
        replace(TOLD, start_us=TOLD.start_us + 1),
        replace(TOLD, end_us=TOLD.end_us + 1),
    ],
)
def test_a_phrase_changes_with_the_least_of_what_was_told(other):
    """H3.2: area, band, times, rounded as kept."""
    assert phrase("00", "other", 1, [TOLD]) != phrase("00", "other", 1, [other])


def test_a_phrase_changes_with_day_category_version_and_order():
    """H3.2: and has six characters, whatever it is made of."""
    other = replace(TOLD, lower_mm=1)
    made = [
        phrase("00", "other", 1, [TOLD, other]),
        phrase("01", "other", 1, [TOLD, other]),
        phrase("00", "exercise", 1, [TOLD, other]),
        phrase("00", "other", 2, [TOLD, other]),
        phrase("00", "other", 1, [other, TOLD]),
        phrase("00", "other", 1, [TOLD]),
    ]
    assert len(set(made)) == len(made)
    assert {len(each) for each in made} == {CHARACTERS} == {6}


def test_many_phrases_use_all_characters_in_all_places():
    """H3.2: thirty bits of the hash, none of them lost."""
    made = [phrase("00", "other", version, []) for version in range(600)]
    for place in range(6):
        assert {each[place] for each in made} == set(SPELLED)
