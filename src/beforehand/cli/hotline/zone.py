"""`beforehand zone …`: zones of one's own, and reported ones of non-parties (H6.4)."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from beforehand.cli.errors import UsageError
from beforehand.cli.hotline.asking import ASKING, READING, Asking, Reading, act, connected, perform, recorded
from beforehand.cli.hotline.shown import moment, plain, words_of
from beforehand.cli.hotline.values import time
from beforehand.cli.hotline.volumes import NO_SHAPE, Shape

app = App("zone", help="Zones: air defence, closed areas, ranges. Of weapons, no state is held.")

Kind = Annotated[
    Literal["air_defence", "closed_area", "range"] | None, Parameter(show_default=False, help="Of what kind.")
]
Active = Annotated[
    tuple[str, ...],
    Parameter(negative=(), show_default=False, help="FROM/TO, or FROM/ without end: 18:00/22:00, now/; several."),
]
Share = Annotated[tuple[str, ...], Parameter(negative=(), show_default=False, help="A party that may see it; several.")]
Title = Annotated[str | None, Parameter(show_default=False, help="Its name.")]
Text = Annotated[str | None, Parameter(show_default=False, help="Anything more.")]
Zone = Annotated[str | None, Parameter(show_default=False, help="The zone's id: `beforehand zone list`.")]


@app.command
def declare(
    *,
    kind: Kind = None,
    shape: Shape = NO_SHAPE,
    active: Active = (),
    share: Share = (),
    title: Title = None,
    text: Text = None,
    asking: Asking = ASKING,
) -> int:
    """Declare a zone of your own."""
    return _set("zone declare", _fields(kind, shape, active, share, title, text), asking)


@app.command
def report(
    *,
    nonparty: Annotated[str | None, Parameter(show_default=False, help="Whose it is.")] = None,
    kind: Kind = None,
    shape: Shape = NO_SHAPE,
    active: Active = (),
    share: Share = (),
    title: Title = None,
    text: Text = None,
    asking: Asking = ASKING,
) -> int:
    """Report a zone of a non-party that you named: shown as reported, by whom, how old."""
    return _set("zone report", _fields(kind, shape, active, share, title, text) | {"nonparty": nonparty}, asking)


def _fields(
    kind: str | None, shape: Shape, active: tuple[str, ...], share: tuple[str, ...], title: str | None, text: str | None
) -> dict[str, Any]:
    return {
        "kind": kind, "volumes": shape.volumes() or None, "active": [_times(each) for each in active] or None,
        "shared": list(share) or None, "title": title, "text": text,
    }  # fmt: skip


def _times(said: str) -> list[str | None]:
    start, divided, end = said.partition("/")
    if not divided:
        raise UsageError(f"--active is {said!r}: give FROM/TO, or FROM/ without end.")
    return [time(start, "--active"), time(end, "--active") if end.strip() else None]


def _set(verb: str, fields: dict[str, Any], asking: Asking) -> int:
    with connected(asking, verb) as line:
        _body, made = act(line, verb, asking, fields)
    if asking.as_json:
        print(json.dumps(made))
    else:
        print(recorded("The zone stands.", made))
        print(f"zone  {made['id']}")
    return 0


@app.command
def posture(
    zone: Zone = None,
    /,
    *,
    capability: Annotated[
        str | None, Parameter(show_default=False, help="Its new capability class, a word such as long-range.")
    ] = None,
    from_: Annotated[str | None, Parameter(name="--from", show_default=False, help="From when.")] = None,
    asking: Asking = ASKING,
) -> int:
    """Say that a zone has a new capability class, from when."""
    fields = {"zone": zone, "capability": capability, "from": None if from_ is None else time(from_, "--from")}
    return perform("zone posture", asking, fields, "Recorded.")


@app.command
def end(zone: Zone = None, /, *, asking: Asking = ASKING) -> int:
    """The zone is no more, or no longer reported."""
    return perform("zone end", asking, {"zone": zone}, "The zone is ended.")


@app.command(name="list")
def list_(*, reading: Reading = READING) -> int:
    """Zones that you may see: whose, where, declared or reported, how old."""
    from beforehand.cli.hotline.notice_shown import band, place
    from beforehand.wire.hotline.shapes import read_shape

    with connected(reading) as line:
        answer = line.hotline.read("/zones")
    if reading.as_json:
        print(json.dumps(answer))
        return 0
    for each in answer["zones"]:
        ended = f"  ENDED {moment(each['ended'])}" if each["ended"] else ""
        print(f"{each['zone']}  {words_of(each['kind'])}, {each['said']}, {each['age']} ago{ended}")
        words = each.get("words") or {}
        for said in (words.get("title"), words.get("text")):
            if said:
                print(f"    {plain(said)}")
        for shape in each.get("shapes") or ():
            outline = read_shape(shape.get("outline"), shape.get("circle"), "shapes")
            if outline is not None:
                print(f"    {place(outline)}, {band(shape)}")
        for start, finish in each["active"]:
            print(f"    active {moment(start)} to {moment(finish) if finish else 'no end said'}")
        if each["capability"]:
            print(f"    capability {each['capability']} from {moment(each['capability_from'])}")
    if not answer["zones"]:
        print("No zones that you may see.")
    return 0
