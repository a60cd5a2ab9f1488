from __future__ import annotations

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from beforehand.record.entry import leaf_hash

READY = {
    "/healthy": (200, b"ok"),
    "/ready": (200, b"{}"),
    "/aux/v1/version": (200, b'{"version": "beforehand/v1"}'),
}


@pytest.fixture
def server():
    """Serves these answers on loopback; gives its URL."""
    running = []

    def serve(answers):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                status, body = answers.get(self.path, (404, b"404 page not found\n"))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        running.append(http)
        return f"http://127.0.0.1:{http.server_port}"

    yield serve
    for http in running:
        http.shutdown()
        http.server_close()


def asked(beforehand, *arguments):
    status, out, err = beforehand("status", *arguments, "--json")
    assert err == ""
    return status, json.loads(out)


def test_a_server_that_can_be_written_to_is_well(beforehand, server):
    url = server(READY)
    well = {"url": url, "alive": True, "ready": True, "version": "beforehand/v1"}
    assert asked(beforehand, "--url", url) == (0, {"server": well})
    status, out, _err = beforehand("status", "--url", url)
    assert status == 0
    assert "server ready: True" in out


def test_one_that_is_not_ready_says_why(beforehand, server):
    url = server(READY | {"/ready": (503, b'{"message": "Free space is below the floor."}')})
    status, said = asked(beforehand, "--url", url)
    assert status == 1
    assert said["server"]["alive"]
    assert not said["server"]["ready"]
    assert said["server"]["why"] == "Free space is below the floor."


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b'"x"', b"x" * 100_000])
def test_a_server_that_answers_anything_is_survived(beforehand, server, body):
    url = server({"/ready": (503, body), "/aux/v1/version": (200, body)})
    status, said = asked(beforehand, "--url", url)
    assert status == 1
    assert len(json.dumps(said)) < 3_000


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "127.0.0.1", "ftp://x", "http://[", "http://127.0.0.1:99999"])
def test_one_that_does_not_answer_is_not_alive(beforehand, url):
    status, said = asked(beforehand, "--url", url)
    assert status == 1
    assert said["server"]["alive"] is False
    assert said["server"]["why"]


def test_a_journal_tells_its_end_and_who_writes_it(beforehand, writer):
    batch = writer.write(5)
    status, said = asked(beforehand, "--data-dir", writer.folder)
    assert status == 0
    journal = said["journal"]
    assert journal["entries"] == 5
    assert journal["leaf_hash"] == leaf_hash(batch[-1].header).hex()
    assert journal["writer"] == f"process {os.getpid()}"
    assert journal["bytes"] > 0
    writer.journal.close()
    assert asked(beforehand, "--data-dir", writer.folder)[1]["journal"]["writer"] == "none"


def test_an_empty_journal_has_no_end(beforehand, writer):
    status, said = asked(beforehand, "--data-dir", writer.folder)
    assert status == 0
    assert said["journal"]["entries"] == 0
    assert "last" not in said["journal"]


def test_both_can_be_asked_about_at_once(beforehand, server, writer):
    status, said = asked(beforehand, "--url", server(READY), "--data-dir", writer.folder)
    assert status == 0
    assert said.keys() == {"server", "journal"}


def test_nothing_asked_about_is_no_question(beforehand):
    assert beforehand("status")[0] == 2
