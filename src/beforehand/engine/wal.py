"""What SQLite would recover from a write-ahead log, found out without SQLite, and whether the log once held more.

SQLite recovers a log up to the last commit before the first frame that is not whole, and silently passes over the rest.
That is right for a last transaction whose fsync never returned, and wrong if the frame was durable and has decayed
since: then entries that were answered would vanish without a word. The two can be told apart: a transaction is written
only after the fsync of the one before it, so a torn transaction has nothing of the same log behind it. (A decayed last
transaction looks torn.)

Format: https://sqlite.org/fileformat2.html#the_write_ahead_log
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path
from struct import Struct as Layout
from typing import BinaryIO

from msgspec import Struct

_HEADER = Layout(">IIII8sII")
_FRAME = Layout(">II8sII")
_MAGIC_LITTLE = 0x377F0682
_MAGIC_BIG = 0x377F0683
_MASK = 0xFFFFFFFF
_MIN_PAGE_BYTES = 512
_NATIVE = "little" if array("I", b"\1\0\0\0")[0] == 1 else "big"


class _Frame(Struct, frozen=True):
    """A frame of a log. `ours`: it belongs to this log, not to one that lay in the file before. `whole`: it and all
    before it are what was written."""

    page_number: int
    image: bytes
    commits: bool
    ours: bool
    whole: bool


def fault(database: Path) -> str | None:
    """What is wrong with the log beside a database file, in words; None if SQLite recovers all that was durable in it."""
    header, data = _read(database)
    if not any(data):
        return None  # a header is synced before the first frame is written behind it
    if _order(header) is None:
        return None if _is_spent(database, data) else "its header is not what was written"
    torn_at = None
    torn_commit_passed = False
    for number, frame in enumerate(_frames(header, data), 1):
        if torn_at is None and not frame.whole:
            torn_at = number
        if torn_at is not None and frame.ours:
            if torn_commit_passed:
                return f"frame {torn_at} is not what was written, and later transactions lie behind it"
            torn_commit_passed = frame.commits
    return None


def would_recover(database: Path, mark: bytes) -> bool:
    """Whether a page that a restart would recover from the log holds these bytes."""
    header, data = _read(database)
    if _order(header) is None:
        return False
    uncommitted = False
    for frame in _frames(header, data):
        if not frame.whole:
            break
        uncommitted = uncommitted or mark in frame.image
        if uncommitted and frame.commits:
            return True
    return False


def log_of(database: Path) -> Path:
    """Where SQLite keeps the log of a database file."""
    return database.with_name(database.name + "-wal")


def _read(database: Path) -> tuple[bytes, bytes]:
    try:
        with log_of(database).open("rb") as file:
            return file.read(_HEADER.size), file.read()
    except FileNotFoundError:
        return b"", b""


def _order(header: bytes) -> str | None:
    """The byte order of the checksums, or None for a header that SQLite does not accept either."""
    if len(header) < _HEADER.size:
        return None
    magic, *_fields, first, second = _HEADER.unpack(header)
    if magic not in (_MAGIC_LITTLE, _MAGIC_BIG):
        return None
    order = "little" if magic == _MAGIC_LITTLE else "big"
    return order if _checksum(order, header[:24], 0, 0) == (first, second) else None


def _frames(header: bytes, data: bytes) -> Iterator[_Frame]:
    """Every frame in the file behind a good header."""
    _magic, _version, page_bytes, _count, salts, first, second = _HEADER.unpack(header)
    order = _order(header)
    assert order is not None
    whole = True
    for head, image in _cut(data, page_bytes):
        page_number, pages_after_commit, found_salts, *written = _FRAME.unpack(head)
        ours = found_salts == salts
        if whole:
            first, second = _checksum(order, image, *_checksum(order, head[:8], first, second))
            whole = ours and [first, second] == written
        yield _Frame(page_number, image, pages_after_commit != 0, ours, whole)


def _cut(data: bytes, page_bytes: int) -> Iterator[tuple[bytes, bytes]]:
    for at in range(0, len(data) - _FRAME.size - page_bytes + 1, _FRAME.size + page_bytes):
        yield data[at : at + _FRAME.size], data[at + _FRAME.size : at + _FRAME.size + page_bytes]


def _is_spent(database: Path, data: bytes) -> bool:
    """Whether all that a log without a header holds is in the database already.

    So it is when a log begins again from its start and the writing of its new header is torn.
    """
    with database.open("rb") as file:
        page_bytes = int.from_bytes(file.read(18)[16:], "big")
        if page_bytes < _MIN_PAGE_BYTES:
            return False
        images: dict[int, bytes] = {}
        generation: bytes | None = None
        for head, image in _cut(data, page_bytes):
            page_number, _pages, salts, *_written = _FRAME.unpack(head)
            if generation not in (None, salts):
                break
            generation = salts
            images[page_number] = image
        return all(_page(file, number, page_bytes) == image for number, image in images.items())


def _page(file: BinaryIO, number: int, page_bytes: int) -> bytes:
    file.seek((number - 1) * page_bytes)
    return file.read(page_bytes)


def _checksum(order: str, data: bytes, first: int, second: int) -> tuple[int, int]:
    words = array("I", data)
    if order != _NATIVE:
        words.byteswap()
    pairs = iter(words)
    for x, y in zip(pairs, pairs, strict=True):
        first = (first + x + second) & _MASK
        second = (second + y + first) & _MASK
    return first, second
