"""RFC 3339 times and µs since the Unix epoch.

Exact to the microsecond: what is finer is cut off. Taken are years 2 to 9999 with a capital T, a capital Z or an offset
below 24 hours; leap seconds are not, for no clock of a DSS counts them.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

_DAY_S = 86_400
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()

#: The first and the last moment that can be written down: years 0 and 1 are how some systems say "no time".
EARLIEST_US = (date(2, 1, 1).toordinal() - _EPOCH_ORDINAL) * _DAY_S * 1_000_000
LATEST_US = (date(9999, 12, 31).toordinal() - _EPOCH_ORDINAL + 1) * _DAY_S * 1_000_000 - 1

#: No sensible time is longer; fractions may have any number of digits within it.
LONGEST = 64

_FORM = re.compile(
    r"(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d+))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))",
    re.ASCII,
).fullmatch


def parse_time(text: str) -> int:
    """µs since the Unix epoch. Raises ValueError, whose message says what was expected."""
    found = _FORM(text) if len(text) <= LONGEST else None
    if found is None:
        raise ValueError("must be an RFC 3339 time with zone, such as 2030-01-31T12:00:00.5Z")
    day, hour, minute, second, fraction, sign, offset_hours, offset_minutes = found.groups()
    seconds = _day_s(day) + int(hour) * 3600 + int(minute) * 60 + int(second)
    if sign is not None:
        offset = int(offset_hours) * 3600 + int(offset_minutes) * 60
        seconds += offset if sign == "-" else -offset
    time_us = seconds * 1_000_000
    if fraction is not None:
        time_us += int(fraction[:6].ljust(6, "0"))
    if not EARLIEST_US <= time_us <= LATEST_US:
        raise ValueError("must be within the years 2 to 9999")
    return time_us


@lru_cache(maxsize=1024)
def _day_s(day: str) -> int:
    year, month, of_month = int(day[:4]), int(day[5:7]), int(day[8:])
    try:
        return (date(year, month, of_month).toordinal() - _EPOCH_ORDINAL) * _DAY_S
    except ValueError:
        raise ValueError("must be a day that exists, within the years 2 to 9999") from None


def format_time(time_us: int) -> str:
    """RFC 3339 in UTC, without trailing zeros of the fraction. Raises ValueError outside the years 1 to 9999."""
    seconds, fraction = divmod(time_us, 1_000_000)
    if not fraction:
        return _second(seconds) + "Z"
    return f"{_second(seconds)}.{fraction:06d}".rstrip("0") + "Z"


@lru_cache(maxsize=16_384)
def _second(seconds: int) -> str:
    days, of_day = divmod(seconds, _DAY_S)
    day = date.fromordinal(days + _EPOCH_ORDINAL)
    return f"{day.isoformat()}T{of_day // 3600:02d}:{of_day // 60 % 60:02d}:{of_day % 60:02d}"
