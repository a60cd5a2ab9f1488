"""Zones and movements (H6.2, H6.4): whose, when, who may see them; and the warnings of aircraft in them."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from msgspec.structs import replace

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.decide import places
from beforehand.core.hotline.state import EARLIEST, LATEST
from beforehand.core.hotline.terms import BufferTerms, Terms
from beforehand.core.hotline.views import zone_view
from core.hotline.line import MINUTE_US, Hand, Line, circle
from core.hotline.slices import restart


def three() -> tuple[Line, Hand, Hand, Hand]:
    line = Line()
    return line, line.party("GREY"), line.party("TEAL"), line.party("PLUM")


def zones_of(hand: Hand) -> list[Any]:
    return list(hand.line.act(c.ListZones(hand.by)).view["zones"])


def movements_of(hand: Hand) -> list[Any]:
    return list(hand.line.act(c.ListMovements(hand.by)).view["movements"])


def test_a_zone_is_declared_by_its_owner_or_reported_about_a_non_party() -> None:
    """H6.4: shown as reported, by whom, how old."""
    line, grey, _, _ = three()
    grey.zone(active_min=[(0, 10), (20, None)])
    grey.zone(nonparty="HILLS")
    line.now_us = line.at(65)
    declared, reported = zones_of(grey)
    assert (declared.said, declared.nonparty, declared.age) == ("declared by GREY", None, "1 h 05 min")
    assert (reported.said, reported.nonparty) == ("reported by GREY about HILLS", "HILLS")
    assert declared.active == [["2027-01-15T08:00:00Z", "2027-01-15T08:10:00Z"], ["2027-01-15T08:20:00Z", None]]
    assert (declared.capability, declared.capability_from, declared.ended, declared.shared) == (None, None, None, [])
    assert (declared.party, declared.kind) == ("GREY", "air_defence")
    assert [each.outline for each in declared.bodies] == [circle(radius_m=8_000)]
    assert zone_view(line.state, line.state.zones[declared.zone], line.at(-5)).age == "0 s"


def test_a_zone_is_seen_by_its_owner_and_whom_it_is_shared_with() -> None:
    """H6.4, P5: nobody else learns that it is there."""
    line, grey, teal, plum = three()
    zone = grey.zone(shared=["TEAL", "GREY", "TEAL"])
    assert line.state.zones[zone.id].shared == ("TEAL",)
    assert [each.zone for each in zones_of(teal)] == [zone.id]
    assert zones_of(plum) == []
    grey.zone()
    assert len(zones_of(teal)) == 1


@pytest.mark.parametrize(
    ("active", "window"),
    [
        ([(5, 10), (0, 7)], (0, 10)),
        ([(0, 10), (20, None)], (0, None)),
        ([(0, None), (20, 30)], (0, None)),
    ],
)
def test_a_zone_stands_in_the_index_from_its_first_active_time_to_its_last(active: Any, window: Any) -> None:
    """H6.4: open-ended where one of its times is."""
    line, grey, _, _ = three()
    grey.zone(active_min=active)
    (place,) = line.state.places.values()
    assert place.start_us == line.at(window[0])
    assert place.end_us == (LATEST if window[1] is None else line.at(window[1]))


def test_a_zone_that_is_never_active_meets_nothing() -> None:
    """H6.4: its place is held, and it is met at no time."""
    line, grey, teal, _ = three()
    teal.zone(active_min=[])
    (place,) = line.state.places.values()
    assert (place.start_us, place.end_us) == (EARLIEST, LATEST)
    assert grey.give().tellings == {}


def test_what_a_zone_may_not_name() -> None:
    """H1.2, H6.4: a non-party that one has not named, somebody who is not there."""
    line, grey, teal, _ = three()
    line.done(c.NameNonparty(teal.by, "HILLS", ""))
    plain = c.SetZone(grey.by, "range", None, (grey.volume(),), ((line.at(0), None),), (), "{}")
    assert line.refused(replace(plain, nonparty="HILLS")) == "unknown_code"
    assert line.refused(replace(plain, shared=("NONE",))) == "unknown_code"
    line.done(plain)


def test_posture_changes_from_when_it_is_said() -> None:
    """H6.4: a capability class, and from when; by whoever set the zone, while it stands."""
    line, grey, teal, _ = three()
    zone = grey.zone(shared=["TEAL"])
    posture = c.SetPosture(grey.by, zone.id, "long range", line.at(90))
    assert line.done(posture).id == zone.id
    shown = zones_of(teal)[0]
    assert (shown.capability, shown.capability_from) == ("long range", "2027-01-15T09:30:00Z")
    assert line.refused(replace(posture, by=teal.by)) == "not_found"
    assert line.refused(replace(posture, zone="nowhere")) == "not_found"
    line.done(c.EndZone(grey.by, zone.id))
    assert line.refused(posture) == "zone_over"


def test_a_zone_ends_once_by_whoever_set_it() -> None:
    """H6.4: it leaves the picture, and is still shown as ended."""
    line, grey, teal, _ = three()
    zone = grey.zone(shared=["TEAL"])
    assert line.refused(c.EndZone(teal.by, zone.id)) == "not_found"
    assert line.refused(c.EndZone(grey.by, "nowhere")) == "not_found"
    line.now_us = line.at(3)
    assert line.done(c.EndZone(grey.by, zone.id)).id == zone.id
    assert line.refused(c.EndZone(grey.by, zone.id)) == "zone_over"
    assert line.state.places == {}
    assert line.state.parties["GREY"].zones == {}
    assert line.state.parties["GREY"].ended == {("zone", zone.id): None}
    assert zones_of(teal)[0].ended == "2027-01-15T08:03:00Z"


def test_a_movement_is_nobody_elses_to_see_and_ends_once() -> None:
    """H6.2: leg by leg in time."""
    line, grey, teal, _ = three()
    movement = grey.move()
    assert line.refused(c.EndMovement(teal.by, movement.id)) == "not_found"
    assert line.refused(c.EndMovement(grey.by, "nowhere")) == "not_found"
    (shown,) = movements_of(grey)
    assert (shown.movement, shown.party, shown.ended) == (movement.id, "GREY", None)
    assert shown.legs == [["2027-01-15T08:20:00Z", "2027-01-15T09:00:00Z"]]
    assert len(shown.bodies) == 1
    assert movements_of(teal) == []
    line.now_us = line.at(3)
    assert line.done(c.EndMovement(grey.by, movement.id)).id == movement.id
    assert line.refused(c.EndMovement(grey.by, movement.id)) == "movement_over"
    assert line.state.places == {}
    assert line.state.parties["GREY"].movements == {}
    assert movements_of(grey)[0].ended == "2027-01-15T08:03:00Z"


def test_a_movement_has_several_legs_and_each_is_found() -> None:
    """H6.2: by its own window and place; of one that meets twice both meetings are said."""
    line, grey, teal, _ = three()
    teal.move()
    one = next(iter(line.state.shapes.values()))[0]
    own = next(iter(line.state.movements.values())).legs[0]
    back = replace(one, from_lat_e7=one.to_lat_e7, from_lng_e7=one.to_lng_e7, to_lat_e7=one.from_lat_e7,
                   to_lng_e7=one.from_lng_e7, start_us=one.end_us, end_us=line.at(100))  # fmt: skip
    movement = line.done(c.DeclareMovement(teal.by, (one, back), (own.cells, own.cells), "{}"))
    legs = line.state.movements[movement.id].legs
    assert [(leg.number, leg.kind, leg.version) for leg in legs] == [(1, "movement", 0), (2, "movement", 0)]
    assert (legs[1].start_us, legs[1].end_us) == (back.start_us, back.end_us)
    assert (legs[0].lower_mm, legs[0].upper_mm) == (500_000, 1_500_000)
    grey.give(grey.volume(to_min=90))
    met = [each for each in line.events(e.Touched)[0].meetings if each.id == movement.id]
    assert len(met) == 2


@pytest.mark.parametrize(("name", "made"), [("LIVE_ZONES_MAX", "zone"), ("LIVE_MOVEMENTS_MAX", "move")])
def test_of_each_a_party_has_so_many(name: str, made: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """P8: and may set another when one has ended."""
    line, grey, teal, _ = three()
    monkeypatch.setattr(places, name, 2)
    first = getattr(grey, made)()
    getattr(grey, made)()
    with pytest.raises(AssertionError, match="quota"):
        getattr(grey, made)()
    getattr(teal, made)()
    line.done((c.EndZone if made == "zone" else c.EndMovement)(grey.by, first.id))
    getattr(grey, made)()


# Warnings ---------------------------------------------------------------------------------------------------------------


def warnings(line: Line) -> list[tuple[Any, ...]]:
    """Who was warned of what, whatever came first; who else may see both does depend on what came first."""
    assert all(each.to[0] == each.party for each in line.events(e.ZoneWarned))
    return sorted((each.party, each.kind, each.nonparty, each.start, each.end) for each in line.events(e.ZoneWarned))


def declare(line: Line, hands: dict[str, Hand], what: str) -> None:
    if what == "notice":
        hands["GREY"].give()
    elif what == "zone":
        hands["TEAL"].zone(nonparty="HILLS", shared=["GREY"], active_min=[(0, 49)])
    elif what == "own zone":
        hands["GREY"].zone(active_min=[(0, 49)])
    elif what == "movement":
        hands["PLUM"].move()
    elif what == "flight":
        hands["PLUM"].give(hands["PLUM"].volume(circle(35.54, 35.77, 1_000), 35, 48), category="unmanned_flight")
    elif what == "flight in words":
        hands["PLUM"].give(hands["PLUM"].volume(from_min=35, to_min=48, nowhere=True))
    elif what == "notice in words":
        hands["GREY"].give(hands["GREY"].volume(nowhere=True))
    elif what == "far notice":
        hands["GREY"].give(hands["GREY"].volume(circle(35.62, 35.77, 1_000)))


@pytest.mark.parametrize("buffer_m", [0, 4_000])
@pytest.mark.parametrize(
    "things",
    [
        ("notice", "zone", "movement"),
        ("notice", "own zone", "movement"),
        ("notice", "zone", "flight"),
        ("notice", "zone", "flight in words"),
        ("notice in words", "zone", "movement"),
        ("far notice", "zone", "movement"),
    ],
)
def test_the_same_is_warned_of_whatever_comes_last(things: tuple[str, ...], buffer_m: int) -> None:
    """H6.4: in all six orders, for a movement and for a notified flight, beside a zone within buffers, in words alone."""
    found = set()
    for order in permutations(things):
        line = Line()
        hands = {code: line.party(code) for code in ("GREY", "TEAL", "PLUM")}
        line.agreement(hands["GREY"], hands["TEAL"], terms=Terms(buffers=BufferTerms(buffer_m * 1000)))
        for what in order:
            declare(line, hands, what)
        found.add(str([each for each in warnings(line) if each[0] == "PLUM"]))
        assert bool(line.events(e.RelayNeeded)) == (
            "own zone" not in things and (things[0] != "far notice" or buffer_m > 0)
        )
    assert len(found) == 1
    nothing = things[0] == "far notice" and not buffer_m
    assert (found == {"[]"}) == nothing


def test_a_warning_says_whose_aircraft_and_when_it_is_in_the_zone_while_the_notice_is_there() -> None:
    """H6.4: to its party; to those of zone and notice who may see both."""
    line, grey, teal, plum = three()
    zone = teal.zone(active_min=[(0, 40)], nonparty="HILLS")
    movement = plum.move(start=(35.5, 35.7), end=(35.5, 35.75))
    notice = grey.give()
    (warned,) = line.events(e.ZoneWarned)
    assert (warned.zone, warned.notice, warned.version) == (zone.id, notice.id, 1)
    assert (warned.party, warned.kind, warned.id, warned.nonparty) == ("PLUM", "movement", movement.id, "HILLS")
    assert (warned.start, warned.end) == (line.at(30), line.at(40))
    assert warned.to == ["PLUM"]
    shown = plum.fetch(notice).zone_warnings
    assert [(each.zone, each.kind, each.party, each.nonparty) for each in shown] == [
        (zone.id, "movement", "PLUM", "HILLS")
    ]
    assert (shown[0].start, shown[0].end) == ("2027-01-15T08:30:00Z", "2027-01-15T08:40:00Z")
    assert teal.fetch(notice).zone_warnings == []
    assert grey.fetch(notice).zone_warnings == []


def test_to_whom_a_warning_goes_besides() -> None:
    """H6.4, P5: the zone's party and the giver where each may see zone and aircraft; nobody twice."""
    line, grey, teal, plum = three()
    teal.zone(shared=["GREY"])
    flight = plum.give(plum.volume(circle(35.54, 35.77, 1_000), 35, 48))
    assert set(flight.tellings) == {"TEAL"}
    first = grey.give(category="exercise")
    assert [each.to for each in line.events(e.ZoneWarned) if each.notice == first.id] == [["PLUM", "TEAL"]]
    other = grey.give(grey.volume(from_min=36, to_min=37), category="exercise")
    plum.change(flight, plum.volume(circle(35.54, 35.77, 1_100), 35, 48))
    assert "GREY" in flight.tellings
    assert [each.to for each in line.events(e.ZoneWarned) if each.notice == other.id] == [["PLUM", "TEAL"]]
    third = grey.give(grey.volume(from_min=36, to_min=37), category="exercise")
    assert [each.to for each in line.events(e.ZoneWarned) if each.notice == third.id] == [["PLUM", "TEAL", "GREY"]]
    assert [each.party for each in grey.fetch(third).zone_warnings] == ["PLUM"]
    teal.move()
    assert {tuple(each.to) for each in line.events(e.ZoneWarned) if each.kind == "movement"} == {("TEAL",)}


