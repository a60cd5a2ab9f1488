"""The blind read-back at a terminal (H5.3): value by value, from memory, and nothing of the notice is fetched."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from msgspec import ValidationError, convert

from beforehand.cli.errors import CommandError, UsageError
from beforehand.cli.hotline import values
from beforehand.cli.hotline.asking import Line
from beforehand.cli.hotline.screen import blank
from beforehand.cli.hotline.shown import loud, moment, zone
from beforehand.client.hotline_errors import HotlineError
from beforehand.wire.hotline.bodies_volume import VolumeBody, read_volume
from beforehand.wire.hotline.errors import BadField

Value = TypeVar("Value")

#: What is read back is one for the whole where it is not known which volumes are asked for.
WHOLE = {"asked": "all", "volumes": [0], "until": None}
WHO = ("none", "some", "not known")


def read_back(line: Line, notice: str) -> dict[str, Any]:
    """Open it, ask, send, clear, say what came of it, and ask who of ours. Returns the result."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "A read-back asks at a terminal. Without one: `beforehand receipt open`, then `receipt answer --body FILE`."
        )
    opened = _open(line, notice)
    with blank(sys.stdout):
        volumes = _volumes(opened)
        try:
            result = line.hotline.act("receipt answer", {"notice": notice, "volumes": volumes})
        except HotlineError as error:
            if not error.is_unknown:
                raise
            # What was typed is kept nowhere, so the same bytes cannot be sent again later.
            raise CommandError(f"{error} Read it back again: it goes on, or says that it was right already.") from None
    print(in_words(result))
    if result.get("question"):
        print(result["question"])
        answer = _ask("  none, some, or not known: ", _who)
        line.hotline.act("receipt who", {"notice": notice, "answer": answer})
        print("Answered. Its giver sees that you answered, not what.")
    return result


def _open(line: Line, notice: str) -> dict[str, Any]:
    try:
        return line.hotline.act("receipt open", {"notice": notice})
    except HotlineError as error:
        if error.reason != "read_back_open":
            raise
        return WHOLE


def _volumes(opened: dict[str, Any]) -> list[dict[str, Any]]:
    until = (
        f" Until {moment(opened['until'])}."
        if opened["until"]
        else " A read-back was open already: it goes on, until 5 minutes after it was opened."
    )
    print(f"READ BACK from memory.{until} Ctrl-C breaks off.")
    numbers, asked = opened["volumes"], opened["asked"]
    if asked == "times":
        print("Only the times were changed: give the times.")
    elif asked == "difference":
        print(f"It was changed: give what is new, volume {', '.join(map(str, numbers))}.")
    if len(numbers) > 1:
        one = (
            _ask(f"{len(numbers)} volumes are asked for. One answer for the whole, or each (w/e): ", _one_of("w", "e"))
            == "w"
        )
        numbers = [0] if one else numbers
    while True:
        said = [_volume(number, asked) for number in numbers]
        if _ask("\nSend this (s), or type it again (a): ", _one_of("s", "a")) == "s":
            return said


def _volume(number: int, asked: str) -> dict[str, Any]:
    print(f"\nVolume {number}" if number else "\nThe whole")
    said: dict[str, Any] = {}
    if asked != "times":
        said |= _ask("  Centre LAT,LON, or @FILE with its outline, or `words` if no shape was told: ", _place)
        if "circle" in said:
            said["circle"].append(_ask("  Extent, its radius (9000, 9km, 5nm): ", _radius))
        said |= _ask("  Lower limit (0m, 500m amsl, FL100, or SFC where none was told): ", _limit("lower"))
        said |= _ask("  Upper limit (20000ft amsl, 500m, FL200, or UNL where none was told): ", _limit("upper"))
    here = f"HH:MM in your zone {zone(datetime.now(UTC).astimezone())}, HH:MMZ, or with its day 2027-01-15 19:00"
    said |= _ask(f"  Start ({here}, or none): ", _time("from"))
    said |= _ask("  End   (the same): ", _time("to"))
    return said


def _ask(prompt: str, read: Callable[[str], Value]) -> Value:
    """Ask until what is typed can be read; whether it is right is not said. Raises CommandError at the end of input."""
    while True:
        sys.stdout.write(prompt)
        sys.stdout.flush()
        typed = sys.stdin.readline()
        if not typed:
            raise CommandError("Broken off. An open read-back lapses by itself after 5 minutes.")
        try:
            return read(typed.strip())
        except (UsageError, CommandError) as error:
            print(f"  {error}")
        except BadField as error:
            print(f"  This {error.message}")


def _checked(said: dict[str, Any]) -> dict[str, Any]:
    """What the wire would take. Raises BadField, UsageError."""
    try:
        read_volume(convert(said, VolumeBody), "value")
    except ValidationError as error:
        raise UsageError(str(error)) from None
    return said


def _place(typed: str) -> dict[str, Any]:
    if typed.lower() == "words":
        return {}
    if typed.startswith("@"):
        found = values.outlines(Path(typed[1:]), "outline")
        if len(found) != 1:
            raise UsageError(f"{typed[1:]} holds {len(found)} areas: give one outline.")
        return _checked({"outline": found[0]})
    centre = values.position(typed, "centre")
    _checked({"circle": [*centre, 1]})
    return {"circle": centre}


def _radius(typed: str) -> float | str:
    radius = values.circle(f"0,0,{typed}", "extent")[2]
    _checked({"circle": [0, 0, radius]})
    return radius


def _limit(name: str) -> Callable[[str], dict[str, Any]]:
    def read(typed: str) -> dict[str, Any]:
        return {} if typed.lower() in values.OPEN[name] else _checked({name: values.limit(typed, name)})

    return read


def _time(name: str) -> Callable[[str], dict[str, Any]]:
    def read(typed: str) -> dict[str, Any]:
        return {} if typed.lower() == "none" else {name: values.time(typed, "time")}

    return read


def _one_of(*words: str) -> Callable[[str], str]:
    def read(typed: str) -> str:
        if typed.lower() not in words:
            raise UsageError(f"Type {' or '.join(words)}.")
        return typed.lower()

    return read


def _who(typed: str) -> str:
    word = " ".join(typed.lower().split())
    if word not in WHO:
        raise UsageError(f"Type one of: {', '.join(WHO)}.")
    return word


def in_words(result: dict[str, Any]) -> str:
    """Right, or which of area, band and times was wrong; never by how much."""
    if result["right"]:
        return f"RIGHT, at try {result['tries']}: recorded as UNDERSTOOD, blind on this service."
    lines = [loud(f"WRONG: {', '.join(result['wrong'])}")]
    if "band" in result["wrong"]:
        lines.append("(band: the lower limit, the upper one, or both)")
    if result["call"]:
        lines.append(loud("CALL EACH OTHER: it was wrong twice, and both officers are asked onto a call"))
    lines.append("Look at the notice again (`beforehand notice show`), then read it back anew.")
    return "\n".join(lines)
