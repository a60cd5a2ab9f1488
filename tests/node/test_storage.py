"""Full, read-only and failing disks under a node: told as what they are, nothing broken, and over when they are over."""

from __future__ import annotations

import asyncio
import functools
import os
import sqlite3
from contextlib import closing
from random import Random

import apsw
import pytest

from beforehand.engine.protocol import OutcomeUnknown as AppendUnknown
from beforehand.engine.protocol import Unavailable
from beforehand.engine.sqlite import SqliteEngine
from beforehand.engine.sqlite_opening import connect
from beforehand.node import Node
from beforehand.node.clock import SystemClock
from beforehand.node.config import NodeConfig
from beforehand.node.outcomes import NotDone, OutcomeUnknown
from beforehand.testing.parties import Party
from engine.forgetful import Disk, failure

from .killing import Told, check, run_to_its_end

PATIENCE_S = 60


def in_loop(test):
    """Run an async test to its end, on real clocks."""

    @functools.wraps(test)
    def run(*args, **kwargs):
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), PATIENCE_S))

    return run


async def opened(folder, connect=connect):
    engine = SqliteEngine(folder, connect)
    return await Node.open(NodeConfig(space_floor=0), SystemClock(), os.urandom, engine, folder)


def party(node, name="uss-a"):
    return Party(name, node.now_us, os.urandom)


async def plan_until_it_fails(node, planner, places=4):
    """The references of what was accepted, and what the first failure was told as."""
    kept = []
    try:
        for number in range(10, 100_000):
            kept.append((await node.ask(planner.plan(*range(number * places, (number + 1) * places)))).reference)
    except (NotDone, OutcomeUnknown) as error:
        return kept, error
    raise AssertionError("nothing failed")


async def check_kept(folder, kept, connect=connect):
    """Opened again, everything accepted is there, nothing else, and more can be planned."""
    node = await opened(folder, connect)
    assert len(node._machine.strategic.intents) == len(kept)
    for each in kept:
        assert (await node.ask(party(node).get(each.id))).reference == each
    await node.ask(party(node).plan(0, lasts_s=1, begins_s=4_000))
    await node.close()


@in_loop
async def test_a_full_disk_is_told_as_not_done_and_is_over_when_there_is_space(tmp_path):
    def small(path):
        connection = connect(path)
        connection.execute("PRAGMA max_page_count = 60")
        return connection

    node = await opened(tmp_path / "data", small)
    kept, error = await plan_until_it_fails(node, party(node), 40)
    assert isinstance(error, NotDone)
    assert len(kept) > 20
    await asyncio.wait_for(node.failed(), 10)
    assert isinstance(node._committer.failure, Unavailable)
    with pytest.raises(NotDone):
        await node.ask(party(node).look(0))
    await node.close()
    with pytest.raises(Unavailable):
        await opened(tmp_path / "data", small)
    await check_kept(tmp_path / "data", kept)


@pytest.mark.parametrize("code", [apsw.SQLITE_FULL, apsw.SQLITE_READONLY, apsw.SQLITE_IOERR_WRITE])
@in_loop
async def test_a_write_that_the_disk_refuses_is_told_as_not_done(tmp_path, code):
    disk = Disk(tmp_path / "data")
    node = await opened(disk.folder, disk.connect)
    kept = [(await node.ask(party(node).plan(place))).reference for place in range(5)]

    def refuses(*_):
        raise failure(code)

    disk.at_write = refuses
    more, error = await plan_until_it_fails(node, party(node))
    assert not more
    assert isinstance(error, NotDone)
    await asyncio.wait_for(node.failed(), 10)
    assert isinstance(node._committer.failure, Unavailable)
    await node.close()
    disk.at_write = lambda *_: None
    await check_kept(disk.folder, kept, disk.connect)
    await check_kept_without_power(tmp_path, disk, kept)


async def check_kept_without_power(tmp_path, disk, kept):
    """What was answered before the failure needs nothing that was never synced."""
    disk.off = True
    after = disk.without_power(tmp_path / "without-power", Random(1))
    node = await opened(after.folder, after.connect)
    ids = {each.id for each in node._machine.strategic.intents.values()}
    assert ids.issuperset(each.id for each in kept)
    await node.close()


@in_loop
async def test_a_failed_fsync_leaves_the_outcome_unknown_and_is_never_asked_again(tmp_path):
    disk = Disk(tmp_path / "data")
    node = await opened(disk.folder, disk.connect)
    kept = [(await node.ask(party(node).plan(place))).reference for place in range(5)]

    def fails(*_):
        raise failure(apsw.SQLITE_IOERR_FSYNC)

    disk.at_sync = fails
    more, error = await plan_until_it_fails(node, party(node))
    assert not more
    assert isinstance(error, OutcomeUnknown)
    await asyncio.wait_for(node.failed(), 10)
    assert isinstance(node._committer.failure, AppendUnknown)
    syncs = disk.syncs
    with pytest.raises(NotDone):
        await node.ask(party(node).plan(50))
    await node.close()
    assert disk.syncs == syncs
    disk.at_sync = lambda *_: None
    await check_kept_without_power(tmp_path, disk, kept)


def test_a_file_that_may_not_grow_ends_the_process_and_breaks_nothing(tmp_path):
    """The kernel itself refuses, under load, and a planner that is allowed more goes on."""
    told = Told()
    run_to_its_end(tmp_path / "data", told, "--file-bytes", "600000")
    assert told.end == "Unavailable"
    assert told.count("+") > 100
    assert told.count("~") == 0
    first = check(tmp_path / "data", told).seq
    run_to_its_end(tmp_path / "data", told, "--file-bytes", "1200000")
    assert check(tmp_path / "data", told).seq > first


@in_loop
async def test_a_copy_taken_while_the_node_runs_opens_with_all_that_was_answered(tmp_path):
    """As docs/operations.md says how."""
    node = await opened(tmp_path / "data")
    planner = party(node)
    kept = [(await node.ask(planner.plan(place))).reference for place in range(200)]
    (tmp_path / "copy").mkdir()
    journal = tmp_path / "data" / "journal.sqlite"
    with closing(sqlite3.connect(f"{journal.as_uri()}?mode=ro", uri=True)) as reader:
        reader.execute("VACUUM INTO ?", (str(tmp_path / "copy" / "journal.sqlite"),))
    more = (await node.ask(planner.plan(500))).reference
    await node.close()
    await check_kept(tmp_path / "copy", kept)
    await check_kept(tmp_path / "data", [*kept, more])
