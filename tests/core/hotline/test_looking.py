"""Whom a notice concerns (H4.7 to H4.9): found exactly, told its part, in slices that may be interrupted anywhere."""

from __future__ import annotations

from itertools import product
from math import cos, radians, sin
from typing import Any

import pytest
from msgspec.structs import replace

from beforehand.airspace.cells import cover, pack
from beforehand.airspace.volume import Circle, Polygon
from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.decide import looking
from beforehand.core.hotline.state import Notice, Work
from beforehand.core.hotline.terms import BufferTerms, Terms
from beforehand.core.stamp import Caller
from beforehand.core.strategic import commands as s
from core.hotline.line import Hand, Line, circle
from core.hotline.slices import giving_alone, restart, slice_of_work, slices

FAR = (36.5, 33.0)
#: So many millimetres of latitude are one degree on the sphere that the airspace uses.
DEGREE_MM = 111_195_080


def grey_and_teal(terms: Terms | None = None) -> tuple[Line, Hand, Hand]:
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    if terms is not None:
        line.agreement(grey, teal, terms=terms)
    return line, grey, teal


def buffered(horizontal_m: int = 0, vertical_m: int = 0, time_s: int = 0) -> Terms:
    return Terms(buffers=BufferTerms(horizontal_m * 1000, vertical_m * 1000, time_s))


def told(notice: Notice, hand: Hand) -> list[list[int]]:
    """The volumes of each telling of a party."""
    return [each.volumes for each in notice.tellings.get(hand.code, ())]


def north(metres: float, radius_m: float = 3_000) -> Circle:
    """A circle so far north of the one off Latakia, centre from centre."""
    here = circle()
    return Circle(here.lat_e7 + round(metres * 1e10 / DEGREE_MM), here.lng_e7, round(radius_m * 1000))


def test_who_has_nothing_there_is_told_nothing() -> None:
    """H4.7: neither a notice, nor a movement or zone far away concerns anybody."""
    line, grey, teal = grey_and_teal()
    teal.move(start=FAR, end=(36.6, 33.1))
    teal.zone(circle(*FAR))
    teal.give(teal.volume(circle(*FAR)))
    notice = grey.give()
    assert notice.tellings == {}
    assert notice.current.looked
    assert not line.events(e.ConflictFound)
    assert line.state.notices[notice.id].current.conflicts == {}


@pytest.mark.parametrize("what", ["notice", "movement", "zone"])
def test_who_has_something_there_is_told_and_the_giver_learns_whom_to_ask(what: str) -> None:
    """H4.7, H4.8: by a notice, a movement, a zone; the giver learns no more than whom to ask about which of its volumes."""
    line, grey, teal = grey_and_teal()
    has = {"notice": lambda: teal.give(), "movement": lambda: teal.move(), "zone": lambda: teal.zone()}
    id_ = has[what]().id  # type: ignore[no-untyped-call]
    notice = grey.give()
    conflict, touched = line.events(e.ConflictFound)[0], line.events(e.Touched)[0]
    assert conflict == e.ConflictFound(notice.id, 1, "GREY", "TEAL", [1], [])
    assert (touched.party, touched.volumes) == ("TEAL", [1])
    assert [(each.volume, each.kind, each.id) for each in touched.meetings] == [(1, what, id_)]
    assert notice.current.conflicts == {"TEAL": {(1, what, id_): None}}
    assert told(notice, teal) == [[1]]
    assert [(each.cause, each.id) for each in line.events(e.NoticeTold)[0].why] == [("meets something of yours", "")]
    assert notice.tellings["TEAL"][0].why == (("meets something of yours", ""),)


def test_ones_own_is_no_conflict() -> None:
    """H4.7: what the giver has there itself is not said to anybody."""
    line, grey, _ = grey_and_teal()
    grey.move()
    grey.zone()
    grey.give()
    grey.give()
    assert not line.events(e.ConflictFound)
    assert not line.events(e.Touched)


def test_a_meeting_is_where_both_are() -> None:
    """H4.9: band and window that both share, exactly."""
    line, grey, teal = grey_and_teal()
    teal.give(teal.volume(from_min=40, to_min=70, lower_m=1_000, upper_m=9_000))
    grey.give(grey.volume(from_min=30, to_min=50, lower_m=0, upper_m=3_000))
    (meeting,) = line.events(e.Touched)[0].meetings
    assert (meeting.lower, meeting.upper) == (1_000_000, 3_000_000)
    assert (meeting.start, meeting.end) == (line.at(40), line.at(50))


