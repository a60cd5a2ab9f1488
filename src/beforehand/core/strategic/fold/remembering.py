"""What must be remembered for a while: requested OVNs, and the answers to deletions."""

from __future__ import annotations

from beforehand.core.strategic.state import (
    REMEMBERED_DELETIONS_MAX,
    REMEMBERED_OVN_US,
    REMEMBERED_US,
    Deletion,
    Party,
    Remembered,
    StrategicState,
)


def forget_ovns(state: StrategicState, time_us: int) -> None:
    """Forget the requested OVNs whose suffixes nobody can send again at `time_us`."""
    ovns = state.forget_ovns
    while ovns and ovns[0][0] + REMEMBERED_OVN_US < time_us:
        _, ovn, party = ovns.popleft()
        del state.used_ovns[ovn]
        party.requested -= 1


def remember_ovn(state: StrategicState, party: Party, ovn: str, time_us: int) -> None:
    """A requested OVN was given: it never returns."""
    assert ovn not in state.used_ovns
    state.used_ovns[ovn] = time_us
    state.forget_ovns.append((time_us, ovn, party))
    party.requested += 1


def remember(state: StrategicState, key: Deletion, ended: Remembered, raised: int) -> None:
    """A deletion was answered, and named so many raised subscriptions.

    Of the same party's deletions forget what is over, and the oldest where it would be too much; the new one stays.
    """
    party = ended.party
    deletions = party.deletions
    weight = 1 + raised
    while deletions and (
        deletions[0][0] + REMEMBERED_US < ended.at_us or party.weight + weight > REMEMBERED_DELETIONS_MAX
    ):
        _, old, its_weight = deletions.popleft()
        party.weight -= its_weight
        del state.remembered[old]
    assert key not in state.remembered
    deletions.append((ended.at_us, key, weight))
    party.weight += weight
    state.remembered[key] = ended
