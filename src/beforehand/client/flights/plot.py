"""The map of the picture: every flight's path, in the colour of its delay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from math import atan2, cos, degrees, hypot, radians, sin

from beforehand.client.flights.day import Day
from beforehand.client.flights.planner import Outcome
from beforehand.client.flights.records import Point

#: Paths are drawn to half a pixel.
_TOLERANCE = 0.5
_STEPS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 45)
_KM_A_DEGREE = 111.2
#: Marks of meetings beyond this only cover each other.
_MARKS = 2_000

_Pixel = tuple[float, float]


class Plot:
    """Plate carrée around the middle of the day's traffic, fitted into a box of pixels."""

    def __init__(self, day: Day, x: float, y: float, width: float, height: float) -> None:
        self._outcomes = day.outcomes
        self._box = x, y, width, height
        points = [point for outcome in day.outcomes for point in outcome.flight.points]
        # The mean direction, so that traffic across the date line stays together.
        east = sum(cos(radians(point.lng)) for point in points), sum(sin(radians(point.lng)) for point in points)
        self._middle = degrees(atan2(east[1], east[0]))
        self._south, self._north = _bulk([point.lat for point in points])
        self._west, self._east = _bulk([self._lng(point.lng) for point in points])
        self._narrow = max(0.05, cos(radians((self._south + self._north) / 2)))
        across, up = (self._east - self._west) * self._narrow, self._north - self._south
        # Little traffic is not blown up beyond some pixels a hundred metres.
        self._scale = min(0.94 * width / max(across, 0.05), 0.94 * height / max(up, 0.05))
        self._left = x + width / 2 - (self._west + self._east) / 2 * self._narrow * self._scale
        self._bottom = y + height / 2 + (self._south + self._north) / 2 * self._scale

    def svg(self) -> Iterable[str]:
        """The map's elements."""
        x, y, width, height = self._box
        box = f'x="{x}" y="{y}" width="{width}" height="{height}"'
        yield f'<clipPath id="map"><rect {box} rx="6"/></clipPath>'
        yield f'<rect class="sea" {box} rx="6"/>'
        yield '<g clip-path="url(#map)">'
        yield from self._graticule()
        # What was moved least lies below, what could not be planned on top.
        for outcome in sorted(self._outcomes, key=lambda each: 99 if each.delay_min is None else each.delay_min):
            yield self._path(outcome)
        yield from self._marks()
        yield "</g>"
        yield f'<rect class="edge" {box} rx="6"/>'
        yield from self._ruler()
        outside = sum(map(self._is_outside, self._outcomes))
        if outside:
            yield _small(x + 10, y + 20, f"{outside:,} flights are beyond this map in part or whole")

    def _is_outside(self, outcome: Outcome) -> bool:
        x, y, width, height = self._box
        places = (self._at(point.lat, point.lng) for point in outcome.flight.points)
        return any(not (x <= px <= x + width and y <= py <= y + height) for px, py in places)

    def _lng(self, lng: float) -> float:
        """Degrees east of the middle, from -180 to 180."""
        return (lng - self._middle + 180) % 360 - 180

    def _at(self, lat: float, lng: float) -> _Pixel:
        return self._left + self._lng(lng) * self._narrow * self._scale, self._bottom - lat * self._scale

    def _path(self, outcome: Outcome) -> str:
        points = outcome.flight.points
        line = simplified([self._at(point.lat, point.lng) for point in points], _TOLERANCE)
        way = "M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in line) + ("h.1" if len(line) == 1 else "")
        said = f"unplanned: {outcome.reason}" if outcome.delay_min is None else f"{outcome.delay_min} min later"
        name = outcome.flight.ident.callsign or outcome.flight.ident.icao24
        return f'<path class="{style_of(outcome)}" d="{way}"><title>{escape(f"{name}, {said}")}</title></path>'

    def _marks(self) -> Iterable[str]:
        left = _MARKS
        for outcome in self._outcomes:
            for leg in outcome.met_at:
                point = _during(outcome.flight.points, leg, max(1, outcome.leg_count))
                px, py = self._at(point.lat, point.lng)
                yield f'<circle class="met" cx="{px:.1f}" cy="{py:.1f}" r="3"/>'
                left -= 1
                if not left:
                    return

    def _graticule(self) -> Iterable[str]:
        x, y, width, height = self._box
        step = next((step for step in _STEPS if step * self._scale * self._narrow > 110), _STEPS[-1])
        for k in range(-int(180 / step), int(180 / step) + 1):
            px, _ = self._at(0, k * step)
            if x < px < x + width:
                yield f'<path class="line" d="M{px:.1f} {y}v{height}"/>'
                if px < x + width - 50:
                    yield _small(px + 4, y + height - 6, f"{abs(k * step):g}°{'E' if k > 0 else 'W' if k else ''}")
        for k in range(-int(90 / step), int(90 / step) + 1):
            _, py = self._at(k * step, 0)
            if y < py < y + height:
                yield f'<path class="line" d="M{x} {py:.1f}h{width}"/>'
                yield _small(x + 6, py - 4, f"{abs(k * step):g}°{'N' if k > 0 else 'S' if k else ''}")

    def _ruler(self) -> Iterable[str]:
        x, y, width, height = self._box
        a_km = self._scale / _KM_A_DEGREE
        km = next((km for km in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000) if km * a_km > 80), 5000)
        px = x + width - 24 - km * a_km
        yield f'<rect class="plate" x="{px - 12:.1f}" y="{y + height - 76}" width="{km * a_km + 24:.1f}" height="40" rx="4"/>'
        yield f'<path class="edge" d="M{px:.1f} {y + height - 52}v6h{km * a_km:.1f}v-6" style="stroke-width:2"/>'
        yield _small(px, y + height - 58, f"{km} km")