@pytest.mark.parametrize("first", ["theirs", "mine"])
@pytest.mark.parametrize(
    ("metres", "buffer_m", "meets"),
    [(5_990, 0, True), (6_010, 0, False), (8_990, 3_000, True), (9_010, 3_000, False)],
)
def test_buffers_grow_the_volumes_in_place(first: str, metres: int, buffer_m: int, meets: bool) -> None:
    """H4.7: to the metre, whichever came first."""
    line, grey, teal = grey_and_teal(buffered(horizontal_m=buffer_m))
    if first == "theirs":
        teal.zone(north(metres))
    notice = grey.give()
    if first == "mine":
        teal.zone(north(metres))
    assert bool(line.events(e.ConflictFound)) == meets
    assert (told(notice, teal) == [[1]]) == meets


@pytest.mark.parametrize("first", ["theirs", "mine"])
@pytest.mark.parametrize(
    ("gap_mm", "buffer_m", "meets"), [(0, 0, True), (1, 0, False), (5_000, 5, True), (5_001, 5, False)]
)
def test_buffers_grow_the_volumes_in_height(first: str, gap_mm: int, buffer_m: int, meets: bool) -> None:
    """H4.7: to the millimetre."""
    line, grey, teal = grey_and_teal(buffered(vertical_m=buffer_m))
    if first == "theirs":
        teal.zone(lower_m=3_000 + gap_mm / 1000)
    grey.give()
    if first == "mine":
        teal.zone(lower_m=3_000 + gap_mm / 1000)
    assert bool(line.events(e.ConflictFound)) == meets


@pytest.mark.parametrize("first", ["theirs", "mine"])
@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize(
    ("gap_us", "buffer_s", "meets"), [(0, 0, True), (1, 0, False), (60_000_000, 60, True), (60_000_001, 60, False)]
)
def test_buffers_grow_the_volumes_in_time(first: str, side: str, gap_us: int, buffer_s: int, meets: bool) -> None:
    """H4.7: to the microsecond, before and after."""
    line, grey, teal = grey_and_teal(buffered(time_s=buffer_s))
    given = grey.volume()
    assert given.start_us is not None
    assert given.end_us is not None
    if side == "before":
        theirs = replace(teal.volume(), start_us=given.start_us - 600_000_000, end_us=given.start_us - gap_us)
    else:
        theirs = replace(teal.volume(), start_us=given.end_us + gap_us, end_us=given.end_us + 600_000_000)
    zone = c.SetZone(
        teal.by,
        "range",
        None,
        (replace(theirs, start_us=None, end_us=None),),
        ((theirs.start_us, theirs.end_us),),
        (),
        "{}",
    )
    if first == "theirs":
        line.done(zone)
    grey.give(given)
    if first == "mine":
        line.done(zone)
    assert bool(line.events(e.ConflictFound)) == meets


def test_the_widest_of_several_buffers_counts() -> None:
    """H4.7: in each dimension that of the agreement in which it is widest, whoever the other is."""
    line = Line()
    grey, teal, plum, rust = (line.party(code) for code in ("GREY", "TEAL", "PLUM", "RUST"))
    line.agreement(grey, teal, terms=buffered(horizontal_m=1_000, vertical_m=300, time_s=5))
    line.agreement(grey, plum, terms=buffered(horizontal_m=4_000, vertical_m=100, time_s=60))
    notice = grey.give()
    buffers = looking.buffers_of(line.state, notice.current.agreements)
    assert (buffers.horizontal_mm, buffers.vertical_mm, buffers.time_us) == (4_000_000, 300_000, 60_000_000)
    none = looking.buffers_of(line.state, [])
    assert (none.horizontal_mm, none.vertical_mm, none.time_us) == (0, 0, 0)
    rust.zone(north(9_900))
    assert told(notice, rust) == [[1]]
    rust.move(start=(north(7_000).lat_e7 / 1e7, 35.77), end=(north(7_900).lat_e7 / 1e7, 35.77))
    assert {kind for _, kind, _ in notice.current.conflicts["RUST"]} == {"zone", "movement"}


