"""Flights: split at gaps, without what no aircraft can have flown, and nobody forgotten."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.client.flights.records import Ident, Point, Traffic
from beforehand.client.flights.tracks import GAP_US, OUTLIER, REPEATED, flights_of, operator_of, reachable, split

SECOND = 1_000_000


def straight(count: int, begin_s: int = 0, lat: float = 47.0, lng: float = 8.0, every_s: int = 5) -> list[Point]:
    """An aircraft at 3 km, eastwards at some 200 m/s."""
    return [Point((begin_s + i * every_s) * SECOND, lat, lng + 0.0026 * every_s * i, 3_000.0) for i in range(count)]


def test_a_gap_of_more_than_ten_minutes_ends_a_flight() -> None:
    points = [Point(0, 47, 8, 0), Point(GAP_US, 47, 8, 0), Point(2 * GAP_US + 1, 47, 8, 0)]
    assert [len(track) for track in split(points, Counter())] == [2, 1]


def test_a_point_out_of_reach_is_left_out_and_counted() -> None:
    points = straight(20)
    wrong = points[7]._replace(lat=10.0), points[12]._replace(altitude_m=0.0, time_us=points[12].time_us + 1)
    unusable: Counter[str] = Counter()
    assert split([wrong[0], *points, wrong[1]], unusable) == [points]
    assert unusable == Counter({OUTLIER: 2})


def test_a_wrong_first_point_does_not_hide_the_flight() -> None:
    points = straight(5)
    assert split([points[0]._replace(time_us=-SECOND, lng=-80.0), *points], Counter()) == [points]


def test_two_senders_with_one_name_are_two_flights() -> None:
    one, other = straight(10), straight(10, begin_s=2, lat=40.0)
    assert split([*one, *other], Counter()) == [one, other]


def test_one_place_a_time() -> None:
    points = straight(4)
    unusable: Counter[str] = Counter()
    moved = points[2]._replace(lng=points[2].lng + 0.001)
    assert split([*points, moved, points[1]], unusable) == [points]
    assert unusable == Counter({REPEATED: 2})


@pytest.mark.parametrize(
    ("icao24", "callsign", "operator"),
    [
        ("4b1815", "SWR123", "SWR"), ("4b1815", "swr1", "SWR"), ("3ed6a0", "D-KWFW", "DKW"), ("a", "N342WN", "N34"),
        ("a", "SS", "SS"), ("4b1815", "", "4B1815"), ("", "", "UNKNOWN"), ("4b1815", "---", "4B1815"),
        ("", "\u00c9/../", "UNKNOWN"),
    ],
)  # fmt: skip
def test_the_operator_is_the_prefix_of_the_callsign(icao24: str, callsign: str, operator: str) -> None:
    assert operator_of(Ident(icao24, callsign)) == operator


points = st.builds(
    Point, st.integers(0, 4_000).map(lambda s: s * SECOND), st.floats(46, 48), st.floats(7, 9), st.floats(0, 12_000)
)


@given(
    st.dictionaries(
        st.builds(Ident, st.sampled_from("abc"), st.sampled_from(["", "X1"])), st.lists(points, max_size=25)
    )
)
def test_nobody_is_forgotten_and_every_point_is_accounted_for(heard: dict[Ident, list[Point]]) -> None:
    records = sum(map(len, heard.values()))
    found = flights_of(Traffic(records, heard, Counter(), {}))
    assert {flight.ident for flight in found.flights} | set(found.without) == set(heard)
    assert all(not heard[ident] for ident in found.without)
    assert sum(len(flight.points) for flight in found.flights) + found.unusable.total() == records
    assert len({flight.name for flight in found.flights}) == len(found.flights)
    for flight in found.flights:
        for one, other in zip(flight.points, flight.points[1:], strict=False):
            assert one.time_us < other.time_us <= one.time_us + GAP_US
            assert reachable(one, other)
