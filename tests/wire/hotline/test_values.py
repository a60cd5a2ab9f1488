from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.values import (
    Datum,
    Reference,
    SaidAltitude,
    Unit,
    ceiling,
    convert,
    floor,
    growth_mm,
    said_time,
    words,
)

units: st.SearchStrategy[Unit] = st.sampled_from(("ft", "m", "km", "fl"))
references: st.SearchStrategy[Reference] = st.sampled_from(("wgs84", "amsl", "agl", "fl", "unknown"))
said = st.builds(
    SaidAltitude,
    st.floats(allow_nan=True, allow_infinity=True),
    units,
    references,
    st.none() | st.floats(allow_nan=True, allow_infinity=True),
)


def test_a_flight_level_without_qnh_is_widened_by_300_m() -> None:
    """H4.6"""
    level = SaidAltitude(250, "fl")
    assert (floor(level), ceiling(level)) == (7_320_000, 7_920_000)
    assert words(level) == "FL 250 without QNH, ±300 m"
    assert convert(level).widened_mm == 300_000


def test_a_flight_level_with_qnh_is_corrected_by_27_ft_for_each_hectopascal() -> None:
    """H4.6: 10 hPa below standard is 270 ft lower; what is left is 30 m, and 110 m between sea level and ellipsoid."""
    level = SaidAltitude(100, "fl", "fl", 1003.25)
    nominal_mm = (10_000 - 270) * Fraction("304.8")
    assert floor(level) == nominal_mm - 140_000
    assert ceiling(level) == nominal_mm + 140_000
    assert words(level) == "FL 100 on QNH 1003.25 hPa, ±140 m"


@pytest.mark.parametrize(
    ("reference", "below_m", "above_m"),
    [("wgs84", 0, 0), ("amsl", 110, 110), ("unknown", 200, 200), ("agl", 500, 9000)],
)
def test_each_reference_widens_by_what_it_leaves_unsure(reference: Reference, below_m: int, above_m: int) -> None:
    """H4.6"""
    height = convert(SaidAltitude(1000, "m", reference))
    assert (height.lower_mm, height.upper_mm) == (1_000_000 - below_m * 1000, 1_000_000 + above_m * 1000)
    assert height.widened_mm == above_m * 1000


def test_feet_are_exact_and_rounded_outwards_once() -> None:
    """H4.6: 1 ft is 304.8 mm; 0.1 m is 100 mm, though no double is 0.1."""
    assert (floor(SaidAltitude(1, "ft", "wgs84")), ceiling(SaidAltitude(1, "ft", "wgs84"))) == (304, 305)
    assert floor(SaidAltitude(0.1, "m", "wgs84")) == ceiling(SaidAltitude(0.1, "m", "wgs84")) == 100
    assert floor(SaidAltitude(-1, "ft", "wgs84")) == -305
    assert ceiling(SaidAltitude(1.2345, "km", "wgs84")) == 1_234_500


@pytest.mark.parametrize(
    "altitude",
    [
        SaidAltitude(float("nan"), "m"),
        SaidAltitude(1e300, "ft"),
        SaidAltitude(1.7e308, "km"),
        SaidAltitude(100, "fl", "amsl"),
        SaidAltitude(100, "fl", "fl", 29.92),
        SaidAltitude(100, "fl", "fl", float("inf")),
        SaidAltitude(-9000, "m"),
    ],
)
def test_what_is_no_height_is_refused_with_its_field(altitude: SaidAltitude) -> None:
    """H4.6"""
    with pytest.raises(BadField) as refused:
        convert(altitude, "volumes[0].lower")
    assert refused.value.reason == "bad_altitude"
    assert refused.value.field.startswith("volumes[0].lower.")


@given(said)
def test_any_height_is_read_outwards_or_refused(altitude: SaidAltitude) -> None:
    """H4.6"""
    try:
        height = convert(altitude)
    except BadField:
        return
    assert height.lower_mm <= height.upper_mm
    assert height.said == words(altitude)
    if altitude.reference != "wgs84":
        assert height.widened_mm > 0


def test_words_say_what_was_not_reckoned_with() -> None:
    """H4.6"""
    assert words(SaidAltitude(3000, "ft", "amsl", 1013)) == (
        "3000 ft above mean sea level (QNH 1013 hPa, not reckoned with), ±110 m"
    )
    assert words(SaidAltitude(500, "ft", "agl")) == "500 ft above ground, terrain unknown, -500 to +9000 m"
    assert words(SaidAltitude(100.5, "m", "wgs84")) == "100.5 m above the WGS84 ellipsoid"


def test_a_time_is_kept_with_its_zone() -> None:
    """H4.6"""
    time = said_time("2018-09-17T21:39:00+03:00", "from")
    assert time.said == "2018-09-17T21:39:00+03:00"
    assert time.time_us == said_time("2018-09-17T18:39:00Z", "from").time_us


@given(st.text())
def test_a_time_without_zone_or_no_time_is_refused(text: str) -> None:
    """H4.6"""
    for bad in (text.replace("T", " "), "2018-09-17T21:39:00"):
        with pytest.raises(BadField) as refused:
            said_time(bad, "from")
        assert refused.value.reason == "bad_time"


@pytest.mark.parametrize(("datum", "growth"), [("wgs84", 0), ("unknown", 200_000), ("ed50", 200_000)])
def test_an_unknown_datum_grows_an_outline_by_200_m(datum: Datum, growth: int) -> None:
    """H4.6"""
    assert growth_mm(datum) == growth
