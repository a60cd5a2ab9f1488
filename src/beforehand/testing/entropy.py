"""Random bytes that are the same from the same seed."""

from __future__ import annotations

from collections.abc import Callable
from random import Random


def seeded(seed: int | str) -> Callable[[int], bytes]:
    """What a node takes as its entropy. Never for anything but tests: whoever knows the seed knows every OVN."""
    return Random(seed).randbytes
