from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.airspace.volume import Circle, Polygon
from beforehand.wire.hotline.words import MAX_CHARACTERS, check_words, places_named


def circle(lat: float, lng: float, radius_km: float = 10) -> Circle:
    return Circle.from_degrees(lat, lng, radius_km * 1000)


LATAKIA, DAMASCUS, DARAA, RAQQA = circle(35.52, 35.77), circle(33.51, 36.29), circle(32.62, 36.10), circle(35.95, 39.0)


@pytest.mark.parametrize("words", ["north of Syria", "the north of SYRIA", "in northern Syria", "targets in the north"])
def test_north_fits_latakia_by_one_usual_reading_and_not_by_another(words: str) -> None:
    """H4.5: it lies in the northern half and bears north of Damascus, and west-north-west of the middle."""
    ambiguous, *_ = check_words(words, [LATAKIA])
    assert ambiguous.kind == "TEXT_AMBIGUOUS"
    assert [(each.what, each.fits) for each in ambiguous.readings] == [
        ("in the northern half of Syria", True),
        ("in Syria, north of Damascus", True),
        ("in Syria, north of its middle", False),
    ]


@pytest.mark.parametrize("shape", [DAMASCUS, DARAA, circle(33.6, 36.3)])
def test_north_fits_neither_damascus_nor_daraa_by_any_reading(shape: Circle) -> None:
    """H4.5"""
    (mismatch,) = check_words("north of Syria", [shape])
    assert mismatch.kind == "TEXT_GEOMETRY_MISMATCH"
    assert len(mismatch.readings) == 3
    assert not any(each.fits for each in mismatch.readings)
    assert mismatch.distance_m == min(each.distance_m for each in mismatch.readings) > 0


def test_words_that_every_reading_fits_are_not_asked_about() -> None:
    """H4.5"""
    assert check_words("northern Syria", [circle(35.95, 39.0, 25)]) == []
    assert check_words("over Latakia", [LATAKIA]) == []
    assert check_words("", [LATAKIA]) == []


def test_words_that_cover_far_more_than_the_volume_are_too_coarse() -> None:
    """H4.5: half of Syria is 92,590 km^2, a circle of 10 km 314."""
    (coarse,) = check_words("northern Syria", [RAQQA])
    assert (coarse.kind, coarse.ratio) == ("TEXT_TOO_COARSE", 295)


def test_words_alone_are_no_geometry_and_come_first() -> None:
    """H4.5"""
    assert [each.kind for each in check_words("near Latakia", [])] == ["NO_GEOMETRY"]
    assert [each.kind for each in check_words("over the ridge", [])] == ["NO_GEOMETRY", "TEXT_NOT_READ"]


@pytest.mark.parametrize(
    ("words", "shape", "fits"),
    [
        ("40 km north of Latakia", circle(35.89, 35.79), True),
        ("40 km north of Latakia", circle(35.17, 35.79), False),
        ("off Latakia", circle(35.5, 35.4), True),
        ("off Latakia", circle(34.0, 34.0), False),
        ("west of Latakia", circle(35.5, 35.4), True),
        ("east of Latakia", circle(35.5, 35.4), False),
        ("35 km off the coast of Syria", circle(35.4, 35.5), True),
        ("near Haifa", circle(32.9, 34.9), True),
        ("near Haifa", LATAKIA, False),
        ("within 20 km of Haifa", circle(33.3, 35.0), False),
        ("חיפה", circle(32.8, 35.0), True),
        ("off Lebanon", circle(33.9, 35.2), True),
        ("between Latakia and Tartus", circle(35.2, 35.8, 25), True),
        ("south-west of Cyprus", circle(34.6, 32.6, 25), True),
    ],
)
def test_a_shape_is_where_the_words_say_or_not(words: str, shape: Circle, fits: bool) -> None:
    """H4.5"""
    kinds = {each.kind for each in check_words(words, [shape])}
    assert ("TEXT_GEOMETRY_MISMATCH" in kinds) is not fits
    assert "TEXT_NOT_READ" not in kinds


