"""Objections, requests for delay and questions (H4.12, H5.5): they stop nothing by themselves."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.decide import objections
from beforehand.core.hotline.state import Notice
from beforehand.core.hotline.terms import Deadlines, Terms
from core.hotline.line import Hand, Line


def given(*answer_s: int) -> tuple[Line, Hand, Hand, Notice]:
    """A notice told to TEAL, under agreements with these deadlines for the giver's answer."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    for each in answer_s:
        line.agreement(grey, teal, terms=Terms(tell={"*": ["TEAL"]}, deadlines=Deadlines(answer_s=each)))
    return line, grey, teal, grey.give()


def shown(hand: Hand, notice: Notice) -> list[Any]:
    return list(hand.fetch(notice).objections)


@pytest.mark.parametrize("kind", ["OBJECTION", "DELAY_REQUESTED", "QUESTION"])
def test_an_addressee_objects_and_the_giver_answers_by_a_deadline(kind: str) -> None:
    """H4.12, H5.5: the words are content; it stays as it is, and stops nothing."""
    line, grey, teal, notice = given(600)
    reply = line.done(c.Object(teal.by, notice.id, kind, "we have people there"))
    (event,) = line.events(e.Objected)
    raised_us = line.journal[reply.entry][0]
    assert (event.objection, event.party, event.kind, event.version) == (reply.id, "TEAL", kind, 1)
    assert (event.deadline, reply.version) == (raised_us + 600_000_000, 1)
    assert b"people there" in (line.journal[reply.entry][2] or b"")
    (view,) = shown(grey, notice)
    assert (view.objection, view.kind, view.state, view.answer, view.party) == (reply.id, kind, "open", None, "TEAL")
    assert view.deadline is not None
    assert notice.state == "given"
    answers = c.AnswerObjection(grey.by, notice.id, reply.id, "noted, goes ahead", "they have left")
    done = line.done(answers)
    assert (done.id, done.version) == (reply.id, 1)
    (answered,) = line.events(e.ObjectionAnswered)
    assert (answered.objection, answered.party, answered.answer) == (reply.id, "TEAL", "noted, goes ahead")
    assert b"have left" in (line.journal[done.entry][2] or b"")
    (view,) = shown(teal, notice)
    assert (view.state, view.answer) == ("answered", "noted, goes ahead")
    assert line.refused(answers) == "answered_already"
    line.pass_until(25)
    assert not [each for each in line.events(e.DeadlineMissed) if each.what == "answer"]


def test_the_earliest_of_several_deadlines_counts_and_none_is_none() -> None:
    """H4.12: 0 is no deadline; nor does that of an agreement count of which the addressee is no party."""
    for answer_s, due_s in (([600, 300, 0], 300), ([0], None)):
        line, grey, teal, notice = given(*answer_s)
        plum = line.party("PLUM")
        line.agreement(grey, plum, terms=Terms(deadlines=Deadlines(answer_s=1)))
        line.done(c.Object(teal.by, notice.id, "QUESTION", ""))
        (event,) = line.events(e.Objected)
        at_us = next(time_us for time_us, each, _ in line.journal if each is event)
        assert event.deadline == (None if due_s is None else at_us + due_s * 1_000_000)
    later = grey.give()
    line.done(c.Object(teal.by, later.id, "QUESTION", ""))
    assert line.events(e.Objected)[-1].deadline is None


def test_who_may_object_and_who_answers() -> None:
    """H5.5, H10.3: who was told; a service may object, a person answers."""
    line, grey, teal, notice = given(600)
    plum = line.party("PLUM")
    plain = c.Object(teal.by, notice.id, "OBJECTION", "")
    assert line.refused(replace(plain, by=plum.by)) == "not_found"
    assert line.refused(replace(plain, by=grey.by)) == "not_found"
    assert line.refused(replace(plain, notice="nowhere")) == "not_found"
    raised = line.done(replace(plain, by=teal.service()))
    answers = c.AnswerObjection(grey.by, notice.id, raised.id, "withdrawn", "")
    assert line.refused(replace(answers, by=teal.by)) == "not_found"
    assert line.refused(replace(answers, notice="nowhere")) == "not_found"
    assert line.refused(replace(answers, objection="nowhere")) == "not_found"
    assert line.refused(replace(answers, by=grey.service())) == "person_needed"
    line.done(answers)
    assert notice.state == "given"


def test_an_overdue_answer_can_still_be_given() -> None:
    """H4.12, H5.6: missed once, on both consoles; then answered."""
    line, grey, teal, notice = given(600)
    raised = line.done(c.Object(teal.by, notice.id, "OBJECTION", ""))
    line.pass_until(11)
    (missed,) = [each for each in line.events(e.DeadlineMissed) if each.what == "answer"]
    assert (missed.party, missed.to, missed.about, missed.version) == ("GREY", ["GREY", "TEAL"], raised.id, 1)
    assert shown(grey, notice)[0].state == "overdue"
    line.pass_until(60)
    assert len(line.events(e.DeadlineMissed)) == 1
    line.done(c.AnswerObjection(grey.by, notice.id, raised.id, "amended", ""))
    assert shown(teal, notice)[0].state == "answered"
    line.pass_until(90)
    assert len(line.events(e.DeadlineMissed)) == 1


def test_no_answer_is_due_of_a_notice_that_is_over() -> None:
    """H5.6: withdrawn before the deadline."""
    line, grey, teal, notice = given(600)
    line.done(c.Object(teal.by, notice.id, "OBJECTION", ""))
    grey.say(notice, "withdrawn")
    line.pass_until(60)
    assert not line.events(e.DeadlineMissed)


def test_each_sees_its_own_objections_and_the_giver_all() -> None:
    """P5: no addressee learns that another objected."""
    line, grey, teal, _ = given(600)
    plum = line.party("PLUM")
    line.agreement(grey, plum, terms=Terms(tell={"*": ["PLUM"]}))
    notice = grey.give()
    line.done(c.Object(teal.by, notice.id, "OBJECTION", ""))
    line.done(c.Object(plum.by, notice.id, "QUESTION", ""))
    assert [each.party for each in shown(grey, notice)] == ["TEAL", "PLUM"]
    assert [each.party for each in shown(teal, notice)] == ["TEAL"]
    assert [each.party for each in shown(plum, notice)] == ["PLUM"]


def test_there_are_so_many_to_one_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    """P8: 1,000; another notice has its own."""
    assert objections.OBJECTIONS_MAX == 1_000
    monkeypatch.setattr(objections, "OBJECTIONS_MAX", 2)
    line, grey, teal, notice = given(600)
    plain = c.Object(teal.by, notice.id, "QUESTION", "")
    line.done(plain)
    line.done(plain)
    assert line.refused(plain) == "quota"
    line.done(replace(plain, notice=grey.give().id))
