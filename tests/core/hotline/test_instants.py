"""Times in words, against the calendar of the standard library."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from beforehand.core.hotline.instants import day, instant, seconds, span

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND_US = 1_000_000


def microseconds(time: datetime) -> int:
    return (time - EPOCH) // timedelta(microseconds=1)


@given(st.datetimes(timezones=st.just(UTC)))
@example(datetime(2000, 2, 29, tzinfo=UTC))
@example(datetime(2100, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC))
@example(datetime(2100, 3, 1, tzinfo=UTC))
@example(datetime(1, 1, 1, tzinfo=UTC))
@example(datetime(9999, 12, 31, tzinfo=UTC))
@example(datetime(1969, 12, 31, 23, 59, 59, 1_000, tzinfo=UTC))
def test_a_time_is_spelled_as_the_standard_library_spells_it(time):
    """H4.2: RFC 3339 in UTC, with no, three or six decimals."""
    whole = time.strftime("%H:%M:%S")
    micro = time.microsecond
    decimals = "" if micro == 0 else f".{micro // 1000:03}" if micro % 1000 == 0 else f".{micro:06}"
    date = time.date().isoformat()
    assert day(microseconds(time)) == date
    assert instant(microseconds(time)) == f"{date}T{whole}{decimals}Z"


def test_every_day_of_four_centuries_follows_the_one_before():
    """H3.2: the UTC day from which a check phrase is made."""
    first = microseconds(datetime(1899, 12, 30, tzinfo=UTC))
    date = datetime(1899, 12, 30, tzinfo=UTC).date()
    for number in range(146_097 + 800):
        assert day(first + number * 86_400 * SECOND_US) == date.isoformat()
        date += timedelta(days=1)


@pytest.mark.parametrize(
    ("us", "words"),
    [
        (0, "0 s"),
        (40 * SECOND_US, "40 s"),
        (59_499_999, "59 s"),
        (59_500_000, "1 min"),
        (60 * SECOND_US, "1 min"),
        (61 * SECOND_US, "1 min 01 s"),
        (21 * 60 * SECOND_US, "21 min"),
        (3_599 * SECOND_US, "59 min 59 s"),
        (3_600 * SECOND_US, "1 h 00 min"),
        (3_900 * SECOND_US, "1 h 05 min"),
        (90_061 * SECOND_US, "25 h 01 min 01 s"),
        (-180 * SECOND_US, "-3 min"),
        (-40 * SECOND_US, "-40 s"),
        (-3_660 * SECOND_US, "-1 h 01 min"),
        (-499_999, "0 s"),
        (-500_001, "-1 s"),
    ],
)
def test_a_length_of_time_is_said_in_words(us, words):
    """H4.2: to the nearest second, the sign before."""
    assert span(us) == words


@pytest.mark.parametrize(
    ("us", "whole"),
    [(0, 0), (499_999, 0), (500_000, 1), (1_499_999, 1), (-500_000, 0), (-500_001, -1), (-1_500_000, -1)],
)
def test_seconds_are_to_the_nearest(us, whole):
    """H4.3: a notice is not late by the microseconds of its way."""
    assert seconds(us) == whole
