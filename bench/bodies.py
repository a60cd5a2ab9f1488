"""Requests of the F3548 interface, as providers send them, spread over the globe or all in one place."""

from __future__ import annotations

import json
import math
import time
import uuid
from typing import Any

#: A level-13 cell is about 1.1 km wide; places this far apart share none.
APART_DEG = 0.06


def place(k: int, apart: float = APART_DEG) -> tuple[float, float]:
    """The k-th place (lat, lng) of a grid between 60° S and 60° N with `apart` degrees of latitude between neighbours."""
    per_row = int(356 / apart / 2)
    row, column = divmod(k, per_row)
    if row * apart > 120:
        raise ValueError(f"there are only {per_row * int(120 / apart)} places {apart} degrees apart")
    return -60 + row * apart, -179 + column * apart * 2


def instant(seconds: float) -> dict[str, str]:
    """A time as F3548 writes it."""
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return {"value": f"{whole}.{int(seconds % 1 * 1e6):06d}Z", "format": "RFC3339"}


def altitude(metres: float) -> dict[str, Any]:
    """An altitude as F3548 writes it."""
    return {"value": metres, "reference": "W84", "units": "M"}


def volume(
    lat: float, lng: float, start: float, end: float, low: float = 50, high: float = 120, *, side_deg: float = 0.011
) -> dict[str, Any]:
    """A four-cornered volume; the default side of about 1.2 km touches about four level-13 cells."""
    east = side_deg / math.cos(math.radians(lat))
    corners = [(lat, lng), (lat, lng + east), (lat + side_deg, lng + east), (lat + side_deg, lng)]
    return {
        "volume": {
            "outline_polygon": {"vertices": [{"lat": a, "lng": o} for a, o in corners]},
            "altitude_lower": altitude(low),
            "altitude_upper": altitude(high),
        },
        "time_start": instant(start),
        "time_end": instant(end),
    }


def intent(extent: dict[str, Any], key: list[str] | None = None, *, subscribe: bool = False) -> bytes:
    """The body of an operational intent's PUT."""
    body: dict[str, Any] = {
        "extents": [extent],
        "key": key or [],
        "state": "Accepted",
        "uss_base_url": "https://uss.example.com/utm",
    }
    if subscribe:
        body["new_subscription"] = {"uss_base_url": "https://uss.example.com/utm", "notify_for_constraints": False}
    return json.dumps(body, separators=(",", ":")).encode()


def query(extent: dict[str, Any]) -> bytes:
    """The body of an area query."""
    return json.dumps({"area_of_interest": extent}, separators=(",", ":")).encode()


def new_path() -> str:
    """The path of an intent that does not exist yet."""
    return f"/dss/v1/operational_intent_references/{uuid.uuid4()}"


QUERY_PATH = "/dss/v1/operational_intent_references/query"
