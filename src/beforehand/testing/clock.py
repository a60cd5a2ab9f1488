"""A clock that stands still until it is told to go on."""

from __future__ import annotations

#: 2027-01-15 08:00:00 UTC, where a fake clock begins.
BEGIN_US = 1_800_000_000_000_000


class FakeClock:
    """See `beforehand.node.clock.Clock`. The wall clock may drift (µs in a second) and be set, the monotonic one only go on."""

    def __init__(self, wall_us: int = BEGIN_US, drift_per_million: int = 0) -> None:
        self._monotonic_us = 0
        self._wall_us = wall_us
        self._drift = drift_per_million

    def wall_us(self) -> int:
        return self._wall_us + self._monotonic_us + self._monotonic_us * self._drift // 1_000_000

    def monotonic_us(self) -> int:
        return self._monotonic_us

    def advance(self, by_us: int) -> None:
        """Let time pass, on both clocks."""
        assert by_us >= 0
        self._monotonic_us += by_us

    def set_wall(self, by_us: int) -> None:
        """Set the wall clock forward, or back by a negative number."""
        self._wall_us += by_us
