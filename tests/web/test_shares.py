from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable

import pytest

from beforehand.core.stamp import Caller
from beforehand.node.outcomes import NotDone
from beforehand.web.shares import LONG_S, SLICE_S, WOKEN, Limits, Shares

HEAVY, LIGHT = Caller("i", "heavy"), Caller("i", "light")


def busy(seconds: float) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


def test_what_a_coroutine_gives_and_raises_passes_through() -> None:
    async def gives() -> int:
        await asyncio.sleep(0)
        return 7

    async def raises() -> None:
        await asyncio.sleep(0)
        raise KeyError("x")

    async def story() -> None:
        shares = Shares(Limits())
        ticket = shares.enter(HEAVY)
        assert await shares.timed(ticket.share, gives()) == 7
        with pytest.raises(KeyError):
            await shares.timed(ticket.share, raises())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await shares.timed(ticket.share, asyncio.Event().wait())
        shares.leave(ticket)
        assert shares.in_flight == 0

    asyncio.run(story())


def test_between_two_heavy_requests_of_a_party_others_have_their_turn() -> None:
    order: list[str] = []

    async def request(shares: Shares, caller: Caller, seconds: float) -> None:
        ticket = shares.enter(caller)
        await shares.turn(ticket.share)

        async def work() -> None:
            busy(seconds)
            order.append(caller.subject)

        await shares.timed(ticket.share, work())
        shares.leave(ticket)

    async def story() -> None:
        shares = Shares(Limits())
        heavy: list[Awaitable[None]] = [request(shares, HEAVY, 3 * SLICE_S) for _ in range(5)]
        light: list[Awaitable[None]] = [request(shares, LIGHT, 0) for _ in range(5)]
        await asyncio.gather(*heavy, *light)

    asyncio.run(story())
    assert order == ["heavy"] + ["light"] * 5 + ["heavy"] * 4


def test_many_light_requests_of_a_party_all_have_their_turn_in_the_end() -> None:
    done = 0

    async def story() -> None:
        shares = Shares(Limits())

        async def request() -> None:
            nonlocal done
            ticket = shares.enter(LIGHT)
            await shares.turn(ticket.share)

            async def work() -> None:
                busy(SLICE_S / 8)

            await shares.timed(ticket.share, work())
            shares.leave(ticket)
            done += 1

        await asyncio.gather(*[request() for _ in range(3 * WOKEN)])

    asyncio.run(story())
    assert done == 3 * WOKEN


def test_a_warning_waits_for_the_next_round_but_for_no_pause() -> None:
    order: list[str] = []

    async def story() -> None:
        shares = Shares(Limits())
        tickets = [shares.enter(HEAVY) for _ in range(4)]
        share = tickets[0].share

        async def ordinary() -> None:
            await shares.turn(share)
            order.append("ordinary")

        async def warning() -> None:
            await shares.turn_of_warning(share)

            async def work() -> None:
                busy(2 * LONG_S)
                order.append("warning")

            await shares.timed(share, work())

        async def other() -> None:
            order.append("other")

        waits = asyncio.create_task(ordinary())
        await warning()
        await asyncio.gather(waits, warning(), warning(), warning(), other())

    asyncio.run(story())
    assert order[0] == "warning"
    assert order.index("other") == 2  # behind one of the three
    assert order[-1] == "ordinary"


def test_who_gives_up_waiting_holds_up_nobody() -> None:
    async def story() -> None:
        shares = Shares(Limits())
        first, second, third = (shares.enter(HEAVY) for _ in range(3))

        async def work() -> None:
            busy(2 * SLICE_S)

        await shares.timed(first.share, work())
        gone, stays = (asyncio.create_task(shares.turn(each.share)) for each in (second, third))
        await asyncio.sleep(0)
        gone.cancel()
        await stays

    asyncio.run(story())


def test_bytes_are_held_until_the_request_leaves_and_bounded() -> None:
    shares = Shares(Limits(held_bytes=100, held_bytes_of_party=60))
    one, other = shares.enter(HEAVY), shares.enter(LIGHT)
    shares.hold(one, 61)
    with pytest.raises(NotDone):
        shares.check(one)
    shares.check(other)
    shares.hold(other, 50)
    with pytest.raises(NotDone):
        shares.check(other)
    shares.leave(one)
    shares.check(other)
    shares.leave(other)
    assert shares.held == 0


def test_what_may_warn_is_let_in_when_others_are_not() -> None:
    shares = Shares(Limits(in_flight=8, in_flight_of_party=4, held_bytes=100, held_bytes_of_party=80))
    first, *_ = [shares.enter(HEAVY) for _ in range(4)]
    with pytest.raises(NotDone):
        shares.enter(HEAVY)
    warning = shares.enter(HEAVY, reserve=True)
    with pytest.raises(NotDone):
        shares.enter(HEAVY, reserve=True)
    assert shares.in_flight == 5
    shares.hold(first, 90)
    shares.check(warning, reserve=True)
    with pytest.raises(NotDone):
        shares.check(warning)
    shares.hold(first, 20)
    with pytest.raises(NotDone):
        shares.check(warning, reserve=True)
