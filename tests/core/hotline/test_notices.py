"""Notices given, changed and shifted: in one act, at once, refused only for what is no notice."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from beforehand.airspace.volume import Volume
from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline import state as s
from beforehand.core.hotline.contents import read_notice
from beforehand.core.hotline.decide import notices as deciding
from beforehand.core.hotline.state import Notice
from beforehand.core.hotline.terms import Relay, Terms
from beforehand.core.stamp import ENTROPY_BYTES, Stamp
from core.hotline.line import MINUTE_US, Hand, Line, circle

ALL = Terms(tell={"*": ["GREY", "TEAL"]})
FAR = circle(33.0, 35.0)


class Two:
    """GREY and TEAL, who tell each other everything."""

    def __init__(self, terms: Terms = ALL) -> None:
        self.line = Line()
        self.grey, self.teal = self.line.party("GREY"), self.line.party("TEAL")
        self.agreement = self.line.agreement(self.grey, self.teal, terms=terms)

    def given(self) -> e.NoticeGiven:
        return self.line.events(e.NoticeGiven)[-1]


@pytest.fixture
def two() -> Two:
    return Two()


# Giving -----------------------------------------------------------------------------------------------------------------


def test_where_when_and_category_are_enough(two):
    """H4.1: everything else may follow; the entry says what counts, the content what was said."""
    volume = two.grey.volume(lower_m=None)
    done = two.line.done(replace(two.grey.giving(volume), words=""))
    notice, given = two.line.notice(done), two.given()
    (fact,) = given.volumes
    assert (given.notice, given.version, given.giver, given.kind) == (notice.id, 1, "GREY", "first")
    assert (given.category, given.emergency, given.state) == ("air_operation", False, "given")
    assert (fact.number, fact.lower, fact.upper, fact.start, fact.end, fact.km2) == (
        1,
        None,
        3_000_000,
        two.line.at(30),
        two.line.at(50),
        29,
    )
    assert (given.opens, given.ends, given.retires, given.marks) == (two.line.at(30), two.line.at(50), [], [])
    assert (given.uncertain, given.lapses) == (UNSET, UNSET)
    assert given.agreements == [two.agreement.id]
    assert (done.version, done.entry) == (1, notice.current.entry)
    content = two.line.journal[done.entry][2]
    assert content is not None
    assert read_notice(content).words == {}
    assert read_notice(content).volumes == (Volume(circle(), None, 3_000_000, two.line.at(30), two.line.at(50)),)
    assert notice.current.volumes[0].cells == volume.cells


def test_the_notice_lead_is_window_minus_receipt_by_the_server(two):
    """H4.2: of several volumes that of the earliest; negative where it is given late."""
    for minutes in (30, 5, -10):
        notice = two.grey.give(two.grey.volume(from_min=60, to_min=70), two.grey.volume(from_min=minutes, to_min=70))
        assert notice.current.lead_us == two.given().lead == two.line.at(minutes) - notice.current.received_us


@pytest.mark.parametrize(
    ("start_us", "end_us", "state"),
    [
        (1, 9, "given"),
        (0, 9, "due"),
        (-5, 0, "due"),
        (-5, -1, "over_unconfirmed"),
        (None, 9, "given"),
        (None, -1, "given"),
        (-5, None, "due"),
        (None, None, "given"),
    ],
)
def test_a_notice_starts_in_the_state_that_its_window_says(two, start_us, end_us, state):
    """H4.1: to the microsecond of its receipt; without a window it waits in `given`."""
    now_us = two.line.now_us = two.line.at(1)
    window = {"start_us": None if start_us is None else now_us + start_us}
    window["end_us"] = None if end_us is None else now_us + end_us
    giving = two.grey.giving(replace(two.grey.volume(), **window), category="announced_operation")
    two.line.decide(giving)
    assert two.given().state == state


def test_while_the_clocks_disagree_nothing_is_over_that_may_not_be(two):
    """H4.1, P7: the earliest that it may be now decides; the entry says by how much they disagreed."""
    start, end = two.line.at(-20), two.line.at(-10)
    giving = two.grey.giving(replace(two.grey.volume(), start_us=start, end_us=end))
    for uncertain_us, state in ((10 * MINUTE_US, "due"), (10 * MINUTE_US - 1, "over_unconfirmed")):
        stamp = Stamp(two.line.at(0), bytes(ENTROPY_BYTES), 1, uncertain_us)
        (given, *_) = two.line.machine.decide(giving, stamp).events
        assert (given.state, given.uncertain) == (state, uncertain_us)
    assert two.line.notice(two.line.decide(giving, 5)).current.uncertain_us == 5
    assert two.grey.give().current.uncertain_us == 0


@pytest.mark.parametrize("missing", ["start_us", "end_us"])
@pytest.mark.parametrize("emergency", [False, True])
def test_only_an_announced_operation_may_leave_out_its_window(two, missing, emergency):
    """H4.1: `not yet said` is for it alone, of any of its volumes."""
    volumes = (two.grey.volume(), replace(two.grey.volume(), **{missing: None}))
    giving = two.grey.giving(*volumes, emergency=emergency)
    reply = two.line.act(giving)
    assert reply.reason == "when_missing"
    assert "volumes[1] needs `from` and `to`" in reply.message
    announced = two.line.done(replace(giving, category="announced_operation"))
    notice = two.line.notice(announced)
    assert two.line.refused(c.ChangeNotice(two.grey.by, two.grey.give().id, emergency, volumes, (), "")) == (
        "when_missing"
    )
    two.line.done(c.ChangeNotice(two.grey.by, notice.id, emergency, volumes, (), ""))


def test_a_contradiction_is_refused_unless_it_is_an_emergency(two):
    """H4.4: then it is delivered as given, marked, with the contradiction spelled out; other checks only ask."""
    contradictory = c.GivenMark("H4.4", "FLOOR_ABOVE_CEILING", 2)
    asked = c.GivenMark("H4.6", "FEET_AS_METRES", 1, 7)
    giving = two.grey.giving(two.grey.volume(), two.grey.volume(), marks=[asked, contradictory])
    reply = two.line.act(giving)
    assert reply.reason == "contradictory"
    assert "volumes[1] FLOOR_ABOVE_CEILING" in reply.message
    assert "FEET" not in reply.message
    two.line.done(replace(giving, emergency=True))
    assert two.given().emergency
    assert two.given().marks == [e.Mark("H4.6", "FEET_AS_METRES", 1, 7), e.Mark("H4.4", "FLOOR_ABOVE_CEILING", 2)]
    assert two.given().marks[1].distance is UNSET
    notice = two.grey.give(marks=[asked])
    assert notice.current.marks == [("H4.6", "FEET_AS_METRES", 1)]
    change = c.ChangeNotice(two.grey.by, notice.id, False, (two.grey.volume(),), (contradictory,), "")
    assert two.line.refused(change) == "contradictory"
    two.line.done(replace(change, emergency=True))
    assert (notice.current.emergency, notice.versions[0].emergency) == (True, False)


def test_live_notices_and_versions_are_bounded(two, monkeypatch):
    """H4.1: bounded (P8); what is over counts no more."""
    assert (s.LIVE_NOTICES_MAX, s.VERSIONS_MAX) == (50_000, 1_000)
    monkeypatch.setattr(deciding, "LIVE_NOTICES_MAX", 2)
    monkeypatch.setattr(deciding, "VERSIONS_MAX", 2)
    notice = two.grey.give()
    two.grey.give()
    assert two.line.refused(two.grey.giving()) == "quota"
    two.teal.give()
    two.grey.change(notice)
    assert two.line.refused(c.ShiftNotice(two.grey.by, notice.id, 1, True)) == "quota"
    two.grey.say(notice, "withdrawn")
    two.grey.give()


def test_only_its_giver_changes_a_notice(two):
    """H4.10: to others, told or not, there is none of theirs."""
    notice = two.grey.give()
    for hand in (two.teal, two.line.party("RUST")):
        for id_ in (notice.id, "none"):
            assert two.line.refused(c.ChangeNotice(hand.by, id_, False, (hand.volume(),), (), "")) == "not_found"
            assert two.line.refused(c.ShiftNotice(hand.by, id_, 1, True)) == "not_found"


# What its giver had been shown ------------------------------------------------------------------------------------------


def test_it_is_never_refused_for_ignorance_and_the_record_keeps_what_was_shown(two):
    """H4.1: `given_aware_of`, and `UNAWARE OF n`: of others' notices in the picture that it was told of, by version."""
    first, second, third = two.teal.give(), two.teal.give(), two.teal.give()
    two.grey.fetch(first)
    two.teal.change(first)
    two.grey.fetch(second)
    two.teal.say(third, "withdrawn")
    two.line.party("RUST").give()
    notice = two.grey.give()
    assert two.given().unaware == e.Unshown([(first.id, 2)], 1)
    assert two.given().aware == e.Unshown([(second.id, 1)], 1)
    assert (notice.current.aware, notice.current.unaware) == (1, 1)
    two.grey.fetch(first)
    two.grey.change(notice)
    assert two.given().aware == e.Unshown([(first.id, 2), (second.id, 1)], 2)
    assert two.given().unaware == e.Unshown([], 0)


