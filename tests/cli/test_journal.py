from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from beforehand.cli.errors import CommandError
from beforehand.cli.journal_file import reading
from beforehand.engine.sqlite_journal import SqliteJournal
from beforehand.record.entry import commitment, leaf_hash, pad

SECRET = b"words that are not for everybody"
NOBODY = 65_534


@pytest.fixture
def as_nobody():
    """Makes a folder and what is in it readable and no more, to this process too: root reads and writes everything."""

    @contextmanager
    def read_only(folder):
        for path in folder.iterdir():
            path.chmod(0o444)
        folder.chmod(0o555)
        me = os.geteuid()
        if me == 0:
            os.seteuid(NOBODY)
        try:
            yield
        finally:
            if me == 0:
                os.seteuid(0)
            folder.chmod(0o700)

    return read_only


class TestTail:
    def test_the_last_entries_are_printed_in_order_one_line_each(self, beforehand, writer):
        writer.write(30)
        status, out, err = beforehand("journal", "tail", "--data-dir", writer.folder, "-n", 3)
        assert (status, err) == (0, "")
        assert [line.split()[:4] for line in out.splitlines()] == [
            ["27", "2027-01-15T08:00:00.000028Z", "oi.accepted", "cells=478eb524"],
            ["28", "2027-01-15T08:00:00.000029Z", "oi.accepted", "cells=478eb524"],
            ["29", "2027-01-15T08:00:00.000030Z", "oi.accepted", "cells=478eb524"],
        ]
        assert out.splitlines()[-1].endswith("id=id-29")

    def test_json_holds_everything_of_the_facts(self, beforehand, writer):
        batch = writer.write(2)
        _status, out, _err = beforehand("journal", "tail", "--data-dir", writer.folder, "--json")
        entries = [json.loads(line) for line in out.splitlines()]
        assert [entry["seq"] for entry in entries] == [0, 1]
        assert [entry["facts"] for entry in entries] == [json.loads(entry.facts) for entry in batch]
        assert [entry["leaf_hash"] for entry in entries] == [leaf_hash(entry.header).hex() for entry in batch]
        assert entries[1]["prev"] == entries[0]["leaf_hash"]

    def test_ten_by_default_and_all_if_there_are_fewer_than_asked(self, beforehand, writer):
        writer.write(12)
        assert beforehand("journal", "tail", "--data-dir", writer.folder)[1].count("\n") == 10
        assert beforehand("journal", "tail", "--data-dir", writer.folder, "--lines", 999)[1].count("\n") == 12

    def test_more_than_one_read_at_a_time_misses_nothing(self, beforehand, writer):
        for count in (1, 300, 7, 500):
            writer.write(count)
        _status, out, _err = beforehand("journal", "tail", "--data-dir", writer.folder, "-n", 808, "--json")
        assert [json.loads(line)["seq"] for line in out.splitlines()] == list(range(808))

    def test_an_empty_journal_has_no_end_to_print(self, beforehand, writer):
        assert beforehand("journal", "tail", "--data-dir", writer.folder) == (0, "", "")

    @pytest.mark.parametrize("lines", [-1, 100_001])
    def test_how_far_back_is_bounded(self, beforehand, writer, lines):
        assert beforehand("journal", "tail", "--data-dir", writer.folder, "-n", lines)[0] == 2

    def test_following_prints_what_is_added_until_interrupted(self, writer):
        writer.write(3)
        command = [sys.executable, "-m", "beforehand.cli", "journal", "tail", "--follow", "--json", "-n", "1"]
        with subprocess.Popen([*command, "--data-dir", writer.folder], stdout=subprocess.PIPE, text=True) as process:
            try:
                assert json.loads(process.stdout.readline())["seq"] == 2
                writer.write(2)
                assert [json.loads(process.stdout.readline())["seq"] for _ in range(2)] == [3, 4]
                writer.journal.checkpoint()
                writer.write(1)
                assert json.loads(process.stdout.readline())["seq"] == 5
            finally:
                process.send_signal(signal.SIGINT)
        assert process.returncode == 130


