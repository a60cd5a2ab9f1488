"""P8 on the hotline: every table has a bound of a party or of the line, and who meets it is told so."""

from __future__ import annotations

from typing import Any

import pytest

from beforehand.core.hotline import commands as c
from beforehand.core.hotline import state as s
from beforehand.core.hotline.decide import (
    agreements,
    instruments,
    looking,
    notices,
    objections,
    parties,
    places,
    receipts,
)
from core.hotline.line import Hand, Line, circle

BOUNDS = {
    "PARTIES_MAX": 5_000, "PEOPLE_MAX": 1_000, "KEYS_MAX": 20, "NONPARTIES_MAX": 200, "LIVE_NOTICES_MAX": 50_000,
    "LIVE_ZONES_MAX": 5_000, "LIVE_MOVEMENTS_MAX": 20_000, "AGREEMENTS_MAX": 500, "INSTRUMENTS_MAX": 500,
    "SESSIONS_MAX": 2_000, "NONCES_MAX": 20_000, "SHOWN_MAX": 256, "KEPT_MAX": 10_000, "VERSIONS_MAX": 1_000,
    "ASKED_PER_HOUR": 120,
}  # fmt: skip


def test_the_bounds_are_what_is_written() -> None:
    """P8: docs/hotline.md names them."""
    assert {name: getattr(s, name) for name in BOUNDS} == BOUNDS
    assert objections.OBJECTIONS_MAX == 1_000
    assert receipts.PAGE_MAX == 500
    assert (looking.SLICE, looking.PARTIES_A_SLICE, looking.INTENTS_MAX) == (40, 48, 1_000)


def invited(hand: Hand, number: int) -> Any:
    return c.MakeService(hand.by, f"service {number}", "digest", "")


ACTS: dict[str, tuple[Any, str, Any]] = {
    "people": (parties, "PEOPLE_MAX", invited),
    "keys": (parties, "KEYS_MAX", lambda hand, number: c.AddKey(hand.by, f"key {number}", f"public {number}", 0)),
    "non-parties": (parties, "NONPARTIES_MAX", lambda hand, number: c.NameNonparty(hand.by, f"HILLS{number}", "")),
    "notices": (notices, "LIVE_NOTICES_MAX", lambda hand, _: hand.giving()),
    "zones": (places, "LIVE_ZONES_MAX", lambda hand, _: c.SetZone(hand.by, "range", None, (hand.volume(),), (), (), "{}")),
    "agreements": (
        agreements, "AGREEMENTS_MAX",
        lambda hand, _: c.Propose(hand.by, (hand.code, "TEAL"), (), s.Terms(), 0, None, b"", (), "")),
    "instruments": (instruments, "INSTRUMENTS_MAX", lambda hand, _: c.CiteInstrument(hand.by, 1, "{}")),
}  # fmt: skip


@pytest.mark.parametrize("what", ACTS)
def test_who_has_as_many_as_it_may_is_refused_the_next_and_others_are_not_held_up(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P8: `quota`, in words that say what to do."""
    module, name, act = ACTS[what]
    monkeypatch.setattr(module, name, 4)
    line = Line()
    grey = line.party("GREY")
    teal = line.party("TEAL")
    reasons = [getattr(line.decide(act(grey, number)), "reason", None) for number in range(6)]
    assert reasons[0] is None
    assert reasons[-1] == "quota"
    assert set(reasons) == {None, "quota"}
    if what not in ("instruments", "agreements"):
        assert getattr(line.decide(act(teal, 9)), "reason", None) is None


def test_a_notice_has_so_many_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """P8: then a new one is to be given."""
    monkeypatch.setattr(notices, "VERSIONS_MAX", 3)
    line = Line()
    grey = line.party("GREY")
    notice = grey.give()
    grey.change(notice)
    grey.change(notice)
    change = c.ChangeNotice(grey.by, notice.id, False, (grey.volume(),), (), "{}")
    assert line.refused(change) == "quota"
    assert line.refused(c.ShiftNotice(grey.by, notice.id, 60_000_000, False)) == "quota"


def test_one_slice_of_work_is_bounded_however_much_there_is() -> None:
    """P8: of 200 zones there, 40 comparisons a slice."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    zone = c.SetZone(teal.by, "range", None, (teal.volume(circle(radius_m=200)),), ((line.at(0), None),), (), "{}")
    for _ in range(200):
        line.decide(zone)
    line.catch_up()
    notice = line.decide(grey.giving())
    work = line.machine.next_work()
    assert work is not None
    left = []
    for _ in range(6):
        line.decide(c.DoWork(work.what, work.kind, work.id, work.version))
        left.append(len(next(iter(line.state.searches.values())).pairs))
    assert left == [200, 160, 120, 80, 40, 0]
    assert notice.id in line.state.notices
