"""What each side knew at an instant (H8.1): from entries alone, the same as the state's view of that instant."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import asdict, replace

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.instants import instant
from beforehand.core.hotline.knew import NOT_RECORDED, Knew, KnewParty, what_was_known
from beforehand.core.hotline.picture import seen_version
from beforehand.core.hotline.state import Notice, Telling
from beforehand.core.hotline.terms import Deadlines, Relay, Silence, Terms
from beforehand.core.hotline.views import notice_view
from beforehand.core.machine import Machine
from core.hotline.line import Hand, Line, circle
from core.hotline.playing import Play, of_notice

STAGES = ["DELIVERED", "SEEN", "UNDERSTOOD", "DISSEMINATED"]


def entries(line: Line) -> list[tuple[int, Any]]:
    return [(time_us, event) for time_us, event, _ in line.journal]


def knew(line: Line, notice: Notice, viewer: str = "*", at_us: int | None = None) -> Knew:
    found = what_was_known(entries(line), notice.id, line.now_us + 10**9 if at_us is None else at_us, viewer)
    assert found is not None
    return found


def of(found: Knew, code: str) -> KnewParty:
    return next(each for each in found.parties if each.party == code)


def staged(**more: Any) -> tuple[Line, Hand, Hand]:
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    line.agreement(grey, teal, terms=Terms(tell={"*": ["TEAL"]}, **more))
    return line, grey, teal


# Against the state ------------------------------------------------------------------------------------------------------


def as_the_state_has_it(machine: Machine, notice: Notice, telling: Telling) -> dict[str, Any]:
    """A receipt as it follows from the tables: the slow way is to fold the journal up to that instant."""
    view = notice_view(machine.hotline, notice, machine.hotline.parties[notice.giver], 0)
    shown = next(each for each in view.told if each.hash == telling.hash and each.party == telling.party)
    return {
        "version": telling.version, "volumes": telling.volumes, "told": instant(telling.told_us),
        "handed_out": shown.handed_out, "delivered": shown.delivered, "seen": shown.seen, "understood": shown.understood,
        "disseminated": shown.disseminated, "how": telling.how, "missed": list(telling.missed),
        "usable_warning": None if shown.usable_warning == "none" else shown.usable_warning,
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_at_any_instant_it_is_what_a_journal_up_to_that_instant_folds_to(seed: int) -> None:
    """H8.1: receipts, state, versions, conflicts, warnings, relays, objections, after every entry that speaks of it."""
    play = Play(seed).run(160)
    machine = Machine()
    for time_us, event, content in play.line.journal:
        machine.fold(event, content, time_us)
        id_ = getattr(event, "notice", None)
        if id_ is None or machine.seq % 3:
            continue
        notice = machine.hotline.notices[id_]
        found = what_was_known(of_notice(play, id_), id_, time_us)
        assert found is not None
        assert (found.giver, found.state, found.at) == (notice.giver, notice.state, instant(time_us))
        assert [each["version"] for each in found.versions] == [each.number for each in notice.versions]
        assert len(found.terms) == sum(len(each.terms) for each in notice.versions)
        assert len(found.relays) == len(notice.relays)
        assert sum(" RELAYED (" in each for each in found.relays) == sum(
            each.done_us is not None for each in notice.relays.values()
        )
        assert sum(len(each.zone_warnings) for each in found.parties) == len(notice.warned)
        for code, tellings in notice.tellings.items():
            party = of(found, code)
            assert len(party.receipts) == len(tellings)
            for receipt, telling in zip(party.receipts, tellings, strict=True):
                have = asdict(receipt) | {
                    "missed": [each.split(" ")[0] for each in receipt.missed if "relay" not in each]
                }
                expected = as_the_state_has_it(machine, notice, telling)
                assert {name: have[name] for name in expected} == expected
            seen = seen_version(notice, code)
            assert party.picture == sorted({each.version for each in tellings if each.version >= seen})
        for code, party_objections in {each.party: each for each in notice.objections.values()}.items():
            assert any(party_objections.kind in line for line in of(found, code).objections)


@pytest.mark.parametrize("seed", range(3, 6))
def test_each_sees_all_of_itself_and_nothing_of_anothers(seed: int) -> None:
    """H8.1, P5: an addressee itself and the giver's public part; the giver not who of theirs, nor what is met, nor warnings."""
    play = Play(seed).run(160)
    last_us = play.line.journal[-1][0]
    for notice in play.line.state.notices.values():
        known = of_notice(play, notice.id)
        whole = what_was_known(known, notice.id, last_us)
        assert whole is not None
        for hand in play.hands:
            found = what_was_known(known, notice.id, last_us, hand.code)
            assert found is not None
            if hand.code not in notice.tellings and hand.code != notice.giver:
                continue
            assert found.state == whole.state
            mine = [each for each in whole.parties if each.party == hand.code]
            assert [each for each in found.parties if each.party == hand.code] == mine
            if hand.code == notice.giver:
                assert found.versions == whole.versions
                for other in found.parties:
                    if other.party != hand.code:
                        assert other.conflicts == []
                        assert {each.who_of_ours for each in other.receipts} <= {None, "answered"}
                        receipts = of(whole, other.party).receipts
                        assert [each.seen for each in other.receipts] == [each.seen for each in receipts]
            else:
                assert found.versions == []
                assert {each.party for each in found.parties} <= {hand.code, notice.giver}
                assert of(found, notice.giver).conflicts == []
                assert of(found, notice.giver).receipts == []
                assert all(each.get("party", hand.code) == hand.code for each in found.terms)


