"""What is turned away before anything is decided: early, honestly, and with nothing changed.

Order: the node ends · storage hangs · too many wait · no space · a clock nobody believes · the open batch is full · the
party's rate. Warnings pass the floor of free space down to their reserve, a clock in doubt (their entry says so) and their
party's rate, and have a share of their own of every queue.
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
from beforehand.node.release import Release

#: Parties whose rate is remembered; a party beyond starts anew.
RATES_MAX = 10_000
#: Requests that may wait for their entries to be durable.
WAITING_MAX = 20_000
HANGS = "Storage does not answer."


class Rates:
    """Cells a second and party, asked for or answered: a bucket that holds one second's worth and fills steadily.

    What asks for no cells always passes: it must be possible to end what one has begun.
    """

    def __init__(self, clock: Clock, per_second: int) -> None:
        self._clock = clock
        self._per_second = per_second
        self._full = per_second * 1_000_000
        self._buckets: OrderedDict[Caller, tuple[int, int]] = OrderedDict()  # millionths of a cell left, as of when

    def take(self, caller: Caller, cells: int) -> int:
        """Take so many cells; returns 0, or in how many seconds they would be there (then nothing was taken)."""
        if not cells:
            return 0
        left, now = self._left(caller)
        # One request larger than the bucket passes when the bucket is full.
        needed = min(cells * 1_000_000, self._full)
        if needed > left:
            return -((left - needed) // self._full)
        self._keep(caller, left - cells * 1_000_000, now)
        return 0

    def charge(self, caller: Caller, cells: int) -> None:
        """Take what an answer turned out to hold, into debt if need be."""
        left, now = self._left(caller)
        self._keep(caller, left - cells * 1_000_000, now)

    def _left(self, caller: Caller) -> tuple[int, int]:
        now = self._clock.monotonic_us()
        left, at = self._buckets.get(caller, (self._full, now))
        return min(self._full, left + (now - at) * self._per_second), now

    def _keep(self, caller: Caller, left: int, at_us: int) -> None:
        self._buckets[caller] = (left, at_us)
        self._buckets.move_to_end(caller)
        if len(self._buckets) > RATES_MAX:
            self._buckets.popitem(last=False)


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
        self,
        config: NodeConfig,
        clock: Clock,
        timeline: Timeline,
        committer: Committer,
        release: Release,
        folder: Path | None,
    ) -> None:
        self._config = config
        self._timeline = timeline
        self._committer = committer
        self._release = release
        self.rates = Rates(clock, config.cells_per_second)
        self.space = Space(folder)
        self.ending = False

    def admit(self, write: bool, warning: bool) -> None:
        """Return if the command may be decided now. Raises NotDone."""
        if self.ending or self._committer.failure is not None:
            raise NotDone("This node is ending. Nothing was done; ask again in a moment.", 1)
        if self._hangs():
            raise NotDone(f"{HANGS} Nothing was done.", 5)
        share = 2 if warning else 1  # warnings have as much again for themselves
        if len(self._release) >= WAITING_MAX * share:
            raise NotDone("Too many wait for an answer already. Nothing was done; ask again in a moment.", 1)
        if not write:
            return
        cause = self.not_writable(warning)
        if cause is not None:
            raise NotDone(f"{cause} Nothing was done.", 5)
        if self.full(share):
            raise NotDone("More is asked than can be stored at present. Nothing was done; ask again in a moment.", 1)

    def full(self, share: int) -> bool:
        """Whether the open batch holds as much as it may, so many times."""
        config, committer = self._config, self._committer
        return (
            committer.open_entries >= config.open_batch_entries * share
            or committer.open_bytes >= config.open_batch_bytes * share
        )

    def take(self, caller: Caller, cells: int) -> None:
        """Count what a command asks for against its party's rate. Raises TooFast."""
        wait = self.rates.take(caller, cells)
        if wait:
            raise TooFast(
                f"Quota of cells a second exceeded ({self._config.cells_per_second}): this asks for {cells} more. "
                f"Wait {wait} s, or ask for smaller areas.",
                wait,
            )

    def not_writable(self, warning: bool = False) -> str | None:
        """Why nothing (or no warning) can be written now, or None."""
        if self._hangs():
            return HANGS
        floor = self._config.space_floor - (self._config.warning_reserve if warning else 0)
        if self.space.free < floor:
            return f"Free space is below the floor of {floor >> 20} MiB."
        if self._timeline.uncertain_us and not warning:
            return (
                f"The clock disagrees by {self._timeline.uncertain_us / 1e6:.1f} s and its operator has not accepted it "
                "(`beforehand clock accept`)."
            )
        return None

    def can_store(self) -> bool:
        """Whether entries of the node's own can be committed now, whatever is said of its clock."""
        return not self.ending and self._committer.failure is None and not self._hangs()

    def _hangs(self) -> bool:
        return self._committer.appending_for_us > self._config.release_wait_us
