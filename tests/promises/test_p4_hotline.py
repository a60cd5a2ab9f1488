"""P4 on the hotline: the same entries give the same state and hash, the same acts the same entries, on every process."""

from __future__ import annotations

import json
from base64 import b64encode

from beforehand.core.machine import Machine
from beforehand.record.canonical import encode_facts
from core.hotline.playing import Play
from promises.test_p4_deterministic import in_another_process

FOLD = """
import json, sys
from base64 import b64decode
from beforehand.core.machine import Machine, read_event
machine = Machine()
for line in sys.stdin:
    facts, content, time_us = json.loads(line)
    machine.fold(read_event(facts.encode()), content and b64decode(content), time_us)
print(machine.state_hash())
"""
PLAY = """
import sys
from beforehand.record.canonical import encode_facts
from core.hotline.playing import Play
for time_us, event, content in Play(int(sys.stdin.read())).run(120).line.journal:
    print(time_us, encode_facts(event).decode(), (content or b"").hex())
"""


def as_lines(play: Play) -> str:
    return "".join(
        json.dumps([encode_facts(event).decode(), content and b64encode(content).decode(), time_us]) + "\n"
        for time_us, event, content in play.line.journal
    )


def test_a_journal_of_the_hotline_folds_to_the_same_hash_under_different_hash_seeds() -> None:
    """P4: in processes whose strings hash otherwise."""
    play = Play(3).run(150)
    for hash_seed in (0, 4_000_000_000):
        assert in_another_process(FOLD, as_lines(play), hash_seed).strip() == play.line.machine.state_hash()


def test_the_same_acts_write_the_same_entries_under_different_hash_seeds() -> None:
    """P4, P6: to whom, in which order, with which content."""
    assert in_another_process(PLAY, "5", 1) == in_another_process(PLAY, "5", 2) != ""


def test_every_entry_shows_in_the_hash_and_erased_content_in_none() -> None:
    """P4: folding part and then the rest is folding all."""
    journal = Play(1).run(40).line.journal
    machine, erased = Machine(), Machine()
    hashes = set()
    for time_us, event, content in journal:
        machine.fold(event, content, time_us)
        erased.fold(event, None, time_us)
        hashes.add(machine.state_hash())
    assert len(hashes) == len(journal)
    assert erased.state_hash() == machine.state_hash()
