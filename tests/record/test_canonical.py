from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from beforehand.record import canonical
from beforehand.record.canonical import INTEGER_BOUND, MAX_DEPTH, check, encode_facts
from beforehand.record.errors import FactsError

from .strategies import TROUBLESOME, integers, keys, text, values


class Accepted(msgspec.Struct, tag="oi.accepted", tag_field="type", frozen=True, gc=False):
    """Fields that sort before and behind the tag, in the order of ASCII, and not as they are written here."""

    zone: int
    cells: str
    Upper: bool
    _under: list[int]
    typf: str | None = None
    typed: tuple[Accepted, ...] = ()


@given(values)
@example(TROUBLESOME)
@example({TROUBLESOME[:13]: TROUBLESOME})
@example([2**53 - 1, -(2**53) + 1, 0, True, False, None, "", [], {}])
def test_the_fast_writer_writes_what_the_slow_one_does(value):
    data = encode_facts(value)
    assert data == canonical.write(value).encode()
    assert check(data) == value


def test_every_character_is_written_as_the_rfc_says():
    for first in range(0, 0x110000, 0x800):
        block = "".join(chr(code) for code in range(first, first + 0x800) if not 0xD800 <= code < 0xE000)
        assert encode_facts(block) == canonical.write(block).encode()


@given(integers, text, st.booleans(), st.lists(integers, max_size=4), st.none() | text)
def test_the_tag_of_an_event_is_sorted_among_its_fields(zone, cells, upper, under, typf):
    inner = Accepted(zone, cells, upper, under, typf)
    event = Accepted(zone, cells, upper, under, typf, (inner, inner))
    data = encode_facts(event)
    read = check(data)
    assert list(read) == sorted(read) == ["Upper", "_under", "cells", "type", "typed", "typf", "zone"]
    assert read["type"] == "oi.accepted"
    assert msgspec.json.decode(data, type=Accepted) == event


@given(st.dictionaries(keys, integers, max_size=6), st.randoms(use_true_random=False))
def test_the_order_in_which_keys_were_set_leaves_no_trace(value, random):
    items = list(value.items())
    random.shuffle(items)
    assert encode_facts(dict(items)) == encode_facts(value)


@given(values)
def test_no_second_spelling_of_the_same_value_passes(value):
    right = encode_facts(value)
    for other in (
        json.dumps(value).encode(),
        json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(),
        right + b"\n",
        b" " + right,
        b"\xef\xbb\xbf" + right,
    ):
        if other != right:
            with pytest.raises(FactsError):
                check(other)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b'{"b":1,"a":2}', "spelled otherwise"),
        (b'{"a":1,"a":1}', "same key twice"),
        (b'{"a":1,"\\u0061":2}', "same key twice"),
        (b'"\\u001F"', "spelled otherwise"),
        (b'"\\u000a"', "spelled otherwise"),
        (b'"\\/"', "spelled otherwise"),
        (b'"\\u20ac"', "spelled otherwise"),
        (b'"\\u007f"', "spelled otherwise"),
        (b'"\\ud83d\\ude00"', "spelled otherwise"),
        (b'"\\ud83d"', "not JSON in UTF-8"),
        (b'"\xed\xa0\xbd"', "not JSON in UTF-8"),
        (b'"\xff"', "not JSON in UTF-8"),
        (b'"\n"', "not JSON in UTF-8"),
        (b"1.0", "no integer"),
        (b"1e3", "no integer"),
        (b"NaN", "no integer"),
        (b"-Infinity", "no integer"),
        (b"-0", "spelled otherwise"),
        (b"007", "not JSON"),
        (b"+5", "not JSON"),
        (b"9007199254740992", "2\\^53"),
        (b"-9007199254740992", "2\\^53"),
        (b"1" * 5_000, "2\\^53"),
        ('{"é":1}'.encode(), "not ASCII"),
        (b"", "not JSON"),
        (b"[1,]", "not JSON"),
        (b"1 2", "not JSON"),
        (b"[" * 100_000, "nested deeper"),
    ],
)
def test_facts_spelled_otherwise_are_refused_and_told_why(data, fault):
    with pytest.raises(FactsError, match=fault):
        check(data)


def test_brackets_inside_strings_nest_nothing():
    value = ['[{"\\' * 1_000, "}]" * 1_000]
    assert check(encode_facts(value)) == value


def test_nesting_is_bounded_exactly():
    deepest = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    check(deepest)
    with pytest.raises(FactsError, match="nested"):
        check(b"[" + deepest + b"]")


def test_integers_are_bounded_exactly():
    for sign in (1, -1):
        assert check(encode_facts(sign * (INTEGER_BOUND - 1))) == sign * (INTEGER_BOUND - 1)
        with pytest.raises(FactsError):
            check(encode_facts(sign * INTEGER_BOUND))


def test_facts_are_bounded_in_bytes(monkeypatch):
    monkeypatch.setattr(canonical, "MAX_FACTS_BYTES", 4)
    check(b'"ab"')
    with pytest.raises(FactsError, match="at most 4"):
        check(b'"abc"')


@pytest.mark.parametrize("value", [1.5, (1, 2), {1: 2}, b"x", {"é": 1}])
def test_the_slow_writer_writes_nothing_that_facts_may_not_hold(value):
    with pytest.raises(FactsError):
        canonical.write(value)


@given(st.binary(max_size=60))
def test_whatever_is_checked_is_refused_in_one_way_or_right(data):
    try:
        value = check(data)
    except FactsError:
        return
    assert encode_facts(value) == data
