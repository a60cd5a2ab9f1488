"""Requests as clients write them, each at a place and a time of its own, and the answers that were expected."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

SC = "utm.strategic_coordination"
CM = "utm.constraint_management"
CP = "utm.constraint_processing"
CMSA = "utm.conformance_monitoring_sa"
AA = "utm.availability_arbitration"
ALL = (SC, CM, CP, CMSA, AA)

INTENTS = "/dss/v1/operational_intent_references"
CONSTRAINTS = "/dss/v1/constraint_references"
SUBSCRIPTIONS = "/dss/v1/subscriptions"
AVAILABILITY = "/dss/v1/uss_availability"
REPORTS = "/dss/v1/reports"

URL = "https://uss.example.com/a"
NO_SUBSCRIPTION = "00000000-0000-4000-8000-000000000000"
HIDDEN = "Available from USS"

Json = dict[str, Any]


def now() -> datetime:
    return datetime.now(UTC)


def minutes(count: float) -> datetime:
    """So many minutes from now."""
    return now() + timedelta(minutes=count)


def text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def moment(time: Json) -> datetime:
    assert time["format"] == "RFC3339"
    assert time["value"].endswith("Z")
    return datetime.fromisoformat(time["value"])


def new_id() -> str:
    return str(uuid.uuid4())


class Places:
    """Squares of some 2 km that share no cell with each other."""

    def __init__(self) -> None:
        self._numbers = itertools.count()

    def take(self) -> Place:
        row, column = divmod(next(self._numbers), 600)
        return Place(-40 + row * 0.3, -160 + column * 0.5)


class Place:
    """A square of 0.02 degrees with its south-west corner here."""

    def __init__(self, lat: float, lng: float) -> None:
        self.lat = lat
        self.lng = lng

    def east(self, degrees: float) -> Place:
        return Place(self.lat, self.lng + degrees)

    def polygon(self, size: float = 0.02) -> Json:
        corners = ((0, 0), (0, size), (size, size), (size, 0))
        return {"vertices": [{"lat": self.lat + south, "lng": self.lng + east} for south, east in corners]}

    def circle(self, radius_m: float = 100) -> Json:
        return {"center": {"lat": self.lat + 0.01, "lng": self.lng + 0.01}, "radius": {"value": radius_m, "units": "M"}}


def altitude(metres: float) -> Json:
    return {"value": metres, "reference": "W84", "units": "M"}


def volume(
    place: Place | Json,
    start: datetime | None = None,
    end: datetime | None = None,
    band: tuple[float, float] | None = (50, 120),
) -> Json:
    """A Volume4D over a place, or over a Volume3D's outline given as JSON. Times and band may be left out."""
    space = {"outline_polygon": place.polygon()} if isinstance(place, Place) else dict(place)
    if band is not None:
        space |= {"altitude_lower": altitude(band[0]), "altitude_upper": altitude(band[1])}
    body: Json = {"volume": space}
    for name, at in (("time_start", start), ("time_end", end)):
        if at is not None:
            body[name] = {"value": text(at), "format": "RFC3339"}
    return body


def soon(
    place: Place | Json, first: float = 10, last: float = 40, band: tuple[float, float] | None = (50, 120)
) -> Json:
    """A volume from `first` to `last` minutes from now."""
    return volume(place, minutes(first), minutes(last), band)


def intent(*extents: Json, **more: Any) -> Json:
    """The body of a planned intent; what is given as None is left out."""
    body = {"extents": list(extents), "key": [], "state": "Accepted", "uss_base_url": URL} | more
    return {name: value for name, value in body.items() if value is not None}


def implicit(url: str = URL, **more: Any) -> Json:
    return {"uss_base_url": url} | more


def constraint(*extents: Json, **more: Any) -> Json:
    return {"extents": list(extents), "uss_base_url": URL} | more


def subscription(extents: Json, **more: Any) -> Json:
    body = {"extents": extents, "uss_base_url": URL, "notify_for_operational_intents": True} | more
    return {name: value for name, value in body.items() if value is not None}


