"""A volume as a party gives it, and as it is read: what was said is kept, what counts is its hull (H4.4, H4.6)."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field, to_builtins

from beforehand.airspace.volume import Circle, Polygon
from beforehand.wire.hotline.contradictions import Contradiction, contradictions, hull
from beforehand.wire.hotline.errors import BadField
from beforehand.wire.hotline.shapes import as_said, read_shape
from beforehand.wire.hotline.values import Datum, SaidAltitude, growth_mm, nominal_m, said_time

#: Limits that one bound may be given as: two contradict each other, more are still kept and spelled out.
MAX_LIMITS = 8


class VolumeBody(Struct, frozen=True, forbid_unknown_fields=True):
    """`outline`: GeoJSON. `circle`: latitude, longitude, radius in metres. A bound that is not given is unbounded.

    `lower` and `upper` may be lists, for what was said twice; `from` and `to` are RFC 3339 with their zone.
    """

    outline: dict[str, Any] | None = None
    circle: list[float | str] | None = None
    lower: SaidAltitude | list[SaidAltitude] | None = None
    upper: SaidAltitude | list[SaidAltitude] | None = None
    from_: str | None = field(default=None, name="from")
    to: str | None = None
    datum: Datum = "wgs84"


class ReadVolume(Struct, frozen=True):
    """A volume that counts: bounds are the hull of all that was said; heights in mm above WGS84, already widened.

    `widened_mm`: the most that a height was widened; `grow_mm`: how far the outline is still to be grown, for its datum.
    `said`: the body as said, every number as decimal text, so that it can be content, which holds no floats; of GeoJSON the
    polygon alone.
    """

    outline: Polygon | Circle | None
    lower_mm: int | None
    upper_mm: int | None
    start_us: int | None
    end_us: int | None
    widened_mm: int
    grow_mm: int
    contradictions: tuple[Contradiction, ...]
    said: dict[str, Any]


def read_volume(body: VolumeBody, at: str) -> ReadVolume:
    """`at`: the place of the body, such as `volumes[0]`. Raises BadField."""
    lower, upper = _limits(body.lower, f"{at}.lower"), _limits(body.upper, f"{at}.upper")
    start = None if body.from_ is None else said_time(body.from_, f"{at}.from")
    end = None if body.to is None else said_time(body.to, f"{at}.to")
    bounds = hull(lower, upper, start, end, at)
    outline = read_shape(body.outline, body.circle, at)
    said = to_builtins(body) if body.outline is None else to_builtins(body) | {"outline": as_said(body.outline)}
    return ReadVolume(
        outline=outline,
        lower_mm=bounds.lower_mm,
        upper_mm=bounds.upper_mm,
        start_us=bounds.start_us,
        end_us=bounds.end_us,
        widened_mm=bounds.widened_mm,
        grow_mm=growth_mm(body.datum),
        contradictions=contradictions(lower, upper, start, end),
        said={name: _text(value) for name, value in said.items() if value is not None},
    )


def _limits(said: SaidAltitude | list[SaidAltitude] | None, at: str) -> tuple[SaidAltitude, ...]:
    """Every limit said for one bound, each sound by itself."""
    if said is None:
        return ()
    if isinstance(said, SaidAltitude):
        nominal_m(said, at)
        return (said,)
    if not said:
        raise BadField(at, "missing", "is an empty list; give a limit, or leave it out for unbounded.")
    if len(said) > MAX_LIMITS:
        raise BadField(
            at, "too_many", f"has {len(said)} limits, at most {MAX_LIMITS} are taken. Give those that differ."
        )
    for i, each in enumerate(said):
        nominal_m(each, f"{at}[{i}]")
    return tuple(said)


def _text(value: Any) -> Any:
    """Numbers as the shortest decimal that is them, and nothing else changed."""
    if isinstance(value, dict):
        return {name: _text(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_text(each) for each in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value).removesuffix(".0")
    return value
