"""Planners of F3548 in YAML, played against a running server: part of the demo.

A step names who acts, what is planned, changed or ended, where, when (minutes from now), knowing whose versions, and the
answer expected. The format is that of `scenarios/two-planners.yaml` alone; an unknown word in it is an error. Stories of
the hotline have another: docs/scenarios.md.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import yaml

INTENTS = "/dss/v1/operational_intent_references"


class Step(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One act and the answer it must get."""

    says: str
    who: str
    answer: int
    plan: str | None = None
    change: str | None = None
    end: str | None = None
    place: str | None = None
    altitudes: tuple[float, float] | None = None
    minutes: tuple[float, float] | None = None
    knowing: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    subscribe: bool = False


class Scenario(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A story: places as corners (latitude, longitude in degrees), and its steps."""

    title: str
    about: str
    places: dict[str, list[tuple[float, float]]]
    steps: list[Step]


def read_scenario(path: Path) -> Scenario:
    """Read a story. Raises `msgspec.ValidationError` naming what is wrong."""
    return msgspec.convert(yaml.safe_load(path.read_text("utf-8")), Scenario)


class Unexpected(AssertionError):
    """A step got another answer than the story says."""


class Player:
    """Plays one scenario. `token` gives the token of a party, by name."""

    def __init__(
        self, scenario: Scenario, url: str, token: Callable[[str], str], moved: tuple[float, float] = (0.0, 0.0)
    ) -> None:
        self._scenario = scenario
        self._moved = moved
        self._http = httpx.Client(base_url=url, timeout=10)
        self._token = token
        self._ids: dict[str, str] = {}
        self._ovns: dict[str, str] = {}
        self._subscriptions: dict[str, str] = {}
        self._now = time.time()

    def play(self) -> Iterator[tuple[Step, httpx.Response]]:
        """Take the steps one by one. Raises `Unexpected` at the first that is answered otherwise."""
        with self._http:
            for step in self._scenario.steps:
                answer = self._take(step)
                self._compare(step, answer)
                yield step, answer

    def _take(self, step: Step) -> httpx.Response:
        name = step.plan or step.change or step.end
        if name is None:
            raise Unexpected(f"a step must plan, change or end something: {step.says}")
        id_ = self._ids.setdefault(name, str(uuid.uuid4()))
        path = f"{INTENTS}/{id_}" if step.plan else f"{INTENTS}/{id_}/{self._ovns[name]}"
        headers = {"Authorization": f"Bearer {self._token(step.who)}"}
        if step.end:
            answer = self._http.delete(path, headers=headers)
        else:
            answer = self._http.put(path, headers=headers, json=self._body(step))
        reference = answer.json().get("operational_intent_reference") if answer.is_success else None
        if reference is not None:
            self._ovns[name] = reference["ovn"]
            self._subscriptions[name] = reference["subscription_id"]
        return answer

    def _body(self, step: Step) -> dict[str, Any]:
        assert step.place is not None
        assert step.altitudes is not None
        assert step.minutes is not None
        url = f"https://{step.who}.example.com/utm"
        low, high = ({"value": each, "reference": "W84", "units": "M"} for each in step.altitudes)
        begin, end = ({"value": self._instant(each), "format": "RFC3339"} for each in step.minutes)
        north, east = self._moved
        corners = [{"lat": lat + north, "lng": lng + east} for lat, lng in self._scenario.places[step.place]]
        volume = {"outline_polygon": {"vertices": corners}, "altitude_lower": low, "altitude_upper": high}
        body: dict[str, Any] = {
            "extents": [{"volume": volume, "time_start": begin, "time_end": end}],
            "key": [self._ovns[each] for each in step.knowing],
            "state": "Accepted",
            "uss_base_url": url,
        }
        if step.subscribe:
            body["new_subscription"] = {"uss_base_url": url}
        elif step.change in self._subscriptions:
            body["subscription_id"] = self._subscriptions[step.change]
        return body

    def _instant(self, minutes: float) -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._now + 60 * minutes))

    def _compare(self, step: Step, answer: httpx.Response) -> None:
        if answer.status_code != step.answer:
            raise Unexpected(f"{step.says}: expected {step.answer}, got {answer.status_code} {answer.text}")
        body = answer.json()
        missing = {each["id"] for each in body.get("missing_operational_intents", [])}
        if missing != {self._ids[each] for each in step.missing}:
            raise Unexpected(f"{step.says}: expected {step.missing} to be missing, got {missing}")
        told = {one["subscription_id"] for each in body.get("subscribers", []) for one in each["subscriptions"]}
        absent = {self._subscriptions[each] for each in step.tells} - told
        if absent:
            raise Unexpected(f"{step.says}: subscriptions {absent} were not told")
