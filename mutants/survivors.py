"""The file in which every survivor is explained: `survivors.md`, one row each."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mutants.operators import Mutation

FILE = Path(__file__).with_name("survivors.md")
Name = tuple[str, str, str]


def name_of(mutation: Mutation, source: bytes) -> Name:
    """By what a survivor is known, wherever its line has moved to: module, text of the line, mutation."""
    line = source.splitlines()[mutation.line - 1].decode().strip()
    return mutation.path, _cell(line), _cell(mutation.what)


def explained(file: Path = FILE) -> dict[Name, str]:
    """What the file says of each survivor."""
    found: dict[Name, str] = {}
    for row in file.read_text().splitlines() if file.exists() else ():
        cells = [each.strip() for each in row.strip().strip("|").split(" | ")]
        if len(cells) == 4 and cells[0].endswith(".py"):
            path, line, what, why = cells
            found[path, line.strip("` "), what] = why
    return found


def rows(names: Iterable[Name], known: dict[Name, str]) -> list[str]:
    """Rows of the file."""
    return [f"| {path} | ` {line} ` | {what} | {known.get((path, line, what), '')} |" for path, line, what in names]


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "¦").replace("`", "").split())
