"""Plain values as types, with errors that a stranger can act on: which key, what is wrong with it, what to write instead."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from beforehand.testing.scenario.reading import Document

T = TypeVar("T")

_UNKNOWN = re.compile(r"unknown field `(.*)`")
_STEP = re.compile(r"\.([A-Za-z_][\w-]*)|\[(\d+|\.\.\.)\]")
_NAMES = {
    "str": "text",
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
    "array": "list",
    "object": "mapping of keys",
    "null": "nothing",
}


def convert(document: Document, value: Any, kind: type[T], path: str) -> T:
    """A value as a type. Raises StoryError, naming the key path below `path`."""
    try:
        converted: T = msgspec.convert(value, kind)
        return converted
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        below = where.rstrip("`")
        at = (path + below).lstrip(".")
        unknown = _UNKNOWN.search(what)
        said = _friendly(what, fields_at(kind, below), value_at(value, below))
        raise document.error(at, said, "" if unknown is None else unknown[1]) from None


def _friendly(what: str, known: list[str], value: Any) -> str:
    unknown = _UNKNOWN.search(what)
    if unknown is not None:
        return unknown_key(unknown[1], known)
    missing = re.search(r"missing required field `(.*)`", what)
    if missing is not None:
        return f"has no `{missing[1]}`. Add it; keys here: {', '.join(known)}."
    enum = re.search(r"Invalid enum value", what)
    if enum is not None:
        return f"{value!r} is none of: {', '.join(known)}.{_near(str(value), known)}"
    expected = re.fullmatch(r"Expected `(.*)`, got `(.*)`", what)
    if expected is not None:
        quoted = (
            " Put it in quotes."
            if "str" in expected[1].split(" | ") and expected[2] in ("int", "float", "bool")
            else ""
        )
        return f"must be {_named(expected[1])}, not {_named(expected[2])}.{quoted}"
    return f"cannot be taken: {what}."


def unknown_key(key: str, known: list[str]) -> str:
    """What is said of a key that means nothing where it stands."""
    return f"has the key {key!r}, which means nothing here.{_near(key, known)} Keys here: {', '.join(known) or 'none'}."


def _near(word: str, known: list[str]) -> str:
    near = get_close_matches(word.lower(), known, 1)
    return f" Did you mean {near[0]!r}?" if near else ""


def _named(types: str) -> str:
    named = [_NAMES.get(each, each) for each in types.split(" | ") if each != "null"]
    return " or ".join(f"a {each}" if not each.startswith("true") else each for each in named) or "nothing"


def fields_at(kind: Any, below: str) -> list[str]:
    """Keys of the mapping, or values of the word, that a type has at a place below it."""
    found = inspect.type_info(kind)
    for name, _at in _STEP.findall(below):
        found = _below(found, name)
        if found is None:
            return []
    return _known(found)


def _below(kind: Any, name: str) -> Any:
    for each in kind.types if isinstance(kind, inspect.UnionType) else (kind,):
        if name:
            fields = getattr(each, "fields", ())
            hit = next((field.type for field in fields if field.encode_name == name), None)
        elif isinstance(each, inspect.TupleType):
            hit = each.item_types[0]
        else:
            hit = getattr(each, "item_type", None) or getattr(each, "value_type", None)
        if hit is not None:
            return hit
    return None


def _known(kind: Any) -> list[str]:
    for each in kind.types if isinstance(kind, inspect.UnionType) else (kind,):
        if isinstance(each, inspect.StructType):
            return [field.encode_name for field in each.fields]
        if isinstance(each, inspect.LiteralType):
            return [str(value) for value in each.values]
    return []


def value_at(value: Any, below: str) -> Any:
    """What stands at a place below a value; None where that cannot be told."""
    for name, at in _STEP.findall(below):
        if name and isinstance(value, dict):
            value = value.get(name)
        elif at.isdigit() and isinstance(value, list) and int(at) < len(value):
            value = value[int(at)]
        else:
            return None
    return value
