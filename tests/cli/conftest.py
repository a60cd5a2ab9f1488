from __future__ import annotations

import hashlib
import os

import pytest

from beforehand.cli import main
from beforehand.engine.sqlite_journal import SqliteJournal
from beforehand.record.canonical import encode_facts
from beforehand.record.entry import NO_PREV, Chain

FIRST_US = 1_800_000_000_000_001


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch):
    for name in os.environ:
        if name.startswith("BEFOREHAND_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def beforehand(capsys):
    """Runs a command line in this process: its exit status, what it printed, and what it said on stderr."""

    def run(*arguments):
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return run


class Writer:
    """A journal being written, entry by entry."""

    def __init__(self, folder):
        self.folder = folder
        self.journal = SqliteJournal(folder)
        self.journal.open()
        self.chain = Chain(NO_PREV, 0, 1)

    def write(self, count=1, content=None):
        first = self.chain.seq
        batch = []
        for number in range(first, first + count):
            facts = encode_facts({"type": "oi.accepted", "id": f"id-{number}", "cells": "478eb524 " * 20})
            salt = hashlib.sha256(b"%d" % number).digest()
            batch.append(self.chain.append(FIRST_US + number, facts, salt, content, b"s" * 32 if content else b""))
        self.journal.append(first, batch)
        return batch


@pytest.fixture
def writer(tmp_path):
    writer = Writer(tmp_path / "data")
    yield writer
    writer.journal.close()
