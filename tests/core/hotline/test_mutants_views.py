"""What parties are shown of one evening, word for word: `golden/hotline_views.json`, read over once and since then unchanged.

Where a view is meant to change: `python tests/core/hotline/test_mutants_views.py` writes the file anew; read what differs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec import to_builtins

from beforehand.core.hotline import commands as c
from beforehand.core.hotline.state import HotlineState
from beforehand.core.hotline.terms import BufferTerms, Deadlines, Relay, Silence, Terms
from beforehand.core.hotline.views import (
    agreement_view,
    movement_view,
    notice_view,
    parties_view,
    row_of_notice,
    zone_view,
)

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
from core.hotline.line import Line, circle

GOLDEN = Path(__file__).parents[1] / "golden" / "hotline_views.json"


def evening() -> dict[str, Any]:
    """One evening: a coast's non-party, a patrol, a notice that is told, read back, objected to, changed, and lapses."""
    line = Line()
    grey, teal, _blue = line.party("GREY"), line.party("TEAL"), line.party("BLUE", "observer")
    line.done(c.NameNonparty(teal.by, "COAST-AD", ""))
    terms = Terms(
        lead_s={"*": 3_600}, usable_s={"*": 600}, stages={"*": ["DELIVERED", "SEEN", "UNDERSTOOD"]}, tell={"*": ["TEAL"]},
        deadlines=Deadlines(60, 180, 360, 0, 600), silence=Silence("will hold until answered", "may go ahead"),
        buffers=BufferTerms(100_000, 10_000, 60), relays=[Relay("TEAL", "TEAL", "COAST-AD", 600)], linger_s=1_800)  # fmt: skip
    agreement = line.agreement(grey, teal, terms=terms, observers=["BLUE"])
    zone = teal.zone(nonparty="COAST-AD", shared=["GREY"])
    movement = teal.move()
    small = grey.volume()
    large = grey.volume(circle(36.5, 35.0, 9_000), from_min=40, to_min=110, lower_m=None)
    notice = grey.give(small, large, marks=[c.GivenMark("H4.6", "FEET_METRES", 1)])
    names = {
        agreement.id: "AGREEMENT", zone.id: "ZONE", movement.id: "MOVEMENT", notice.id: "NOTICE", grey.person: "GREYS",
        teal.person: "TEALS"}  # fmt: skip
    shown: dict[str, Any] = {}

    def show(name: str, view: Callable[[HotlineState], Any]) -> None:
        text = json.dumps(to_builtins(view(line.state)))
        for id_, instead in names.items():
            text = text.replace(id_, instead)
        shown[name] = json.loads(text)

    def show_notice(when: str) -> None:
        line.catch_up()
        for code in ("GREY", "TEAL", "BLUE"):
            show(
                f"{when}: {code}", lambda state, code=code: notice_view(state, notice, state.parties[code], line.now_us)
            )
            show(
                f"{when}: row of {code}",
                lambda state, code=code: row_of_notice(state, notice, state.parties[code], teal.person, line.now_us),
            )

    line.now_us = line.at(1)
    show_notice("given")
    teal.fetch(notice)
    teal.see(notice)
    line.done(c.OpenReadBack(teal.by, notice.id))
    line.now_us = line.at(2)
    show_notice("reading back")
    wrong = [teal.told_values(notice), teal.told_values(notice)]
    line.act(c.AnswerReadBack(teal.by, notice.id, tuple(wrong), ""))
    objection = line.done(c.Object(teal.by, notice.id, "DELAY_REQUESTED", "{}"))
    names[objection.id] = "OBJECTION"
    line.done(c.ReportRelay(teal.by, notice.id, "TEAL", "COAST-AD", "telephone", line.at(2), ""))
    line.done(c.Release(teal.by, notice.id))
    line.now_us = line.at(3)
    show_notice("objected to")
    line.done(c.AnswerObjection(grey.by, notice.id, objection.id, "amended", "{}"))
    grey.change(notice, small, emergency=True)
    show_notice("changed")
    line.done(c.RevokeKey(grey.by, "key-GREY", line.at(3)))
    line.done(c.SetPosture(teal.by, zone.id, "long-range", line.at(5)))
    show("parties: GREY", lambda state: parties_view(state, state.parties["GREY"], line.now_us))
    show("parties: nobody", lambda state: parties_view(state, None, line.now_us))
    show("agreement", lambda state: agreement_view(state, agreement, state.parties["GREY"], line.at(0) + 12))
    show("zone", lambda state: zone_view(state, state.zones[zone.id], line.now_us))
    line.pass_until(60)
    line.done(c.EndZone(teal.by, zone.id))
    show_notice("over")
    line.pass_until(150)
    show_notice("lapsed")
    show("zone ended", lambda state: zone_view(state, state.zones[zone.id], line.now_us))
    line.done(c.EndMovement(teal.by, movement.id))
    show("movement ended", lambda state: movement_view(state, state.movements[movement.id]))
    return shown


def test_what_parties_are_shown_of_an_evening_stays_as_it_was_read_over() -> None:
    """H4, H5, H10.3."""
    shown, golden = evening(), json.loads(GOLDEN.read_text())
    assert list(shown) == list(golden)
    for name, view in shown.items():
        assert view == golden[name], name


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(evening(), indent=1, ensure_ascii=False) + "\n")
