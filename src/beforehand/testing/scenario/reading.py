"""A story's file as plain values, with the line of each: strict YAML 1.2, where nothing is read otherwise than it looks.

Times stay texts, `NO` stays a code, and a key that stands twice is an error.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

#: Bytes of a file, and values in it with aliases written out.
FILE_MAX_BYTES, VALUES_MAX, DEPTH_MAX = 1 << 20, 100_000, 60


class StoryError(Exception):
    """A story cannot be read or played. The message names file, line and key path, what is wrong, and what to do."""

    def __init__(self, file: str, line: int | None, path: str, message: str) -> None:
        place = file if line is None else f"{file}:{line}"
        super().__init__(f"{place}: {path + ': ' if path else ''}{message}")
        self.path = path
        self.line = line


class Document:
    """A file's values. `line_of` finds where a key path, or the nearest above it, stands."""

    def __init__(self, file: str, values: dict[str, Any], lines: dict[str, int]) -> None:
        self.file = file
        self.values = values
        self._lines = lines

    def line_of(self, path: str) -> int | None:
        """The line of a key path such as `steps[3].with`, counted from 1."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return None

    def error(self, path: str, message: str, key: str = "") -> StoryError:
        """What is wrong at a key path; with `key`, in the line of that key below it."""
        return StoryError(self.file, self.line_of(f"{path}.{key}".strip(".")), path, message)


class _Loader(yaml.SafeLoader):
    """Only what YAML 1.2's core schema reads as null, truth, or number is one; all else is text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (PyYAML's own name)


for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), _first)


def read_file(path: Path) -> Document:
    """Read a file. Raises StoryError."""
    try:
        with path.open("rb") as opened:
            data = opened.read(FILE_MAX_BYTES + 1)
    except OSError as error:
        raise StoryError(str(path), None, "", f"cannot be read: {error.strerror}. Name a story's YAML file.") from None
    return read_text(data, str(path))


def read_text(data: bytes, file: str) -> Document:
    """Read what a file holds. Raises StoryError."""
    if len(data) > FILE_MAX_BYTES:
        raise StoryError(file, None, "", f"is longer than {FILE_MAX_BYTES >> 20} MiB; no story is. Tell it shorter.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StoryError(file, None, "", f"is not UTF-8 (byte {error.start}). Save it as UTF-8.") from None
    try:
        root = yaml.compose(text, Loader=_Loader)
    except RecursionError:
        raise StoryError(file, None, "", "is nested too deeply. Write it flatter.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        said = getattr(error, "problem", None) or str(error)
        line = None if mark is None else mark.line + 1
        raise StoryError(file, line, "", f"is no YAML: {said}. Mend this line, or the one before it.") from None
    if not isinstance(root, MappingNode):
        raise StoryError(file, 1, "", "must be a mapping with the keys of a story: title, parties, steps, ...")
    building = _Building(file)
    values = building.value(root, "", 0)
    assert isinstance(values, dict)
    return Document(file, values, building.lines)


class _Building:
    """From nodes to values."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.lines: dict[str, int] = {}
        self._left = VALUES_MAX

    def value(self, node: Node, path: str, depth: int) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        self._left -= 1
        if self._left < 0 or depth > DEPTH_MAX:
            raise StoryError(
                self._file, line, path, "holds too much, or too deeply. Tell it in fewer and flatter values."
            )
        if isinstance(node, MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, SequenceNode):
            return [self.value(each, f"{path}[{at}]", depth + 1) for at, each in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
        return self._scalar(node, path)

    def _mapping(self, node: MappingNode, path: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                raise StoryError(self._file, line, path, "has a key that is no text. Write keys as plain words.")
            key = key_node.value
            below = f"{path}.{key}" if path else key
            if key in found:
                raise StoryError(self._file, line, below, "stands twice. Leave one of the two out.")
            self.lines[below] = line
            found[key] = self.value(value_node, below, depth + 1)
        return found

    def _scalar(self, node: ScalarNode, path: str) -> Any:
        kind = node.tag.rpartition(":")[2]
        text: str = node.value
        if kind == "str":
            return text
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        try:
            number = int(text) if kind == "int" else float(text)
            if abs(number) < 1e300:
                return number
        except ValueError:
            pass
        what = f"the tag {node.tag!r}" if kind not in ("int", "float") else f"{text[:40]!r}"
        raise StoryError(
            self._file, node.start_mark.line + 1, path, f"{what} is no value of a story. Write a plain number or text."
        )
