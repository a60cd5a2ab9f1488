"""The page: title, map, chart, lanes and list, legend, and the loudest warning where it cannot be missed."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from beforehand.core.hotline.instants import day
from beforehand.testing.scenario.outcome import Outcome
from beforehand.testing.scenario.picture.chart import Axis, acting, altitudes, lanes, listed
from beforehand.testing.scenario.picture.evening import Evening, Mark, evening
from beforehand.testing.scenario.picture.ink import HATCH, dot, of_party, path, rect, style, text
from beforehand.testing.scenario.picture.map import Map

WIDTH = 1640
_MAP = (40, 112, 740, 740)
_RIGHT, _WIDE = 900, 700
_CHART = (136, 330)
_LANES, _LANE = 520, 60
#: Lines of the list in a column, and of all.
_ROWS, _MARKS = 16, 48


def picture(outcome: Outcome) -> str:
    """The whole picture as SVG text."""
    shown = evening(outcome)
    numbered = sorted(shown.marks, key=lambda each: each.at_us)[:_MARKS]
    list_top = _LANES + _LANE * len(acting(numbered)) + 34
    rows = min(_ROWS, max(1, -(-len(numbered) // 2)))
    height = max(_MAP[1] + _MAP[3] + 120, list_top + 20 * rows + 30)
    axis = Axis(shown, _RIGHT, _WIDE)
    title, below = _title(outcome, shown)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(title)}">',
        style(),
        HATCH,
        f'<rect class="ground" width="{WIDTH}" height="{height:.0f}"/>',
        text(40, 54, title, 28, weight=600),
        text(40, 84, below, 15, "faint"),
        *Map(shown, *_MAP).svg(),
        text(_RIGHT, 112, "Altitude over time, in metres above WGS84", 16, weight=600),
        *altitudes(shown, axis, *_CHART),
        text(_RIGHT, _LANES - 6, "Who did what, and what befell them", 16, weight=600),
        *lanes(shown, axis, _LANES, _LANE, numbered),
        *listed(shown, _RIGHT - 80, list_top, _WIDE + 90, rows, numbered),
        *_legend(shown),
        *_loud(shown),
        *_left_out(shown.marks, numbered, height),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _title(outcome: Outcome, shown: Evening) -> tuple[str, str]:
    script = outcome.script
    notices = [outcome.played.names.label(each) for each in outcome.played.names.all("notice")]
    title = script.title if script.branch is None else f"{script.label} · {', '.join(notices) or script.branch}"
    if len(title) > 92:
        title = title[:91].rstrip() + "…"
    first, last = day(shown.begin_us + shown.offset_us), day(shown.end_us + shown.offset_us)
    said = f"{first}, {shown.clock(shown.begin_us)} to {f'{last}, ' if shown.days else ''}{shown.clock(shown.end_us)}"
    said += f" ({_zone(shown.offset_us // 60_000_000)})"
    return title, f"{said} · positions illustrative"


def _zone(offset_min: int) -> str:
    """The story's own zone, such as `UTC+3`."""
    hours, minutes = divmod(abs(offset_min), 60)
    sign = "+" if offset_min > 0 else "-"
    return "UTC" if not offset_min else f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")


def _legend(shown: Evening) -> Iterator[str]:
    """Under the map: what its strokes mean."""
    x, y = float(_MAP[0]), float(_MAP[1] + _MAP[3] + 30)
    for party, code in enumerate(shown.parties):
        yield dot(x + 7, y - 5, 7, f"p{of_party(party)}")
        yield text(x + 20, y, code, 13.5, weight=600)
        x += 44 + 9.5 * len(code)
    x, y = float(_MAP[0]), y + 28
    entries = [
        ("volume of a notice", rect, "v0"), ("an earlier version", rect, "o0"), ("zone while active", rect, "zone"),
        ("movement and its width", path, "w0"), ("where they meet", rect, "hit")]  # fmt: skip
    for said, draw, style_ in entries:
        if draw is rect:
            yield rect(x, y - 12, 24, 14, style_)
        else:
            yield path(f"M{x:.1f} {y - 5:.1f}h24", style_, 'stroke-width="12"') + path(f"M{x:.1f} {y - 5:.1f}h24", "t0")
        yield text(x + 31, y, said, 13, "faint")
        x += 50 + 7.0 * len(said)
        if x > _MAP[0] + 0.72 * _MAP[2]:
            x, y = float(_MAP[0]), y + 26


def _loud(shown: Evening) -> Iterator[str]:
    """The loudest warning there is, in the map's corner."""
    x, y = _MAP[0] + 14, _MAP[1] + 14
    for said in shown.loud[:3]:
        wide = 11.4 * len(said) + 28
        yield rect(x, y, wide, 34, "badge", radius=6)
        yield text(x + 14, y + 23, said, 17, "onbadge", weight=700)
        y += 42


def _left_out(marks: list[Mark], numbered: list[Mark], height: float) -> Iterator[str]:
    if len(marks) > len(numbered):
        yield text(_RIGHT - 14, height - 14, f"and {len(marks) - len(numbered)} more", 12.5, "faint")