def test_north_of_a_country_may_be_outside_it() -> None:
    """H4.5"""
    remark = check_words("north of Syria", [circle(38.0, 38.0)])[0]
    assert remark.kind == "TEXT_AMBIGUOUS"
    assert [each.what for each in remark.readings if each.fits] == ["outside Syria, north of it, within 150 km"]


def test_every_place_of_a_name_is_a_reading() -> None:
    """H4.5"""
    assert check_words("near Tripoli", [circle(34.43, 35.84)]) == []
    (mismatch,) = check_words("near Tripoli", [LATAKIA])
    assert {each.what for each in mismatch.readings} == {
        "within 50 km of Tripoli (LB)",
        "within 50 km of Tripoli (LY)",
        "within 50 km of Trípoli (GR)",
    }
    (mismatch,) = check_words("near Tripoli, Lebanon", [circle(32.89, 13.19)])[:1]
    assert [each.what for each in mismatch.readings] == ["within 50 km of Tripoli"]


def test_an_outline_that_no_words_fit_is_asked_about_by_its_number() -> None:
    """H4.5"""
    (mismatch,) = check_words("near Latakia", [LATAKIA, DAMASCUS])
    assert (mismatch.kind, mismatch.volume) == ("TEXT_GEOMETRY_MISMATCH", 1)


def test_what_names_no_known_place_is_said_not_to_have_been_read() -> None:
    """H4.5: never by guessing."""
    for words in ("south of the ruined bridge", "in the north of the valley", "at the quarry"):
        assert [each.kind for each in check_words(words, [LATAKIA])] == ["TEXT_NOT_READ"]


def test_shapes_of_any_size_are_held_against_words() -> None:
    """H4.5"""
    large = Polygon(((340_000_000, 360_000_000), (340_000_000, 400_000_000), (360_000_000, 400_000_000)))
    crossed = Polygon(((0, 0), (10_000_000, 10_000_000), (0, 10_000_000), (10_000_000, 0)))
    assert check_words("Syria", [large]) == []
    assert check_words("near Latakia", [crossed])[0].kind == "TEXT_GEOMETRY_MISMATCH"


def test_places_that_words_name_are_circles_round_them() -> None:
    """H4.6"""
    (place,) = places_named("off Latakia")
    assert place == Circle(355_312_500, 357_908_800, 5_000_000)
    assert places_named("north of Syria") == []


@given(st.text(max_size=300), st.lists(st.sampled_from([LATAKIA, DARAA]), max_size=2))
def test_hostile_words_are_harmless(words: str, outlines: list[Circle]) -> None:
    """H4.5"""
    check_words(words, outlines)


@given(
    st.lists(
        st.sampled_from(
            re.split(
                " ", "north of the Syria Latakia in and or 40 km off between near southern from , ( 's Victoria within"
            )
        ),
        max_size=60,
    )
)
def test_any_order_of_known_words_is_harmless(words: list[str]) -> None:
    """H4.5"""
    remarks = check_words(" ".join(words), [LATAKIA])
    assert all(each.distance_m is None or each.distance_m > 0 for each in remarks)


@pytest.mark.parametrize(
    "words",
    [
        "\u202enorth of\u202c Latakia\x00\x1b[31m" * 40,
        "north " * 330,
        "1" * MAX_CHARACTERS,
        "\ufdfa" * MAX_CHARACTERS,
        "San Jose Victoria Richmond " * 70,
        "a" * 10_000_000,
        "Syria, " * 280,
    ],
)
def test_long_and_strange_words_take_no_long_time(words: str) -> None:
    """H4.5: bounded, whatever they are."""
    check_words("Latakia", [LATAKIA])
    began = time.perf_counter()
    check_words(words, [LATAKIA])
    assert time.perf_counter() - began < 2


def test_words_too_long_are_not_read_in_part() -> None:
    """H4.5, P8: complete or not at all."""
    words = "near Haifa" + " " * MAX_CHARACTERS
    assert [each.kind for each in check_words(words, [LATAKIA])] == ["TEXT_NOT_READ"]
