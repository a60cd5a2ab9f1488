"""Bodies from a seed, near each other anywhere on the globe, and slow, obvious sums about those that move."""

import math
from collections.abc import Callable
from random import Random

from beforehand.airspace.encounter import Body, Buffers
from beforehand.airspace.moving import Leg
from beforehand.airspace.outline import sound
from beforehand.airspace.volume import Circle, Outline, OutlineError, Polygon, Volume

from . import oracle
from .outlines import near

SECOND = 1_000_000
#: Outlines as they are meet below this, in metres, since each is grown by 2 cm.
NEAR_M = 0.041
#: Anywhere, on the antimeridian, at and round both poles.
PLACES = [
    (46.0, 7.0),
    (0.0, 0.0),
    (33.5, 179.999),
    (-12.0, -180.0),
    (90.0, 0.0),
    (89.98, 33.0),
    (-90.0, 7.0),
    (-89.99, 180.0),
]


def grid(p: oracle.Vector) -> tuple[int, int]:
    lat, lng = oracle.degrees_of(p)
    return round(lat * 1e7), round(lng * 1e7)


def some_place(random: Random) -> oracle.Vector:
    if random.random() < 0.3:
        return oracle.unit((random.gauss(0, 1), random.gauss(0, 1), random.gauss(0, 1)))
    lat, lng = random.choice(PLACES)
    return oracle.point(round(lat * 1e7), round(lng * 1e7))


def about(random: Random, place: oracle.Vector, size: float) -> oracle.Vector:
    return near(place, random.uniform(-size, size), random.uniform(-size, size))


def some_outline(random: Random, place: oracle.Vector, size: float) -> Outline:
    middle = about(random, place, size)
    if random.random() < 0.3:
        return Circle(*grid(middle), round(random.uniform(0.02, 0.7) * size * 1000))
    while True:
        angles = sorted(random.uniform(0, 2 * math.pi) for _ in range(random.randint(3, 8)))
        spread = random.uniform(0.05, 1)
        polar = [(random.uniform(0.1, 1) * size * spread, angle) for angle in angles]
        polygon = Polygon(tuple(grid(near(middle, r * math.cos(a), r * math.sin(a))) for r, a in polar))
        try:
            sound(polygon)
        except OutlineError:
            continue
        return polygon


def some_leg(random: Random, place: oracle.Vector, size: float) -> Leg:
    start = round(random.uniform(0, 600) * SECOND)
    duration = random.choice([0, 1, round(random.uniform(1, 900) * SECOND), round(random.uniform(60, 900) * SECOND)])
    a, b = grid(about(random, place, size * 1.5)), grid(about(random, place, size * 1.5))
    if random.random() < 0.08:
        b = a
    return Leg(*a, *b, start, start + duration, *_band(random), round(random.uniform(0.001, 0.3) * size * 1000) + 1)


def some_volume(random: Random, place: oracle.Vector, size: float) -> Volume:
    start = random.choice([None, round(random.uniform(0, 900) * SECOND)])
    end = random.choice([None, (start or 0) + round(random.uniform(0, 600) * SECOND)])
    outline = None if random.random() < 0.03 else some_outline(random, place, size)
    return Volume(outline, *_band(random), start, end)


def some_body(random: Random, place: oracle.Vector, size: float) -> Body:
    return some_leg(random, place, size) if random.random() < 0.5 else some_volume(random, place, size)


def some_buffers(random: Random, size: float) -> Buffers:
    return Buffers(
        random.choice([0, round(random.uniform(0, 0.5) * size * 1000)]),
        random.choice([0, random.randrange(200_000)]),
        random.choice([0, random.randrange(200 * SECOND)]),
    )


def _band(random: Random) -> tuple[int | None, int | None]:
    lower = random.choice([None, random.randrange(1_000_000)])
    return lower, random.choice([None, (lower or 0) + random.randrange(600_000)])


def where(leg: Leg, time: float) -> oracle.Vector:
    """The centre at a time, between the two ends as the sines of the angles to them say."""
    a, b = oracle.point(leg.from_lat_e7, leg.from_lng_e7), oracle.point(leg.to_lat_e7, leg.to_lng_e7)
    angle = oracle.apart(a, b) / oracle.RADIUS_M
    if angle == 0 or leg.start_us == leg.end_us:
        return a
    share = (time - leg.start_us) / (leg.end_us - leg.start_us)
    return oracle.unit(
        oracle.plus(oracle.plus((0.0, 0.0, 0.0), a, math.sin((1 - share) * angle)), b, math.sin(share * angle))
    )


def speed(leg: Leg) -> float:
    """Metres per microsecond."""
    way = oracle.apart(oracle.point(leg.from_lat_e7, leg.from_lng_e7), oracle.point(leg.to_lat_e7, leg.to_lng_e7))
    return way / max(1, leg.end_us - leg.start_us)


def from_outline(point: oracle.Vector, outline: Outline) -> float:
    """Metres of a point from an outline."""
    if isinstance(outline, Circle):
        apart = oracle.apart(point, oracle.point(outline.lat_e7, outline.lng_e7))
        return max(0.0, apart - outline.radius_mm / 1000)
    corners = [oracle.point(*vertex) for vertex in outline.vertices]
    return oracle.distance_from_point(point, corners)


def times(start: float, end: float, number: int) -> list[float]:
    return [start + (end - start) * i / number for i in range(number + 1)]


def lowest(f: Callable[[float], float], low: float, high: float) -> float:
    """Where a function with one lowest place between two bounds is lowest."""
    for _ in range(40):
        a, b = low + (high - low) * 0.382, low + (high - low) * 0.618
        if f(a) < f(b):
            high = b
        else:
            low = a
    return (low + high) / 2
