"""How a command can end without an answer. The three are never confused."""

from __future__ import annotations

#: What is said to whoever warns in vain.
NOT_TOLD = "Not told: use the telephone."


class NotDone(Exception):
    """Certainly nothing was changed; the same may be asked again. `retry_after_s` says when, if that is known."""

    def __init__(self, message: str, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class OutcomeUnknown(Exception):
    """It may have happened: read before you retry."""


class TooFast(Exception):
    """The party exceeds its rate; nothing was changed. `retry_after_s` says when to come again."""

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
