"""Codes of parties, told apart as a tired reader would."""

from __future__ import annotations

from beforehand.core.hotline.state import HotlineState

#: Characters that look alike, or sound alike on a bad line, are one.
_LOOK_ALIKE = str.maketrans("O1I5Z8", "0LLS2B")


def skeleton(code: str) -> str:
    """What codes are told apart by: two codes of one skeleton may not both exist."""
    return code.translate(_LOOK_ALIKE)


def pair(state: HotlineState, one: str, other: str) -> tuple[str, str]:
    """Two parties in the order in which they came onto the line, so that no code decides."""
    first, second = state.parties.get(one), state.parties.get(other)
    if first is None or second is None or first.handle < second.handle:
        return one, other
    return other, one
