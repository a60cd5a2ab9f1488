"""The command line."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `beforehand` with these arguments, by default the process's own; returns the exit status.

    0: done. 1: it could not be done. 2: it was asked in a wrong way. Why is said on stderr.
    """
    from beforehand.cli.app import run  # the command line's own library is not needed by what imports this package

    return run(arguments)
