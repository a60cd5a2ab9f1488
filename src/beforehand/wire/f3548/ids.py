"""Ids and other text in paths: UUIDs of version 4 in the four spellings that clients use, UUIDv7 suffixes in one."""

from __future__ import annotations

import re

from beforehand.wire.f3548.errors import BadRequest

#: How far the time within a requested OVN suffix may be from now (inclusive).
SUFFIX_SKEW_US = 300_000_000

#: USS ids may be any text, of at most this many characters.
LONGEST_TEXT = 4096

_DASHED = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_ID = re.compile(rf"(?:urn:uuid:)?{_DASHED}|\{{{_DASHED}\}}|[0-9a-f]{{32}}", re.ASCII | re.IGNORECASE).fullmatch
_SUFFIX = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII).fullmatch


def read_id(text: str, field: str) -> bytes:
    """16 bytes of a UUID of version 4, RFC 4122 variant. Raises BadRequest (`bad_id`)."""
    if _ID(text) is not None:
        id_ = bytes.fromhex(text.replace("-", "").strip("{}")[-32:])
        if id_[6] >> 4 == 4 and id_[8] >> 6 == 2:
            return id_
    raise BadRequest("bad_id", f"must be a UUID of version 4, not `{text[:64]}`.", field)


def path_text(raw: bytes, field: str) -> str:
    """A path parameter as text. Raises BadRequest (`bad_path`) if it is not UTF-8, has U+0000, or is too long."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise BadRequest("bad_path", "in the path is not UTF-8. Percent-encode it as UTF-8.", field) from None
    if "\0" in text or len(text) > LONGEST_TEXT:
        raise BadRequest(
            "bad_path", f"in the path has the character U+0000 or more than {LONGEST_TEXT} characters.", field
        )
    return text


def path_id(raw: bytes, field: str) -> bytes:
    """A path parameter as an id. Raises BadRequest (`bad_path`, `bad_id`)."""
    return read_id(path_text(raw, field), field)


def read_suffix(text: str, now_us: int) -> str:
    """A requested OVN suffix: a canonical UUIDv7 of about now. Raises BadRequest (`bad_ovn_suffix`)."""
    if _SUFFIX(text) is None:
        raise BadRequest(
            "bad_ovn_suffix",
            "must be a UUID of version 7 in its canonical form: 36 characters, lower case, dashed.",
            "requested_ovn_suffix",
        )
    made_us = int(text[:8] + text[9:13], 16) * 1000
    # The suffix counts whole milliseconds, so now is cut to one as well.
    if abs(made_us - now_us // 1000 * 1000) > SUFFIX_SKEW_US:
        raise BadRequest(
            "bad_ovn_suffix", "must hold a time within 5 minutes of now; make a new one.", "requested_ovn_suffix"
        )
    return text
