"""Judges a day by what `--out` kept, and by nothing else: its own reading, its own geometry, no shortcut but the obvious.

Works alone: `python judge.py DIR` prints what it found.
"""

from __future__ import annotations

import json
import math
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

Vector = tuple[float, float, float]


class Standing(NamedTuple):
    """An intent as it stood in the end."""

    flight: str
    leg: int
    intent_id: str
    version: int
    ovn: str
    named: frozenset[str]
    corners: list[Vector]
    lower: float
    upper: float
    start: float
    end: float


class Judgement(NamedTuple):
    """Pairs of intent ids, and ids. `unknown`: pairs of flights near each other of which neither named the other."""

    standing: dict[str, Standing]
    meeting: list[tuple[str, str]]
    unknown: list[tuple[str, str]]
    left_behind: list[str]
    lines: int
    refusals: int


def judge(folder: Path) -> Judgement:
    lines = [json.loads(line) for line in (folder / "declared.jsonl").open()]
    flights = [json.loads(line) for line in (folder / "flights.jsonl").open()]
    standing = replayed(lines)
    planned = {flight["flight"] for flight in flights if flight["outcome"] == "planned"}
    left_behind = [each.intent_id for each in standing.values() if each.flight not in planned]
    promised = {
        (intent["intent_id"], intent["version"], intent["ovn"]) for flight in flights for intent in flight["intents"]
    }
    assert promised == {(each.intent_id, each.version, each.ovn) for each in standing.values()}, "the two files differ"
    meeting, unknown = [], []
    for one, other in neighbours(list(standing.values())):
        real = meet(one.corners, other.corners)
        if one.flight != other.flight and real:
            meeting.append((one.intent_id, other.intent_id))
        if real and one.ovn not in other.named and other.ovn not in one.named:
            unknown.append((one.intent_id, other.intent_id))
    return Judgement(standing, meeting, unknown, left_behind, len(lines), sum(line["status"] == 409 for line in lines))


def replayed(lines: list[dict[str, Any]]) -> dict[str, Standing]:
    """What stands after all lines: the last accepted version of what was not withdrawn."""
    standing: dict[str, Standing] = {}
    for number, line in enumerate(lines, 1):
        assert line["line"] == number, "a line is missing"
        if line["method"] == "DELETE" and line["status"] in (200, 404):
            standing.pop(line["intent_id"], None)
        if line["method"] == "PUT" and line["status"] in (200, 201):
            before = standing.get(line["intent_id"])
            assert line["version"] > (before.version if before else 0), "a version did not rise"
            standing[line["intent_id"]] = read(line)
    return standing


def read(line: dict[str, Any]) -> Standing:
    (volume,) = line["volumes"]
    space = volume["volume"]
    corners = [vector(corner["lat"], corner["lng"]) for corner in space["outline_polygon"]["vertices"]]
    return Standing(
        line["flight"], line["leg"], line["intent_id"], line["version"], line["ovn"], frozenset(line["named_ovns"]),
        corners, space["altitude_lower"]["value"], space["altitude_upper"]["value"],
        seconds(volume["time_start"]["value"]), seconds(volume["time_end"]["value"]),
    )  # fmt: skip


def neighbours(intents: list[Standing]) -> list[tuple[Standing, Standing]]:
    """Every pair that shares a moment and a height."""
    intents = sorted(intents, key=lambda each: each.start)
    found = []
    running: list[Standing] = []
    for intent in intents:
        running = [other for other in running if other.end >= intent.start]
        found += [(other, intent) for other in running if other.lower <= intent.upper and other.upper >= intent.lower]
        running.append(intent)
    return found


def meet(one: list[Vector], other: list[Vector]) -> bool:
    """Do two polygons on the sphere, both smaller than a hemisphere, share a point?"""
    reach = radius(one) + radius(other)
    if math.dist(middle(one), middle(other)) > reach + 1e-9:
        return False
    if any(holds(one, corner) for corner in other) or any(holds(other, corner) for corner in one):
        return True
    return any(
        cross(a, b, c, d)
        for a, b in zip(one, one[1:] + one[:1], strict=True)
        for c, d in zip(other, other[1:] + other[:1], strict=True)
    )


def holds(polygon: list[Vector], point: Vector) -> bool:
    """Is the point within, by the sum of the angles under which it sees the edges?"""
    turned = 0.0
    for a, b in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        turned += math.atan2(dot(point, product(a, b)), dot(product(point, a), product(point, b)))
    return abs(turned) > math.pi


def cross(a: Vector, b: Vector, c: Vector, d: Vector) -> bool:
    """Do the great circle arcs ab and cd cross?"""
    ab, cd = product(a, b), product(c, d)
    return (
        dot(ab, c) * dot(ab, d) <= 0
        and dot(cd, a) * dot(cd, b) <= 0
        and dot(product(ab, cd), a) * dot(product(ab, cd), c) >= 0
        and dot(a, c) > 0
    )


def middle(corners: list[Vector]) -> Vector:
    n = len(corners)
    return sum(c[0] for c in corners) / n, sum(c[1] for c in corners) / n, sum(c[2] for c in corners) / n


def radius(corners: list[Vector]) -> float:
    return max(math.dist(middle(corners), corner) for corner in corners)


def vector(lat: float, lng: float) -> Vector:
    lat, lng = math.radians(lat), math.radians(lng)
    return math.cos(lat) * math.cos(lng), math.cos(lat) * math.sin(lng), math.sin(lat)


def product(a: Vector, b: Vector) -> Vector:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def seconds(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()


if __name__ == "__main__":
    found = judge(Path(sys.argv[1]))
    print(f"{found.lines} lines, {found.refusals} refusals, {len(found.standing)} intents stand")
    print(f"pairs of flights that meet: {len(found.meeting)}")
    print(f"pairs that meet and neither named the other: {len(found.unknown)}")
    print(f"left behind of unplanned flights: {len(found.left_behind)}")
