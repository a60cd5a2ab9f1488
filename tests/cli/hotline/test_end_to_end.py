"""docs/hotline-cli.md, command by command, against a server of its own; and what both ends are then shown.

Every `sh` block is run as it stands, but for the port. The read-back is typed at a pseudo-terminal, as the page shows it.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from serving import _await_ready, _listening

from .terminal import CLEAR, Terminal

PAGE = Path(__file__).parents[3] / "docs" / "hotline-cli.md"
URL = "http://127.0.0.1:8080"
BLOCK = re.compile(r"^```(sh|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: What is typed at a question of the page's read-back.
ANSWER = re.compile(r"^(?:  \S|Send this).*: (.+)$", re.MULTILINE)


class Line:
    """A folder in which the page is followed. `said`: what each block printed, by its first words."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        self.folder = folder
        self.variables: dict[str, str] = {}
        self.process: subprocess.Popen[str] | None = None
        scripts = folder / "bin"
        scripts.mkdir()
        command = scripts / "beforehand"
        command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m beforehand.cli "$@"\n')
        command.chmod(0o755)
        own = {"HOME": str(folder), "TZ": "Asia/Beirut", "PATH": f"{scripts}:{os.environ['PATH']}"}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BEFOREHAND_")}
        self.environment = kept | own

    def run(self, block: str, status: int = 0) -> str:
        """What a block prints; what it sets is there for the next one."""
        keep = "declare -p AGREEMENT NOTICE BEFOREHAND_SESSION 2>/dev/null > variables || true"
        before = (self.folder / "variables").read_text() if (self.folder / "variables").exists() else ""
        script = f"set -euo pipefail\n{before}\n{block.replace(URL, self.url)}\n{keep}\n"
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=180
        )
        assert done.returncode == status, f"{block}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def serve(self, block: str) -> None:
        """The server of the page, on a free port."""
        port = self.url.rpartition(":")[2]
        _program, *arguments = shlex.split(block)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "beforehand.cli", *arguments, "--port", port],
            cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        said: list[str] = []
        _await_ready(_listening(self.process, said), said)

    def read_back(self, session: str, answers: list[str], told: Path) -> bytes:
        """At a pseudo-terminal; the times are those of the notice."""
        document = json.loads(told.read_bytes())
        volume = document["volumes"][0]["volume"]
        times = iter([_utc(volume["start_us"]), _utc(volume["end_us"])])
        typed = [next(times) if re.fullmatch(r"\d\d:\d\d", each) else each for each in answers]
        environment = self.environment | {"BEFOREHAND_SESSION": str(self.folder / session)}
        terminal = Terminal("receipt", "read-back", document["notice"][:8], environment=environment)
        with contextlib.closing(terminal):
            terminal.type(*typed)
            assert terminal.ended() == 0, terminal.shown.decode()
        return terminal.shown

    def close(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)


def _utc(at_us: int) -> str:
    from beforehand.core.hotline.instants import instant

    return instant(at_us)


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """The page, followed to its end: what was printed, by block."""
    line = Line(tmp_path_factory.mktemp("officers"))
    said: list[tuple[str, str]] = []
    try:
        for kind, block in BLOCK.findall(PAGE.read_text("utf-8")):
            if kind == "console":
                shown = line.read_back("teal.json", ANSWER.findall(block), line.folder / "told.json")
                said.append((block, shown.decode()))
            elif block.startswith("beforehand serve"):
                line.serve(block)
            else:
                said.append((block, line.run(block)))
        yield line, said
    finally:
        line.close()


def printed(said, words):
    """What the one block printed that holds these words."""
    found = [out for block, out in said if words in block]
    assert len(found) == 1, words
    return found[0]


def test_a_notice_is_given_with_all_that_its_giver_must_know(followed):
    """H1.2, H3.2, H4.2, H4.3, H4.5, H4.8"""
    out = printed(followed[1], "notice give")
    assert "!!! NOBODY RELAYS to COAST-AD (named by GREY), BESIDE ITS ZONE" in out
    assert "!!! CONFLICT, ask TEAL: the notice as a whole !!!" in out
    assert re.search(r"notice lead (19 min \d+ s|20 min)   usable warning of TEAL: none", out)
    assert re.search(r"^ +lead +met$", out, re.MULTILINE)
    assert "cannot be judged  not yet understood" in out
    assert "asked         TEXT TOO COARSE" in out
    assert ", signed (" in out


