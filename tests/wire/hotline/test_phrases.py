from __future__ import annotations

import pytest

from beforehand.wire.hotline.phrases import Phrase, read_phrases
from beforehand.wire.hotline.places import gazetteer


def one(text: str) -> Phrase:
    (phrase,) = read_phrases(text, gazetteer())
    return phrase


def summary(phrase: Phrase) -> tuple[str, float | None, bool, int | None]:
    return phrase.relation, phrase.bearing, phrase.inside, phrase.distance_m


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Latakia", ("at", None, False, None)),
        ("over the city of Latakia", ("at", None, False, None)),
        ("near LATAKIA", ("near", None, False, None)),
        ("off Latakia", ("off", None, False, None)),
        ("off the coast of Syria", ("off", None, False, None)),
        ("Latakia's coast", ("off", None, False, None)),
        ("north of Syria", ("at", 0.0, False, None)),
        ("northern Syria", ("at", 0.0, True, None)),
        ("in the west of Syria", ("at", 270.0, True, None)),
        ("north-east of Homs", ("at", 45.0, False, None)),
        ("north-north-west of Homs", ("at", 337.5, False, None)),
        ("40 km north of Latakia", ("at", 0.0, False, 40_000)),
        ("20 nautical miles NW of Beirut", ("at", 315.0, False, 37_040)),
        ("12.5km from Haifa", ("at", None, False, 12_500)),
        ("within 20 km of Haifa", ("within", None, False, 20_000)),
        ("35 km off the coast of Syria", ("off", None, False, 35_000)),
        ("central Syria", ("middle", None, False, None)),
        ("below 3000 m over Latakia", ("at", None, False, None)),
        ("close to Latakia", ("near", None, False, None)),
    ],
)
def test_what_stands_before_a_name_is_read(text: str, expected: tuple[str, float | None, bool, int | None]) -> None:
    """H4.5"""
    phrase = one(text)
    assert summary(phrase) == expected
    assert phrase.named


def test_a_side_without_a_name_stands_by_itself() -> None:
    """H4.5"""
    phrase = one("Targets in the north.")
    assert (phrase.named, phrase.bearing, phrase.text) == ((), 0.0, "in the north")


@pytest.mark.parametrize(
    "text",
    [
        "from Damascus to Homs",
        "1,200 m north of Latakia",
        "north and west of Latakia",
        "west north of Latakia",
        "aircraft flying north, then east",
        "firing at sea, split by sectors",
        "we open the exercise in the mobile range",
    ],
)
def test_what_is_no_place_or_not_sure_is_not_read(text: str) -> None:
    """H4.5: never by guessing."""
    assert read_phrases(text, gazetteer()) == []


def test_the_north_of_the_country_stands_by_itself() -> None:
    """H4.5"""
    assert summary(one("in the north of the country")) == ("at", 0.0, True, None)


def test_controls_and_marks_of_direction_part_nothing() -> None:
    """H4.5"""
    assert one("north\u202e of\x00 \u200bLatakia").text == "north of Latakia"


def test_a_list_of_places_shares_what_stands_before_it() -> None:
    """H4.5"""
    assert [summary(each)[0] for each in read_phrases("near Latakia and Tartus", gazetteer())] == ["near", "near"]


def test_the_longest_name_is_taken() -> None:
    """H4.5"""
    assert one("near Deir ez-Zor").text == "near Deir ez Zor"
    assert one("in North Macedonia").bearing is None
