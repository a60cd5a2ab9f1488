"""Free text and names from outside: kept as said, or refused; never cleaned into something nobody said."""

from __future__ import annotations

import re
import unicodedata

from beforehand.wire.hotline.errors import BadField

TITLE_MAX, TEXT_MAX, WORD_MAX = 200, 10_000, 64

# Control characters but for line feed and tab; directions that reach beyond their own text (UAX #9: embeddings, overrides,
# isolates), by which a line can be made to read otherwise than it is; what no UTF-8 holds.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
#: The forms of codes and ids, as regular expressions.
CODE = r"[A-Z][A-Z0-9-]{1,15}"
ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_CODE = re.compile(CODE)
_WORD = re.compile(r"[a-z][a-z0-9-]{0,31}")
_ID = re.compile(ID)
_KEY_ID = re.compile(r"[0-9a-f]{16}")
_NONCE = re.compile(r"[A-Za-z0-9_.:-]{8,128}")


def text(said: str, field: str, most: int = TEXT_MAX) -> str:
    """Free text, kept as it was said, in Unicode's composed form. Raises BadField."""
    if len(said) > most:
        raise BadField(field, "text_too_long", f"has {len(said)} characters, at most {most} are kept. Say it shorter.")
    found = _FORBIDDEN.search(said)
    if found is not None:
        raise BadField(
            field,
            "bad_text",
            f"has the character U+{ord(found.group()):04X} at {found.start()}, which could make it read otherwise than it is. "
            "Leave it out.",
        )
    return unicodedata.normalize("NFC", said)


def code(said: str, field: str) -> str:
    """The code of a party or non-party. Raises BadField."""
    if _CODE.fullmatch(said) is None:
        raise BadField(
            field, "bad_code", "must be 2 to 16 of the characters A-Z 0-9 - and begin with a letter, such as TEAL."
        )
    return said


def word(said: str, field: str) -> str:
    """A role or another word of one's own. Raises BadField."""
    if _WORD.fullmatch(said) is None:
        raise BadField(
            field, "bad_word", "must be 1 to 32 of the characters a-z 0-9 - and begin with a letter, such as duty."
        )
    return said


def identifier(said: str, field: str) -> str:
    """An id as answers name it. Raises BadField."""
    if _ID.fullmatch(said) is None:
        raise BadField(field, "bad_id", "must be an id as an answer named it: 36 characters, lower case, with dashes.")
    return said


def key_id(said: str, field: str) -> str:
    """The id of a signing key. Raises BadField."""
    if _KEY_ID.fullmatch(said) is None:
        raise BadField(
            field, "bad_key", "must be the id of a key as answers name it: 16 hexadecimal digits, lower case."
        )
    return said


def quoted(said: str, most: int = 200) -> str:
    """A text from outside as an answer may quote it: not long, and nothing in it that could make the line read otherwise."""
    shown = "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in said[:most])
    return f"{shown}…" if len(said) > most else shown


def nonce(said: str, field: str) -> str:
    """A nonce of a statement. Raises BadField."""
    if _NONCE.fullmatch(said) is None:
        raise BadField(field, "bad_nonce", "must be 8 to 128 of the characters A-Z a-z 0-9 _ . : - and new each time.")
    return said