def test_of_many_that_were_not_shown_some_are_named_and_all_are_counted(two, monkeypatch):
    """H4.1: bounded (P8)."""
    assert s.SHOWN_MAX == 256
    monkeypatch.setattr(deciding, "SHOWN_MAX", 2)
    given = [two.teal.give() for _ in range(3)]
    two.grey.give()
    assert two.given().unaware == e.Unshown([(each.id, 1) for each in given[:2]], 3)
    for each in given:
        two.grey.fetch(each)
    two.grey.give()
    assert two.given().aware == e.Unshown([(each.id, 1) for each in given[:2]], 3)


# Who is told ------------------------------------------------------------------------------------------------------------


def told(line: Line, notice: Notice | None = None) -> list[tuple[str, list[int], list[tuple[str, str]]]]:
    return [
        (each.party, each.volumes, [(why.cause, why.id) for why in each.why])
        for each in line.events(e.NoticeTold)
        if notice is None or each.notice == notice.id
    ]


def test_whom_an_agreement_names_is_told_in_the_same_act(two):
    """H4.7: the whole, and why; the giver is not told of its own."""
    done = two.line.decide(two.grey.giving(two.grey.volume(), two.grey.volume(FAR)))
    kinds = [type(event).__name__ for _, event, _ in two.line.journal[done.entry :]]
    assert kinds == ["NoticeGiven", "TermsChecked", "NoticeTold"]
    assert told(two.line) == [("TEAL", [1, 2], [("agreement", two.agreement.id)])]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (Terms(tell={"air_operation": ["TEAL"]}), True),
        (Terms(tell={"exercise": ["TEAL"]}), False),
        (Terms(tell={"*": ["TEAL"], "air_operation": []}), False),
        (Terms(tell={"*": ["TEAL"]}, categories=["air_operation"]), True),
        (Terms(tell={"*": ["TEAL"]}, categories=["exercise"]), False),
        (Terms(tell={"*": ["GREY"]}), False),
        (Terms(), False),
    ],
)
def test_who_is_told_is_a_term_by_category(terms, expected):
    """H4.7: of agreements that speak of it."""
    two = Two(terms)
    two.grey.give()
    assert bool(told(two.line)) == expected


