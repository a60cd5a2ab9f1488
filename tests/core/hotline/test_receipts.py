"""Receipts (H5.1, H5.2, H5.4): handed out before it leaves, then four facts of which none follows from another."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.json import decode
from msgspec.structs import replace

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.decide import receipts
from beforehand.core.hotline.replies import Shown
from beforehand.core.hotline.state import Notice
from beforehand.core.hotline.terms import Deadlines, Terms
from core.hotline.line import Hand, Line, circle

ASKED = Terms(tell={"*": ["TEAL"]})


def grey_and_teal(terms: Terms = ASKED) -> tuple[Line, Hand, Hand]:
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    line.agreement(grey, teal, terms=terms)
    return line, grey, teal


def receive(hand: Hand, notice: Notice, stage: str, **more: Any) -> c.Receive:
    return replace(c.Receive(hand.by, notice.id, 0, stage), **more)


def hash_of(notice: Notice, code: str = "TEAL") -> str:
    return notice.tellings[code][-1].hash


def shown(hand: Hand, notice: Notice) -> Any:
    return hand.fetch(notice).told[-1]


def test_handed_out_is_written_before_it_leaves_and_once() -> None:
    """H5.1: by whom of the party; it is no receipt."""
    line, grey, teal = grey_and_teal()
    notice = grey.give()
    telling = notice.tellings["TEAL"][0]
    reply = line.decide(c.FetchNotice(teal.by, notice.id))
    assert isinstance(reply, Shown)
    assert (reply.content_entry, reply.document) == (telling.handle, True)
    assert line.events(e.HandedOut) == [e.HandedOut(notice.id, 1, "TEAL", teal.person)]
    handed_us = line.journal[-1][0]
    assert telling.handed_us == handed_us
    assert reply.view.told[0].handed_out is not None
    assert telling.received == {}
    document: Any = decode(line.journal[telling.handle][2] or b"")
    assert (document["notice"], document["version"], document["giver"]) == (notice.id, 1, "GREY")
    again = teal.fetch(notice)
    assert again.told[0].handed_out == reply.view.told[0].handed_out
    assert len(line.events(e.HandedOut)) == 1


def test_a_service_fetches_for_nobody_in_particular() -> None:
    """H5.1: no person is named."""
    line, grey, teal = grey_and_teal()
    notice = grey.give()
    line.act(c.FetchNotice(teal.service(), notice.id))
    (event,) = line.events(e.HandedOut)
    assert not isinstance(event.person, str)


def test_the_giver_reads_its_own_without_a_receipt() -> None:
    """H5.1: whichever version it asks for; the newest where there is no such."""
    line, grey, _ = grey_and_teal()
    notice = grey.give()
    grey.change(notice)
    for version, at in ((0, 1), (1, 0), (2, 1), (7, 1)):
        reply = line.act(c.FetchNotice(grey.by, notice.id, version))
        assert (reply.content_entry, reply.document) == (notice.versions[at].entry, False)
    assert not line.events(e.HandedOut)


def test_who_was_not_told_is_answered_as_if_there_were_nothing() -> None:
    """H10.3: the same for what is not there and for what is not one's own."""
    line, grey, teal = grey_and_teal()
    plum = line.party("PLUM")
    notice = grey.give()
    for command in (
        c.FetchNotice(plum.by, notice.id), c.FetchNotice(plum.by, "nowhere"), c.EntriesOf(plum.by, notice.id),
        c.EntriesOf(plum.by, "nowhere"), receive(plum, notice, "SEEN"), receive(grey, notice, "SEEN"),
        c.SayPhraseEqual(plum.by, notice.id, "TEAL", "duty", None), c.SayPhraseEqual(grey.by, "nowhere", "TEAL", "duty", None),
        replace(receive(teal, notice, "SEEN"), notice="nowhere"),
    ):  # fmt: skip
        assert line.refused(command) == "not_found"
    assert not line.events(e.HandedOut)


def test_each_version_told_can_be_fetched_and_each_is_handed_out_by_itself() -> None:
    """H5.1: the newest unless another is asked for."""
    line, grey, teal = grey_and_teal()
    notice = grey.give()
    grey.change(notice)
    first, second = notice.tellings["TEAL"]
    assert line.act(c.FetchNotice(teal.by, notice.id)).content_entry == second.handle
    assert line.act(c.FetchNotice(teal.by, notice.id, 1)).content_entry == first.handle
    assert line.act(c.FetchNotice(teal.by, notice.id, 9)).content_entry == second.handle
    assert [each.version for each in line.events(e.HandedOut)] == [2, 1]


