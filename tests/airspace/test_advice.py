"""Advice is the smallest shift that clears all, the same as trying each one (H4.9)."""

from collections.abc import Sequence
from random import Random

import pytest
from msgspec.structs import replace

from beforehand.airspace.advice import MAX_SHIFTS, Advice, Grid, Shift, advise
from beforehand.airspace.encounter import Body, Buffers, Meeting, Ready, encounter
from beforehand.airspace.moving import Leg
from beforehand.airspace.volume import Circle, Volume

from .bodies import SECOND, some_body, some_buffers, some_outline, some_place

_STEP_US, _STEP_MM = 300 * SECOND, 152_400


def _moved(volume: Volume, shift: Shift) -> Volume:
    def plus(bound: int | None, by: int) -> int | None:
        return None if bound is None else bound + by

    return replace(
        volume,
        lower_mm=plus(volume.lower_mm, shift.altitude_mm),
        upper_mm=plus(volume.upper_mm, shift.altitude_mm),
        start_us=plus(volume.start_us, shift.time_us),
        end_us=plus(volume.end_us, shift.time_us),
    )


def _is_clear(own: Sequence[Volume], others: Sequence[Ready], buffers: Buffers, shift: Shift) -> bool:
    return not any(
        isinstance(encounter(Ready(_moved(mine, shift)), other, buffers), Meeting) for mine in own for other in others
    )


def _by_brute_force(
    own: Sequence[Volume], others: Sequence[Body], buffers: Buffers, grid: Grid, earliest_us: int | None
) -> Advice:
    """Every shift of the grid, the smallest first, tried with ``encounter``."""
    ready = [Ready(other) for other in others]
    none = Shift(0, 0)
    if _is_clear(own, ready, buffers, none):
        return Advice(none, none, none, none, True)
    steps = [
        (i, j)
        for i in range(-grid.time_steps, grid.time_steps + 1)
        for j in range(-grid.altitude_steps, grid.altitude_steps + 1)
        if (i, j) != (0, 0)
    ]
    steps.sort(key=lambda s: (abs(s[0]) + abs(s[1]), abs(s[1]), -s[0], -s[1]))
    found: dict[str, Shift] = {}
    for i, j in steps:
        kind = "time" if j == 0 else "altitude" if i == 0 else "both"
        shift = Shift(i * grid.time_step_us, j * grid.altitude_step_mm)
        if "best" in found and kind in found:
            continue
        if earliest_us is not None and any(
            each.start_us is None or each.start_us + shift.time_us < earliest_us for each in own
        ):
            continue
        if _is_clear(own, ready, buffers, shift):
            found.setdefault("best", shift)
            found.setdefault(kind, shift)
    return Advice(found.get("time"), found.get("altitude"), found.get("both"), found.get("best"), False)


@pytest.mark.parametrize("part", range(20))
def test_advice_is_what_trying_every_shift_gives(part: int) -> None:
    """H4.9: equal to brute force on the grid, in 1,000 cases with standing and moving others, at poles and the antimeridian."""
    answers = set()
    for seed in range(part * 50, part * 50 + 50):
        random = Random(seed)
        place, size = some_place(random), random.choice([300.0, 5000.0])
        own = [_own(random, place, size) for _ in range(random.randint(1, 3))]
        others = [_other(random, place, size) for _ in range(random.randint(1, 7))]
        buffers = some_buffers(random, size)
        grid = Grid(
            random.choice([60, 300]) * SECOND,
            random.choice([_STEP_MM, 30_000]),
            random.randint(0, 4),
            random.randint(0, 4),
        )
        earliest = random.choice([None, None, random.randrange(900 * SECOND)])
        expected = _by_brute_force(own, others, buffers, grid, earliest)
        assert advise(own, others, buffers, grid, earliest) == expected, seed
        answers.add("clear" if expected.clear else "none" if expected.best is None else "shift")
    assert answers == {"clear", "none", "shift"}


def _own(random: Random, place: tuple[float, float, float], size: float) -> Volume:
    lower, start = random.randrange(400_000), random.randrange(900 * SECOND)
    return Volume(
        some_outline(random, place, size), lower, lower + 100_000, start, start + random.randrange(600 * SECOND)
    )


def _other(random: Random, place: tuple[float, float, float], size: float) -> Body:
    body = some_body(random, place, size)
    if random.random() < 0.7:
        lower = random.randrange(600_000)
        body = replace(body, lower_mm=lower, upper_mm=lower + random.randrange(300_000))
    if isinstance(body, Volume) and random.random() < 0.7:
        start = random.randrange(1200 * SECOND)
        body = replace(body, start_us=start, end_us=start + random.randrange(600 * SECOND))
    return body


