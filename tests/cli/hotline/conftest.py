"""A server that answers as a test says, and an officer who is logged in to it."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from beforehand.client.hotline_session import Session, load, save

ID = "6f1c1de0-2a7b-4c1e-9d52-0b7c9e6f4a11"
OTHER_ID = "0d4a52f6-9c1b-4e07-8f3e-51a2b7c8d902"
LEAF = "ab" * 32
DONE = {"id": ID, "version": 1, "entry": 17, "time": "2027-01-15T18:39:00Z"}
ROW = {
    "notice": ID, "giver": "GREY", "category": "air_operation", "state": "given", "version": 1,
    "received": "2027-01-15T18:39:00Z", "lead": "21 min", "opens": "2027-01-15T19:00:00Z", "ends": "2027-01-15T19:20:00Z",
    "handed_out": True, "reading_back": False,
}  # fmt: skip


class FakeServer:
    """`answers`: by method and path, what is answered: a body, (status, body), or a function of the request's body.

    `asked`: what came, as (method, path with query, body).
    """

    def __init__(self):
        self.answers = {}
        self.asked = []
        self.raw = []
        handler = type("Handler", (_Handler,), {"fake": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def paths(self):
        return [f"{method} {path.removeprefix('/hotline/v1')}" for method, path, _body in self.asked]

    def close(self):
        self._http.shutdown()
        self._http.server_close()


class _Handler(BaseHTTPRequestHandler):
    fake: FakeServer

    def _answer(self):
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(data) if data else None
        fake = self.fake
        fake.asked.append((self.command, self.path, body))
        fake.raw.append((dict(self.headers), data))
        found = fake.answers.get(f"{self.command} {self.path.removeprefix('/hotline/v1').partition('?')[0]}")
        if callable(found):
            found = found(body)
        if found is None:
            found = (404, {"reason": "not_found", "detail": f"There is no {self.path}.", "status": 404})
        status, said = found if isinstance(found, tuple) else (200, found)
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Beforehand-Checkpoint", f"{len(fake.asked) + 100} {LEAF}")
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = _answer  # noqa: N815

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    fake = FakeServer()
    fake.answers["GET /notices"] = {"notices": [ROW], "next": None}
    yield fake
    fake.close()


@pytest.fixture
def session(tmp_path, monkeypatch, server):
    """The session file of an officer of GREY; what it holds now: `session()`."""
    file = tmp_path / "session.json"
    save(file, Session(server.url, "GREY", "duty", "anna", "a-token", "2027-01-15T20:00:00Z", notices=(ID,)))
    monkeypatch.setenv("BEFOREHAND_SESSION", str(file))
    monkeypatch.setattr("beforehand.cli.hotline.asking.time.sleep", lambda _seconds: None)
    return lambda: load(file)
