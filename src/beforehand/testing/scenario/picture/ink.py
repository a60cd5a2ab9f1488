"""Elements of the picture, and its colours on light and dark ground. No scripts, fonts or links."""

from __future__ import annotations

from html import escape

#: Colours of parties by their order, so that no code decides: light ground, dark ground.
PARTIES = (
    ("#4b5f78", "#a9bdd6"),
    ("#0b7a75", "#4fd1c5"),
    ("#9a6b00", "#f0c24b"),
    ("#7a3e8e", "#d9a3ec"),
    ("#2f6b2f", "#8fd68f"),
    ("#8c3b2a", "#f0a08c"),
)

_LIGHT = {
    "text": "#1b2733", "ground": "#fbfaf7", "sea": "#f1efe8", "faint": "#5d6b78", "line": "#dcd8cc", "edge": "#c4bfb0",
    "bad": "#b3001b", "good": "#1d7a46", "hatch": "#c2452d", "plate": "#fbfaf7"}  # fmt: skip
_DARK = {
    "text": "#e8edf2", "ground": "#10161d", "sea": "#161e27", "faint": "#93a3b3", "line": "#27323d", "edge": "#3a4856",
    "bad": "#ff6b7d", "good": "#5fd08f", "hatch": "#ff8a70", "plate": "#10161d"}  # fmt: skip


def style() -> str:
    """Plain colours, and a second set for dark ground: some viewers know no variables."""
    return (
        '<style>text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}'
        + _colours(_LIGHT, 0)
        + "@media (prefers-color-scheme:dark){"
        + _colours(_DARK, 1)
        + "}</style>"
    )


def _colours(of: dict[str, str], ground: int) -> str:
    parts = [
        f"text{{fill:{of['text']}}}.ground{{fill:{of['ground']}}}.sea{{fill:{of['sea']}}}.faint{{fill:{of['faint']}}}",
        f".line{{stroke:{of['line']};fill:none}}.edge{{stroke:{of['edge']};fill:none}}.plate{{fill:{of['plate']};fill-opacity:.82}}",
        f".bad,.loud{{fill:{of['bad']}}}.good{{fill:{of['good']}}}.hit{{fill:{of['bad']};fill-opacity:.3;stroke:{of['bad']}}}",
        f".hatch{{stroke:{of['hatch']};stroke-width:1.6}}.zone{{fill:url(#hatch);stroke:{of['hatch']};stroke-dasharray:7 4}}",
        f".zonetext{{fill:{of['hatch']}}}.town{{fill:{of['faint']}}}.badge{{fill:{of['bad']}}}.onbadge{{fill:{of['ground']}}}",
    ]
    for at, colours in enumerate(PARTIES):
        colour = colours[ground]
        parts.append(
            f".p{at}{{fill:{colour}}}.v{at}{{fill:{colour};fill-opacity:.22;stroke:{colour};stroke-width:2}}"
            f".o{at}{{fill:none;stroke:{colour};stroke-width:1.6;stroke-dasharray:5 4}}"
            f".w{at}{{fill:none;stroke:{colour};stroke-opacity:.28;stroke-linecap:round}}"
            f".t{at}{{fill:none;stroke:{colour};stroke-width:2.4}}"
        )
    return "".join(parts)


def of_party(party: int) -> int:
    """The number of a party's colour."""
    return party % len(PARTIES)


HATCH = (
    '<pattern id="hatch" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path class="hatch" d="M0 0V9" stroke-opacity=".45"/></pattern>'
)


def text(x: float, y: float, said: str, size: float, style: str = "", anchor: str = "start", weight: int = 400) -> str:
    """A line of text."""
    styled = f' class="{style}"' if style else ""
    heavy = f' font-weight="{weight}"' if weight != 400 else ""
    placed = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}"{heavy}{placed}{styled}>{escape(said)}</text>'


def rect(x: float, y: float, width: float, height: float, style: str, title: str = "", radius: float = 0) -> str:
    """A rectangle."""
    told = f"<title>{escape(title)}</title>" if title else ""
    rounded = f' rx="{radius:g}"' if radius else ""
    size = f'width="{max(0.0, width):.1f}" height="{max(0.0, height):.1f}"'
    return f'<rect class="{style}" x="{x:.1f}" y="{y:.1f}" {size}{rounded}>{told}</rect>'


def path(d: str, style: str, extra: str = "", title: str = "") -> str:
    """A path."""
    told = f"<title>{escape(title)}</title>" if title else ""
    return f'<path class="{style}" d="{d}"{" " + extra if extra else ""}>{told}</path>'


def dot(x: float, y: float, radius: float, style: str) -> str:
    """A dot."""
    return f'<circle class="{style}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"/>'


def line_of(points: list[tuple[float, float]], closed: bool = False) -> str:
    """The way of a path through points."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + ("Z" if closed else "")
