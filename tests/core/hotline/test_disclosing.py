"""What a giver may be shown of another's (H4.8), and what advice and trial checks are computed from (H4.9)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from beforehand.airspace.volume import Volume
from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline import state as s
from beforehand.core.hotline.decide import looking
from beforehand.core.hotline.state import Notice
from beforehand.core.hotline.terms import BufferTerms, Steps, Terms
from core.hotline.line import Hand, Line, circle


def grey_and_teal(terms: Terms | None = None) -> tuple[Line, Hand, Hand]:
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    if terms is not None:
        line.agreement(grey, teal, terms=terms)
    return line, grey, teal


def conflicts_of(hand: Hand, notice: Notice) -> list[Any]:
    return [each for conflict in hand.fetch(notice).conflicts for each in conflict.meetings]


@pytest.mark.parametrize("what", ["zone", "movement", "notice"])
def test_what_is_released_is_the_givers_to_see_from_now_on(what: str) -> None:
    """H4.8: the meeting, and the object itself, in conflicts and in advice; of no other object, and to nobody else."""
    line, grey, teal = grey_and_teal()
    plum = line.party("PLUM")
    own = {"zone": teal.zone, "movement": teal.move, "notice": lambda: teal.give(category="exercise")}[what]()  # type: ignore[operator]
    notice = grey.give(category="exercise")
    assert conflicts_of(grey, notice) == []
    before = line.act(c.AskAdvice(grey.by, notice.id))
    assert (before.hidden_conflicts, before.others) == (("TEAL",), ())
    reply = line.done(c.Release(teal.by, notice.id))
    assert (reply.id, reply.version) == (notice.id, 1)
    (event,) = line.events(e.Released)
    assert (event.giver, event.party, event.version) == ("GREY", "TEAL", 1)
    assert [(each.kind, each.id) for each in event.meetings] == [(what, own.id)]
    assert [(each.kind, each.id) for each in conflicts_of(grey, notice)] == [(what, own.id)]
    after = line.act(c.AskAdvice(grey.by, notice.id))
    other = plum.give(category="exercise")
    assert (after.hidden_conflicts, after.names) == ((), ((what, own.id),))
    assert [each.id for each in conflicts_of(plum, other) if each.id == own.id] == []
    line.done(c.Release(teal.by, notice.id))
    tables: dict[str, Any] = {"zone": line.state.zones, "movement": line.state.movements, "notice": line.state.notices}
    assert tables[what][own.id].released_to == ["GREY"]
    assert line.state.parties["GREY"].released == {(what, own.id): None}


@pytest.mark.parametrize("what", ["zone", "movement", "notice"])
def test_what_was_released_is_forgotten_with_the_object(what: str) -> None:
    """P8: thirty days after it was over; what is released later than that is nobody's to see."""
    line, grey, teal = grey_and_teal()
    own: Any = {"zone": teal.zone, "movement": teal.move, "notice": lambda: teal.give(category="exercise")}[what]()  # type: ignore[operator]
    notice = grey.give(grey.volume(to_min=100_000), category="exercise")
    line.done(c.Release(teal.by, notice.id))
    if what == "notice":
        teal.say(own, "withdrawn")
    else:
        line.done((c.EndZone if what == "zone" else c.EndMovement)(teal.by, own.id))
    line.pass_until(30 * 1440 - 1)
    assert line.state.parties["GREY"].released
    line.pass_until(30 * 1440 + 1)
    assert line.state.parties["GREY"].released == {}
    teal.as_("senior")
    line.done(c.Release(teal.by, notice.id))
    assert line.state.parties["GREY"].released == {}


def test_who_may_release_and_when_there_is_nothing_to() -> None:
    """H4.8: a person of who was told, of what the newest version meets."""
    line, grey, teal = grey_and_teal(Terms(tell={"*": ["TEAL"]}))
    plum = line.party("PLUM")
    notice = grey.give()
    assert line.refused(c.Release(teal.by, notice.id)) == "nothing_to_release"
    teal.zone()
    assert line.refused(replace(c.Release(teal.by, notice.id), by=teal.service())) == "person_needed"
    assert line.refused(c.Release(plum.by, notice.id)) == "not_found"
    assert line.refused(c.Release(grey.by, notice.id)) == "not_found"
    assert line.refused(c.Release(teal.by, "nowhere")) == "not_found"
    line.done(c.Release(teal.by, notice.id))
    grey.change(notice, grey.volume(circle(37.0, 35.0)))
    assert line.refused(c.Release(teal.by, notice.id)) == "nothing_to_release"


