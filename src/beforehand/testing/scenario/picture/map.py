"""The map: volumes, zones, movements with their times, towns, a graticule and a scale. No coast: no data of one is held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import cos, radians

from beforehand.airspace.moving import Leg, position
from beforehand.airspace.volume import Circle, Outline, Polygon
from beforehand.testing.scenario.picture.evening import Evening, Shape, Track
from beforehand.testing.scenario.picture.ink import dot, line_of, of_party, path, rect, text
from beforehand.testing.scenario.times import MINUTE_US
from beforehand.wire.hotline.places import gazetteer
from beforehand.wire.hotline.shapes import ring

_STEPS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30)
_KM_A_DEGREE = 111.2
_TOWNS = 9
_TICKS_MIN = (1, 2, 5, 10, 15, 30, 60, 120, 360)
_E7 = 1e7

Pixel = tuple[float, float]


class _Places:
    """Where names may still go: none over another."""

    def __init__(self, box: tuple[float, float, float, float]) -> None:
        self._box = box
        self._taken: list[tuple[float, float, float, float]] = []

    def keep(self, x: float, y: float, width: float, height: float) -> None:
        """Nothing goes here."""
        self._taken.append((x, y, x + width, y + height))

    def put(self, said: str, size: float, spots: Sequence[Pixel], insist: bool) -> Pixel | None:
        """The first of some spots (left end of the line's base) that is free; the first of all, if it must go somewhere."""
        wide = 0.58 * size * len(said) + 6
        for x, y in spots:
            rect_ = (x - 3, y - size, x + wide - 3, y + 0.35 * size)
            if self._free(rect_):
                self._taken.append(rect_)
                return x, y
        return spots[0] if insist else None

    def _free(self, rect_: tuple[float, float, float, float]) -> bool:
        x, y, width, height = self._box
        inside = x + 4 < rect_[0] and rect_[2] < x + width - 4 and y + 4 < rect_[1] and rect_[3] < y + height - 22
        return inside and not any(
            rect_[0] < right and left < rect_[2] and rect_[1] < base and top < rect_[3]
            for left, top, right, base in self._taken
        )


class Map:
    """Plate carrée round the middle of what is shown, fitted into a box of pixels."""

    def __init__(self, shown: Evening, x: float, y: float, width: float, height: float) -> None:
        self._shown = shown
        self._box = x, y, width, height
        self._places = _Places(self._box)
        corners = [each for outline in _outlines(shown) for each in _corners(outline)]
        self.empty = not corners
        if self.empty:
            return
        #: Degrees are counted from the first corner, so that nothing is torn at the antimeridian.
        self._zero = corners[0][1]
        lats = [lat for lat, _ in corners]
        lngs = [self._east(lng) for _, lng in corners]
        self._narrow = max(0.05, cos(radians((min(lats) + max(lats)) / 2)))
        across, up = max((max(lngs) - min(lngs)) * self._narrow, 0.02), max(max(lats) - min(lats), 0.02)
        self._scale = min(0.86 * width / across, 0.86 * height / up)
        self._left = x + width / 2 - (min(lngs) + max(lngs)) / 2 * self._narrow * self._scale
        self._bottom = y + height / 2 + (min(lats) + max(lats)) / 2 * self._scale

    def svg(self) -> Iterator[str]:
        """The map's elements."""
        x, y, width, height = self._box
        yield f'<clipPath id="map"><rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8"/></clipPath>'
        yield rect(x, y, width, height, "sea", radius=8)
        if self.empty:
            yield text(x + width / 2, y + height / 2, "No shape was given.", 17, "faint", "middle")
        else:
            self._keep_free()
            yield '<g clip-path="url(#map)">'
            yield from self._graticule()
            for shape in sorted(self._shown.shapes, key=lambda each: (each.kind == "notice", each.current)):
                yield from self._shape(shape)
            for track in self._shown.tracks:
                yield from self._track(track)
            yield from self._labels()
            yield from self._towns()
            for track in self._shown.tracks:
                yield from self._times(track)
            yield "</g>"
            yield from self._ruler()
        yield from self._in_words()
        yield rect(x, y, width, height, "edge", radius=8)

    def _in_words(self) -> Iterator[str]:
        """What is somewhere, and nobody knows where but by words."""
        x, y, _width, height = self._box
        found = dict.fromkeys(
            (f"{each.label}: “{each.words}”, words alone", of_party(each.party))
            for each in self._shown.shapes
            if each.kind == "notice" and each.volume.outline is None and each.current
        )
        for at, (said, colour) in enumerate(list(found)[:3]):
            base = y + height - 40 - 26 * at
            yield rect(x + 12, base - 16, min(8.2 * len(said) + 16, _width - 220), 24, "plate", radius=4)
            yield text(x + 20, base, said[:66], 14.5, f"p{colour}", weight=600)

    def _east(self, lng: float) -> float:
        return (lng - self._zero + 180) % 360 - 180

    def at(self, lat: float, lng: float) -> Pixel:
        """Where a place is drawn."""
        return self._left + self._east(lng) * self._narrow * self._scale, self._bottom - lat * self._scale

    def _shape(self, shape: Shape) -> Iterator[str]:
        outline = shape.volume.outline
        if outline is None:
            return
        style = "zone" if shape.kind == "zone" else f"{'v' if shape.current else 'o'}{of_party(shape.party)}"
        yield path(line_of([self.at(lat, lng) for lng, lat in ring(outline)], closed=True), style, title=shape.label)

    def _track(self, track: Track) -> Iterator[str]:
        colour = of_party(track.party)
        for leg in track.legs:
            ends = line_of([self.at(*each) for each in _way(leg)])
            wide = 2 * leg.radius_mm / 1e6 / _KM_A_DEGREE * self._scale
            yield path(ends, f"w{colour}", f'stroke-width="{wide:.1f}"', track.label)
            yield path(ends, f"t{colour}")
            for met in self._shown.meetings:
                if met.kind == "movement" and met.start is not None and met.end is not None:
                    start, end = max(met.start, leg.start_us), min(met.end, leg.end_us)
                    if start < end:
                        inside = [self._on(leg, start), self._on(leg, end)]
                        yield path(line_of(inside), "hit", 'style="fill:none;stroke-width:5"', "inside")

    def _times(self, track: Track) -> Iterator[str]:
        colour = of_party(track.party)
        for at_us, leg in _ticks(track):
            px, py = self._on(leg, at_us)
            yield dot(px, py, 4, f"p{colour}")
            said = self._shown.clock(at_us)
            spot = self._places.put(
                said, 13, [(px + 8, py - 7), (px - 44, py + 18), (px + 8, py + 18), (px - 44, py - 7)], True
            )
            assert spot is not None
            yield text(*spot, said, 13, f"p{colour}", weight=600)

    def _keep_free(self) -> None:
        """Of the corner for the loudest warning, and of the scale."""
        x, y, width, height = self._box
        if self._shown.loud:
            self._places.keep(x, y, 0.55 * width, 20 + 42 * min(3, len(self._shown.loud)))
        self._places.keep(x + width - 190, y + height - 70, 190, 70)

    def _on(self, leg: Leg, at_us: int) -> Pixel:
        lat, lng = position(leg, at_us)
        return self.at(lat / _E7, lng / _E7)

    def _labels(self) -> Iterator[str]:
        """One name for each notice and zone beside its first shape, and for each movement at its start."""
        said: set[str] = set()
        for shape in sorted(self._shown.shapes, key=lambda each: each.kind == "zone"):
            name = shape.label.rpartition(", version")[0] or shape.label
            if shape.volume.outline is None or name in said:
                continue
            said.add(name)
            points = [self.at(lat, lng) for lng, lat in ring(shape.volume.outline)]
            style = "zonetext" if shape.kind == "zone" else f"p{of_party(shape.party)}"
            yield self._named(name, points, style)
        for track in self._shown.tracks:
            px, py = self.at(*_way(track.legs[0])[0])
            around = [(px - 14, py - 14), (px + 14, py + 14)]
            yield self._named(track.label, around, f"p{of_party(track.party)}")

    def _named(self, name: str, around: list[Pixel], style: str) -> str:
        """A name below, above, right or left of what it names."""
        wide = 0.58 * 14.5 * len(name)
        left, right = min(x for x, _ in around), max(x for x, _ in around)
        top, base = min(y for _, y in around), max(y for _, y in around)
        middle, half = (left + right) / 2 - wide / 2, (top + base) / 2
        spots = [
            (middle, base + 20),
            (middle, top - 9),
            (right + 8, half),
            (left - wide - 8, half),
            (right + 8, base + 14),
        ]
        spot = self._places.put(name, 14.5, spots, True)
        assert spot is not None
        x, y = spot
        return rect(x - 5, y - 14, wide + 10, 20, "plate", radius=4) + text(x, y, name, 14.5, style, weight=600)

    def _towns(self) -> Iterator[str]:
        x, y, width, height = self._box
        found = 0
        places = [each for of_country in gazetteer().places.values() for each in of_country[:400]]
        for place in places:
            px, py = self.at(place.spot.lat_e7 / _E7, place.spot.lng_e7 / _E7)
            if not (x + 10 < px < x + width - 60 and y + 20 < py < y + height - 30):
                continue
            spot = self._places.put(place.name, 14, [(px + 8, py + 5), (px - 8 - 8.1 * len(place.name), py + 5)], False)
            if spot is None:
                continue
            yield f'<rect class="town" x="{px - 3:.1f}" y="{py - 3:.1f}" width="6" height="6"/>'
            yield text(*spot, place.name, 14, "faint")
            found += 1
            if found == _TOWNS:
                return

    def _graticule(self) -> Iterator[str]:
        x, y, width, height = self._box
        step = next((step for step in _STEPS if step * self._scale * self._narrow > 110), _STEPS[-1])
        for k in range(-int(180 / step), int(180 / step) + 1):
            px, _ = self.at(0, k * step)
            if x < px < x + width:
                yield path(f"M{px:.1f} {y}v{height}", "line")
                if px < x + width - 60:
                    yield text(
                        px + 4, y + height - 8, f"{abs(k * step):g}°{'E' if k > 0 else 'W' if k else ''}", 12, "faint"
                    )
        for k in range(-int(90 / step), int(90 / step) + 1):
            _, py = self.at(k * step, self._zero)
            if y + 16 < py < y + height:
                yield path(f"M{x} {py:.1f}h{width}", "line")
            if y + 16 < py < y + height - 24:
                yield text(x + 8, py - 4, f"{abs(k * step):g}°{'N' if k > 0 else 'S' if k else ''}", 12, "faint")

    def _ruler(self) -> Iterator[str]:
        x, y, width, height = self._box
        a_km = self._scale / _KM_A_DEGREE
        km = next((km for km in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if km * a_km > 80), 2000)
        px = x + width - 24 - km * a_km
        yield rect(px - 12, y + height - 62, km * a_km + 24, 44, "plate", radius=4)
        yield path(f"M{px:.1f} {y + height - 36}v6h{km * a_km:.1f}v-6", "edge", 'style="stroke-width:2"')
        yield text(px, y + height - 42, f"{km} km", 13, "faint")


def _outlines(shown: Evening) -> Iterator[Outline]:
    for shape in shown.shapes:
        if shape.volume.outline is not None:
            yield shape.volume.outline
    for track in shown.tracks:
        for leg in track.legs:
            yield Circle(leg.from_lat_e7, leg.from_lng_e7, leg.radius_mm)
            yield Circle(leg.to_lat_e7, leg.to_lng_e7, leg.radius_mm)


def _corners(outline: Outline) -> list[tuple[float, float]]:
    if isinstance(outline, Polygon):
        return [(lat / _E7, lng / _E7) for lat, lng in outline.vertices]
    return [(lat, lng) for lng, lat in ring(outline, 16)]


def _way(leg: Leg) -> list[tuple[float, float]]:
    """Latitudes and longitudes along a leg."""
    if leg.start_us == leg.end_us:
        return [(leg.from_lat_e7 / _E7, leg.from_lng_e7 / _E7), (leg.to_lat_e7 / _E7, leg.to_lng_e7 / _E7)]
    times = [leg.start_us + (leg.end_us - leg.start_us) * k // 12 for k in range(13)]
    return [(lat / _E7, lng / _E7) for lat, lng in (position(leg, each) for each in times)]


def _ticks(track: Track) -> Iterator[tuple[int, Leg]]:
    """Round times along a movement, some six, and its ends."""
    first, last = track.legs[0].start_us, track.legs[-1].end_us
    minutes = next((each for each in _TICKS_MIN if (last - first) / (each * MINUTE_US) <= 7), _TICKS_MIN[-1])
    step = minutes * MINUTE_US
    times = [first, *range(-(-first // step) * step, last, step), last]
    for at, time_us in enumerate(times):
        if 0 < at < len(times) - 1 and min(time_us - first, last - time_us) < step / 2:
            continue
        leg = next((each for each in track.legs if each.start_us <= time_us <= each.end_us), None)
        if leg is not None:
            yield time_us, leg
