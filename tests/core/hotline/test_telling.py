"""What an addressee is told: its part, whole or not at all, and what it is asked to read back of it."""

from __future__ import annotations

from hashlib import sha256

import pytest
from msgspec.json import encode as json
from msgspec.structs import replace

from beforehand.airspace.volume import Volume
from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.contents import Document, read_document
from beforehand.core.hotline.decide.telling import volumes_asked
from beforehand.core.hotline.instants import day, instant
from beforehand.core.hotline.phrase import day_value, phrase
from beforehand.core.hotline.state import Notice
from beforehand.core.hotline.terms import Deadlines, Terms
from core.hotline.line import Hand, Line, circle

ALL = Terms(tell={"*": ["GREY", "TEAL"]})
FAR = circle(33.0, 35.0)


@pytest.fixture
def line() -> Line:
    return Line()


def documents(line: Line, party: str) -> list[Document]:
    """All that a party was told, in order."""
    return [
        read_document(content)
        for _, event, content in line.journal
        if isinstance(event, e.NoticeTold) and event.party == party and content is not None
    ]


def told(line: Line, party: str) -> list[e.NoticeTold]:
    return [each for each in line.events(e.NoticeTold) if each.party == party]


def two_volumes(hand: Hand) -> c.GiveNotice:
    """One off Latakia, one far away; with words for each and for the whole, and marks for each and for the whole."""
    words = json({"title": "t", "text": "x", "volumes": [{"as": "one"}, {"as": "two"}]}).decode()
    marks = [c.GivenMark("H4.6", "K", 1), c.GivenMark("H4.6", "L", 2, 5), c.GivenMark("H4.5", "M", 0)]
    return replace(hand.giving(hand.volume(), hand.volume(FAR, 40, 60), marks=marks), words=words)


def test_a_document_says_all_that_was_said_to_whom_the_whole_is_told(line):
    """H4.7, H3.2: volumes, words, marks, and what the check phrase follows from."""
    grey, teal = line.party("GREY"), line.party("TEAL")
    line.agreement(grey, teal, terms=ALL)
    notice = line.notice(line.done(two_volumes(grey)))
    (document,) = documents(line, "TEAL")
    exact = line.state.shapes[notice.id, 1]
    assert (document.notice, document.version, document.giver) == (notice.id, 1, "GREY")
    assert (document.category, document.emergency, document.of_volumes) == ("air_operation", False, 2)
    assert document.received == instant(notice.current.received_us)
    assert [(each.number, each.volume, each.words) for each in document.volumes] == [
        (1, exact[0], {"as": "one"}),
        (2, exact[1], {"as": "two"}),
    ]
    assert document.words == {"title": "t", "text": "x"}
    assert [(each["rule"], each["kind"], each["volume"]) for each in document.marks] == [
        ("H4.6", "K", 1),
        ("H4.6", "L", 2),
        ("H4.5", "M", 0),
    ]
    today = day(notice.current.received_us)
    value = day_value(line.state.pairs["GREY", "TEAL"], today)
    assert (document.day, document.day_value) == (today, value)
    assert document.phrase == phrase(value, "air_operation", 1, [each for each in exact if isinstance(each, Volume)])
    assert len(document.salt) == 32
    (event,) = told(line, "TEAL")
    content = next(content for _, each, content in line.journal if each == event)
    assert content is not None
    assert event.hash == sha256(content).hexdigest()
    assert (event.volumes, event.read_back, [(each.cause, each.id) for each in event.why]) == (
        [1, 2],
        "all",
        [("agreement", notice.current.agreements[0])],
    )


def test_who_is_concerned_by_a_part_is_told_that_part_and_no_words_of_the_whole(line):
    """H4.7: a volume is told whole or not at all; words about the whole might speak of the rest (P5)."""
    grey, teal = line.party("GREY"), line.party("TEAL")
    teal.move()
    notice = line.notice(line.done(two_volumes(grey)))
    (document,) = documents(line, "TEAL")
    exact = line.state.shapes[notice.id, 1]
    assert [(each.number, each.volume, each.words) for each in document.volumes] == [(1, exact[0], {"as": "one"})]
    assert document.of_volumes == 1
    assert document.words == {}
    assert document.marks == [{"rule": "H4.6", "kind": "K", "volume": 1}]
    value = day_value(line.state.pairs["GREY", "TEAL"], document.day)
    assert document.phrase == phrase(value, "air_operation", 1, [document.volumes[0].volume])
    assert [(each.volumes, each.why[0].cause) for each in told(line, "TEAL")] == [([1], "meets something of yours")]


