"""docs/rules.md: each rule of the hotline and the tests that prove it, read from the tests' docstrings.

To write it anew: make docs, or PYTHONPATH=tests .venv/bin/python -m docs.rules_page
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from beforehand.wire.hotline.verbs import VERBS

from .rules import RULES, TITLES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "rules.md"
NAMED = re.compile(r"\bH\d+(?:\.\d+)?\b")

HEAD = """# Rules of the hotline, and what proves them

This page is written from the tests (`make docs`); a test fails where it is not what they say. Each rule has an id, which the
docstrings of its tests name; a rule without a test fails the build, and so does a test of a rule that there is not.
[hotline](hotline.md) tells what the rules are for, [lifecycle](lifecycle.md) has the tables behind them.

"""


class Proof(NamedTuple):
    """A test, and the rules that its docstring names."""

    file: Path
    test: str
    rules: tuple[str, ...]


@cache
def proofs() -> tuple[Proof, ...]:
    """Every test whose docstring names a rule, in the order of files and of lines."""
    found: list[Proof] = []
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                rules = tuple(dict.fromkeys(NAMED.findall(ast.get_docstring(node) or "")))
                if rules:
                    found.append(Proof(file.relative_to(ROOT), node.name, rules))
    return tuple(found)


def order(rule: str) -> tuple[int, int]:
    chapter, _, number = rule.removeprefix("H").partition(".")
    return int(chapter), int(number or 0)


def _listed(name: str, links: list[str]) -> list[str]:
    return [f"{name}: {' · '.join(links)}.", ""] if links else []


def section(rule: str, found: tuple[Proof, ...]) -> list[str]:
    """A rule: its sentence, how it shows, and its tests by file."""
    says, refusals, events = RULES[rule]
    verbs = [verb.name for verb in VERBS if rule in verb.rules]
    lines = [f"### {rule}", "", says, ""]
    lines += _listed("Verbs", [f"`{each}`" for each in verbs])
    lines += _listed("[Refusals](refusals.md#the-hotline)", [f"`{each}`" for each in refusals])
    lines += _listed("Events", [f"[`{each}`](events.md#{each.replace('.', '')})" for each in events])
    by_file: dict[Path, list[str]] = {}
    for proof in found:
        if rule in proof.rules:
            by_file.setdefault(proof.file, []).append(proof.test.removeprefix("test_").replace("_", " "))
    for file, tests in by_file.items():
        lines.append(f"- [{file}](../{file}): {'; '.join(sorted(dict.fromkeys(tests)))}")
    return [*lines, ""]


def page() -> str:
    """The whole page."""
    found = proofs()
    lines: list[str] = []
    chapter = 0
    for rule in sorted(RULES, key=order):
        if order(rule)[0] != chapter:
            chapter = order(rule)[0]
            lines += [f"## H{chapter} {TITLES[chapter]}", ""]
        lines += section(rule, found)
    return HEAD + "\n".join(lines).rstrip("\n") + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
