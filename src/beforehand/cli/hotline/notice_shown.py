"""A notice in words: what is loud first, both lead times together, then row by row what is met, asked and told."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import to_builtins

from beforehand.airspace.agreeing import enclosing_circle
from beforehand.airspace.volume import Circle, Outline, OutlineError, Polygon
from beforehand.cli.hotline.phrases import Phrase, newest_tellings
from beforehand.cli.hotline.shown import height, line, loud, moment, table, window, words_of
from beforehand.core.hotline.contents import Document
from beforehand.core.hotline.instants import instant
from beforehand.wire.hotline.shapes import read_shape

#: Corners that are listed; of an outline with more, the circle round it is shown, and --json holds all.
CORNERS_SHOWN = 40
STAGES = ("delivered", "seen", "understood", "disseminated")


def alarms(view: Mapping[str, Any]) -> list[str]:
    """What must not be overlooked, the loudest first."""
    found = []
    for relay in sorted(view["relays"], key=lambda each: (each["status"] != "NOBODY RELAYS", not each["beside_zone"])):
        to = f"to {relay['nonparty']} (named by {relay['named_by']})"
        if relay["status"] == "NOBODY RELAYS":
            beside = f", BESIDE ITS ZONE {relay['beside_zone'][:8]}" if relay["beside_zone"] else ""
            found.append(loud(f"NOBODY RELAYS {to}{beside}"))
        elif relay["status"] == "NOT RELAYED":
            late = "OVERDUE, " if relay["overdue"] else ""
            by = f", by {moment(relay['deadline'])}" if relay["deadline"] else ""
            found.append(loud(f"NOT RELAYED {to}: {late}{relay['by']} is bound to{by}"))
    for warned in view["zone_warnings"]:
        of = f" of {warned['nonparty']}" if warned["nonparty"] else f" ({warned['zone'][:8]})"
        times = window(warned["start"], warned["end"])
        found.append(
            loud(f"IN AN ACTIVE ZONE{of}: {words_of(warned['kind'])} {warned['id'][:8]} of {warned['party']}, {times}")
        )
    for conflict in view["conflicts"]:
        numbers = conflict["volumes"]
        which = (
            "the notice as a whole"
            if numbers is None
            else f"volume{'s' if len(numbers) > 1 else ''} {_listed(numbers)}"
        )
        found.append(loud(f"CONFLICT, ask {conflict['party']}: {which}"))
    if view["meetings"]:
        kinds = dict.fromkeys(f"{words_of(each['kind'])} {each['id'][:8]}" for each in view["meetings"])
        found.append(loud(f"IT MEETS YOUR {', '.join(kinds)}"))
    if view["cells_only"]:
        found.append(loud(view["cells_only"]))
    if view["deviated"]:
        found.append(loud("DEVIATED: what is done lies outside what was declared"))
    for telling in newest_tellings(view):
        found += [loud(f"{telling['party']}: {stage} is OVERDUE") for stage in overdue(telling)]
    return list(dict.fromkeys(found))


def overdue(telling: Mapping[str, Any]) -> list[str]:
    """The stages whose deadline passed and that have not come since."""
    return [stage for stage in telling["missed"] if telling[stage.lower()] is None]


def _contradictions(marks: Sequence[Mapping[str, Any]]) -> list[str]:
    """What contradicts itself and went out all the same (H4.4)."""
    kinds = dict.fromkeys(words_of(mark["kind"]) for mark in marks if mark["rule"] == "H4.4")
    return [loud(f"CONTRADICTS ITSELF: {', '.join(kinds)}. Ask its giver; see `asked`")] if kinds else []


def whole(view: Mapping[str, Any], content: Mapping[str, Any] | None, phrases: Sequence[Phrase]) -> str:
    """A notice as its giver, or an observer, sees it."""
    version = next(each for each in view["versions"] if each["version"] == view["version"])
    lines = [f"NOTICE {view['notice']}  version {view['version']}  {view['state_in_words'].upper()}"]
    lines += _contradictions(version["marks"]) + alarms(view)
    emergency = f"  EMERGENCY ({version['lead']})" if version["emergency"] else ""
    lines.append(line("category", f"{words_of(view['category'])}, given by {view['giver']}{emergency}"))
    lines.append(line("window", window(version["opens"], version["ends"])))
    lines.append(line("received", f"{moment(version['received'])}, {version['signed']}"))
    if content is not None:
        lines += words_lines(content["words"])
        said = content["words"].get("volumes") or ()
        for at, each in enumerate(content["volumes"]):
            outline = read_shape(each.get("outline"), each.get("circle"), "volumes")
            lower, upper = each["lower_mm"], each["upper_mm"]
            words = said[at] if at < len(said) else None
            lines += _volume(each["number"], outline, lower, upper, each["from"], each["to"], words)
    lines += _leads(view, version, phrases)
    lines += _terms(version["terms"])
    lines += remarks(version["marks"], (content or {}).get("words", {}).get("checks"))
    if version["unaware_of"]:
        lines.append(
            line(
                "unaware",
                f"UNAWARE OF {version['unaware_of']}: notices told to you that you had not fetched when you gave it",
            )
        )
    lines += _others(view)
    return "\n".join(lines)


def part(view: Mapping[str, Any], document: Document, phrase: Phrase) -> str:
    """A notice as an addressee was told it."""
    lines = [f"NOTICE {view['notice']}  version {document.version}  {view['state_in_words'].upper()}"]
    lines += _contradictions(document.marks) + alarms(view)
    emergency = "  EMERGENCY" if document.emergency else ""
    lines.append(line("category", f"{words_of(document.category)}, given by {document.giver}{emergency}"))
    lines.append(line("received", f"{moment(document.received)} by the server"))
    lines += words_lines(document.words)
    for told in document.volumes:
        volume = told.volume
        start = None if volume.start_us is None else instant(volume.start_us)
        end = None if volume.end_us is None else instant(volume.end_us)
        lines += _volume(told.number, volume.outline, volume.lower_mm, volume.upper_mm, start, end, told.words)
    lines += remarks(document.marks, document.words.get("checks"))
    telling = newest_tellings(view)[-1] if view["told"] else None
    usable = telling["usable_warning"] if telling else "none"
    lines.append(line("lead times", f"notice lead {view['lead'] or 'cannot be said yet'}   usable warning {usable}"))
    if telling is not None:
        lines.append(line("why you", "; ".join(telling["why"])))
        lines.append(line("receipts", _receipts(telling, "who of yours")))
    lines.append(line("check phrase", f"{phrase.text}   {phrase.spoken}"))
    lines += _others(view)
    lines.append(view["notification"])
    return "\n".join(lines)


def words_lines(words: Mapping[str, Any]) -> list[str]:
    """Words as their giver said them, kept to their own lines."""
    return [line(name, words[name]) for name in ("title", "where", "text") if words.get(name)]


def remarks(marks: Sequence[Mapping[str, Any]], checks: Any) -> list[str]:
    """Contradictions, what is asked about, and words against the shape: each a question, none an answer."""
    rows = []
    details = [each for each in checks or () if isinstance(each, dict)]
    for number, mark in enumerate(marks):
        about = f"volume {mark['volume']}" if mark["volume"] else "the whole"
        kind = "CONTRADICTORY: " if mark["rule"] == "H4.4" else ""
        said = _detail(details[number].get("says")) if len(details) == len(marks) else ""
        rows.append(f"{kind}{words_of(mark['kind'])}, {about}{': ' + said if said else ''}")
    return [line("asked" if row is rows[0] else "", row) for row in rows]


def _detail(says: Any) -> str:
    if isinstance(says, str):
        return says
    if not isinstance(says, dict):
        return ""
    if says.get("detail"):
        return str(says["detail"])
    if says.get("kind") == "TEXT_NOT_READ":
        return "the words name no country or town that is known here, so they were not held against the shape"
    parts = [f"“{says['phrase']}”"] if says.get("phrase") else []
    if says.get("distance_m"):
        parts.append(f"the shape is {float(says['distance_m']) / 1000:,.1f} km from the nearest reading")
    if says.get("ratio"):
        parts.append(f"the words cover {says['ratio']} times the volume")
    tried = [
        f"{each['what']} ({'fits' if each['fits'] else f'''{float(each['distance_m']) / 1000:,.1f} km off'''})"
        for each in says.get("readings") or ()
    ]
    if tried:
        parts.append("readings tried: " + "; ".join(tried))
    return ", ".join(parts)


def _volume(
    number: int,
    outline: Outline | None,
    lower: int | None,
    upper: int | None,
    start: str | None,
    end: str | None,
    said: Any = None,
) -> list[str]:
    rows = [place(outline)] if outline is not None else ["place in words alone"]
    if isinstance(outline, Polygon):
        if len(outline.vertices) <= CORNERS_SHOWN:
            rows.append("corners " + "  ".join(_degrees(*each) for each in outline.vertices))
        with contextlib.suppress(OutlineError):
            rows.append(f"the circle round it: {place(enclosing_circle([outline]))}")
    rows.append(f"{band({'lower_mm': lower, 'upper_mm': upper})} above WGS84, as it counts")
    heights = _heights_said(said)
    if heights:
        rows.append(f"as said: {heights}")
    rows.append(window(start, end))
    return [line(f"volume {number}", "\n".join(rows))]


def place(outline: Outline) -> str:
    """A circle by its centre and radius, a polygon by the number of its corners."""
    if isinstance(outline, Circle):
        return f"centre {_degrees(outline.lat_e7, outline.lng_e7)}, radius {outline.radius_mm / 1000:,.0f} m"
    return f"outline of {len(outline.vertices)} corners"


def band(limits: Mapping[str, Any]) -> str:
    """From how low to how high."""
    low = height(limits["lower_mm"], "the ground, no lower limit")
    return f"from {low} to {height(limits['upper_mm'], 'no upper limit')}"


def spot(degrees: Sequence[float]) -> str:
    """A latitude and longitude in degrees."""
    return _degrees(*(round(each * 1e7) for each in degrees))


def _degrees(lat_e7: int, lng_e7: int) -> str:
    return (
        f"{abs(lat_e7) / 1e7:.5f} {'N' if lat_e7 >= 0 else 'S'} {abs(lng_e7) / 1e7:.5f} {'E' if lng_e7 >= 0 else 'W'}"
    )


def _heights_said(said: Any) -> str:
    if not isinstance(said, dict):
        return ""
    parts = []
    for name in ("lower", "upper"):
        limits = said.get(name)
        for each in limits if isinstance(limits, list) else [limits] if limits else []:
            reference = {"unknown": "above what was not said", "fl": ""}.get(each["reference"], each["reference"])
            qnh = f" QNH {each['qnh_hpa']}" if each.get("qnh_hpa") else ""
            unit = f"FL{each['value']}" if each["unit"] == "fl" else f"{each['value']} {each['unit']}"
            parts.append(f"{name} {unit} {reference}".strip() + qnh)
    return ", ".join(parts)


def _leads(view: Mapping[str, Any], version: Mapping[str, Any], phrases: Sequence[Phrase]) -> list[str]:
    """Both lead times, always together, and for each addressee what it was told, has, and is to read aloud."""
    lead = f"notice lead {version['lead'] or 'cannot be said yet'}"
    tellings = newest_tellings(view)
    if not tellings:
        return [line("lead times", f"{lead}   usable warning none"), line("told", loud("NOBODY WAS TOLD"))]
    lines = [
        line(
            "lead times" if telling is tellings[0] else "",
            f"{lead}   usable warning of {telling['party']}: {telling['usable_warning']}",
        )
        for telling in tellings
    ]
    by_party = {each.other: each for each in phrases}
    for telling in tellings:
        numbers = f"volume{'s' if len(telling['volumes']) > 1 else ''} {_listed(telling['volumes'])}"
        rows = [
            f"{telling['party']}  version {telling['version']}, {numbers}, {moment(telling['told'])}",
            f"because: {'; '.join(telling['why'])}",
        ]
        rows.append(_receipts(telling))
        phrase = by_party.get(telling["party"])
        if phrase is not None:
            rows.append(f"check phrase {phrase.text}   {phrase.spoken}")
        lines.append(line("told", "\n".join(rows)))
    return lines


def _receipts(telling: Mapping[str, Any], who: str = "who of theirs") -> str:
    """Each stage by itself; of one that is missing, by when it is asked for."""
    rows = [("handed out", moment(telling["handed_out"]) if telling["handed_out"] else "NOT YET")]
    for stage in STAGES:
        name = stage.upper()
        how = f" ({telling['how'][name]})" if telling["how"].get(name) else ""
        late = ", late" if name in telling["missed"] else ""
        rows.append((name, f"{moment(telling[stage])}{how}{late}" if telling[stage] else _missing(telling, name)))
    back = telling["read_back"]
    if back["tries"] or back["state"] == "open":
        tries = f"{back['tries']} {'try' if back['tries'] == 1 else 'tries'}, {back['wrong']} wrong"
        rows.append(("read-back", f"{words_of(back['state'])}, {tries} (blind on this service, no proof of memory)"))
    rows.append((who, telling["who_of_ours"]))
    return table(rows)


def _missing(telling: Mapping[str, Any], stage: str) -> str:
    if stage not in telling["asked_for"]:
        return "not yet (not asked for)"
    late = "OVERDUE, was asked for by" if stage in telling["missed"] else "not yet, asked for by"
    due = telling["deadlines"].get(stage)
    return f"{late} {moment(due)}" if due else "not yet, asked for"


def _terms(checks: Sequence[Mapping[str, Any]]) -> list[str]:
    """Row by row; there is no sum of them, and none is a permission."""
    if not checks:
        return [line("terms", "no agreement was in force for it")]
    lines = []
    for check in checks:
        head = f"agreement {check['agreement'][:8]}, " + (check.get("party") or "when it was received")
        lines.append(line("terms" if check is checks[0] else "", "\n".join([head, terms_table(check["rows"])])))
    return lines


def terms_table(rows: Sequence[Any]) -> str:
    """Each term by itself: met, not met by how much, cannot be judged and why."""
    spelled = []
    for row in map(to_builtins, rows):
        more = f"by {row['by']}" if row.get("by") else row.get("why") or ""
        value = row["value"].upper() if row["value"] == "not met" else row["value"]
        spelled.append((row["term"], value, more))
    return table(spelled, indent=2) or "  no term speaks of it"


def _others(view: Mapping[str, Any]) -> list[str]:
    rows = [
        f"{each['nonparty']}  RELAYED {moment(each['at'])} by {each['by']}, {each['how']}"
        for each in view["relays"]
        if each["status"] == "RELAYED"
    ]
    lines = [line("relays" if row is rows[0] else "", row) for row in rows]
    for each in view["conflicts"]:
        lines += [line("meets", _meeting(each["party"], met)) for met in each["meetings"]]
    lines += [line("meets yours", _meeting("", met)) for met in view["meetings"]]
    for each in view["objections"]:
        answer = (
            f"answered: {each['answer']}"
            if each["answer"]
            else f"{each['state'].upper()}" + (f", answer by {moment(each['deadline'])}" if each["deadline"] else "")
        )
        said = [f"{words_of(each['kind'])} of {each['party']}, {answer}  ({each['objection']})"]
        said += [f"in words: {each['text']}"] if each.get("text") else []
        said += [f"answer in words: {each['answer_text']}"] if each.get("answer_text") else []
        lines.append(line("objection", "\n".join(said)))
    if not view["looked"]:
        lines.append(line("meetings", "still being looked for: ask again"))
    return lines


def _meeting(party: str, met: Mapping[str, Any]) -> str:
    band = f"{height(met['lower_mm'], 'the ground')} to {height(met['upper_mm'], 'no limit')}"
    what = f"{party + ': ' if party else ''}{words_of(met['kind'])} {met['id'][:8]}"
    return f"{what}, in volume {met['volume']}, {band}, {window(met['start'], met['end'])}"


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
