"""Which tests could notice a mutation: those that execute its statement, the quickest first."""

from __future__ import annotations

import json
from pathlib import Path

from mutants.operators import Mutation


class Covering:
    """The map that `mutants.executed` wrote."""

    def __init__(self, file: Path) -> None:
        found = json.loads(file.read_text())
        self.tests: list[str] = found["tests"]
        self.failed: list[str] = found["failed"]
        self._seconds: list[float] = found["seconds"]
        self._lines: dict[str, dict[str, list[int]]] = found["lines"]

    def seconds(self, tests: list[str]) -> float:
        """How long some tests took, unchanged."""
        known = dict(zip(self.tests, self._seconds, strict=True))
        return sum(known[each] for each in tests)

    def of(self, mutation: Mutation) -> list[str]:
        """Tests by name. Of what is executed by importing alone, tables and defaults: those that execute any of its module,
        or, where there is nothing else in it, any test at all."""
        lines = self._lines.get(mutation.path, {})
        first, last = mutation.lines
        found = {each for line in range(first, last + 1) for each in lines.get(str(line), ())}
        if not found and any(str(line) in lines for line in range(first, last + 1)):
            found = {each for tests in lines.values() for each in tests} or set(range(len(self.tests)))
        stem = Path(mutation.path).stem.strip("_")
        order = sorted(found, key=lambda each: (f"test_{stem}" not in self.tests[each], self._seconds[each]))
        return [self.tests[each] for each in order]
