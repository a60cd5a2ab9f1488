"""What a planner had not named, and how often that is written down.

A refusal has an entry, but a party that repeats itself or hammers does not flood the journal: repeats of one set within
60 s, and what goes beyond five a second, are counted and written as one entry later (`CountUnaware`). What the party is
answered is the same either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from struct import pack

from beforehand.core.strategic import events as e
from beforehand.core.strategic.state import REFUSALS_PER_SECOND, REPEAT_US, Constraint, Intent, StrategicState, Tally

#: Distinct sets a tally tells apart; beyond, it says this many.
DISTINCT_MAX = 10_000


def unaware_of(unnamed: Sequence[Intent | Constraint]) -> e.Unaware:
    """The lowest entries of what was not named, the count, and SHA-256 over all entry numbers (8 bytes each)."""
    handles = sorted(each.handle for each in unnamed)
    digest = sha256(pack(f">{len(handles)}Q", *handles)).hexdigest()
    return e.Unaware(handles[: e.NAMED_MAX], len(handles), digest)


def entry_due(state: StrategicState, party: str, missing: e.Unaware, now_us: int) -> bool:
    """Whether this refusal gets an entry of its own; if not, it has been counted."""
    known = state.refused.get(party)
    repeated = False
    if known is not None:
        at = known.recent.get(missing.digest)
        repeated = at is not None and at + REPEAT_US > now_us
        if not repeated and (known.second != now_us // 1_000_000 or known.in_second < REFUSALS_PER_SECOND):
            return True
    else:
        return True
    tally = state.tallies.get(party)
    due_us = now_us + (REPEAT_US if repeated else 1_000_000)
    if tally is None:
        state.tallies[party] = Tally(now_us, due_us, missing, 1, {missing.digest})
        return False
    tally.due_us = min(tally.due_us, due_us)
    tally.count += 1
    if len(tally.digests) < DISTINCT_MAX:
        tally.digests.add(missing.digest)
    return False
