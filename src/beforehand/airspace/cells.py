"""Which level-13 S2 cells an outline touches. The only module that touches S2 cells.

A cell is kept as the upper 32 bits of its S2 id: the eight hexadecimal digits of that number are its S2 token. Cells
are always given in ascending order and once each.
"""

from collections.abc import Callable, Iterator
from struct import pack as struct_pack
from struct import unpack as struct_unpack

from s2geometry import S1Angle, S2Cap, S2CellId, S2Loop, S2Point, S2Point_FromRaw, S2Point_ToRaw, S2RegionCoverer

from beforehand.airspace.border import GROWTH_MM, grown_border
from beforehand.airspace.moving import Leg, Path
from beforehand.airspace.outline import EARTH_RADIUS_M, Vector, area_km2, centre, corners, expected_cells, sound
from beforehand.airspace.volume import Extent, Outline, OutlineError, Polygon, Volume

__all__ = [
    "LEVEL",
    "MAX_CELLS",
    "OutlineError",
    "area_km2",
    "cover",
    "cover_leg",
    "cover_within",
    "expected_cells",
    "extent",
    "from_tokens",
    "pack",
    "tokens",
    "unpack",
]

#: The S2 level at which places are compared; a cell is 1.27 km^2 on average.
LEVEL = 13
#: The most cells one request may touch, about 12,700 km^2. One outline alone is held to it by ``cover``.
MAX_CELLS = 10_000

# Of a cell's upper 32 bits, 3 tell the face, 26 the place on it; then come a 1, by whose position the level shows, and 00.
_END_BITS, _END = 7, 4
_FACES = 6
_TOKEN_DIGITS = frozenset("0123456789abcdef")

# Up to this many expected cells the coverer goes straight for level 13; beyond, large cells inside save its time.
_FEW_CELLS = 150

_FIXED = S2RegionCoverer()
_FIXED.set_fixed_level(LEVEL)
# Stops at a number of cells, coarser ones among them, so that no outline makes it run long. A few more than are taken: it
# stops when the next four might not fit.
_LIMITED = S2RegionCoverer()
_LIMITED.set_min_level(0)
_LIMITED.set_max_level(LEVEL)
_LIMITED.set_max_cells(MAX_CELLS + 8)
# A few large cells, to begin with.
_ROUGH = S2RegionCoverer()
_ROUGH.set_max_level(LEVEL)
_ROUGH.set_max_cells(8)
# No point of a cell is farther from its middle than this, halved with each level: S2 names 1.22 for half of a diagonal.
_FROM_MIDDLE = 1.3
# Cells that are near the limit are judged by their parts down to this level, which reach up to 130 m from their middles.
_FINEST = 16
# Far more than distances by S2 are wrong (6 mm).
_ROUNDING = 1e-9


def cover(outline: Outline, expected: int | None = None) -> tuple[int, ...]:
    """Every level-13 cell that the outline, grown by 2 cm, touches: packed, ascending.

    Never misses one, and holds none farther than about 4 cm from the outline. A circle is the true cap on a sphere of
    radius 6,371,010 m; edges are great circles; an outline without area is covered as a line. `expected` is what
    ``expected_cells`` says of it, where that is known already.

    Raises ``OutlineError`` for what is not well formed or too large; ``too_many_cells`` beyond ``MAX_CELLS``.
    """
    is_small = (expected_cells(outline) if expected is None else expected) <= _FEW_CELLS
    if isinstance(outline, Polygon):
        region = (_grown_box(outline) if is_small else None) or _grown_polygon(outline)
    else:
        middle, angle = centre(outline)
        region = _cap(middle, angle + (GROWTH_MM + 0.5) / (1000 * EARTH_RADIUS_M))
    return tuple([cell.id() >> 32 for cell in _FIXED.GetCovering(region)]) if is_small else _cells_of(region)


