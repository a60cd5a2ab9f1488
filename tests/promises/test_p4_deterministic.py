"""P4: the same entries give the same state and state hash, on every node, processor and later version."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random

from beforehand.core.machine import read_event
from core.comparing import compare
from core.driving import Written, folded

TESTS = Path(__file__).parents[1]

FOLD = """
import json, sys
from beforehand.core.machine import Machine, read_event
machine = Machine()
for line in sys.stdin:
    facts, time_us = json.loads(line)
    machine.fold(read_event(facts.encode()), None, time_us)
print(machine.state_hash())
"""
PLAY = """
import sys
from random import Random
from core.comparing import compare
for written in compare(Random(int(sys.stdin.read())), 300).core.journal:
    print(written.time_us, written.facts.decode())
"""


def in_another_process(code: str, given: str, hash_seed: int) -> str:
    """What the code prints in a process of its own, whose strings hash otherwise."""
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": str(TESTS)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=given,
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
        check=True,
    )
    return done.stdout


def as_lines(journal: list[Written]) -> str:
    return "".join(json.dumps([each.facts.decode(), each.time_us]) + "\n" for each in journal)


def test_a_journal_folded_twice_under_different_hash_seeds_gives_the_state_of_the_node_that_wrote_it():
    journal, hashes = [], []
    for seed in range(3):
        pair = compare(Random(seed), 300)
        journal.append(pair.core.journal)
        hashes.append(pair.core.machine.state_hash())
    for hash_seed in (0, 4_000_000_000):
        assert [in_another_process(FOLD, as_lines(each), hash_seed).strip() for each in journal] == hashes


def test_the_same_requests_write_the_same_entries_under_different_hash_seeds():
    assert in_another_process(PLAY, "7", 1) == in_another_process(PLAY, "7", 2) != ""


def test_folding_part_and_then_the_rest_is_folding_all_and_every_entry_shows():
    pair = compare(Random(5), 300)
    journal = pair.core.journal
    machine = folded(journal[:100])
    hashes = {machine.state_hash()}
    for at, (facts, time_us, content) in enumerate(journal[100:], 101):
        machine.fold(read_event(facts), content, time_us)
        hashes.add(machine.state_hash())
        assert machine.seq == at
    assert machine.state_hash() == pair.core.machine.state_hash()
    assert len(hashes) == len(journal) - 99


def test_erased_content_changes_no_state():
    journal = compare(Random(11), 300).core.journal
    assert any(each.content is not None for each in journal)
    erased = [each._replace(content=None) for each in journal]
    assert folded(erased).state_hash() == folded(journal).state_hash()
