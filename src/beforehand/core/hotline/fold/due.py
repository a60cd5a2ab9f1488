"""The heap of deadlines that fold keeps."""

from __future__ import annotations

from heapq import heappush

from beforehand.core.hotline.state import Deadline, HotlineState


def at(
    state: HotlineState, time_us: int | None, what: str, id_: str, version: int = 0, party: str = "", about: str = ""
) -> None:
    """Something falls due; never, where the time is None."""
    if time_us is None:
        return
    heappush(state.deadlines, Deadline(time_us, state.next_number, what, id_, version, party, about))
    state.next_number += 1
