"""Times in a story: those that it names, and the same story at another time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from beforehand.core.hotline.instants import instant, span
from beforehand.testing.scenario.script import Row, Script
from beforehand.wire.f3548.times import parse_time

SECOND_US, MINUTE_US, HOUR_US = 1_000_000, 60_000_000, 3_600_000_000
#: Keys of bodies that hold a time. `from` and `to` of a leg hold places instead, and are lists.
KEYS = ("at", "from", "to", "until", "ends", "from_time", "to_time", "claimed_at")
#: How long before its first time a story is set up, and how long after its last it goes on.
BEFORE_US, AFTER_US = HOUR_US, HOUR_US


def shifted(value: Any, by_us: int) -> Any:
    """Values with all their times moved. What is no time stays as it is."""
    if isinstance(value, dict):
        return {
            key: _moved(each, by_us)
            if key in KEYS and isinstance(each, str)
            else [[_moved(time, by_us) for time in pair] if isinstance(pair, list) else pair for pair in each]
            if key == "active" and isinstance(each, list)
            else shifted(each, by_us)
            for key, each in value.items()
        }
    return [shifted(each, by_us) for each in value] if isinstance(value, list) else value


def _moved(said: Any, by_us: int) -> Any:
    at_us = time_of(said)
    return said if at_us is None else instant(at_us + by_us)


def time_of(said: Any) -> int | None:
    """The time that a text says, or None."""
    try:
        return parse_time(said) if isinstance(said, str) else None
    except ValueError:
        return None


def begin_of(script: Script) -> int:
    """When a story is set up. Raises StoryError where it names no time at all."""
    named = [row.at_us for rows in script.rows.values() for row in rows if row.at_us is not None]
    if not named:
        raise script.document.error("steps", "names no time. Give at least one step, zone or movement its `at`.")
    return min(named) - BEFORE_US


def end_of(script: Script) -> int:
    """An hour after all that is named is over: steps, windows, legs, shifts of notices, and the longest `linger`."""
    last = max((row.at_us for rows in script.rows.values() for row in rows if row.at_us is not None), default=0)
    for section in ("movements", "steps"):
        for row in script.rows[section]:
            last = max([last, *_times(row.value)])
    given = [row.value.get("with") or {} for row in script.steps]
    later = sum(max(0, _number(each.get("minutes"))) for each in given)
    agreed = [*(row.value for row in script.rows["agreements"]), *given]
    linger = max((_number((each.get("terms") or {}).get("linger_min")) for each in agreed), default=0)
    return last + round((later + linger) * MINUTE_US) + AFTER_US


def steps_of(script: Script) -> tuple[int, int]:
    """The times of the first and the last step; without steps, those of the set-up."""
    named = [row.at_us for row in script.steps if row.at_us is not None]
    begin_us = begin_of(script)
    return (min(named), max(named)) if named else (begin_us, begin_us)


def pace(script: Script, speed: float, sleep: Callable[[float], None]) -> Callable[[int, int], None]:
    """Waits as long as the story does, so many times faster; but not before its first step, nor after its last."""
    first_us, last_us = steps_of(script)

    def passed(from_us: int, to_us: int) -> None:
        waits_us = min(to_us, last_us) - max(from_us, first_us)
        if waits_us > 0:
            sleep(waits_us / SECOND_US / speed)

    return passed


def _number(said: Any) -> float:
    return said if isinstance(said, int | float) and abs(said) < 1_000_000 else 0


def _times(value: Any) -> Iterator[int]:
    if isinstance(value, dict):
        for key, each in value.items():
            at_us = time_of(each) if key in KEYS else None
            if at_us is not None:
                yield at_us
            else:
                yield from _times(each)
    elif isinstance(value, list):
        for each in value:
            at_us = time_of(each)
            if at_us is not None:
                yield at_us
            else:
                yield from _times(each)


def clock(time_us: int) -> str:
    """A time to the nearest second, as `2027-03-05T18:39:00Z`: acts of one moment are stamped a microsecond apart."""
    return instant(round(time_us / SECOND_US) * SECOND_US)


def length(us: int) -> str:
    """A length of time to the nearest second, in words."""
    return span(round(us / SECOND_US) * SECOND_US)


def window(start_us: int | None, end_us: int | None) -> str:
    """A stretch of time, whole seconds outwards; the second time without its day where that is the same."""
    start = "" if start_us is None else instant(start_us // SECOND_US * SECOND_US)
    end = "" if end_us is None else instant(-(-end_us // SECOND_US) * SECOND_US)
    if not end:
        return f"from {start}, without end" if start else "at any time"
    if not start:
        return f"until {end}"
    return f"{start[:-1]} to {end[11:]}" if start[:10] == end[:10] else f"{start} to {end}"


def band(lower_mm: int | None, upper_mm: int | None) -> str:
    """An altitude band in whole metres above WGS84, outwards."""
    if lower_mm is None and upper_mm is None:
        return "all altitudes"
    if lower_mm is None:
        return f"up to {-(-(upper_mm or 0) // 1000)} m"
    if upper_mm is None:
        return f"from {lower_mm // 1000} m up"
    return f"{lower_mm // 1000} to {-(-upper_mm // 1000)} m"


def at_of(row: Row, begin_us: int) -> int:
    """When a row is played."""
    return begin_us + MINUTE_US if row.at_us is None else row.at_us
