"""How a command says that it cannot."""

from __future__ import annotations


class CommandError(Exception):
    """It cannot be done, and the message says why and what to do: exit status 1."""


class UsageError(Exception):
    """It was asked in a wrong way: exit status 2."""
