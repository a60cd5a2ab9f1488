"""Looking at notices: the list, one of them, and its receipts as they come in."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from beforehand.cli.errors import CommandError
from beforehand.cli.hotline.asking import READING, Line, Reading, connected
from beforehand.cli.hotline.shown import loud, moment, table, window, words_of
from beforehand.client.hotline_errors import HotlineError
from beforehand.client.hotline_session import remember

Notice = Annotated[str, Parameter(help="The notice: its id, or the first characters of it, at least 4.")]

#: Seconds between two looks of `follow`.
EVERY_S = 1.0
#: Reasons after which it is worth looking again.
PASSING = ("no_answer", "not_connected", "not_done", "outcome_unknown")
#: States in which nobody will understand any more.
ENDED = ("clear", "withdrawn", "not_flown", "lapsed")


def register(app: App) -> None:
    """Add the commands of this module."""
    app.command(list_, name="list")
    app.command(show)
    app.command(follow)


def list_(
    *,
    every: Annotated[bool, Parameter(name="--all", negative=(), show_default=False, help="Also what is over.")] = False,
    reading: Reading = READING,
) -> int:
    """Notices that you gave or were told of."""
    with connected(reading) as line:
        rows = line.rows(live=not every)
    if reading.as_json:
        print(json.dumps({"notices": rows}))
        return 0
    shown = []
    for row in rows:
        said = "being read back, blind" if row.get("reading_back") else window(row["opens"], row["ends"])
        fetched = "" if row["handed_out"] else "NOT FETCHED"
        lead = f"lead {row['lead']}" if row["lead"] else ""
        shown.append(
            (
                row["notice"][:8],
                row["giver"],
                words_of(row["state"]),
                words_of(row["category"]),
                f"v{row['version']}",
                said,
                lead,
                fetched,
            )
        )
    print(
        table(shown) if shown else "No notices." if every else "No notices that are not over (--all shows those, too)."
    )
    return 0


def show(
    notice: Notice,
    /,
    *,
    version: Annotated[int | None, Parameter(show_default=False, help="Another version than the newest.")] = None,
    save: Annotated[
        Path | None,
        Parameter(
            show_default=False,
            help="Save the document you were told, byte for byte: for `phrase --file` without a network.",
        ),
    ] = None,
    receipt: Annotated[
        bool,
        Parameter(negative="--no-receipt", show_default=False, help="Do not say that this machine has it (DELIVERED)."),
    ] = True,
    reading: Reading = READING,
) -> int:
    """Show a notice. One told to you is fetched and said to be DELIVERED: your machine has it; never that you saw it."""
    from beforehand.cli.hotline.notice_shown import part, whole
    from beforehand.cli.hotline.phrases import document_in, of_document, of_given

    with connected(reading) as line:
        id_ = line.notice(notice)
        answer = line.hotline.read(f"/notices/{id_}", version=version)
        line.shown += (id_,)
        document, view = answer.get("document"), answer["view"]
        if save is not None:
            _save(save, document)
        delivered = _deliver(line, id_, document, view) if receipt and document is not None else False
        if reading.as_json:
            print(json.dumps(answer))
            return 0
        if document is not None:
            told, _data = document_in(document.encode())
            print(part(view, told, of_document(told)))
            if delivered:
                print("DELIVERED was sent: this machine has it.")
            _say_next(view)
        else:
            other = version is not None and version != view["version"]
            if other:
                print(f"Words and volumes below are those of version {version}.")
            print(whole(view, answer.get("content"), [] if other else of_given(line, answer)))
            _say_answer(line, view)
    return 0


def _save(file: Path, document: str | None) -> None:
    if document is None:
        raise CommandError(
            "There is no document to save: it is made for those who are told. `--json` shows what you may see."
        )
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
            opened.write(document.encode())
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}.") from None


def _deliver(line: Line, notice: str, document: str, view: Mapping[str, Any]) -> bool:
    """Name the hash of what came back, once for each version (H5.1), and write that into the view."""
    version = json.loads(document)["version"]
    telling = next((each for each in view["told"] if each["version"] == version), None)
    if telling is None or telling["delivered"] is not None:
        return False
    digest = sha256(document.encode()).hexdigest()
    try:
        done = line.hotline.act("receipt delivered", {"notice": notice, "hash": digest, "version": version})
        telling["delivered"] = done["time"]
    except HotlineError as error:
        if error.reason != "received_already":
            raise
    return True


def _say_answer(line: Line, view: Mapping[str, Any]) -> None:
    if view["giver"] == line.session.party and any(each["answer"] is None for each in view["objections"]):
        choices = 'withdrawn|amended|"noted, goes ahead"'
        print(f"next          beforehand notice answer {view['notice'][:8]} --answer {choices} --text WORDS")


def _say_next(view: Mapping[str, Any]) -> None:
    short = view["notice"][:8]
    telling = view["told"][-1] if view["told"] else None
    if telling is None or view["state"] in ENDED:
        return
    if telling["seen"] is None:
        print(f"next          you have seen it: beforehand receipt seen {short}")
    if telling["understood"] is None:
        print(f"next          read it back: beforehand receipt read-back {short}")
    elif telling["read_back"]["state"] == "understood":
        print(f'next          who of yours is in it: beforehand receipt who {short} none|some|"not known"')


def follow(
    notice: Notice,
    /,
    *,
    until_understood: Annotated[
        bool, Parameter(negative=(), show_default=False, help="Stop when everybody who was told has understood.")
    ] = False,
    reading: Reading = READING,
) -> int:
    """Show receipts as they come in: looks every second, prints what changed, until Ctrl-C.

    With --until-understood, exit status 1 if the notice is over before all have understood.
    """
    with connected(reading) as line:
        id_ = line.notice(notice)
        line.shown += (id_,)
        before: dict[str, str] = {}
        away = False
        while True:
            try:
                view = line.hotline.read(f"/notices/{id_}")["view"]
            except HotlineError as error:
                if error.reason not in PASSING:
                    raise
                if not away:
                    _print_change(reading, "no answer", str(error), True)
                away = True
                time.sleep(EVERY_S)
                continue
            if away:
                _print_change(reading, "no answer", "the server answers again", False)
            away = False
            now = facts(view)
            for name, said in now.items():
                if before.get(name) != said:
                    _print_change(reading, name, said, name.startswith("!"))
            if now != before:
                remember(line.file, line.hotline.seen, line.shown)
            before = now
            if until_understood and understood(view):
                return 0
            if until_understood and view["state"] in ENDED:
                raise CommandError(f"The notice is {view['state_in_words']}, and not everybody had understood it.")
            time.sleep(EVERY_S)


def _print_change(reading: Reading, name: str, said: str, is_loud: bool) -> None:
    if reading.as_json:
        print(json.dumps({"what": name.lstrip("!"), "says": said}), flush=True)
        return
    text = f"{name.lstrip('!')}: {said}"
    print(f"{datetime.now(UTC).astimezone():%H:%M:%S}  {loud(text) if is_loud else text}", flush=True)


def understood(view: Mapping[str, Any]) -> bool:
    """Whether all who were told the newest version have understood it, and it is known whom it concerns."""
    from beforehand.cli.hotline.phrases import newest_tellings

    tellings = newest_tellings(view)
    current = all(each["version"] == view["version"] for each in tellings)
    return bool(tellings) and current and view["looked"] and all(each["understood"] for each in tellings)


def facts(view: Mapping[str, Any]) -> dict[str, str]:
    """What can change, each by its name; a name that begins with ! is loud."""
    from beforehand.cli.hotline.notice_shown import overdue

    found = {
        "notice": f"{words_of(view['state'])}, version {view['version']}, notice lead {view['lead'] or 'cannot be said yet'}"
    }
    for each in view["relays"]:
        done = f" by {each['by']}, {each['how']}, {moment(each['at'])}" if each["status"] == "RELAYED" else ""
        late = ", OVERDUE" if each["overdue"] else ""
        quiet = each["status"] == "RELAYED"
        found[f"{'' if quiet else '!'}relay to {each['nonparty']}"] = f"{each['status']}{done}{late}"
    for each in view["conflicts"]:
        which = (
            "the notice as a whole" if each["volumes"] is None else f"volumes {', '.join(map(str, each['volumes']))}"
        )
        found[f"!CONFLICT, ask {each['party']}"] = which
    for each in view["told"]:
        who = f"{each['party']} version {each['version']}"
        if each["handed_out"]:
            found[f"{who} handed out"] = moment(each["handed_out"])
        for stage in ("delivered", "seen", "understood", "disseminated"):
            if each[stage]:
                usable = f", usable warning {each['usable_warning']}" if stage in ("seen", "understood") else ""
                found[f"{who} {stage.upper()}"] = moment(each[stage]) + usable
        back = each["read_back"]
        if back["tries"] or back["state"] == "open":
            found[f"{who} read-back"] = f"{words_of(back['state'])}, {back['tries']} tries, {back['wrong']} wrong"
        if each["who_of_ours"] == "answered":
            found[f"{who} who of theirs"] = "answered"
        for stage in overdue(each):
            found[f"!{who} {stage}"] = "OVERDUE"
    for each in view["objections"]:
        found[f"!{each['kind'].replace('_', ' ')} of {each['party']}"] = each["answer"] or each["state"]
    return found