def cover_within(outline: Outline, buffer_mm: int) -> tuple[int, ...]:
    """Every level-13 cell that comes within a buffer of the outline, grown by 2 cm: packed, ascending.

    Never misses one, and holds none farther than about 300 m beyond. Raises ``OutlineError`` as ``cover``, but for
    ``too_many_cells`` by what the buffer reaches.
    """
    reach = (buffer_mm + GROWTH_MM) / (1000 * EARTH_RADIUS_M) + _ROUNDING
    if isinstance(outline, Polygon):
        _, loop = sound(outline)
        bound = loop.GetCapBound()
        return _within(lambda point: float(loop.GetDistance(point).radians()), bound, reach)
    middle, angle = centre(outline)
    return _cells_of(_cap(middle, angle + reach))


def cover_leg(leg: Leg, buffer_mm: int = 0) -> tuple[int, ...]:
    """As ``cover_within``, for all that the disc of a leg sweeps.

    Raises ``OutlineError`` and ``ValueError`` as ``moving.Path``; ``too_many_cells`` beyond ``MAX_CELLS``, for which a leg
    of thousands of kilometres takes some tenths of a second.
    """
    path = Path(leg)
    bound = _cap(path.at(path.length / 2), path.length / 2 + path.angle)
    reach = (buffer_mm + GROWTH_MM) / (1000 * EARTH_RADIUS_M) + _ROUNDING
    return _within(lambda point: path.away(S2Point_ToRaw(point)), bound, reach, path.angle)


def extent(volume: Volume) -> Extent:
    """The box by which a volume is compared. Raises ``OutlineError`` as ``cover``; without outline there are no cells."""
    return Extent(
        () if volume.outline is None else cover(volume.outline),
        volume.lower_mm,
        volume.upper_mm,
        volume.start_us,
        volume.end_us,
    )


def pack(cells: tuple[int, ...]) -> bytes:
    """Packed cells as bytes, four each, most significant first."""
    return struct_pack(f">{len(cells)}I", *cells)


def unpack(packed: bytes) -> tuple[int, ...]:
    """The inverse of ``pack``. Raises ``struct.error`` for a length that is no multiple of four."""
    return struct_unpack(f">{len(packed) >> 2}I", packed)


def tokens(packed: bytes) -> str:
    """The S2 tokens of packed bytes, separated by single spaces."""
    return packed.hex(" ", 4)


def from_tokens(text: str) -> bytes:
    """The inverse of ``tokens``.

    Raises ``ValueError`` unless the text is exactly what ``tokens`` writes: level-13 tokens of eight lower-case digits,
    strictly ascending, single spaces between; the empty text is no cells.
    """
    if not text:
        return b""
    before = -1
    for token in text.split(" "):
        if len(token) != 8 or not _TOKEN_DIGITS.issuperset(token):
            raise ValueError(f"A cell must be an S2 token of eight lower-case hexadecimal digits, not {token[:20]!r}.")
        number = int(token, 16)
        if number & _END_BITS != _END or number >> 29 >= _FACES:
            raise ValueError(f"{token} is no S2 cell of level {LEVEL}.")
        if number <= before:
            raise ValueError(f"Cells must be strictly ascending; {token} is not above the one before.")
        before = number
    return bytes.fromhex(text)


def _cap(middle: Vector, angle: float) -> S2Cap:
    return S2Cap(S2Point_FromRaw(*middle), S1Angle.Radians(angle))


def _cells_of(region: S2Cap | S2Loop) -> tuple[int, ...]:
    """The cells that a region touches, by large ones inside of it. Raises ``OutlineError`` (``too_many_cells``)."""
    cells: list[int] = []
    for cell in _LIMITED.GetCovering(region):
        number = cell.id() >> 32
        half = number & -number
        if half == _END:
            cells.append(number)
        elif half // _END + len(cells) > MAX_CELLS:
            break
        else:
            cells.extend(range(number - half + _END, number + half, 2 * _END))
    else:
        if len(cells) <= MAX_CELLS:
            return tuple(cells)
    raise _too_many()


