from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from beforehand.airspace.volume import Circle, Outline, Polygon
from beforehand.wire.hotline.asks import asks
from beforehand.wire.hotline.bodies_volume import ReadVolume, VolumeBody, read_volume
from beforehand.wire.hotline.values import said_time
from beforehand.wire.hotline.words import places_named

RECEIPT_US = said_time("2018-09-17T21:39:00+03:00", "receipt").time_us


def volume(**members: Any) -> ReadVolume:
    return read_volume(msgspec.convert(members, VolumeBody), "volumes[0]")


def at(lat: float | str, lng: float | str, radius_m: float = 3000) -> ReadVolume:
    return volume(circle=[lat, lng, radius_m])


def kinds(
    now: ReadVolume,
    before: Sequence[ReadVolume] | None = None,
    near: Sequence[Outline] = (),
    agreed: Sequence[Outline] = (),
) -> list[str]:
    return [each.kind for each in asks([now], before, RECEIPT_US, near, agreed)]


def test_decimals_that_were_minutes_are_asked_about_with_the_distance() -> None:
    """H4.6: 35.52 for 35°52' is 38 km."""
    minutes, far = asks([at(35.52, 35.77)], [at("35 52 N", 35.77)], RECEIPT_US)
    assert (minutes.kind, far.kind, minutes.volume) == ("DECIMAL_MINUTES", "FAR_FROM_BEFORE", 0)
    assert minutes.distance_m is not None
    assert 38_000 < minutes.distance_m < 39_000
    assert minutes.detail == (
        "With the decimals of the latitude read as minutes, it lies at the version before; as given it is 39 km away."
    )


def test_minutes_that_were_decimals_are_asked_about() -> None:
    """H4.6"""
    assert kinds(at("35 52 N", 35.79), near=places_named("near Latakia")) == ["DECIMAL_MINUTES"]


def test_swapped_latitude_and_longitude_are_asked_about() -> None:
    """H4.6"""
    assert kinds(at(39.0, 35.95), near=places_named("near Ar Raqqah")) == ["SWAPPED_LAT_LNG"]


@pytest.mark.parametrize(("lat", "lng"), [(-35.52, 35.77), (35.52, -35.77), (-35.52, -35.77)])
def test_the_wrong_hemisphere_is_asked_about(lat: float, lng: float) -> None:
    """H4.6"""
    agreed = Polygon(((340_000_000, 350_000_000), (340_000_000, 370_000_000), (370_000_000, 360_000_000)))
    assert kinds(at(lat, lng), agreed=[agreed]) == ["HEMISPHERE"]


def test_a_polygon_is_asked_about_as_a_circle_is() -> None:
    """H4.6"""
    ring = [[35.5, 35.7], [35.6, 35.7], [35.6, 35.8], [35.5, 35.8], [35.5, 35.7]]
    swapped = volume(outline={"type": "Polygon", "coordinates": [[[lng, lat + 3] for lng, lat in ring]]})
    assert kinds(swapped, near=[Circle(355_500_000, 387_500_000, 1_000_000)]) == ["SWAPPED_LAT_LNG"]


def test_a_place_as_expected_or_with_nothing_to_hold_it_against_is_not_asked_about() -> None:
    """H4.6"""
    assert kinds(at(35.52, 35.77)) == []
    assert kinds(at(35.52, 35.77), [at(35.52, 35.75)], places_named("off Latakia")) == []
    assert kinds(volume(), [volume()], places_named("off Latakia")) == []


def test_9_km_from_the_version_before_is_far() -> None:
    """H4.6: as off Deir ez-Zor in 2016."""
    (far,) = asks([at(35.3, 40.1, 1000)], [at(35.3, 40.2, 1000)], RECEIPT_US)
    assert (far.kind, far.distance_m) == ("FAR_FROM_BEFORE", pytest.approx(9075, abs=10))
    assert kinds(at(35.3, 40.1, 2000), [at(35.3, 40.2, 2000)]) == []


def test_feet_and_metres_are_asked_about() -> None:
    """H4.6"""
    assert kinds(volume(upper={"value": 3000, "unit": "m"}), [volume(upper={"value": 3000, "unit": "ft"})]) == [
        "FEET_METRES"
    ]


def window(start: str, end: str) -> ReadVolume:
    return volume(**{"from": f"2018-09-{start}:00+03:00", "to": f"2018-09-{end}:00+03:00"})


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (window("17T23:40", "17T00:20"), None),  # the end a day too early
        (window("17T23:40", "17T23:40"), None),
        (window("16T21:45", "16T22:15"), None),  # over before it was received
        (window("18T22:45", "18T23:15"), None),  # begins in 25 h
        (window("18T21:45", "18T22:15"), window("17T21:45", "17T22:15")),
        (window("18T21:00", "18T21:30"), window("17T21:45", "17T22:15")),
        (window("16T21:45", "17T22:15"), window("17T21:45", "17T22:15")),
    ],
)
def test_a_day_mistaken_is_asked_about(now: ReadVolume, before: ReadVolume | None) -> None:
    """H4.6"""
    assert kinds(now, None if before is None else [before]) == ["DAY_ROLLOVER"]


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (window("17T21:45", "17T22:15"), None),
        (window("20T21:45", "20T22:15"), None),  # days ahead, as announced works are
        (window("18T22:45", "18T23:15"), window("18T22:00", "18T23:00")),
        (window("16T12:00", "16T12:30"), None),
    ],
)
def test_other_windows_are_not(now: ReadVolume, before: ReadVolume | None) -> None:
    """H4.6"""
    assert kinds(now, None if before is None else [before]) == []


def test_volumes_are_named_by_their_number() -> None:
    """H4.6"""
    before = [at(35.5, 35.8), at(33.5, 36.3)]
    (far,) = asks([at(35.5, 35.8), at(33.5, 36.9)], before, RECEIPT_US)
    assert (far.kind, far.volume) == ("FAR_FROM_BEFORE", 1)
    (far,) = asks([at(33.5, 36.9)], before, RECEIPT_US)
    assert far.volume == 0