def test_an_observer_sees_all_and_leaves_no_receipt() -> None:
    """H1.1: one that judges is no addressee."""
    line = Line()
    grey, teal, iris = line.party("GREY"), line.party("TEAL"), line.party("IRIS", "observer")
    line.agreement(grey, teal, terms=ASKED, observers=["IRIS"])
    notice = grey.give()
    view = iris.fetch(notice)
    assert [each.party for each in view.told] == ["TEAL"]
    assert [each.version for each in view.versions] == [1]
    assert not line.events(e.HandedOut)
    rows = line.act(c.ListNotices(iris.by)).view["notices"]
    assert [each.notice for each in rows] == [notice.id]
    assert line.act(c.ListNotices(line.party("PLUM").by)).view["notices"] == []
    assert line.act(c.EntriesOf(iris.by, notice.id)).viewer == "*"
    assert line.refused(c.SayPhraseEqual(iris.by, notice.id, "TEAL", "duty", None)) == "not_found"


def test_delivered_names_the_contents_hash_back() -> None:
    """H5.1: by the addressee's machine; what it holds is what it was told."""
    line, grey, teal = grey_and_teal()
    notice = grey.give()
    reply = line.done(receive(teal, notice, "DELIVERED", hash=hash_of(notice), by=teal.service()))
    assert (reply.id, reply.version) == (notice.id, 1)
    (event,) = line.events(e.Received)
    assert (event.stage, event.party, event.version) == ("DELIVERED", "TEAL", 1)
    assert list(notice.tellings["TEAL"][0].received) == ["DELIVERED"]
    view = grey.fetch(notice).told[0]
    assert view.delivered is not None
    assert (view.handed_out, view.seen, view.understood, view.disseminated) == (None, None, None, None)
    assert line.refused(receive(teal, notice, "DELIVERED", hash=hash_of(notice))) == "received_already"


def test_another_hash_is_recorded_and_is_no_receipt() -> None:
    """H5.1: it holds something else."""
    line, grey, teal = grey_and_teal()
    notice = grey.give()
    assert line.refused(receive(teal, notice, "DELIVERED", hash="0" * 64)) == "hash_differs"
    (event,) = line.events(e.HashDiffers)
    assert (event.notice, event.version, event.party, event.hash) == (notice.id, 1, "TEAL", "0" * 64)
    assert notice.tellings["TEAL"][0].received == {}
    line.done(receive(teal, notice, "DELIVERED", hash=hash_of(notice)))
    assert line.refused(receive(teal, notice, "DELIVERED", hash="0" * 64)) == "hash_differs"


def test_seen_is_an_explicit_act_of_a_person_after_it_was_handed_out() -> None:
    """H5.2: never inferred from a read, and of no service."""
    line, grey, teal = grey_and_teal()
    notice = grey.give()
    assert line.refused(receive(teal, notice, "SEEN")) == "not_handed_out"
    assert line.refused(receive(teal, notice, "DISSEMINATED")) == "not_handed_out"
    teal.fetch(notice)
    assert shown(grey, notice).seen is None
    assert line.refused(receive(teal, notice, "SEEN", by=teal.service())) == "person_needed"
    line.done(receive(teal, notice, "SEEN", words="seen by the watch officer"))
    assert shown(grey, notice).seen is not None
    assert (shown(grey, notice).delivered, shown(grey, notice).understood) == (None, None)
    assert b"watch officer" in (line.journal[-1][2] or b"")
    assert line.refused(receive(teal, notice, "SEEN")) == "received_already"


def test_disseminated_says_coverage_means_and_whether_it_was_confirmed_and_may_grow() -> None:
    """H5.4: part first, then all; the first time counts; a service may say it."""
    line, grey, teal = grey_and_teal()
    notice = grey.give()
    teal.fetch(notice)
    line.done(receive(teal, notice, "DISSEMINATED", coverage="part", by=teal.service()))
    first = notice.tellings["TEAL"][0].received["DISSEMINATED"]
    assert notice.tellings["TEAL"][0].how == {"DISSEMINATED": "part"}
    line.done(
        receive(teal, notice, "DISSEMINATED", coverage="all", means="radio", spread="confirmed back", at_us=line.at(-3))
    )
    assert notice.tellings["TEAL"][0].how == {"DISSEMINATED": "all radio confirmed back"}
    assert notice.tellings["TEAL"][0].received["DISSEMINATED"] == first
    event = line.events(e.Received)[-1]
    assert (event.coverage, event.how, event.spread, event.at) == ("all", "radio", "confirmed back", line.at(-3))
    before = line.events(e.Received)[0]
    assert not isinstance(before.at, int)
    assert shown(grey, notice).how == {"DISSEMINATED": "all radio confirmed back"}