def test_advice_rests_on_what_may_be_seen_and_names_those_who_hide_something() -> None:
    """H4.8, H4.9: a shared zone in each of its active times; hidden conflicts in the order of parties."""
    line, grey, teal = grey_and_teal()
    zinc, ambr = line.party("ZINC"), line.party("AMBR")
    teal.zone(shared=["GREY"], active_min=[(0, 40), (45, None)])
    ambr.move()
    zinc.zone()
    notice = grey.give()
    advice = line.act(c.AskAdvice(grey.by, notice.id))
    assert (advice.notice, advice.version, advice.cells_only, advice.trial) == (notice.id, 1, 0, None)
    assert advice.hidden_conflicts == ("ZINC", "AMBR")
    assert [each[0] for each in advice.names] == ["zone", "zone"]
    assert [(each.start_us, each.end_us) for each in advice.others] == [
        (line.at(0), line.at(40)), (line.at(45), None)]  # fmt: skip
    assert advice.own == line.state.shapes[notice.id, 1]
    assert advice.earliest_us == line.journal[-1][0]


def test_whoever_hid_what_is_over_hides_nothing_any_more() -> None:
    """H4.8: an ended movement does not stand in the way of a clear answer."""
    line, grey, teal = grey_and_teal()
    movement = teal.move()
    notice = grey.give()
    line.done(c.EndMovement(teal.by, movement.id))
    assert line.act(c.AskAdvice(grey.by, notice.id)).hidden_conflicts == ()


def test_advice_is_only_the_givers() -> None:
    """H10.3: the same answer for what is not there and what is not one's own."""
    line, grey, teal = grey_and_teal()
    teal.zone()
    notice = grey.give()
    assert line.refused(c.AskAdvice(teal.by, notice.id)) == "not_found"
    assert line.refused(c.AskAdvice(grey.by, "nowhere")) == "not_found"


@pytest.mark.parametrize(
    ("steps", "time_s", "altitude_mm", "grid"),
    [
        (None, None, None, (300_000_000, 152_400, 24, 20)),
        (Steps(60, 1_000, 3, 4), None, None, (60_000_000, 1_000, 3, 4)),
        (Steps(60, 1_000, 3, 4), 120, None, (120_000_000, 1_000, 3, 4)),
        (Steps(60, 1_000, 3, 4), None, 500, (60_000_000, 500, 3, 4)),
    ],
)
def test_advice_comes_in_the_agreements_steps(steps: Any, time_s: Any, altitude_mm: Any, grid: Any) -> None:
    """H4.8: 5 min and 500 ft where none agrees otherwise; those of the first agreement; or as asked."""
    line, grey, teal = grey_and_teal(None if steps is None else Terms(steps=steps, buffers=BufferTerms(5, 6, 7)))
    if steps is not None:
        line.agreement(grey, teal, terms=Terms(steps=Steps(1, 2, 3, 4)))
    advice = line.act(c.AskAdvice(grey.by, grey.give().id, time_s, altitude_mm))
    found = advice.grid
    assert (found.time_step_us, found.altitude_step_mm, found.time_steps, found.altitude_steps) == grid
    buffers = advice.buffers
    expected = (0, 0, 0) if steps is None else (5, 6, 7_000_000)
    assert (buffers.horizontal_mm, buffers.vertical_mm, buffers.time_us) == expected


@pytest.mark.parametrize(("gap_s", "reached"), [(7_200 + 60, True), (7_200 + 61, False)])
@pytest.mark.parametrize("side", ["before", "after"])
def test_advice_looks_as_far_as_its_grid_reaches_in_time(gap_s: int, reached: bool, side: str) -> None:
    """H4.9: 24 steps of 5 min to either side, and the buffer."""
    line, grey, teal = grey_and_teal(Terms(buffers=BufferTerms(time_s=60)))
    if side == "before":
        teal.zone(shared=["GREY"], active_min=[(-1_000, 300 - gap_s / 60)])
    else:
        teal.zone(shared=["GREY"], active_min=[(320 + gap_s / 60, None)])
    notice = grey.give(grey.volume(from_min=300, to_min=320))
    assert bool(line.act(c.AskAdvice(grey.by, notice.id)).others) == reached


def test_advice_reaches_as_far_as_the_buffers_and_everywhere_for_what_is_somewhere() -> None:
    """H4.5, H4.9: a zone within the buffer; for a place in words alone, all that may be seen; and the other way round."""
    line, grey, teal = grey_and_teal(Terms(buffers=BufferTerms(horizontal_mm=10_000_000)))
    teal.zone(circle(35.65, 35.77), shared=["GREY"])
    teal.zone(circle(37.0, 33.0), shared=["GREY"])
    assert len(line.act(c.AskAdvice(grey.by, grey.give().id)).others) == 1
    somewhere = grey.give(grey.volume(nowhere=True))
    assert len(line.act(c.AskAdvice(grey.by, somewhere.id)).others) == 2
    words = teal.give(teal.volume(nowhere=True))
    assert "GREY" in words.tellings
    assert ("notice", words.id) in line.act(c.AskAdvice(grey.by, grey.give().id)).names