def test_an_agreement_tells_of_its_area_alone():
    """H4.7: and every agreement in force its own why."""
    two = Two()
    far = two.line.agreement(two.grey, two.teal, terms=ALL, area=[FAR])
    near = two.line.agreement(two.grey, two.teal, terms=ALL, area=[circle()])
    two.grey.give()
    two.grey.give(two.grey.volume(FAR))
    one, other = told(two.line)
    assert one[2] == [("agreement", two.agreement.id), ("agreement", near.id)]
    assert other[2] == [("agreement", two.agreement.id), ("agreement", far.id)]
    assert two.given().agreements == [two.agreement.id, far.id, near.id], "all that are in force are checked"


def _relaying(**but: Any) -> Two:
    two = Two(Terms())
    two.line.done(c.NameNonparty(two.grey.by, "COAST", ""))
    relay = Relay("TEAL", "GREY", "COAST", 600)
    two.agreement = two.line.agreement(two.grey, two.teal, terms=Terms(relays=[relay], **but))
    return two


def test_whoever_relays_is_told(two):
    """H4.7, H1.2: to which non-party; not twice where it is told anyway."""
    two = _relaying()
    two.grey.give()
    assert told(two.line) == [("TEAL", [1], [("relays", "COAST")])]
    two = _relaying(tell={"*": ["TEAL"]})
    two.grey.give()
    assert told(two.line) == [("TEAL", [1], [("agreement", two.agreement.id)])]
    two = _relaying(categories=["exercise"])
    two.grey.give()
    assert told(two.line) == []


def test_a_place_in_words_alone_may_concern_every_party_of_an_agreement():
    """H4.7, H4.5: whatever its area or categories; who is named anyway, for that."""
    two = Two(Terms(categories=["exercise"]))
    rust = two.line.party("RUST")
    far = two.line.agreement(two.grey, rust, terms=Terms(tell={"*": ["RUST"]}), area=[FAR])
    notice = two.grey.give(two.grey.volume(), two.grey.volume(nowhere=True))
    assert told(two.line) == [
        ("TEAL", [1, 2], [("place in words alone", two.agreement.id)]),
        ("RUST", [1, 2], [("agreement", far.id)]),
    ]
    assert notice.id in two.line.state.placeless
    assert two.grey.give().id not in two.line.state.placeless
    two.grey.say(notice, "withdrawn")
    assert two.line.state.placeless == {}


