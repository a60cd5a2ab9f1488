"""Blind read-back (H5.3): opened here, answered in five minutes, every try kept, and told only what was wrong."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from beforehand.airspace.agreeing import enclosing_circle
from beforehand.airspace.volume import Circle
from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.decide import readback
from beforehand.core.hotline.state import Notice
from beforehand.core.hotline.terms import Terms, Tolerances
from core.hotline.line import MINUTE_US, Hand, Line, circle

TOLD = Terms(tell={"*": ["TEAL"]})
FIVE_MIN_US = 5 * MINUTE_US


def grey_and_teal(terms: Terms = TOLD) -> tuple[Line, Hand, Hand]:
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    line.agreement(grey, teal, terms=terms)
    return line, grey, teal


def handed(terms: Terms = TOLD, *volumes: c.GivenVolume) -> tuple[Line, Hand, Hand, Notice]:
    """A notice that TEAL has fetched."""
    line, grey, teal = grey_and_teal(terms)
    notice = grey.give(*volumes)
    teal.fetch(notice)
    return line, grey, teal, notice


def another(hand: Hand) -> Hand:
    """Another person of the same party, in a session of its own."""
    line = hand.line
    line.done(c.Invite(hand.by, f"second-{hand.code}", ("duty",)))
    joined = line.done(c.Join(c.Speaker(hand.by.caller), hand.code, f"second-{hand.code}", f"second-{hand.code}", "{}"))
    return Hand(line, hand.code, joined.id).as_("duty")


def answer(hand: Hand, notice: Notice, *values: c.ReadBackValues, party: str = "") -> c.AnswerReadBack:
    return c.AnswerReadBack(hand.by, notice.id, values, "what was said", party)


def back(notice: Notice) -> Any:
    return notice.tellings["TEAL"][-1].read_back


def test_a_read_back_is_opened_by_a_person_who_could_look_at_it_first() -> None:
    """H5.3: not by a service, not before it was handed out, once at a time."""
    line, grey, teal = grey_and_teal()
    notice = grey.give()
    opens = c.OpenReadBack(teal.by, notice.id)
    assert line.refused(opens) == "not_handed_out"
    teal.fetch(notice)
    assert line.refused(replace(opens, by=teal.service())) == "person_needed"
    assert line.refused(replace(opens, by=line.party("PLUM").by)) == "not_found"
    reply = line.act(opens)
    (event,) = line.events(e.ReadBackOpened)
    opened_us = next(time_us for time_us, each, _ in line.journal if each is event)
    assert (reply.id, reply.version, reply.asked, reply.volumes) == (notice.id, 1, "all", [1])
    assert (event.person, event.until, event.asked, event.version) == (teal.person, opened_us + FIVE_MIN_US, "all", 1)
    assert (back(notice).state, back(notice).person, back(notice).until_us) == ("open", teal.person, event.until)
    assert back(notice).asked == "all"
    assert reply.until[:16] == "2027-01-15T08:05"
    assert line.refused(opens) == "read_back_open"
    assert line.refused(replace(opens, by=another(teal).by)) == "read_back_open"


def test_a_right_one_is_understood_and_asks_the_question_after_it() -> None:
    """H5.3: UNDERSTOOD, blind; and then who of ours is there."""
    line, grey, teal, notice = handed()
    result = teal.read_back(notice, teal.told_values(notice))
    assert (result.right, result.wrong, result.tries, result.call, result.id, result.version) == (
        True, [], 1, False, notice.id, 1)  # fmt: skip
    assert result.question == "Who of yours is in it or heading there: none, some or not known?"
    (tried,) = line.events(e.ReadBackTried)
    assert (tried.number, tried.asked, tried.wrong, tried.by_voice) == (1, "all", [], False)
    assert b"what was said" not in (line.journal[result.entry][2] or b"")
    assert line.journal[result.entry][1] is tried
    received = line.events(e.Received)[-1]
    assert (received.stage, received.how) == ("UNDERSTOOD", "blind")
    assert "UNDERSTOOD" in notice.tellings["TEAL"][0].received
    shown = grey.fetch(notice).told[0]
    assert (shown.read_back.state, shown.read_back.tries, shown.read_back.wrong) == ("understood", 1, 0)
    assert shown.how == {"UNDERSTOOD": "blind"}
    assert line.refused(c.OpenReadBack(teal.by, notice.id)) == "understood_already"
    assert line.refused(answer(teal, notice, teal.told_values(notice))) == "no_read_back_open"


def test_it_is_answered_by_the_person_who_opened_it() -> None:
    """H5.3: by nobody else, and not without opening."""
    line, _, teal, notice = handed()
    values = teal.told_values(notice)
    assert line.refused(answer(teal, notice, values)) == "no_read_back_open"
    line.done(c.OpenReadBack(teal.by, notice.id))
    assert line.refused(answer(another(teal), notice, values)) == "no_read_back_open"
    assert line.refused(replace(answer(teal, notice, values), by=teal.service())) == "person_needed"
    assert line.refused(replace(answer(teal, notice, values), by=line.party("PLUM").by)) == "not_found"
    assert line.act(answer(teal, notice, values)).right


@pytest.mark.parametrize(("late_us", "taken"), [(-1, True), (0, True), (1, False)])
def test_it_is_answered_within_five_minutes(late_us: int, taken: bool) -> None:
    """H5.3: to the microsecond; what the clock says first is another test."""
    line, _, teal, notice = handed()
    line.decide(c.OpenReadBack(teal.by, notice.id))
    line.now_us = back(notice).until_us + late_us
    reply = line.decide(answer(teal, notice, teal.told_values(notice)))
    assert getattr(reply, "right", False) == taken
    assert getattr(reply, "reason", "no_read_back_open") == "no_read_back_open"


def test_one_that_is_not_answered_lapses_and_can_be_opened_anew() -> None:
    """H5.3: recorded once, at five minutes; the notice is shown again."""
    line, grey, teal, notice = handed()
    line.done(c.OpenReadBack(teal.by, notice.id))
    line.now_us = back(notice).until_us - 1
    line.catch_up()
    assert not line.events(e.ReadBackLapsed)
    line.now_us = back(notice).until_us
    line.catch_up()
    assert line.events(e.ReadBackLapsed) == [e.ReadBackLapsed(notice.id, 1, "TEAL", teal.person)]
    assert back(notice).state == "closed"
    teal.fetch(notice)
    assert (back(notice).tries, back(notice).wrong) == (0, 0)
    line.done(c.OpenReadBack(teal.by, notice.id))
    assert line.act(answer(teal, notice, teal.told_values(notice))).right
    line.pass_until(20)
    assert len(line.events(e.ReadBackLapsed)) == 1
    assert grey.fetch(notice).told[0].read_back.state == "understood"


def test_told_more_of_the_version_while_it_is_read_back_it_lapses_once() -> None:
    """H4.7, H5.3: what was opened before comes to nothing at once, and the person is shown what it is told now."""
    line, grey, teal = grey_and_teal(Terms())
    teal.zone(circle(radius_m=100))
    notice = grey.give(grey.volume(), grey.volume(circle(36.5, 35.0)))
    teal.fetch(notice)
    line.done(c.OpenReadBack(teal.by, notice.id))
    teal.zone(circle(36.5, 35.0))
    assert [each.volumes for each in notice.tellings["TEAL"]] == [[1], [1, 2]]
    assert len(line.events(e.ReadBackLapsed)) == 1
    assert [each.read_back.state for each in notice.tellings["TEAL"]] == ["closed", "closed"]
    assert line.refused(answer(teal, notice, teal.told_values(notice))) == "no_read_back_open"
    teal.fetch(notice)
    assert line.act(c.OpenReadBack(teal.by, notice.id)).volumes == [1, 2]
    line.pass_until(10)
    assert len(line.events(e.ReadBackLapsed)) == 2


def test_a_new_version_ends_a_read_back_of_the_old_at_once() -> None:
    """H4.10, H5.3: whoever reads back version 1 is not kept from version 2, nor shown it beside an open read-back."""
    line, grey, teal, notice = handed()
    line.done(c.OpenReadBack(teal.by, notice.id))
    line.done(c.ShiftNotice(grey.by, notice.id, 600_000_000, False))
    assert [each.version for each in line.events(e.ReadBackLapsed)] == [1]
    assert teal.fetch(notice).version == 2
    assert teal.read_back(notice, teal.told_values(notice)).right


# Blind ------------------------------------------------------------------------------------------------------------------


def test_no_door_gives_the_notice_to_that_person_while_it_is_read_back() -> None:
    """H5.3: in none of its sessions, by fetching, listing or asking what was known."""
    line, grey, teal, notice = handed()
    sessions = [teal.by, Hand(line, "TEAL", teal.person).as_("duty").by]
    line.done(c.OpenReadBack(teal.by, notice.id))
    for by in sessions:
        assert line.refused(c.FetchNotice(by, notice.id)) == "blind"
        assert line.refused(c.FetchNotice(by, notice.id, 1)) == "blind"
        assert line.refused(c.EntriesOf(by, notice.id)) == "blind"
        (row,) = line.act(c.ListNotices(by)).view["notices"]
        assert (row.reading_back, row.lead, row.opens, row.ends) == (True, None, None, None)
        assert (row.notice, row.giver, row.version, row.handed_out, row.state) == (notice.id, "GREY", 1, True, "given")
    assert not line.events(e.FetchedMeanwhile)
    (row,) = line.act(c.ListNotices(another(teal).by)).view["notices"]
    assert not row.reading_back
    assert not line.act(c.ListNotices(grey.by)).view["notices"][0].reading_back
    other = grey.give()
    teal.fetch(other)
    line.act(answer(teal, notice, teal.told_values(notice)))
    teal.fetch(notice)
    line.act(c.EntriesOf(teal.by, notice.id))


def test_others_of_the_party_can_fetch_it_and_that_is_noted_beside() -> None:
    """H5.3: each time, by whom; of a former version of which one is open too; nothing is noted when none is open."""
    line, _grey, teal, notice = handed()
    second = another(teal)
    second.fetch(notice)
    assert not line.events(e.FetchedMeanwhile)
    line.done(c.OpenReadBack(teal.by, notice.id))
    second.fetch(notice)
    line.act(c.FetchNotice(teal.service(), notice.id))
    first, by_service = line.events(e.FetchedMeanwhile)
    assert first == e.FetchedMeanwhile(notice.id, 1, "TEAL", second.person)
    assert not isinstance(by_service.person, str)
    line.act(c.EntriesOf(second.by, notice.id))
    line.act(answer(teal, notice, teal.told_values(notice)))
    second.fetch(notice)
    assert len(line.events(e.FetchedMeanwhile)) == 2
    assert len(line.events(e.HandedOut)) == 1


# Comparing --------------------------------------------------------------------------------------------------------------


def tried(change: dict[str, Any], terms: Terms = TOLD, **volume: Any) -> list[str]:
    """What of a read-back is wrong that differs in some fields."""
    line, grey, teal = grey_and_teal(terms)
    notice = grey.give(grey.volume(**volume))
    teal.fetch(notice)
    right = teal.told_values(notice)
    values = replace(
        right, **{name: each(getattr(right, name)) if callable(each) else each for name, each in change.items()}
    )
    wrong = teal.read_back(notice, values).wrong
    assert line.events(e.ReadBackTried)[0].wrong == wrong
    return list(wrong)


TIGHT = Terms(tell={"*": ["TEAL"]}, tolerances=Tolerances(500_000, 30_000, 10))


@pytest.mark.parametrize("field", ["lower_mm", "upper_mm"])
@pytest.mark.parametrize(("terms", "within_mm"), [(TOLD, 100_000), (TIGHT, 30_000)])
def test_altitudes_are_right_within_the_tolerance(field: str, terms: Terms, within_mm: int) -> None:
    """H5.3: 100 m where none is agreed; to the millimetre, above and below."""
    for sign in (1, -1):
        assert tried({field: lambda at, by=sign * within_mm: at + by}, terms) == []
        assert tried({field: lambda at, by=sign * (within_mm + 1): at + by}, terms) == ["band"]


@pytest.mark.parametrize("field", ["start_us", "end_us"])
@pytest.mark.parametrize(("terms", "within_us"), [(TOLD, 60_000_000), (TIGHT, 10_000_000)])
def test_times_are_right_within_the_tolerance(field: str, terms: Terms, within_us: int) -> None:
    """H5.3: 60 s where none is agreed; to the microsecond, early and late."""
    for sign in (1, -1):
        assert tried({field: lambda at, by=sign * within_us: at + by}, terms) == []
        assert tried({field: lambda at, by=sign * (within_us + 1): at + by}, terms) == ["times"]


@pytest.mark.parametrize(("terms", "within_mm"), [(TOLD, 2_000_000), (TIGHT, 500_000)])
def test_the_area_is_right_within_the_tolerance(terms: Terms, within_mm: int) -> None:
    """H5.3: 2 km where none is agreed: centre and extent."""

    def wider(by_mm: int) -> Any:
        return lambda said: Circle(said.lat_e7, said.lng_e7, said.radius_mm + by_mm)

    def aside(by_mm: int) -> Any:
        return lambda said: Circle(said.lat_e7 + round(by_mm * 1e7 / 111_195_080), said.lng_e7, said.radius_mm)

    for change in (wider, aside):
        assert tried({"outline": change(within_mm)}, terms) == []
        assert tried({"outline": change(within_mm + 100)}, terms) == ["area"]


def test_the_tightest_of_several_agreements_with_the_addressee_counts() -> None:
    """H5.3: of each tolerance by itself; those with others do not count."""
    line = Line()
    grey, teal, plum = (line.party(code) for code in ("GREY", "TEAL", "PLUM"))
    line.agreement(grey, teal, terms=Terms(tell={"*": ["TEAL"]}, tolerances=Tolerances(5, 600, 7)))
    line.agreement(grey, teal, terms=Terms(tolerances=Tolerances(50, 60, 70)))
    line.agreement(grey, plum, terms=Terms(tolerances=Tolerances(1, 1, 1)))
    assert readback.tolerances(line.state, grey.give(), "TEAL") == Tolerances(5, 60, 7)
    assert readback.tolerances(line.state, grey.give(), "NONE") == Tolerances(2_000_000, 100_000, 60)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"outline": None}, ["area"]),
        ({"lower_mm": None}, ["band"]),
        ({"upper_mm": None}, ["band"]),
        ({"start_us": None}, ["times"]),
        ({"end_us": None}, ["times"]),
        ({"outline": None, "lower_mm": None, "end_us": None}, ["area", "band", "times"]),
    ],
)
def test_what_is_not_given_is_wrong_and_only_that_is_said(change: Any, wrong: list[str]) -> None:
    """H5.3: which of area, band and times, in that order, never by how much."""
    assert tried(change) == wrong


def test_what_has_no_bound_is_read_back_without_one() -> None:
    """H5.3: unbounded is no number."""
    assert tried({}, lower_m=None, upper_m=None) == []
    assert tried({"lower_mm": 0}, lower_m=None) == ["band"]
    assert tried({"upper_mm": 0}, upper_m=None) == ["band"]
    assert tried({}, nowhere=True) == []
    assert tried({"outline": circle()}, nowhere=True) == ["area"]


def test_a_height_without_reference_may_be_meant_in_several_ways() -> None:
    """H4.6, H5.3: right if one of them is right."""
    assert tried({"lower_mm": 900_000, "lower_or": (800_000, 50_000)}) == []
    assert tried({"lower_mm": 900_000, "lower_or": (800_000,)}) == ["band"]
    assert tried({"upper_mm": 900_000, "upper_or": (800_000, 3_050_000)}) == []
    assert tried({"upper_mm": 900_000, "upper_or": (800_000,)}) == ["band"]


def test_several_volumes_are_read_back_one_by_one_or_as_a_whole() -> None:
    """H5.3: in their order, or the hull of all; no other number of rows."""
    line, grey, teal = grey_and_teal()
    near, high = grey.volume(), grey.volume(circle(35.60, 35.77), 40, 60, 1_000, 5_000)
    notice = grey.give(near, high)
    teal.fetch(notice)

    def row(volume: c.GivenVolume) -> c.ReadBackValues:
        return c.ReadBackValues(volume.outline, volume.lower_mm, volume.upper_mm, volume.start_us, volume.end_us)

    assert near.outline is not None
    assert high.outline is not None
    whole = c.ReadBackValues(enclosing_circle([near.outline, high.outline]), 0, 5_000_000, line.at(30), line.at(60))
    line.done(c.OpenReadBack(teal.by, notice.id))
    for rows in ((), (row(near), row(high), row(high))):
        assert line.refused(answer(teal, notice, *rows)) == "wrong_number_of_volumes"
    assert back(notice).tries == 0
    assert line.act(answer(teal, notice, row(high), row(near))).wrong == ["area", "band", "times"]
    assert teal.read_back(notice, row(near), replace(row(high), upper_mm=0)).wrong == ["band"]
    assert teal.read_back(notice, replace(whole, upper_mm=3_000_000)).wrong == ["band"]
    assert teal.read_back(notice, replace(whole, lower_mm=1_000_000)).wrong == ["band"]
    assert teal.read_back(notice, replace(whole, end_us=line.at(50))).wrong == ["times"]
    assert teal.read_back(notice, row(near)).wrong == ["area", "band", "times"]
    assert teal.read_back(notice, whole).right
    other = grey.give(near, high)
    teal.fetch(other)
    assert teal.read_back(other, row(near), row(high)).right


def test_of_several_volumes_one_without_a_bound_leaves_the_whole_without_one() -> None:
    """H5.3: below and above."""
    _, grey, teal = grey_and_teal()
    notice = grey.give(grey.volume(lower_m=None), grey.volume(upper_m=None))
    teal.fetch(notice)
    whole = replace(teal.told_values(notice), lower_mm=None, upper_mm=None)
    assert teal.read_back(notice, replace(whole, upper_mm=3_000_000)).wrong == ["band"]
    assert teal.read_back(notice, whole).right


# Tries ------------------------------------------------------------------------------------------------------------------


def test_every_try_is_kept_and_after_two_wrong_ones_both_are_asked_onto_a_call_once() -> None:
    """H5.3: the third may be right."""
    line, grey, teal, notice = handed()
    wrong = replace(teal.told_values(notice), lower_mm=900_000)
    assert (first := teal.read_back(notice, wrong)).call is False
    assert (first.right, first.question, first.tries) == (False, None, 1)
    assert back(notice).state == "closed"
    second = teal.read_back(notice, wrong)
    assert (second.call, second.tries) == (True, 2)
    assert line.events(e.CallAsked) == [e.CallAsked(notice.id, 1, "GREY", "TEAL")]
    assert teal.read_back(notice, wrong).call is False
    assert teal.read_back(notice, teal.told_values(notice)).tries == 4
    assert [each.number for each in line.events(e.ReadBackTried)] == [1, 2, 3, 4]
    assert len(line.events(e.CallAsked)) == 1
    shown = grey.fetch(notice).told[0].read_back
    assert (shown.tries, shown.wrong) == (4, 3)


def test_a_new_version_begins_its_own_count() -> None:
    """H4.10: two wrong ones of the former do not count."""
    line, grey, teal, notice = handed()
    wrong = replace(teal.told_values(notice), lower_mm=900_000)
    teal.read_back(notice, wrong)
    grey.change(notice, grey.volume(circle(35.9, 35.77)))
    teal.fetch(notice)
    assert teal.read_back(notice, wrong).call is False
    assert not line.events(e.CallAsked)


def test_of_a_slip_the_times_are_asked() -> None:
    """H4.10: area and band stand, whatever is said of them."""
    line, grey, teal, notice = handed()
    teal.read_back(notice, teal.told_values(notice))
    grey.change(notice, grey.volume(from_min=40, to_min=60))
    teal.fetch(notice)
    opened = line.act(c.OpenReadBack(teal.by, notice.id))
    assert (opened.asked, opened.version) == ("times", 2)
    old = c.ReadBackValues(None, None, None, line.at(30), line.at(50))
    assert line.act(answer(teal, notice, old)).wrong == ["times"]
    assert teal.read_back(notice, replace(old, start_us=line.at(40), end_us=line.at(60))).right
    assert line.events(e.Received)[-1].how == "times"


def test_of_a_difference_only_what_is_new_is_asked() -> None:
    """H4.10: the volumes that are not exactly among those understood."""
    line, grey, teal = grey_and_teal()
    notice = grey.give(grey.volume(), grey.volume(circle(36.5, 35.0)))
    teal.fetch(notice)
    values = [
        c.ReadBackValues(each.outline, 0, 3_000_000, line.at(30), line.at(50))
        for each in line.state.shapes[notice.id, 1]
    ]
    assert teal.read_back(notice, *values).right
    grey.change(notice, grey.volume(), grey.volume(circle(37.0, 35.0)))
    teal.fetch(notice)
    opened = line.act(c.OpenReadBack(teal.by, notice.id))
    assert (opened.asked, opened.volumes) == ("difference", [2])
    assert line.act(answer(teal, notice, replace(values[1], outline=circle(37.0, 35.0)))).right


def test_what_lies_inside_stands() -> None:
    """H4.10: understood as of the former, with the time of that."""
    line, grey, teal, notice = handed()
    teal.read_back(notice, teal.told_values(notice))
    at_us = notice.tellings["TEAL"][0].received["UNDERSTOOD"]
    grey.change(notice, grey.volume(circle(radius_m=2_000)))
    telling = notice.tellings["TEAL"][1]
    assert (telling.asked, telling.received, telling.read_back.state) == ("stands", {"UNDERSTOOD": at_us}, "understood")
    assert line.refused(c.OpenReadBack(teal.by, notice.id)) == "understood_already"
    line.done(c.SayWhoOfOurs(teal.by, notice.id, "none"))


# By voice ---------------------------------------------------------------------------------------------------------------


def test_by_voice_the_giver_enters_what_was_read_back_and_it_is_marked_so() -> None:
    """H5.3: for an addressee of its own notice; nothing need be open, and no question follows here."""
    line, grey, teal = grey_and_teal()
    notice = grey.give()
    values = teal.told_values(notice)
    assert line.refused(answer(teal, notice, values, party="TEAL")) == "not_found"
    assert line.refused(answer(grey, notice, values, party="PLUM")) == "not_found"
    assert line.refused(replace(answer(grey, notice, values, party="TEAL"), notice="nowhere")) == "not_found"
    assert line.refused(replace(answer(grey, notice, values, party="TEAL"), by=grey.service())) == "person_needed"
    result = line.act(answer(grey, notice, values, party="TEAL"))
    assert (result.right, result.question) == (True, None)
    assert line.events(e.ReadBackTried)[0].by_voice
    assert line.events(e.Received)[0].how == "by voice"
    assert b"what was said" in (line.journal[result.entry][2] or b"")
    assert line.refused(answer(grey, notice, values, party="TEAL")) == "understood_already"
    line.done(c.SayWhoOfOurs(teal.by, notice.id, "some"))
    assert line.refused(answer(grey, notice, values, party="TEAL")) == "understood_already"


def test_a_wrong_one_by_voice_leaves_one_that_is_open_open() -> None:
    """H5.3: and counts; a right one ends it, and it lapses no more."""
    line, grey, teal, notice = handed()
    line.done(c.OpenReadBack(teal.by, notice.id))
    wrong = replace(teal.told_values(notice), end_us=None)
    assert line.act(answer(grey, notice, wrong, party="TEAL")).wrong == ["times"]
    assert (back(notice).state, back(notice).wrong) == ("open", 1)
    assert line.act(answer(grey, notice, wrong, party="TEAL")).call
    line.act(answer(grey, notice, teal.told_values(notice), party="TEAL"))
    assert back(notice).state == "understood"
    line.pass_until(20)
    assert not line.events(e.ReadBackLapsed)


# After it ---------------------------------------------------------------------------------------------------------------


def test_who_of_ours_is_the_addressees_own_and_the_giver_sees_that_it_was_answered() -> None:
    """H5.3: after it was understood; it may be said anew."""
    line, grey, teal, notice = handed()
    says = c.SayWhoOfOurs(teal.by, notice.id, "some")
    assert line.refused(says) == "not_understood"
    line.done(c.OpenReadBack(teal.by, notice.id))
    assert line.refused(says) == "not_understood"
    line.act(answer(teal, notice, teal.told_values(notice)))
    assert grey.fetch(notice).told[0].who_of_ours == "not answered"
    assert line.refused(replace(says, by=teal.service())) == "person_needed"
    assert line.refused(replace(says, by=grey.by)) == "not_found"
    reply = line.done(says)
    assert (reply.id, reply.version) == (notice.id, 1)
    assert [each.answer for each in line.events(e.WhoOfOursSaid)] == ["some"]
    assert line.events(e.WhoOfOursAnswered) == [e.WhoOfOursAnswered(notice.id, 1, "TEAL")]
    assert grey.fetch(notice).told[0].who_of_ours == "answered"
    assert back(notice).state == "answered"
    line.done(replace(says, answer="none"))
    assert [each.answer for each in line.events(e.WhoOfOursSaid)] == ["some", "none"]


def test_when_it_is_understood_the_term_on_usable_warning_is_judged() -> None:
    """H4.2, H4.3: of each agreement with that addressee; told to the two alone."""
    line = Line()
    grey, teal, plum = (line.party(code) for code in ("GREY", "TEAL", "PLUM"))
    first = line.agreement(grey, teal, terms=Terms(tell={"*": ["TEAL"]}, usable_s={"*": 1_200}))
    second = line.agreement(grey, teal, terms=Terms(usable_s={"*": 1_500}))
    line.agreement(grey, teal, terms=Terms(usable_s={"*": 1}), area=[circle(37.0, 35.0)])
    line.agreement(grey, plum, terms=Terms(usable_s={"*": 1}))
    line.agreement(grey, teal)
    notice = grey.give()
    given = len(line.events(e.TermsChecked))
    line.now_us = line.at(7)
    teal.understand(notice)
    judged = line.events(e.TermsChecked)[given:]
    assert [(each.agreement, each.party, each.to, each.version) for each in judged] == [
        (first.id, "TEAL", ["GREY", "TEAL"], 1), (second.id, "TEAL", ["GREY", "TEAL"], 1)]  # fmt: skip
    assert [[(row.term, row.value) for row in each.rows] for each in judged] == [
        [("usable", "met")],
        [("usable", "not met")],
    ]
    assert judged[1].rows[0].off == 120
    shown = [each for each in grey.fetch(notice).versions[0].terms if each.party == "TEAL"]
    assert [each.rows[0].by for each in shown] == [None, "2 min"]