def test_who_is_warned_is_told_of_the_notice_though_it_meets_nothing_of_its_own() -> None:
    """H6.4: the volumes that are in the zone at that time, and no others; the giver learns nothing of it."""
    line, grey, teal, plum = three()
    teal.zone(circle(radius_m=25_000))
    plum.move(start=(35.70, 35.77), end=(35.71, 35.78))
    notice = grey.give(
        grey.volume(),
        grey.volume(circle(35.6, 35.6)),
        grey.volume(from_min=70, to_min=80),
        grey.volume(circle(37.0, 35.77)),
    )
    assert [each.volumes for each in notice.tellings["PLUM"]] == [[1, 2]]
    assert notice.tellings["PLUM"][0].why == (("an aircraft of yours is in a zone there", ""),)
    assert "PLUM" not in notice.current.conflicts
    assert "PLUM" not in notice.current.touched
    assert [each.party for each in line.events(e.ConflictFound)] == ["TEAL"]
    assert [each.party for each in grey.fetch(notice).conflicts] == ["TEAL"]
    assert plum.fetch(notice).meetings == []
    assert len(plum.fetch(notice).zone_warnings) == 1
    before = len(line.journal)
    restart(line)
    plum.move(start=(35.70, 35.77), end=(35.71, 35.78))
    assert [type(event) for _, event, _ in line.journal[before:]] == [e.MovementDeclared, e.ZoneWarned, e.Looked]


