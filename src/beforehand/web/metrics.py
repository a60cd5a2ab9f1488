"""Figures for operators, in the Prometheus text format, on a port of loopback of their own.

What was done is counted from the durable tail of the journal alone; gauges say what is in flight now, never what it did.
The figures tell of all parties together: the port is for the operator.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from beforehand.node import Node
from beforehand.web.app import App
from beforehand.web.body import Receive

#: The tag of an event in its facts, which are sorted JSON: no string of a client's can hold an unescaped quote.
_TAG = re.compile(rb'[{,]"type":"([a-z_.]+)"')


class Metrics:
    """An ASGI application that answers `GET /metrics`."""

    def __init__(self, node: Node, app: App) -> None:
        self._node = node
        self._app = app
        self._events: dict[str, int] = {}
        self._counted = 0
        self._registry = CollectorRegistry()
        self._registry.register(self)

    async def follow(self) -> None:
        """Count events as they become durable, from this process's opening on. Ends with the node's journal."""
        start = self._node.durable
        async for entry in self._node.tail(start):
            found = _TAG.search(entry.facts)
            tag = found[1].decode() if found else "unknown"
            self._events[tag] = self._events.get(tag, 0) + 1
            self._counted += 1
            if self._counted % 64 == 0:
                await asyncio.sleep(0)

    def collect(self) -> Iterator[Metric]:
        """What Prometheus is told."""
        node, shares = self._node, self._app.shares
        events = CounterMetricFamily("beforehand_events", "Durable events since this process opened.", labels=["tag"])
        for tag, count in sorted(self._events.items()):
            events.add_metric([tag], count)
        yield events
        yield CounterMetricFamily(
            "beforehand_faults", "Requests that ended in a fault of this program.", self._app.faults
        )
        for name, told, value in (
            ("durable_entries", "Entries of the journal that no crash can unsay.", node.durable),
            ("requests_in_flight", "Requests being received, decided or answered.", shares.in_flight),
            ("answers_waiting", "Answers that wait for what they rest on to be durable.", node.waiting),
            ("ready", "1 where a write would be taken now.", int(node.ready() is None)),
            ("clock_disagreement_seconds", "By how much an unbelieved wall clock disagrees.", node.uncertain_s),
            ("free_bytes", "Free space where the journal is.", node.free_bytes),
        ):
            yield GaugeMetricFamily(f"beforehand_{name}", told, value)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Any) -> None:
        if scope["type"] != "http":
            return
        found = scope["path"] == "/metrics" and scope["method"] == "GET"
        body = generate_latest(self._registry) if found else b"404 page not found\n"
        kind = CONTENT_TYPE_LATEST if found else "text/plain; charset=utf-8"
        headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200 if found else 404, "headers": headers})
        await send({"type": "http.response.body", "body": body})
