"""P5 on the hotline: a party learns what concerns it, no more; trying and asking never reveals what was not disclosed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.json import encode

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from core.hotline.line import Hand, Line, circle
from core.hotline.playing import Play

HIDDEN = {
    "nothing": lambda hand: None,
    "a zone": lambda hand: hand.zone(),
    "a zone of a non-party": lambda hand: hand.zone(nonparty="HILLS"),
    "a movement": lambda hand: hand.move(),
    "a notice": lambda hand: hand.give(category="exercise"),
}


def asked_of(hand: Hand, *commands: Any) -> bytes:
    """All that a party is answered, but for ids, times and entries of its own acts."""
    return encode(
        [getattr(reply, "view", None) or getattr(reply, "reason", None) for reply in map(hand.line.decide, commands)]
    )


@pytest.mark.parametrize("what", HIDDEN)
def test_trying_reveals_nothing_that_was_not_disclosed(what: str) -> None:
    """H4.8: a trial check, lists of zones, movements and notices say the same, whatever others have there."""
    answers = set()
    for hides in ("nothing", what):
        line = Line()
        grey, teal = line.party("GREY"), line.party("TEAL")
        HIDDEN[hides](teal)  # type: ignore[no-untyped-call]
        trial = line.decide(grey.giving(kind=c.TryNotice))
        listed = asked_of(grey, c.ListZones(grey.by), c.ListMovements(grey.by), c.ListNotices(grey.by))
        answers.add((trial.others, trial.names, trial.hidden_conflicts, trial.cells_only, encode(trial.trial), listed))
    assert len(answers) == 1


@pytest.mark.parametrize("what", [each for each in HIDDEN if each != "nothing"])
def test_of_an_undisclosed_plan_a_giver_learns_whom_to_ask_and_its_own_numbers_alone(what: str) -> None:
    """H4.8: nowhere in what it can be shown stands what, where or when."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    own: Any = HIDDEN[what](teal)  # type: ignore[no-untyped-call]
    notice = grey.give(grey.volume(), category="exercise")
    view = grey.fetch(notice)
    (conflict,) = view.conflicts
    assert (conflict.party, conflict.volumes, conflict.meetings) == ("TEAL", [1], [])
    assert (view.relays, view.zone_warnings) == ([], [])
    shown = encode(view) + encode(line.decide(c.AskAdvice(grey.by, notice.id)))
    assert own.id.encode() not in shown
    assert b"HILLS" not in shown
    assert b"movement" not in shown.replace(b"humanitarian_movement", b"")


@pytest.mark.parametrize("count", [1, 3])
def test_how_much_another_has_there_is_not_told(count: int) -> None:
    """H10.3: one conflict and one answer, of however many plans."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    for _ in range(count):
        teal.move()
        teal.zone(circle(radius_m=500))
    notice = grey.give(category="exercise")
    assert len(grey.fetch(notice).conflicts) == 1
    assert line.events(e.ConflictFound) == [e.ConflictFound(notice.id, 1, "GREY", "TEAL", [1], [])]


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6))
def test_in_random_play_nobody_is_shown_an_id_that_is_not_its_to_see(seed: int) -> None:
    """P5: whatever a party fetches or lists, no plan of another that was not disclosed is named in it."""
    play = Play(seed).run(100)
    line, state = play.line, play.line.state
    for hand in play.hands:
        code = hand.code
        released = state.parties[code].released
        hidden = [
            each.id for each in state.movements.values() if each.party != code and ("movement", each.id) not in released
        ]
        warned = {each.zone for notice in state.notices.values() for each in notice.warned.values() if code in each.to}
        hidden += [
            each.id for each in state.zones.values()
            if each.party != code and code not in each.shared and ("zone", each.id) not in released and each.id not in warned
        ]  # fmt: skip
        shown = asked_of(
            hand, c.ListZones(hand.by), c.ListMovements(hand.by), c.ListNotices(hand.by, limit=500), c.ListAgreements(hand.by),
            *(c.FetchNotice(hand.by, each) for each in list(state.notices)))  # fmt: skip
        assert not [id_ for id_ in hidden if id_.encode() in shown]
        untold = [
            each.id for each in state.notices.values()
            if each.giver != code and code not in each.tellings and ("notice", each.id) not in released
        ]  # fmt: skip
        touched = {
            meeting.id
            for notice in state.notices.values() for version in notice.versions for meeting in version.touched.get(code, ())
        }  # fmt: skip
        assert not [id_ for id_ in untold if id_ not in touched and id_.encode() in shown]
    assert line.journal
