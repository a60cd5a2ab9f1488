"""The day as a picture (SVG): where flights went and by how much they were moved, when they flew, and the numbers.

One file without scripts, fonts or links, readable on light and dark ground.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from beforehand.client.flights.chart import delays, hours
from beforehand.client.flights.day import Day
from beforehand.client.flights.plot import Plot
from beforehand.client.flights.result import Result

WIDTH, HEIGHT = 1600, 1060
_MAP = (40, 96, 1150, 700)
_SIDE = 1230
_STRIP = (40, 866, 1520, 130)

# Classes with plain colours, and a second set for dark ground: some viewers know no variables.
_STYLE = """
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:#1b2733}
.ground{fill:#fbfaf7}.sea{fill:#f1efe8}.faint{fill:#5d6b78}.line{stroke:#d9d5c9;fill:none}.edge{stroke:#c4bfb0;fill:none}
.track{fill:none;stroke:#33658a;stroke-opacity:.34;stroke-width:.9}.bar{fill:#33658a}.air{fill:#33658a;fill-opacity:.16}
.d1{stroke:#e0a100}.d2{stroke:#e07a00}.d3{stroke:#d04a1b}.d4{stroke:#a3123f}.moved{fill:none}
.d1{stroke-width:1;stroke-opacity:.6}.d2{stroke-width:1.2;stroke-opacity:.8}.d3,.d4{stroke-width:1.6;stroke-opacity:.95}
.f1{fill:#e0a100}.f2{fill:#e07a00}.f3{fill:#d04a1b}.f4{fill:#a3123f}
.un{fill:none;stroke:#6b21a8;stroke-width:2;stroke-dasharray:5 3}.fun{fill:#6b21a8}
.met{fill:#1b2733;stroke:#fbfaf7;stroke-width:1}.plate{fill:#fbfaf7;fill-opacity:.85}
.good{fill:#1d7a46}.bad{fill:#b3001b}
@media (prefers-color-scheme:dark){
text{fill:#e8edf2}.ground{fill:#10161d}.sea{fill:#161e27}.faint{fill:#93a3b3}.line{stroke:#27323d}.edge{stroke:#3a4856}
.track{stroke:#7db4dc;stroke-opacity:.36}.bar{fill:#7db4dc}.air{fill:#7db4dc;fill-opacity:.2}
.d1{stroke:#ffd45e}.d2{stroke:#ffab4a}.d3{stroke:#ff7d52}.d4{stroke:#ff5c8a}
.f1{fill:#ffd45e}.f2{fill:#ffab4a}.f3{fill:#ff7d52}.f4{fill:#ff5c8a}
.un{stroke:#d0a3ff}.fun{fill:#d0a3ff}.met{fill:#ffffff;stroke:#10161d}.plate{fill:#10161d}.good{fill:#5fd08f}.bad{fill:#ff6b7d}}
"""


def picture(result: Result, day: Day) -> str:
    """The whole picture as SVG text."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(_title(result))}">',
        f"<style>{_STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>',
        _text(40, 52, _title(result), 30, weight=600),
        _text(40, 78, _subtitle(result), 15, "faint"),
        *Plot(day, *_MAP).svg(),
        *_numbers(result),
        *delays(day, _SIDE, 560, 330, 150),
        *_legend(),
        *hours(day, *_STRIP),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _title(result: Result) -> str:
    return f"{result.planned:,} of {result.flights:,} flights, planned beforehand"


def _subtitle(result: Result) -> str:
    begin, end = result.recorded_from, result.recorded_to
    until = end[11:16] if begin[:10] == end[:10] else f"{end[:10]} {end[11:16]}"
    return f"{result.file} · recorded {begin[:10]} {begin[11:16]} to {until} UTC · {result.operators:,} operators"


def _numbers(result: Result) -> Iterable[str]:
    median, worst = result.delay_median_min, result.delay_worst_min
    rows: list[tuple[str, str, str]] = [
        (f"{result.pairs_that_meet:,}", "accepted pairs that really meet", _judged(result.pairs_that_meet)),
        (f"{result.intents:,}", "intents stand, one a leg", ""),
        (f"{result.refusals:,}", "refusals: planned in ignorance", ""),
        (f"{result.real_meetings:,} of {result.cell_level_meetings:,}", "named by refusals really met", ""),
        (f"{result.moved:,}", "flights moved as a whole", ""),
        ("–" if median is None else f"{median:g} / {worst} min", "delay: median / worst", ""),
        (f"{result.unplanned:,}", "flights unplanned", ""),
        (f"{result.left_behind:,}", "intents left behind of those", _judged(result.left_behind)),
    ]
    for i, (value, name, style) in enumerate(rows):
        y = 128 + 50 * i
        yield _text(_SIDE, y, value, 25, style, weight=600)
        yield _text(_SIDE, y + 18, name, 13, "faint")


def _judged(count: int) -> str:
    return "bad" if count else "good"


def _legend() -> Iterable[str]:
    """Under the map: what its strokes mean."""
    x, y = _MAP[0], _MAP[1] + _MAP[3] + 24
    entries = [
        ("track", "as recorded"), ("moved d1", "1–5 min later"), ("moved d2", "6–10"), ("moved d3", "11–20"),
        ("moved d4", "21–30"), ("un", "unplanned")]  # fmt: skip
    for style, name in entries:
        yield f'<path class="{style}" d="M{x} {y - 5}h30" style="stroke-width:3;stroke-opacity:1"/>'
        yield _text(x + 38, y, name, 13, "faint")
        x += 56 + 8 * len(name)
    yield f'<circle class="met" cx="{x + 8}" cy="{y - 5}" r="4"/>'
    yield _text(x + 22, y, "where a flight would really have met another", 13, "faint")


def _text(x: float, y: float, text: str, size: int, style: str = "", weight: int = 400) -> str:
    styled = f' class="{style}"' if style else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" font-weight="{weight}"{styled}>{escape(text)}</text>'