def test_a_receipt_may_be_of_a_former_version() -> None:
    """H5: as it names; of none that was not told."""
    line, grey, teal = grey_and_teal()
    notice = grey.give()
    grey.change(notice)
    line.act(c.FetchNotice(teal.by, notice.id, 1))
    assert line.done(receive(teal, notice, "SEEN", version=1)).version == 1
    assert line.refused(receive(teal, notice, "SEEN", version=2)) == "not_handed_out"
    assert line.refused(receive(teal, notice, "SEEN", version=3)) == "not_found"
    assert line.refused(receive(teal, notice, "DELIVERED", version=1, hash=hash_of(notice))) == "hash_differs"
    assert [list(each.received) for each in notice.tellings["TEAL"]] == [["SEEN"], []]


def test_seeing_a_version_lets_former_ones_leave_the_picture() -> None:
    """H4.10: until then the picture is the union of both, and the clock runs on it."""
    line, grey, teal = grey_and_teal()
    notice = grey.give()
    grey.change(notice, grey.volume(circle(35.9, 35.77), from_min=60, to_min=90))
    assert [each.in_picture for each in notice.versions] == [True, True]
    assert (notice.opens_us, notice.ends_us) == (line.at(30), line.at(90))
    assert len(line.state.places) == 2
    teal.see(notice)
    event = line.events(e.Received)[-1]
    assert (event.retires, event.opens, event.ends) == ([1], line.at(60), line.at(90))
    assert [each.in_picture for each in notice.versions] == [False, True]
    assert (notice.opens_us, notice.ends_us) == (line.at(60), line.at(90))
    assert len(line.state.places) == 1
    line.pass_until(55)
    assert notice.state == "given"
    line.pass_until(61)
    assert notice.state == "due"


def test_seeing_what_retires_nothing_says_nothing_of_the_picture() -> None:
    """H4.10: a first version, or one of which another still has the former."""
    line = Line()
    grey, teal, plum = (line.party(code) for code in ("GREY", "TEAL", "PLUM"))
    line.agreement(grey, teal, plum, terms=Terms(tell={"*": ["TEAL", "PLUM"]}))
    notice = grey.give()
    teal.see(notice)
    grey.change(notice, grey.volume(circle(35.9, 35.77)))
    teal.see(notice)
    assert [isinstance(each.retires, list) for each in line.events(e.Received)] == [False, False]
    assert [isinstance(each.opens, int) for each in line.events(e.Received)] == [False, False]
    assert [each.in_picture for each in notice.versions] == [True, True]
    plum.see(notice)
    assert line.events(e.Received)[-1].retires == [1]


def test_seeing_an_old_version_again_brings_nothing_back() -> None:
    """H4.10: of three, the second is seen: the first leaves; then the third: the second leaves; the first is seen late."""
    line, grey, teal = grey_and_teal()
    notice = grey.give()
    grey.change(notice, grey.volume(circle(35.9, 35.77)))
    grey.change(notice, grey.volume(circle(36.2, 35.77)))
    for version in (1, 2, 3):
        line.act(c.FetchNotice(teal.by, notice.id, version))
    line.done(receive(teal, notice, "SEEN", version=2))
    assert [each.in_picture for each in notice.versions] == [False, True, True]
    line.done(receive(teal, notice, "SEEN", version=1))
    assert [each.in_picture for each in notice.versions] == [False, True, True]
    line.done(receive(teal, notice, "SEEN", version=3))
    assert [each.in_picture for each in notice.versions] == [False, False, True]


def test_phrase_equal_supports_and_replaces_nothing() -> None:
    """H3.2: said by giver or addressee, by a person; with the other's role and when."""
    line, grey, teal = grey_and_teal()
    notice = grey.give()
    line.done(c.SayPhraseEqual(grey.by, notice.id, "TEAL", "duty", None))
    reply = line.done(c.SayPhraseEqual(teal.by, notice.id, "", "senior", line.at(-1)))
    assert (reply.id, reply.version) == (notice.id, 1)
    one, other = line.events(e.PhraseEqual)
    assert (one.party, one.other_role, one.version) == ("TEAL", "duty", 1)
    assert one.at == next(time_us for time_us, event, _ in line.journal if event is one)
    assert (other.party, other.other_role, other.at) == ("TEAL", "senior", line.at(-1))
    assert notice.tellings["TEAL"][0].received == {}
    assert line.refused(c.SayPhraseEqual(teal.service(), notice.id, "", "senior", None)) == "person_needed"
    assert line.refused(c.SayPhraseEqual(grey.by, notice.id, "PLUM", "duty", None)) == "not_found"


# Lists ------------------------------------------------------------------------------------------------------------------


def rows(hand: Hand, **more: Any) -> Any:
    return hand.line.act(replace(c.ListNotices(hand.by), **more)).view


