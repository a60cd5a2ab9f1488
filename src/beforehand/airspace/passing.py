"""When do two discs that both move come near each other?

Times are offsets in microseconds, as doubles, from where the two windows begin to allow it.
"""

from collections.abc import Callable
from math import ceil, floor, sin, sqrt

from beforehand.airspace.arc import UNSURE
from beforehand.airspace.moving import Path
from beforehand.airspace.outline import Vector

#: How many pieces of time are looked at, at most, for when two discs first or last come near.
MOST_PIECES = 4096
# Below a microsecond nothing is told apart.
_SHORTEST_US = 0.5


def passing(p: Path, q: Path, reach: float, apart_us: int) -> tuple[int, int] | None:
    """The first and the last time of `q` at which `p`, at most `apart_us` earlier or later, is within reach of it.

    Both must lead somewhere (a disc that stands is an outline). In microseconds, rounded outwards; ``None`` if there is none.
    What exact arithmetic gives for some reach between the one asked for and 1 mm more. After ``MOST_PIECES``, which only two
    discs on ways of thousands of kilometres that stay within millimetres of the reach need, the rest of a piece counts as near.
    """
    start, end = max(q.start_us, p.start_us - apart_us), min(q.end_us, p.end_us + apart_us)
    if start > end:
        return None
    if p.start_us == p.end_us:
        # All of p is there at an instant.
        return _hull_within([q.window(span) for span in q.near_arc(p, reach)], start, end)
    if q.start_us == q.end_us:
        near = [p.window(span) for span in p.near_arc(q, reach)]
        return None if _hull_within(near, start - apart_us, start + apart_us) is None else (start, start)
    found = _offsets(p, q, reach, apart_us, start, end)
    if not found:
        return None
    return max(start, start + floor(min(found))), min(end, start + ceil(max(found)))


def _hull_within(windows: list[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    inside = [(max(low, start), min(high, end)) for low, high in windows if low <= end and high >= start]
    return (inside[0][0], inside[-1][1]) if inside else None


def _offsets(p: Path, q: Path, reach: float, apart_us: int, start: int, end: int) -> list[float]:
    """Offsets from `start` at which they are near, the first and the last among them.

    Where they first are, `p` is nearest to `q` as early as it may be, as late as it may be, at an end of its way, or beside
    it on its way. Each of the four is looked for by itself.
    """
    if not apart_us:
        return list(_together(p, q, reach, start, end, 0) or ())
    duration = float(end - start)
    found = [
        offset for offset in (0.0, duration) if _near_some(p, q.at((start - q.start_us + offset) * q.rate),
        reach, start - p.start_us + offset, apart_us)
    ]  # fmt: skip
    if len(found) == 2:
        return found
    for shift in (-apart_us, apart_us):
        found += _together(p, q, reach, start, end, shift) or ()
    for angle in q.beside(p, reach):
        offset = angle / q.rate + q.start_us - start
        beside = p.along(q.at(angle)) / p.rate + p.start_us - start
        if 0 <= offset <= duration and abs(beside - offset) <= apart_us + _SHORTEST_US:
            found.append(offset)
    for point, time_us in ((p.start, p.start_us), (p.end, p.end_us)):
        low, high = max(0.0, time_us - apart_us - start), min(duration, time_us + apart_us - start)
        for span in q.near_point(point, reach):
            first, last = (angle / q.rate + q.start_us - start for angle in span)
            if first <= high and last >= low:
                found += (max(first, low), min(last, high))
    return found


def _near_some(p: Path, point: Vector, reach: float, offset: float, apart_us: int) -> bool:
    """Whether a point is within reach of where `p` is at most `apart_us` before or after an offset from its start."""
    duration = p.end_us - p.start_us
    low, high = max(0.0, offset - apart_us), min(float(duration), offset + apart_us)
    return p.away_between(point, low * p.rate, high * p.rate) <= reach + UNSURE


def _together(p: Path, q: Path, reach: float, start: int, end: int, shift: int) -> tuple[float, float] | None:
    """The first and last offset at which `q` is within reach of where `p` is `shift` later."""
    low, high = max(start, p.start_us - shift), min(end, p.end_us - shift)
    if low > high:
        return None
    span = float(high - low)
    before_p, before_q = float(low + shift - p.start_us), float(low - q.start_us)

    def gap(part: float, way: float) -> tuple[Vector, Vector]:
        """The vector from one disc to the other and its change, at a part of the time, as offsets run on or back."""
        offset = part * span
        (px, py, pz), (pu, pv, pw) = _moving(p, (before_p + offset) * p.rate, p.rate * span * way)
        (qx, qy, qz), (qu, qv, qw) = _moving(q, (before_q + offset) * q.rate, q.rate * span * way)
        return (px - qx, py - qy, pz - qz), (pu - qu, pv - qv, pw - qw)

    bend = (p.rate * span) ** 2 + (q.rate * span) ** 2
    chord = 2 * sin(reach / 2)
    shortest = _SHORTEST_US / span if span else 1.0
    first = _first(lambda part: gap(part, 1.0), bend, chord, shortest)
    if first is None:
        return None
    last = _first(lambda part: gap(1.0 - part, -1.0), bend, chord, shortest)
    offset = float(low - start)
    # Going back it may by a hair not find what going on just found.
    return offset + first * span, offset + (first if last is None else max(first, 1.0 - last)) * span


def _moving(path: Path, angle: float, rate: float) -> tuple[Vector, Vector]:
    """The point at an angle, and how it moves."""
    x, y, z = path.at(angle)
    nx, ny, nz = path.normal
    return (x, y, z), ((ny * z - nz * y) * rate, (nz * x - nx * z) * rate, (nx * y - ny * x) * rate)


def _first(gap: Callable[[float], tuple[Vector, Vector]], bend: float, chord: float, shortest: float) -> float | None:
    """The first part of the time, 0 to 1, at which a gap is no longer than a chord.

    A piece of time is taken as straight motion: the gap differs from that by at most half of `bend` times the square of half
    of the piece. Where even so it stays longer, nothing is missed; what is left is looked at in smaller pieces, the earliest
    first, until it is straight to 0.6 mm.
    """
    pieces = [(0.0, 1.0)]
    for _ in range(MOST_PIECES):
        if not pieces:
            return None
        low, high = pieces.pop()
        middle, half = (low + high) / 2, (high - low) / 2
        (x, y, z), (u, v, w) = gap(middle)
        unsure = bend * half * half / 2
        near = _straight(
            (x * x + y * y + z * z), (x * u + y * v + z * w), (u * u + v * v + w * w), chord + unsure, half
        )
        if near is None:
            continue
        first, last = max(low, middle + near[0]), min(high, middle + near[1])
        if unsure <= UNSURE or high - low <= shortest:
            return first
        if last - first < half:
            pieces.append((first, last))
        else:
            cut = (first + last) / 2
            pieces += ((cut, last), (first, cut))
    return pieces[-1][0] if pieces else None


def _straight(square: float, dot: float, speed: float, chord: float, half: float) -> tuple[float, float] | None:
    """When, from -half to half, a gap that changes at a constant rate is no longer than a chord."""
    beyond = square - chord * chord
    if speed * half * half <= 1e-24:
        # Within some micrometres it does not change at all.
        return (-half, half) if sqrt(square) <= chord + 1e-12 else None
    under = dot * dot - speed * beyond
    if under < 0:
        return None
    root = sqrt(under)
    low, high = max(-half, (-dot - root) / speed), min(half, (-dot + root) / speed)
    return (low, high) if low <= high else None