def test_the_told_are_in_the_order_in_which_they_came():
    """H4.7: no code decides (P6)."""
    line = Line()
    zinc, aral, grey = line.party("ZINC"), line.party("ARAL"), line.party("GREY")
    line.agreement(aral, grey, terms=Terms(tell={"*": ["ARAL"]}))
    line.agreement(zinc, grey, terms=Terms(tell={"*": ["ZINC"]}))
    grey.give()
    assert [each[0] for each in told(line)] == ["ZINC", "ARAL"]


def test_an_observer_is_not_told(two):
    """H4.7: it sees what it may see, and nobody waits for it."""
    two.line.party("PLUM")
    two.line.agreement(two.grey, two.teal, observers=["PLUM"], terms=ALL)
    two.grey.give()
    assert {each[0] for each in told(two.line)} == {"TEAL"}


def test_whoever_was_told_is_told_of_every_version_after(two):
    """H4.10: of its part, as far as that is still there; also where no agreement names it any more."""
    rust = two.line.party("RUST")
    rust.move((33.1, 34.5), (32.9, 35.5), lower_m=None, upper_m=None)
    notice = two.grey.give(two.grey.volume(), two.grey.volume(FAR))
    assert [each[:2] for each in told(two.line)] == [("TEAL", [1, 2]), ("RUST", [2])]
    two.line.done(c.MoveAgreement(two.grey.by, two.agreement.id, "suspended"))
    two.grey.change(notice, two.grey.volume(), two.grey.volume(circle(35.0)), two.grey.volume(FAR))
    assert told(two.line)[2:4] == [
        ("TEAL", [1, 2], [("told before", "version 1")]),
        ("RUST", [2], [("told before", "version 1")]),
    ]
    two.grey.change(notice, two.grey.volume())
    assert [each[:2] for each in told(two.line)[-2:]] == [("TEAL", [1]), ("RUST", [])]


# Terms and trials -------------------------------------------------------------------------------------------------------


def test_a_trial_says_what_giving_would_come_to_and_gives_nothing(two):
    """H4.8: terms, marks, who would be told; counted, and nobody is told."""
    two = Two(Terms(lead_s={"*": 3_600}, tell={"*": ["TEAL"]}, categories=["air_operation"]))
    entries = len(two.line.journal)
    reply = two.line.act(two.grey.giving(kind=c.TryNotice, marks=[c.GivenMark("H4.6", "K", 1)]))
    assert reply.trial == {
        "state": "given",
        "lead": "30 min",
        "terms": [
            {
                "agreement": two.agreement.id,
                "rows": [
                    {"term": "category", "value": "met"},
                    {"term": "lead", "value": "not met", "by": "30 min"},
                ],
            }
        ],
        "marks": [{"rule": "H4.6", "kind": "K", "volume": 1}],
        "told": ["TEAL"],
        "refused": None,
    }
    (event,) = [each for _, each, _ in two.line.journal[entries:]]
    assert event == e.AskedCounted("GREY", "trial", ["TEAL"])
    assert two.line.state.parties["GREY"].asked == {"trial": 1}
    two.line.act(two.grey.giving(kind=c.TryNotice))
    assert two.line.state.parties["GREY"].asked == {"trial": 2}


def test_a_trial_says_why_it_could_not_be_given(two):
    """H4.8: and what cannot be judged, and why."""
    two = Two(Terms(lead_s={"*": 3_600}, categories=["exercise"]))
    volume = replace(two.grey.volume(), start_us=None)
    reply = two.line.act(two.grey.giving(volume, kind=c.TryNotice))
    assert "needs `from` and `to`" in reply.trial["refused"]
    assert reply.trial["lead"] is None
    assert reply.trial["terms"][0]["rows"] == [
        {"term": "category", "value": "not met", "why": "air_operation"},
        {"term": "lead", "value": "cannot be judged", "why": "not a category of the agreement"},
    ]


# New versions -----------------------------------------------------------------------------------------------------------


def test_a_version_has_the_next_number_and_its_kind(two):
    """H4.10: against the version before it, whoever saw what."""
    notice = two.grey.give()
    grey: Hand = two.grey
    for number, (volume, kind) in enumerate(
        [
            (grey.volume(upper_m=2_000), "inside"),
            (grey.volume(upper_m=2_000, from_min=31, to_min=51), "slip"),
            (grey.volume(upper_m=3_000), "outside"),
        ],
        2,
    ):
        assert grey.change(notice, volume).version == number
        assert (notice.current.number, notice.current.kind) == (number, kind)
        assert two.given().category == "air_operation"


