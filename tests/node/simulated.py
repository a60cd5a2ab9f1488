"""A node, its parties and its storage for some hours, from one seed: with faults, hangs, kills, jumps of the clock, restarts.

Every command that may write is unlike every other (its base URL, or the id that it ends), so that the journal tells of each
how often it took effect: answered, exactly once; `not_done` or refused, never; unknown, at most once.
"""

from __future__ import annotations

import asyncio
from random import Random

from beforehand.core.machine import Machine
from beforehand.core.stamp import Refusal
from beforehand.core.strategic import commands as c
from beforehand.core.strategic.state import Rules
from beforehand.engine.protocol import EngineError
from beforehand.node import Node
from beforehand.node.config import NodeConfig
from beforehand.node.opening import fold_journal
from beforehand.node.outcomes import NotDone, OutcomeUnknown, TooFast
from beforehand.testing.clock import FakeClock
from beforehand.testing.entropy import seeded
from beforehand.testing.parties import Party
from beforehand.testing.simulation import simulate

from .storage import Storage
from .witness import Witness

PARTIES = 4
PLACES = 5
CALLERS = 12
HOUR_US = 3_600_000_000

ONCE, NEVER, AT_MOST_ONCE = {1}, {0}, {0, 1}


class Simulation:
    """One seed's world. Only the journal and what was answered outlive a node."""

    def __init__(self, seed):
        self.random = Random(seed)
        self.entropy = seeded(f"entropy {seed}")
        self.clock = FakeClock(drift_per_million=self.random.randrange(-200, 200))
        rules = Rules(evict_after_us=self.random.choice([0, 7 * 24 * HOUR_US]))
        self.config = NodeConfig(rules=rules, open_batch_entries=self.random.choice([6, 20_000]))
        self.witness = Witness(rules)
        self.storage = Storage(self.random, self.witness.stored)
        self.parties = [Party(f"uss-{number}", self.clock.wall_us, self.entropy) for number in range(PARTIES)]
        self.must_be = {}  # what makes a command unlike all others -> how often it may have taken effect
        self.current = {}  # id -> the party and its last answered reference
        self.answers = 0
        self.numbers = iter(range(1 << 60))

    async def run(self):
        lives = self.random.randrange(2, 6)
        for life in range(lives):
            self.storage.calm = life == lives - 1
            await self.one_life()
            self.clock.advance(self.random.choice([0, 0, 1_000, HOUR_US, 5 * HOUR_US]))
        await self.check_journal()
        return self.answers

    async def open(self):
        while True:
            try:
                node = await Node.open(self.config, self.clock, self.entropy, self.storage)
            except EngineError:
                continue
            assert node._machine.state_hash() == self.witness.machine.state_hash()
            assert node.durable == self.witness.machine.seq
            return node

    async def one_life(self):
        node = await self.open()
        callers = [asyncio.ensure_future(self.calls(node)) for _ in range(CALLERS)]
        failed = asyncio.ensure_future(node.failed())
        jumps = asyncio.ensure_future(self.jumps())
        await asyncio.wait([failed], timeout=self.random.uniform(0.1, 40))
        killed = self.random.random() < 0.5
        if killed:
            for task in node._tasks:
                task.cancel()
            await asyncio.sleep(0)
        for task in callers:
            task.cancel()
        if not killed:
            await node.close()
        for task in (failed, jumps):
            task.cancel()
        await asyncio.gather(*callers, *node._tasks, failed, jumps, return_exceptions=True)
        for task in callers:
            if not task.cancelled() and task.exception() is not None:
                raise task.exception()
        await self.storage.close()

    async def jumps(self):
        """The wall clock is set wrong for a while, now and then."""
        while True:
            await asyncio.sleep(self.random.expovariate(1 / 30))
            by = self.random.choice([-1, 1]) * self.random.randrange(HOUR_US)
            self.clock.set_wall(by)
            try:
                await asyncio.sleep(self.random.expovariate(1 / 3))
            finally:
                self.clock.set_wall(-by)

    async def calls(self, node):
        while True:
            await asyncio.sleep(self.random.expovariate(2))
            party = self.random.choice(self.parties)
            command, unlike = self.some_command(party)
            if unlike is not None:
                self.must_be[unlike] = AT_MOST_ONCE
            question = self.witness.asked(command)
            try:
                answer = await node.ask(command)
            except (NotDone, TooFast):
                self.must_be[unlike] = NEVER
            except OutcomeUnknown:
                assert unlike is not None
            else:
                self.check_answer(node, party, question, unlike, answer)
            finally:
                self.witness.over(question)

    def check_answer(self, node, party, question, unlike, answer):
        """At the moment it is given."""
        self.answers += 1
        command = question.command
        if unlike is None or isinstance(answer, Refusal):
            assert self.witness.could_say(question, answer), (command, answer)
            self.must_be[unlike] = NEVER
            return
        assert self.witness.times[unlike] == 1
        assert node.durable <= self.witness.machine.seq
        self.must_be[unlike] = ONCE
        if isinstance(command, c.PutIntent):
            self.current[command.id] = (party, answer.reference)

    def some_command(self, party):
        """A command, and what makes it unlike all others if it may write."""
        kind = self.random.choices(["plan", "change", "end", "get", "look"], [40, 20, 10, 10, 20])[0]
        own = [id for id, (holder, _) in self.current.items() if holder is party]
        at = self.random.sample(range(PLACES), self.random.randrange(1, 3))
        if kind == "look" or (kind in ("change", "end") and not own) or (kind == "get" and not self.current):
            return party.look(*at), None
        if kind == "get":
            return party.get(self.random.choice(list(self.current))), None
        if kind == "end":
            id = self.random.choice(own)
            _, reference = self.current.pop(id)
            return party.end(id, reference.ovn), id
        url = f"https://u{next(self.numbers)}.example.com"
        known = [reference.ovn for _, reference in self.current.values()]
        knowing = self.random.sample(known, self.random.choice([0, len(known), len(known)]))
        if kind == "plan":
            return party.plan(*at, knowing=knowing, subscribes=self.random.random() < 0.3, url=url), url
        id = self.random.choice(own)
        _, reference = self.current[id]
        return party.plan(*at, id=id, ovn=reference.ovn, knowing=knowing, url=url), url

    async def check_journal(self):
        """In the end, all that was ever answered."""
        wrong = {
            unlike: (self.witness.times[unlike], may_be)
            for unlike, may_be in self.must_be.items()
            if self.witness.times[unlike] not in may_be
        }
        assert not wrong
        machine = Machine(self.config.rules)
        await self.storage.open()
        await fold_journal(machine, self.storage)
        assert machine.state_hash() == self.witness.machine.state_hash()


def run_seed(seed):
    """Returns how many answers were given. A failure names the seed: `run_seed(seed)` is the same again."""
    simulation = Simulation(seed)
    try:
        return simulate(simulation.clock, simulation.run())
    except BaseException as error:
        error.add_note(f"seed {seed}")
        raise
