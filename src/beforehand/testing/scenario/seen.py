"""Verdicts from what givers and addressees may read of their notices, where the journal itself cannot be read.

Worded as those of `verdicts`, in the order of their times; what only an entry says (who asked for advice, what was met of the
other's) is not among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from beforehand.testing.scenario.names import Names
from beforehand.testing.scenario.player import Played
from beforehand.testing.scenario.times import window
from beforehand.testing.scenario.verdicts import Verdict, of_answer
from beforehand.wire.f3548.times import parse_time

_AT = re.compile(r" \((\d{4}-\d\d-\d\dT[^)]*Z)\)$")
_OF_VERSION = re.compile(r"version (\d+): (.*)")
_STAGES = {"delivered": "H5.1", "seen": "H5.2", "understood": "H5.3", "disseminated": "H5.4"}


def verdicts_seen(played: Played, views: dict[str, dict[str, Any]]) -> list[Verdict]:
    """All of them, by time."""
    found: list[Verdict] = []
    for did in played.did:
        found += [Verdict(*said, did.at_us) for said in of_answer(did, played.names)]
    for knows in played.knows:
        view = views.get(knows.notice.id or "")
        if knows.viewer == knows.notice.party and view is not None:
            found += _of_notice(view, knows.knew, played.names.label(knows.notice), played.names)
    return sorted(found, key=lambda each: each.at_us)


def _of_notice(view: dict[str, Any], knew: dict[str, Any], label: str, names: Names) -> Iterator[Verdict]:
    received = {each["version"]: parse_time(each["received"]) for each in view["versions"]}
    newest = max(received.values(), default=0)
    for version in view["versions"]:
        yield from _version(version, f"{label}, version {version['version']}", names)
    for told in view["told"]:
        yield from _told(told, f"{label}, version {told['version']} to {told['party']}", names)
    for party in knew["parties"]:
        yield from _read_backs(party, label)
        for said in party["conflicts"]:
            number, conflict = _of_one_version(said)
            yield Verdict("H4.8", f"{label}, version {number}", conflict, received.get(number, newest))
    for relay, said in zip(view["relays"], knew["relays"], strict=False):
        number, _ = _of_one_version(said)
        beside = f", beside its zone {names.label_of(relay['beside_zone'])}" if relay["beside_zone"] else ""
        by = f" by {relay['by']}" if relay["by"] else ""
        value = f"{relay['status']} to {relay['nonparty']}{beside}{by}"
        yield Verdict("H1.2", f"{label}, version {number}", value, received.get(number, newest))
    for warned in view["zone_warnings"]:
        of = f" of {warned['nonparty']}" if warned["nonparty"] else ""
        when = window(_us(warned["start"]), _us(warned["end"]))
        what = f"{warned['kind']} {names.label_of(warned['id'])} in active zone {names.label_of(warned['zone'])}{of}: {when}"
        yield Verdict("H6.4", f"{label}, version {view['version']} to {warned['party']}", what, newest)
    for each in view["objections"]:
        at_us = received.get(each["version"], newest)
        due = f", answer due {each['deadline']}" if each["deadline"] else ""
        yield Verdict("H5.5", f"{label}, version {each['version']}", f"{each['kind']} by {each['party']}{due}", at_us)
        if each["answer"]:
            yield Verdict("H4.12", label, f"{view['giver']} answers {each['party']}: {each['answer']}", at_us)
    yield Verdict("H4", label, view["state_in_words"], _AT_LAST_US)


def _of_one_version(said: str) -> tuple[int, str]:
    found = _OF_VERSION.fullmatch(said)
    return (int(found[1]), found[2]) if found is not None else (1, said)


def _us(said: str | None) -> int | None:
    return None if said is None else parse_time(said)


#: Later than all else.
_AT_LAST_US = 1 << 60


def _version(version: dict[str, Any], of: str, names: Names) -> Iterator[Verdict]:
    at_us = parse_time(version["received"])
    yield Verdict("H4.1", of, f"given aware of {version['aware_of']}, UNAWARE OF {version['unaware_of']}", at_us)
    lead = version["lead"] or "no window said yet"
    yield Verdict("H4.2", of, f"notice lead {lead}", at_us)
    if version["emergency"]:
        yield Verdict("H4.4", of, f"EMERGENCY ({lead})", at_us)
    for mark in version["marks"]:
        where = f", volume {mark['volume']}" if mark["volume"] else ""
        contradictory = "CONTRADICTORY: " if mark["rule"] == "H4.4" else ""
        yield Verdict(mark["rule"], of, f"{contradictory}{mark['kind']}{where}", at_us)
    yield Verdict("H4.10", of, version["kind"], at_us)
    for terms in version["terms"]:
        to = f" to {terms['party']}" if terms.get("party") else ""
        for row in terms["rows"]:
            why = f" (by {row['by']})" if row.get("by") else f" ({row['why']})" if row.get("why") else ""
            said = f"{row['term']}: {row['value']}{why}"
            yield Verdict("H4.3", f"{of}{to}; agreement {names.label_of(terms['agreement'])}", said, at_us)


def _told(told: dict[str, Any], of: str, names: Names) -> Iterator[Verdict]:
    at_us = parse_time(told["told"])
    numbers = ", ".join(map(str, told["volumes"])) or "none"
    yield Verdict("H4.7", of, f"told volumes {numbers}: {names.told('; '.join(told['why']))}", at_us)
    if told["handed_out"]:
        yield Verdict("H5.1", of, "handed out", parse_time(told["handed_out"]))
    for name, rule in _STAGES.items():
        if told[name]:
            how = told["how"].get(name.upper())
            yield Verdict(rule, of, name.upper() + (f" ({how})" if how else ""), parse_time(told[name]))
    if told["seen"] or told["understood"]:
        stage = "understood" if told["understood"] else "seen"
        said = f"usable warning {told['usable_warning']}, by {stage.upper()}"
        yield Verdict("H4.2", of, said, parse_time(told[stage]))
    for stage in told["missed"]:
        due = told["deadlines"].get(stage)
        yield Verdict("H5.6", of, f"{stage} missed: was due {due}", at_us if due is None else parse_time(due))


def _read_backs(party: dict[str, Any], label: str) -> Iterator[Verdict]:
    for receipt in party["receipts"]:
        of = f"{label}, version {receipt['version']} to {party['party']}"
        for said in receipt["read_backs"]:
            at = _AT.search(said)
            at_us = parse_time(receipt["told"]) if at is None else parse_time(at[1])
            bare = _AT.sub("", said)
            number, colon, how = bare.partition(": ")
            value = f"read-back {number} {how}" if colon and number.isdecimal() else bare
            yield Verdict("H3.2" if bare.startswith("PHRASE") else "H5.3", of, value, at_us)