def test_a_list_has_what_one_gave_and_was_told_oldest_first_a_page_at_a_time() -> None:
    """H10.3: and a cursor that says nothing of what is hidden."""
    line, grey, teal = grey_and_teal()
    given = [grey.give(), teal.give(teal.volume(circle(37.0, 35.0))), grey.give(), grey.give()]
    grey.say(given[2], "withdrawn")
    assert [each.notice for each in rows(grey)["notices"]] == [given[at].id for at in (0, 2, 3)]
    page = rows(teal, limit=2)
    assert [each.notice for each in page["notices"]] == [given[0].id, given[1].id]
    assert page["next"] == given[1].handle
    page = rows(teal, limit=2, after=page["next"])
    assert [each.notice for each in page["notices"]] == [given[2].id, given[3].id]
    assert page["next"] is None
    assert [each.notice for each in rows(teal, live=True)["notices"]] == [given[at].id for at in (0, 1, 3)]
    assert rows(line.party("PLUM")) == {"notices": [], "next": None}


def test_a_page_holds_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """P8: 500 at most, whatever is asked."""
    assert receipts.PAGE_MAX == 500
    monkeypatch.setattr(receipts, "PAGE_MAX", 2)
    _, grey, _ = grey_and_teal()
    for _ in range(3):
        grey.give()
    assert len(rows(grey, limit=100)["notices"]) == 2
    assert len(rows(grey, limit=1)["notices"]) == 1


def test_a_row_is_of_ones_own_part() -> None:
    """H4.7: window and lead over the volumes that were told; whether it was handed out."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    teal.zone(circle(radius_m=100), active_min=[(0, 500)])
    notice = grey.give(grey.volume(from_min=40, to_min=45), grey.volume(circle(36.5, 35.0), from_min=20, to_min=90))
    (own,), (theirs,) = rows(grey)["notices"], rows(teal)["notices"]
    assert (own.opens, own.ends, own.lead) == ("2027-01-15T08:20:00Z", "2027-01-15T09:30:00Z", "20 min")
    assert (theirs.opens, theirs.ends, theirs.lead) == ("2027-01-15T08:40:00Z", "2027-01-15T08:45:00Z", "40 min")
    assert (own.handed_out, theirs.handed_out, theirs.reading_back) == (True, False, False)
    teal.fetch(notice)
    assert rows(teal)["notices"][0].handed_out
    grey.change(notice, grey.volume(from_min=50, to_min=60), grey.volume(circle(36.5, 35.0)))
    assert (theirs.version, rows(teal)["notices"][0].version) == (1, 2)


def test_entries_of_a_notice_name_who_may_see_them() -> None:
    """H8.1: giver first, then addressees as they came onto the line."""
    line = Line()
    zinc, grey, ambr = line.party("ZINC"), line.party("GREY"), line.party("AMBR")
    line.agreement(grey, ambr, zinc, terms=Terms(tell={"*": ["ZINC", "AMBR"]}))
    notice = grey.give()
    found = line.act(c.EntriesOf(ambr.by, notice.id))
    assert (found.codes, found.viewer) == (("GREY", "ZINC", "AMBR"), "AMBR")
    assert list(found.entries) == [
        at for at, (_, event, _) in enumerate(line.journal)
        if getattr(event, "notice", None) == notice.id or isinstance(event, e.Looked)]  # fmt: skip
    assert line.act(c.EntriesOf(grey.by, notice.id)).viewer == "GREY"


def test_usable_warning_is_the_window_minus_when_it_was_usable() -> None:
    """H4.2: none before; since it was SEEN; over the volumes told, since it was UNDERSTOOD."""
    line, grey, teal = grey_and_teal(replace(ASKED, deadlines=Deadlines(), usable_s={"*": 600}))
    notice = grey.give(grey.volume(from_min=30), grey.volume(circle(36.5, 35.0), from_min=35))
    telling = notice.tellings["TEAL"][0]
    assert shown(grey, notice).usable_warning == "none"
    assert receipts.usable_warning_us(notice, telling, line.at(10)) == 20 * 60_000_000
    telling.volumes.remove(1)
    assert receipts.usable_warning_us(notice, telling, line.at(10)) == 25 * 60_000_000
    telling.volumes.insert(0, 1)
    line.now_us = line.at(10)
    teal.see(notice)
    assert shown(grey, notice).usable_warning == "20 min"
    line.now_us = line.at(12)
    values = [
        c.ReadBackValues(each.outline, each.lower_mm, each.upper_mm, each.start_us, each.end_us)
        for each in line.state.shapes[notice.id, 1]
    ]
    assert teal.read_back(notice, *values).right
    assert shown(grey, notice).usable_warning == "18 min"
    announced = grey.give(grey.volume(from_min=None, to_min=None), category="announced_operation")
    assert receipts.usable_warning_us(announced, announced.tellings["TEAL"][0], 0) is None
    teal.see(announced)
    assert shown(grey, announced).usable_warning == "none"
