from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.wire.hotline.places import COMMON, Country, Place, fold, gazetteer, tokens


@pytest.mark.parametrize(
    "name", ["Latakia", "LATTAKIA", "al-Ladhiqiyah", "Al Lādhiqīyah", "Латакия", "לטקיה", "اللاذقية"]
)
def test_latakia_is_known_by_its_names(name: str) -> None:
    """H4.5"""
    (place,) = gazetteer().names[fold(name)]
    assert isinstance(place, Place)
    assert (place.name, place.country) == ("Latakia", "SY")


def test_a_country_goes_before_the_towns_of_its_name() -> None:
    """H4.5"""
    first, *others = gazetteer().names["lebanon"]
    assert isinstance(first, Country)
    assert all(isinstance(each, Place) for each in others)


def test_the_middle_of_syria_is_that_of_the_box_of_its_towns() -> None:
    """H4.5"""
    syria = gazetteer().countries["SY"]
    south, west, north, east = syria.box
    assert (syria.middle.lat_e7, syria.middle.lng_e7) == ((south + north) // 2, (west + east) // 2)
    assert syria.capital is not None
    assert syria.capital.name == "Damascus"


def test_a_country_across_the_antimeridian_has_its_middle_in_it() -> None:
    """H4.5"""
    fiji = gazetteer().countries["FJ"]
    assert 1_770_000_000 < fiji.middle.lng_e7 < 1_800_000_000


def test_common_words_name_nothing() -> None:
    """H4.5"""
    assert not COMMON & gazetteer().names.keys()


def test_names_are_compared_without_case_accents_and_apostrophes() -> None:
    """H4.5"""
    assert fold("Dar‘ā") == fold("DARA") == "dara"
    assert fold("Deir ez-Zor") == "deir ez zor"
    assert tokens("Latakia's coast") == ["Latakia", "coast"]


@given(st.text(max_size=200))
def test_any_text_comes_apart(text: str) -> None:
    """H4.5: hostile text is harmless."""
    assert all(each and not each.isspace() and each.isprintable() for each in tokens(text))
