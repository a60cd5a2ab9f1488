"""A notice as a server shows it to its giver and to an addressee, and what the addressee was told."""

from __future__ import annotations

from typing import Any

from beforehand.airspace.volume import Circle, Volume
from beforehand.core.hotline.contents import Document, ToldVolume, encode
from beforehand.core.hotline.phrase import phrase

from .conftest import ID

DAY_VALUE = "0123456789abcdef" * 2
AGREEMENT = "69600161-ac5f-45b5-8b5c-75a7b94ed219"
VOLUME = Volume(
    Circle(355200000, 357700000, 9_000_000), -110_000, 6_206_000, 1_800_039_600_000_000, 1_800_040_800_000_000
)
PHRASE = phrase(DAY_VALUE, "air_operation", 1, [VOLUME])
SHOWN = {
    "number": 1, "circle": [35.52, 35.77, 9000.0], "lower_mm": -110_000, "upper_mm": 6_206_000,
    "from": "2027-01-15T19:00:00Z", "to": "2027-01-15T19:20:00Z",
}  # fmt: skip


def telling(party="TEAL", **more: Any) -> dict[str, Any]:
    return {
        "party": party, "version": 1, "volumes": [1], "why": [f"agreement {AGREEMENT}"], "told": "2027-01-15T18:39:00Z",
        "handed_out": None, "delivered": None, "seen": None, "understood": None, "disseminated": None, "how": {},
        "asked_for": ["SEEN", "UNDERSTOOD"], "deadlines": {"SEEN": "2027-01-15T18:42:00Z"}, "missed": [],
        "usable_warning": "none", "read_back": {"state": "closed", "asked": "all", "tries": 0, "wrong": 0},
        "who_of_ours": "not answered", "hash": "0" * 64,
    } | more  # fmt: skip


def view(**more: Any) -> dict[str, Any]:
    version = {
        "version": 1, "kind": "first", "received": "2027-01-15T18:39:00Z", "lead": "21 min", "opens": SHOWN["from"],
        "ends": SHOWN["to"], "emergency": False, "signed": "signed (be711c856b84bae1)", "in_picture": True, "aware_of": 0,
        "unaware_of": 0, "marks": [{"rule": "H4.6", "kind": "DECIMAL_MINUTES", "volume": 1}],
        "terms": [{"agreement": AGREEMENT, "rows": [
            {"term": "lead", "value": "not met", "by": "4 min"},
            {"term": "usable", "value": "cannot be judged", "why": "not yet understood"}]}],
    }  # fmt: skip
    return {
        "notice": ID, "giver": "GREY", "category": "air_operation", "state": "given", "state_in_words": "given",
        "deviated": False, "version": 1, "lead": "21 min", "versions": [version], "told": [telling()], "conflicts": [],
        "meetings": [], "cells_only": None, "looked": True, "relays": [], "zone_warnings": [], "objections": [],
        "notification": "A notice tells; it asks for no permission and gives none.",
    } | more  # fmt: skip


def content() -> dict[str, Any]:
    says = {"kind": "DECIMAL_MINUTES", "volume": 0, "detail": "With the decimals read as minutes, it lies at Latakia."}
    words = {"title": "evening", "where": "off Latakia", "checks": [{"rule": "H4.6", "volume": 1, "says": says}]}
    return {"words": words, "volumes": [SHOWN], "statement": None, "signature": None}


def document(**more: Any) -> str:
    told = {
        "notice": ID, "version": 1, "giver": "GREY", "category": "air_operation", "emergency": False,
        "received": "2027-01-15T18:39:00Z", "volumes": [ToldVolume(1, VOLUME)], "of_volumes": 1, "words": {"title": "evening"},
        "marks": [], "day": "2027-01-15", "day_value": DAY_VALUE, "phrase": PHRASE, "salt": "00" * 16,
    } | more  # fmt: skip
    return encode(Document(**told)).decode()