def test_each_is_told_its_part_a_volume_whole_or_not_at_all() -> None:
    """H4.7: of three volumes each is told those that concern it, whole; and what was said of the whole to nobody but all."""
    line = Line()
    grey, teal, plum = (line.party(code) for code in ("GREY", "TEAL", "PLUM"))
    teal.zone(circle(radius_m=100))
    plum.zone(north(40_000), active_min=[(0, 200)])
    plum.zone(north(80_000), active_min=[(0, 200)])
    notice = grey.give(grey.volume(), grey.volume(north(40_000)), grey.volume(north(80_000)))
    assert told(notice, teal) == [[1]]
    assert told(notice, plum) == [[2, 3]]
    assert {each.party: each.volumes for each in line.events(e.ConflictFound)} == {"TEAL": [1], "PLUM": [2, 3]}
    shown = teal.fetch(notice)
    assert [each.volumes for each in shown.told] == [[1]]
    assert {each.volume for each in shown.meetings} == {1}
    assert shown.conflicts == []


def test_more_of_a_version_is_told_when_more_of_it_concerns() -> None:
    """H4.7: what comes later adds to what was told, and what was told already is not told again."""
    line, grey, teal = grey_and_teal()
    teal.zone()
    notice = grey.give(grey.volume(), grey.volume(north(40_000)))
    teal.zone(circle(radius_m=500))
    assert told(notice, teal) == [[1]]
    teal.zone(north(40_000))
    assert told(notice, teal) == [[1], [1, 2]]
    assert [each.volumes for each in line.events(e.ConflictFound)] == [[1], [1], [2]]


@pytest.mark.parametrize(
    ("km2", "span_us", "volumes"),
    [(100, 3_600_000_000, [1]), (101, 3_600_000_000, []), (100, 3_600_000_001, [])],
)
def test_of_a_large_or_long_volume_the_giver_gets_one_answer_for_the_whole(
    km2: int, span_us: int, volumes: list[int]
) -> None:
    """H4.8: over 100 km² or 1 h."""
    line, grey, teal = grey_and_teal()
    teal.zone()
    given = grey.volume()
    assert given.start_us is not None
    notice = grey.give(replace(given, km2=km2, end_us=given.start_us + span_us))
    assert line.events(e.ConflictFound)[0].volumes == volumes
    assert told(notice, teal) == [[1]]
    (shown,) = grey.fetch(notice).conflicts
    assert shown.volumes == (volumes or None)


@pytest.mark.parametrize("lacks", ["start_us", "end_us", "cells"])
def test_a_volume_without_end_or_place_gets_one_answer_for_the_whole(lacks: str) -> None:
    """H4.8: nobody knows how large or long it is."""
    line, grey, teal = grey_and_teal()
    teal.zone()
    given = replace(grey.volume(nowhere=True) if lacks == "cells" else replace(grey.volume(), **{lacks: None}), km2=0)
    grey.give(given, category="announced_operation")
    assert [each.volumes for each in line.events(e.ConflictFound)] == [[]]


def test_one_large_volume_among_those_met_makes_one_answer_and_others_do_not() -> None:
    """H4.8: a large volume that meets nothing leaves the others their numbers."""
    line, grey, teal = grey_and_teal()
    teal.zone()
    large = replace(grey.volume(north(40_000)), km2=500)
    grey.give(grey.volume(), large)
    assert line.events(e.ConflictFound)[0].volumes == [1]
    teal.zone(north(40_000))
    grey.give(grey.volume(), large)
    assert line.events(e.ConflictFound)[-1].volumes == []


def test_the_giver_sees_what_is_met_where_it_may_see_that_object() -> None:
    """H4.8: a zone that is shared with it, a notice that it was told; not a movement."""
    line, grey, teal = grey_and_teal()
    zone = teal.zone(shared=["GREY"])
    teal.move()
    theirs = teal.give()  # not told to GREY: it had nothing there
    notice = grey.give(category="exercise")
    conflict = line.events(e.ConflictFound)[-1]
    assert [each.id for each in conflict.meetings] == [zone.id]
    assert len(conflict.meetings) < len(line.events(e.Touched)[-1].meetings) == 3
    assert [each.id for each in grey.fetch(notice).conflicts[0].meetings] == [zone.id]
    teal.change(theirs, teal.volume(circle(radius_m=2_900)))
    assert "GREY" in theirs.tellings
    assert {each.id for each in grey.fetch(notice).conflicts[0].meetings} == {zone.id, theirs.id}


