"""What the hotline answers, as JSON: geometry as GeoJSON or circle in degrees and metres, times in RFC 3339."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, to_builtins

from beforehand.airspace.advice import Shift, advise
from beforehand.airspace.encounter import Apart, Ready, encounter
from beforehand.airspace.moving import Leg
from beforehand.airspace.volume import Volume
from beforehand.core.hotline.contents import AreaContent, MovementContent, NoticeContent
from beforehand.core.hotline.instants import instant, span
from beforehand.core.hotline.replies import AdviceAsked
from beforehand.core.hotline.views import AgreementView, NoticeRow, NoticeView, PartyView
from beforehand.wire.hotline.shapes import to_geojson

_FOOT_MM = 304.8


class Problem(Struct, frozen=True, omit_defaults=True):
    """RFC 9457: `type` and `reason` are stable (docs/refusals.md); `detail` says what was wrong and what to do."""

    type: str
    title: str
    status: int
    detail: str
    reason: str
    field: str | None = None


class Done(Struct, frozen=True):
    """What was made or changed, its version, its entry and the time of that. The same nonce is answered the same."""

    id: str
    version: int
    entry: int
    time: str


class WithSecret(Struct, frozen=True, omit_defaults=True):
    """As Done, with a secret that is shown this once."""

    id: str
    version: int
    entry: int
    time: str
    invitation: str | None = None
    secret: str | None = None


class Token(Struct, frozen=True):
    """A token for `Authorization: Bearer`, good until then."""

    token: str
    party: str
    person: str
    role: str
    session: str
    until: str


class ShiftAnswer(Struct, frozen=True):
    """Later and higher are positive."""

    minutes: float
    feet: float


class Nearby(Struct, frozen=True):
    """Something of another's that the caller may see, and how it stands to one of the caller's volumes.

    It `meets` it (band in mm, window), or is so far apart, in each dimension by itself; 0: they share it.
    """

    kind: str
    id: str
    volume: int
    meets: bool
    lower_mm: int | None = None
    upper_mm: int | None = None
    start: str | None = None
    end: str | None = None
    horizontal_m: float | None = None
    vertical_m: float | None = None
    time: str | None = None


class AdviceAnswer(Struct, frozen=True):
    """The smallest shifts that clear all that the caller may see; None: nothing on the grid does.

    `cells_only`: standard intents whose details are not known, never called clear. `ask`: whose conflicts are not shown.
    `nearby`: at most 500. `trial`: where nothing was given, what is said of terms and checks.
    """

    notice: str
    version: int
    clear: bool
    best: ShiftAnswer | None
    time: ShiftAnswer | None
    altitude: ShiftAnswer | None
    both: ShiftAnswer | None
    cells_only: int
    ask: list[str]
    words: str
    nearby: list[Nearby]
    of_nearby: int
    trial: dict[str, Any] | None = None


class NoticeAnswer(Struct, frozen=True):
    """A notice. To an addressee the `document` that it is told, to its giver and observers the `content`."""

    view: NoticeView
    document: str | None = None
    content: dict[str, Any] | None = None


#: A volume as `volume_shown` has it, or a leg as `leg_shown` has it.
Shape = dict[str, Any]


class Parties(Struct, frozen=True):
    """All parties on the line, in the order in which they came."""

    parties: list[PartyView]


class InstrumentAnswer(Struct, frozen=True):
    """A reference instrument: who cited how many of its clauses, and the entry that has their words."""

    instrument: str
    cited_by: str
    clauses: int
    entry: int


class Agreements(Struct, frozen=True):
    """The agreements that the caller is a party or an observer of, and the reference instruments on the line."""

    agreements: list[AgreementView]
    instruments: list[InstrumentAnswer]


class AgreementAnswer(AgreementView, frozen=True, omit_defaults=True):
    """One agreement, with its words and exact area."""

    content: dict[str, Any] | None = None


class Notices(Struct, frozen=True):
    """A page of notices; `next` is what to ask for `after`, None on the last one."""

    notices: list[NoticeRow]
    next: int | None


class ZoneAnswer(Struct, frozen=True):
    """A zone: whose, declared or reported about whom, how old that is."""

    zone: str
    party: str
    kind: str
    nonparty: str | None
    said: str
    age: str
    active: list[list[str | None]]
    capability: str | None
    capability_from: str | None
    ended: str | None
    shared: list[str]
    entry: int
    shapes: list[Shape]
    words: dict[str, Any] | None = None


class Zones(Struct, frozen=True):
    """The zones that the caller may see."""

    zones: list[ZoneAnswer]


class MovementAnswer(Struct, frozen=True):
    """A movement: the times of its legs, and the legs."""

    movement: str
    party: str
    legs: list[list[str]]
    ended: str | None
    entry: int
    shapes: list[Shape]
    words: dict[str, Any] | None = None


class Movements(Struct, frozen=True):
    """The movements that the caller may see."""

    movements: list[MovementAnswer]


class DayValueAnswer(Struct, frozen=True):
    """The value of a pair of parties of a UTC day, from which check phrases are made."""

    party: str
    day: str
    day_value: str


def volume_shown(number: int, volume: Volume) -> dict[str, Any]:
    """A volume in degrees, metres and RFC 3339. None: unbounded, or not said."""
    place: dict[str, Any] = {"outline": None} if volume.outline is None else _place(volume)
    return {
        "number": number,
        **place,
        "lower_mm": volume.lower_mm,
        "upper_mm": volume.upper_mm,
        "from": None if volume.start_us is None else instant(volume.start_us),
        "to": None if volume.end_us is None else instant(volume.end_us),
    }


def _place(volume: Volume) -> dict[str, Any]:
    assert volume.outline is not None
    shape = to_geojson(volume.outline)
    return shape if "circle" in shape else {"outline": shape}


def leg_shown(number: int, leg: Leg) -> dict[str, Any]:
    """A leg in degrees, metres and RFC 3339."""
    return {
        "number": number,
        "from": [leg.from_lat_e7 / 1e7, leg.from_lng_e7 / 1e7],
        "to": [leg.to_lat_e7 / 1e7, leg.to_lng_e7 / 1e7],
        "from_time": instant(leg.start_us),
        "to_time": instant(leg.end_us),
        "lower_mm": leg.lower_mm,
        "upper_mm": leg.upper_mm,
        "radius_m": leg.radius_mm / 1000,
    }


def bodies_shown(bodies: Sequence[Any]) -> list[dict[str, Any]]:
    """Volumes or legs, numbered from 1."""
    return [
        leg_shown(at, each) if isinstance(each, Leg) else volume_shown(at, each) for at, each in enumerate(bodies, 1)
    ]


def content_shown(content: NoticeContent | MovementContent | AreaContent) -> dict[str, Any]:
    """Words and shapes, and whether the bytes of a signed statement are kept with them."""
    if isinstance(content, NoticeContent):
        shapes: dict[str, Any] = {"volumes": bodies_shown(content.volumes)}
    elif isinstance(content, MovementContent):
        shapes = {"legs": bodies_shown(content.legs)}
    else:
        shapes = {"area": [to_geojson(each) for each in content.area]}
    return {"words": content.words, **shapes, "statement": content.sent or None, "signature": content.signature or None}


def view_shown(view: Any) -> Any:
    """A view as plain values; exact bodies in it (`bodies`) as geometry."""
    if isinstance(view, dict):
        return {name: view_shown(each) for name, each in view.items()}
    if isinstance(view, list):
        return [view_shown(each) for each in view]
    bodies = getattr(view, "bodies", None)
    if bodies is None:
        return to_builtins(view)
    plain = {name: to_builtins(getattr(view, name)) for name in view.__struct_fields__ if name != "bodies"}
    return plain | {"shapes": bodies_shown(bodies)}


#: Rows of `nearby`; `of_nearby` says how many there are.
NEARBY_MAX = 500


def advised(asked: AdviceAsked) -> AdviceAnswer:
    """Advice in minutes and feet, and in words; computed here, in a worker."""
    found = advise(asked.own, asked.others, asked.buffers, asked.grid, asked.earliest_us)
    best = found.best
    if found.clear:
        words = "Clear of all that you may see."
    elif best is None:
        words = "Nothing on the grid clears all that you may see."
    else:
        words = f"Clears all that you may see: {_words(best)}."
    if asked.cells_only:
        words += (
            f" CELLS ONLY: {asked.cells_only} standard intents there are not known in detail, and not called clear."
        )
    if asked.hidden_conflicts:
        words += f" CONFLICT with plans that you may not see: ask {', '.join(asked.hidden_conflicts)}."
    return AdviceAnswer(
        asked.notice, asked.version, found.clear, _shift(best), _shift(found.time), _shift(found.altitude), _shift(found.both),
        asked.cells_only, list(asked.hidden_conflicts), words, _nearby(asked), len(asked.others) * len(asked.own),
        asked.trial)  # fmt: skip


def _nearby(asked: AdviceAsked) -> list[Nearby]:
    """What meets first, then the rest, each in the order in which it came onto the line."""
    met: list[Nearby] = []
    apart: list[Nearby] = []
    own = [Ready(each) for each in asked.own]
    for (kind, id_), body in zip(asked.names, asked.others, strict=True):
        other = Ready(body)
        for number, mine in enumerate(own, 1):
            if len(met) + len(apart) >= 2 * NEARBY_MAX:
                break
            how = encounter(mine, other, asked.buffers)
            if isinstance(how, Apart):
                apart.append(
                    Nearby(
                        kind,
                        id_,
                        number,
                        False,
                        horizontal_m=how.horizontal_mm / 1000,
                        vertical_m=how.vertical_mm / 1000,
                        time=span(how.time_us),
                    )
                )
            else:
                start = None if how.start_us is None else instant(how.start_us)
                end = None if how.end_us is None else instant(how.end_us)
                met.append(Nearby(kind, id_, number, True, how.lower_mm, how.upper_mm, start, end))
    return [*met, *apart][:NEARBY_MAX]


def _shift(shift: Shift | None) -> ShiftAnswer | None:
    return None if shift is None else ShiftAnswer(shift.time_us / 60_000_000, round(shift.altitude_mm / _FOOT_MM, 1))


def _words(shift: Shift) -> str:
    parts = []
    if shift.time_us:
        parts.append(f"{span(abs(shift.time_us))} {'later' if shift.time_us > 0 else 'earlier'}")
    if shift.altitude_mm:
        parts.append(f"{abs(shift.altitude_mm) / _FOOT_MM:.0f} ft {'higher' if shift.altitude_mm > 0 else 'lower'}")
    return " and ".join(parts) or "no shift"