def _bulk(degrees_: list[float]) -> tuple[float, float]:
    """From where to where a map must reach: for all, or for nearly all where the few others would make it far larger."""
    ordered = sorted(degrees_)
    low, high = ordered[len(ordered) // 100], ordered[-1 - len(ordered) // 100]
    if ordered[-1] - ordered[0] > 1.6 * (high - low) > 0:
        return low, high
    return ordered[0], ordered[-1]


def style_of(outcome: Outcome) -> str:
    """The class of a flight's stroke."""
    if outcome.delay_min is None:
        return "un"
    step = step_of(outcome.delay_min)
    return f"moved d{step}" if step else "track"


def step_of(delay_min: int) -> int:
    """0 for on time, 1 to 4 for later and later."""
    return sum(delay_min > bound for bound in (0, 5, 10, 20))


def simplified(line: Sequence[_Pixel], tolerance: float) -> list[_Pixel]:
    """The line without points that lie within a tolerance of it (U. Ramer, 1972; D. Douglas and T. Peucker, 1973)."""
    kept = {0, len(line) - 1}
    open_parts = [(0, len(line) - 1)]
    while open_parts:
        first, last = open_parts.pop()
        farthest, at = 0.0, 0
        (ax, ay), (bx, by) = line[first], line[last]
        length = hypot(bx - ax, by - ay)
        for i in range(first + 1, last):
            px, py = line[i]
            if length:
                along = ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length
                off = abs((bx - ax) * (ay - py) - (ax - px) * (by - ay)) / length
                off = off if 0 <= along <= length else min(hypot(px - ax, py - ay), hypot(px - bx, py - by))
            else:
                off = hypot(px - ax, py - ay)
            if off > farthest:
                farthest, at = off, i
        if farthest > tolerance:
            kept.add(at)
            open_parts += [(first, at), (at, last)]
    return [line[i] for i in sorted(kept)]


def _during(points: Sequence[Point], leg: int, legs: int) -> Point:
    """The point nearest the middle of a leg's time."""
    begin, end = points[0].time_us, points[-1].time_us
    middle = begin + (end - begin) * (leg + 0.5) / legs
    return min(points, key=lambda point: abs(point.time_us - middle))


def _small(x: float, y: float, text: str) -> str:
    return f'<text class="faint" x="{x:.1f}" y="{y:.1f}" font-size="12">{text}</text>'
