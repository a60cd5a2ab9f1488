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

_HEADER = Layout(">IIII8sII")
_FRAME = Layout(">II8sII")
_MAGIC_LITTLE = 0x377F0682
_MAGIC_BIG = 0x377F0683
_MASK = 0xFFFFFFFF


def fault(path: Path) -> str | None:
    """What is wrong with the log at `path`, in words, or None if SQLite recovers all that was ever durable in it."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER.size)
            rest = file.read()
    except FileNotFoundError:
        return None
    if len(rest) <= _FRAME.size or not any(header):
        return None  # no frame was ever written behind this header, or the header itself never reached the disk
    magic, _version, page_bytes, _count, salts, *checksum = _HEADER.unpack(header)
    if magic not in (_MAGIC_LITTLE, _MAGIC_BIG):
        return "its header has no magic number"
    order = "little" if magic == _MAGIC_LITTLE else "big"
    running = _checksum(order, header[:24], 0, 0)
    if running != tuple(checksum):
        return "its header does not fit its checksum"
    return _fault_in_frames(rest, page_bytes, salts, order, running)


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