def test_a_place_in_words_alone_may_be_anywhere() -> None:
    """H4.5, H4.7, P7: it meets whatever is there at its time, whichever comes first."""
    line, grey, teal = grey_and_teal()
    teal.zone(circle(*FAR), active_min=[(0, 29), (31, 40)])
    teal.move(start=FAR, end=(36.6, 33.1), from_min=51, to_min=60)
    notice = grey.give(grey.volume(nowhere=True))
    assert [kind for _, kind, _ in notice.current.conflicts["TEAL"]] == ["zone"]
    teal.move(start=FAR, end=(36.6, 33.1), from_min=50, to_min=60)
    assert [kind for _, kind, _ in notice.current.conflicts["TEAL"]] == ["zone", "movement"]
    rust = line.party("RUST")
    later = rust.give(rust.volume(circle(34.0, 33.0)))
    assert [kind for _, kind, _ in later.current.conflicts["GREY"]] == ["notice"]
    grey.say(notice, "withdrawn")
    assert "GREY" not in rust.give(rust.volume(circle(34.0, 33.0))).tellings


def test_a_place_in_words_alone_is_looked_at_only_in_its_own_time() -> None:
    """H4.5: both bounds, and none where none is said."""
    line, grey, teal = grey_and_teal()
    notice = grey.give(grey.volume(nowhere=True))
    zone = c.SetZone(teal.by, "range", None, (teal.volume(),), ((line.at(0), line.at(30) - 1),), (), "{}")
    line.done(zone)
    line.done(replace(zone, active=((line.at(50) + 1, None),)))
    assert notice.tellings == {}
    line.done(replace(zone, active=((line.at(0), line.at(30)),)))
    assert list(notice.tellings) == ["TEAL"]
    open_ended = grey.give(grey.volume(nowhere=True, from_min=None, to_min=None), category="announced_operation")
    assert list(open_ended.tellings) == ["TEAL"]


def test_an_announced_operation_meets_whatever_is_there_whenever() -> None:
    """H4.1: without a window it takes part as unbounded."""
    _line, grey, teal = grey_and_teal()
    teal.zone(active_min=[(0, 10)])
    teal.zone(active_min=[(10_000, None)])
    notice = grey.give(grey.volume(from_min=None, to_min=None), category="announced_operation")
    assert len(notice.current.conflicts["TEAL"]) == 2


def test_a_zone_is_met_only_while_it_is_active() -> None:
    """H6.4: between two active times nobody is there; in each of them there is a meeting of its own."""
    line, grey, teal = grey_and_teal()
    teal.zone(active_min=[(0, 29.9), (50.1, 90)])
    grey.give()
    assert not line.events(e.ConflictFound)
    teal.zone(active_min=[(0, 31), (49, 90), (95, None)])
    (touched,) = line.events(e.Touched)
    assert [(each.start, each.end) for each in touched.meetings] == [
        (line.at(30), line.at(31)), (line.at(49), line.at(50))]  # fmt: skip


def test_what_has_ended_concerns_nobody() -> None:
    """H4.7: a zone, a movement or a notice that is over; nor is anything looked for from it."""
    line, grey, teal = grey_and_teal()
    zone, movement, theirs = teal.zone(), teal.move(), teal.give()
    line.done(c.EndZone(teal.by, zone.id))
    line.done(c.EndMovement(teal.by, movement.id))
    teal.say(theirs, "withdrawn")
    notice = grey.give()
    assert notice.tellings == {}
    grey.say(notice, "withdrawn")
    teal.move()
    assert notice.current.conflicts == {}
    line.decide(c.SetZone(teal.by, "range", None, (teal.volume(),), ((line.at(0), None),), (), "{}"))
    assert list(line.state.work) == [Work("look", "zone", next(reversed(line.state.zones)), 0)]
    line.decide(c.EndZone(teal.by, next(reversed(line.state.zones))))
    assert not line.state.work


def test_what_ends_while_it_is_looked_at_is_passed_over() -> None:
    """H4.7: between two slices a zone ended, and a notice was withdrawn."""
    line, grey, teal = grey_and_teal()
    zone, movement = teal.zone(), teal.move()
    notice = giving_alone(grey)
    slice_of_work(line)
    line.decide(c.EndZone(teal.by, zone.id))
    slices(line)
    assert [kind for _, kind, _ in notice.current.conflicts["TEAL"]] == ["movement"]
    other = giving_alone(grey)
    line.decide(c.SetZone(teal.by, "range", None, (teal.volume(),), ((line.at(0), None),), (), "{}"))
    line.state.work.pop(Work("look", "notice", other.id, 1))  # let the zone be looked from first
    slice_of_work(line)
    line.decide(c.MoveNotice(grey.by, other.id, "withdrawn"))
    slices(line)
    assert other.current.conflicts == {}
    assert movement.id in line.state.movements


