"""The account of a day: every declaration and its answer, one JSON line each, so that anyone can work the result out again."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from msgspec import Raw, Struct
from msgspec.json import Encoder

from beforehand.client.dss import Try
from beforehand.wire.f3548.times import format_time

_encode = Encoder().encode


class Named(Struct, frozen=True):
    """An intent that a refusal named."""

    intent_id: str
    version: int
    manager: str


class Line(Struct, frozen=True):
    """One request to the registry. `line` counts from 1, in the order in which answers came.

    `method`: PUT declares or moves, DELETE withdraws. `version`, `ovn`: what stands by the answer, where it was accepted.
    `named_ovns`: the key. `status` is 0 where no answer came. `missing`: whom a 409 named.
    """

    line: int
    at: str
    flight: str
    leg: int
    operator: str
    method: str
    intent_id: str
    ovn_before: str | None
    version_before: int | None
    state: str
    volumes: Raw
    named_ovns: tuple[str, ...]
    status: int
    version: int | None
    ovn: str | None
    missing: tuple[Named, ...]
    message: str


class Account:
    """Writes lines as answers come, and counts them. `file` may be None: then it only counts."""

    def __init__(self, file: BinaryIO | None, now_us: Callable[[], int]) -> None:
        self._file = file
        self._now_us = now_us
        self.lines = 0
        self.accepted = 0
        self.refused_unaware = 0

    def heard(self, flight: str, operator: str, leg: int, tried: Try) -> None:
        """Keep one request and what came of it."""
        self.lines += 1
        self.accepted += tried.reference is not None
        self.refused_unaware += bool(tried.missing)
        if self._file is None:
            return
        wanted, reference = tried.declaration, tried.reference
        before = wanted.standing
        line = Line(
            self.lines,
            format_time(self._now_us()),
            flight,
            leg,
            operator,
            tried.method,
            wanted.id,
            None if before is None else before.ovn,
            None if before is None else before.version,
            wanted.state,
            Raw(wanted.extents),
            wanted.named_ovns,
            tried.status,
            None if reference is None else reference.version,
            None if reference is None else reference.ovn,
            tuple(Named(each.id, each.version, each.manager) for each in tried.missing),
            tried.message,
        )
        self._file.write(_encode(line) + b"\n")
