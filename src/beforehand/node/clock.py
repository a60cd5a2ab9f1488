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

    def wall_us(self) -> int:
        return time.time_ns() // 1000

    def monotonic_us(self) -> int:
        return time.monotonic_ns() // 1000


class Timeline:
    """The time of one node. `uncertain_us` is 0 while the wall clock is believed, else by how much it disagrees."""

    def __init__(self, clock: Clock, max_error_us: int) -> None:
        self._clock = clock
        self._max_error_us = max_error_us
        self._from_monotonic = clock.monotonic_us()
        self._from_us = clock.wall_us()
        self._last_us = 0
        self.uncertain_us = 0

    def continue_after(self, last_entry_us: int) -> None:
        """Go on behind the last entry of the journal. A wall clock that stands before it is not believed."""
        wall = self._clock.wall_us()
        self._last_us = last_entry_us
        if wall <= last_entry_us:
            self._restart(last_entry_us + 1)
            self.uncertain_us = last_entry_us + 1 - wall
        else:
            self._restart(wall)

    def now_us(self) -> int:
        """Time now, without advancing anything."""
        return self._from_us + self._clock.monotonic_us() - self._from_monotonic

    def stamp(self) -> int:
        """Time now, above every stamp before."""
        self._last_us = max(self._last_us + 1, self.now_us())
        return self._last_us

    def used_until(self, time_us: int) -> None:
        """Entries were stamped up to here."""
        self._last_us = max(self._last_us, time_us)

    def correct(self) -> None:
        """Compare with the wall clock and slew towards it; call about once a second."""
        now = self.now_us()
        error = self._clock.wall_us() - now
        if abs(error) > self._max_error_us:
            self.uncertain_us = abs(error)
            return
        self.uncertain_us = 0
        most = (self._clock.monotonic_us() - self._from_monotonic) * SLEW_PER_MILLION // 1_000_000
        self._restart(now + max(-most, min(most, error)))

    def accept_wall(self) -> int:
        """Believe the wall clock, as its operator says; returns by how much time jumps (µs, never back past a stamp)."""
        now = self.now_us()
        self._restart(max(self._clock.wall_us(), self._last_us + 1))
        self.uncertain_us = 0
        return self.now_us() - now

    def _restart(self, at_us: int) -> None:
        self._from_monotonic = self._clock.monotonic_us()
        self._from_us = at_us