def test_all_windows_are_moved_or_their_ends_alone(two):
    """H4.10: one key each; place, heights and category as they were."""
    notice = two.grey.give(two.grey.volume(), two.grey.volume(FAR, 40, 60), emergency=True)
    two.line.done(c.ShiftNotice(two.grey.by, notice.id, 10 * MINUTE_US, False, "ten later"))
    windows = [(each.start_us, each.end_us) for each in notice.current.volumes]
    assert windows == [
        (two.line.at(40), two.line.at(60)),
        (two.line.at(50), two.line.at(70)),
    ]
    assert (notice.current.kind, notice.current.emergency) == ("slip", True)
    content = two.line.journal[notice.current.entry][2]
    assert content is not None
    assert read_notice(content).words == {"text": "ten later"}
    two.line.done(c.ShiftNotice(two.grey.by, notice.id, 5 * MINUTE_US, True))
    windows = [(each.start_us, each.end_us) for each in notice.current.volumes]
    assert windows == [(two.line.at(40), two.line.at(65)), (two.line.at(50), two.line.at(75))]
    content = two.line.journal[notice.current.entry][2]
    assert content is not None
    assert read_notice(content).words == {}
    first, third = notice.versions[0].volumes, notice.versions[2].volumes
    for one, other in zip(first, third, strict=True):
        assert (one.number, one.cells, one.lower_mm, one.upper_mm, one.km2) == (
            other.number,
            other.cells,
            other.lower_mm,
            other.upper_mm,
            other.km2,
        )
    assert [each.outline for each in two.line.state.shapes[notice.id, 3]] == [circle(), FAR]


def test_a_shift_leaves_what_was_not_said_unsaid_and_the_rest_in_order(two):
    """H4.10, H4.4: an end before its start is refused, the very start is not."""
    announced = two.grey.give(two.grey.volume(None, None, None), category="announced_operation")
    two.line.done(c.ShiftNotice(two.grey.by, announced.id, MINUTE_US, False))
    assert (announced.current.volumes[0].start_us, announced.current.volumes[0].end_us) == (None, None)
    notice = two.grey.give()
    assert two.line.refused(c.ShiftNotice(two.grey.by, notice.id, -20 * MINUTE_US - 1, True)) == "contradictory"
    two.line.done(c.ShiftNotice(two.grey.by, notice.id, -20 * MINUTE_US, True))
    assert notice.ends_us == two.line.at(50), "until it is seen, the union counts"
    two.line.done(c.ShiftNotice(two.grey.by, notice.id, -5 * MINUTE_US, False))
    assert notice.opens_us == two.line.at(25)


def test_a_shift_keeps_what_was_asked_or_said_of_the_place(two):
    """H4.4, H4.10: five minutes later it contradicts itself still, and everybody is told so."""
    marks = [c.GivenMark("H4.4", "FLOOR_ABOVE_CEILING", 1), c.GivenMark("H4.5", "TEXT_AMBIGUOUS", 1, 5)]
    notice = two.grey.give(emergency=True, marks=marks)
    two.line.done(c.ShiftNotice(two.grey.by, notice.id, 5 * MINUTE_US, True))
    assert notice.current.marks == notice.versions[0].marks != []


def test_a_shift_needs_the_exact_shape(two):
    """H4.10: of what was erased a new version must be given whole."""
    notice = two.grey.give()
    del two.line.state.shapes[notice.id, 1]
    assert two.line.refused(c.ShiftNotice(two.grey.by, notice.id, 1, True)) == "not_found"
    two.grey.change(notice)
    assert notice.current.kind == "outside"


def test_a_version_of_a_place_in_words_reaches_whoever_it_may_concern_now():
    """H4.7: also where the one before named its place."""
    two = Two(Terms())
    notice = two.grey.give()
    assert told(two.line) == []
    two.grey.change(notice, two.grey.volume(nowhere=True))
    assert told(two.line) == [("TEAL", [1], [("place in words alone", two.agreement.id)])]
    assert notice.id in two.line.state.placeless


def test_all_of_it_follows_from_the_journal(two):
    """H4.1: versions, windows, tellings, quotas (P4)."""
    notice = two.grey.give(two.grey.volume(), two.grey.volume(nowhere=True))
    two.grey.change(notice, two.grey.volume(FAR, 40, 60))
    two.teal.see(notice)
    two.line.done(c.ShiftNotice(two.grey.by, notice.id, MINUTE_US, False))
    two.line.pass_until(45)
    two.grey.say(notice, "begun")
    assert two.line.replayed().state_hash() == two.line.machine.state_hash()