def test_standard_intents_take_part_as_cells_and_are_never_called_clear() -> None:
    """H4.9: by cells, window and band; one's own do not count."""
    line, grey, _ = grey_and_teal(buffered(vertical_m=10, time_s=10))
    given = grey.volume(north(40_000))
    assert given.start_us is not None
    assert given.end_us is not None

    def intent(number: int, subject: str, start_us: int, end_us: int, lower_mm: int = 0, upper_mm: int = 1_000) -> None:
        extent = s.Extent(given.cells[:4], lower_mm, upper_mm, start_us, end_us)
        id_ = bytes(6) + b"\x40\x00\x80" + number.to_bytes(7, "big")
        knows = frozenset(each.ovn for each in line.machine.strategic.intents.values())
        caller = Caller("https://i", subject)
        reply = line.decide(
            s.PutIntent(caller, id_, None, extent, s.IntentState.ACCEPTED, "https://u", knows, None, None, None)
        )
        assert reply.created

    start, end = given.start_us, given.end_us
    intent(1, "uss", start - 60_000_000, start - 10_000_000)
    intent(2, "uss", start - 60_000_000, start - 10_000_001)
    intent(3, "uss", end + 10_000_000, end + 20_000_000)
    intent(4, "uss", end + 10_000_001, end + 20_000_000)
    intent(5, "uss", start, end, 3_010_000, 4_000_000)
    intent(6, "uss", start, end, 3_010_001, 4_000_000)
    intent(7, "uss", start, end, -20_000, -10_000)
    intent(8, "uss", start, end, -20_000, -10_001)
    notice = grey.give(grey.volume(), given)
    (event,) = line.events(e.CellsOnly)
    assert [int(id_[-4:], 16) for id_, _ in event.intents] == [1, 3, 5, 7]
    assert (event.count, event.giver, event.version) == (4, "GREY", 1)
    assert {subject for _, subject in event.intents} == {"uss"}
    assert (notice.current.cells_only, notice.current.cells_only_us) == (4, notice.current.cells_only_us)
    words = grey.fetch(notice).cells_only
    assert words is not None
    assert words.startswith("CELLS ONLY since 2027-01-15T")
    assert words.endswith(": 4 standard intents, never called clear")
    grey.give(grey.volume(from_min=500, to_min=510))
    assert len(line.events(e.CellsOnly)) == 1


def test_cells_of_buffers_count_for_standard_intents_too() -> None:
    """H4.7, H4.9: an intent beside the volume, within its buffer."""
    for buffer_m, found in ((0, False), (8_000, True)):
        line, grey, _ = grey_and_teal(buffered(horizontal_m=buffer_m))
        beside = pack(cover(north(9_000, 500)))
        given = grey.volume()
        assert given.start_us is not None
        assert given.end_us is not None
        extent = s.Extent(beside, 0, 1_000, given.start_us, given.end_us)
        line.decide(s.PutIntent(Caller("https://i", "uss"), bytes(6) + b"\x40\x00\x80" + bytes(7), None, extent,
                                s.IntentState.ACCEPTED, "https://u", frozenset(), None, None, None))  # fmt: skip
        grey.give()
        assert bool(line.events(e.CellsOnly)) == found


def test_ones_own_standard_intents_are_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """H4.9: by the subject under which the party is known; and of very many only some are named, and all counted."""
    line = Line()
    operator = c.Speaker(Caller("operator", "operator"), operator=True)
    line.done(c.CreateParty(operator, "GREY", "participant", "https://i", "grey", "k", "p", "inv", "{}"))
    joined = line.done(c.Join(c.Speaker(Caller("", "")), "GREY", "inv", "login", "{}"))
    grey = Hand(line, "GREY", joined.id).as_("senior")
    given = grey.volume()
    assert given.start_us is not None
    assert given.end_us is not None
    extent = s.Extent(given.cells[:4], 0, 1_000, given.start_us, given.end_us)
    for number, subject in enumerate(["grey", "uss", "uss"], 1):
        id_ = bytes(6) + b"\x40\x00\x80" + number.to_bytes(7, "big")
        knows = frozenset(each.ovn for each in line.machine.strategic.intents.values())
        line.decide(s.PutIntent(Caller("https://i", subject), id_, None, extent, s.IntentState.ACCEPTED, "https://u",
                                knows, None, None, None))  # fmt: skip
    monkeypatch.setattr(looking, "INTENTS_MAX", 1)
    grey.give()
    (event,) = line.events(e.CellsOnly)
    assert [int(id_[-4:], 16) for id_, _ in event.intents] == [2]
    assert event.count == 2


