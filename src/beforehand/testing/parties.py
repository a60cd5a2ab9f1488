"""Parties that plan: the commands of strategic coordination, from few words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from struct import pack

from beforehand.core.stamp import Caller
from beforehand.core.strategic import commands as c

ISSUER = "https://tokens.example.com"
#: S2 cell of level 13 at place 0; the next place is the next cell.
_FIRST_CELL = 0x478EB524
_SECOND_US = 1_000_000


def places(*numbers: int) -> bytes:
    """The packed cells of numbered places; neighbours in number touch, and share nothing."""
    return pack(f">{len(numbers)}I", *(_FIRST_CELL + 8 * number for number in sorted(set(numbers))))


class Party:
    """One party, which makes its commands at the time that `now_us` tells; ids come from `entropy`."""

    def __init__(self, subject: str, now_us: Callable[[], int], entropy: Callable[[int], bytes]) -> None:
        self.caller = Caller(ISSUER, subject)
        self.url = f"https://{subject}.example.com"
        self._now_us = now_us
        self._entropy = entropy

    def new_id(self) -> bytes:
        """An id for something new."""
        return self._entropy(16)

    def extent(self, at: Iterable[int], begins_s: int = 60, lasts_s: int = 600) -> c.Extent:
        """0 to 100 m above some places, from so many seconds from now, for so many."""
        start_us = self._now_us() + begins_s * _SECOND_US
        return c.Extent(places(*at), 0, 100_000, start_us, start_us + lasts_s * _SECOND_US)

    def plan(
        self,
        *at: int,
        id: bytes | None = None,
        ovn: str | None = None,
        knowing: Iterable[str] = (),
        state: c.IntentState = c.IntentState.ACCEPTED,
        subscribes: bool = False,
        begins_s: int = 60,
        lasts_s: int = 600,
        url: str | None = None,
    ) -> c.PutIntent:
        """Plan at some places, or change with `id` and `ovn` what was planned."""
        base = url or self.url
        return c.PutIntent(
            self.caller, id or self.new_id(), ovn, self.extent(at, begins_s, lasts_s), state, base, frozenset(knowing), None,
            c.NewSubscription(base, False) if subscribes else None, None)  # fmt: skip

    def end(self, id: bytes, ovn: str) -> c.EndIntent:
        """End what was planned."""
        return c.EndIntent(self.caller, id, ovn)

    def get(self, id: bytes) -> c.GetIntent:
        """Look at one intent."""
        return c.GetIntent(self.caller, id)

    def look(self, *at: int, begins_s: int = 0, lasts_s: int = 3_600) -> c.QueryIntents:
        """Look at all that is planned at some places."""
        return c.QueryIntents(self.caller, self.extent(at, begins_s, lasts_s))

    def close_off(self, *at: int, id: bytes | None = None, ovn: str | None = None) -> c.PutConstraint:
        """Put a constraint on some places."""
        return c.PutConstraint(self.caller, id or self.new_id(), ovn, self.extent(at), self.url)

    def subscribe(self, *at: int, id: bytes | None = None, version: str | None = None) -> c.PutSubscription:
        """Ask to be told of what is planned at some places."""
        return c.PutSubscription(
            self.caller, id or self.new_id(), version, self.extent(at, 0, 3_600), self.url, True, True
        )
