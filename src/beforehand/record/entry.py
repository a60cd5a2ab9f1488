"""An entry: its header, what the header commits to, and its place in the tree. docs/entries.md describes every byte.

The header is the whole Merkle leaf. It names its place (seq), the time, the entry before it (prev) and, by commitment
only, the facts and the content. A commitment is SHA-256(32-byte salt || bytes): headers may be shown to anyone, for
neither facts nor content can be guessed from them.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from struct import Struct as Layout

from msgspec import Struct

from beforehand.record.errors import ChainError, ContentError, FactsError, HeaderError

VERSION = 1
SALT_BYTES = 32
HASH_BYTES = 32
NO_PREV = bytes(HASH_BYTES)
"""`prev` of entry 0, which has none before it."""

MAX_COUNT = 2**63
"""Seq, epoch and time stay below this: readers of C2SP checkpoints hold sizes in signed 64 bits."""

MAX_FACTS_BYTES = 8 * 1024 * 1024
MAX_PADDED_BYTES = 16 * 1024 * 1024
MIN_PADDED_BYTES = 256
_LENGTH_BYTES = 4

_BARE = Layout(">BQQQ32s32sB")
_WITH_CONTENT = Layout(">BQQQ32s32sB32s")
BARE_HEADER_BYTES = _BARE.size
HEADER_WITH_CONTENT_BYTES = _WITH_CONTENT.size


class Header(Struct, frozen=True, gc=False):
    """What header bytes say. Times are µs since the Unix epoch, hashes and commitments 32 bytes."""

    seq: int
    epoch: int
    time_us: int
    prev: bytes
    facts_commitment: bytes
    content_commitment: bytes | None


class Content(Struct, frozen=True, gc=False):
    """Content as it is stored: 32-byte salt, and the bytes padded by `pad`."""

    salt: bytes
    padded: bytes


class StoredEntry(Struct, frozen=True, gc=False):
    """One entry as an engine keeps it. `content` is None where there never was any, and where it was erased."""

    header: bytes
    facts_salt: bytes
    facts: bytes
    content: Content | None


def format_header(header: Header) -> bytes:
    """The one spelling of a header. Raises HeaderError if a field is outside what the format holds."""
    for name in ("seq", "epoch", "time_us"):
        if not 0 <= getattr(header, name) < MAX_COUNT:
            raise HeaderError(f"{name} is {getattr(header, name)}, must be from 0 to 2^63 - 1")
    for name in ("prev", "facts_commitment", "content_commitment"):
        value = getattr(header, name)
        if value is not None and len(value) != HASH_BYTES:
            raise HeaderError(f"{name} has {len(value)} bytes, must have {HASH_BYTES}")
    if header.seq == 0 and header.prev != NO_PREV:
        raise HeaderError("prev of entry 0 must be 32 zero bytes")
    fields = (VERSION, header.seq, header.epoch, header.time_us, header.prev, header.facts_commitment)
    if header.content_commitment is None:
        return _BARE.pack(*fields, 0)
    return _WITH_CONTENT.pack(*fields, 1, header.content_commitment)


def parse_header(data: bytes) -> Header:
    """Read header bytes strictly: what is accepted is exactly what `format_header` writes. Raises HeaderError."""
    size = len(data)
    if size == BARE_HEADER_BYTES:
        version, seq, epoch, time_us, prev, facts_commitment, contents = _BARE.unpack(data)
        content_commitment = None
    elif size == HEADER_WITH_CONTENT_BYTES:
        version, seq, epoch, time_us, prev, facts_commitment, contents, content_commitment = _WITH_CONTENT.unpack(data)
    else:
        raise HeaderError(f"{size} bytes, a header has {BARE_HEADER_BYTES} or {HEADER_WITH_CONTENT_BYTES}")
    if version != VERSION:
        raise HeaderError(f"version is {version}, this program reads version {VERSION}")
    if contents != (0 if content_commitment is None else 1):
        raise HeaderError(f"content count is {contents} in a header of {size} bytes")
    if seq >= MAX_COUNT or epoch >= MAX_COUNT or time_us >= MAX_COUNT:
        raise HeaderError(f"seq {seq}, epoch {epoch} and time_us {time_us} must be below 2^63")
    if seq == 0 and prev != NO_PREV:
        raise HeaderError("prev of entry 0 must be 32 zero bytes")
    return Header(seq, epoch, time_us, prev, facts_commitment, content_commitment)


def leaf_hash(header: bytes) -> bytes:
    """RFC 6962 §2.1: the hash of a header as a leaf of the tree."""
    return sha256(b"\x00" + header).digest()


def commitment(salt: bytes, data: bytes) -> bytes:
    """What a header says of facts (`data` is the JSON) and of content (`data` is padded)."""
    return sha256(salt + data).digest()


def content_commitment(header: bytes) -> bytes | None:
    """The content commitment in header bytes that are known to be good, without reading the rest."""
    return header[BARE_HEADER_BYTES:] or None


def pad(content: bytes) -> bytes:
    """4-byte big-endian length, the bytes, zeros to the next power of two >= 256. Raises ContentError if too large."""
    needed = _LENGTH_BYTES + len(content)
    if needed > MAX_PADDED_BYTES:
        raise ContentError(f"content has {len(content)} bytes, at most {MAX_PADDED_BYTES - _LENGTH_BYTES} can be kept")
    size = max(MIN_PADDED_BYTES, 1 << (needed - 1).bit_length())
    return len(content).to_bytes(_LENGTH_BYTES, "big") + content + bytes(size - needed)


def unpad(padded: bytes) -> bytes:
    """Undo `pad`, strictly. Raises ContentError for bytes that `pad` does not make."""
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    content = padded[_LENGTH_BYTES : _LENGTH_BYTES + length]
    if len(padded) > MAX_PADDED_BYTES or len(content) != length or pad(content) != padded:
        raise ContentError(f"{len(padded)} bytes naming a length of {length} are not padded content")
    return content


class Chain:
    """Builds entries that follow each other. Holds nothing but the place reached.

    prev: leaf hash of the last entry (`NO_PREV` if none). seq: of the next entry, and so the number of entries.
    epoch: of the entries built. time_us: of the last entry, -1 if none.
    """

    __slots__ = ("epoch", "prev", "seq", "time_us")

    def __init__(self, prev: bytes, seq: int, epoch: int, time_us: int = -1) -> None:
        self.prev = prev
        self.seq = seq
        self.epoch = epoch
        self.time_us = time_us

    def append(
        self,
        time_us: int,
        facts: bytes,
        facts_salt: bytes,
        content: bytes | None = None,
        content_salt: bytes = b"",
    ) -> StoredEntry:
        """Build the next entry and move on.

        time_us must be above that of the last entry, else ChainError. Salts are 32 fresh random bytes, never used
        before; FactsError and ContentError tell of sizes. After an error the chain is where it was.
        """
        if time_us <= self.time_us:
            raise ChainError(self.seq, f"time_us {time_us} is not above {self.time_us}, that of the last entry")
        if len(facts) > MAX_FACTS_BYTES or len(facts_salt) != SALT_BYTES:
            raise FactsError(
                f"facts of {len(facts)} bytes (at most {MAX_FACTS_BYTES}), salt of {len(facts_salt)} (must be 32)"
            )
        facts_commitment = sha256(facts_salt + facts).digest()
        if content is None:
            stored = None
            header = _BARE.pack(VERSION, self.seq, self.epoch, time_us, self.prev, facts_commitment, 0)
        else:
            if len(content_salt) != SALT_BYTES:
                raise ContentError(f"content salt has {len(content_salt)} bytes, must have 32")
            stored = Content(content_salt, pad(content))
            header = _WITH_CONTENT.pack(
                VERSION,
                self.seq,
                self.epoch,
                time_us,
                self.prev,
                facts_commitment,
                1,
                sha256(content_salt + stored.padded).digest(),
            )
        self.prev = sha256(b"\x00" + header).digest()
        self.seq += 1
        self.time_us = time_us
        return StoredEntry(header, facts_salt, facts, stored)


class Follow:
    """Reads entries one after another and notices whatever does not fit.

    Begins at the start of a journal, or behind an entry that was followed before: seq is that of the next entry, prev
    the leaf hash, epoch and time_us those of the last.
    """

    __slots__ = ("epoch", "prev", "seq", "time_us")

    def __init__(self, prev: bytes = NO_PREV, seq: int = 0, epoch: int = 0, time_us: int = -1) -> None:
        self.prev = prev
        self.seq = seq
        self.epoch = epoch
        self.time_us = time_us

    def take(self, entry: StoredEntry) -> Header:
        """Check the next entry and move behind it. Raises ChainError, and then stays where it was.

        Checked are form, seq, epoch (never falls), time (strictly increases), prev, the facts against their commitment,
        and the content, if it is there, against its own.
        """
        data = entry.header
        try:
            header = parse_header(data)
        except HeaderError as error:
            raise ChainError(self.seq, f"header: {error}") from None
        if header.seq != self.seq:
            raise ChainError(self.seq, f"header says seq {header.seq}")
        if header.prev != self.prev:
            raise ChainError(self.seq, "prev is not the leaf hash of the entry before")
        if header.epoch < self.epoch:
            raise ChainError(self.seq, f"epoch {header.epoch} is below {self.epoch}, that of the last entry")
        if header.time_us <= self.time_us:
            raise ChainError(self.seq, f"time_us {header.time_us} is not above {self.time_us}, that of the last entry")
        if len(entry.facts_salt) != SALT_BYTES:
            raise ChainError(self.seq, f"salt of the facts has {len(entry.facts_salt)} bytes, must have 32")
        if sha256(entry.facts_salt + entry.facts).digest() != header.facts_commitment:
            raise ChainError(self.seq, "facts do not fit their commitment")
        if entry.content is not None:
            _check_content(self.seq, header, entry.content)
        self.prev = sha256(b"\x00" + data).digest()
        self.seq += 1
        self.epoch = header.epoch
        self.time_us = header.time_us
        return header


def _check_content(seq: int, header: Header, content: Content) -> None:
    if header.content_commitment is None:
        raise ChainError(seq, "has content that its header does not name")
    if len(content.salt) != SALT_BYTES or commitment(content.salt, content.padded) != header.content_commitment:
        raise ChainError(seq, "content does not fit its commitment")
    try:
        unpad(content.padded)
    except ContentError as error:
        raise ChainError(seq, f"content: {error}") from None


def verify_chain(entries: Iterable[StoredEntry]) -> Follow:
    """Follow a whole journal from entry 0. Returns the place behind the last entry; raises ChainError."""
    follow = Follow()
    for entry in entries:
        follow.take(entry)
    return follow
