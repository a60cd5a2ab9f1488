"""From method and path to an operation: one table, two look-ups.

Paths are matched after percent-decoding, as in the reference: an encoded slash divides like any other. A last parameter may
be empty, and then it is the operation's to refuse.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar
from urllib.parse import unquote_to_bytes

_HEX = frozenset(b"0123456789abcdefABCDEF")


class Routed(Protocol):
    """What a router needs of an operation. A template's parameters are its last segments: at most two."""

    @property
    def method(self) -> str: ...

    @property
    def template(self) -> str: ...


Op = TypeVar("Op", bound=Routed)


class BadEscape(ValueError):
    """The path is no valid percent-encoding."""


class Router(Generic[Op]):
    """Finds the operation of a request."""

    def __init__(self, operations: Iterable[Op]) -> None:
        self._literal: dict[tuple[str, bytes], Op] = {}
        self._one: dict[tuple[str, bytes], Op] = {}
        self._two: dict[tuple[str, bytes], Op] = {}
        for operation in operations:
            prefix, *params = operation.template.split("{")
            table = (self._literal, self._one, self._two)[len(params)]
            key = (operation.method, prefix.encode().removesuffix(b"/") if params else prefix.encode())
            assert key not in table, operation.template
            table[key] = operation

    def find(self, method: str, raw_path: bytes) -> tuple[Op, tuple[bytes, ...]] | None:
        """The operation and its path parameters, decoded; None where there is no such route. Raises BadEscape."""
        path = _decoded(raw_path) if b"%" in raw_path else raw_path
        found = self._literal.get((method, path))
        if found is not None:
            return found, ()
        before, slash, last = path.rpartition(b"/")
        found = self._one.get((method, before)) if slash else None
        if found is not None:
            return found, (last,)
        before, slash, middle = before.rpartition(b"/")
        found = self._two.get((method, before)) if slash else None
        return None if found is None else (found, (middle, last))


def _decoded(raw: bytes) -> bytes:
    for escape in raw.split(b"%")[1:]:
        if len(escape) < 2 or escape[0] not in _HEX or escape[1] not in _HEX:
            raise BadEscape
    return unquote_to_bytes(raw)
