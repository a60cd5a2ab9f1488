"""Flags from which the volumes of a notice, zone or agreement are made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from beforehand.cli.errors import UsageError
from beforehand.cli.hotline import values


@Parameter(name="*")
@dataclass(frozen=True)
class Shape:
    """Where, and how high."""

    area: Annotated[
        Path | None,
        Parameter(name="--area", show_default=False, help="GeoJSON file with a Polygon, or several: one volume each."),
    ] = None
    circle: Annotated[
        tuple[str, ...],
        Parameter(
            name="--circle",
            allow_leading_hyphen=True,
            negative=(),
            show_default=False,
            help="LAT,LON,RADIUS (metres, or 9km, 5nm); several: one volume each.",
        ),
    ] = ()
    alt: Annotated[
        str | None,
        Parameter(
            name="--alt",
            allow_leading_hyphen=True,
            show_default=False,
            help="LOW-HIGH: 0-20000ft, 100-500m, 1000-6000m amsl, FL100-FL200, SFC-5000ft, 2000ft-UNL.",
        ),
    ] = None
    qnh: Annotated[
        float | None,
        Parameter(name="--qnh", show_default=False, help="Pressure at sea level in hPa, for flight levels."),
    ] = None
    datum: Annotated[
        Literal["wgs84", "unknown", "ed50", "pulkovo42"] | None,
        Parameter(name="--datum", show_default=False, help="Horizontal datum, if not WGS84."),
    ] = None

    def volumes(self) -> list[dict[str, Any]]:
        """One volume for each outline, without times; one without a shape where only a height is given."""
        heights = {} if self.alt is None else values.band(self.alt, self.qnh)
        more = heights if self.datum is None else heights | {"datum": self.datum}
        shapes: list[dict[str, Any]] = [{"circle": values.circle(each)} for each in self.circle]
        if self.area is not None:
            shapes += [{"outline": each} for each in values.outlines(self.area)]
        if not shapes and more:
            shapes = [{}]
        return [shape | more for shape in shapes]


@Parameter(name="*")
@dataclass(frozen=True)
class Window:
    """From when to when."""

    from_: Annotated[
        str | None,
        Parameter(
            name="--from",
            allow_leading_hyphen=True,
            show_default=False,
            help="19:00 (today, your zone), 19:00Z, +20min (from now), or RFC 3339.",
        ),
    ] = None
    to: Annotated[
        str | None, Parameter(name="--to", allow_leading_hyphen=True, show_default=False, help="As --from.")
    ] = None
    lasts: Annotated[
        str | None,
        Parameter(
            name="--for",
            allow_leading_hyphen=True,
            show_default=False,
            help="Its length instead of --to: 20min, 1h30min.",
        ),
    ] = None

    def bounds(self) -> dict[str, str]:
        """`from` and `to`, RFC 3339, as far as they are given. Raises UsageError."""
        if self.to is not None and self.lasts is not None:
            raise UsageError("Give --to or --for, not both.")
        start = None if self.from_ is None else values.time(self.from_, "--from")
        end = None if self.to is None else values.time(self.to, "--to")
        if self.lasts is not None:
            if start is None:
                raise UsageError("--for needs --from.")
            end = values.later(start, values.span(self.lasts, "--for"))
        return {name: value for name, value in (("from", start), ("to", end)) if value is not None}


NO_SHAPE, NO_WINDOW = Shape(), Window()


def volumes_in(shape: Shape, window: Window) -> list[dict[str, Any]] | None:
    """Volumes with their window; None where neither is given."""
    bounds = window.bounds()
    made = shape.volumes() or ([{}] if bounds else [])
    return [each | bounds for each in made] or None