def test_several_aircraft_of_one_party_are_warned_of_one_by_one_and_it_is_told_once() -> None:
    """H6.4: each once, however many legs or volumes of it are there."""
    line, grey, teal, plum = three()
    teal.zone(circle(radius_m=25_000))
    first = plum.move(start=(35.70, 35.77), end=(35.71, 35.78))
    second = plum.move(start=(35.70, 35.77), end=(35.71, 35.78))
    notice = grey.give(grey.volume(), grey.volume(circle(35.6, 35.6)))
    assert [each.id for each in line.events(e.ZoneWarned)] == [first.id, second.id]
    assert len(line.events(e.NoticeTold)) == 2
    assert set(notice.warned) == {
        (line.events(e.ZoneWarned)[0].zone, 1, "movement", first.id),
        (line.events(e.ZoneWarned)[0].zone, 1, "movement", second.id),
    }


@pytest.mark.parametrize(
    ("category", "flies"),
    [
        ("air_operation", True), ("unmanned_flight", True), ("medical_evacuation", True), ("search_and_rescue", True),
        ("hazardous_activity", False), ("exercise", False), ("humanitarian_movement", False),
        ("work_near_the_line", False), ("other", False),
    ],
)  # fmt: skip
def test_which_notices_are_of_aircraft(category: str, flies: bool) -> None:
    """H6.4: a notified aircraft is one under a category in which something flies."""
    line, grey, teal, plum = three()
    teal.zone()
    plum.give(plum.volume(circle(35.54, 35.77, 1_000), 35, 48), category=category)
    grey.give(category="exercise")
    assert bool(line.events(e.ZoneWarned)) == flies


