"""Killed a hundred times under load, and continued: everything answered is there, nothing half."""

from __future__ import annotations

from random import Random

from node.killing import Told, check, kill_under_load

KILLS = 100


def test_killed_a_hundred_times_all_that_was_answered_is_there_and_nothing_half(tmp_path):
    random, told = Random(), Told()
    for _ in range(KILLS):
        kill_under_load(tmp_path / "data", told, random.randrange(20, 4_000))
        check(tmp_path / "data", told)
    assert told.count("+") > 10_000
    assert told.count("?") >= KILLS
