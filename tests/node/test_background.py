"""Work that nobody waits for goes on after a restart, holds up nobody, and survives faults, hangs and a doubted clock."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from beforehand.airspace.cells import cover, pack
from beforehand.airspace.volume import Circle
from beforehand.core.hotline import commands as c
from beforehand.core.hotline import events as e
from beforehand.core.hotline.decide import DECIDES, looking
from beforehand.core.hotline.state import Work
from beforehand.core.stamp import Caller, Refusal
from beforehand.node import background
from beforehand.testing.faulty import Fault

from .world import asked, in_simulation, settled

HERE = Circle.from_degrees(35.52, 35.77, 3_000)
MINUTE_US = 60_000_000


class Parties:
    """Two parties on a node, each with a person on duty."""

    def __init__(self, world, node):
        self.world = world
        self.node = node
        self.speakers = {}

    async def join(self, *codes):
        for code in codes:
            operator = c.Speaker(Caller("operator", "operator"), operator=True)
            await self.done(c.CreateParty(operator, code, "participant", "", "", f"key-{code}", "public", code, "{}"))
            joined = await self.done(c.Join(c.Speaker(Caller("", "")), code, code, "login", "{}"))
            until_us = self.world.clock.wall_us() + 600 * MINUTE_US
            opened = await self.done(c.OpenSession(c.Speaker(Caller("", "")), code, joined.id, "senior", until_us))
            self.speakers[code] = c.Speaker(Caller("node", code), code, joined.id, "senior", opened.id)
        return self

    async def done(self, command):
        reply = await self.node.ask(command)
        assert not isinstance(reply, Refusal), reply
        return reply

    def volume(self, outline=HERE):
        now_us = self.world.clock.wall_us()
        return c.GivenVolume(
            outline, pack(cover(outline)), 0, 3_000_000, now_us + 30 * MINUTE_US, now_us + 60 * MINUTE_US, 29
        )

    def giving(self, code, outline=HERE):
        return c.GiveNotice(self.speakers[code], "exercise", False, (self.volume(outline),), (), '{"volumes":[{}]}')

    def zone(self, code, outline=HERE):
        volume = replace(self.volume(outline), start_us=None, end_us=None)
        return c.SetZone(self.speakers[code], "range", None, (volume,), ((self.world.clock.wall_us(), None),), (), "{}")


async def of_kind(world, kind):
    return [event for event in await world.events() if isinstance(event, kind)]


@in_simulation
async def test_who_is_concerned_is_found_and_told_after_the_notice_was_answered(world):
    """H4.7: without anybody asking, and durably."""
    node = await world.open()
    parties = await Parties(world, node).join("GREY", "TEAL")
    await parties.done(parties.zone("TEAL"))
    await parties.done(parties.giving("GREY"))
    await asyncio.sleep(1)
    assert [each.party for each in await of_kind(world, e.NoticeTold)] == ["TEAL"]
    assert node._machine.next_work() is None
    assert node.durable == node._machine.seq


@pytest.mark.parametrize("slices", range(6))
@in_simulation
async def test_work_goes_on_after_a_restart_wherever_it_stood(world, monkeypatch, slices):
    """H4.7, P1: everything is said once."""
    node = await world.open()
    parties = await Parties(world, node).join("GREY", "TEAL")
    await parties.done(parties.zone("TEAL"))
    await asyncio.sleep(1)
    left = slices
    right = looking.work

    def some(state, command, stamp):
        nonlocal left
        if not left:
            raise RuntimeError("killed here")
        left -= 1
        return right(state, command, stamp)

    monkeypatch.setitem(DECIDES, c.DoWork, some)
    await parties.done(parties.giving("GREY"))
    await asyncio.sleep(0.1)
    await node.close()
    left = 1_000
    node = await world.open()
    await asyncio.sleep(5)
    assert len(await of_kind(world, e.Touched)) == 1
    assert len(await of_kind(world, e.ConflictFound)) == 1
    assert len(await of_kind(world, e.NoticeTold)) == 1
    assert len([each for each in await of_kind(world, e.Looked) if each.kind == "notice"]) == 1
    assert node._machine.next_work() is None
    assert node._machine.state_hash() == (await world.folded()).state_hash()


@in_simulation
async def test_a_piece_that_fails_is_set_aside_and_others_go_on(world, monkeypatch):
    """P2: a fault of ours in one search keeps nobody else from being told; it is tried again when the node starts anew."""
    node = await world.open()
    parties = await Parties(world, node).join("GREY", "TEAL")
    await parties.done(parties.zone("TEAL"))
    await asyncio.sleep(1)
    right = looking._candidates
    failing = True
    tries = []

    def fails_once_asked(state, item):
        if failing and item == bad[0]:
            tries.append(item)
            raise ZeroDivisionError
        return right(state, item)

    monkeypatch.setattr(looking, "_candidates", fails_once_asked)
    bad = [None]

    async def give():
        return (await parties.done(parties.giving("GREY"))).id

    monkeypatch.setattr(background, "HOLD_S", 0.5)
    ask = node._decider.decide

    def spoil_first(command, time_us):
        outcome = ask(command, time_us)
        if isinstance(command, c.GiveNotice) and bad[0] is None:
            bad[0] = Work("look", "notice", outcome[0].id, 1)
        return outcome

    node._decider.decide = spoil_first
    first = await give()
    second = await give()
    await asyncio.sleep(10)
    assert len(tries) == background.TRIES == 3
    assert node._background.faults == 3
    assert {each.notice for each in await of_kind(world, e.NoticeTold)} == {second}
    assert node._machine.next_work() == bad[0]
    await give()
    await asyncio.sleep(2)
    assert len(tries) == 3
    await node.close()
    failing = False
    await world.open()
    await asyncio.sleep(5)
    assert first in {each.notice for each in await of_kind(world, e.NoticeTold)}


@in_simulation
async def test_nothing_is_done_while_nothing_can_be_stored_and_then_it_goes_on(world):
    """P2: the disk is full down to the reserve of warnings; who is concerned is told as soon as there is room."""
    node = await world.open()
    parties = await Parties(world, node).join("GREY", "TEAL")
    await parties.done(parties.zone("TEAL"))
    await asyncio.sleep(1)
    decide = node._decider.decide

    def fills(command, time_us):
        outcome = decide(command, time_us)
        node._admission.space.free = 0
        return outcome

    node._decider.decide = fills
    await parties.done(parties.giving("GREY"))
    seq = node._machine.seq
    await asyncio.sleep(5)
    assert node._machine.seq == seq
    assert node._machine.next_work() is not None
    node._decider.decide = decide
    node._admission.space.free = 1 << 62
    await asyncio.sleep(background.HOLD_S + 0.5)
    assert len(await of_kind(world, e.NoticeTold)) == 1


@in_simulation
async def test_a_content_that_does_not_become_durable_in_time_ends_no_work_for_good(world):
    """P2: storage hangs for longer than anybody waits while somebody is to be told; then it answers again."""
    node = await world.open()
    parties = await Parties(world, node).join("GREY", "TEAL")
    await parties.done(parties.zone("TEAL"))
    await asyncio.sleep(1)
    world.engine.fault_next(Fault.HANGS)
    [waits] = await asked(node.ask(parties.giving("GREY")))
    await world.engine.hanging.wait()
    await asyncio.sleep(7)
    assert waits.done()
    assert waits.exception() is not None
    world.engine.let_go()
    await settled()
    await asyncio.sleep(3)
    assert len(await of_kind(world, e.NoticeTold)) == 1
    await parties.done(parties.giving("GREY"))
    await asyncio.sleep(3)
    assert len(await of_kind(world, e.NoticeTold)) == 2
    assert node._background.faults == 0


@in_simulation
async def test_who_is_concerned_is_told_while_the_clock_is_in_doubt(world):
    """P2: a doubted clock holds up no warning, nor whoever it is for."""
    node = await world.open()
    parties = await Parties(world, node).join("GREY", "TEAL")
    await parties.done(parties.zone("TEAL"))
    await asyncio.sleep(1)
    world.clock.set_wall(3_600_000_000)
    await asyncio.sleep(2)
    assert node.ready() is not None
    await parties.done(parties.giving("GREY"))
    await asyncio.sleep(3)
    assert [each.party for each in await of_kind(world, e.NoticeTold)] == ["TEAL"]
    (given,) = await of_kind(world, e.NoticeGiven)
    assert isinstance(given.uncertain, int)


@in_simulation
async def test_others_are_answered_between_two_slices(world, monkeypatch):
    """P8: a long search holds up no request for longer than one slice."""
    node = await world.open()
    parties = await Parties(world, node).join("GREY", "TEAL")
    for _ in range(30):
        await parties.done(parties.zone("TEAL"))
    await asyncio.sleep(1)
    monkeypatch.setattr(looking, "SLICE", 1)
    await parties.done(parties.giving("GREY"))
    listed = await parties.done(c.ListZones(parties.speakers["TEAL"]))
    assert len(listed.view["zones"]) == 30
    assert node._machine.next_work() is not None
    await asyncio.sleep(2)
    assert node._machine.next_work() is None
