"""The one spelling of facts: RFC 8785 JSON, restricted to integers below 2^53 in magnitude and ASCII keys.

Two writers stand beside each other. `encode_facts` is what the node uses. `check` reads such bytes as a verifier that
trusts nobody does: it parses, writes again with plain code that follows the RFC line by line, and compares.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from beforehand.record.entry import MAX_FACTS_BYTES
from beforehand.record.errors import FactsError

INTEGER_BOUND = 2**53
"""Integers stay below this in magnitude: RFC 8785 writes numbers as IEEE 754 doubles do, which are exact up to here."""

MAX_DEPTH = 64
"""Arrays and objects inside each other, so that no input exhausts the stack of whoever reads it."""

encode_facts = msgspec.json.Encoder(order="sorted").encode
"""Facts as bytes. Takes dicts, sequences, str, int, bool, None and msgspec Structs, whose tag is sorted among the fields.

For these it writes exactly what `check` accepts, provided integers are below 2^53 in magnitude and keys are ASCII; types
of events see to that. Raises UnicodeEncodeError for a lone surrogate, which no UTF-8 can hold.
"""

_SHORT_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def check(data: bytes) -> Any:
    """Parse facts that are in the one permitted spelling; returns the plain value. Raises FactsError for all others."""
    if len(data) > MAX_FACTS_BYTES:
        raise FactsError(f"facts have {len(data)} bytes, at most {MAX_FACTS_BYTES} are kept")
    try:
        _check_depth(data)
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_no_float,
            parse_constant=_no_float,
        )
        again = write(value).encode("utf-8")
    except FactsError:
        raise
    except ValueError as error:
        raise FactsError(f"facts are not JSON in UTF-8: {error}") from None
    if again != data:
        raise FactsError(
            f"facts are spelled otherwise than RFC 8785 prescribes, from byte {_first_difference(data, again)}"
        )
    return value


def write(value: Any) -> str:
    """RFC 8785 §3.2, slowly: the obviously right writer. Raises FactsError for what facts may not hold."""
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        if abs(value) >= INTEGER_BOUND:
            raise FactsError(f"the integer {value} is not below 2^53 in magnitude")
        return str(value)
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, list):
        return "[" + ",".join(write(item) for item in value) + "]"
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str) or not key.isascii():
                raise FactsError(f"the key {key!r} is not ASCII")
        # RFC 8785 sorts by UTF-16 code units; for ASCII that is the order of the characters.
        return "{" + ",".join(_string(key) + ":" + write(value[key]) for key in sorted(value)) + "}"
    raise FactsError(f"facts cannot hold a {type(value).__name__}")


def _string(value: str) -> str:
    written = []
    for character in value:
        if character in _SHORT_ESCAPES:
            written.append(_SHORT_ESCAPES[character])
        elif character < " ":
            written.append(f"\\u{ord(character):04x}")
        else:
            written.append(character)
    return '"' + "".join(written) + '"'


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise FactsError("an object has the same key twice")
    return value


def _integer(digits: str) -> int:
    if len(digits) > len(str(-INTEGER_BOUND)):
        raise FactsError(f"an integer of {len(digits)} characters is not below 2^53 in magnitude")
    return int(digits)


def _no_float(text: str) -> Any:
    raise FactsError(f"the number {text} is no integer")


def _check_depth(data: bytes) -> None:
    depth = 0
    inside_string = escaped = False
    for byte in data:
        if inside_string:
            inside_string = escaped or byte != 0x22
            escaped = byte == 0x5C and not escaped
        elif byte == 0x22:
            inside_string = True
        elif byte in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise FactsError(f"facts are nested deeper than {MAX_DEPTH}")
        elif byte in b"]}":
            depth -= 1


def _first_difference(left: bytes, right: bytes) -> int:
    shared = min(len(left), len(right))
    return next((at for at in range(shared) if left[at] != right[at]), shared)
