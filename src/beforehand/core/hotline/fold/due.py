"""The heap of deadlines that fold keeps."""

from __future__ import annotations

from heapq import heappush

from beforehand.core.hotline.state import Deadline, HotlineState


def at(
    state: HotlineState, time_us: int | None, what: str, id_: str, version: int = 0, party: str = "", about: str = ""
) -> int | None:
    """Something falls due, under this number; never, where the time is None."""
    if time_us is None:
        return None
    number = state.next_number
    heappush(state.deadlines, Deadline(time_us, number, what, id_, version, party, about))
    state.next_number += 1
    return number
