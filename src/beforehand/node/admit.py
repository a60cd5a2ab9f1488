"""What is turned away before anything is decided: early, honestly, and with nothing changed.

Order: the node ends · commits hang or the open batch is full · no space · a clock nobody believes · the party's rate.
Warnings pass the floor of free space down to their reserve, and pass a clock in doubt (their entry says so).
"""

from __future__ import annotations

import shutil
from collections import OrderedDict
from pathlib import Path

from beforehand.core.stamp import Caller
from beforehand.node.clock import Clock, Timeline
from beforehand.node.commit import Committer
from beforehand.node.config import NodeConfig
from beforehand.node.outcomes import NotDone, TooFast

#: Parties whose rate is remembered; a party beyond starts anew.
RATES_MAX = 10_000


class Rates:
    """Cells a second and party: a bucket that holds one second's worth and fills steadily."""

    def __init__(self, clock: Clock, per_second: int) -> None:
        self._clock = clock
        self._per_second = per_second
        self._buckets: OrderedDict[Caller, tuple[int, int]] = OrderedDict()

    def take(self, caller: Caller, cells: int) -> int:
        """Take so many cells; returns 0, or in how many seconds they would be there (then nothing was taken)."""
        now = self._clock.monotonic_us()
        left, at = self._buckets.get(caller, (self._per_second, now))
        left = min(self._per_second, left + (now - at) * self._per_second // 1_000_000)
        # One request larger than the bucket passes when the bucket is full.
        if cells > left and left < self._per_second:
            return 1 + (min(cells, self._per_second) - left) // self._per_second
        self._buckets[caller] = (left - cells, now)
        self._buckets.move_to_end(caller)
        if len(self._buckets) > RATES_MAX:
            self._buckets.popitem(last=False)
        return 0

    def charge(self, caller: Caller, cells: int) -> None:
        """Take what turned out to be needed, into debt if need be."""
        left, at = self._buckets.get(caller, (self._per_second, self._clock.monotonic_us()))
        self._buckets[caller] = (left - cells, at)


class Space:
    """Free bytes where the journal is; None where it needs no disk."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self.free = 1 << 62
        self.look()

    def look(self) -> None:
        """Ask the file system; call about once a second."""
        if self._folder is not None:
            try:
                self.free = shutil.disk_usage(self._folder).free
            except OSError:
                self.free = 0


class Admission:
    """The gate before `decide`."""

    def __init__(
        self, config: NodeConfig, clock: Clock, timeline: Timeline, committer: Committer, folder: Path | None
    ) -> None:
        self._config = config
        self._timeline = timeline
        self._committer = committer
        self.rates = Rates(clock, config.cells_per_second)
        self.space = Space(folder)
        self.hanging = False
        self.closing = False

    def admit(self, caller: Caller | None, cells: int, write: bool, warning: bool) -> None:
        """Return if the command may be decided. Raises NotDone or TooFast."""
        if self.closing or self._committer.failure is not None:
            raise NotDone("This node is ending; nothing was done. Ask again in a moment.", 1)
        if write:
            self._admit_write(warning)
        if caller is not None and not warning:
            wait = self.rates.take(caller, cells)
            if wait:
                raise TooFast(
                    f"Quota of cells a second exceeded ({self._config.cells_per_second}): this asks for {cells} more. "
                    f"Wait {wait} s, or ask for smaller areas.",
                    wait,
                )

    def _admit_write(self, warning: bool) -> None:
        cause = self.not_writable(warning)
        if cause is not None:
            raise NotDone(f"{cause} Nothing was done.", 5)
        config, committer = self._config, self._committer
        share = 2 if warning else 1  # warnings have as much again for themselves
        if (
            committer.open_entries >= config.open_batch_entries * share
            or committer.open_bytes >= config.open_batch_bytes * share
        ):
            raise NotDone("More is asked than can be stored at present. Nothing was done; ask again in a moment.", 1)

    def not_writable(self, warning: bool = False) -> str | None:
        """Why nothing (or no warning) can be written now, or None."""
        if self.hanging:
            return "Storage does not answer."
        floor = self._config.space_floor - (self._config.warning_reserve if warning else 0)
        if self.space.free < floor:
            return f"Free space is below the floor of {floor >> 20} MiB."
        if self._timeline.uncertain_us and not warning:
            return (
                f"The clock disagrees by {self._timeline.uncertain_us / 1e6:.1f} s and its operator has not accepted it "
                "(`beforehand clock accept`)."
            )
        return None
