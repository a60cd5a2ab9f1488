"""Time: the monotonic clock carries it, the wall clock slowly corrects it, and neither makes it go back.

A wall clock that disagrees by more than `max_error_us`, or that stands before the last entry at start, is not believed:
the node keeps its own time, and refuses to write until the clocks agree again or its operator accepts the wall clock.
"""

from __future__ import annotations

import time
from typing import Protocol

#: How fast time is corrected at most: 500 µs in a second, as NTP does (RFC 5905 §11.3).
SLEW_PER_MILLION = 500


class Clock(Protocol):
    """Both clocks of a machine, in µs."""

    def wall_us(self) -> int:
        """Since the Unix epoch, UTC."""

    def monotonic_us(self) -> int:
        """Since any fixed moment; never goes back."""


class SystemClock:
    """The clocks of this machine."""

    #: Where there is one, a clock that also counts while the machine sleeps: else every sleep would put time in doubt.
    _MONOTONIC = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

    def wall_us(self) -> int:
        return time.time_ns() // 1000

    def monotonic_us(self) -> int:
        return time.clock_gettime_ns(self._MONOTONIC) // 1000


class Timeline:
    """The time of one node. `uncertain_us` is 0 while the wall clock is believed, else by how much it disagrees."""

    def __init__(self, clock: Clock, max_error_us: int) -> None:
        self._clock = clock
        self._max_error_us = max_error_us
        self._last_us = 0
        self.uncertain_us = 0
        self._go_on_from(clock.wall_us(), 0)

    def continue_after(self, last_entry_us: int) -> None:
        """Go on behind the last entry of the journal.

        A wall clock that stands before it is not believed, unless by so little as is corrected at any time.
        """
        self._last_us = last_entry_us
        self._go_on_from(max(self._clock.wall_us(), last_entry_us + 1), 0)
        self.correct()

    def now_us(self) -> int:
        """Time now, never before the last stamp."""
        return max(self._own_us(), self._last_us)

    def earliest_us(self) -> int:
        """The earliest that it may be now, by which it is judged whether something is over.

        Neither a clock in doubt nor a time that holds still until an accepted clock gets there may make it so.
        """
        own = self._own_us()
        return min(own, self._clock.wall_us()) if self.uncertain_us else own

    def stamp(self) -> int:
        """Time now, above every stamp before."""
        self._last_us = max(self._own_us(), self._last_us + 1)
        return self._last_us

    def used_until(self, time_us: int) -> None:
        """Entries were stamped up to here."""
        self._last_us = max(self._last_us, time_us)

    def correct(self) -> None:
        """Compare with the wall clock, and go a little slower or faster to meet it; call about once a second."""
        error = self.disagreement_us()
        believed = abs(error) <= self._max_error_us
        self.uncertain_us = 0 if believed else abs(error)
        self._go_on_from(self._own_us(), error if believed else 0)

    def disagreement_us(self) -> int:
        """By how much the wall clock is ahead of the node's own time."""
        return self._clock.wall_us() - self._own_us()

    def accept_wall(self) -> None:
        """Believe the wall clock, as its operator says.

        Where it is behind, time holds still, but for 1 µs a stamp, until the wall clock gets there.
        """
        self._last_us = self.now_us()
        self.uncertain_us = 0
        self._go_on_from(self._clock.wall_us(), 0)

    def _own_us(self) -> int:
        passed = self._clock.monotonic_us() - self._from_monotonic
        most = passed * SLEW_PER_MILLION // 1_000_000
        return self._from_us + passed + max(-most, min(most, self._error_us))

    def _go_on_from(self, time_us: int, error_us: int) -> None:
        """Time is `time_us` now, and is to meet a wall clock that is so much ahead."""
        self._from_monotonic = self._clock.monotonic_us()
        self._from_us = time_us
        self._error_us = error_us
