"""The smallest whole story: told, found, received, seen, understood, and the same from the journal alone."""

from __future__ import annotations

from beforehand.core.hotline import events as e
from beforehand.core.hotline.terms import Terms
from core.hotline.line import Line


def test_a_notice_is_told_seen_understood_and_replays_to_the_same_state() -> None:
    """H4.1, H4.2, H5.2, H5.3: one evening in a few lines."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    line.agreement(grey, teal, terms=Terms(lead_s={"*": 1_200}, tell={"*": ["GREY", "TEAL"]}))
    teal.move()
    notice = grey.give()
    assert notice.current.lead_us is not None
    assert [row.value for row in line.events(e.TermsChecked)[0].rows] == ["met"]
    assert teal.understand(notice).right
    assert line.events(e.ConflictFound)[0].party == "TEAL"
    line.pass_until(60)
    assert notice.state == "over_unconfirmed"
    grey.say(notice, "all-clear")
    assert notice.state == "clear"
    assert line.replayed().state_hash() == line.machine.state_hash()
