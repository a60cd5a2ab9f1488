"""What the node adds to a command, and what a decision is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from msgspec import Struct

#: Random bytes of a stamp: 33 for an OVN, 33 for a subscription's version, 16 for a subscription's id, 16 spare.
ENTROPY_BYTES = 98


class Stamp(NamedTuple):
    """Time (µs since the Unix epoch, UTC), fresh random bytes (`ENTROPY_BYTES`) and epoch of one command.

    `uncertain_us` is 0, or by how much the clocks disagree while nobody has accepted either.
    """

    time_us: int
    entropy: bytes
    epoch: int
    uncertain_us: int = 0


class Caller(NamedTuple):
    """The party that asks: who issued its token and the token's subject."""

    issuer: str
    subject: str


class Refusal(Struct, frozen=True, gc=False):
    """Why a command was not carried out. `reason` is stable (docs/refusals.md); `detail` is a value or None."""

    reason: str
    message: str
    detail: Any = None


class Decision(NamedTuple):
    """What a command comes to: the facts it makes, the words kept beside each, and what its party is answered.

    `contents` is empty or as long as `events`, with None where an event has no content.
    """

    events: Sequence[Any]
    contents: Sequence[bytes | None]
    reply: Any
