"""What every engine promises, and every way in which it can fail.

An append has three outcomes and no fourth. It returns: the whole batch is durable, and survives a crash of anything but
the storage itself. It raises `Conflict` or `Unavailable`: certainly nothing of the batch is stored, now or after a
restart. It raises `OutcomeUnknown`: the batch is stored whole or not at all, and only opening anew tells which. After
either error the caller's state is ahead of the journal and must not be served again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from beforehand.record.entry import Content, StoredEntry

MAX_READ = 4_096
"""Entries that one read returns at most."""


class EngineError(Exception):
    """Whatever an engine refuses or fails at. The message says what to do."""


class Conflict(EngineError):
    """The batch does not begin where the journal ends. Certainly not stored."""


class Unavailable(EngineError):
    """It cannot be done now; of an append: certainly not stored."""


class OutcomeUnknown(EngineError):
    """The batch may be stored, whole, or not at all. Opening anew tells."""


class OpenError(EngineError):
    """The journal cannot be opened. What is stored was left as it was."""


class Locked(OpenError):
    """Another process has the journal open for writing."""


class Damaged(OpenError):
    """What is stored is not what was written. Raised by reading, too. `seq` is the first entry in doubt, if known."""

    def __init__(self, message: str, seq: int | None = None) -> None:
        super().__init__(message)
        self.seq = seq


class TooNew(OpenError):
    """A later version of this program wrote the journal."""


class ReadOnly(OpenError):
    """The journal or its folder cannot be written to."""


class CannotOpen(OpenError):
    """Anything else that the operating system refuses, such as a full disk; it may pass by itself."""


class ContentStore(Protocol):
    """Content under its commitment. What an append brings is put in with its batch, whole or not at all."""

    async def get(self, commitment: bytes) -> Content | None:
        """The content, or None if it was never put, or was erased."""

    async def put(self, content: Content) -> bytes:
        """Keep content that no append brought, durably, and return its commitment. What was erased stays erased.

        Raises Unavailable if it cannot be done now; whatever became of it, it may be put again.
        """

    async def erase(self, commitment: bytes) -> None:
        """Remove content and salt for good: on return no file holds them. Erasing what is not there is no error.

        Raises Unavailable if it cannot be done now, whatever the cause; then it must be asked again.
        """


class Engine(Protocol):
    """A journal that one process writes. Opened once, closed once, used from one event loop."""

    @property
    def content(self) -> ContentStore:
        """The content of this journal."""

    async def open(self) -> None:
        """Recover what is stored and make it durable anew, before anything of it is answered. Raises OpenError."""

    async def append(self, expected_seq: int, batch: Sequence[StoredEntry]) -> None:
        """Store a batch whole, as the entries from `expected_seq` on, which must be the number of entries so far.

        One append at a time. Raises Conflict, Unavailable, OutcomeUnknown as the module says.
        """

    async def read(self, start: int, limit: int) -> list[StoredEntry]:
        """Durable entries from seq `start` on, at most `limit`, or fewer where they are many or large.

        Empty only at the end. Entries whose content was erased come with `content` None.
        """

    async def head(self) -> int:
        """How many entries are durable, which is the seq of the next."""

    def tail(self, start: int) -> AsyncIterator[StoredEntry]:
        """Every durable entry from seq `start` on, those to come included. Never ends by itself.

        A slow reader costs no memory: what it has not taken is read again from storage. Raises Unavailable once the
        engine is closed.
        """

    async def close(self) -> None:
        """Let go of everything. Closing twice is no error."""
