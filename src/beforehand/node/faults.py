"""What may be logged of an exception of ours: where it arose, not on what, for a message may quote what a party sent."""

from __future__ import annotations

from traceback import extract_tb


def where(error: BaseException) -> list[str]:
    """Function and line of each call that led to it, the innermost last."""
    return [f"{frame.name}:{frame.lineno}" for frame in extract_tb(error.__traceback__)]
