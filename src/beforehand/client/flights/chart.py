"""The charts of the picture: how many flights were moved by how much, and the traffic of the day by the hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from beforehand.client.flights.blocked import MAX_DELAY_MIN
from beforehand.client.flights.day import Day
from beforehand.client.flights.plot import step_of

_BINS = 120
_MINUTE_US = 60_000_000
_DAY_US = 1440 * _MINUTE_US
_TICKS_MIN = (10, 30, 60, 120, 240, 720, 1440, 2880, 10_080, 43_200, 525_600)


def delays(day: Day, x: float, y: float, width: float, height: float) -> Iterable[str]:
    """A bar for each minute of delay; those on time are a number, for they would dwarf the rest."""
    counts = Counter(outcome.delay_min for outcome in day.outcomes if outcome.delay_min)
    highest = max(counts.values(), default=1)
    on_time = sum(outcome.delay_min == 0 for outcome in day.outcomes)
    yield _text(x, y, f"{on_time:,} flights as recorded; the others by minutes moved:", 13)
    step = width / MAX_DELAY_MIN
    base = y + height
    for minute in range(1, MAX_DELAY_MIN + 1):
        bar = (height - 40) * counts[minute] / highest
        left = x + step * (minute - 1)
        yield (
            f'<rect class="f{step_of(minute)}" x="{left:.1f}" y="{base - bar:.1f}" width="{step - 1.5:.1f}" '
            f'height="{bar:.1f}"><title>{minute} min: {counts[minute]}</title></rect>'
        )
        if minute in (1, 5, 10, 15, 20, 25, 30):
            yield _text(left + step / 2, base + 16, str(minute), 12, "middle")
    yield f'<path class="edge" d="M{x:.1f} {base:.1f}h{width:.1f}"/>'
    if counts:
        yield _text(x + width, y + 36, f"highest bar: {highest} flights", 12, "end")


def hours(day: Day, x: float, y: float, width: float, height: float) -> Iterable[str]:
    """Flights in the air over the recorded day, and departures below: as recorded, moved, unplanned."""
    begin = min(outcome.flight.points[0].time_us for outcome in day.outcomes)
    end = max(outcome.flight.points[-1].time_us for outcome in day.outcomes)
    span = max(end - begin, _MINUTE_US)
    bins = min(_BINS, max(1, span // (5 * _MINUTE_US)))
    in_air, departures = [0] * bins, [Counter[str]() for _ in range(bins)]

    def bin_of(time_us: int) -> int:
        return min(bins - 1, (time_us - begin) * bins // span)

    for outcome in day.outcomes:
        points = outcome.flight.points
        first, last = bin_of(points[0].time_us), bin_of(points[-1].time_us)
        for i in range(first, last + 1):
            in_air[i] += 1
        style = "fun" if outcome.delay_min is None else f"f{step_of(outcome.delay_min)}"
        departures[first]["bar" if style == "f0" else style] += 1
    base, step = y + height, width / bins
    highest = max(in_air)
    yield _text(
        x, y - 12, f"in the air (at most {highest} at once within {_minutes(span, bins)}), and departures by delay", 13
    )
    for time_us, label in _ticks(begin, end):
        left = x + width * (time_us - begin) / span
        yield f'<path class="line" d="M{left:.1f} {y:.1f}V{base:.1f}"/>'
        yield _text(left, base + 18, label, 12, "middle")
    outline = "".join(f"V{base - height * n / highest:.1f}h{step:.2f}" for n in in_air)
    yield f'<path class="air" d="M{x:.1f} {base:.1f}{outline}V{base:.1f}z"/>'
    for i, counts in enumerate(departures):
        top = base
        for style in ("bar", "f1", "f2", "f3", "f4", "fun"):
            bar = height * counts[style] / highest
            if bar:
                top -= bar
                yield (
                    f'<rect class="{style}" x="{x + i * step + step * 0.15:.1f}" y="{top:.1f}" '
                    f'width="{step * 0.7:.1f}" height="{bar:.1f}"/>'
                )
    yield f'<path class="edge" d="M{x:.1f} {base:.1f}h{width:.1f}"/>'


def _ticks(begin_us: int, end_us: int) -> Iterable[tuple[int, str]]:
    """Round times within the day, about ten, with what to write at them (UTC)."""
    minutes = next((m for m in _TICKS_MIN if (end_us - begin_us) / (m * _MINUTE_US) <= 18), _TICKS_MIN[-1])
    step = minutes * _MINUTE_US
    for k in range(-(-begin_us // step), end_us // step + 1):
        moment = datetime.fromtimestamp(k * step / 1e6, UTC)
        midnight = moment.hour == moment.minute == 0 and end_us - begin_us > _DAY_US
        form = "%d %b %Y" if minutes >= 1440 else "%d %b" if midnight else "%H:%M"
        yield k * step, moment.strftime(form)


def _minutes(span_us: int, bins: int) -> str:
    minutes = span_us / bins / _MINUTE_US
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.0f} h"


def _text(x: float, y: float, text: str, size: int, anchor: str = "start") -> str:
    return f'<text class="faint" x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}">{text}</text>'
