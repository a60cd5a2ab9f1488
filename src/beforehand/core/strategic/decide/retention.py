"""What the node asks of itself: evict what expired long ago, write down refusals that were only counted."""

from __future__ import annotations

from heapq import nsmallest

from beforehand.core.stamp import Decision, Stamp
from beforehand.core.strategic import commands as c
from beforehand.core.strategic import events as e
from beforehand.core.strategic.decide.parties import NOTHING
from beforehand.core.strategic.state import BUCKET_US, StrategicState

#: Objects one eviction drops at most, so that none takes long.
EVICT_MAX = 256


def evict(state: StrategicState, command: c.EvictExpired, stamp: Stamp) -> Decision:
    """Drop what ended before `before_us`, oldest first: intents with implicit subscriptions that nothing else needs."""
    intents: list[int] = []
    constraints: list[int] = []
    subscriptions: list[int] = []
    left = min(command.limit, EVICT_MAX)
    last = command.before_us // BUCKET_US  # buckets below are wholly over
    for bucket in sorted(each for each in state.ends if each < last):
        for chosen, handles in zip((intents, constraints, subscriptions), state.ends[bucket], strict=True):
            chosen += nsmallest(left, handles)
            left = command.limit - len(intents) - len(constraints) - len(subscriptions)
            if left <= 0:
                break
        if left <= 0:
            break
    if not (intents or constraints or subscriptions):
        return Decision(NOTHING, NOTHING, None)
    gone = set(intents)
    left_without = {
        subscription
        for handle in intents
        if (subscription := state.intents[handle].subscription) is not None
        and state.subscriptions[subscription].implicit
        and gone.issuperset(state.dependents(state.subscriptions[subscription]))
    }
    # A subscription outlasts its intents; one that does not yet is left for the next turn, with them.
    subscriptions = [each for each in subscriptions if gone.issuperset(state.dependents(state.subscriptions[each]))]
    event = e.Evicted(command.before_us, intents, constraints, subscriptions, sorted(left_without))
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
    if len(found) < limit and state.ends and min(state.ends) < before // BUCKET_US:
        found.append(c.EvictExpired(before, EVICT_MAX))
    return found


def next_due(state: StrategicState) -> int | None:
    """When `due` has something next (µs), or None."""
    times = [tally.due_us for tally in state.tallies.values()]
    if state.ends:
        times.append((min(state.ends) + 1) * BUCKET_US + state.rules.evict_after_us)
    return min(times, default=None)
