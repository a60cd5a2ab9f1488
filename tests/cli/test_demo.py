"""`make run`: an evening of the hotline in the journal, and what it prints works, however often it is run."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys

import pytest


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


@pytest.fixture
def run(tmp_path):
    """Start the demo, take what it printed until it serves, let `use` look at that, and end it."""

    def run(use):
        command = [sys.executable, "-m", "beforehand.cli", "demo", "--port", str(free_port()), "--data-dir", "run"]
        with subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as demo:
            printed = []
            for line in demo.stdout:
                printed.append(line)
                if line.startswith("  --issuer"):
                    break
            try:
                return use("".join(printed))
            finally:
                demo.send_signal(signal.SIGTERM)

    return run


#: What is told of the evening, in this order.
TOLD = """
FICTION
the notice
GREY: evening work: air operation, 10 km west of Latakia
two lead times
notice lead 21 min
usable warning 16 min, by UNDERSTOOD
terms check
lead: met
conflicts
CONFLICT, ask TEAL (volumes 1)
advice: Clears all that you may see: 15 min later.
read-back 1 wrong: area
read-back 2 right
check phrase
PHRASE_EQUAL
NOBODY RELAYS to COAST-AD
what each side knew at the end
picture of the evening: run/evening.svg
Two planners over one valley
""".strip().splitlines()


def test_the_evening_is_told_and_what_is_printed_works_as_it_stands_and_again_after_a_restart(run, tmp_path):
    """H4.2 H4.3 H4.8 H4.9 H1.2 H5.3 H3.2: played once, with a picture; its officers can log in."""

    def cli(*arguments):
        command = [sys.executable, "-m", "beforehand.cli", *arguments, "--session", "session.json"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60).stdout

    def look(printed):
        at = 0
        for wanted in TOLD:
            at = printed.index(wanted, at)
        assert (tmp_path / "run" / "evening.svg").read_text("utf-8").startswith("<svg")
        secrets = list((tmp_path / "run" / "passwords").iterdir())
        assert len(secrets) == 6
        assert {file.stat().st_mode & 0o777 for file in secrets} == {0o600}
        login = next(line for line in printed.splitlines() if "--party TEAL" in line)
        assert login.startswith(".venv/bin/beforehand login ")
        cli(*login.split()[1:])
        assert cli("notice", "list", "--all").count("GREY  clear  air operation  v2") == 1
        return try_it(printed), printed[printed.index("FICTION") : printed.index("picture of the evening")]

    def try_it(printed):
        lines = [line for line in printed.splitlines() if re.match(r"export TOKEN=|OVN=|curl |sed ", line)]
        assert len(lines) == 4, printed
        return subprocess.run(["sh"], input="\n".join(lines), cwd=tmp_path, capture_output=True, text=True)

    evenings = set()
    for _ in range(2):
        tried, evening = run(look)
        evenings.add(evening)
        ovn, _refused, status_of_refusal, _accepted, status = tried.stdout.splitlines()
        assert len(ovn) == 44, tried.stderr
        assert (status_of_refusal, status) == ("409", "201")
    assert len(evenings) == 1


def test_a_port_that_another_server_has_is_refused_at_once(beforehand, tmp_path):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        status, out, err = beforehand("demo", "--port", port, "--data-dir", tmp_path)
    assert (status, out) == (1, "")
    assert f"Port {port} of 127.0.0.1 cannot be had (Address already in use)" in err
    assert "make run PORT=" in err
