"""Non-parties (H1.2): who relays, who did, and where nobody does."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.state import Notice
from beforehand.core.hotline.terms import Relay, Terms
from core.hotline.line import Hand, Line, circle


def bound(within_s: int = 600, **more: Any) -> tuple[Line, Hand, Hand, Hand]:
    """GREY and TEAL, bound by an agreement: TEAL relays to the HILLS, which TEAL names; PLUM is not of it."""
    line = Line()
    grey, teal, plum = line.party("GREY"), line.party("TEAL"), line.party("PLUM")
    line.done(c.NameNonparty(teal.by, "HILLS", ""))
    line.agreement(grey, teal, terms=Terms(relays=[Relay("TEAL", "TEAL", "HILLS", within_s)], **more))
    return line, grey, teal, plum


def relays_of(hand: Hand, notice: Notice) -> list[Any]:
    return list(hand.fetch(notice).relays)


def report(hand: Hand, notice: Notice, **more: Any) -> c.ReportRelay:
    return replace(c.ReportRelay(hand.by, notice.id, "TEAL", "HILLS", "by telephone", None, ""), **more)


def test_who_is_bound_is_told_and_has_a_deadline() -> None:
    """H1.2: NOT RELAYED, by whom, until when; and who relays is told of the notice for that reason."""
    line, grey, _, _ = bound()
    notice = grey.give()
    (needed,) = line.events(e.RelayNeeded)
    assert needed == e.RelayNeeded(notice.id, 1, "TEAL", "HILLS", "TEAL", needed.deadline, None, ["GREY", "TEAL"])
    assert needed.deadline == notice.current.received_us + 600_000_000
    assert notice.tellings["TEAL"][0].why == (("relays", "HILLS"),)
    (shown,) = relays_of(grey, notice)
    assert (shown.status, shown.by, shown.nonparty, shown.named_by) == ("NOT RELAYED", "TEAL", "HILLS", "TEAL")
    assert (shown.how, shown.at, shown.overdue, shown.beside_zone) == (None, None, False, None)
    assert shown.deadline == "2027-01-15T08:10:00" + shown.deadline[19:]


@pytest.mark.parametrize("more", [{"categories": ["exercise"]}, {}])
def test_who_is_not_bound(more: Any) -> None:
    """H1.2: for a category of which the agreement does not speak, or outside of its area."""
    line, grey, teal, _ = bound(**more)
    if not more:
        line.done(c.MoveAgreement(grey.by, next(iter(line.state.agreements)), "suspended"))
        terms = next(iter(line.state.agreements.values())).terms
        line.agreement(grey, teal, terms=terms, area=[circle(37.0, 35.0)])
    grey.give()
    assert not line.events(e.RelayNeeded)


def test_no_deadline_where_none_is_agreed() -> None:
    """H1.2: the duty stands without one, and nothing falls due."""
    line, grey, _, _ = bound(within_s=0)
    notice = grey.give()
    assert line.events(e.RelayNeeded)[0].deadline is None
    line.pass_until(1_000)
    assert not line.events(e.DeadlineMissed)
    assert relays_of(grey, notice)[0].deadline is None


def test_relayed_says_when_by_whom_and_how() -> None:
    """H1.2: as it was said, or when it was said."""
    line, grey, teal, _ = bound()
    notice = grey.give()
    reply = line.done(report(teal, notice, at_us=line.at(-1), words="to their officer"))
    assert (reply.id, reply.version) == (notice.id, 1)
    assert line.journal[reply.entry][2] is not None
    (shown,) = relays_of(grey, notice)
    assert (shown.status, shown.by, shown.how, shown.at) == ("RELAYED", "TEAL", "by telephone", "2027-01-15T07:59:00Z")
    line.pass_until(60)
    assert not [each for each in line.events(e.DeadlineMissed) if each.what == "relay"]
    line.done(report(grey, notice, how="by radio"))
    (shown,) = relays_of(teal, notice)
    assert (shown.by, shown.how) == ("GREY", "by radio")
    assert shown.at.startswith("2027-01-15T09:00:00")


def test_who_may_report() -> None:
    """H1.2, H10.3: whoever sees that it concerns the non-party; of another notice or non-party nobody learns anything."""
    line, grey, teal, plum = bound()
    notice = grey.give()
    assert line.refused(report(plum, notice)) == "not_found"
    assert line.refused(replace(report(teal, notice), notice="nowhere")) == "not_found"
    assert line.refused(report(teal, notice, nonparty="VALLEY")) == "no_relay"
    assert line.refused(report(teal, notice, named_by="GREY")) == "no_relay"
    plum.zone()
    other = grey.give()
    assert "PLUM" in other.tellings
    assert line.refused(report(plum, other)) == "no_relay"
    assert relays_of(plum, other) == []
    line.done(report(teal, notice))


def test_a_missed_relay_is_overdue_on_both_consoles_once() -> None:
    """H1.2, H5.6: it can still be done, and is then overdue no more."""
    line, grey, teal, _ = bound()
    notice = grey.give()
    by = line.events(e.RelayNeeded)[0].deadline
    assert by is not None
    line.pass_until((by - 1 - line.at(0)) / 60e6)
    assert not line.events(e.DeadlineMissed)
    line.pass_until(11)
    (missed,) = line.events(e.DeadlineMissed)
    assert (missed.what, missed.party, missed.to, missed.about) == ("relay", "TEAL", ["TEAL", "GREY"], "TEAL/HILLS")
    assert (missed.deadline, missed.role, missed.version) == (by, "senior", 1)
    assert relays_of(grey, notice)[0].overdue
    line.pass_until(200)
    assert len([each for each in line.events(e.DeadlineMissed) if each.what == "relay"]) == 1
    line.done(report(teal, notice))
    (shown,) = relays_of(grey, notice)
    assert (shown.status, shown.overdue) == ("RELAYED", False)


def test_a_new_version_must_be_relayed_again() -> None:
    """H1.2: with a deadline of its own; that of the former means nothing any more."""
    line, grey, teal, _ = bound()
    notice = grey.give()
    line.done(report(teal, notice))
    line.pass_until(5)
    grey.change(notice, grey.volume(circle(35.6, 35.77)))
    (shown,) = relays_of(grey, notice)
    assert shown.status == "NOT RELAYED"
    line.pass_until(14)
    assert not line.events(e.DeadlineMissed)
    line.pass_until(16)
    assert [each.version for each in line.events(e.DeadlineMissed)] == [2]


def test_a_former_versions_deadline_is_moot() -> None:
    """H5.6: nothing fires for what another version has taken the place of."""
    line, grey, _, _ = bound()
    notice = grey.give()
    line.pass_until(5)
    grey.change(notice)
    line.pass_until(12)
    assert not line.events(e.DeadlineMissed)


def test_nothing_is_overdue_of_a_notice_that_is_over() -> None:
    """H5.6: withdrawn before the deadline; a relay may still be reported."""
    line, grey, teal, _ = bound()
    notice = grey.give()
    grey.say(notice, "withdrawn")
    line.pass_until(60)
    assert not line.events(e.DeadlineMissed)
    line.done(report(teal, notice))


def test_nobody_relays_beside_a_zone_is_said_to_those_who_may_see_the_zone() -> None:
    """H1.2: the loudest warning there is: by whom it was reported, and to whom it is shared; H4.8: to no giver else."""
    line = Line()
    grey, teal, plum = line.party("GREY"), line.party("TEAL"), line.party("PLUM")
    zone = teal.zone(nonparty="HILLS", shared=["PLUM"])
    plum.move()
    notice = grey.give()
    (needed,) = line.events(e.RelayNeeded)
    assert needed == e.RelayNeeded(notice.id, 1, "TEAL", "HILLS", None, None, zone.id, ["TEAL", "PLUM"])
    for hand in (teal, plum):
        (shown,) = relays_of(hand, notice)
        assert (shown.status, shown.by, shown.beside_zone, shown.deadline) == ("NOBODY RELAYS", None, zone.id, None)
    assert relays_of(grey, notice) == []
    assert line.refused(report(grey, notice)) == "no_relay"
    line.done(report(plum, notice))
    (shown,) = relays_of(teal, notice)
    assert (shown.status, shown.by) == ("RELAYED", "PLUM")


@pytest.mark.parametrize("first", ["zone", "notice"])
def test_it_is_said_to_the_giver_that_reported_the_zone_itself(first: str) -> None:
    """H1.2: one's own notice beside the zone of a non-party; a zone of one's own is nobody else's."""
    line = Line()
    grey = line.party("GREY")
    if first == "zone":
        grey.zone(nonparty="HILLS")
        grey.zone()
    notice = grey.give()
    if first == "notice":
        grey.zone(nonparty="HILLS")
        grey.zone()
    (needed,) = line.events(e.RelayNeeded)
    assert needed.to == ["GREY"]
    assert relays_of(grey, notice)[0].status == "NOBODY RELAYS"


