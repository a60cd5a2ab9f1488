"""Nonces of statements, and what each was answered (H1.5)."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from beforehand.core.hotline import events as e
from beforehand.core.hotline.state import NONCE_US, NONCES_MAX, HotlineState, Spoken

#: Where an event has the id of what its statement was about, and the version: the first that it has counts.
_IDS = ("objection", "instrument", "notice", "agreement", "zone", "movement", "person", "key", "nonparty", "party")


def remember(state: HotlineState, event: Any, by: e.By, entry: int, time_us: int) -> None:
    """Keep the nonce of a statement with the answer to it, and forget those that are old and many."""
    if by.nonce is UNSET or by.digest is UNSET or isinstance(event, e.HashDiffers):  # the last was refused
        return
    party = state.parties[by.party]
    if by.nonce in party.nonces:  # a later entry of the same act
        return
    id_ = next(getattr(event, name) for name in _IDS if hasattr(event, name))
    party.nonces[by.nonce] = Spoken(by.digest, time_us, entry, id_, _version(state, event), event)
    party.nonce_order.append(by.nonce)
    while len(party.nonce_order) > NONCES_MAX:
        oldest = party.nonces[party.nonce_order[0]]
        if len(party.nonce_order) <= 2 * NONCES_MAX and oldest.time_us + NONCE_US > time_us:
            break
        del party.nonces[party.nonce_order.popleft()]


def _version(state: HotlineState, event: Any) -> int:
    """The version that the answer named, where its event does not."""
    if isinstance(event, e.NoticeMoved):
        return state.notices[event.notice].current.number
    if isinstance(event, e.ObjectionAnswered):
        return state.notices[event.notice].objections[event.objection].version
    return getattr(event, "version", 0)
