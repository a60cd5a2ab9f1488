"""What each party may take of one process: requests in flight, memory, and time of the event loop.

Everything runs on one loop, so whoever is heavy makes all others wait. A party's requests are therefore timed, stretch by
stretch between two waits: what has used up its slice of this round of the loop goes on in the next, and after a long
stretch its party pauses for as long again and more. Others never wait for more than one stretch of each heavy party.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from time import perf_counter
from types import coroutine
from typing import Any, TypeVar

from msgspec import Struct

from beforehand.core.stamp import Caller
from beforehand.node.outcomes import NotDone

#: Seconds of one round of the loop that a party may use before others have had their turn.
SLICE_S = 0.002
#: A stretch that no other party should have had to wait for.
LONG_S = 0.004
#: After such a one, a party pauses this many times as long.
PAUSE = 2.0
#: What may be in hand where warnings come too, as a multiple of what may be without them.
RESERVE = 1.25
#: How many that wait for their party's turn look again in one round.
WOKEN = 64
#: Requests in flight from which on a party's connections rest after each answer.
LIGHT = 64
#: Parties remembered only for a pause they had to make.
IDLE_MAX = 10_000

T = TypeVar("T")


class Limits(Struct, frozen=True):
    """How much is taken on at once, of all and of one party. Bytes are of bodies being received or sent."""

    in_flight: int = 2048
    in_flight_of_party: int = 512
    held_bytes: int = 512 << 20
    held_bytes_of_party: int = 96 << 20


class Share:
    """What one party has in hand."""

    __slots__ = ("held", "in_flight", "not_before", "used_s", "waiting")

    def __init__(self) -> None:
        self.in_flight = 0
        self.held = 0
        self.used_s = 0.0
        self.not_before = 0.0
        self.waiting: deque[asyncio.Future[None]] = deque()


class Ticket:
    """One request in flight: whose, how many bytes it keeps in memory, whether it warns, and how far it has come."""

    __slots__ = ("answered", "asked", "caller", "held", "share", "warning")

    def __init__(self, caller: Caller, share: Share) -> None:
        self.caller = caller
        self.share = share
        self.held = 0
        self.warning = False
        self.asked = False
        self.answered = False


class Shares:
    """The shares of all parties that have something in hand."""

    def __init__(self, limits: Limits, timer: Callable[[], float] = perf_counter) -> None:
        self._limits = limits
        self._timer = timer
        self._shares: dict[Caller, Share] = {}
        self._in_round: list[Share] = []
        self.in_flight = 0
        self.held = 0

    def enter(self, caller: Caller, reserve: bool = False) -> Ticket:
        """Take on one more request; with `reserve`, from what is kept for warnings too. Raises NotDone."""
        share = self._shares.get(caller)
        if share is None:
            if len(self._shares) > self._limits.in_flight + IDLE_MAX:
                self._shares = {each: kept for each, kept in self._shares.items() if kept.in_flight}
            share = self._shares[caller] = Share()
        ticket = Ticket(caller, share)
        share.in_flight += 1
        self.in_flight += 1
        try:
            self.check(ticket, reserve)
        except NotDone:
            self.leave(ticket)
            raise
        return ticket

    def is_light(self, caller: Caller) -> bool:
        """Whether a party has so little in hand that its connections need not rest."""
        share = self._shares.get(caller)
        return share is None or share.in_flight < LIGHT

    def check(self, ticket: Ticket, reserve: bool = False) -> None:
        """Raise NotDone if a party, or all together, have too much in hand to go on with this; `reserve` as in `enter`."""
        limits, share = self._limits, ticket.share
        part = RESERVE if reserve else 1.0
        if self.in_flight > limits.in_flight * part:
            raise NotDone("Too many requests are in flight. Nothing was done; ask again in a moment.", 1)
        if share.in_flight > limits.in_flight_of_party * part:
            raise NotDone(
                f"Your party has {share.in_flight} requests in flight. Nothing was done; wait for some to be answered.",
                1,
            )
        if share.held > limits.held_bytes_of_party * part or self.held > limits.held_bytes * part:
            raise NotDone("Too much is being sent and received. Nothing was done; take the answers first.", 1)

    def leave(self, ticket: Ticket) -> None:
        """A request is answered, or given up."""
        share = ticket.share
        self.hold(ticket, -ticket.held)
        share.in_flight -= 1
        self.in_flight -= 1
        if not share.in_flight and share.not_before <= self._timer():
            del self._shares[ticket.caller]

    def hold(self, ticket: Ticket, size: int) -> None:
        """Keep so many bytes in memory until the request is answered."""
        ticket.held += size
        ticket.share.held += size
        self.held += size

    async def turn(self, share: Share) -> None:
        """Return when it is this party's turn."""
        while share.used_s > SLICE_S or share.not_before > self._timer():
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            share.waiting.append(waiter)
            if len(share.waiting) == 1:
                self._wake_later(share)
            await waiter

    async def turn_of_warning(self, share: Share) -> None:
        """Return when its party has some of this round left: a warning waits for no pause, but neither do others for it."""
        while share.used_s > SLICE_S:
            await asyncio.sleep(0)

    def _wake_later(self, share: Share) -> None:
        loop = asyncio.get_running_loop()
        pause = share.not_before - self._timer()
        if pause > 0:
            loop.call_later(pause, self._wake, share)
        else:
            loop.call_soon(self._wake, share)

    def _wake(self, share: Share) -> None:
        waiting = share.waiting
        for _ in range(min(WOKEN, len(waiting))):
            waiter = waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
        if waiting:
            self._wake_later(share)

    def _use(self, share: Share, seconds: float) -> None:
        if not self._in_round:
            asyncio.get_running_loop().call_soon(self._new_round)
        self._in_round.append(share)
        share.used_s += seconds
        if seconds > LONG_S:
            share.not_before = self._timer() + PAUSE * seconds

    def _new_round(self) -> None:
        for share in self._in_round:
            share.used_s = 0.0
        self._in_round.clear()

    @coroutine
    def timed(self, share: Share, work: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
        """Await `work`, and put the loop's time that it takes on a party's account."""
        resume, value = work.send, None
        while True:
            began = self._timer()
            try:
                waits_for = resume(value)
            except StopIteration as end:
                result: T = end.value
                return result
            finally:
                self._use(share, self._timer() - began)
            try:
                value = yield waits_for
                resume = work.send
            except BaseException as error:
                value, resume = error, work.throw
