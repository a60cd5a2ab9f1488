"""A server for tests: `beforehand serve` as a process of its own, with a fresh key pair and a fresh journal.

    with served(folder) as server:
        party = server.party("uss1", "utm.strategic_coordination")
        party.get("/dss/v1/...")

The server is ended by its process id when the block is left.
"""

from __future__ import annotations

import contextlib
import queue
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from beforehand.auth.issuer import load_private_key, make_key_pair, mint

AUDIENCE = "127.0.0.1"
ISSUER = "issuer-of-tests"
#: Seconds within which a server must listen and be ready, or end: a machine under load is slow.
PATIENCE_S = 60.0

_LISTENS = re.compile(r"listens on (http://\S+)")


class Served:
    """A running server: where it is, and tokens that it believes."""

    def __init__(self, url: str, key: RSAPrivateKey, data_dir: Path) -> None:
        self.url = url
        self.key = key
        self.data_dir = data_dir

    def token(self, subject: str, *scopes: str, lifetime_s: int = 3_000) -> str:
        """A token for a subject of the issuer of these tests."""
        return mint(self.key, ISSUER, subject, scopes, AUDIENCE, time.time(), lifetime_s)

    def client(self, token: str | None = None) -> httpx.Client:
        """A client with a token, or with none."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=20)

    def party(self, subject: str, *scopes: str) -> httpx.Client:
        """A client that speaks for a subject."""
        return self.client(self.token(subject, *scopes))


@contextlib.contextmanager
def served(folder: Path, *options: str) -> Iterator[Served]:
    """Start a server that keeps keys and journal in `folder`, wait until it is ready, and end it at last."""
    private, public = make_key_pair(folder / "keys")
    data_dir = folder / "data"
    command = (
        *(sys.executable, "-m", "beforehand.cli", "serve", "--host", "127.0.0.1", "--port", "0"),
        *(
            "--data-dir",
            str(data_dir),
            "--token-key",
            str(public),
            "--audience",
            AUDIENCE,
            "--allow-http-uss",
            *options,
        ),
    )
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said: list[str] = []
    try:
        url = _listening(process, said)
        _await_ready(url, said)
        yield Served(url, load_private_key(private), data_dir)
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _listening(process: subprocess.Popen[str], said: list[str]) -> str:
    """The URL that the server prints when it listens; all that it prints goes on into `said`, lest it block."""
    found: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                said.append(line)
                if listens := _LISTENS.search(line):
                    found.put(listens[1])
        found.put(None)

    threading.Thread(target=read, daemon=True).start()
    url = found.get(timeout=PATIENCE_S)
    assert url is not None, "the server ended before it listened:\n" + "".join(said)
    return url


def _await_ready(url: str, said: list[str]) -> None:
    until = time.monotonic() + PATIENCE_S
    while True:
        status, text = _readiness(url)
        if status == 200:
            return
        assert time.monotonic() < until, f"not ready: {status} {text}\n" + "".join(said)
        time.sleep(0.02)


def _readiness(url: str) -> tuple[int, str]:
    try:
        answer = httpx.get(f"{url}/ready", timeout=5)
    except httpx.TransportError as error:
        return 0, str(error)
    return answer.status_code, answer.text