class TestShow:
    def test_an_entry_is_shown_whole(self, beforehand, writer):
        writer.write(3)
        status, out, err = beforehand("journal", "show", 1, "--data-dir", writer.folder)
        assert (status, err) == (0, "")
        assert "2027-01-15T08:00:00.000002Z" in out
        assert '"id": "id-1"' in out
        assert "478eb524 " * 19 in out

    @pytest.mark.parametrize("seq", [3, 10**12])
    def test_one_that_is_not_there_is_said_not_to_be(self, beforehand, writer, seq):
        writer.write(3)
        status, out, err = beforehand("journal", "show", seq, "--data-dir", writer.folder)
        assert (status, out) == (1, "")
        assert f"There is no entry {seq}: the journal holds 3" in err

    def test_content_is_shown_only_when_asked_for(self, beforehand, writer):
        writer.write(content=SECRET)
        _status, out, _err = beforehand("journal", "show", 0, "--data-dir", writer.folder, "--json")
        assert SECRET.decode() not in out
        assert json.loads(out)["content_kept"] == "256 bytes, padded"
        for more in ([], ["--json"]):
            _status, out, _err = beforehand("journal", "show", 0, "--content", "--data-dir", writer.folder, *more)
            assert SECRET.decode() in out

    def test_erased_content_is_said_to_be_erased(self, beforehand, writer):
        writer.write(content=SECRET)
        writer.journal.erase(commitment(b"s" * 32, pad(SECRET)))
        _status, out, _err = beforehand("journal", "show", 0, "--content", "--data-dir", writer.folder, "--json")
        assert json.loads(out)["content_kept"] == "erased"
        assert "content" not in json.loads(out)

    def test_facts_that_were_changed_are_noticed(self, beforehand, writer):
        writer.write(1)
        writer.journal.close()
        with sqlite3.connect(writer.folder / "journal.sqlite") as connection:
            body = connection.execute("SELECT body FROM batch").fetchone()[0]
            connection.execute("UPDATE batch SET body = ?", (body.replace(b"id-0", b"id-1"),))
        connection.close()
        status, out, err = beforehand("journal", "show", 0, "--data-dir", writer.folder)
        assert (status, out) == (1, "")
        assert "facts do not fit" in err


class TestFile:
    def test_a_server_that_runs_is_not_held_up(self, beforehand, writer):
        writer.write(3)
        beforehand("journal", "tail", "--data-dir", writer.folder)
        writer.write(3)
        writer.journal.checkpoint()
        assert writer.journal.head() == 6

    def test_a_journal_that_was_read_opens_as_before(self, beforehand, writer):
        writer.write(3)
        writer.journal.close()
        file = writer.folder / "journal.sqlite"
        before = file.read_bytes()
        assert beforehand("journal", "tail", "--data-dir", writer.folder)[1].count("\n") == 3
        assert file.read_bytes() == before
        again = SqliteJournal(writer.folder)
        again.open()
        assert again.head() == 3
        again.close()

    def test_a_copy_that_may_not_be_written_beside_is_read_all_the_same(self, writer, as_nobody):
        writer.write(3)
        writer.journal.close()
        with tempfile.TemporaryDirectory() as copy:
            shutil.copy(writer.folder / "journal.sqlite", copy)
            with as_nobody(Path(copy)), reading(Path(copy)) as journal:
                assert journal.head() == 3
                assert os.listdir(copy) == ["journal.sqlite"]

    def test_a_log_that_cannot_be_read_is_never_passed_over(self, writer, as_nobody):
        writer.write(3)
        with tempfile.TemporaryDirectory() as copy:
            for name in ("journal.sqlite", "journal.sqlite-wal"):
                shutil.copy(writer.folder / name, copy)
            with (
                as_nobody(Path(copy)),
                pytest.raises(CommandError, match="cannot be read"),
                reading(Path(copy)),
            ):
                pass

    @pytest.mark.parametrize("command", [["tail"], ["show", "0"]])
    def test_a_folder_without_a_journal_is_named(self, beforehand, tmp_path, command):
        status, out, err = beforehand("journal", *command, "--data-dir", tmp_path)
        assert (status, out) == (1, "")
        assert f"{tmp_path} holds no journal" in err
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("data", [b"", b"no database " * 1_000])
    def test_another_file_is_no_journal(self, beforehand, tmp_path, data):
        (tmp_path / "journal.sqlite").write_bytes(data)
        status, _out, err = beforehand("journal", "tail", "--data-dir", tmp_path)
        assert status == 1
        assert "journal.sqlite" in err
        assert "Traceback" not in err

    def test_a_later_programs_journal_is_left_to_it(self, beforehand, writer):
        writer.journal.close()
        with sqlite3.connect(writer.folder / "journal.sqlite") as connection:
            connection.execute("PRAGMA user_version = 99")
        connection.close()
        status, _out, err = beforehand("journal", "tail", "--data-dir", writer.folder)
        assert status == 1
        assert "has format 99" in err
