"""A mutant is judged in a copy of the tree, never in the tree itself: changed, tested, and put back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import cache_from_source
from pathlib import Path
from typing import Literal, NamedTuple

from mutants.operators import Mutation

Fate = Literal["killed", "timed out", "alive", "not executed"]

#: What a test run needs of the tree.
COPIED = ("src", "tests", "docs", "scenarios", "specs", "pyproject.toml", "CHANGELOG.md", "README.md", "Makefile")
#: How many times as long as unchanged the tests may take, and how many seconds besides.
PATIENCE, PATIENCE_S = 4.0, 15.0
_PASSED = 0


class Judged(NamedTuple):
    """A mutant and what became of it."""

    mutation: Mutation
    fate: Fate


class Copy:
    """A copy of the tree, in a folder of its own."""

    def __init__(self, root: Path) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="mutants-"))
        for name in COPIED:
            there = root / name
            if there.is_dir():
                shutil.copytree(there, self.root / name)
            elif there.exists():
                shutil.copy2(there, self.root / name)

    def close(self) -> None:
        """Remove it."""
        shutil.rmtree(self.root, ignore_errors=True)

    def pytest(self, arguments: Sequence[str], timeout_s: float | None = None, **environment: str) -> int | None:
        """The exit status of a run here, or None where it took too long."""
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0", *arguments],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root / "src"), **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            return process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)  # whatever it started too
            process.wait()
            return None

    def passes(self, tests: Sequence[str], timeout_s: float | None = None, **environment: str) -> bool | None:
        """Whether some tests pass, by their names; None where that took too long."""
        chosen = self.root / "chosen.txt"
        chosen.write_text("\n".join(tests))
        status = self.pytest([f"@{chosen}"], timeout_s, **environment)
        return None if status is None else status == _PASSED

    def judge(self, mutation: Mutation, tests: Sequence[str], seconds: float) -> Fate:
        """Change the module, run the tests that execute the change until one fails, put the module back."""
        if not tests:
            return "not executed"
        module = self.root / mutation.path
        source, stat = module.read_bytes(), module.stat()
        compiled = Path(cache_from_source(str(module)))
        kept = compiled.read_bytes() if compiled.exists() else None
        try:
            # What is compiled is taken for the source's by time and size, which a mutant may share.
            compiled.unlink(missing_ok=True)
            module.write_bytes(mutation.apply(source))
            passed = self.passes(tests, PATIENCE * seconds + PATIENCE_S, PYTHONDONTWRITEBYTECODE="1")
        finally:
            module.write_bytes(source)
            os.utime(module, ns=(stat.st_atime_ns, stat.st_mtime_ns))
            if kept is not None:
                compiled.write_bytes(kept)
        if passed is None:
            return "timed out"
        return "alive" if passed else "killed"
