"""P1 on the hotline: a notice is given whole or not at all, and what falls due does so once, whenever the node is killed."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from beforehand.core.hotline import events as e
from beforehand.core.hotline.knew import what_was_known
from beforehand.core.machine import Machine, read_event
from beforehand.engine.sqlite import SqliteEngine
from beforehand.engine.sqlite_journal import SqliteJournal
from beforehand.node import Node
from beforehand.node.clock import SystemClock
from beforehand.node.config import NodeConfig
from beforehand.record.entry import Follow, unpad
from core.hotline.playing import Play, of_notice
from core.hotline.slices import restart

TESTS = Path(__file__).parents[1]


def killed_after(folder: Path, lines: int) -> dict[str, str]:
    """Give notices in a process of their own, and kill it after so many lines; the last word on each statement."""
    program = [sys.executable, "-m", "node.hotline_process", str(folder)]
    child = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=TESTS)
    assert child.stdout is not None
    last: dict[str, str] = {}
    read = [child.stdout.readline() for _ in range(lines)]
    child.kill()
    for line in [*read, *child.stdout]:
        if line.endswith(b"\n"):
            mark, nonce = line.decode().split()
            last[nonce] = mark
    child.stdout.close()
    child.wait()
    return last


def journal_of(folder: Path) -> list[tuple[int, object, bytes | None]]:
    """Every entry as (time, event, content), in one chain."""
    journal = SqliteJournal(folder)
    journal.open()
    follow = Follow()
    found: list[tuple[int, object, bytes | None]] = []
    while entries := journal.read(follow.seq, 4_096):
        for entry in entries:
            header = follow.take(entry)
            content = None if entry.content is None else unpad(entry.content.padded)
            found.append((header.time_us, read_event(entry.facts), content))
    journal.close()
    return found


async def caught_up(folder: Path) -> str:
    """Open the node again, and let it do what is due and what is to be done: its state hash."""
    node = await Node.open(NodeConfig(space_floor=0), SystemClock(), os.urandom, SqliteEngine(folder), folder)
    for _ in range(600):
        await asyncio.sleep(0.01)
        due = node._machine.next_due()
        if node._machine.next_work() is None and (due is None or due > node.now_us() + 60_000_000):
            break
    await node.close()
    return node._machine.state_hash()


def test_killed_anywhere_a_notice_is_given_whole_and_each_deadline_is_missed_once(tmp_path: Path) -> None:
    """H5.6, P1: killed while giving, looking, telling, and between a deadline and what follows it."""
    random, said = Random(2), {}
    for _ in range(3):
        said |= killed_after(tmp_path / "data", random.randrange(20, 160))
    half_way = journal_of(tmp_path / "data")
    state_hash = asyncio.run(caught_up(tmp_path / "data"))
    journal = journal_of(tmp_path / "data")
    assert journal[: len(half_way)] == half_way

    given = Counter(event.by.nonce for _, event, _ in journal if isinstance(event, e.NoticeGiven))
    assert all(given[nonce] == 1 for nonce, mark in said.items() if mark == "+")
    assert all(count == 1 for count in given.values())
    assert set(given) <= set(said)
    for at, (_, event, _) in enumerate(journal):
        if isinstance(event, e.NoticeGiven):
            follows = [type(each) for _, each, _ in journal[at + 1 : at + 4]]
            assert follows == [e.TermsChecked, e.NoticeTold, e.RelayNeeded], "half of a decision"
    ids = [event.notice for _, event, _ in journal if isinstance(event, e.NoticeGiven)]
    for kind, once in ((e.DeadlineMissed, "SEEN"), (e.Looked, None), (e.Touched, None)):
        found = Counter(
            getattr(event, "notice", getattr(event, "id", ""))
            for _, event, _ in journal
            if isinstance(event, kind)
            and getattr(event, "what", None) == once
            and getattr(event, "kind", "notice") == "notice"
        )
        assert found == Counter(ids), kind
    away = [event.away for _, event, _ in journal if isinstance(event, e.DeadlineMissed)]
    assert any(isinstance(each, tuple) for each in away), "some deadline passed while no node served"

    machine = Machine()
    for time_us, event, content in journal:
        machine.fold(event, content, time_us)  # type: ignore[arg-type]
    assert machine.state_hash() == state_hash


@pytest.mark.parametrize("seed", range(2))
def test_after_every_entry_the_picture_and_what_was_known_are_the_same_from_the_journal_alone(seed: int) -> None:
    """H8.1, P1: whatever was last, a node that opens again knows what the one before knew."""
    play = Play(seed)
    for _ in range(60):
        before = play.line.machine
        known = {id_: what_was_known(of_notice(play, id_), id_, play.line.now_us) for id_ in before.hotline.notices}
        restart(play.line)
        after = play.line.machine.hotline
        assert {id_: [each.in_picture for each in one.versions] for id_, one in after.notices.items()} == {
            id_: [each.in_picture for each in one.versions] for id_, one in before.hotline.notices.items()
        }
        assert sorted(after.places) == sorted(before.hotline.places)
        assert list(after.work) == list(before.hotline.work)
        assert after.shapes == before.hotline.shapes
        assert play.line.machine.next_due() == before.next_due()
        assert known == {id_: what_was_known(of_notice(play, id_), id_, play.line.now_us) for id_ in after.notices}
        play.step()