# In words ---------------------------------------------------------------------------------------------------------------


def test_nothing_is_known_of_what_is_not_there_yet() -> None:
    """H8.1: before it was given, and of another; at the very instant it is known."""
    line, grey, _ = staged()
    notice = grey.give()
    given_us = line.journal[notice.handle][0]
    assert what_was_known(entries(line), notice.id, given_us - 1) is None
    assert what_was_known(entries(line), "nowhere", given_us) is None
    assert what_was_known([], notice.id, given_us) is None
    found = knew(line, notice, at_us=given_us)
    assert (found.notice, found.viewer, found.giver, found.at) == (notice.id, "*", "GREY", instant(given_us))
    assert [each.party for each in found.parties] == ["GREY"]
    told_us = notice.tellings["TEAL"][0].told_us
    assert [each.party for each in knew(line, notice, at_us=told_us).parties] == ["GREY", "TEAL"]
    assert (
        what_was_known([each for each in entries(line) if not isinstance(each[1], e.NoticeGiven)], notice.id, told_us)
        is None
    )


def test_versions_are_said_with_lead_marks_and_what_their_giver_had_been_shown() -> None:
    """H4.1, H4.2, H8.1: to the giver."""
    line, grey, _ = staged()
    mark = c.GivenMark("H4.5", "TEXT_TOO_COARSE", 1)
    notice = line.notice(line.done(replace(grey.giving(category="announced_operation"), marks=(mark,), emergency=True)))
    grey.change(notice, grey.volume(from_min=None, to_min=None))
    one, two = knew(line, notice).versions
    assert one["received"] == instant(notice.versions[0].received_us)
    assert (one["version"], one["kind"], one["lead"], one["emergency"]) == (1, "first", "30 min", True)
    assert (one["marks"], one["aware_of"], one["unaware_of"], one["signed"]) == (["H4.5 TEXT_TOO_COARSE"], 0, 0, False)
    assert (two["version"], two["lead"], two["emergency"], two["marks"]) == (2, None, False, [])


