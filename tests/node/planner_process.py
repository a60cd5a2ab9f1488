"""A node on SQLite with parties that plan without end, and tell of each command before it and after. Made to be killed.

A line is a mark and what makes the command unlike all others (its base URL, or the id that it ends): `?` asked, `+` answered,
`!` refused or not done, `~` outcome unknown. A last line names what ended the process.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import signal
import sys
from pathlib import Path
from random import Random

import structlog

from beforehand.core.stamp import Refusal
from beforehand.engine.protocol import EngineError
from beforehand.engine.sqlite import SqliteEngine
from beforehand.node import Node
from beforehand.node.clock import SystemClock
from beforehand.node.config import NodeConfig
from beforehand.node.outcomes import NotDone, OutcomeUnknown
from beforehand.testing.parties import Party

PARTIES = 24
#: Seconds after which the process ends, should nobody kill it.
LIFE_S = 120
#: Intents that one party keeps; beyond, it ends one.
KEEPS = 8


def tell(mark, unlike):
    os.write(1, f"{mark} {unlike}\n".encode())


async def told(node, unlike, command):
    """The answer to a command, or None where there was none, or a refusal."""
    tell("?", unlike)
    try:
        answer = await node.ask(command)
    except NotDone:
        tell("!", unlike)
        await asyncio.sleep(0.05)
    except OutcomeUnknown:
        tell("~", unlike)
        await asyncio.sleep(0.05)
    else:
        refused = isinstance(answer, Refusal)
        tell("!" if refused else "+", unlike)
        return None if refused else answer
    return None


async def plans(node, number, alone_at, random):
    """One party: plans where only it plans, or where all do, changes, and ends."""
    party = Party(f"uss-{os.getpid()}-{number}", node.now_us, os.urandom)
    keeps = []
    for count in range(1 << 60):
        url = f"https://{party.caller.subject}-{count}.example.com"
        place = random.choice([0, alone_at])
        if len(keeps) > KEEPS:
            gone = keeps.pop(random.randrange(len(keeps)))
            await told(node, gone.id.hex(), party.end(gone.id, gone.ovn))
            continue
        knowing = [each.ovn for each in keeps]
        former = keeps.pop() if keeps and random.random() < 0.3 else None
        if former is None:
            plan = party.plan(place, knowing=knowing, subscribes=random.random() < 0.5, url=url)
        else:
            plan = party.plan(place, id=former.id, ovn=former.ovn, knowing=knowing, url=url)
        answer = await told(node, url, plan)
        if answer is not None:
            keeps.append(answer.reference)
        elif former is not None:
            keeps.append(former)


async def serve(folder):
    random = Random()
    node = await Node.open(NodeConfig(space_floor=0), SystemClock(), os.urandom, SqliteEngine(folder), folder)
    near = random.randrange(1, 100_000_000)  # where no process before has left anything
    callers = [asyncio.create_task(plans(node, each, near + each, random)) for each in range(PARTIES)]
    await node.failed()
    await asyncio.sleep(0.2)  # for the answers that are on their way
    for task in callers:
        task.cancel()
    return type(node._committer.failure).__name__


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--file-bytes", type=int)
    options = parser.parse_args()
    if options.file_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (options.file_bytes, options.file_bytes))
    signal.alarm(LIFE_S)
    sys.setswitchinterval(0.0001)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        end = asyncio.run(serve(options.folder))
    except EngineError as error:
        end = type(error).__name__
    tell("=", end)


if __name__ == "__main__":
    main()
