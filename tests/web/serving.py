"""`beforehand serve` as its operator runs it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil

from beforehand.auth.issuer import PRIVATE_NAME, PUBLIC_NAME, load_private_key, make_key_pair, mint

from .asking import ALL

PATIENCE_S = 60.0


def until(holds: Any) -> None:
    """Wait until it holds; an error of the connection means: not yet."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError, psutil.NoSuchProcess):
            if holds():
                return
        time.sleep(0.02)
    raise AssertionError("it did not come to hold in time")


class Serving:
    """One server on a port of its own choice."""

    def __init__(self, folder: Path, *options: str) -> None:
        keys = folder / "keys"
        if not keys.exists():
            make_key_pair(keys)
        self._key = load_private_key(keys / PRIVATE_NAME)
        self.log = folder / f"server-{time.monotonic_ns()}.log"
        command = [
            sys.executable, "-m", "beforehand.cli", "serve", "--port", "0", "--data-dir", str(folder / "data"),
            "--token-key", str(keys / PUBLIC_NAME), "--audience", "here", "--allow-http-uss", *options]  # fmt: skip
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        until(self._listens)
        found = re.search(r"http://127\.0\.0\.1:(\d+)", self.log.read_text())
        assert found is not None
        self.port = int(found[1])
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30, headers=self.headers())

    def _listens(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return "listens on http://" in self.log.read_text()

    def headers(self, subject: str = "uss1") -> dict[str, str]:
        """What a party of this name sends along, good for an hour."""
        token = mint(self._key, "issuer", subject, ALL, "here", time.time(), 3600)
        return {"Authorization": f"Bearer {token}"}

    def until_ready(self) -> None:
        until(lambda: self.http.get("/ready").status_code == 200)

    def child(self) -> psutil.Process | None:
        """The serving process, if there is one."""
        children = psutil.Process(self.process.pid).children()
        return next((each for each in children if "beforehand.web.serve" in each.cmdline()), None)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; returns the exit status."""
        os.kill(self.process.pid, number)
        return self.process.wait(PATIENCE_S)


@contextlib.contextmanager
def serving(folder: Path, *options: str) -> Iterator[Serving]:
    """A server that does not outlive the test."""
    server = Serving(folder, *options)
    try:
        yield server
    finally:
        server.http.close()
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait()
