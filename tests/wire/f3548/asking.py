"""Requests for tests: sound ones, to be bent in one place."""

from __future__ import annotations

import json
from typing import Any

from beforehand.core.stamp import Caller
from beforehand.wire.f3548.requests import Asked

NOW_US = 1_900_000_000_000_000
ID = "4b1f4e4c-5b0f-4a6e-9d0c-0d2f7a1b2c3d"
CALLER = Caller("issuer", "uss1")
SQUARE = [(46.10, 7.10), (46.10, 7.11), (46.11, 7.11), (46.11, 7.10)]


def metres(value: float) -> dict[str, Any]:
    return {"value": value, "reference": "W84", "units": "M"}


def at(text: str) -> dict[str, Any]:
    return {"value": text, "format": "RFC3339"}


def polygon(corners: list[tuple[float, float]] = SQUARE) -> dict[str, Any]:
    return {"outline_polygon": {"vertices": [{"lat": lat, "lng": lng} for lat, lng in corners]}}


def circle(lat: float = 46.1, lng: float = 7.1, radius: float = 150) -> dict[str, Any]:
    return {"outline_circle": {"center": {"lat": lat, "lng": lng}, "radius": {"value": radius, "units": "M"}}}


def volume(
    outline: dict[str, Any] | None = None,
    band: tuple[float, float] | None = (50, 100),
    window: tuple[str, str] | None = ("2031-01-01T00:00:00Z", "2031-01-01T01:00:00Z"),
) -> dict[str, Any]:
    space = dict(polygon() if outline is None else outline)
    if band is not None:
        space |= {"altitude_lower": metres(band[0]), "altitude_upper": metres(band[1])}
    found: dict[str, Any] = {"volume": space}
    if window is not None:
        found |= {"time_start": at(window[0]), "time_end": at(window[1])}
    return found


def intent(**more: Any) -> dict[str, Any]:
    body = {"extents": [volume()], "key": [], "state": "Accepted", "uss_base_url": "https://uss1.example.com/utm"}
    return {key: value for key, value in (body | more).items() if value is not ...}


def constraint(**more: Any) -> dict[str, Any]:
    return {"extents": [volume()], "uss_base_url": "https://uss1.example.com/utm"} | more


def subscription(**more: Any) -> dict[str, Any]:
    return {
        "extents": volume(),
        "uss_base_url": "https://uss1.example.com/utm",
        "notify_for_operational_intents": True,
    } | more


def asked(body: Any = None, *params: str | bytes, inline_cells: int | None = None, allow_http: bool = False) -> Asked:
    """`body` is JSON to be, or bytes as they are."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = tuple(each if isinstance(each, bytes) else each.encode() for each in (params or (ID,)))
    return Asked(given, raw, CALLER, NOW_US, allow_http, inline_cells, NOW_US)