def test_without_an_exact_shape_cells_must_do() -> None:
    """H4.9: what shares cells with something whose shape is held no more is not called clear."""
    line, grey, teal = grey_and_teal()
    line.decide(teal.giving(teal.volume(circle(35.52, 35.805, 100), lower_m=5_000, upper_m=6_000)))
    theirs = next(iter(line.state.notices.values()))
    slices(line)
    del line.state.shapes[theirs.id, 1]
    notice = grey.give()
    (touched,) = line.events(e.Touched)
    assert touched.meetings == [e.MeetingFact(1, "notice", theirs.id, None, None, line.at(30), line.at(50))]
    assert told(notice, teal) == [[1]]


def test_what_is_too_large_to_be_named_by_cells_is_looked_at_everywhere() -> None:
    """H4.7: buffers that reach thousands of cells hide nothing, whichever comes first."""
    _line, grey, teal = grey_and_teal(buffered(horizontal_m=150_000))
    near, far = circle(36.8, 35.77), circle(38.0, 35.77)
    teal.zone(near)
    teal.zone(far)
    notice = grey.give()
    assert len(notice.current.conflicts["TEAL"]) == 1
    teal.zone(near)
    teal.zone(far)
    teal.move(start=(36.8, 35.7), end=(36.81, 35.8))
    teal.move(start=(38.0, 35.7), end=(38.0, 35.8))
    assert len(notice.current.conflicts["TEAL"]) == 3


def test_a_movement_is_met_leg_by_leg_where_it_is_at_that_time() -> None:
    """H4.9, H6.2: it is on its way through the volume within the window, not before or after."""
    line, grey, teal = grey_and_teal()
    notice = grey.give()
    teal.move(from_min=0, to_min=29.9)
    teal.move(from_min=50.1, to_min=90)
    assert notice.tellings == {}
    teal.move(from_min=0, to_min=60)
    (touched,) = line.events(e.Touched)
    (meeting,) = touched.meetings
    assert meeting.start is not None
    assert line.at(30) <= meeting.start < line.at(50)


# Slices -----------------------------------------------------------------------------------------------------------------


def crowd(count: int = 3) -> tuple[Line, Hand]:
    """A giver, and so many parties each with a movement and a zone there."""
    line = Line()
    grey = line.party("GREY")
    for number in range(count):
        other = line.party(f"C{number:03}X")
        other.move()
        other.zone()
    return line, grey


def said(line: Line) -> list[Any]:
    """What entries say of meetings, and to whom it was told, but for ids and salts."""
    found: list[Any] = []
    for _, event, _ in line.journal:
        if isinstance(event, e.Touched):
            found.append((event.party, tuple((each.volume, each.kind) for each in event.meetings)))
        elif isinstance(event, e.ConflictFound):
            found.append((event.party, tuple(event.volumes)))
        elif isinstance(event, e.NoticeTold):
            found.append((event.party, "told", tuple(event.volumes)))
    return sorted(found, key=str)


def test_a_search_may_be_interrupted_anywhere_and_says_everything_exactly_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """H4.7, P1: after each slice the node is stopped and started again from its journal."""
    monkeypatch.setattr(looking, "SLICE", 2)
    monkeypatch.setattr(looking, "PARTIES_A_SLICE", 2)
    line, grey = crowd(5)
    grey.give()
    whole = said(line)
    assert len(whole) == 15
    for every in range(1, 12, 2):
        line, grey = crowd(5)
        giving_alone(grey)
        at = 0
        while slice_of_work(line):
            at += 1
            if at == every:
                restart(line)
        restart(line)
        assert said(line) == whole
        assert len(line.events(e.Looked)) == 11
        assert line.machine.next_work() is None


