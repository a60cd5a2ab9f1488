"""The largest requests that are allowed, and what must stand before they are as large."""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from bench.bodies import QUERY_PATH, intent, new_path, place, query, volume

HOUR = 3600.0

#: Method, path and body of the n-th request.
Flood = Callable[[int], tuple[str, str, bytes]]


class Made(NamedTuple):
    """A flood, and the requests that come before it."""

    flood: Flood
    before: Sequence[tuple[str, str, bytes]] = ()


#: Stand for the band of a request until it is sent.
LOW, HIGH = -7777.0, -7776.0


def _circle(lat: float, lng: float, radius_m: float, now: float) -> dict[str, Any]:
    extent = volume(lat, lng, now + HOUR, now + 2 * HOUR, LOW, HIGH)
    del extent["volume"]["outline_polygon"]
    extent["volume"]["outline_circle"] = {
        "center": {"lat": lat, "lng": lng},
        "radius": {"value": radius_m, "units": "M"},
    }
    return extent


def _polygon(corners: Sequence[tuple[float, float]], now: float) -> dict[str, Any]:
    extent = volume(0, 0, now + HOUR, now + 2 * HOUR, LOW, HIGH)
    extent["volume"]["outline_polygon"] = {"vertices": [{"lat": lat, "lng": lng} for lat, lng in corners]}
    return extent


def _star(lat: float, lng: float, radius_deg: float, corners: int) -> list[tuple[float, float]]:
    """A ring that goes in and out by a fiftieth."""
    turn = math.tau / corners
    return [
        (
            round(lat + radius_deg * (1 + k % 2 / 50) * math.sin(k * turn), 7),
            round(lng + radius_deg * (1 + k % 2 / 50) * math.cos(k * turn), 7),
        )
        for k in range(corners)
    ]


def _stacked(extents: Sequence[dict[str, Any]], key: Sequence[str] = ()) -> Flood:
    """Creates of the same place with an implicit subscription, each in a band of its own, so that none meets another."""
    body: dict[str, Any] = {
        "extents": extents,
        "key": list(key),
        "state": "Accepted",
        "uss_base_url": "https://uss.example.com/utm",
        "new_subscription": {"uss_base_url": "https://uss.example.com/utm"},
    }
    template = json.dumps(body, separators=(",", ":")).encode()

    def one(n: int) -> tuple[str, str, bytes]:
        low = -7000.0 + n % 10_000 * 10
        return "PUT", new_path(), template.replace(b"-7777.0", b"%.1f" % low).replace(b"-7776.0", b"%.1f" % (low + 5))

    return one


def largest_areas(now: float) -> Made:
    """Some 9,000 cells in five circles."""
    return Made(_stacked([_circle(40, -100 + 0.75 * k, 24_000, now) for k in range(5)]))


def most_volumes(now: float) -> Made:
    """A thousand dots that share no cell."""
    return Made(_stacked([_circle(30 + 0.05 * (k % 32), 20 + 0.05 * (k // 32), 900, now) for k in range(1000)]))


def most_corners(now: float) -> Made:
    """5,000 corners round one place."""
    return Made(_stacked([_polygon(_star(45, 10, 0.15, 5000), now)]))


def largest_bodies(now: float) -> Made:
    """3 MB of corners in a thousand rings."""
    return Made(
        _stacked([_polygon(_star(30 + 0.05 * (k % 32), -60 + 0.05 * (k // 32), 0.008, 80), now) for k in range(1000)])
    )


def needles(now: float) -> Made:
    """A thousand needles over nearly the same thousands of cells."""
    return Made(
        _stacked(
            [
                _polygon([(-30 + k * 1e-5, 60), (-30 + k * 1e-5 + 4e-6, 60), (-5 + k * 1e-5, 120)], now)
                for k in range(1000)
            ]
        )
    )


def largest_keys(now: float) -> Made:
    """88,000 OVNs named: 4 MB."""
    key = [uuid.uuid4().hex + "012345678901" for _ in range(88_000)]
    return Made(_stacked([volume(*place(77), now + HOUR, now + 2 * HOUR, LOW, HIGH)], key))


def _pile(now: float, count: int) -> list[tuple[str, str, bytes]]:
    """So many intents one above the other in one cell."""
    here = place(3_000)
    return [
        (
            "PUT",
            new_path(),
            intent(volume(*here, now + HOUR, now + 2 * HOUR, 8 * k, 8 * k + 7, side_deg=0.0005)),
        )
        for k in range(count)
    ]


def _over(now: float, count: int) -> dict[str, Any]:
    """A volume that meets the lowest so many of the pile."""
    return volume(*place(3_000), now + HOUR, now + 2 * HOUR, 0, 8 * count - 0.5, side_deg=0.0005)


def largest_answers(now: float) -> Made:
    """Queries with 10,000 results."""
    body = query(_over(now, 10_000))
    return Made(lambda n: ("POST", QUERY_PATH, body), _pile(now, 10_500))


def largest_refusals(now: float) -> Made:
    """409s that name 10,000."""
    body = intent(_over(now, 10_500))
    return Made(lambda n: ("PUT", new_path(), body), _pile(now, 10_500))


def most_told(now: float) -> Made:
    """Creates where 5,000 subscriptions of the party's own are to be told, taking turns with their queries."""
    here = volume(*place(3_000), now + HOUR, now + 2 * HOUR, side_deg=0.0005)
    body = {"extents": here, "uss_base_url": "https://uss.example.com/utm", "notify_for_operational_intents": True}
    subscribe = json.dumps(body).encode()
    ask = query(here)

    def one(n: int) -> tuple[str, str, bytes]:
        if n % 4 == 3:
            return "POST", "/dss/v1/subscriptions/query", ask
        bands = volume(*place(3_000), now + HOUR, now + 2 * HOUR, 8 * n, 8 * n + 7, side_deg=0.0005)
        return "PUT", new_path(), intent(bands)

    paths = [f"/dss/v1/subscriptions/{uuid.uuid4()}" for _ in range(5_000)]
    return Made(one, [("PUT", path, subscribe) for path in paths])


def small_requests(now: float) -> Made:
    """Ordinary creates, as fast as they are answered."""
    return Made(lambda n: ("PUT", new_path(), intent(volume(*place(100_000 + n), now + HOUR, now + 2 * HOUR))))


FLOODS: dict[str, Callable[[float], Made]] = {
    "small creates": small_requests,
    "intents of 9,000 cells": largest_areas,
    "intents of 1,000 volumes": most_volumes,
    "intents of 5,000 corners": most_corners,
    "intents of 3 MB": largest_bodies,
    "intents of 1,000 needles": needles,
    "keys of 88,000 OVNs": largest_keys,
    "queries with 10,000 results": largest_answers,
    "refusals that name 10,000": largest_refusals,
    "creates that 5,000 are told of": most_told,
}