def test_two_addressees_have_salts_phrases_and_hashes_of_their_own(line):
    """H3.2: per addressee; who knows a hash alone cannot test a guess."""
    grey, teal, rust = line.party("GREY"), line.party("TEAL"), line.party("RUST")
    line.agreement(grey, teal, rust, terms=Terms(tell={"*": ["TEAL", "RUST"]}))
    grey.give()
    one, other = documents(line, "TEAL")[0], documents(line, "RUST")[0]
    assert one.volumes == other.volumes
    assert one.salt != other.salt
    assert one.day_value != other.day_value
    assert one.phrase != other.phrase
    assert told(line, "TEAL")[0].hash != told(line, "RUST")[0].hash


def test_volumes_without_words_are_told_without(line):
    """H4.1: everything else may follow."""
    grey, teal = line.party("GREY"), line.party("TEAL")
    line.agreement(grey, teal, terms=ALL)
    line.done(replace(grey.giving(grey.volume(), grey.volume()), words='{"volumes":[{"as":"one"}]}'))
    line.done(replace(grey.giving(), words=""))
    first, second = documents(line, "TEAL")
    assert [each.words for each in first.volumes] == [{"as": "one"}, None]
    assert ([each.words for each in second.volumes], second.words) == ([None], {})


def test_a_pair_that_had_nothing_to_do_with_each_other_gets_its_value_with_the_first_notice(line):
    """H3.2: before the document that needs it, once, in the order in which they came."""
    teal, grey, rust = line.party("TEAL"), line.party("GREY"), line.party("RUST")
    teal.move()
    rust.move()
    grey.give()
    kinds = [type(each).__name__ for _, each, _ in line.journal if isinstance(each, (e.PairKeyed, e.NoticeTold))]
    assert kinds == ["PairKeyed", "NoticeTold", "PairKeyed", "NoticeTold"]
    keyed = line.events(e.PairKeyed)
    assert [each.parties for each in keyed] == [("TEAL", "GREY"), ("GREY", "RUST")]
    assert keyed[0].value != keyed[1].value
    grey.give()
    assert len(line.events(e.PairKeyed)) == 2


# What is to be read back ------------------------------------------------------------------------------------------------


def asked(line: Line) -> list[str]:
    return [each.read_back for each in told(line, "TEAL")]


@pytest.fixture
def three(line) -> tuple[Line, Hand, Hand, Notice]:
    grey, teal = line.party("GREY"), line.party("TEAL")
    line.agreement(grey, teal, terms=ALL)
    return line, grey, teal, grey.give()


def test_of_a_version_after_one_that_was_not_understood_all_is_read_back(three):
    """H4.10: seen is not understood."""
    line, grey, teal, notice = three
    teal.see(notice)
    grey.change(notice, grey.volume(upper_m=2_000))
    assert asked(line) == ["all", "all"]


@pytest.mark.parametrize(
    ("new", "asks"),
    [({"upper_m": 2_000}, "stands"), ({"from_min": 31, "to_min": 51}, "times"), ({"upper_m": 4_000}, "difference")],
)
def test_of_a_version_after_one_that_was_understood_only_what_differs(three, new, asks):
    """H4.10: inside: read-backs stand; slip: confirm the times; outside: read back the difference."""
    line, grey, teal, notice = three
    assert teal.understand(notice).right
    grey.change(notice, grey.volume(**new))
    assert asked(line) == ["all", asks]
    before, now = notice.tellings["TEAL"]
    stands = asks == "stands"
    assert ("UNDERSTOOD" in now.received) == stands
    assert now.read_back.state == ("understood" if stands else "closed")
    if stands:
        assert now.received["UNDERSTOOD"] == before.received["UNDERSTOOD"]
        assert now.how["UNDERSTOOD"] == "read-back of version 1 stands"
    assert "SEEN" not in now.received, "whoever understood the old has not seen the new"


def test_it_is_compared_with_what_was_understood_last_and_not_with_what_was_told_last(three):
    """H4.10: a version between that nobody read back proves nothing."""
    line, grey, teal, notice = three
    teal.understand(notice)
    grey.change(notice, grey.volume(upper_m=4_000))
    grey.change(notice, grey.volume(upper_m=3_500))
    grey.change(notice, grey.volume(upper_m=2_000))
    assert asked(line) == ["all", "difference", "difference", "stands"]


def test_a_part_is_compared_with_the_part_that_was_understood(line):
    """H4.10, H4.7: what lies inside a volume that was never told is nothing that was understood."""
    grey, teal = line.party("GREY"), line.party("TEAL")
    teal.move()
    notice = grey.give(grey.volume(), grey.volume(FAR))
    teal.understand(notice)
    line.agreement(grey, teal, terms=ALL)
    grey.change(notice, grey.volume(), grey.volume(FAR))
    assert [(each.volumes, each.read_back) for each in told(line, "TEAL")] == [([1], "all"), ([1, 2], "difference")]