def test_a_search_is_begun_anew_after_a_restart_and_names_how_far_it_looked() -> None:
    """H4.7: `to_entry` is the first entry that it did not see."""
    line, grey = crowd(1)
    notice = giving_alone(grey)
    given_at = len(line.journal)
    slice_of_work(line)
    line.decide(c.NameNonparty(grey.by, "HILLS", ""))
    slices(line)
    looked = line.events(e.Looked)[-1]
    assert looked == e.Looked("notice", notice.id, 1, "GREY", given_at)
    assert notice.current.looked
    notice = giving_alone(grey)
    slice_of_work(line)
    restart(line)
    line.decide(c.NameNonparty(grey.by, "VALLEY", ""))
    named_at = len(line.journal)
    slices(line)
    assert line.events(e.Looked)[-1].to_entry == named_at


def test_a_search_takes_its_slices_one_by_one() -> None:
    """H4.7: it gathers, compares so many at a time, writes of meetings, then of all else; comparing writes nothing."""
    line, grey = crowd(1)
    giving_alone(grey)
    kinds = []
    for _ in range(5):
        before = len(line.journal)
        assert slice_of_work(line)
        kinds.append([type(event) for _, event, _ in line.journal[before:]])
    assert kinds == [[], [], [e.ConflictFound, e.Touched], [e.ZoneWarned, e.Looked], [e.PairKeyed, e.NoticeTold]]
    assert not slice_of_work(line)


