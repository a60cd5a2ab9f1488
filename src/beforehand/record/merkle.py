"""The tree of RFC 6962 §2.1 over leaf hashes: leaf SHA-256(00 || entry), node SHA-256(01 || left || right)."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

EMPTY_HEAD = sha256(b"").digest()
"""The head of a tree without leaves."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """The node above two subtrees, `left` being full."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that only grows, kept as the heads of its full subtrees: one for each bit set in its size.

    leaves: leaf hashes of 32 bytes, in order.
    """

    __slots__ = ("_full", "size")

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.size = 0
        self._full: list[bytes] = []  # from the largest subtree to the smallest
        for leaf in leaves:
            self.add(leaf)

    def add(self, leaf: bytes) -> None:
        """Append one leaf hash: about two hashes' work on average."""
        hash_ = leaf
        size = self.size
        while size & 1:
            hash_ = node_hash(self._full.pop(), hash_)
            size >>= 1
        self._full.append(hash_)
        self.size += 1

    def head(self) -> bytes:
        """The root hash over all leaves added so far."""
        if not self._full:
            return EMPTY_HEAD
        head = self._full[-1]
        for left in reversed(self._full[:-1]):
            head = node_hash(left, head)
        return head
