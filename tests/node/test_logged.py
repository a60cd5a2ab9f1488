"""What an operator is told of by the log: what can be acted on, once."""

from __future__ import annotations

import asyncio

from structlog.testing import capture_logs

from .world import in_simulation

HOUR_US = 3_600_000_000


@in_simulation
async def test_refusing_writes_and_taking_them_again_is_logged_once(world):
    node = await world.open(space_floor=0)
    with capture_logs() as logged:
        world.clock.set_wall(+HOUR_US)
        await asyncio.sleep(5)
        assert [(line["event"], line["log_level"]) for line in logged] == [("writes_are_refused", "warning")]
        assert logged[0]["cause"].startswith("The clock disagrees by 3600.0 s")
        logged.clear()
        world.clock.set_wall(-HOUR_US)
        await asyncio.sleep(5)
        assert [line["event"] for line in logged] == ["writes_are_taken_again"]
    assert node.ready() is None


@in_simulation
async def test_an_ordinary_day_logs_nothing(world):
    node = await world.open()
    party = world.party("uss-a")
    with capture_logs() as logged:
        await node.ask(party.plan(0))
        await asyncio.sleep(60)
    assert logged == []
