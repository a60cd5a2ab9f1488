"""`beforehand knew`: what each side knew of a notice at an instant (H8.1), from a server or from a copy of the journal."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from msgspec import ValidationError, to_builtins

from beforehand.cli.errors import CommandError, UsageError
from beforehand.cli.hotline.asking import ID_LENGTH, PREFIX_MIN, READING, Reading, connected
from beforehand.cli.hotline.shown import line, moment, words_of
from beforehand.cli.hotline.values import time

#: Entries read at once, and the longest line of a journal in JSON.
CHUNK, LINE_MAX = 256, 1 << 20

#: Times within what is told in words.
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")

Fact = tuple[int, dict[str, Any]]


def knew(
    notice: Annotated[str, Parameter(help="The notice: its id, or the first characters of it, at least 4.")],
    /,
    *,
    at: Annotated[
        str | None,
        Parameter(
            allow_leading_hyphen=True,
            show_default=False,
            help="At which instant: RFC 3339, HH:MM today, -10min; now if not given.",
        ),
    ] = None,
    data_dir: Annotated[
        Path | None, Parameter(show_default=False, help="Offline: from the journal in a server's data directory.")
    ] = None,
    journal: Annotated[
        str | None,
        Parameter(
            allow_leading_hyphen=True,
            show_default=False,
            help="Offline: from JSON lines of `beforehand journal tail --json`, a file or -.",
        ),
    ] = None,
    viewer: Annotated[
        str | None,
        Parameter(name="--as", show_default=False, help="Offline: as this party may see it; all of it if not given."),
    ] = None,
    reading: Reading = READING,
) -> int:
    """Say what each side knew of a notice at an instant: told, delivered, seen, understood, relayed, conflicts, deadlines.

    beforehand knew 6f1c --at 18:39
    beforehand knew 6f1c --at 2027-01-15T18:39:00Z --data-dir data
    """
    if data_dir is not None and journal is not None:
        raise UsageError("Give --data-dir or --journal, not both.")
    instant = None if at is None else time(at, "--at")
    if data_dir is None and journal is None:
        if viewer is not None:
            raise UsageError("--as is for a copy of the journal: a server answers as the party that you are.")
        with connected(reading) as line_:
            answer = line_.hotline.read(f"/knew/{line_.notice(notice)}", at=instant)
    else:
        answer = _offline(
            _of_folder(data_dir) if data_dir is not None else _of_lines(str(journal)), notice, instant, viewer
        )
    print(json.dumps(answer) if reading.as_json else shown(answer))
    return 0


def _offline(facts: Iterable[Fact], notice: str, instant: str | None, viewer: str | None) -> dict[str, Any]:
    """From facts alone, by the very function that the server uses. Raises CommandError."""
    from beforehand.core.hotline.audience import ALL
    from beforehand.core.hotline.knew import what_was_known
    from beforehand.core.machine import read_event
    from beforehand.wire.f3548.times import parse_time

    said = notice.strip().lower()
    if len(said) < PREFIX_MIN:
        raise UsageError(f"{said!r} is too short for a notice: give at least {PREFIX_MIN} characters of its id.")
    about = [(time_us, fact) for time_us, fact in facts if _notice_of(fact).startswith(said)]
    named = list(dict.fromkeys(_notice_of(fact) for _time, fact in about))
    if len(named) > 1:
        raise CommandError(
            f"{len(named)} notices begin with {said}: give more of the one that you mean.\n  " + "\n  ".join(named[:10])
        )
    at_us = parse_time(instant) if instant is not None else int(datetime.now(UTC).timestamp() * 1_000_000)
    try:
        events = [(time_us, read_event(json.dumps(fact).encode())) for time_us, fact in about]
    except ValidationError as error:
        raise CommandError(
            f"An entry about this notice is not known to this version: {error}. Use the version that wrote it."
        ) from None
    found = what_was_known(events, named[0], at_us, viewer or ALL) if named else None
    if found is None:
        when = moment(instant) if instant is not None else "now"
        raise CommandError(f"At that time ({when}) this journal held no notice that begins with {said}.")
    answer: dict[str, Any] = to_builtins(found)
    return answer


def _notice_of(fact: dict[str, Any]) -> str:
    """The notice that a fact is about, or nothing."""
    id_ = fact.get("notice") or (fact.get("id") if fact.get("type") == "meet.looked" else None)
    return id_ if isinstance(id_, str) and len(id_) == ID_LENGTH else ""


def _of_folder(folder: Path) -> Iterator[Fact]:
    from beforehand.cli.journal import described
    from beforehand.cli.journal_file import reading as reading_journal
    from beforehand.wire.f3548.times import parse_time

    seq = 0
    with reading_journal(folder) as opened:
        while entries := opened.read(seq, CHUNK):
            for entry in entries:
                said = described(entry, seq)
                yield parse_time(said["time"]), said["facts"]
                seq += 1


def _of_lines(name: str) -> Iterator[Fact]:
    from beforehand.wire.f3548.times import parse_time

    last: int | None = None
    try:
        with sys.stdin.buffer if name == "-" else Path(name).open("rb") as opened:
            for number, text in enumerate(iter(lambda: opened.readline(LINE_MAX), b""), 1):
                try:
                    entry = json.loads(text)
                    seq, time_us, facts = int(entry["seq"]), parse_time(entry["time"]), dict(entry["facts"])
                except (ValueError, KeyError, TypeError, RecursionError) as error:
                    raise CommandError(
                        f"{name}, line {number}, is no entry as `beforehand journal tail --json` prints it ({error})."
                    ) from None
                if last is not None and seq <= last:
                    raise CommandError(
                        f"{name}, line {number}: entry {seq} comes after {last}; entries must be in their order."
                    )
                if seq != (0 if last is None else last + 1):
                    # What is not there cannot be judged: it is said, and what is there is shown.
                    missing = f"{0 if last is None else last + 1} to {seq - 1}"
                    print(
                        f"beforehand: entries {missing} are missing: what they say of the notice is not in this answer.",
                        file=sys.stderr,
                    )
                last = seq
                yield time_us, facts
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from None


def shown(answer: dict[str, Any]) -> str:
    """In words; what is not recorded yet is said as such, and nothing is added up."""
    seen_as = "all of the record" if answer["viewer"] == "*" else f"as {answer['viewer']} may see it"
    lines = [f"NOTICE {answer['notice']}", line("at", f"{moment(answer['at'])}, {seen_as}")]
    lines.append(line("given by", f"{answer['giver']}, then {words_of(answer['state'] or 'not known')}"))
    for each in answer["versions"]:
        signed = "signed" if each["signed"] else "unsigned, by the node's word"
        emergency = ", EMERGENCY" if each["emergency"] else ""
        rows = [
            f"received {moment(each['received'])}, {each['kind']}, {signed}",
            f"notice lead {each['lead'] or 'cannot be said'}{emergency}",
        ]
        rows.append(f"its giver had been shown {each['aware_of']} notices of others, UNAWARE OF {each['unaware_of']}")
        rows += [f"asked: {words_of(mark)}" for mark in each["marks"]]
        lines.append(line(f"version {each['version']}", "\n".join(rows)))
    for each in answer["terms"]:
        about = f", {each['party']}" if each.get("party") else ""
        head = f"version {each['version']}, agreement {each['agreement'][:8]}{about}: "
        lines.append(line("terms", head + "; ".join(f"{row['term']} {row['value']}" for row in each["rows"])))
    lines += [line("relay", each) for each in answer["relays"]]
    for party in answer["parties"]:
        lines += _party(party, party["party"] == answer["giver"])
    return _TIME.sub(lambda found: moment(found[0]), "\n".join(lines))


def _party(party: dict[str, Any], gave: bool) -> list[str]:
    lines = [f"{party['party']}{', who gave it' if gave else ''}"]
    if not gave:
        picture = ", ".join(map(str, party["picture"])) or "none"
        lines.append(line("  picture", f"version {picture} had to be reckoned with"))
    for each in party["receipts"]:
        rows = [f"told {moment(each['told'])}, volume {', '.join(map(str, each['volumes']))}"]
        rows.append(f"handed out {moment(each['handed_out']) if each['handed_out'] else 'not yet'}")
        for stage in ("delivered", "seen", "understood", "disseminated"):
            how = each["how"].get(stage.upper())
            rows.append(
                f"{stage.upper()} {moment(each[stage]) if each[stage] else 'not yet'}{f' ({how})' if how else ''}"
            )
        rows.append(f"usable warning {each['usable_warning'] or 'none'}")
        rows += [f"read-back {said}" for said in each["read_backs"]]
        if each["who_of_ours"]:
            rows.append(f"who of ours: {each['who_of_ours']}")
        rows += [f"MISSED {said}" for said in each["missed"]]
        lines.append(line(f"  version {each['version']}", "\n".join(rows)))
    for label, name in (("conflicts", "conflicts"), ("zones", "zone_warnings"), ("objections", "objections")):
        lines += [line(f"  {label}", said) for said in party[name]]
    lines.append(line("  duty", party["duty"]))
    lines.append(line("  channel", party["channel"]))
    return lines
