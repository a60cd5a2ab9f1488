from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.wire.f3548.times import EARLIEST_US, LATEST_US, format_time, parse_time

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
moments = st.integers(EARLIEST_US, LATEST_US)


@given(moments)
def test_what_is_written_is_read_back_to_the_microsecond(time_us: int) -> None:
    assert parse_time(format_time(time_us)) == time_us


@given(moments)
def test_times_are_written_as_the_standard_library_would_without_trailing_zeros(time_us: int) -> None:
    whole = (EPOCH + timedelta(microseconds=time_us)).isoformat(timespec="microseconds").removesuffix("+00:00")
    assert format_time(time_us) == whole.rstrip("0").rstrip(".") + "Z"


@given(st.datetimes(datetime(3, 1, 1), datetime(9998, 1, 1)), st.integers(-1439, 1439))
def test_offsets_are_taken_off(local: datetime, minutes: int) -> None:
    there = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_time(there.isoformat()) == (there - EPOCH) // timedelta(microseconds=1)


def test_what_is_finer_than_a_microsecond_is_cut_off() -> None:
    assert parse_time("2099-01-01T00:00:00.1234569Z") == parse_time("2099-01-01T00:00:00.123456Z")


@pytest.mark.parametrize("text", ["2099-01-01T00:00:00-00:00", "2099-01-01T00:00:00+00:00", "2099-01-01T00:00:00Z"])
def test_three_spellings_of_utc_are_taken(text: str) -> None:
    assert format_time(parse_time(text)) == "2099-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "", "tomorrow", "2099-01-01", "2099-01-01T00:00:00", "2099-01-01T00:00Z", "2099-01-01 00:00:00Z",
        "2099-01-01t00:00:00Z", "2099-01-01T00:00:00z", "2099-01-01T00:00:00,5Z", "2099-01-01T00:00:00.Z",
        "2099-01-01T24:00:00Z", "2099-01-01T00:60:00Z", "2099-01-01T00:00:60Z", "2099-02-30T00:00:00Z",
        "2099-01-01T00:00:00+0200", "2099-01-01T00:00:00+24:00", "2099-1-1T0:0:0Z", " 2099-01-01T00:00:00Z",
        "2099-01-01T00:00:00Z\n", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "10000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-00:01", "0002-01-01T00:00:00+00:01", "२०९९-01-01T00:00:00Z", "2099-01-01T00:00:00.5ⅤZ",
        "2099-01-01T00:00:00." + "0" * 100 + "Z",
    ],
)  # fmt: skip
def test_whatever_else_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        parse_time(text)
