"""Do two bodies, standing or moving, come within the agreed buffers of each other, where and when (H4.7, H4.9, H6.2)?

Two bodies meet if some point of one and some point of the other are no farther apart than the horizontal buffer along
the sphere, the vertical buffer in height and the time buffer in time, each inclusive. Outlines are grown by 2 cm each
besides, as for coverings, so that rounding never hides a meeting. A bound that is ``None`` is unbounded; a volume
without outline may be anywhere, so it counts as everywhere; contradictory bounds count as their hull.
"""

import msgspec

from beforehand.airspace.meeting import Meeting
from beforehand.airspace.moving import Leg, Path
from beforehand.airspace.passing import passing
from beforehand.airspace.touching import NEAR_MM, RADIAN_MM, Place, clearance_of, reach_of
from beforehand.airspace.volume import Circle, Volume

__all__ = ["MAX_HORIZONTAL_MM", "Apart", "Body", "Buffers", "Meeting", "Ready", "encounter", "meet"]

#: What takes part: a volume that stands or the leg of a movement.
Body = Volume | Leg
#: The widest horizontal buffer, 1,000 km.
MAX_HORIZONTAL_MM = 1_000_000_000


class Buffers(msgspec.Struct, frozen=True, gc=False):
    """How near counts as meeting: along the sphere and in height in millimetres, in time in microseconds.

    Raises ``ValueError`` for what is negative, or wider than ``MAX_HORIZONTAL_MM``.
    """

    horizontal_mm: int = 0
    vertical_mm: int = 0
    time_us: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.horizontal_mm <= MAX_HORIZONTAL_MM or self.vertical_mm < 0 or self.time_us < 0:
            raise ValueError(f"Buffers must not be negative, and at most {MAX_HORIZONTAL_MM} mm wide: {self}.")


class Apart(msgspec.Struct, frozen=True, gc=False):
    """The gaps between two bodies that do not meet, each by itself, 0 where they overlap.

    Horizontally it is the least distance between the outlines, of a leg between all that its disc sweeps, rounded down. Each
    may be within its buffer, or 0, where a leg passes at another time.
    """

    horizontal_mm: int
    vertical_mm: int
    time_us: int


class Ready:
    """A body made ready to be held against many others.

    Raises ``OutlineError`` as ``meeting.Prepared`` or ``moving.Path``; ``ValueError`` for a leg that ends before it starts.
    """

    __slots__ = ("_cap", "end_us", "lower_mm", "path", "place", "start_us", "upper_mm")

    def __init__(self, body: Body) -> None:
        self.lower_mm, self.upper_mm = _hull(body.lower_mm, body.upper_mm)
        self.start_us, self.end_us = _hull(body.start_us, body.end_us)
        #: What stands; of neither, it is everywhere.
        self.place: Place | None = None
        #: What moves.
        self.path: Path | None = None
        # A point and a chord within which the body lies, grown by its 2 cm.
        self._cap = (0.0, 0.0, 0.0, 0.0)
        if isinstance(body, Leg):
            path = Path(body)
            if path.length:
                self.path = path
                self._cap = (*path.at(path.length / 2), path.length / 2 + path.angle + NEAR_MM / 2 / RADIAN_MM + 1e-12)
            else:
                self.place = Place(Circle(body.from_lat_e7, body.from_lng_e7, body.radius_mm))
                self._cap = self.place.cap()
        elif body.outline is not None:
            self.place = Place(body.outline)
            self._cap = self.place.cap()

    @property
    def is_everywhere(self) -> bool:
        """Whether its place is not known."""
        return self.place is None and self.path is None

    def may_reach(self, other: "Ready", horizontal_mm: int) -> bool:
        """Whether caps round the two, grown by a buffer, touch; always, for what is everywhere."""
        x, y, z, reach = self._cap
        a, b, c, other_reach = other._cap
        x, y, z, reach = x - a, y - b, z - c, reach + other_reach + horizontal_mm / RADIAN_MM
        return x * x + y * y + z * z <= reach * reach or self.is_everywhere or other.is_everywhere


