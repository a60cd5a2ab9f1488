"""One process: a command is admitted, decided, committed and released (`admit`, `decide`, `commit`, `release`)."""

from beforehand.node.node import Node

__all__ = ["Node"]