def test_the_patrol_of_the_other_is_nowhere_before_it_is_released(followed):
    """H4.8: from the giver to those concerned, never back."""
    movement = printed(followed[1], "movement declare").split("movement  ")[1][:36]
    shown_to_grey = [printed(followed[1], words) for words in ("notice try", "notice give", "notice advice")]
    assert all(movement[:8] not in each for each in shown_to_grey)
    assert f"movement {movement[:8]}" in printed(followed[1], "notice follow")


def test_both_ends_read_the_same_phrase(followed):
    """H3.2: TEAL's from the saved document, GREY's from the server."""
    lines = [line for line in printed(followed[1], "phrase --file").splitlines() if re.match(r"[A-Z2-7]{6}   ", line)]
    assert len(lines) == 2
    assert lines[0] == lines[1]


def test_the_read_back_was_right_and_left_nothing_on_the_screen(followed):
    """H5.3"""
    shown = printed(followed[1], "receipt read-back")
    last = shown.rpartition(CLEAR.decode())[2]
    assert "RIGHT, at try 1" in last
    assert "35.52" not in last


def test_everything_that_happened_is_in_both_ends_views(followed):
    """H5, H4.2"""
    out = printed(followed[1], "notice follow")
    for word in ("handed out", "DELIVERED", "SEEN", "UNDERSTOOD", "DISSEMINATED", "who of theirs: answered"):
        assert f"TEAL version 1 {word}" in out, word
    assert "relay to COAST-AD: RELAYED by GREY, telephone" in out
    assert "DELAY REQUESTED of TEAL" in out
    assert re.search(r"usable warning of TEAL: 1\d min", out)


def test_server_and_copies_of_the_journal_tell_the_same(followed):
    """H8.1"""
    line, _said = followed
    keep = "export BEFOREHAND_SESSION=teal.json; AT=$(date -u +%FT%TZ); "
    online = json.loads(line.run(keep + 'echo $AT > at; beforehand knew "$NOTICE" --at $AT --json'))
    for copy in ("--data-dir data", "--journal journal.jsonl"):
        assert json.loads(line.run(f'beforehand knew "$NOTICE" --at $(cat at) {copy} --as TEAL --json')) == online
    assert online["parties"][-1]["party"] == "TEAL"
    assert online["parties"][-1]["receipts"][0]["who_of_ours"] == "some"


def test_while_it_is_read_back_no_command_shows_the_notice_to_that_officer(followed):
    """H5.3, H4.10: after a slip, the times alone are asked."""
    line, _said = followed
    line.run(
        "export BEFOREHAND_SESSION=grey.json\n"
        "beforehand notice give --category exercise --circle 36.2,35.2,2km --alt 0-500m --from +30min --for 10min > given2.txt"
    )
    second = (line.folder / "given2.txt").read_text().split()[1]
    as_teal = "export BEFOREHAND_SESSION=teal.json\n"
    line.run(f"{as_teal}beforehand notice show {second} --save told2.json\nbeforehand receipt open {second}")
    for command in (f"notice show {second}", f"phrase {second}", f"knew {second}", f"notice follow {second}"):
        assert line.run(f"{as_teal}beforehand {command}", 1) == "", command
    row = next(
        each for each in line.run(f"{as_teal}beforehand notice list").splitlines() if each.startswith(second[:8])
    )
    assert "being read back, blind" in row
    assert not re.search(r"\d\d:\d\d", row)
    # Opened already, it goes on; a wrong try says which, and lets the notice be shown again.
    answers = ["36.2,35.2", "2km", "0m", "9000m", "00:00", "00:00", "s"]
    environment = line.environment | {"BEFOREHAND_SESSION": str(line.folder / "teal.json")}
    with contextlib.closing(Terminal("receipt", "read-back", second, environment=environment)) as terminal:
        terminal.type(*answers)
        assert terminal.ended() == 1
    assert "WRONG: band, times" in terminal.shown.rpartition(CLEAR)[2].decode()
    assert "check phrase" in line.run(f"{as_teal}beforehand notice show {second}")
