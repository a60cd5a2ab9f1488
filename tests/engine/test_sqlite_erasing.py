from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from beforehand.engine.protocol import Unavailable
from beforehand.engine.sqlite import SqliteEngine
from beforehand.engine.sqlite_opening import connect
from beforehand.record.entry import content_commitment, unpad

from .journals import Writer, in_loop, opened


@pytest.mark.parametrize("length", [0, 100, 252, 253, 3_000, 4_000, 5_000, 70_000, 300_000])
def test_erased_content_and_its_salt_are_in_no_file(folder, length):
    """Among neighbours of many sizes, some of them erased as well; while the journal is open, and after."""
    writer = Writer(seed=length)
    secrets = [writer.random.randbytes(length) for _ in range(6)]
    journal, erased = opened(folder), []
    for secret in secrets:
        for batch in (writer.mixed(4), writer.batch(1, secret), writer.mixed(4)):
            journal.append(journal.head(), batch)
            erased += [entry for entry in batch if entry.content and (len(batch) == 1 or writer.random.random() < 0.3)]
    assert present_in(folder, erased[0])
    writer.random.shuffle(erased)
    for entry in erased:
        journal.erase(content_commitment(entry.header))
        assert not present_in(folder, entry)
    journal.append(journal.head(), writer.mixed(20))
    journal.checkpoint()
    assert not any(present_in(folder, entry) for entry in erased)
    kept = [entry for entry in journal.read(0, 1_000) if entry.content]
    assert all(present_in(folder, entry) for entry in kept)
    journal.close()
    assert not any(present_in(folder, entry) for entry in erased)


def present_in(folder, entry):
    """Whether any file holds a part of an entry's content or its salt."""
    content = unpad(entry.content.padded)
    marks = [
        entry.content.salt,
        *(content[at : at + 24] for at in range(0, len(content) - 24, max(24, len(content) // 9))),
    ]
    files = [path.read_bytes() for path in folder.iterdir()]
    return any(mark in data for mark in marks for data in files)


def test_content_that_a_killed_erasing_left_in_the_log_is_gone_once_opened(folder, tmp_path):
    """Killed between the commit that overwrites it and the emptying of the log."""
    writer = Writer()
    journal = opened(folder)
    batch = writer.batch(1, b"a secret of some length, kept in the log")
    journal.append(0, batch)
    killed = tmp_path / "killed"
    shutil.copytree(folder, killed)
    change_keeping_log(killed / "journal.sqlite", content_commitment(batch[0].header))
    journal.close()
    assert present_in(killed, batch[0])
    again = opened(killed)
    assert not present_in(killed, batch[0])
    assert again.read(0, 1)[0].content is None
    again.close()


def change_keeping_log(path, commitment):
    """Overwrite content as an engine does, in a process that is killed before it empties the log."""
    program = (
        "import os, pathlib, signal, sys\n"
        "from beforehand.engine import sqlite_journal, sqlite_opening\n"
        "connection = sqlite_opening.connect(pathlib.Path(sys.argv[1]))\n"
        "connection.execute('PRAGMA wal_autocheckpoint = 0')\n"
        "connection.execute(sqlite_journal._ERASE, (bytes.fromhex(sys.argv[2]),))\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", program, str(path), commitment.hex()], check=False)


@in_loop
async def test_a_reader_elsewhere_delays_erasing_but_never_spoils_it(folder):
    def impatient(path):
        connection = connect(path)
        connection.execute("PRAGMA busy_timeout = 20")
        return connection

    engine, writer = SqliteEngine(folder, impatient), Writer()
    await engine.open()
    batch = writer.batch(2, b"a secret of some length")
    await engine.append(0, batch)
    with closing(sqlite3.connect(folder / "journal.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM batch").fetchone()
        with pytest.raises(Unavailable, match="erase it again"):
            await engine.content.erase(content_commitment(batch[0].header))
        assert await engine.content.get(content_commitment(batch[0].header)) is None
        other.execute("ROLLBACK")
    await engine.content.erase(content_commitment(batch[0].header))
    assert not present_in(folder, batch[0])
    await engine.append(2, writer.batch())
    await engine.close()