def test_who_is_told_of_nothing_more_has_nothing_to_read_back(line):
    """H4.10: a version that leaves nothing of its part."""
    grey, teal = line.party("GREY"), line.party("TEAL")
    teal.move()
    notice = grey.give(grey.volume(FAR), grey.volume())
    assert told(line, "TEAL")[0].volumes == [2]
    teal.see(notice)
    volume = line.state.shapes[notice.id, 1][1]
    assert isinstance(volume, Volume)
    right = teal.told_values(notice, outline=circle())
    assert teal.read_back(notice, right).right
    grey.change(notice, grey.volume(FAR))
    assert [(each.volumes, each.read_back) for each in told(line, "TEAL")] == [([2], "all"), ([], "stands")]


def test_whom_only_the_new_version_concerns_reads_back_all(three):
    """H4.7: it was told nothing before."""
    line, grey, _teal, notice = three
    rust = line.party("RUST")
    rust.move((33.1, 34.5), (32.9, 35.5), lower_m=None, upper_m=None)
    grey.change(notice, grey.volume(FAR))
    assert [(each.version, each.read_back) for each in told(line, "RUST")] == [(2, "all")]


def test_without_the_shape_that_was_understood_all_is_read_back(three):
    """H4.10: what was erased cannot be compared."""
    line, grey, teal, notice = three
    teal.understand(notice)
    del line.state.shapes[notice.id, 1]
    grey.change(notice)
    assert asked(line) == ["all", "all"]


def test_of_a_difference_the_volumes_that_are_not_exactly_the_old():
    """H4.10: all of them where none is, or nothing is known of the old."""
    a, b = Volume(circle(), 0, 1), Volume(circle(), 0, 2)
    for name in ("all", "times", "stands"):
        assert volumes_asked(name, [1, 2], [a, b], [a]) == [1, 2]
    assert volumes_asked("difference", [1, 2], [a, b], [a]) == [2]
    assert volumes_asked("difference", [2], [b, a], [b]) == [2]
    assert volumes_asked("difference", [2, 3], [b, b, a], [b]) == [3]
    assert volumes_asked("difference", [1, 2], [a, b], [a, b]) == [1, 2]
    assert volumes_asked("difference", [1, 2], [a, b], None) == [1, 2]


# Stages and deadlines ---------------------------------------------------------------------------------------------------


def test_stages_and_deadlines_are_those_of_the_agreements_with_that_addressee(line):
    """H5.6: of several the earliest; of an agreement that does not speak of the category, or not with it, none."""
    grey, teal, rust = line.party("GREY"), line.party("TEAL"), line.party("RUST")
    terms = {"tell": {"*": ["TEAL"]}, "categories": ["air_operation"]}
    line.agreement(
        grey, teal,
        terms=Terms(stages={"*": ["UNDERSTOOD", "SEEN"]}, deadlines=Deadlines(0, 600, 900, 0, 0), **terms))  # fmt: skip
    line.agreement(
        grey, teal, terms=Terms(stages={"*": ["SEEN", "DELIVERED"]}, deadlines=Deadlines(0, 300, 0, 0, 0), **terms)
    )
    line.agreement(grey, rust, terms=Terms(stages={"*": ["DISSEMINATED"]}, deadlines=Deadlines(1, 1, 1, 1, 1)))
    line.agreement(
        grey,
        teal,
        terms=Terms(stages={"*": ["DISSEMINATED"]}, deadlines=Deadlines(1, 1, 1, 1, 1), categories=["other"]),
    )
    grey.give()
    (event,) = told(line, "TEAL")
    now_us = line.state.notices[event.notice].current.received_us
    assert event.stages == ["DELIVERED", "SEEN", "UNDERSTOOD"]
    assert event.deadlines == {"SEEN": now_us + 300_000_000, "UNDERSTOOD": now_us + 900_000_000}


def test_what_stands_has_no_deadline_to_be_understood(line):
    """H4.10: there is nothing to read back."""
    grey, teal = line.party("GREY"), line.party("TEAL")
    stages = {"*": ["SEEN", "UNDERSTOOD"]}
    line.agreement(grey, teal, terms=Terms(tell={"*": ["TEAL"]}, stages=stages, deadlines=Deadlines(0, 60, 60, 0, 0)))
    notice = grey.give()
    teal.understand(notice)
    grey.change(notice, grey.volume(upper_m=2_000))
    assert [sorted(each.deadlines) for each in told(line, "TEAL")] == [["SEEN", "UNDERSTOOD"], ["SEEN"]]
