"""Times as facts spell them: whole numbers below 2^53 in magnitude, as all numbers of facts; beyond, their digits as text.

2^53 µs reach from the year 1684 to 2255. Parties may name years 2 to 9999, and those who mean "for ever" do.
"""

from __future__ import annotations

from typing import TypeAlias

#: µs since the Unix epoch, UTC, in an event.
Moment: TypeAlias = int | str

_BOUND = 1 << 53


def moment(time_us: int) -> Moment:
    """A time as an event spells it."""
    return time_us if -_BOUND < time_us < _BOUND else str(time_us)


def microseconds(spelled: Moment) -> int:
    """The inverse of `moment`."""
    return spelled if isinstance(spelled, int) else int(spelled)
