"""A day planned beforehand: nothing that was accepted meets, nobody was unknown, nothing is left of what was given up."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from tests.client.flights.judge import judge
from tests.client.flights.world import in_trail, made_up, planned
from tests.client.registry import FAULTS

from beforehand.client.flights import planner
from beforehand.client.flights.blocked import MAX_DELAY_MIN, MINUTE_US
from beforehand.client.flights.day import offset_us
from beforehand.client.flights.legs import legs_of
from beforehand.client.flights.meetings import meetings
from beforehand.client.flights.planner import MAX_ROUNDS
from beforehand.client.http import Answer


def held(folder: Path, registry: object, day: object) -> None:
    """What the judge finds, and that it judged what really stands."""
    found = judge(folder)
    assert found.meeting == found.unknown == found.left_behind == []
    stands = {id_: (version, ovn) for id_, (_, version, ovn) in registry.intents().items()}  # type: ignore[attr-defined]
    assert {each.intent_id: (each.version, each.ovn) for each in found.standing.values()} == stands


@pytest.mark.parametrize("seed", range(6))
def test_a_dense_sky_is_planned_without_a_meeting(tmp_path: Path, seed: int) -> None:
    flights = made_up(seed, 60, 8)
    day, result, registry = planned(flights, tmp_path, seed)
    held(tmp_path, registry, day)
    assert {outcome.flight.name for outcome in day.outcomes} == {flight.name for flight in flights}
    assert result.holds
    assert result.refusals > 0
    assert result.moved > 0
    assert 0 < result.real_meetings <= result.cell_level_meetings


def test_flights_as_recorded_would_have_met() -> None:
    """Or the tests above would show nothing."""
    recorded = [[leg.volume for leg in legs_of(flight, 60)] for flight in made_up(0, 60, 8)]
    assert len(meetings(recorded)) > 10


@pytest.mark.parametrize("seed", range(12))
def test_whatever_goes_wrong_on_the_way_the_sky_is_clear(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)
    day, result, registry = planned(
        made_up(seed, 30, 6),
        tmp_path,
        seed,
        lambda *_: chance.choice(FAULTS) if chance.random() < 0.2 else None,
    )
    held(tmp_path, registry, day)
    assert result.pairs_that_meet == result.left_behind == 0


def test_one_behind_the_other_each_goes_in_the_first_free_minute(tmp_path: Path) -> None:
    """Nothing else moves here, so that the first free minute is known: the flights stand as close as whole minutes allow."""
    flights = in_trail(8)
    day, _, registry = planned(flights, tmp_path)
    held(tmp_path, registry, day)
    starts = sorted(outcome.volumes[0].start_us for outcome in day.outcomes if outcome.delay_min is not None)
    assert len(starts) == 8
    # A leg's window and its neighbour's after it, that reach into each other's place, are 3 minutes together.
    assert all(3 * MINUTE_US <= other - one <= 4 * MINUTE_US for one, other in pairwise(starts))
    assert max(outcome.delay_min or 0 for outcome in day.outcomes) <= MAX_DELAY_MIN


def test_what_finds_no_free_minute_is_unplanned_and_leaves_nothing(tmp_path: Path) -> None:
    day, result, registry = planned(in_trail(26, every_s=2), tmp_path)
    held(tmp_path, registry, day)
    unplanned = [outcome for outcome in day.outcomes if outcome.delay_min is None]
    assert unplanned
    assert result.unplanned == len(unplanned)
    assert all("no minute" in outcome.reason or "rounds" in outcome.reason for outcome in unplanned)
    standing = {manager for manager, _, _ in registry.intents().values()}
    assert standing.isdisjoint(outcome.flight.operator for outcome in unplanned)


def test_rounds_are_bounded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(planner, "MAX_ROUNDS", 1)
    day, _, registry = planned(in_trail(8, every_s=5), tmp_path)
    held(tmp_path, registry, day)
    assert all(outcome.rounds <= 2 for outcome in day.outcomes)
    full, _, _ = planned(made_up(3, 60, 8))
    assert max(outcome.rounds for outcome in full.outcomes) <= MAX_ROUNDS


def test_one_s_own_legs_are_named_and_not_counted() -> None:
    day, result, _ = planned(in_trail(1))
    assert len(day.outcomes[0].legs) == 4
    assert (result.refusals, result.cell_level_meetings, day.outcomes[0].rounds) == (0, 0, 0)


def test_a_flight_moved_twice_has_versions_that_rise(tmp_path: Path) -> None:
    day, _, registry = planned(made_up(1, 60, 8), tmp_path, 1)
    versions = Counter(leg.version for outcome in day.outcomes for leg in outcome.legs)
    assert max(versions) > 1
    held(tmp_path, registry, day)


def test_without_its_holder_s_word_nothing_is_planned_through_an_intent(tmp_path: Path) -> None:
    """The registry alone gives neither OVN nor shape: who cannot ask the holder must stay out."""
    flights = in_trail(3)
    silent = flights[0].operator
    day, _, registry = planned(flights, tmp_path, peer=lambda url: Answer(0, b"") if f"/{silent}/" in url else None)
    held(tmp_path, registry, day)
    by_operator = {outcome.flight.operator: outcome for outcome in day.outcomes}
    assert any("does not tell its shape" in outcome.reason for outcome in by_operator.values())


def test_shapes_and_ovns_of_others_come_from_their_holders_alone() -> None:
    _, _, registry = planned(made_up(2, 30, 6))
    assert any(url.startswith("http://peer.test/") for method, url in registry.asked if method == "GET")


def test_shorter_legs_make_more_intents() -> None:
    minute, _, _ = planned(in_trail(1))
    quarter, _, _ = planned(in_trail(1), leg_s=15)
    assert len(quarter.outcomes[0].legs) == 4 * len(minute.outcomes[0].legs)


def test_the_day_begins_on_a_minute_at_or_after_the_time_asked() -> None:
    flights = made_up(0, 5, 2)
    first = flights[0].points[0].time_us
    for begins in (0, 1, MINUTE_US, 123_456_789):
        offset = offset_us(flights, begins)
        assert offset % MINUTE_US == 0
        assert begins <= first + offset < begins + MINUTE_US


def test_a_registry_that_stops_answering_ends_the_day_soon_and_what_is_left_is_said(tmp_path: Path) -> None:
    flights = made_up(4, 40, 6)
    day, result, registry = planned(flights, tmp_path, faults=lambda n, *_: "lost" if n > 100 else None)
    assert {outcome.flight.name for outcome in day.outcomes} == {flight.name for flight in flights}
    planned_legs = {leg.id for outcome in day.outcomes for leg in outcome.legs}
    left = {intent_id for outcome in day.outcomes for intent_id in outcome.left}
    assert set(registry.intents()) <= planned_legs | left
    assert not result.holds
    assert any("stopped answering" in outcome.reason for outcome in day.outcomes)
    assert len(registry.asked) < 100 + 6 * 60


def test_an_outage_shorter_than_patience_harms_nothing(tmp_path: Path) -> None:
    day, result, registry = planned(
        made_up(5, 30, 6), tmp_path, faults=lambda n, *_: "answer lost" if 60 <= n < 90 else None
    )
    held(tmp_path, registry, day)
    assert result.unplanned == 0
