"""What the node asks of itself: evict what expired long ago, write down refusals that were only counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from beforehand.core.stamp import Decision, Stamp
from beforehand.core.strategic import commands as c
from beforehand.core.strategic import events as e
from beforehand.core.strategic.decide.parties import NOTHING
from beforehand.core.strategic.ends import BUCKET_US
from beforehand.core.strategic.state import Constraint, Intent, StrategicState, Subscription

#: Objects that one eviction drops at most, and cells after which it takes no further object, so that none takes long.
EVICT_MAX = 256
EVICT_CELLS_MAX = 20_000


class _Turn:
    """How much one eviction may still take."""

    def __init__(self, limit: int) -> None:
        self._objects = min(limit, EVICT_MAX)
        self._cells = EVICT_CELLS_MAX

    def take(self, handles: Iterable[int], objects: Mapping[int, Intent | Constraint | Subscription]) -> list[int]:
        """As many of the handles as the turn allows, ascending."""
        taken: list[int] = []
        for handle in handles:
            if self._objects == 0 or self._cells <= 0:
                break
            taken.append(handle)
            self._objects -= 1
            self._cells -= len(objects[handle].cells) >> 2
        return sorted(taken)


def evict(state: StrategicState, command: c.EvictExpired, stamp: Stamp) -> Decision:
    """Drop what ended before `before_us`, the longest ended first: with an intent the implicit subscription that only it needs.

    One turn drops from one bucket of `ends`. Explicit subscriptions come last: they cover their intents, which then are gone.
    """
    earliest = state.ends.earliest()
    if earliest is None or earliest >= command.before_us // BUCKET_US:
        return Decision(NOTHING, NOTHING, None)
    turn = _Turn(command.limit)
    ended = state.ends.buckets[earliest]
    intents = turn.take(ended[0], state.intents)
    constraints = turn.take(ended[1], state.constraints)
    subscriptions = turn.take(ended[2], state.subscriptions)
    leaving = Counter(state.intents[handle].subscription for handle in intents)
    dropped = sorted(
        handle
        for handle, count in leaving.items()
        if handle is not None and (sub := state.subscriptions[handle]).implicit and sub.hanging() == count
    )
    event = e.Evicted(command.before_us, intents, constraints, subscriptions, dropped)
    return Decision((event,), NOTHING, None)


def count_unaware(state: StrategicState, command: c.CountUnaware, stamp: Stamp) -> Decision:
    """Write one entry for the refusals of a party that were only counted."""
    tally = state.tallies.get(command.party)
    if tally is None:
        return Decision(NOTHING, NOTHING, None)
    event = e.UnawareCounted(command.party, tally.since_us, tally.count, len(tally.digests), tally.first)
    return Decision((event,), NOTHING, None)


def due(state: StrategicState, now_us: int, limit: int) -> list[c.EvictExpired | c.CountUnaware]:
    """Commands whose time has come, at most `limit`."""
    overdue = [party for party, tally in state.tallies.items() if tally.due_us <= now_us]
    found: list[c.EvictExpired | c.CountUnaware] = [*map(c.CountUnaware, overdue[:limit])]
    before = now_us - state.rules.evict_after_us
    earliest = state.ends.earliest()
    if len(found) < limit and earliest is not None and earliest < before // BUCKET_US:
        found.append(c.EvictExpired(before, EVICT_MAX))
    return found


def next_due(state: StrategicState) -> int | None:
    """When `due` has something next (µs), or None."""
    times = [tally.due_us for tally in state.tallies.values()]
    earliest = state.ends.earliest()
    if earliest is not None:
        times.append((earliest + 1) * BUCKET_US + state.rules.evict_after_us)
    return min(times, default=None)
