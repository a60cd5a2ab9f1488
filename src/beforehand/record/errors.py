"""What can be wrong with bytes that claim to be part of a record."""

from __future__ import annotations


class RecordError(ValueError):
    """Bytes that are no part of a record. Every malformed input to this package ends in one of its subclasses."""


class HeaderError(RecordError):
    """Bytes that are not exactly one entry header."""


class FactsError(RecordError):
    """Facts that are not in the one permitted spelling, or too large."""


class ContentError(RecordError):
    """Content that is not padded as it must be, or too large."""


class ChainError(RecordError):
    """An entry that does not follow from the one before it, or does not fit its own header.

    seq: the place in the journal where the fault was noticed.
    """

    def __init__(self, seq: int, fault: str) -> None:
        super().__init__(f"entry {seq}: {fault}")
        self.seq = seq
        self.fault = fault
