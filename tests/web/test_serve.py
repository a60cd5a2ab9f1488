from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import Future
from pathlib import Path

import httpx
import psutil
import pytest

from beforehand.auth.issuer import PRIVATE_NAME, PUBLIC_NAME, load_private_key, make_key_pair, mint
from beforehand.engine.memory import MemoryEngine
from beforehand.settings import resolve
from beforehand.testing.faulty import Fault, FaultyEngine
from beforehand.web import serve
from beforehand.web.server import listen
from wire.f3548.asking import ID, circle, intent, volume

from .asking import ALL
from .serving import PATIENCE_S, Serving, serving, until

OIR = f"/dss/v1/operational_intent_references/{ID}"
LATER = ("2090-01-01T00:00:00Z", "2090-01-01T01:00:00Z")
BODY = intent(extents=[volume(window=LATER)])


def processes(server: Serving) -> list[psutil.Process]:
    return [psutil.Process(server.process.pid), *psutil.Process(server.process.pid).children(recursive=True)]


def test_a_life_from_the_first_answer_to_a_graceful_end(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        server.until_ready()
        answer = server.http.put(OIR, json=BODY)
        assert answer.status_code == 201, answer.text
        wide = {"area_of_interest": volume(circle(radius=20_000), window=None)}
        assert len(server.http.post(OIR.replace(ID, "query"), json=wide).json()["operational_intent_references"]) == 1
        everyone = processes(server)
        assert len(everyone) == 3  # parent, child, and the worker that covered the wide circle
        assert server.end() == 0
        until(lambda: not any(each.is_running() for each in everyone))
        assert "Traceback" not in server.log.read_text()
    with serving(tmp_path) as server:
        server.until_ready()
        assert server.http.get(OIR).json()["operational_intent_reference"]["ovn"]
        assert server.end(signal.SIGINT) == 0


def test_who_was_told_that_it_is_ready_is_not_told_afterwards_that_it_is_starting(tmp_path: Path) -> None:
    """Each on a connection of its own: while one process takes over from another, one of them takes connections."""

    def ready(server: Serving) -> bool:
        return httpx.get(f"http://127.0.0.1:{server.port}/ready", timeout=30).status_code == 200

    with serving(tmp_path) as server:
        until(lambda: ready(server))
        assert all(ready(server) for _ in range(50))
        child = server.child()
        assert child is not None
        child.kill()
        until(lambda: not ready(server))
        until(lambda: ready(server))
        assert all(ready(server) for _ in range(50))


def test_a_port_for_figures_that_is_taken_is_said_before_anything_is_opened(tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        with serving(tmp_path, "--metrics-port", str(port)) as server:
            until(lambda: "starting" not in server.http.get("/ready").json()["message"])
            assert f"metrics_port {port} cannot be had" in server.http.get("/ready").json()["message"]
            assert not (tmp_path / "data").exists()


def test_a_child_that_is_killed_is_replaced_and_what_was_answered_is_there(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        server.until_ready()
        made = server.http.put(OIR, json=BODY).json()
        first = server.child()
        assert first is not None
        first.kill()
        seen: set[tuple[int, str]] = set()

        def replaced() -> bool:
            ready = server.http.get("/ready")
            if ready.status_code == 503:
                seen.add((503, ready.json()["reason"]))
                assert server.http.get("/healthy").text == "ok"
            child = server.child()
            return ready.status_code == 200 and child is not None and child.pid != first.pid

        until(replaced)
        assert seen <= {(503, "not_done")}
        assert server.http.get(OIR).json()["operational_intent_reference"] == made["operational_intent_reference"]


def test_neither_outlives_the_other(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        server.until_ready()
        everyone = processes(server)
        server.process.kill()
        server.process.wait()
        until(lambda: not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in everyone))


def test_while_no_child_can_write_the_parent_says_why(tmp_path: Path) -> None:
    with serving(tmp_path) as first:
        first.until_ready()
        with serving(tmp_path) as second:
            until(lambda: "starting" not in second.http.get("/ready").json()["message"])
            ready = second.http.get("/ready")
            assert (ready.status_code, ready.json()["reason"]) == (503, "not_done")
            assert "in use by another process" in ready.json()["message"]
            refused = second.http.put(OIR, json=BODY)
            assert (refused.status_code, refused.json()["reason"]) == (503, "not_done")
            assert refused.headers["retry-after"]
            assert second.http.get("/healthy").status_code == 200
            assert first.end() == 0
            second.until_ready()
            assert second.http.put(OIR, json=BODY).status_code == 201
            assert second.end() == 0


def begun(server: Serving) -> socket.socket:
    """A connection with a request of which half has arrived, and is known to have."""
    token = server.http.headers["Authorization"]
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    connection.sendall(
        b"GET /healthy HTTP/1.1\r\nHost: h\r\n\r\n"
        + f"POST /dss/v1/reports HTTP/1.1\r\nHost: h\r\nAuthorization: {token}\r\ncontent-length: 2\r\n\r\n{{".encode()
    )
    assert connection.recv(1000).startswith(b"HTTP/1.1 200")
    return connection


def idle_connection(server: Serving) -> socket.socket:
    """A connection that the server closes when it begins to stop."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    connection.sendall(b"GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n")
    assert b"404 page not found" in connection.recv(1000)
    return connection


def test_a_stop_answers_what_is_in_flight(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        server.until_ready()
        with begun(server) as connection, idle_connection(server) as idle:
            server.process.terminate()
            assert idle.recv(1) == b""
            connection.sendall(b"}")
            assert connection.recv(1000).startswith(b"HTTP/1.1 201")
        assert server.process.wait(PATIENCE_S) == 0


def test_a_second_signal_does_not_wait(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        server.until_ready()
        child = server.child()
        assert child is not None
        with begun(server), idle_connection(server) as idle:
            server.process.terminate()
            assert idle.recv(1) == b""
            server.process.terminate()
            assert server.process.wait(PATIENCE_S) != 0
            until(lambda: not child.is_running())


def test_what_can_never_serve_ends_at_once_and_says_why(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "beforehand.cli", "serve", "--data-dir", str(tmp_path), "--audience", "a"]
    no_key = subprocess.run(
        [*command, "--token-key", "/nowhere.pem"], capture_output=True, text=True, timeout=60, check=False
    )
    assert no_key.returncode != 0
    assert "nowhere.pem" in no_key.stderr
    assert "Traceback" not in no_key.stderr
    with serving(tmp_path) as server:
        key = str(tmp_path / "keys" / PUBLIC_NAME)
        port_taken = subprocess.run(
            [*command, "--token-key", key, "--port", str(server.port)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert port_taken.returncode != 0
    assert "in use" in port_taken.stderr
    assert "Traceback" not in port_taken.stderr


@pytest.mark.parametrize(("fault", "reason"), [(Fault.FAILS, "not_done"), (Fault.LOST_UNTOLD, "outcome_unknown")])
def test_a_node_that_cannot_store_says_so_to_each_and_then_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Fault, reason: str
) -> None:
    _, public = make_key_pair(tmp_path)
    token = mint(load_private_key(tmp_path / PRIVATE_NAME), "issuer", "uss1", ALL, "here", time.time(), 3600)
    settings = resolve({"token_keys": (str(public),), "audiences": ("here",), "engine": "memory"}, {})
    # The first append opens the epoch.
    monkeypatch.setattr(serve, "_engine", lambda settings: FaultyEngine(MemoryEngine(), {2: fault}))

    async def story() -> tuple[int, httpx.Response]:
        reading, writing = os.pipe()
        with listen("127.0.0.1", 0) as listening, os.fdopen(writing, "w") as status, os.fdopen(reading) as said:
            begin: Future[None] = Future()
            begin.set_result(None)
            serving = asyncio.create_task(serve.serve(settings, listening, status, begin))
            assert await asyncio.to_thread(said.readline) == "ready\n"
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"}) as http:
                answer = await http.put(OIR, json=BODY)
            return await asyncio.wait_for(serving, 10), answer

    code, answer = asyncio.run(story())
    assert code == serve.BROKEN == 70
    assert (answer.status_code, answer.json()["reason"]) == (503, reason)
