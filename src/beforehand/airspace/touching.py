"""When does a disc that moves touch an outline that stands, and how near does it come?"""

from math import floor, sin

from s2geometry import S2Point_FromRaw

from beforehand.airspace.arc import UNSURE, Arc, Span
from beforehand.airspace.border import GROWTH_MM
from beforehand.airspace.meeting import Prepared
from beforehand.airspace.moving import Path
from beforehand.airspace.outline import EARTH_RADIUS_M, Vector
from beforehand.airspace.volume import Outline

#: Millimetres of one radian on the ground.
RADIAN_MM = 1000 * EARTH_RADIUS_M
#: Outlines nearer than this as they are meet, once each has grown by 2 cm: as ``meeting`` has it.
NEAR_MM = 2 * GROWTH_MM + 1
# Far more than a double rounds off.
_ROUNDING = 1e-12


def reach_of(horizontal_mm: int) -> float:
    """The angle within which two outlines must come as they are to meet under a horizontal buffer."""
    return (NEAR_MM + horizontal_mm) / RADIAN_MM + _ROUNDING


def clearance_of(apart: float) -> int:
    """Millimetres between two outlines grown by 2 cm each, of the angle between them as they are; rounded down, at least 0."""
    return max(0, floor(apart * RADIAN_MM) - 2 * GROWTH_MM)


class Place(Prepared):
    """A standing outline, made ready to be held against others and against discs that move."""

    __slots__ = ("_edges",)

    def __init__(self, outline: Outline) -> None:
        super().__init__(outline)
        self._edges: list[Arc] | None = None

    def within(self, other: "Place", horizontal_mm: int) -> bool:
        """Whether two outlines, grown by 2 cm each, are no farther apart than a buffer."""
        enough = float(NEAR_MM + horizontal_mm)
        return self._distance(other, enough) < enough

    def cap(self) -> tuple[float, float, float, float]:
        """A point of the sphere and a chord within which the outline lies, grown by its 2 cm."""
        return self._x, self._y, self._z, self._reach

    def touched_by(self, path: Path, horizontal_mm: int) -> list[tuple[int, int]]:
        """When the disc is within the buffer of the outline: windows in microseconds, ascending, rounded outwards.

        What exact arithmetic gives for some distance between the one asked for and 1 mm more, growth of 2 cm each
        included. At most eight bounds a corner are found and judged, each once: 5,000 corners take well below a second.
        """
        reach = path.angle + reach_of(horizontal_mm)
        return [path.window(span) for span in self._spans(path, reach)]

    def clearance_to(self, path: Path) -> int:
        """The least distance in millimetres between the outline and all that the disc sweeps, grown by 2 cm each, rounded
        down; 0 if they meet."""
        if self._loop is None:
            apart = path.away((self._x, self._y, self._z)) - self._angle
        elif self._spans(path, path.angle + reach_of(0)):
            return 0
        else:
            ends = [self._loop.GetDistance(S2Point_FromRaw(*end)).radians() for end in (path.start, path.end)]
            apart = min(*ends, *(path.away(point) for point in self._points))
        return clearance_of(apart - path.angle)

    def _spans(self, path: Path, reach: float) -> list[Span]:
        loop, points = self._loop, self._points
        if loop is None:
            return path.near_point((self._x, self._y, self._z), reach + self._angle)
        bounds: list[float] = []
        if path.length:
            edges = self._all_edges()
            nx, ny, nz = path.normal
            heights = [x * nx + y * ny + z * nz for x, y, z in points]
            high = sin(reach)
            before = heights[-1]
            for i, height in enumerate(heights):
                # An edge with both ends on one side, out of reach of the whole great circle, is out of reach itself.
                if min(before, height) <= high and max(before, height) >= -high:
                    bounds += path.beside(edges[i], reach)
                    if -high <= height <= high:
                        for span in path.near_point(points[i], reach):
                            bounds += span
                before = height
        enough = reach + UNSURE

        def is_near(point: Vector) -> bool:
            apart: float = loop.GetDistance(S2Point_FromRaw(*point)).radians()
            return apart <= enough

        return path.spans(bounds, is_near)

    def _all_edges(self) -> list[Arc]:
        """Edge i ends at corner i."""
        if self._edges is None:
            before = [self._points[-1], *self._points[:-1]]
            self._edges = [Arc(a, b) for a, b in zip(before, self._points, strict=True)]
        return self._edges
