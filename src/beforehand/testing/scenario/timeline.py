"""What happened, in time: every act with its answer, and what the clock did by itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from msgspec import UNSET, Struct

from beforehand.core.hotline import events as e
from beforehand.testing.scenario.names import Names
from beforehand.testing.scenario.player import Did, Played
from beforehand.testing.scenario.times import clock
from beforehand.testing.scenario.world import Entry

CLOCK = "the clock"
_FRACTION = re.compile(r"(\d\d:\d\d:\d\d)\.\d+Z")


class Happened(Struct, frozen=True):
    """One line: when, who, what, of what, and what came of it."""

    at: str
    by: str
    do: str
    subject: str
    says: str


def timeline(played: Played, journal: Sequence[Entry]) -> list[Happened]:
    """Acts where they stand among the entries, and between them what the clock did."""
    found: list[Happened] = []
    at = 0
    for entry in journal:
        while at < len(played.did) and played.did[at].mark <= entry.seq:
            found.append(happened(played.did[at], played.names))
            at += 1
        if entry.time_us <= played.end_us:
            ticked = _ticked(entry, played.names)
            if ticked is not None:
                found.append(ticked)
    return found + [happened(did, played.names) for did in played.did[at:]]


def happened(did: Did, names: Names) -> Happened:
    """The line of one act."""
    subject = "" if did.about is None else names.label(did.about)
    return Happened(
        clock(did.at_us), f"{did.party}/{did.name}", did.do, subject, without_fractions(names.told(_says(did)))
    )


def without_fractions(text: str) -> str:
    """Times in a text to the second: entries of one moment are stamped a microsecond apart."""
    return _FRACTION.sub(r"\1Z", text)


def _ticked(entry: Entry, names: Names) -> Happened | None:
    event, at = entry.event, clock(entry.time_us)
    if isinstance(event, e.NoticeMoved) and event.by is UNSET:
        return Happened(at, CLOCK, event.event, names.label_of(event.notice), event.state.replace("_", " "))
    if isinstance(event, e.AgreementMoved) and event.by is UNSET:
        return Happened(at, CLOCK, event.event, names.label_of(event.agreement), event.state.replace("_", " "))
    if isinstance(event, e.DeadlineMissed):
        return Happened(at, CLOCK, "deadline", names.label_of(event.notice), f"{event.what} of {event.party} missed")
    if isinstance(event, e.ReadBackLapsed):
        return Happened(at, CLOCK, "deadline", names.label_of(event.notice), f"read-back of {event.party} not answered")
    return None


def _says(did: Did) -> str:
    """An answer in a few words."""
    body = did.reply.body
    if did.refused is not None:
        return f"refused ({did.refused}): {body.get('detail', '')}"
    wording = _WORDS.get(did.do)
    if wording is not None:
        return str(wording(body))
    return f"version {body['version']}" if body.get("version") else "done"


def _shown(body: dict[str, Any]) -> str:
    view = body["view"]
    handed = " (handed out)" if body.get("document") is not None else ""
    return f"version {view['version']}, {view['state_in_words']}{handed}"


def _count(name: str) -> Any:
    return lambda body: f"{len(body[name])} {name}"


_WORDS: dict[str, Any] = {
    "notice show": _shown,
    "notice list": _count("notices"),
    "party list": _count("parties"),
    "agreement list": _count("agreements"),
    "zone list": _count("zones"),
    "movement list": _count("movements"),
    "agreement show": lambda body: str(body["state"]),
    "notice advice": lambda body: str(body["words"]),
    "notice try": lambda body: f"notice lead {body['trial']['lead'] or 'not said'}; {body['words']}",
    "phrase": lambda body: f"{body['phrase']}: {body['spelled']}",
    "phrase show": lambda body: f"{body['phrase']}: {body['spelled']}",
    "receipt open": lambda body: f"read back {body['asked']} of volumes {', '.join(map(str, body['volumes']))}",
    "receipt answer": lambda body: "right" if body["right"] else f"wrong: {', '.join(body['wrong'])}",
    "receipt voice": lambda body: "right" if body["right"] else f"wrong: {', '.join(body['wrong'])}",
    "knew": lambda body: f"as of {body['at']}: {body['state']}",
    "party invite": lambda body: "invited",
}