def encounter(a: Body | Ready, b: Body | Ready, buffers: Buffers) -> Meeting | Apart:
    """The band and window in which two bodies meet, or how far they are apart.

    Band and window are those of `b` that lie within the buffers of `a`: what `a`, grown by the vertical and the time buffer,
    shares with `b`; without buffers, what they share. Whether they meet is the same either way round.

    Of legs the window is when disc and outline, or disc and disc, are within the horizontal buffer of each other: from the
    first to the last moment, though between they may part, where an outline is not convex. It begins no later and ends no
    earlier than exact arithmetic says, by less than 1 ms but for what 1 mm more of distance makes of it, which is more
    only where one passes just within reach.

    Raises as ``Ready``.
    """
    one, other = a if isinstance(a, Ready) else Ready(a), b if isinstance(b, Ready) else Ready(b)
    met = meet(one, other, buffers)
    if met is not None:
        return met
    return Apart(
        _clearance_mm(one, other),
        _gap(one.lower_mm, one.upper_mm, other.lower_mm, other.upper_mm),
        _gap(one.start_us, one.end_us, other.start_us, other.end_us),
    )


def meet(a: Body | Ready, b: Body | Ready, buffers: Buffers) -> Meeting | None:
    """As ``encounter``, without the gaps: of two that are ready, a microsecond or two where windows, bands or the caps
    round them are apart. Raises as ``Ready``."""
    one, other = a if isinstance(a, Ready) else Ready(a), b if isinstance(b, Ready) else Ready(b)
    start, end = _common(one.start_us, one.end_us, other.start_us, other.end_us, buffers.time_us)
    if start is not None and end is not None and start > end:
        return None
    lower, upper = _common(one.lower_mm, one.upper_mm, other.lower_mm, other.upper_mm, buffers.vertical_mm)
    if lower is not None and upper is not None and lower > upper:
        return None
    if not one.may_reach(other, buffers.horizontal_mm):
        return None
    if one.path is None and other.path is None:
        if one.place is None or other.place is None or one.place.within(other.place, buffers.horizontal_mm):
            return Meeting(lower, upper, start, end)
        return None
    if one.is_everywhere or other.is_everywhere:
        return Meeting(lower, upper, start, end)
    window = _window(one, other, buffers)
    return None if window is None else Meeting(lower, upper, *window)


def _window(one: Ready, other: Ready, buffers: Buffers) -> tuple[int | None, int | None] | None:
    """When the two, of which one moves at least, come together in time and place."""
    early = buffers.time_us
    if one.path is not None and other.path is not None:
        reach = one.path.angle + other.path.angle + reach_of(buffers.horizontal_mm)
        return passing(one.path, other.path, reach, early)
    if other.path is not None:
        assert one.place is not None
        start, end = _common(one.start_us, one.end_us, None, None, early)
        return _within(one.place.touched_by(other.path, buffers.horizontal_mm), start, end)
    assert one.path is not None
    assert other.place is not None
    start, end = _common(other.start_us, other.end_us, None, None, early)
    touched = _within(other.place.touched_by(one.path, buffers.horizontal_mm), start, end)
    return None if touched is None else _common(*touched, other.start_us, other.end_us, early)


def _within(windows: list[tuple[int, int]], start: int | None, end: int | None) -> tuple[int, int] | None:
    """The hull of what of ascending windows lies between two bounds."""
    inside = [
        (low if start is None else max(low, start), high if end is None else min(high, end))
        for low, high in windows
        if (start is None or high >= start) and (end is None or low <= end)
    ]
    return (inside[0][0], inside[-1][1]) if inside else None


def _clearance_mm(one: Ready, other: Ready) -> int:
    if one.path is not None:
        if other.path is not None:
            return clearance_of(one.path.away_from_arc(other.path) - one.path.angle - other.path.angle)
        return 0 if other.place is None else other.place.clearance_to(one.path)
    if one.place is None or other.is_everywhere:
        return 0
    if other.path is not None:
        return one.place.clearance_to(other.path)
    assert other.place is not None
    return one.place.clearance_mm(other.place)


def _common(
    low: int | None, high: int | None, other_low: int | None, other_high: int | None, buffer: int
) -> tuple[int | None, int | None]:
    """What bounds, grown by a buffer, have in common with others; lower above upper where they have nothing."""
    low, high = None if low is None else low - buffer, None if high is None else high + buffer
    return (
        other_low if low is None else low if other_low is None else max(low, other_low),
        other_high if high is None else high if other_high is None else min(high, other_high),
    )


def _gap(low: int | None, high: int | None, other_low: int | None, other_high: int | None) -> int:
    above = 0 if low is None or other_high is None else low - other_high
    below = 0 if high is None or other_low is None else other_low - high
    return max(0, above, below)


def _hull(low: int | None, high: int | None) -> tuple[int | None, int | None]:
    return (high, low) if low is not None and high is not None and low > high else (low, high)
