"""Cells as they lie packed, and blocks: the level-10 cells that hold up to 64 of them each.

A large covering is some hundred blocks, most of them whole, instead of thousands of cells. A block is told apart from a
cell by its number: as S2 writes it, a level-13 cell ends in the bits 100, a level-10 cell in 1 0000 0000.
"""

from __future__ import annotations

from functools import lru_cache
from struct import Struct as Layout
from struct import unpack

#: The mask of a block with all its cells.
WHOLE = (1 << 64) - 1
#: A covering of so many cells, and of so many times as many cells as blocks, is kept by its blocks.
BLOCKS_FROM = 32
BLOCKS_RATIO = 4

_BLOCK_BITS = 9  # of a cell's number: below stand its place in the block (6) and the end mark (3)
_BLOCK_MARK = 1 << _BLOCK_BITS - 1
_BITS = tuple(1 << at for at in range(64))
_LAYOUTS = tuple(Layout(f">{n}I").unpack for n in range(129))

#: Blocks, and of each which of its cells: bit n is the n-th along the curve.
Blocks = dict[int, int]


def cells_of(packed: bytes) -> tuple[int, ...]:
    """The cells of packed bytes (4 big-endian bytes each), ascending."""
    n = len(packed) >> 2
    return _LAYOUTS[n](packed) if n <= 128 else unpack(f">{n}I", packed)


@lru_cache(maxsize=8)  # one command asks for the same a few times; the largest takes some 100 kB
def blocks_of(packed: bytes) -> Blocks:
    """The blocks of packed cells, ascending. Not to be changed."""
    cells = cells_of(packed)
    blocks: Blocks = {}
    at, end = 0, len(cells)
    while at < end:
        block = cells[at] >> _BLOCK_BITS
        if at + 63 < end and cells[at + 63] >> _BLOCK_BITS == block:
            mask = WHOLE
            at += 64
        else:
            mask = 0
            while at < end and cells[at] >> _BLOCK_BITS == block:
                mask |= _BITS[cells[at] >> 3 & 63]
                at += 1
        blocks[block << _BLOCK_BITS | _BLOCK_MARK] = mask
    return blocks


def in_blocks(packed: bytes) -> Blocks | None:
    """The blocks by which a covering is kept, or None where it is kept cell by cell."""
    cells = len(packed) >> 2
    if cells < BLOCKS_FROM:
        return None
    blocks = blocks_of(packed)
    return blocks if cells >= BLOCKS_RATIO * len(blocks) else None
