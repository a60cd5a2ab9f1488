"""Processes under measurement: the product's server and the echo, each on a port of loopback of its own."""

from __future__ import annotations

import contextlib
import http.client
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from beforehand.auth.issuer import load_private_key, make_key_pair, mint

AUDIENCE = "127.0.0.1"
SCOPES = ("utm.strategic_coordination", "utm.constraint_management", "utm.constraint_processing")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`beforehand serve` on SQLite, with a key pair and a data folder of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.port = free_port()
        self._options = options
        keys = folder / "keys"
        if not keys.exists():
            make_key_pair(keys)
        self.private_key = keys / "token-key.pem"
        self._key = load_private_key(self.private_key)
        self._public = keys / "token-key.pub.pem"
        self.process: subprocess.Popen[bytes] | None = None

    def token(self, subject: str = "uss1", scopes: Sequence[str] = SCOPES) -> str:
        """A token of a party, good for an hour."""
        return mint(self._key, "bench", subject, scopes, AUDIENCE, time.time(), 3600)

    def start(self, wait_s: float = 120.0) -> float:
        """Start and wait until it is ready; returns how long that took, in seconds."""
        command = [
            sys.executable, "-m", "beforehand.cli", "serve", "--host", "127.0.0.1", "--port", str(self.port),
            "--data-dir", str(self.folder / "data"), "--token-key", str(self._public), "--audience", AUDIENCE,
            "--allow-http-uss", *self._options]  # fmt: skip
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        begin = time.perf_counter()
        while time.perf_counter() - begin < wait_s:
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/ready")
                if connection.getresponse().status == 200:
                    return time.perf_counter() - begin
            time.sleep(0.05)
        raise RuntimeError("the server did not become ready: " + (self.folder / "server.log").read_text()[-2000:])

    def memory(self) -> int:
        """Resident bytes of the process that holds the state."""
        assert self.process is not None
        parent = psutil.Process(self.process.pid)
        return max(each.memory_info().rss for each in [parent, *parent.children(recursive=True)])

    def stop(self) -> None:
        """End it gracefully, or at once if it does not."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None


@contextlib.contextmanager
def served(*options: str) -> Iterator[Server]:
    """A fresh server, ready; its folder is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="beforehand-bench-"))
    server = Server(folder, *options)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def echoing(*options: str) -> Iterator[int]:
    """The echo, ready; gives its port."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.echo", "--port", str(port), *options])
    try:
        begin = time.perf_counter()
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if time.perf_counter() - begin > 20:
                raise RuntimeError("the echo did not start")
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)