def test_a_bound_relay_beside_a_zone_shows_the_zone_only_to_who_may_see_it() -> None:
    """H1.2, H4.8: the duty, its deadline and what was done stay; the giver goes on seeing the duty, without the zone."""
    line, grey, teal, _ = bound()
    notice = grey.give()
    line.done(report(teal, notice))
    zone = teal.zone(nonparty="HILLS")
    first, beside = line.events(e.RelayNeeded)
    assert (beside.zone, beside.party, beside.deadline, beside.to) == (zone.id, "TEAL", first.deadline, ["TEAL"])
    (of_teal,), (of_grey,) = relays_of(teal, notice), relays_of(grey, notice)
    assert (of_teal.status, of_teal.beside_zone, of_teal.how) == ("RELAYED", zone.id, "by telephone")
    assert (of_grey.status, of_grey.beside_zone, of_grey.by) == ("RELAYED", None, "TEAL")
    teal.zone(nonparty="HILLS")
    assert len(line.events(e.RelayNeeded)) == 2
    grey.change(notice)
    assert [(each.version, each.zone) for each in line.events(e.RelayNeeded)[2:]] == [(2, None), (2, zone.id)]
    assert not line.events(e.DeadlineMissed)
    grey.change(notice, grey.volume(circle(37.0, 35.77)))
    assert [(each.version, each.zone) for each in line.events(e.RelayNeeded)[4:]] == [(3, None)]


def test_a_missed_relay_beside_a_zone_stays_missed() -> None:
    """H5.6: and is not due a second time when the zone comes."""
    line, grey, teal, _ = bound()
    notice = grey.give()
    line.pass_until(11)
    teal.zone(nonparty="HILLS", active_min=[(0, 100)])
    line.pass_until(25)
    assert len([each for each in line.events(e.DeadlineMissed) if each.what == "relay"]) == 1
    assert relays_of(teal, notice)[0].overdue
    assert relays_of(grey, notice)[0].overdue


def test_a_declared_zone_concerns_no_non_party() -> None:
    """H1.2: nobody need relay to its owner, who is on the line."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    teal.zone()
    grey.give()
    assert not line.events(e.RelayNeeded)


def test_an_observer_sees_all_relays_and_zones_beside_them() -> None:
    """H1.2: one that judges."""
    line = Line()
    grey, teal, iris = line.party("GREY"), line.party("TEAL"), line.party("IRIS", "observer")
    line.agreement(grey, teal, observers=["IRIS"])
    zone = teal.zone(nonparty="HILLS")
    notice = grey.give()
    (shown,) = relays_of(iris, notice)
    assert (shown.status, shown.beside_zone) == ("NOBODY RELAYS", zone.id)
