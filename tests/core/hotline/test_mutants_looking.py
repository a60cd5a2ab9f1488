"""Meetings are looked for volume by volume, in slices, to the last one; and no longer than the object is there."""

from __future__ import annotations

import pytest

from beforehand.core.hotline import commands as c
from beforehand.core.hotline.state import Work
from beforehand.core.hotline.terms import BufferTerms, Terms
from core.hotline.line import Line, circle


@pytest.mark.parametrize("horizontal_m", [0, 2_000])
@pytest.mark.parametrize("volumes", [1, 2, 10, 11, 25])
def test_the_last_of_many_volumes_is_looked_from_too(volumes: int, horizontal_m: int) -> None:
    """H4.7: ten volumes a slice, or one where each has to be grown."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    line.agreement(grey, teal, terms=Terms(buffers=BufferTerms(horizontal_m * 1_000, 0, 0)))
    teal.zone()
    elsewhere = [grey.volume(circle(30.0 + each / 10, 20.0)) for each in range(volumes - 1)]
    notice = grey.give(*elsewhere, grey.volume())
    assert [each.volumes for each in notice.tellings["TEAL"]] == [[volumes]]


@pytest.mark.parametrize(("horizontal_m", "slices"), [(0, [10, 10, 3]), (2_000, [1] * 23)])
def test_a_slice_looks_from_so_many_volumes(horizontal_m: int, slices: list[int]) -> None:
    """P8: to grow a volume takes some milliseconds, to find what is near is quick."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    line.agreement(grey, teal, terms=Terms(buffers=BufferTerms(horizontal_m * 1_000, 0, 0)))
    teal.zone()
    line.decide(grey.giving(*[grey.volume() for _ in range(23)]))
    found = []
    while (work := line.machine.next_work()) is not None and work.what == "look":
        search = line.state.searches.get(work)
        if search is None or not search.pairs:
            line.decide(c.DoWork(work.what, work.kind, work.id, work.version))
            search = line.state.searches.get(work)
            if search is not None and search.pairs:
                found.append(len({each.volume for each in search.pairs}))
        else:
            line.decide(c.DoWork(work.what, work.kind, work.id, work.version))
    assert found == slices


def test_nothing_is_left_to_do_about_what_has_ended() -> None:
    """P8: neither work nor a search under way outlives its object."""
    line = Line()
    grey, teal = line.party("GREY"), line.party("TEAL")
    teal.give()
    movement, zone = grey.move(), grey.zone()
    for kind, id_ in (("movement", movement.id), ("zone", zone.id)):
        line.state.work[Work("look", kind, id_, 0)] = None  # as if it had just been declared
        line.decide(c.DoWork("look", kind, id_, 0))
    assert len(line.state.work) == len(line.state.searches) == 2
    line.decide(c.EndMovement(grey.by, movement.id))
    line.decide(c.EndZone(grey.by, zone.id))
    assert line.state.work == {}
    assert line.state.searches == {}
