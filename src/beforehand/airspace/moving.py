"""What moves: a disc along the shortest way at constant speed, the leg of a movement (H6.2)."""

from math import atan2, ceil, floor, hypot, pi

import msgspec

from beforehand.airspace.arc import Arc, Span
from beforehand.airspace.outline import Vector, centre
from beforehand.airspace.volume import Circle, OutlineError

# Of ends within some metres of opposite sides of the Earth, no shortest way is sure.
_OPPOSITE = 1e-6
_E7_PER_RADIAN = 180e7 / pi


class Leg(msgspec.Struct, frozen=True, gc=False, tag="leg"):
    """A disc whose centre goes along the shortest great circle at constant speed, through one altitude band.

    Degrees times 10^7; microseconds since the Unix epoch, inclusive, ``start_us <= end_us``; millimetres (WGS84, inclusive),
    ``None`` for a bound that is unbounded. Where both ends are one, the disc stands. A leg of no duration is on all of its
    way at that instant. Whether it is well formed is checked where it is used (``Path``).
    """

    from_lat_e7: int
    from_lng_e7: int
    to_lat_e7: int
    to_lng_e7: int
    start_us: int
    end_us: int
    lower_mm: int | None
    upper_mm: int | None
    radius_mm: int


class Path(Arc):
    """The way of a leg's centre with its times, and the radius of its disc as an angle."""

    __slots__ = ("angle", "end_us", "start_us")

    def __init__(self, leg: Leg) -> None:
        """Raises ``OutlineError``: ``degenerate`` for ends on opposite sides of the Earth, and for the disc what a
        ``Circle`` is refused for. Raises ``ValueError`` for a leg that ends before it starts."""
        if leg.start_us > leg.end_us:
            raise ValueError(f"A leg must not end before it starts: from {leg.start_us} us to {leg.end_us} us.")
        start, self.angle = centre(Circle(leg.from_lat_e7, leg.from_lng_e7, leg.radius_mm))
        end, _ = centre(Circle(leg.to_lat_e7, leg.to_lng_e7, leg.radius_mm))
        if max(abs(start[0] + end[0]), abs(start[1] + end[1]), abs(start[2] + end[2])) < _OPPOSITE:
            raise OutlineError(
                "degenerate",
                "A leg must not lead to the opposite side of the Earth, where no way is the shortest. Put a point between.",
            )
        super().__init__(start, end)
        self.start_us, self.end_us = leg.start_us, leg.end_us

    @property
    def rate(self) -> float:
        """Angle per microsecond; 0 for a leg of no duration."""
        duration = self.end_us - self.start_us
        return self.length / duration if duration else 0.0

    def window(self, span: Span) -> tuple[int, int]:
        """When the centre is on a span of its way, rounded outwards to whole microseconds."""
        duration = self.end_us - self.start_us
        if not self.length or not duration:
            return self.start_us, self.end_us
        scale = duration / self.length
        first, last = floor(span[0] * scale), ceil(span[1] * scale)
        return self.start_us + max(0, first), self.start_us + min(duration, last)


def position(leg: Leg, time_us: int) -> tuple[int, int]:
    """Where the centre is at a time, ``(lat_e7, lng_e7)``: to the nearest unit; at the start of a leg of no duration.

    Raises ``ValueError`` for a time outside of the leg's own, else as ``Path``.
    """
    path = Path(leg)
    if not leg.start_us <= time_us <= leg.end_us:
        raise ValueError(f"The leg runs from {leg.start_us} us to {leg.end_us} us; {time_us} us is outside.")
    if time_us == leg.start_us or not path.length:
        return leg.from_lat_e7, leg.from_lng_e7
    if time_us == leg.end_us:
        return leg.to_lat_e7, leg.to_lng_e7
    return place_of(path.at((time_us - leg.start_us) * path.rate))


def place_of(point: Vector) -> tuple[int, int]:
    """Latitude and longitude of a point, to the nearest unit."""
    x, y, z = point
    return round(atan2(z, hypot(x, y)) * _E7_PER_RADIAN), round(atan2(y, x) * _E7_PER_RADIAN)