def test_receipts_are_said_one_by_one_with_times_and_means() -> None:
    """H5, H8.1: the four facts, every try, who of ours, the phrase; the first time counts."""
    line, grey, teal = staged(stages={"*": STAGES})
    notice = grey.give()
    teal.fetch(notice)
    wrong = replace(teal.told_values(notice), lower_mm=900_000, start_us=None)
    teal.read_back(notice, wrong)
    teal.read_back(notice, wrong)
    line.done(c.OpenReadBack(teal.by, notice.id))
    line.act(c.FetchNotice(teal.service(), notice.id))
    line.pass_until(6)
    line.act(c.AnswerReadBack(grey.by, notice.id, (teal.told_values(notice),), "", "TEAL"))
    line.done(c.SayWhoOfOurs(teal.by, notice.id, "some"))
    line.done(c.Receive(teal.by, notice.id, 0, "DELIVERED", notice.tellings["TEAL"][0].hash))
    line.done(c.Receive(teal.by, notice.id, 0, "SEEN"))
    line.done(c.Receive(teal.by, notice.id, 0, "DISSEMINATED", coverage="part"))
    first = of(knew(line, notice), "TEAL").receipts[0].disseminated
    line.done(c.Receive(teal.by, notice.id, 0, "DISSEMINATED", coverage="all", means="radio", spread="told"))
    line.done(c.SayPhraseEqual(teal.by, notice.id, "", "duty", line.at(3)))
    (receipt,) = of(knew(line, notice), "TEAL").receipts
    assert (receipt.version, receipt.volumes, receipt.disseminated) == (1, [1], first)
    assert receipt.how == {"UNDERSTOOD": "by voice", "DISSEMINATED": "all radio told"}
    assert receipt.usable_warning == "24 min"
    tries = [each.split(" (2027")[0] for each in receipt.read_backs]
    assert tries == [
        "1: wrong: band, times", "2: wrong: band, times", "both asked onto a call",
        "fetched meanwhile by somebody else of the party", "opened and not answered", "3: right, by voice",
        "PHRASE_EQUAL by voice"]  # fmt: skip
    assert receipt.read_backs[-1] == "PHRASE_EQUAL by voice (2027-01-15T08:03:00Z)"
    assert receipt.read_backs[-2].startswith("3: right, by voice (2027-01-15T08:06:00")
    assert receipt.who_of_ours == "some"
    assert of(knew(line, notice, "TEAL"), "TEAL").receipts[0].who_of_ours == "some"
    assert of(knew(line, notice, "GREY"), "TEAL").receipts[0].who_of_ours == "answered"
    times = [
        receipt.told,
        receipt.handed_out,
        receipt.understood,
        receipt.delivered,
        receipt.seen,
        receipt.disseminated,
    ]
    assert times == sorted(times, key=str)
    assert (
        of(knew(line, notice), "TEAL").duty
        == of(knew(line, notice), "TEAL").channel
        == NOT_RECORDED
        == "not recorded yet"
    )


