"""`beforehand movement …`: moving volumes of one's own, nobody else's to see (H6.2)."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Annotated, Any

from cyclopts import App, Parameter

from beforehand.cli.errors import UsageError
from beforehand.cli.hotline import values
from beforehand.cli.hotline.asking import ASKING, READING, Asking, Reading, act, connected, perform, recorded
from beforehand.cli.hotline.shown import moment, plain

app = App("movement", help="Movements: moving volumes of your own, nobody else's to see unless released.")


@app.command
def declare(
    *,
    point: Annotated[
        tuple[str, ...],
        Parameter(
            negative=(),
            allow_leading_hyphen=True,
            show_default=False,
            help='LAT,LON@TIME: where it is when; two or more, in order: --point "35.9,35.2@18:50" --point "35.4,35.95@19:10".',
        ),
    ] = (),
    alt: Annotated[str | None, Parameter(show_default=False, help="LOW-HIGH of all of it, as of a notice.")] = None,
    qnh: Annotated[
        float | None, Parameter(show_default=False, help="Pressure at sea level in hPa, for flight levels.")
    ] = None,
    radius: Annotated[
        float | None,
        Parameter(show_default=False, help="How far off the line it may be, in metres; 1000 if not given."),
    ] = None,
    title: Annotated[str | None, Parameter(show_default=False, help="Its name.")] = None,
    text: Annotated[str | None, Parameter(show_default=False, help="Anything more.")] = None,
    vehicles: Annotated[str | None, Parameter(show_default=False, help="Which vehicles.")] = None,
    headcount: Annotated[int | None, Parameter(show_default=False, help="How many people.")] = None,
    contact: Annotated[str | None, Parameter(show_default=False, help="Contact on the move.")] = None,
    asking: Asking = ASKING,
) -> int:
    """Declare where something of yours will be when. It is recorded for your party alone, and met against notices."""
    fields: dict[str, Any] = {
        "legs": _legs(point, alt, qnh, radius), "title": title, "text": text, "vehicles": vehicles, "headcount": headcount,
        "contact": contact,
    }  # fmt: skip
    with connected(asking, "movement declare") as line:
        _body, made = act(line, "movement declare", asking, fields)
    if asking.as_json:
        print(json.dumps(made))
    else:
        print(recorded("Declared.", made))
        print(f"movement  {made['id']}")
    return 0


def _legs(
    points: tuple[str, ...], alt: str | None, qnh: float | None, radius: float | None
) -> list[dict[str, Any]] | None:
    if not points:
        return None
    if len(points) < 2:
        raise UsageError("--point is given once: a movement needs two or more, in their order.")
    more: dict[str, Any] = {} if alt is None else values.band(alt, qnh)
    if radius is not None:
        more["radius_m"] = radius
    read = []
    for each in points:
        place, divided, at = each.partition("@")
        if not divided:
            raise UsageError(f"--point is {each!r}: give LAT,LON@TIME, such as 35.9,35.2@18:50.")
        read.append((values.position(place, "--point"), values.time(at, "--point")))
    return [
        {"from": start, "to": end, "from_time": left, "to_time": there, **more}
        for (start, left), (end, there) in pairwise(read)
    ]


@app.command
def end(
    movement: Annotated[str | None, Parameter(show_default=False, help="Its id: `beforehand movement list`.")] = None,
    /,
    *,
    asking: Asking = ASKING,
) -> int:
    """It is over, or will not be."""
    return perform("movement end", asking, {"movement": movement}, "The movement is ended.")


@app.command(name="list")
def list_(*, reading: Reading = READING) -> int:
    """Movements that you may see."""
    from beforehand.cli.hotline.notice_shown import band, spot

    with connected(reading) as line:
        answer = line.hotline.read("/movements")
    if reading.as_json:
        print(json.dumps(answer))
        return 0
    for each in answer["movements"]:
        ended = f"  ENDED {moment(each['ended'])}" if each["ended"] else ""
        title = (each.get("words") or {}).get("title")
        print(f"{each['movement']}  {each['party']}{'  ' + plain(title) if title else ''}{ended}")
        for start, finish in each["legs"]:
            print(f"    {moment(start)} to {moment(finish)}")
        for leg in each.get("shapes") or ():
            print(f"    from {spot(leg['from'])} to {spot(leg['to'])}, {leg['radius_m']:,.0f} m off, {band(leg)}")
    if not answer["movements"]:
        print("No movements that you may see.")
    return 0
