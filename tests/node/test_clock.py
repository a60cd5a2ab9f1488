"""Time never goes back, meets the wall clock slowly, and believes no jump."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from beforehand.node.clock import SLEW_PER_MILLION, SystemClock, Timeline
from beforehand.testing.clock import BEGIN_US, FakeClock

MAX_ERROR_US = 1_000_000
SECOND = 1_000_000


def timeline(clock, last_entry_us=0):
    made = Timeline(clock, MAX_ERROR_US)
    made.continue_after(last_entry_us)
    return made


def pass_seconds(clock, line, seconds):
    for _ in range(seconds):
        clock.advance(SECOND)
        line.correct()


def test_time_begins_at_the_wall_clock_and_goes_on_with_the_monotonic_one():
    clock = FakeClock()
    line = timeline(clock)
    assert line.now_us() == BEGIN_US
    clock.advance(1234)
    assert line.now_us() == BEGIN_US + 1234


def test_stamps_strictly_increase_even_where_the_clock_stands_still():
    line = timeline(FakeClock())
    stamps = [line.stamp() for _ in range(5)]
    assert stamps == sorted(set(stamps))


def test_a_wall_clock_that_drifts_is_met_and_followed():
    clock = FakeClock(drift_per_million=100)
    line = timeline(clock)
    pass_seconds(clock, line, 100)
    assert abs(line.disagreement_us()) <= 200
    assert line.uncertain_us == 0


def test_a_wall_clock_set_a_little_is_met_at_500_us_a_second():
    clock = FakeClock()
    line = timeline(clock)
    clock.set_wall(+100_000)
    line.correct()
    assert line.disagreement_us() == 100_000
    pass_seconds(clock, line, 100)
    assert line.disagreement_us() == 100_000 - 100 * 500
    pass_seconds(clock, line, 101)
    assert line.disagreement_us() == 0


def test_slewing_stops_where_the_clocks_meet_however_late_it_is_looked_at():
    clock = FakeClock()
    line = timeline(clock)
    clock.set_wall(-1_000)
    line.correct()
    clock.advance(3_600 * SECOND)
    assert line.disagreement_us() == 0


def test_a_jump_is_not_believed_and_time_goes_its_own_way():
    for jump in (+3_600 * SECOND, -3_600 * SECOND):
        clock = FakeClock()
        line = timeline(clock)
        clock.set_wall(jump)
        pass_seconds(clock, line, 10)
        assert line.uncertain_us == 3_600 * SECOND
        assert line.now_us() == BEGIN_US + 10 * SECOND


def test_the_longest_doubt_gives_no_right_to_a_jump():
    clock = FakeClock()
    line = timeline(clock)
    clock.set_wall(+3_600 * SECOND)
    pass_seconds(clock, line, 3_600)
    clock.set_wall(-3_600 * SECOND + 900_000)
    before = line.now_us()
    line.correct()
    assert line.uncertain_us == 0
    assert line.now_us() == before


def test_a_wall_clock_set_right_again_is_believed_without_anybody():
    clock = FakeClock()
    line = timeline(clock)
    clock.set_wall(+3_600 * SECOND)
    line.correct()
    assert line.uncertain_us
    clock.set_wall(-3_600 * SECOND)
    line.correct()
    assert line.uncertain_us == 0


def test_what_is_over_is_judged_by_the_earlier_clock_while_neither_is_believed():
    clock = FakeClock()
    line = timeline(clock)
    assert line.earliest_us() == line.now_us() == clock.wall_us()
    clock.set_wall(-3_600 * SECOND)
    line.correct()
    assert line.earliest_us() == clock.wall_us() == BEGIN_US - 3_600 * SECOND
    clock.set_wall(+7_200 * SECOND)
    line.correct()
    assert line.earliest_us() == line.now_us() == BEGIN_US


def test_a_time_that_holds_still_for_an_accepted_clock_makes_nothing_over():
    clock = FakeClock()
    line = timeline(clock, BEGIN_US + 3_600 * SECOND)
    line.accept_wall()
    assert line.stamp() > BEGIN_US + 3_600 * SECOND
    pass_seconds(clock, line, 60)
    assert line.now_us() > BEGIN_US + 3_600 * SECOND
    assert line.earliest_us() == clock.wall_us() == BEGIN_US + 60 * SECOND


def test_a_jump_forward_that_is_accepted_is_made_at_once():
    clock = FakeClock()
    line = timeline(clock)
    clock.set_wall(+3_600 * SECOND)
    line.correct()
    assert line.disagreement_us() == 3_600 * SECOND
    line.accept_wall()
    assert line.now_us() == clock.wall_us()
    pass_seconds(clock, line, 3)
    assert line.uncertain_us == 0


def test_a_wall_clock_before_the_last_entry_is_not_believed_at_start():
    line = timeline(FakeClock(), BEGIN_US + 600 * SECOND)
    assert line.uncertain_us == 600 * SECOND + 1
    assert line.stamp() > BEGIN_US + 600 * SECOND


def test_a_wall_clock_that_is_a_little_behind_at_start_is_met_slowly_as_at_any_time():
    """As after a quick restart of a node whose time was ahead by less than the largest error."""
    clock = FakeClock()
    line = timeline(clock, BEGIN_US + 900_000)
    assert line.uncertain_us == 0
    pass_seconds(clock, line, 100)
    assert 0 > line.disagreement_us() > -900_000


def test_once_accepted_a_wall_clock_that_is_behind_is_waited_for():
    """Time holds still but for a µs a stamp; it does not go back, and is not doubted again."""
    clock = FakeClock()
    last = BEGIN_US + 600 * SECOND
    line = timeline(clock, last)
    line.accept_wall()
    first = line.stamp()
    pass_seconds(clock, line, 599)
    assert line.uncertain_us == 0
    assert first < line.stamp() < last + 10
    pass_seconds(clock, line, 2)
    assert line.now_us() == clock.wall_us()


def test_this_machine_has_such_clocks():
    clock = SystemClock()
    assert clock.wall_us() > BEGIN_US - 10 * 366 * 86_400 * SECOND
    first = clock.monotonic_us()
    assert clock.monotonic_us() >= first


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("advance"), st.integers(0, 20 * SECOND)),
        st.tuples(st.just("set_wall"), st.integers(-2 * MAX_ERROR_US, 2 * MAX_ERROR_US)),
        st.tuples(st.just("correct"), st.none()),
        st.tuples(st.just("stamp"), st.none()),
        st.tuples(st.just("accept"), st.none()),
    ),
    max_size=60,
)


@given(STEPS, st.integers(-5 * SECOND, 5 * SECOND))
def test_time_never_goes_back_and_runs_at_most_500_in_a_million_off(steps, behind):
    clock = FakeClock()
    line = timeline(clock, BEGIN_US + behind)
    seen, stamped = line.now_us(), BEGIN_US + behind
    for step, by in steps:
        before, passed, drawn = line.now_us(), 0, 0
        if step == "advance":
            clock.advance(by)
            passed = by
        elif step == "set_wall":
            clock.set_wall(by)
        elif step == "correct":
            line.correct()
        elif step == "accept":
            line.accept_wall()
        else:
            stamp = line.stamp()
            assert stamp > stamped
            stamped, drawn = stamp, 1
        now = line.now_us()
        assert now >= max(seen, stamped)
        if step != "accept":
            assert now - before <= passed + passed * SLEW_PER_MILLION // 1_000_000 + 1 + drawn
        seen = now