def test_the_usable_warning_counts_from_seen_until_it_is_understood() -> None:
    """H4.2: over the volumes told; none where no window is said; of a version that stands, from when that was understood."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    teal.zone(circle(radius_m=100), active_min=[(0, None)])
    notice = grey.give(grey.volume(circle(36.5, 35.0), from_min=10), grey.volume(from_min=30))
    assert of(knew(line, notice), "TEAL").receipts[0].usable_warning is None
    line.now_us = line.at(2)
    teal.see(notice)
    assert of(knew(line, notice), "TEAL").receipts[0].usable_warning == "28 min"
    line.now_us = line.at(5)
    right = replace(teal.told_values(notice), outline=circle(), start_us=line.at(30))
    assert teal.read_back(notice, right).right
    assert of(knew(line, notice), "TEAL").receipts[0].usable_warning == "25 min"
    line.now_us = line.at(7)
    grey.change(notice, grey.volume(circle(36.5, 35.0), from_min=10), grey.volume(circle(radius_m=2_000), from_min=35))
    stands = of(knew(line, notice), "TEAL").receipts[1]
    assert stands.how == {"UNDERSTOOD": "read-back of version 1 stands"}
    assert stands.usable_warning == "30 min"
    line.now_us = line.at(9)
    teal.see(notice)
    assert of(knew(line, notice), "TEAL").receipts[1].usable_warning == "30 min"
    line.now_us = line.at(12)
    grey.change(notice, grey.volume(circle(36.5, 35.0), from_min=10), grey.volume(circle(radius_m=1_900), from_min=36))
    third = of(knew(line, notice), "TEAL").receipts[2]
    assert (third.usable_warning, third.how) == ("31 min", {"UNDERSTOOD": "read-back of version 2 stands"})
    announced = grey.give(grey.volume(from_min=None, to_min=None), category="announced_operation")
    teal.see(announced)
    assert of(knew(line, announced), "TEAL").receipts[0].usable_warning is None


def test_what_is_met_is_said_to_each_side_in_its_own_words() -> None:
    """H4.8, H8.1: CONFLICT and whom to ask; what of one's own; CELLS ONLY; warnings of zones."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    line.done(c.NameNonparty(teal.by, "HILLS", ""))
    teal.zone(nonparty="HILLS")
    movement = teal.move()
    teal.zone(circle(35.60, 35.77))
    large = replace(grey.volume(circle(35.62, 35.77)), km2=500)
    notice = grey.give(grey.volume(), grey.volume())
    found = knew(line, notice)
    assert of(found, "GREY").conflicts == ["version 1: CONFLICT, ask TEAL (volumes 1, 2)"]
    assert of(found, "TEAL").conflicts == ["version 1: meets your zone, movement"]
    assert of(found, "TEAL").zone_warnings[0] == "version 1: your movement in an active zone of HILLS"
    other = grey.give(large)
    assert of(knew(line, other), "GREY").conflicts[0] == "version 1: CONFLICT, ask TEAL (the whole)"
    event = e.CellsOnly(notice.id, 2, "GREY", [], 7)
    at_us = line.journal[-1][0] + 5
    cells = what_was_known([*entries(line), (at_us, event)], notice.id, at_us)
    assert cells is not None
    assert of(cells, "GREY").conflicts[-1] == f"version 2: CELLS ONLY since {instant(at_us)} (7)"
    assert movement


def test_a_warning_of_a_declared_zone_names_no_non_party_and_who_is_told_for_it_alone_meets_nothing() -> None:
    """H6.4, H8.1: the warning stands by itself."""
    line = Line()
    grey, teal, plum = (line.party(code) for code in ("GREY", "TEAL", "PLUM"))
    teal.zone(circle(radius_m=25_000))
    plum.move(start=(35.70, 35.77), end=(35.71, 35.78))
    notice = grey.give()
    found = of(knew(line, notice, "PLUM"), "PLUM")
    assert found.zone_warnings == ["version 1: your movement in an active zone"]
    assert found.conflicts == []


