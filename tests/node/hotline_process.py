"""A node on SQLite with two parties on a hotline, one of which gives notices without end. Made to be killed.

A line is a mark and the nonce of the statement: `?` said, `+` answered. What is given concerns the other by agreement and by a
zone; it has a second to see it, and never does.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import structlog
from msgspec.structs import replace

from beforehand.airspace.cells import cover, pack
from beforehand.airspace.volume import Circle
from beforehand.core.hotline import commands as c
from beforehand.core.hotline.terms import Deadlines, Relay, Terms
from beforehand.core.stamp import Caller, Refusal
from beforehand.engine.sqlite import SqliteEngine
from beforehand.node import Node
from beforehand.node.clock import SystemClock
from beforehand.node.config import NodeConfig

#: Seconds after which the process ends, should nobody kill it.
LIFE_S = 60
HERE = Circle.from_degrees(35.52, 35.77, 3_000)
MINUTE_US = 60_000_000
TERMS = Terms(
    tell={"*": ["TEAL"]}, stages={"*": ["SEEN"]}, deadlines=Deadlines(seen_s=1),
    relays=[Relay("TEAL", "TEAL", "HILLS", 3_600)])  # fmt: skip


def tell(mark, nonce):
    os.write(1, f"{mark} {nonce}\n".encode())


async def done(node, command):
    reply = await node.ask(command)
    assert not isinstance(reply, Refusal), reply
    return reply


async def joined(node, code):
    """The party's person on duty; made where there is none yet."""
    nobody = c.Speaker(Caller("", ""))
    operator = c.Speaker(Caller("operator", "operator"), operator=True)
    if code not in node._machine.hotline.parties:
        await done(node, c.CreateParty(operator, code, "participant", "", "", f"key-{code}", "public", code, "{}"))
        await done(node, c.Join(nobody, code, code, "login", "{}"))
    person = next(iter(node._machine.hotline.parties[code].people))
    opened = await done(node, c.OpenSession(nobody, code, person, "senior", node.now_us() + 600 * MINUTE_US))
    return c.Speaker(Caller("node", code), code, person, "senior", opened.id)


async def agreed(node, grey, teal):
    """The agreement and the zone, in the first life."""
    if node._machine.hotline.agreements:
        return
    await done(node, c.NameNonparty(teal, "HILLS", ""))
    now_us = node.now_us()
    proposed = await done(node, c.Propose(grey, ("GREY", "TEAL"), (), TERMS, now_us, None, b"", (), ""))
    await done(node, c.Sign(grey, proposed.id))
    await done(node, c.Sign(teal, proposed.id))
    volume = c.GivenVolume(HERE, pack(cover(HERE)), None, None, None, None, 29)
    await done(node, c.SetZone(teal, "range", "HILLS", (volume,), ((now_us, None),), (), "{}"))


async def serve(folder):
    node = await Node.open(NodeConfig(space_floor=0), SystemClock(), os.urandom, SqliteEngine(folder), folder)
    grey, teal = await joined(node, "GREY"), await joined(node, "TEAL")
    await agreed(node, grey, teal)
    number = 0
    while True:
        number += 1
        nonce = f"{os.getpid()}-{number}"
        start_us = node.now_us() + 30 * MINUTE_US
        volume = c.GivenVolume(HERE, pack(cover(HERE)), 0, 3_000_000, start_us, start_us + 20 * MINUTE_US, 29)
        by = replace(grey, statement=c.Statement(nonce=nonce), digest=nonce)
        tell("?", nonce)
        await done(node, c.GiveNotice(by, "exercise", False, (volume,), (), '{"volumes":[{}]}'))
        tell("+", nonce)
        await asyncio.sleep(0.02)


if __name__ == "__main__":
    signal.alarm(LIFE_S)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(serve(Path(sys.argv[1])))
