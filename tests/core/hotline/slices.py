"""Work of the node in slices, one at a time, and begun anew in the middle, as after a restart."""

from __future__ import annotations

from typing import Any

from beforehand.core.hotline import commands as c
from core.hotline.line import Hand, Line


def slice_of_work(line: Line) -> bool:
    """Do one slice of what is to be done; False where there is nothing."""
    work = line.machine.next_work()
    if work is None:
        return False
    entry = line.machine.content_of_work(work)
    content = None if entry is None else line.journal[entry][2]
    line.decide(c.DoWork(work.what, work.kind, work.id, work.version, content))
    return True


def slices(line: Line) -> int:
    """Do all that is to be done; how many slices that took."""
    count = 0
    while slice_of_work(line):
        count += 1
    return count


def restart(line: Line) -> None:
    """Go on with a machine that has only read the journal, and is in the same state."""
    before = line.machine.state_hash()
    line.machine = line.replayed()
    assert line.machine.state_hash() == before


def in_any_order(line: Line, *commands: Any) -> None:
    """Decide some commands at once, and only then do what follows of each by itself."""
    for command in commands:
        line.decide(command)
    line.catch_up()


def giving_alone(hand: Hand, *volumes: c.GivenVolume, **more: Any) -> Any:
    """Give a notice, and leave the search for later."""
    return hand.line.notice(hand.line.decide(hand.giving(*volumes, **more)))
