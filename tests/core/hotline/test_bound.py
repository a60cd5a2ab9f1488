"""What a statement about a notice, a zone or a movement is bound to (H1.5): said of another it is refused."""

from __future__ import annotations

from typing import Any

import pytest

from beforehand.core.hotline import commands as c
from beforehand.core.hotline.terms import Relay, Terms
from beforehand.core.stamp import Refusal
from core.hotline.line import Line
from core.hotline.statements import stated


def acts() -> tuple[Line, dict[str, tuple[Any, str]]]:
    """Each act that may be stated, and its subject."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    line.done(c.NameNonparty(teal.by, "HILLS", ""))
    line.agreement(grey, teal, terms=Terms(tell={"*": ["TEAL"]}, relays=[Relay("TEAL", "TEAL", "HILLS", 60)]))
    zone, movement = teal.zone(), teal.move()
    notice = grey.give()
    teal.see(notice)
    raised = line.done(c.Object(teal.by, notice.id, "QUESTION", ""))
    values = (teal.told_values(notice),)
    about = f"notice/{notice.id}"
    return line, {
        "set zone": (c.SetZone(teal.by, "range", None, (teal.volume(),), (), (), "{}"), "zone"),
        "posture": (c.SetPosture(teal.by, zone.id, "far", 0), f"zone/{zone.id}"),
        "end zone": (c.EndZone(teal.by, zone.id), f"zone/{zone.id}"),
        "declare": (c.DeclareMovement(teal.by, (), (), "{}"), "movement"),
        "end movement": (c.EndMovement(teal.by, movement.id), f"movement/{movement.id}"),
        "release": (c.Release(teal.by, notice.id), about),
        "advice": (c.AskAdvice(grey.by, notice.id), about),
        "trial": (grey.giving(kind=c.TryNotice), "notice"),
        "object": (c.Object(teal.by, notice.id, "QUESTION", ""), about),
        "answer": (c.AnswerObjection(grey.by, notice.id, raised.id, "amended", ""), about),
        "relay": (c.ReportRelay(teal.by, notice.id, "TEAL", "HILLS", "radio", None, ""), about),
        "receive": (c.Receive(teal.by, notice.id, 0, "DISSEMINATED"), about),
        "open": (c.OpenReadBack(teal.by, notice.id), about),
        "by voice": (c.AnswerReadBack(grey.by, notice.id, values, "", "TEAL"), about),
        "phrase": (c.SayPhraseEqual(teal.by, notice.id, "", "duty", None), about),
    }


@pytest.mark.parametrize("act", list(acts()[1]))
def test_a_statement_is_taken_for_what_it_is_bound_to_and_for_nothing_else(act: str) -> None:
    """H1.5: what it says it is about must be what it is sent for."""
    line, every = acts()
    command, subject = every[act]
    wrong = line.decide(stated(command, "one", subject=f"{subject}x"))
    assert isinstance(wrong, Refusal)
    assert wrong.reason == "statement_mismatch"
    right = line.decide(stated(command, "two", subject=subject))
    assert not isinstance(right, Refusal), right
    if act not in ("advice", "trial"):  # which are counted, and no statements
        assert any(getattr(getattr(event, "by", None), "nonce", None) == "two" for _, event, _ in line.journal)


@pytest.mark.parametrize("act", ["set zone", "end movement", "object", "receive", "open", "phrase", "release", "relay"])
def test_the_same_statement_again_gets_the_first_answer(act: str) -> None:
    """H1.5: and is recorded once."""
    line, every = acts()
    command, _ = every[act]
    first = line.decide(stated(command))
    length = len(line.journal)
    assert line.decide(stated(command)) == first
    assert len(line.journal) == length
    assert line.decide(stated(command, said="other bytes")).reason == "nonce_used"