def test_relays_are_said_as_they_stand() -> None:
    """H1.2, H8.1: one line for each non-party; a new version must be relayed again; what was relayed stays so beside a zone."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    line.done(c.NameNonparty(teal.by, "HILLS", ""))
    line.agreement(grey, teal, terms=Terms(relays=[Relay("TEAL", "TEAL", "HILLS", 600)]))
    notice = grey.give()
    assert knew(line, notice).relays == ["version 1: HILLS, NOT RELAYED by TEAL"]
    line.done(c.ReportRelay(teal.by, notice.id, "TEAL", "HILLS", "by telephone", line.at(4), ""))
    done = "version 1: HILLS, RELAYED (2027-01-15T08:04:00Z, by TEAL, by telephone)"
    assert knew(line, notice).relays == [done]
    teal.zone(nonparty="HILLS")
    assert knew(line, notice).relays == [done]
    assert knew(line, notice, "TEAL").relays == [done]
    grey.change(notice)
    assert knew(line, notice).relays == ["version 2: HILLS, NOT RELAYED by TEAL"]
    other = line.party("PLUM")
    beside = other.give()
    assert knew(line, beside).relays == ["version 1: HILLS, NOBODY RELAYS"]
    assert knew(line, beside, "PLUM").relays == []
    line.done(c.ReportRelay(teal.by, beside.id, "TEAL", "HILLS", "by radio", None, ""))
    assert knew(line, beside, "PLUM").relays == []
    assert knew(line, beside, "TEAL").relays[0].startswith("version 1: HILLS, RELAYED (")


def test_what_was_missed_says_when_and_what_the_giver_undertook() -> None:
    """H5.6, H7.1, H8.1: a stage with its receipt, an answer with the giver."""
    line, grey, teal = staged(
        stages={"*": ["SEEN"]}, deadlines=Deadlines(seen_s=60, answer_s=120), silence=Silence("may go ahead", ""))  # fmt: skip
    notice = grey.give()
    line.done(c.Object(teal.by, notice.id, "OBJECTION", "words"))
    line.pass_until(4)
    found = knew(line, notice)
    (seen,) = of(found, "TEAL").receipts[0].missed
    assert seen == f"SEEN by {instant(notice.tellings['TEAL'][0].deadlines['SEEN'])}; giver may go ahead"
    (late,) = of(found, "GREY").objections
    assert late.startswith("answer by 2027-01-15T08:02:00")
    assert late.endswith(" missed")
    teal.zone()
    line.done(c.AnswerObjection(grey.by, notice.id, next(iter(notice.objections)), "amended", ""))
    line.done(c.Release(teal.by, notice.id))
    said = [each.split(" (2027")[0] for each in of(knew(line, notice), "TEAL").objections]
    assert said == ["OBJECTION", "answered: amended", "released what version 1 meets"]


def test_terms_are_said_each_by_itself() -> None:
    """H4.3, H8.1: met, not met by how much, cannot be judged and why; of one addressee to the two alone."""
    line = Line()
    grey, teal, plum = (line.party(code) for code in ("GREY", "TEAL", "PLUM"))
    terms = Terms(
        tell={"*": ["TEAL", "PLUM"]}, lead_s={"*": 2_400}, usable_s={"*": 1_200}, categories=["air_operation"]
    )
    agreement = line.agreement(grey, teal, plum, terms=terms)
    notice = grey.give()
    line.now_us = line.at(11)
    teal.understand(notice)
    first, usable = knew(line, notice).terms
    assert first == {
        "version": 1, "agreement": agreement.id,
        "rows": [
            {"term": "category", "value": "met"}, {"term": "lead", "value": "not met (by 10 min)"},
            {"term": "usable", "value": "cannot be judged (not yet understood)"}]}  # fmt: skip
    assert usable == {
        "version": 1, "agreement": agreement.id, "party": "TEAL",
        "rows": [{"term": "usable", "value": "not met (by 1 min)"}]}  # fmt: skip
    assert len(knew(line, notice, "TEAL").terms) == 2
    assert len(knew(line, notice, "PLUM").terms) == 1
    other = e.TermsChecked(notice.id, 1, agreement.id, [e.TermRow("lead", "not met")], ["GREY"])
    at_us = line.journal[-1][0] + 5
    bare = what_was_known([*entries(line), (at_us, other)], notice.id, at_us)
    assert bare is not None
    assert bare.terms[-1]["rows"] == [{"term": "lead", "value": "not met"}]


def test_the_picture_is_all_versions_since_the_one_that_was_seen() -> None:
    """H4.10, H8.1: until it is SEEN the union of both."""
    line, grey, teal = staged()
    notice = grey.give()
    grey.change(notice, grey.volume(circle(35.9, 35.77)))
    assert of(knew(line, notice), "TEAL").picture == [1, 2]
    teal.see(notice)
    grey.change(notice, grey.volume(circle(36.2, 35.77)))
    assert of(knew(line, notice), "TEAL").picture == [2, 3]
    assert of(knew(line, notice), "GREY").picture == []
