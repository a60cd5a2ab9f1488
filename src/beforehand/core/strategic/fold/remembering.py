"""What must be remembered for a while: requested OVNs, and the answers to deletions."""

from __future__ import annotations

from beforehand.core.strategic.state import (
    REMEMBERED_DELETIONS_MAX,
    REMEMBERED_OVN_US,
    REMEMBERED_US,
    Remembered,
    StrategicState,
)


def forget(state: StrategicState, time_us: int) -> None:
    """Forget what is over at `time_us`, and the oldest deletions where too much is remembered."""
    ovns = state.forget_ovns
    while ovns and ovns[0][0] + REMEMBERED_OVN_US < time_us:
        del state.used_ovns[ovns.popleft()[1]]
    deletions = state.forget_deletions
    while deletions and (
        deletions[0][0] + REMEMBERED_US < time_us or state.remembered_weight > REMEMBERED_DELETIONS_MAX
    ):
        at_us, key, weight = deletions.popleft()
        state.remembered_weight -= weight
        found = state.remembered.get(key)
        if found is not None and found.at_us == at_us:  # not where a later deletion stands under the same id
            del state.remembered[key]


def remember_ovn(state: StrategicState, ovn: str, time_us: int) -> None:
    """A requested OVN was given: it never returns."""
    assert ovn not in state.used_ovns
    state.used_ovns[ovn] = time_us
    state.forget_ovns.append((time_us, ovn))


def remember(state: StrategicState, key: tuple[str, bytes], ended: Remembered, raised: int) -> None:
    """A deletion under `key` (kind, id) was answered, and named so many raised subscriptions."""
    state.remembered[key] = ended
    state.forget_deletions.append((ended.at_us, key, 1 + raised))
    state.remembered_weight += 1 + raised
