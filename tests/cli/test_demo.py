"""`make run`: what it prints works, however often it is run."""

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


def test_the_lines_that_it_prints_work_as_they_stand_and_again_after_a_restart(run, tmp_path):
    def try_it(printed):
        lines = [line for line in printed.splitlines() if re.match(r"export TOKEN=|OVN=|curl |sed ", line)]
        assert len(lines) == 4, printed
        return subprocess.run(["sh"], input="\n".join(lines), cwd=tmp_path, capture_output=True, text=True)

    for _ in range(2):
        tried = run(try_it)
        ovn, _refused, status_of_refusal, _accepted, status = tried.stdout.splitlines()
        assert len(ovn) == 44, tried.stderr
        assert (status_of_refusal, status) == ("409", "201")


def test_a_port_that_another_server_has_is_refused_at_once(beforehand, tmp_path):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        status, out, err = beforehand("demo", "--port", port, "--data-dir", tmp_path)
    assert (status, out) == (1, "")
    assert f"Port {port} of 127.0.0.1 cannot be had (Address already in use)" in err
    assert "make run PORT=" in err
