"""The judge is judged: it must find what is wrong, or its silence says nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.client.flights.judge import judge, meet

from beforehand.airspace.meeting import Prepared
from beforehand.airspace.volume import Polygon
from beforehand.client.flights.growth import vector


def line(number: int, flight: str, intent: str, **changes: Any) -> dict[str, Any]:
    """Half a degree around 47 N 8 E from 12:00 to 12:02, between 100 and 200 m."""
    square = [(46.5, 7.5), (46.5, 8.5), (47.5, 8.5), (47.5, 7.5)]
    east = changes.pop("east", 0.0)
    said = {
        "line": number, "flight": flight, "leg": 0, "method": "PUT", "intent_id": intent, "version": 1,
        "ovn": f"ovn-{intent}-1", "named_ovns": [], "status": 201,
        "lower": 100, "upper": 200, "start": "2030-01-01T12:00:00Z", "end": "2030-01-01T12:02:00Z", **changes,
    }  # fmt: skip
    vertices = [{"lat": lat, "lng": lng + east} for lat, lng in square]
    said["volumes"] = [
        {
            "volume": {
                "outline_polygon": {"vertices": vertices},
                "altitude_lower": {"value": said.pop("lower")},
                "altitude_upper": {"value": said.pop("upper")},
            },
            "time_start": {"value": said.pop("start")},
            "time_end": {"value": said.pop("end")},
        }
    ]
    return said


def kept(folder: Path, lines: list[dict[str, Any]], unplanned: tuple[str, ...] = ()) -> Path:
    standing = {each["intent_id"]: each for each in lines if each["method"] == "PUT" and each["status"] < 300}
    for each in lines:
        if each["method"] == "DELETE":
            standing.pop(each["intent_id"], None)
    flights = [
        {"flight": each["flight"], "outcome": "unplanned" if each["flight"] in unplanned else "planned",
         "intents": [{key: each[key] for key in ("intent_id", "version", "ovn")}]}
        for each in standing.values()
    ]  # fmt: skip
    (folder / "declared.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (folder / "flights.jsonl").write_text("\n".join(map(json.dumps, flights)))
    return folder


def test_two_flights_that_meet_are_found(tmp_path: Path) -> None:
    found = judge(kept(tmp_path, [line(1, "f", "a"), line(2, "g", "b", named_ovns=["ovn-a-1"])]))
    assert found.meeting == [("a", "b")]
    assert found.unknown == []


@pytest.mark.parametrize(
    "apart",
    [
        {"east": 1.01},
        {"lower": 200.001, "upper": 300},
        {"start": "2030-01-01T12:02:00.000001Z", "end": "2030-01-01T12:03:00Z"},
    ],
)
def test_flights_apart_in_place_height_or_time_do_not_meet(tmp_path: Path, apart: dict[str, Any]) -> None:
    found = judge(kept(tmp_path, [line(1, "f", "a"), line(2, "g", "b", **apart)]))
    assert found.meeting == found.unknown == []


@pytest.mark.parametrize(
    "touching",
    [{"east": 0.9999}, {"lower": 200, "upper": 300}, {"start": "2030-01-01T12:02:00Z", "end": "2030-01-01T12:03:00Z"}],
)
def test_flights_that_touch_do_meet(tmp_path: Path, touching: dict[str, Any]) -> None:
    assert judge(kept(tmp_path, [line(1, "f", "a"), line(2, "g", "b", **touching)])).meeting == [("a", "b")]


def test_a_planner_that_did_not_know_is_found(tmp_path: Path) -> None:
    assert judge(kept(tmp_path, [line(1, "f", "a"), line(2, "f", "b")])).unknown == [("a", "b")]


def test_what_is_left_of_an_unplanned_flight_is_found(tmp_path: Path) -> None:
    assert judge(kept(tmp_path, [line(1, "f", "a")], unplanned=("f",))).left_behind == ["a"]


def test_what_was_withdrawn_or_refused_or_moved_does_not_stand(tmp_path: Path) -> None:
    lines = [
        line(1, "f", "a"),
        line(2, "g", "b", status=409, ovn=None, version=None),
        line(3, "f", "a", method="DELETE", status=200),
        line(4, "g", "b"),
        line(5, "g", "b", status=200, version=2, ovn="ovn-b-2", east=3.0),
    ]
    found = judge(kept(tmp_path, lines))
    assert {each.version for each in found.standing.values()} == {2}
    assert found.meeting == []


@st.composite
def polygons(draw: st.DrawFn) -> Polygon:
    lat, lng, size = draw(st.floats(46, 47)), draw(st.floats(7, 8)), draw(st.floats(0.01, 0.4))
    shape = draw(st.sampled_from([[(0, 0), (0, 1), (1, 0)], [(0, 0), (0, 1), (0.2, 0.2), (1, 0)],
                                  [(0, 0), (0.1, 1.4), (1, 1), (1.2, 0.4)]]))  # fmt: skip
    return Polygon.from_degrees([(lat + y * size, lng + x * size) for y, x in shape])


@given(polygons(), polygons())
def test_its_geometry_agrees_with_the_product_s(one: Polygon, other: Polygon) -> None:
    clearance_mm = Prepared(one).clearance_mm(Prepared(other))
    a, b = ([vector(lat / 1e7, lng / 1e7) for lat, lng in each.vertices] for each in (one, other))
    if clearance_mm > 10:
        assert not meet(a, b)
    elif Prepared(one).meets(Prepared(other)) and not _barely(a, b, one, other):
        assert meet(a, b)


def _barely(a: Any, b: Any, one: Polygon, other: Polygon) -> bool:
    """Outlines count as grown by 2 cm each: those that only then meet, the judge may see apart."""
    return (
        not meet(a, b) and min(sum((x - y) ** 2 for x, y in zip(p, q, strict=True)) ** 0.5 for p in a for q in b) < 1e-6
    ) or not Prepared(one).meets(Prepared(other))
