"""`beforehand receipt …`: DELIVERED, SEEN, UNDERSTOOD, DISSEMINATED, four facts (H5)."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from beforehand.cli.errors import CommandError, UsageError
from beforehand.cli.hotline.asking import ASKING, READING, Asking, At, Notice, Reading, act, connected, perform
from beforehand.cli.hotline.shown import moment
from beforehand.cli.hotline.values import time
from beforehand.cli.hotline.volumes import NO_SHAPE, NO_WINDOW, Shape, Window, volumes_in

app = App("receipt", help="Receipts: DELIVERED, SEEN, UNDERSTOOD, DISSEMINATED. None follows from another.")

Version = Annotated[int | None, Parameter(show_default=False, help="Of another version than the newest.")]


@app.command
def delivered(
    notice: Notice = None,
    /,
    *,
    hash: Annotated[str | None, Parameter(show_default=False, help="SHA-256 of the document's bytes, in hex.")] = None,
    file: Annotated[
        str | None,
        Parameter(allow_leading_hyphen=True, show_default=False, help="The saved document, instead of its hash."),
    ] = None,
    version: Version = None,
    asking: Asking = ASKING,
) -> int:
    """Say that this machine has it. With neither hash nor file it is fetched first; `notice show` does the same."""
    if file is not None:
        from beforehand.cli.hotline.phrase import read_file
        from beforehand.cli.hotline.phrases import document_in

        document, data = document_in(read_file(file))
        notice, hash, version = notice or document.notice, sha256(data).hexdigest(), version or document.version
    elif hash is None and asking.body is None and notice is not None:
        with connected(asking) as line:
            notice = line.notice(notice)
            told = line.hotline.read(f"/notices/{notice}", version=version).get("document")
        if told is None:
            raise CommandError("This notice was not told to you: there is nothing to have received.")
        hash = sha256(told.encode()).hexdigest()
    fields = {"notice": notice, "hash": hash, "version": version}
    return perform("receipt delivered", asking, fields, "DELIVERED: this machine has it.")


@app.command
def seen(notice: Notice = None, /, *, version: Version = None, asking: Asking = ASKING) -> int:
    """Say that you, on duty, have opened and seen it."""
    return perform("receipt seen", asking, {"notice": notice, "version": version}, "SEEN.")


@app.command(name="open")
def open_(notice: Notice = None, /, *, asking: Asking = ASKING) -> int:
    """Begin a blind read-back without a terminal; `read-back` does all of it at one."""
    with connected(asking, "receipt open") as line:
        _body, opened = act(line, "receipt open", asking, {"notice": notice})
    if asking.as_json:
        print(json.dumps(opened))
    else:
        volumes = ", ".join(map(str, opened["volumes"]))
        print(f"OPEN until {moment(opened['until'])}: read back {opened['asked']}, of volume {volumes}.")
    return 0


@app.command
def answer(
    notice: Notice = None,
    /,
    *,
    shape: Shape = NO_SHAPE,
    window: Window = NO_WINDOW,
    asking: Asking = ASKING,
) -> int:
    """What is read back, without a terminal."""
    return _result("receipt answer", {"notice": notice, "volumes": volumes_in(shape, window)}, asking)


@app.command
def voice(
    notice: Notice = None,
    /,
    *,
    party: Annotated[str | None, Parameter(show_default=False, help="Who read it back.")] = None,
    shape: Shape = NO_SHAPE,
    window: Window = NO_WINDOW,
    asking: Asking = ASKING,
) -> int:
    """What you, who gave it, heard an addressee read back by voice."""
    return _result("receipt voice", {"notice": notice, "party": party, "volumes": volumes_in(shape, window)}, asking)


def _result(verb: str, fields: dict[str, Any], asking: Asking) -> int:
    from beforehand.cli.hotline.read_back import in_words

    with connected(asking, verb) as line:
        body, result = act(line, verb, asking, fields)
    if asking.as_json:
        print(json.dumps(result))
    else:
        print(in_words(result))
        if result.get("question"):
            print(f'{result["question"]}  beforehand receipt who {body["notice"][:8]} none|some|"not known"')
    return 0 if result["right"] else 1


@app.command(name="read-back")
def read_back(
    notice: Annotated[
        str, Parameter(help="The notice: its id, or the first characters of one that this session was shown.")
    ],
    /,
    *,
    reading: Reading = READING,
) -> int:
    """Read a notice back, blind: from memory, value by value, within 5 minutes.

    It fetches nothing of the notice, and clears its screen with what you typed. Exit status 1 if it was wrong.
    """
    from beforehand.cli.hotline.read_back import read_back as read_back_at_terminal

    with connected(reading) as line:
        result = read_back_at_terminal(line, line.known_notice(notice))
    if reading.as_json:
        print(json.dumps(result))
    return 0 if result["right"] else 1


@app.command
def who(
    notice: Notice = None,
    answer: Annotated[
        Literal["none", "some", "not known"] | None, Parameter(show_default=False, help="Your answer.")
    ] = None,
    /,
    *,
    asking: Asking = ASKING,
) -> int:
    """Say who of yours is in it or heading there. The answer is yours; its giver sees that there is one."""
    return perform("receipt who", asking, {"notice": notice, "answer": answer}, "Answered.")


@app.command
def disseminated(
    notice: Notice = None,
    coverage: Annotated[
        Literal["all", "part", "none"] | None,
        Parameter(show_default=False, help="How many of those concerned have it."),
    ] = None,
    /,
    *,
    means: Annotated[
        Literal["radio", "telephone", "data link", "in person", "orders", "other"] | None,
        Parameter(show_default=False, help="How."),
    ] = None,
    spread: Annotated[
        Literal["told", "confirmed back"] | None, Parameter(show_default=False, help="told, if not given.")
    ] = None,
    at: At = None,
    version: Version = None,
    asking: Asking = ASKING,
) -> int:
    """Say that it was passed on to those of yours whom it concerns; names of units stay with you."""
    if coverage is None and asking.body is None:
        raise UsageError("Give NOTICE and all, part or none.")
    fields = {
        "notice": notice, "coverage": coverage, "means": means, "spread": spread, "version": version,
        "at": None if at is None else time(at, "--at"),
    }  # fmt: skip
    return perform("receipt disseminated", asking, fields, "DISSEMINATED, as you say.")
