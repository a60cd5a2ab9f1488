"""An operator's figures: what was done is counted from the durable tail alone."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path
from typing import Any, cast

import httpx

from beforehand.core.stamp import Caller
from beforehand.core.strategic.commands import Availability, SetAvailability
from beforehand.engine.memory import MemoryEngine
from beforehand.node import Node
from beforehand.node.clock import SystemClock
from beforehand.node.config import NodeConfig
from beforehand.testing.faulty import Fault, FaultyEngine
from beforehand.web.app import App
from beforehand.web.metrics import Metrics
from beforehand.web.shares import Limits, Shares
from serving import served


class _AppFigures:
    """The part of an application that figures are taken from."""

    faults = 0
    shares = Shares(Limits())


async def _figures(metrics: Metrics) -> str:
    said: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    await metrics({"type": "http", "path": "/metrics", "method": "GET"}, receive, send)
    return cast(bytes, said[1]["body"]).decode()


def test_nothing_is_counted_before_it_is_durable() -> None:
    asyncio.run(asyncio.wait_for(_count_around_a_commit(), 30))


async def _count_around_a_commit() -> None:
    engine = FaultyEngine(MemoryEngine(), {2: Fault.HANGS})
    node = await Node.open(NodeConfig(), SystemClock(), os.urandom, engine)
    metrics = Metrics(node, cast(App, _AppFigures()))
    following = asyncio.create_task(metrics.follow())
    asking = asyncio.create_task(node.ask(SetAvailability(Caller("issuer", "uss1"), "uss1", "", Availability.NORMAL)))
    await engine.hanging.wait()
    before = await _figures(metrics)
    assert "beforehand_events_total{" not in before
    assert "beforehand_durable_entries 1.0" in before
    assert "beforehand_answers_waiting 1.0" in before
    engine.let_go()
    await asking
    while "uss.availability" not in (after := await _figures(metrics)):
        await asyncio.sleep(0)
    assert 'beforehand_events_total{tag="uss.availability"} 1.0' in after
    assert "beforehand_durable_entries 3.0" in after
    following.cancel()
    await node.close()


def test_a_server_shows_them_on_a_port_of_their_own(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with served(tmp_path, "--metrics-port", str(port)) as server:
        assert "beforehand_ready 1.0" in httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text
        assert httpx.get(f"http://127.0.0.1:{port}/other", timeout=10).status_code == 404
        assert httpx.get(f"{server.url}/metrics", timeout=10).status_code == 404
