"""Base URLs by which parties reach each other."""

from __future__ import annotations

import re
from functools import lru_cache

from beforehand.wire.f3548.errors import BadRequest

LONGEST = 2048

# No user info, for a password in a URL is told to every party; no backslash, which some clients take for a slash.
_URL = re.compile(
    r"(https?)://(?:[a-z0-9._~-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:[/?#][!#-\[\]-~]*)?", re.ASCII | re.IGNORECASE
).fullmatch


def read_base_url(text: str | None, field: str, allow_http: bool) -> str:
    """An absolute https URL (http too where allowed) as it was sent. Raises BadRequest (`missing`, `bad_base_url`)."""
    if not text:
        raise BadRequest("missing", "is required: the URL under which other parties reach this one.", field)
    wrong = _wrong(text, allow_http)
    if wrong is not None:
        raise BadRequest("bad_base_url", wrong, field)
    return text


@lru_cache(maxsize=1024)
def _wrong(text: str, allow_http: bool) -> str | None:
    if len(text) > LONGEST:
        return f"must have at most {LONGEST} characters, not {len(text)}."
    found = _URL(text)
    if found is None:
        return (
            "must be an absolute https URL with a host and without user info, of ASCII characters without spaces "
            "(percent-encode others)."
        )
    if found[1].lower() != "https" and not allow_http:
        return "must use https."
    return None