_HERE = Circle.from_degrees(46, 7, 1000)
_GRID = Grid(_STEP_US, _STEP_MM, 6, 4)


def _at(start_s: int, end_s: int, lower_mm: int | None = 0, upper_mm: int | None = 100_000) -> Volume:
    return Volume(_HERE, lower_mm, upper_mm, start_s * SECOND, end_s * SECOND)


def test_what_is_clear_needs_no_shift_even_where_it_has_begun() -> None:
    none = Shift(0, 0)
    for others in ([], [_at(700, 800)]):
        assert advise([_at(0, 600)], others, Buffers(), _GRID, 100 * SECOND) == Advice(none, none, none, none, True)
    assert advise([], [_at(0, 600)], Buffers(), _GRID).clear


def test_of_equal_shifts_time_comes_before_altitude_later_before_earlier_up_before_down() -> None:
    """H4.9: in the agreement's steps, 5 min and 500 ft."""
    advice = advise([_at(600, 700)], [_at(600, 700)], Buffers(), _GRID)
    assert advice.time == advice.best == Shift(_STEP_US, 0)
    assert advice.altitude == Shift(0, _STEP_MM)
    assert advice.both == Shift(_STEP_US, _STEP_MM)


def test_earlier_and_down_are_advised_where_they_are_nearer() -> None:
    others = [_at(600, 1700), _at(600, 700, 100_000, 900_000)]
    advice = advise([_at(600, 700)], others, Buffers(), _GRID)
    assert advice.time == Shift(-_STEP_US, 0)
    assert advice.altitude == Shift(0, -_STEP_MM)
    assert advise([_at(600, 700)], others, Buffers(), _GRID, 400 * SECOND).time == Shift(4 * _STEP_US, 0)


def test_it_says_so_when_nothing_clears() -> None:
    """H4.9: says so when nothing clears."""
    nowhere = Advice(None, None, None, None, False)
    assert advise([_at(0, 600)], [Volume(_HERE)], Buffers(), _GRID) == nowhere
    assert advise([_at(0, 600)], [Volume(None, 0, 100, None, None)], Buffers(), Grid(1, 1, 5, 5)) == nowhere
    unbounded = replace(_at(0, 600), start_us=None)
    assert advise([unbounded], [_at(0, 600)], Buffers(), _GRID, 0) == nowhere


def test_a_passing_leg_is_waited_for_but_not_longer() -> None:
    """H6.2: a leg keeps the place taken only while its disc is there, some 23 minutes of the two hours it takes."""
    passing = Leg(459500000, 70000000, 460500000, 70000000, 0, 7200 * SECOND, None, None, 100)
    advice = advise([_at(3500, 3700)], [passing], Buffers(), _GRID)
    assert advice.time is not None
    assert abs(advice.time.time_us) == 3 * _STEP_US
    assert advice.altitude is None


@pytest.mark.parametrize("bad", [(0, 1, 1, 1), (1, 0, 1, 1), (1, 1, -1, 1), (1, 1, 1, -1), (1, 1, 50, 50)])
def test_a_grid_is_of_positive_steps_and_bounded(bad: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"[Ss]teps"):
        Grid(*bad)
    assert MAX_SHIFTS >= (2 * 49 + 1) ** 2
    Grid(1, 1, 49, 49)


@pytest.mark.parametrize(
    ("time_steps", "altitude_steps", "best"),
    [(4999, 0, (4999, 0)), (0, 4999, (0, 4999)), (49, 49, (49, 0)), (2, 999, (2, 0)), (999, 2, (0, 2))],
)
def test_the_largest_grids_are_looked_through_either_way_up(
    time_steps: int, altitude_steps: int, best: tuple[int, int]
) -> None:
    """P8: 10,000 shifts, 200 others, and only the last step later, or up, is clear."""
    grid = Grid(1000, 1000, time_steps, altitude_steps)
    late, high = time_steps * 1000 - 500, altitude_steps * 1000 - 500
    own = Volume(_HERE, 0, 100, 0, 100)
    others = [Volume(_HERE, -(10**9) - k, max(high, 0), -(10**9) - k, max(late, 0)) for k in range(200)]
    advice = advise([own], others, Buffers(), grid)
    assert advice.best == Shift(best[0] * 1000, best[1] * 1000)