class Asker:
    """A party's client, with the operations by name. Each asserts the status it got."""

    def __init__(self, client: httpx.Client, subject: str) -> None:
        self.http = client
        self.subject = subject

    def ask(self, method: str, path: str, status: int, body: Any = None) -> Json:
        answer = self.http.request(method, path, json=body)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        assert answer.headers["content-type"].startswith("application/json")
        found: Json = answer.json()
        return found

    def put_intent(self, body: Json, id_: str | None = None, ovn: str | None = None, status: int | None = None) -> Json:
        path = f"{INTENTS}/{id_ or new_id()}" + ("" if ovn is None else f"/{ovn}")
        return self.ask("PUT", path, status or (201 if ovn is None else 200), body)

    def plan(self, body: Json) -> Json:
        """Create an intent; returns its reference."""
        reference: Json = self.put_intent(body)["operational_intent_reference"]
        return reference

    def change(self, reference: Json, body: Json) -> Json:
        """Change an intent; returns its new reference."""
        changed: Json = self.put_intent(body, reference["id"], reference["ovn"])["operational_intent_reference"]
        return changed

    def intent(self, id_: str, status: int = 200) -> Json:
        answer = self.ask("GET", f"{INTENTS}/{id_}", status)
        return answer["operational_intent_reference"] if status == 200 else answer

    def end_intent(self, reference: Json, status: int = 200) -> Json:
        return self.ask("DELETE", f"{INTENTS}/{reference['id']}/{reference['ovn']}", status)

    def intents(self, area: Json, status: int = 200) -> Any:
        answer = self.ask("POST", f"{INTENTS}/query", status, {"area_of_interest": area})
        return answer["operational_intent_references"] if status == 200 else answer

    def put_constraint(
        self, body: Json, id_: str | None = None, ovn: str | None = None, status: int | None = None
    ) -> Json:
        path = f"{CONSTRAINTS}/{id_ or new_id()}" + ("" if ovn is None else f"/{ovn}")
        return self.ask("PUT", path, status or (201 if ovn is None else 200), body)

    def constrain(self, body: Json) -> Json:
        reference: Json = self.put_constraint(body)["constraint_reference"]
        return reference

    def constraint(self, id_: str, status: int = 200) -> Json:
        answer = self.ask("GET", f"{CONSTRAINTS}/{id_}", status)
        return answer["constraint_reference"] if status == 200 else answer

    def end_constraint(self, reference: Json, status: int = 200) -> Json:
        return self.ask("DELETE", f"{CONSTRAINTS}/{reference['id']}/{reference['ovn']}", status)

    def constraints(self, area: Json, status: int = 200) -> Any:
        answer = self.ask("POST", f"{CONSTRAINTS}/query", status, {"area_of_interest": area})
        return answer["constraint_references"] if status == 200 else answer

    def put_subscription(
        self, body: Json, id_: str | None = None, version: str | None = None, status: int = 200
    ) -> Json:
        path = f"{SUBSCRIPTIONS}/{id_ or new_id()}" + ("" if version is None else f"/{version}")
        return self.ask("PUT", path, status, body)

    def subscribe(self, body: Json) -> Json:
        made: Json = self.put_subscription(body)["subscription"]
        return made

    def subscription(self, id_: str, status: int = 200) -> Json:
        answer = self.ask("GET", f"{SUBSCRIPTIONS}/{id_}", status)
        return answer["subscription"] if status == 200 else answer

    def end_subscription(self, made: Json, status: int = 200) -> Json:
        return self.ask("DELETE", f"{SUBSCRIPTIONS}/{made['id']}/{made['version']}", status)

    def subscriptions(self, area: Json, status: int = 200) -> Any:
        answer = self.ask("POST", f"{SUBSCRIPTIONS}/query", status, {"area_of_interest": area})
        return answer["subscriptions"] if status == 200 else answer


def told(answer: Json) -> dict[str, int]:
    """Whom an answer names to be told: subscription id -> notification index."""
    return {
        each["subscription_id"]: each["notification_index"]
        for subscriber in answer["subscribers"]
        for each in subscriber["subscriptions"]
    }


def ids(references: list[Json]) -> set[str]:
    return {reference["id"] for reference in references}
