"""docs/operations.md names every 503, by the words it begins with."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from beforehand.node import admit, node, release
from beforehand.node.node import ACCEPT_CLOCK_FILE
from beforehand.web.serve import BROKEN

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")


def told() -> Iterator[str]:
    """What every `NotDone` written in the source begins with, up to where a value or the next sentence begins."""
    for folder in ("node", "web"):
        for path in (ROOT / "src" / "beforehand" / folder).glob("*.py"):
            for call in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "NotDone":
                    message = call.args[0]
                    if isinstance(message, ast.JoinedStr):
                        message = message.values[0]
                    if isinstance(message, ast.Constant):
                        yield re.split(r"[.;]", message.value)[0].strip()


@pytest.mark.parametrize("beginning", sorted(set(told())))
def test_every_not_done_has_its_line(beginning: str) -> None:
    assert f"| {beginning}" in PAGE


@pytest.mark.parametrize("message", [release.READ_WAITED, release.WRITE_WAITED, release.NOT_STORED, admit.HANGS])
def test_every_message_that_has_a_name_has_its_line(message: str) -> None:
    assert f"| {message.split('.')[0]}" in PAGE


def test_the_words_that_are_typed_and_read_are_those_of_the_source() -> None:
    for word in (ACCEPT_CLOCK_FILE, node.NOT_TOLD, f"| {BROKEN} |"):
        assert word in PAGE