@pytest.mark.parametrize(("pairs", "slices_needed"), [(39, 1), (40, 1), (41, 2)])
def test_a_slice_compares_so_many(pairs: int, slices_needed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """H4.7: 40 a slice; those of many corners count for more."""
    line, grey, teal = grey_and_teal()
    for _ in range(pairs):
        line.decide(
            c.SetZone(teal.by, "range", None, (teal.volume(circle(radius_m=100)),), ((line.at(0), None),), (), "{}")
        )
    line.catch_up()
    giving_alone(grey)
    slice_of_work(line)
    search = next(iter(line.state.searches.values()))
    assert len(search.pairs) == pairs
    count = 0
    while search.pairs:
        slice_of_work(line)
        count += 1
    assert count == slices_needed


@pytest.mark.parametrize(("corners", "slices_needed"), [(98, 2), (99, 3)])
def test_many_corners_count_for_more(corners: int, slices_needed: int) -> None:
    """H4.7: one comparison more for each 50 corners of the two."""
    line, grey, teal = grey_and_teal()
    for _ in range(40 if corners == 98 else 41):
        line.decide(
            c.SetZone(teal.by, "range", None, (teal.volume(circle(radius_m=100)),), ((line.at(0), None),), (), "{}")
        )
    line.catch_up()
    ring = [
        (35.52 + 0.02 * sin(radians(360 * at / corners)), 35.77 + 0.02 * cos(radians(360 * at / corners)))
        for at in range(corners)
    ]
    giving_alone(grey, grey.volume(Polygon.from_degrees(ring)))
    slice_of_work(line)
    search = next(iter(line.state.searches.values()))
    count = 0
    while search.pairs:
        slice_of_work(line)
        count += 1
    # 98 corners and 1 of the circle: 1 + 99 // 50 = 2 each, 20 a slice; 99 and 1: 1 + 100 // 50 = 3 each, 14 a slice.
    assert count == slices_needed


def test_so_many_parties_are_written_and_told_in_one_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    """H4.7: 48 of them; the last slice of writing says that it is done."""
    assert looking.PARTIES_A_SLICE == 48
    monkeypatch.setattr(looking, "PARTIES_A_SLICE", 2)
    line, grey = crowd(4)
    notice = giving_alone(grey)
    written = []
    while True:
        before = len(line.journal)
        if not slice_of_work(line):
            break
        kinds = [type(event) for _, event, _ in line.journal[before:]]
        written.append((kinds.count(e.Touched), kinds.count(e.Looked), kinds.count(e.NoticeTold)))
    assert [each for each in written if any(each)] == [(2, 0, 0), (2, 0, 0), (0, 1, 0), (0, 0, 2), (0, 0, 2)]
    assert len(line.events(e.Touched)) == 4
    assert len(line.events(e.NoticeTold)) == 4
    assert [len(told(notice, Hand(line, f"C{each:03}X", ""))) for each in range(4)] == [1] * 4


def test_they_are_told_in_the_order_in_which_they_came_onto_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """P6: no code decides who is told first, nor does what they have there."""
    line = Line()
    grey = line.party("GREY")
    hands = [line.party(code) for code in ("ZINC", "AMBR", "MINT")]
    for hand in reversed(hands):
        hand.zone()
    grey.give()
    assert [each.party for each in line.events(e.ConflictFound)] == ["ZINC", "AMBR", "MINT"]
    assert [each.party for each in line.events(e.NoticeTold)] == ["ZINC", "AMBR", "MINT"]


def test_a_pair_given_during_a_search_is_found_by_the_later_one() -> None:
    """H4.7: nothing falls between two searches, wherever the first one stands."""
    for stop in range(5):
        line, grey, teal = grey_and_teal()
        teal.zone(circle(radius_m=100))
        notice = giving_alone(grey)
        for _ in range(stop):
            slice_of_work(line)
        movement = teal.move()  # looks for itself, and finishes the search under way
        found = [(each.kind, each.id) for touched in line.events(e.Touched) for each in touched.meetings]
        assert sorted(kind for kind, _ in found) == ["movement", "zone"]
        assert ("movement", movement.id) in found
        assert told(notice, teal) == [[1]]


def test_of_some_that_were_said_only_the_others_are_said_again() -> None:
    """H4.7: a zone was looked from before the notice's own search wrote; its movement was not."""
    line, grey, teal = grey_and_teal()
    notice = giving_alone(grey)
    line.decide(c.SetZone(teal.by, "range", None, (teal.volume(),), ((line.at(0), None),), (), "{}"))
    look = Work("look", "notice", notice.id, 1)
    del line.state.work[look]
    slices(line)
    line.state.work[look] = None
    teal.move()
    said_of = [(each.kind) for touched in line.events(e.Touched) for each in touched.meetings]
    assert said_of == ["zone", "movement"]
    assert [each.kind for each in notice.current.touched["TEAL"]] == ["zone", "movement"]


def test_a_version_that_another_followed_is_told_to_nobody_more() -> None:
    """H4.10: whoever waited to be told of it is told of the next, if that concerns it."""
    line, grey, teal = grey_and_teal()
    teal.zone()
    notice = giving_alone(grey)
    while not notice.current.to_tell:
        slice_of_work(line)
    line.decide(c.ChangeNotice(grey.by, notice.id, False, (grey.volume(north(40_000)),), (), "{}"))
    assert not notice.versions[0].to_tell
    slices(line)
    assert notice.tellings == {}
    assert not notice.versions[0].in_picture


def test_a_former_version_still_concerns_whoever_has_it_in_its_picture() -> None:
    """H4.10: a movement into it is said of those who were told it and have not seen the next, and of nobody else."""
    line = Line()
    grey, teal, plum = (line.party(code) for code in ("GREY", "TEAL", "PLUM"))
    teal.zone()
    notice = grey.give()
    grey.change(notice, grey.volume(north(40_000)))
    assert [each.version for each in notice.tellings["TEAL"]] == [1, 2]
    before = len(line.events(e.Touched))
    plum.move()
    assert len(line.events(e.Touched)) == before
    teal.move()
    assert line.events(e.Touched)[-1].version == 1
    assert len(notice.tellings["TEAL"]) == 2
    assert "PLUM" not in notice.tellings
    teal.see(notice)
    teal.zone(circle(radius_m=200))
    assert len(line.events(e.Touched)) == before + 1


def test_three_hundred_parties_at_once_are_each_told_once() -> None:
    """P8: in slices, with everybody's part said once."""
    line = Line()
    grey = line.party("GREY")
    operator = c.Speaker(Caller("operator", "operator"), operator=True)
    small = grey.volume(circle(radius_m=200))
    hands = []
    for code in map("".join, product("ADEFHKLMPR", "ADEFHKLMPR", "AET")):
        line.decide(c.CreateParty(operator, code, "participant", "", "", code, "p", code, "{}"))
        joined = line.decide(c.Join(c.Speaker(Caller("", "")), code, code, "login", "{}"))
        hands.append(Hand(line, code, joined.id).as_("duty"))
        line.decide(c.SetZone(hands[-1].by, "range", None, (small,), ((line.at(0), None),), (), "{}"))
    line.catch_up()
    assert len(hands) == 300
    notice = giving_alone(grey)
    count = slices(line)
    assert set(notice.tellings) == {hand.code for hand in hands}
    assert all(len(each) == 1 for each in notice.tellings.values())
    written = -(-len(hands) // 48)
    assert count == 1 + -(-len(hands) // 40) + written + 1 + written
