"""Whether a SQLite write-ahead log holds more than SQLite would recover from it.

SQLite recovers a log up to the first frame that is not whole and silently passes over the rest. That is right for a
last transaction whose fsync never returned, and wrong if the frame was durable and has decayed since: then entries that
were answered would vanish without a word. The two can be told apart: a transaction is written only after the fsync of
the one before it, so a torn transaction has nothing of the same log behind it. (A decayed last transaction looks torn.)

Format: https://sqlite.org/fileformat2.html#the_write_ahead_log
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path
from struct import Struct as Layout
from typing import BinaryIO

_HEADER = Layout(">IIII8sII")
_FRAME = Layout(">II8sII")
_MAGIC_LITTLE = 0x377F0682
_MAGIC_BIG = 0x377F0683
_MASK = 0xFFFFFFFF
_MIN_PAGE_BYTES = 512


def fault(database: Path) -> str | None:
    """What is wrong with the log beside a database file, in words; None if SQLite recovers all that was durable in it."""
    try:
        with log_of(database).open("rb") as file:
            header = file.read(_HEADER.size)
            frames = file.read()
    except FileNotFoundError:
        return None
    if len(frames) <= _FRAME.size or not any(header):
        return None  # no frame was ever written behind this header, or the header itself never reached the disk
    magic, _version, page_bytes, _count, salts, *checksum = _HEADER.unpack(header)
    order = "big" if magic == _MAGIC_BIG else "little"
    running = _checksum(order, header[:24], 0, 0)
    if magic not in (_MAGIC_LITTLE, _MAGIC_BIG) or running != tuple(checksum):
        return None if _is_spent(database, frames) else "its header is not what was written"
    return _fault_in_frames(frames, page_bytes, salts, order, running)


def log_of(database: Path) -> Path:
    """Where SQLite keeps the log of a database file."""
    return database.with_name(database.name + "-wal")


def _is_spent(database: Path, frames: bytes) -> bool:
    """Whether all that a log without a header holds is in the database already.

    So it is when a log begins again from its start and the writing of its new header is torn.
    """
    with database.open("rb") as file:
        page_bytes = int.from_bytes(file.read(18)[16:], "big")
        if page_bytes < _MIN_PAGE_BYTES:
            return False
        images: dict[int, bytes] = {}
        generation: bytes | None = None
        for frame, image in _frames(frames, page_bytes):
            number, _pages, salts, *_checksum_of_frame = _FRAME.unpack(frame)
            if generation not in (None, salts):
                break
            generation = salts
            images[number] = image
        return all(_page(file, number, page_bytes) == image for number, image in images.items())


def _page(file: BinaryIO, number: int, page_bytes: int) -> bytes:
    file.seek((number - 1) * page_bytes)
    return file.read(page_bytes)


def _fault_in_frames(data: bytes, page_bytes: int, salts: bytes, order: str, running: tuple[int, int]) -> str | None:
    torn_at = None
    torn_commit_passed = False
    for index, (frame, page) in enumerate(_frames(data, page_bytes), 1):
        _number, pages_after_commit, frame_salts, *checksum = _FRAME.unpack(frame)
        ours = frame_salts == salts
        if torn_at is None:
            running = _checksum(order, page, *_checksum(order, frame[:8], *running))
            if not ours or running != tuple(checksum):
                torn_at = index
        if torn_at is not None and ours:
            if torn_commit_passed:
                return f"frame {torn_at} is not what was written, and later transactions lie behind it"
            torn_commit_passed = pages_after_commit != 0
    return None


def _frames(data: bytes, page_bytes: int) -> Iterator[tuple[bytes, bytes]]:
    for at in range(0, len(data) - _FRAME.size - page_bytes + 1, _FRAME.size + page_bytes):
        yield data[at : at + _FRAME.size], data[at + _FRAME.size : at + _FRAME.size + page_bytes]


def _checksum(order: str, data: bytes, first: int, second: int) -> tuple[int, int]:
    words = array("I", data)
    if order != _NATIVE:
        words.byteswap()
    odd = iter(words)
    for x, y in zip(odd, odd, strict=True):
        first = (first + x + second) & _MASK
        second = (second + y + first) & _MASK
    return first, second


_NATIVE = "little" if array("I", b"\1\0\0\0")[0] == 1 else "big"