def _within(away: Callable[[S2Point], float], bound: S2Cap, reach: float, radius: float = 0.0) -> tuple[int, ...]:
    """The cells within reach of what lies in a bound and `radius` round that from which `away` tells the angle."""
    beyond = reach + radius
    cells: list[int] = []
    left: list[S2CellId] = sorted(
        _ROUGH.GetCovering(bound.Expanded(S1Angle.Radians(reach))), key=S2CellId.id, reverse=True
    )
    while left:
        cell = left.pop()
        level = cell.level()
        apart, half = away(cell.ToPoint()), _FROM_MIDDLE / (1 << level)
        if apart - half > beyond:
            continue
        number = cell.id() >> 32
        if level == LEVEL:
            if apart <= beyond or any(_comes_near(child, away, beyond) for child in _children(cell)):
                cells.append(number)
        elif apart + half <= beyond:
            lowest = number & -number
            if lowest // _END + len(cells) > MAX_CELLS:
                raise _too_many()
            cells.extend(range(number - lowest + _END, number + lowest, 2 * _END))
        else:
            left.extend(reversed(list(_children(cell))))
        if len(cells) > MAX_CELLS:
            raise _too_many()
    return tuple(cells)


def _comes_near(cell: S2CellId, away: Callable[[S2Point], float], beyond: float) -> bool:
    """Whether some part of a cell may be near; yes rather than no."""
    apart = away(cell.ToPoint())
    if apart <= beyond:
        return True
    if apart - _FROM_MIDDLE / (1 << cell.level()) > beyond:
        return False
    return cell.level() >= _FINEST or any(_comes_near(child, away, beyond) for child in _children(cell))


def _children(cell: S2CellId) -> Iterator[S2CellId]:
    return (cell.child(i) for i in range(4))


def _too_many() -> OutlineError:
    return OutlineError(
        "too_many_cells",
        f"The outline touches more than {MAX_CELLS} cells of about 1.27 km^2. Split it into several requests.",
    )


def _grown_box(polygon: Polygon) -> S2Loop | None:
    """A short cut for the most usual outlines: three or four corners, convex, at most some 25 km round; else ``None``.

    Three or four edges that turn left at every corner cannot go round twice, so that they do not cross, and neither does
    their grown border; so small, they hold far less than the largest area. S2 need not be asked.
    """
    points = corners(polygon)
    if len(points) > 4 or len(set(points)) < len(points):
        return None
    border, all_left = grown_border(points)
    if not all_left:
        points.reverse()
        border, all_left = grown_border(points)
    return _loop(border) if all_left else None


def _grown_polygon(polygon: Polygon) -> S2Loop:
    points, _ = sound(polygon)
    border, _ = grown_border(points)
    region = _loop(border)
    # Where the border crosses or touches itself, within centimetres of the outline, S2 may take the outside for the
    # inside, since it judges by the corner at index 1 alone. The far side of the Earth tells.
    x, y, z = points[0]
    far_side = S2Point_FromRaw(-x, -y, -z)
    if region.Contains(far_side):
        region = _away_from(far_side, border)
        assert not region.Contains(far_side)
    return region


def _away_from(far_side: S2Point, border: list[Vector]) -> S2Loop:
    """The loop of a border that does not hold a point, which is as good as its inside and outside told apart.

    Of three neighbours that are three points (corners may be one where longitudes meet, at a pole for instance), the middle
    one is put at index 1. Run the other way round it, the loop's inside is exactly the other side.
    """
    i = next(i for i in range(len(border)) if border[i - 2] != border[i - 1] != border[i] != border[i - 2])
    turned = border[i - 2 :] + border[: i - 2]
    region = _loop(turned)
    if region.Contains(far_side):
        region = _loop(turned[2::-1] + turned[:2:-1])
    return region


def _loop(border: list[Vector]) -> S2Loop:
    loop = S2Loop()
    loop.Init([S2Point_FromRaw(x, y, z) for x, y, z in border])
    return loop
