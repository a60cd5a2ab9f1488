"""For whom an entry is meant: one entry, one audience (DESIGN.md), and nothing in it that is not theirs to see (P5)."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beforehand.core.hotline import events as e
from beforehand.core.hotline.audience import ALL, audience
from beforehand.core.hotline.commands import FetchNotice
from beforehand.core.hotline.events import HotlineEvent
from beforehand.core.hotline.picture import may_see, may_see_notice
from core.hotline.playing import Play, of_notice

BY = e.By("TEAL")
GIVER_AND_PARTY = [
    e.NoticeTold("n", 1, "TEAL", [1], [], "h", "all", [], {}),
    e.HandedOut("n", 1, "TEAL"),
    e.Received("n", 1, "TEAL", "SEEN", BY),
    e.HashDiffers("n", 1, "TEAL", "h", BY),
    e.ReadBackOpened("n", 1, "TEAL", "p", 5, "all", [1], BY),
    e.ReadBackTried("n", 1, "TEAL", 1, "all", [], BY),
    e.ReadBackLapsed("n", 1, "TEAL", "p"),
    e.FetchedMeanwhile("n", 1, "TEAL"),
    e.CallAsked("n", 1, "GREY", "TEAL"),
    e.WhoOfOursAnswered("n", 1, "TEAL"),
    e.PhraseEqual("n", 1, "TEAL", "duty", 5, BY),
    e.Objected("n", 1, "o", "TEAL", "QUESTION", None, BY),
    e.ObjectionAnswered("n", "o", "TEAL", "amended", BY),
    e.Released("n", 1, "GREY", "TEAL", [], BY),
]
TO = ["RUST", "PLUM"]
NAMED = [
    e.TermsChecked("n", 1, "a", [], TO),
    e.ZoneWarned("z", "n", 1, "RUST", "movement", "m", None, None, None, TO),
    e.RelayNeeded("n", 1, "TEAL", "HILLS", None, None, None, TO),
    e.Relayed("n", 1, "TEAL", "HILLS", "TEAL", "radio", 5, TO, BY),
    e.DeadlineMissed("SEEN", "n", 1, "RUST", TO, 5, 6, "senior"),
]
ONE = [(e.Touched("n", 1, "TEAL", [1], []), "TEAL"), (e.WhoOfOursSaid("n", 1, "TEAL", "none", BY), "TEAL")]
GIVERS: list[Any] = [
    e.NoticeGiven("n", 1, "GREY", "other", False, [], "first", "given", None, None, None, [], e.Unshown([], 0),
                  e.Unshown([], 0), [], [], BY),
    e.ConflictFound("n", 1, "GREY", "TEAL", [1], []),
    e.CellsOnly("n", 1, "GREY", [], 1),
    e.Looked("notice", "n", 1, "GREY", 5),
]  # fmt: skip
EVERYBODY = [e.NoticeMoved("n", "clock opens", "due"), e.NoticeMoved("n", "clock ends", "over_unconfirmed")]


@pytest.mark.parametrize("event", GIVER_AND_PARTY, ids=lambda each: type(each).__name__)
def test_what_is_between_giver_and_addressee_is_for_the_two(event: Any) -> None:
    """P5: and for nobody else who was told."""
    assert audience(event, "GREY") == ("GREY", "TEAL")


@pytest.mark.parametrize("event", NAMED, ids=lambda each: type(each).__name__)
def test_what_names_those_it_is_for_is_for_those(event: Any) -> None:
    """P5: in their order."""
    assert audience(event, "GREY") == ("RUST", "PLUM")


@pytest.mark.parametrize(
    ("event", "code"), [*ONE, *((each, "GREY") for each in GIVERS)], ids=lambda each: type(each).__name__
)
def test_what_is_ones_own_is_for_one(event: Any, code: str) -> None:
    """H4.8, H5.3: what of its own is met, who of its own is there; and of the giver its words, conflicts, and searches."""
    assert audience(event, "GREY") == (code,)


@pytest.mark.parametrize("event", EVERYBODY, ids=lambda each: type(each).__name__)
def test_what_happened_to_it_is_for_all_who_were_told(event: Any) -> None:
    """H4: begun, over, clear; and that a non-party was reached."""
    assert audience(event, "GREY") == (ALL,)


def test_every_entry_about_a_notice_has_an_audience_and_no_other_has() -> None:
    """P5: an event that is added must say for whom it is."""
    tried = {type(each) for each in [*GIVER_AND_PARTY, *NAMED, *(each for each, _ in ONE), *GIVERS, *EVERYBODY]}
    about = {each for each in get_args(HotlineEvent) if "notice" in each.__struct_fields__ or each is e.Looked}
    assert tried == about
    with pytest.raises(TypeError, match="PairKeyed"):
        audience(e.PairKeyed(("GREY", "TEAL"), "v"), "GREY")


def objects_in(event: Any) -> set[tuple[str, str]]:
    """The notices, zones and movements that an entry names."""
    found: set[tuple[str, str]] = set()
    for meeting in getattr(event, "meetings", ()):
        found.add((meeting.kind, meeting.id))
    if isinstance(event, e.ZoneWarned):
        found.add((event.kind, event.id))
        found.add(("zone", event.zone))
    if isinstance(event, e.RelayNeeded) and event.zone is not None:
        found.add(("zone", event.zone))
    return found


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6))
def test_no_entry_shows_a_party_an_object_that_it_may_not_see(seed: int) -> None:
    """P5, H4.8: of its own undisclosed plans nobody's are in anybody's entries; nor why another is told.

    A warning names the zone to whose aircraft it is: as a number, by which nothing can be looked at.
    """
    play = Play(seed).run(120)
    state = play.line.state
    for notice in state.notices.values():
        for _, event in of_notice(play, notice.id):
            meant = audience(event, notice.giver)
            for hand in play.hands:
                code = hand.code
                if code not in meant:
                    continue
                for kind, id_ in objects_in(event):
                    warned = isinstance(event, e.ZoneWarned) and kind == "zone" and event.party == code
                    assert warned or may_see(state, code, kind, id_), event
                if isinstance(event, e.NoticeTold):
                    assert code in (event.party, notice.giver)
                if isinstance(event, e.ConflictFound):
                    assert code == notice.giver
                    assert event.volumes in ([], sorted(set(event.volumes)))
                if code != notice.giver and code not in notice.tellings:
                    told_later = isinstance(
                        event, (e.ZoneWarned, e.RelayNeeded, e.DeadlineMissed, e.Touched, e.TermsChecked)
                    )
                    assert told_later, event


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6))
def test_no_view_shows_a_party_what_it_may_not_see(seed: int) -> None:
    """P5, H10.3: whoever fetches a notice is shown its own telling, and objects that are its to see."""
    play = Play(seed).run(100)
    line, state = play.line, play.line.state
    for notice in list(state.notices.values()):
        for hand in play.hands:
            code = hand.code
            if not may_see_notice(state, code, notice):
                assert line.refused(FetchNotice(hand.by, notice.id)) == "not_found"
                continue
            reply = line.act(FetchNotice(hand.by, notice.id))
            if getattr(reply, "reason", "") == "blind":
                continue
            view = reply.view
            for each in [*view.meetings, *(fact for conflict in view.conflicts for fact in conflict.meetings)]:
                assert may_see(state, code, each.kind, each.id)
            for relay in view.relays:
                assert relay.beside_zone is None or may_see(state, code, "zone", relay.beside_zone)
            for warning in view.zone_warnings:
                assert may_see(state, code, warning.kind, warning.id)
            if code != notice.giver:
                assert {each.party for each in view.told} == {code}
                assert {each.party for each in view.objections} <= {code}
                assert (view.versions, view.conflicts, view.cells_only) == ([], [], None)
