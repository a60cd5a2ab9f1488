"""Strict JSON at the edge: UTF-8 without U+0000, one value, nested no deeper than `MAX_DEPTH`, numbers that are finite.

Unknown fields are ignored, keys are matched as they are written, and where a key stands twice the last one counts.
"""

from __future__ import annotations

import re
from typing import TypeVar

from msgspec import DecodeError, ValidationError
from msgspec.json import Decoder

from beforehand.wire.f3548.errors import BadRequest

#: How deep arrays and objects may be nested. A request of the standard needs 7.
MAX_DEPTH = 100

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_ALL_BUT_SHAPE = bytes(set(range(256)) - set(b'[]{}"'))
_AT = re.compile(r" - at `\$\.?(.*)`$")
_EXPECTED = re.compile(r"Expected `(\w+) \| null`, got `(\w+)`$")
_WORDS = {
    "str": "a string",
    "float": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
}

Body = TypeVar("Body")


def read(body: bytes, decoder: Decoder[Body | None], empty: type[Body]) -> Body:
    """The body as a struct; a body of `null` is one without any field. Raises BadRequest (`malformed`, `wrong_type`)."""
    if not body.isascii():
        try:
            body.decode()
        except UnicodeDecodeError as error:
            raise BadRequest("malformed", f"The body is not UTF-8 (byte {error.start}). Send JSON in UTF-8.") from None
    if b"\\u0000" in body and _NUL.search(body):
        raise BadRequest("malformed", "The body has the character U+0000 in a string. Leave it out.")
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and _deeper(body, MAX_DEPTH):
        raise BadRequest("malformed", f"The body is nested deeper than {MAX_DEPTH}, or its brackets do not match.")
    try:
        read = decoder.decode(body)
    except ValidationError as error:
        raise _wrong_type(str(error)) from None
    except DecodeError as error:
        raise BadRequest("malformed", f"The body is not JSON: {error}. Send one JSON object.") from None
    return empty() if read is None else read


def _deeper(body: bytes, depth: int) -> bool:
    """Whether brackets outside of strings are nested deeper; also true where they do not match."""
    shape = body.replace(b"\\\\", b"").replace(b'\\"', b"").translate(_BRACKETS, _ALL_BUT_SHAPE)
    left = b"".join(shape.split(b'"')[::2])
    for _ in range(depth):
        left = left.replace(b"[]", b"")
        if not left:
            return False
    return True


def _wrong_type(text: str) -> BadRequest:
    at = _AT.search(text)
    text = _AT.sub("", text)
    expected = _EXPECTED.fullmatch(text)
    if expected is not None:
        text = f"must be {_WORDS[expected[1]]}, not {_WORDS.get(expected[2], expected[2])}"
    elif text == "Number out of range":
        text = "must be a number that can be held; this one is too large"
    return BadRequest("wrong_type", text, at[1] if at is not None else "The body")
