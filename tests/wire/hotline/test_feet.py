from __future__ import annotations

from typing import Any

import pytest

from beforehand.wire.hotline.feet import feet_for_metres


def band(lower: tuple[float, str] | None, upper: tuple[float, str] | None) -> dict[str, Any]:
    limits = {"lower": lower, "upper": upper}
    return {name: {"value": f"{limit[0]:g}", "unit": limit[1]} for name, limit in limits.items() if limit is not None}


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (band(None, (3000, "m")), band(None, (3000, "ft"))),
        (band(None, (3000, "ft")), band(None, (3000, "m"))),
        (band((914, "ft"), None), band((3000, "ft"), None)),
        (band((3000, "ft"), (3000, "m")), None),
        (band((3000, "m"), (5000, "ft")), None),
        (band(None, (30_000, "m")), None),
    ],
)
def test_heights_in_the_ratio_of_metres_to_feet_are_asked_about(now: dict[str, Any], before: dict[str, Any]) -> None:
    """H4.6"""
    assert feet_for_metres(now, before)


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (band(None, (3000, "m")), band(None, (3500, "m"))),
        (band(None, (9843, "ft")), band(None, (3000, "m"))),
        (band((100, "fl"), (200, "fl")), band((100, "fl"), (250, "fl"))),
        (band((1000, "ft"), (3000, "m")), None),
        (band((0, "m"), None), band((0, "ft"), None)),
        ({"lower": [{"value": "1", "unit": "m"}]}, None),
        ({}, {}),
    ],
)
def test_other_heights_are_not(now: dict[str, Any], before: dict[str, Any]) -> None:
    """H4.6"""
    assert feet_for_metres(now, before) is None
