"""The check phrase (H3.2) as both ends find it: in the document, or from the notice and the pair's value of the day."""

from __future__ import annotations

from typing import Any

from beforehand.airspace.volume import Circle, Polygon, Volume
from beforehand.core.hotline.phrase import phrase, spelled
from beforehand.testing.scenario.world import Reply
from beforehand.wire.f3548.times import parse_time


def phrase_in(document: dict[str, Any]) -> dict[str, Any]:
    """As an addressee reads it."""
    return _said(document["version"], document["phrase"])


def phrase_for_giver(shown: dict[str, Any], party: str, day_value: str) -> Reply:
    """As the giver works it out for one addressee, over exactly the volumes that it was told."""
    view = shown["view"]
    told = [each for each in view["told"] if each["party"] == party and each["version"] == view["version"]]
    if not told or shown.get("content") is None:
        detail = f"{party} was not told version {view['version']}: there is no phrase to compare."
        return Reply(404, {"reason": "not_found", "detail": detail})
    by_number = {each["number"]: each for each in shown["content"]["volumes"]}
    volumes = [_volume(by_number[number]) for number in told[-1]["volumes"]]
    return Reply(200, _said(view["version"], phrase(day_value, view["category"], view["version"], volumes)))


def _said(version: int, text: str) -> dict[str, Any]:
    return {"version": version, "phrase": text, "spelled": spelled(text)}


def _volume(shown: dict[str, Any]) -> Volume:
    """A volume from how it is shown: degrees are those of the grid, so nothing is lost."""
    place: Circle | Polygon | None = None
    if shown.get("circle"):
        lat, lng, radius_m = shown["circle"]
        place = Circle(_e7(lat), _e7(lng), round(radius_m * 1000))
    elif shown.get("outline"):
        ring = shown["outline"]["coordinates"][0]
        place = Polygon(tuple((_e7(lat), _e7(lng)) for lng, lat in ring[:-1]))
    return Volume(place, shown["lower_mm"], shown["upper_mm"], _us(shown["from"]), _us(shown["to"]))


def _e7(degrees: float) -> int:
    return round(degrees * 1e7)


def _us(said: str | None) -> int | None:
    return None if said is None else parse_time(said)