def test_what_is_no_occasion_for_a_warning() -> None:
    """H6.4: one's own notice, another time of either, a zone that is not active, an aircraft beside it, what is over."""
    line, grey, teal, plum = three()
    zone = teal.zone(active_min=[(0, 29), (51, 60)])
    grey.move()
    plum.move()
    grey.give()
    assert not line.events(e.ZoneWarned)
    other = teal.zone(circle(radius_m=1_000), active_min=[(0, 90)])
    plum.move(start=(35.60, 35.77), end=(35.60, 35.80))
    line.done(c.EndZone(teal.by, zone.id))
    before = len(line.events(e.ZoneWarned))
    line.done(c.EndZone(teal.by, other.id))
    plum.move()
    grey.give()
    assert len(line.events(e.ZoneWarned)) == before
    late = teal.zone(active_min=[(0, 90)])
    count = len(line.events(e.ZoneWarned))
    for notice in list(line.state.notices.values()):
        grey.say(notice, "withdrawn")
    plum.move()
    assert len(line.events(e.ZoneWarned)) == count
    assert late


@pytest.mark.parametrize(
    ("from_min", "to_min", "warned"), [(50, 60, True), (50.1, 60, False), (10, 30, True), (10, 29.9, False)]
)
def test_an_aircraft_is_in_the_zone_at_the_time_of_the_notice(from_min: float, to_min: float, warned: bool) -> None:
    """H6.4: touching counts, as everywhere."""
    line, grey, teal, plum = three()
    teal.zone(circle(radius_m=20_000))
    plum.move(start=(35.52, 35.77), end=(35.53, 35.78), from_min=from_min, to_min=to_min)
    grey.give()
    assert bool(line.events(e.ZoneWarned)) == warned


