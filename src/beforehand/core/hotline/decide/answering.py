"""The answer to an act, from its first entry alone: so it is the same when the same statement comes again (H1.5)."""

from __future__ import annotations

from beforehand.core.hotline import events as e
from beforehand.core.hotline.instants import instant
from beforehand.core.hotline.replies import Done, Opened, Result
from beforehand.core.hotline.state import Spoken

QUESTION = "Who of yours is in it or heading there: none, some or not known?"


def again(spoken: Spoken) -> Done | Opened | Result:
    """The first answer to a statement."""
    if isinstance(spoken.event, e.ReadBackOpened):
        return opened(spoken.event, spoken.entry, spoken.time_us)
    if isinstance(spoken.event, e.ReadBackTried):
        return result(spoken.event, spoken.entry, spoken.time_us)
    return Done(spoken.id, spoken.version, spoken.entry, instant(spoken.time_us))


def opened(event: e.ReadBackOpened, entry: int, time_us: int) -> Opened:
    """What is to be read back, and until when."""
    return Opened(
        event.notice, event.version, entry, instant(time_us), instant(event.until), event.asked, list(event.volumes)
    )


def result(event: e.ReadBackTried, entry: int, time_us: int) -> Result:
    """Which of area, band and times was wrong; and what is asked next."""
    right = not event.wrong
    return Result(
        event.notice, event.version, entry, instant(time_us), right, list(event.wrong), event.number, event.call,
        QUESTION if right and not event.by_voice else None)  # fmt: skip