def test_without_its_shape_another_cannot_be_advised_on() -> None:
    """H4.9: what is no longer held is left out here; it takes part as cells elsewhere."""
    line, grey, teal = grey_and_teal()
    zone = teal.zone(shared=["GREY"])
    notice = grey.give()
    del line.state.shapes[zone.id, 0]
    assert line.act(c.AskAdvice(grey.by, notice.id)).others == ()


def test_ones_own_is_not_advised_against() -> None:
    """H4.9: nor is the notice itself."""
    line, grey, _ = grey_and_teal()
    grey.zone()
    grey.move()
    assert line.act(c.AskAdvice(grey.by, grey.give().id)).others == ()


def test_a_trial_says_what_giving_it_would_come_to_and_gives_nothing() -> None:
    """H4.8: from what the caller may see already; nobody is told, no notice is there."""
    line, grey, teal = grey_and_teal(Terms(lead_s={"*": 3_600}, tell={"*": ["TEAL"]}))
    teal.zone(shared=["GREY"])
    teal.move()
    reply = line.act(grey.giving(kind=c.TryNotice))
    assert (reply.notice, reply.version, reply.hidden_conflicts, reply.cells_only) == ("", 0, (), 0)
    assert [kind for kind, _ in reply.names] == ["zone"]
    assert reply.trial["state"] == "given"
    assert reply.trial["told"] == ["TEAL"]
    assert [row["value"] for each in reply.trial["terms"] for row in each["rows"]] == ["not met"]
    assert reply.own == (Volume(circle(), 0, 3_000_000, line.at(30), line.at(50)),)
    assert line.state.notices == {}
    assert [type(event) for _, event, _ in line.journal[-1:]] == [e.AskedCounted]
    assert line.act(replace(grey.giving(kind=c.TryNotice), by=c.Speaker(grey.by.caller))).reason == "no_party"


def test_trials_and_advice_are_counted_and_the_number_is_seen_by_the_other_side() -> None:
    """H4.8: by those with whom one has an agreement, and by nobody else."""
    line, grey, teal = grey_and_teal(Terms())
    plum = line.party("PLUM")
    notice = grey.give()
    line.act(grey.giving(kind=c.TryNotice))
    line.act(grey.giving(kind=c.TryNotice))
    line.act(c.AskAdvice(grey.by, notice.id))
    assert [(each.kind, each.to) for each in line.events(e.AskedCounted)] == [
        ("trial", ["TEAL"]), ("trial", ["TEAL"]), ("advice", ["TEAL"])]  # fmt: skip
    shown = {hand.code: line.act(c.ListParties(hand.by)).view["parties"][0].asked for hand in (grey, teal, plum)}
    assert shown == {"GREY": {"trial": 2, "advice": 1}, "TEAL": {"trial": 2, "advice": 1}, "PLUM": None}


def test_trials_and_advice_are_limited_by_the_hour_and_notices_are_not() -> None:
    """H4.8, P2: 120 an hour; a notice goes out all the same; the next hour begins when it is over."""
    assert s.ASKED_PER_HOUR == 120
    line, grey, _ = grey_and_teal()
    notice = grey.give()
    for _ in range(119):
        line.decide(grey.giving(kind=c.TryNotice))
    assert line.act(c.AskAdvice(grey.by, notice.id)).others == ()
    first = next(time_us for time_us, event, _ in line.journal if isinstance(event, e.AskedCounted))
    assert line.refused(c.AskAdvice(grey.by, notice.id)) == "quota"
    assert line.refused(grey.giving(kind=c.TryNotice)) == "quota"
    grey.give()
    line.now_us = first + s.HOUR_US - 1
    assert line.refused(grey.giving(kind=c.TryNotice)) == "quota"
    line.now_us = first + s.HOUR_US + 10
    assert line.act(grey.giving(kind=c.TryNotice)).notice == ""
    assert line.state.parties["GREY"].asked_in_hour == 1


def test_buffers_that_cannot_be_named_by_cells_are_looked_at_everywhere() -> None:
    """H4.7: `grown` says None where cells are too many."""
    assert looking.grown(circle(), 1_000_000_000) is None
    assert looking.grown(circle(), 1_000) is not None
