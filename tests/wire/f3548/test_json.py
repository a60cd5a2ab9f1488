from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.json import Decoder

from beforehand.wire.f3548.errors import BadRequest
from beforehand.wire.f3548.json import MAX_DEPTH, _deeper, read


class Inner(Struct):
    number: float | None = None


class Outer(Struct):
    text: str | None = None
    inner: Inner | None = None
    several: list[Inner | None] | None = None
    flag: bool | None = None


decoder = Decoder(Outer | None)


def taken(body: bytes) -> Outer:
    return read(body, decoder, Outer)


def refusal(body: bytes) -> BadRequest:
    with pytest.raises(BadRequest) as refused:
        taken(body)
    return refused.value


def test_null_is_an_object_without_fields() -> None:
    assert taken(b"null") == Outer() == taken(b"{}")


def test_unknown_fields_are_ignored_and_of_equal_keys_the_last_counts() -> None:
    assert taken(b' {"x": [1, {"y": null}], "text": "a", "text": "b"}\n') == Outer(text="b")


def test_keys_are_matched_as_written_though_they_may_be_escaped() -> None:
    assert taken(b'{"Text": "a"}').text is None
    assert taken(b'{"\\u0074ext": "a"}').text == "a"


@pytest.mark.parametrize(
    "body",
    [b"", b"  ", b"{", b'{"text": "a"', b"{} {}", b"{} x", b"\xef\xbb\xbf{}", b"\x0c{}", b"{'text': 1}", b'{"text": "a",}',
     b"/*x*/{}", b'{"text": "\xff"}', b'{"x": "\xff"}', b'{"\xff": 1}', b'{"text": "\\ud800"}', b'{"x": "\\udc00 "}',
     b'{"text": "\\u0000"}', b'{"x": "\\\\\\u0000"}', b'{"text": "\x01"}', b'{"inner": {"number": 050}}', b"[" * 20_000,
     b'{"inner": {"number": NaN}}', b'{"inner": {"number": 5.}}', b'{"text": "\\q"}', "{}".encode("utf-16"),
     b'{"x": ' + b"[" * 9_000],
)  # fmt: skip
def test_what_is_not_json_is_refused_as_malformed(body: bytes) -> None:
    assert refusal(body).reason in ("malformed", "wrong_type")


def test_an_escaped_backslash_before_u0000_is_text() -> None:
    assert taken(b'{"text": "\\\\u0000"}').text == "\\u0000"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"[]", "The body must be an object, not a list"),
        (b"5", "The body must be an object, not a whole number"),
        (b'{"text": 5}', "text must be a string, not a whole number"),
        (b'{"flag": "yes"}', "flag must be true or false, not a string"),
        (b'{"several": {}}', "several must be a list, not an object"),
        (b'{"several": [null, {"number": "1"}]}', "several[1].number must be a number, not a string"),
        (b'{"inner": {"number": true}}', "inner.number must be a number, not true or false"),
        (b'{"inner": {"number": 1e400}}', "inner.number must be a number that can be held; this one is too large"),
    ],
)
def test_a_wrong_type_names_its_place(body: bytes, message: str) -> None:
    refused = refusal(body)
    assert refused.reason == "wrong_type"
    assert refused.message == message


def nested(depth: int) -> bytes:
    return b'{"x": ' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


def test_nesting_ends_where_it_says() -> None:
    assert taken(nested(MAX_DEPTH)) == Outer()
    assert "nested deeper" in refusal(nested(MAX_DEPTH + 1)).message
    assert "nested deeper" in refusal(nested(20_000)).message


def depth_of(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    return 0


_scalars = st.none() | st.text(alphabet='[]{}"\\ab/\n', max_size=6)
_values = st.recursive(
    _scalars, lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text('[{"\\', max_size=3), x, max_size=3)
)


@given(_values, st.integers(1, 8))
def test_brackets_are_counted_only_outside_of_strings(value: Any, depth: int) -> None:
    assert _deeper(json.dumps(value).encode(), depth) == (depth_of(value) > depth)
