"""A plugin of pytest: which test executes which line, and how long each test takes. Written to `MUTANTS_MAP` as JSON.

`lines`: of each module, by line, the tests; those that ran while nothing but imports did are under the empty name. Tests that
fail are left out: they cannot tell a mutant.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import coverage
import pytest

_coverage = coverage.Coverage(
    data_file=None, source=os.environ["MUTANTS_SOURCE"].split(os.pathsep), config_file=False, messages=False
)
_coverage.start()
_seconds: dict[str, float] = {}
_failed: set[str] = set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Put what is executed on the account of this test."""
    _coverage.switch_context(item.nodeid)
    begin = time.perf_counter()
    try:
        return (yield)
    finally:
        _seconds[item.nodeid] = time.perf_counter() - begin
        _coverage.switch_context("")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember what fails, or is skipped."""
    if report.outcome != "passed":
        _failed.add(report.nodeid)


def pytest_unconfigure() -> None:
    """Write the map."""
    _coverage.stop()
    data = _coverage.get_data()
    root = Path.cwd()
    names = [each for each in _seconds if each not in _failed]
    numbers = {name: at for at, name in enumerate(names)}
    lines: dict[str, dict[str, list[int]]] = {}
    for file in data.measured_files():
        by_line = data.contexts_by_lineno(file)
        lines[str(Path(file).relative_to(root))] = {
            str(line): sorted(numbers[each] for each in contexts if each in numbers)
            for line, contexts in by_line.items()
        }
    found = {"tests": names, "seconds": [_seconds[each] for each in names], "failed": sorted(_failed), "lines": lines}
    Path(os.environ["MUTANTS_MAP"]).write_text(json.dumps(found))
