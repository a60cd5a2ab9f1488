"""A node on a faulty engine and a fake clock, and the parties that ask it."""

from __future__ import annotations

import asyncio
import functools

import msgspec

from beforehand.core.machine import Machine, read_event
from beforehand.engine.memory import MemoryEngine
from beforehand.node import Node
from beforehand.node.config import NodeConfig
from beforehand.node.opening import fold_journal
from beforehand.testing.clock import FakeClock
from beforehand.testing.entropy import seeded
from beforehand.testing.faulty import FaultyEngine
from beforehand.testing.parties import Party
from beforehand.testing.simulation import simulate

#: Seconds of fake time that no test here has a use for.
PATIENCE_S = 86_400.0


class World:
    """What outlives a node, and the nodes opened on it."""

    def __init__(self, seed="world"):
        self.clock = FakeClock()
        self.entropy = seeded(seed)
        self.engine = FaultyEngine(MemoryEngine(), {})
        self.config = NodeConfig()
        self.folder = None
        self.nodes = []

    async def open(self, **settings):
        """A node on the journal as it is."""
        self.config = msgspec.structs.replace(self.config, **settings)
        node = await Node.open(self.config, self.clock, self.entropy, self.engine, self.folder)
        self.nodes.append(node)
        return node

    async def end(self):
        while self.nodes:
            await self.nodes.pop().close()

    def party(self, name):
        return Party(name, self.clock.wall_us, self.entropy)

    async def folded(self):
        """The journal, folded anew by somebody else."""
        machine = Machine(self.config.rules)
        await self.engine.inner.open()
        await fold_journal(machine, self.engine.inner)
        return machine

    async def events(self):
        """Every fact of the journal."""
        await self.engine.inner.open()
        return [read_event(entry.facts) for entry in await self.engine.inner.read(0, 4_096)]


def in_simulation(test):
    """Run an async test, which takes a `world`, on its fake clock."""

    @functools.wraps(test)
    def run(world, **others):
        async def main():
            try:
                await test(world, **others)
            finally:
                await world.end()

        simulate(world.clock, main(), PATIENCE_S)

    return run


async def settled():
    """Let everything run that can, without any time passing."""
    for _ in range(20):
        await asyncio.sleep(0)


async def asked(*questions):
    """Tasks of what was asked in this order, each as far as it gets without time passing."""
    tasks = []
    for question in questions:
        tasks.append(asyncio.ensure_future(question))
        await asyncio.sleep(0)
    await settled()
    return tasks


async def outcomes(tasks):
    """What each came to: an answer or an exception."""
    return await asyncio.gather(*tasks, return_exceptions=True)
