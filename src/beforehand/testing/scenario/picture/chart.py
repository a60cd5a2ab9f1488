"""Altitude over time, and under it, on the same axis, what each party did and what befell it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from beforehand.testing.scenario.picture.evening import Evening, Mark, Shape
from beforehand.testing.scenario.picture.ink import dot, of_party, path, rect, text
from beforehand.testing.scenario.times import MINUTE_US

_TICKS_MIN = (1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1440)
_HEIGHTS_M = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
#: Without a ceiling a band ends here above all others.
_OPEN = 1.15


class Axis:
    """Times along the width."""

    def __init__(self, shown: Evening, x: float, width: float) -> None:
        self._begin, self._span = shown.begin_us, max(1, shown.end_us - shown.begin_us)
        self.x, self.width = x, width
        self._offset = shown.offset_us
        minutes = next((each for each in _TICKS_MIN if self._span / (each * MINUTE_US) <= 9), _TICKS_MIN[-1])
        self._step = minutes * MINUTE_US

    def at(self, time_us: int | None, unbounded: int = 0) -> float:
        """Where a time is drawn, within the chart; `unbounded`: 0 or 1, its left or right end, for None."""
        if time_us is None:
            return self.x + unbounded * self.width
        return self.x + self.width * min(1.0, max(0.0, (time_us - self._begin) / self._span))

    def ticks(self) -> Iterator[int]:
        """Round times."""
        first = -(-(self._begin + self._offset) // self._step) * self._step - self._offset
        yield from range(first, self._begin + self._span + 1, self._step)


def altitudes(shown: Evening, axis: Axis, y: float, height: float) -> Iterator[str]:
    """Bands of notices, zones and movements over time, and where they meet."""
    tops = [each.volume.upper_mm for each in shown.shapes if each.kind == "notice"]
    tops += [leg.upper_mm for track in shown.tracks for leg in track.legs]
    top_m = max((each for each in tops if each is not None), default=10_000_000) / 1000 * _OPEN
    step = next((each for each in _HEIGHTS_M if top_m / each <= 7), 20_000)

    def up(mm: int | None, unbounded: float) -> float:
        metres = unbounded if mm is None else mm / 1000
        return y + height * (1 - min(1.0, max(0.0, metres / top_m)))

    yield rect(axis.x, y, axis.width, height, "sea", radius=4)
    for metres in range(0, int(top_m) + 1, step):
        yield path(f"M{axis.x:.1f} {up(metres * 1000, 0):.1f}h{axis.width:.1f}", "line")
        yield text(axis.x - 8, up(metres * 1000, 0) + 4, f"{metres:,}", 12, "faint", "end")
    yield from _times(shown, axis, y, height)
    notices = {each.label.rpartition(", ")[0] for each in shown.shapes if each.kind == "notice"}
    for shape in sorted(shown.shapes, key=lambda each: (each.kind == "notice", each.current)):
        style = "zone" if shape.kind == "zone" else f"{'v' if shape.current else 'o'}{of_party(shape.party)}"
        for start, end in shape.windows:
            left, right = axis.at(start), axis.at(end, 1)
            top, base = up(shape.volume.upper_mm, top_m), up(shape.volume.lower_mm, 0)
            if right > left:
                yield rect(left, top, right - left, base - top, style, shape.label)
                yield from _band_label(shape, left, top, y, len(notices) > 1)
    for track in shown.tracks:
        for leg in track.legs:
            left, right = axis.at(leg.start_us), axis.at(leg.end_us)
            top, base = up(leg.upper_mm, top_m), up(leg.lower_mm, 0)
            yield rect(left, top, right - left, base - top, f"v{of_party(track.party)}", track.label)
        leg = track.legs[0]
        yield text(
            axis.at(leg.start_us) + 6,
            max(up(leg.upper_mm, top_m) - 6, y + 16),
            track.label,
            13,
            f"p{of_party(track.party)}",
            weight=600,
        )
    for met in shown.meetings:
        left, right = axis.at(met.start), axis.at(met.end, 1)
        top, base = up(met.upper, top_m), up(met.lower, 0)
        yield rect(left, top, right - left, base - top, "hit", "they meet")
    yield rect(axis.x, y, axis.width, height, "edge", radius=4)


def _band_label(shape: Shape, left: float, top: float, y: float, several: bool) -> Iterator[str]:
    """The name of a band: of a notice its version, and where there are several notices, its name."""
    if shape.kind == "zone":
        yield text(left + 6, y + 16, f"{shape.label} (active)", 12.5, "zonetext", weight=600)
        return
    name = shape.label if several else shape.label.rpartition(", ")[2]
    said = name if shape.current else f"{name} (before)"
    # Versions of one window must not be written over each other.
    lower = 0 if shape.current else 16
    yield text(left + 6, max(top + 17, y + 34) + lower, said, 12.5, f"p{of_party(shape.party)}", weight=600)


def _times(shown: Evening, axis: Axis, y: float, height: float) -> Iterator[str]:
    for at_us in axis.ticks():
        x = axis.at(at_us)
        yield path(f"M{x:.1f} {y:.1f}v{height:.1f}", "line")
        yield text(x, y + height + 17, shown.tick(at_us), 12, "faint", "middle")


def lanes(shown: Evening, axis: Axis, y: float, row: float, numbered: Sequence[Mark]) -> Iterator[str]:
    """One lane for each party of whom there is something to show, with the numbers of the list under it."""
    for at, party in enumerate(acting(numbered)):
        top, middle = y + row * at, y + row * at + row / 2
        yield rect(axis.x, top + 3, axis.width, row - 6, "sea", radius=4)
        yield text(axis.x - 8, middle + 5, shown.parties[party], 14, f"p{of_party(party)}", "end", 600)
        ends = [-1e9, -1e9, -1e9]
        for number, mark in enumerate(numbered, 1):
            if mark.party == party:
                # Of numbers that would lie on each other, the next goes above or below.
                x = axis.at(mark.at_us)
                level = next((at for at, end in enumerate(ends) if x - end >= 16), min(range(3), key=ends.__getitem__))
                x = max(x, ends[level] + 16)
                ends[level] = x
                cy = middle + (0, -row / 3, row / 3)[level]
                yield dot(x, cy, 8, _TONES.get(mark.tone, f"p{of_party(party)}"))
                yield text(x, cy + 3.6, str(number), 10, "onbadge", "middle", 600)


_TONES = {"good": "good", "bad": "bad", "loud": "bad"}


def acting(numbered: Sequence[Mark]) -> list[int]:
    """Parties of whom there is something to show."""
    return sorted({mark.party for mark in numbered})


def listed(shown: Evening, x: float, y: float, width: float, rows: int, numbered: Sequence[Mark]) -> Iterator[str]:
    """What the numbers of the lanes mean, in columns."""
    columns = max(1, -(-len(numbered) // rows))
    indent = 116 if shown.days else 90
    for at, mark in enumerate(numbered):
        left, top = x + width / columns * (at // rows), y + 20 * (at % rows)
        code = shown.parties[mark.party]
        yield text(left + 18, top, str(at + 1), 12.5, "faint", "end")
        yield text(left + 26, top, shown.stamp(mark.at_us), 12.5, "faint")
        yield text(left + indent, top, code, 12.5, f"p{of_party(mark.party)}", weight=600)
        said = mark.says if len(mark.says) <= 44 else f"{mark.says[:43]}…"
        style = mark.tone if mark.tone in _TONES else ""
        yield text(
            left + indent + 10 + 8.8 * len(code), top, said, 12.5, style, weight=600 if mark.tone == "loud" else 400
        )
