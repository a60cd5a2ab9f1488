"""P2 on the hotline: a warning is never refused for ignorance, lateness, contradiction, clock or rate: it goes out at once."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.terms import Terms
from beforehand.core.stamp import Refusal, Stamp
from beforehand.node.node import is_warning
from core.hotline.line import Hand, Line, circle
from core.hotline.statements import signed
from node.test_background import Parties, of_kind
from node.world import World, asked, in_simulation

TELL = Terms(tell={"*": ["TEAL"]})


@pytest.fixture
def world() -> World:
    return World()


def grey_and_teal(terms: Terms = TELL) -> tuple[Line, Hand, Hand]:
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    line.agreement(grey, teal, terms=terms)
    return line, grey, teal


def test_a_notice_given_in_ignorance_goes_out_and_says_what_its_giver_had_not_seen() -> None:
    """H4.1: UNAWARE OF n, and what it had been shown."""
    line, grey, teal = grey_and_teal(Terms(tell={"*": ["GREY", "TEAL"]}))
    shown, unseen = teal.give(), teal.give()
    grey.fetch(shown)
    notice = grey.give()
    given = line.events(e.NoticeGiven)[-1]
    assert (given.aware.notices, given.unaware.notices) == ([(shown.id, 1)], [(unseen.id, 1)])
    assert "TEAL" in notice.tellings


@pytest.mark.parametrize(
    ("from_min", "to_min", "state"), [(-5, 10, "due"), (-10, -5, "over_unconfirmed"), (1, 5, "given")]
)
def test_a_notice_given_late_goes_out_all_the_same(from_min: float, to_min: float, state: str) -> None:
    """H4.1, H4.3: whatever lead an agreement asks for: that is a term, and stops nothing."""
    line, grey, _ = grey_and_teal(Terms(tell={"*": ["TEAL"]}, lead_s={"*": 7_200}))
    notice = grey.give(grey.volume(from_min=from_min, to_min=to_min))
    assert notice.state == state
    assert "TEAL" in notice.tellings
    assert [each.value for each in line.events(e.TermsChecked)[0].rows] == ["not met"]


def test_a_contradictory_notice_goes_out_under_emergency_as_it_stands() -> None:
    """H4.4: marked; without `emergency` its giver is asked to mend it."""
    line, grey, _ = grey_and_teal()
    marks = (c.GivenMark("H4.4", "FLOOR_ABOVE_CEILING", 1),)
    assert line.refused(grey.giving(marks=marks)) == "contradictory"
    notice = line.notice(line.done(grey.giving(marks=marks, emergency=True)))
    assert notice.current.marks == [("H4.4", "FLOOR_ABOVE_CEILING", 1)]
    assert "TEAL" in notice.tellings


def test_a_notice_given_while_the_clock_is_in_doubt_says_so() -> None:
    """H4.1: `time uncertain, ± n s`; whether it is over is judged by the earliest that it may be."""
    line, grey, _ = grey_and_teal()
    decision = line.machine.decide(
        grey.giving(grey.volume(from_min=-20, to_min=-1)), Stamp(line.at(0) + 1_000, bytes(98), 1, 120_000_000)
    )
    given = decision.events[0]
    assert (given.uncertain, given.state) == (120_000_000, "due")


def test_a_notice_signed_with_a_key_that_nobody_knows_goes_out_unsigned() -> None:
    """H1.5: a lost key does not hold up a warning; whatever else would be refused."""
    line, grey, _ = grey_and_teal()
    notice = line.notice(line.done(signed(grey.giving(), "nobody's key")))
    assert notice.current.key is None
    assert line.refused(signed(c.EndMovement(grey.by, grey.move().id), "nobody's key", "other")) == "unknown_key"


def test_what_is_no_longer_refused_by_how_often_it_was_asked() -> None:
    """H4.8: trials are limited by the hour, a notice never is."""
    line, grey, _ = grey_and_teal()
    while not isinstance(line.decide(grey.giving(kind=c.TryNotice)), Refusal):
        pass
    assert "TEAL" in grey.give().tellings


@pytest.mark.parametrize(
    "kind",
    [
        c.GiveNotice,
        c.ChangeNotice,
        c.ShiftNotice,
        c.MoveNotice,
        c.Object,
        c.ReportRelay,
        c.SetZone,
        c.SetPosture,
        c.FetchNotice,
    ],
)
def test_what_goes_first(kind: type) -> None:
    """P2: with a share of its own of every queue."""
    assert kind in c.GOES_FIRST


def test_a_trial_and_advice_are_no_warnings() -> None:
    """P2, H4.8: they wait for their turn and are limited; a notice, and fetching one, are not."""
    line, grey, _ = grey_and_teal()
    assert is_warning(grey.giving())
    assert is_warning(c.FetchNotice(grey.by, "id"))
    assert not is_warning(grey.giving(kind=c.TryNotice))
    assert not is_warning(c.AskAdvice(grey.by, "id"))
    assert not is_warning(c.ListNotices(grey.by))
    assert line.journal


@in_simulation
async def test_it_goes_out_beside_a_doubted_clock_a_spent_rate_and_a_full_batch(world):
    """P2: where others are turned away."""
    node = await world.open(cells_per_second=1, open_batch_entries=40)
    parties = await Parties(world, node).join("GREY", "TEAL")
    await parties.done(parties.zone("TEAL"))
    world.clock.set_wall(3_600_000_000)
    await asked(node.ask(parties.giving("GREY")))
    assert node.ready() is None or "clock" in node.ready()
    for _ in range(5):
        await parties.done(parties.giving("GREY"))
    assert len(await of_kind(world, e.NoticeGiven)) == 6


def test_nothing_that_concerns_it_is_hidden_by_how_much_there_is() -> None:
    """P2: no row limit and no cache: of 150 zones there each is met."""
    line, grey, teal = grey_and_teal(Terms())
    zone = c.SetZone(teal.by, "range", None, (teal.volume(circle(radius_m=200)),), ((line.at(0), None),), (), "{}")
    for _ in range(150):
        line.decide(replace(zone))
    notice = grey.give()
    assert len(notice.current.conflicts["TEAL"]) == 150
