"""Times in words: RFC 3339 in UTC, by arithmetic alone, for what is told must be the same everywhere."""

from __future__ import annotations

_DAY_US = 86_400_000_000


def day(time_us: int) -> str:
    """The UTC day of a time, as `2018-09-17`."""
    year, month, of_month = _civil(time_us // _DAY_US)
    return f"{year:04}-{month:02}-{of_month:02}"


def instant(time_us: int) -> str:
    """A time (µs since the Unix epoch) as `2018-09-17T18:39:00Z`, with as many decimals as it needs (none, 3 or 6)."""
    of_day, micro = divmod(time_us % _DAY_US, 1_000_000)
    minutes, second = divmod(of_day, 60)
    hour, minute = divmod(minutes, 60)
    fraction = "" if not micro else f".{micro // 1000:03}" if micro % 1000 == 0 else f".{micro:06}"
    return f"{day(time_us)}T{hour:02}:{minute:02}:{second:02}{fraction}Z"


def seconds(us: int) -> int:
    """A length of time in whole seconds, to the nearest: a notice is not late by the microseconds of its way."""
    return (us + 500_000) // 1_000_000


def span(us: int) -> str:
    """A length of time in words, to the nearest second: `21 min`, `1 h 05 min`, `-3 min`, `40 s`."""
    whole = seconds(us)
    sign = "-" if whole < 0 else ""
    minutes, second = divmod(abs(whole), 60)
    if not minutes:
        return f"{sign}{second} s"
    rest = f" {second:02} s" if second else ""
    hours, minute = divmod(minutes, 60)
    return f"{sign}{hours} h {minute:02} min{rest}" if hours else f"{sign}{minute} min{rest}"


def _civil(days: int) -> tuple[int, int, int]:
    """Year, month and day of days since 1970-01-01, in the proleptic Gregorian calendar.

    Counted in eras of 400 years that begin on a 1 March, so that the leap day is the last of its year.
    """
    shifted = days + 719_468  # from 0000-03-01
    era, of_era = divmod(shifted, 146_097)
    of_era_year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * of_era_year + of_era_year // 4 - of_era_year // 100)
    from_march = (5 * of_year + 2) // 153
    of_month = of_year - (153 * from_march + 2) // 5 + 1
    month = from_march + 3 if from_march < 10 else from_march - 9
    return of_era_year + era * 400 + (month <= 2), month, of_month