def test_a_new_version_is_warned_of_anew_and_a_former_one_no_more() -> None:
    """H4.10, H6.4: by version; a version that has left is beside no zone."""
    line, grey, teal, plum = three()
    teal.zone(nonparty="HILLS")
    plum.move()
    notice = grey.give()
    grey.change(notice, grey.volume(to_min=55))
    assert [each.version for each in line.events(e.ZoneWarned)] == [1, 2]
    grey.change(notice, grey.volume(circle(37.0, 35.77)))
    plum.move()
    assert [each.version for each in line.events(e.ZoneWarned)] == [1, 2]
    teal.zone(nonparty="HILLS")  # meets versions 1 and 2, which TEAL has in its picture, and not the newest
    assert [each.version for each in line.events(e.ZoneWarned)] == [1, 2]
    assert [each.version for each in line.events(e.RelayNeeded)] == [1, 2]


def test_without_exact_shapes_nobody_is_warned() -> None:
    """P7: cells alone do not say that an aircraft is in a zone."""
    line, grey, teal, plum = three()
    zone = teal.zone()
    plum.move()
    del line.state.shapes[zone.id, 0]
    grey.give()
    assert not line.events(e.ZoneWarned)
    line, grey, teal, plum = three()
    teal.zone()
    movement = plum.move()
    del line.state.shapes[movement.id, 0]
    grey.give()
    assert not line.events(e.ZoneWarned)


@pytest.mark.parametrize(("gap_mm", "gap_us", "warned"), [(0, 0, True), (1, 0, False), (0, 1, False)])
def test_no_buffer_makes_an_aircraft_be_in_a_zone(gap_mm: int, gap_us: int, warned: bool) -> None:
    """H6.4: in it, or touching it; not a millimetre above, nor a microsecond after it was active."""
    line, grey, teal, plum = three()
    line.agreement(grey, plum, terms=Terms(buffers=BufferTerms(5_000_000, 500_000, 60)))
    plum.move(start=(35.52, 35.77), end=(35.53, 35.78), from_min=35, to_min=40, lower_m=500)
    upper_mm, end_us = 500_000 - gap_mm, line.at(35) - gap_us
    volume = replace(teal.volume(circle(radius_m=8_000), None, None), upper_mm=upper_mm)
    line.done(c.SetZone(teal.by, "range", None, (volume,), ((line.at(0), end_us),), (), "{}"))
    grey.give()
    assert bool(line.events(e.ZoneWarned)) == warned


def test_a_warning_of_a_version_that_counts_no_more_is_shown_no_more() -> None:
    """H4.10, H6.4: moved out of its way and SEEN, a notice warns of what it meets now; the record keeps what it met."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    line.agreement(grey, teal, terms=Terms(tell={"*": ["TEAL"]}))
    teal.zone(nonparty="HILLS")
    teal.move()
    notice = grey.give()
    assert [each.version for each in teal.fetch(notice).zone_warnings] == [1]
    line.done(c.ShiftNotice(grey.by, notice.id, 60 * MINUTE_US, False))
    assert [each.version for each in teal.fetch(notice).zone_warnings] == [1]
    teal.see(notice)
    assert teal.fetch(notice).zone_warnings == []
    assert len(line.events(e.ZoneWarned)) == 1
