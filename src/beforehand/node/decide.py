"""One command at a time: stamp it, decide it on state, write down its facts, fold them.

Facts are encoded and chained before the first is folded, so that whatever cannot be written changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from beforehand.core.machine import Machine
from beforehand.core.stamp import ENTROPY_BYTES, Decision, Stamp
from beforehand.node.clock import Timeline
from beforehand.node.commit import Committer
from beforehand.record.canonical import encode_facts
from beforehand.record.entry import Chain, StoredEntry


class Broken(Exception):
    """State is not what the journal says, or will say: nothing can be decided on it, and the process must end."""


class Decider:
    """State and chain of a node that writes."""

    def __init__(
        self,
        machine: Machine,
        chain: Chain,
        timeline: Timeline,
        entropy: Callable[[int], bytes],
        committer: Committer,
    ) -> None:
        self.machine = machine
        self._chain = chain
        self._timeline = timeline
        self._entropy = entropy
        self._committer = committer
        #: Set for good by the first event that could not be folded.
        self.broken = False

    def decide(self, command: Any, time_us: int) -> tuple[Any, int, bool]:
        """Decide and fold; returns the reply, the number of entries it was computed from, and whether it wrote any.

        Raises Broken, and what `machine.decide` raises: then nothing was changed.

        time_us: from `Timeline.stamp`.
        """
        if self.broken or self._committer.failure is not None:
            raise Broken("this state must not be decided on")
        stamp = Stamp(time_us, self._entropy(ENTROPY_BYTES), self._chain.epoch, self._timeline.uncertain_us)
        decision = self.machine.decide(command, stamp)
        if decision.events:
            self.write(decision, time_us)
        return decision.reply, self.machine.seq, bool(decision.events)

    def write(self, decision: Decision, time_us: int) -> None:
        """Chain, fold and hand over the events of a decision; each later one is stamped 1 µs after the one before."""
        chain, entropy = self._chain, self._entropy
        before = (chain.prev, chain.seq, chain.time_us)
        contents = decision.contents or (None,) * len(decision.events)
        entries: list[StoredEntry] = []
        try:
            for at, (event, content) in enumerate(zip(decision.events, contents, strict=True)):
                salt = b"" if content is None else entropy(32)
                entries.append(chain.append(time_us + at, encode_facts(event), entropy(32), content, salt))
        except Exception:
            chain.prev, chain.seq, chain.time_us = before
            raise
        try:
            for at, (event, content) in enumerate(zip(decision.events, contents, strict=True)):
                self.machine.fold(event, content, time_us + at)
        except Exception as error:
            self.broken = True
            raise Broken("an event that was decided could not be folded") from error
        self._timeline.used_until(chain.time_us)
        self._committer.add(entries)
