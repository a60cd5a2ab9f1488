"""How often and how long a client tries again: bounded, ever less often, and never in step with others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from random import Random

from msgspec import Struct

#: An answer may ask for a longer wait; this is the longest that is granted.
LONGEST_S = 10.0


class Retries(Struct, frozen=True):
    """At most `tries`, with waits that double from `first_s` to `LONGEST_S`, each shortened by chance by up to a half.

    By default some 45 s in all: a server that restarts again and again waits up to 30 s before it does.
    """

    sleep: Callable[[float], Awaitable[object]]
    random: Random
    tries: int = 14
    first_s: float = 0.05

    def waits(self) -> Iterator[float]:
        """The waits before the second and all later tries."""
        for again in range(self.tries - 1):
            yield min(LONGEST_S, self.first_s * 2**again) * (0.5 + self.random.random() / 2)


def asked_wait(retry_after: str | None, otherwise: float) -> float:
    """The wait that a `Retry-After` header asks for, in seconds, within bounds; the other one where it asks for none."""
    try:
        return min(LONGEST_S, max(otherwise, float(retry_after or 0)))
    except ValueError:
        return otherwise
