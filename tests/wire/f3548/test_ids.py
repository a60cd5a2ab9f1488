from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.wire.f3548.errors import BadRequest
from beforehand.wire.f3548.ids import LONGEST_TEXT, SUFFIX_SKEW_US, path_id, path_text, read_id, read_suffix

NOW_US = 1_900_000_000_123_456


def uuid7(milliseconds: int) -> str:
    return str(UUID(int=(milliseconds << 80) | (7 << 76) | (2 << 62) | 12345))


@given(st.uuids(version=4))
def test_the_four_spellings_of_an_id_are_one(id_: UUID) -> None:
    for text in (str(id_), id_.hex, f"urn:uuid:{id_}", f"{{{id_}}}", str(id_).upper(), f"URN:UUID:{id_}"):
        assert read_id(text, "id") == id_.bytes


@given(st.uuids().filter(lambda each: each.version != 4 or each.variant != UUID(int=4 << 76 | 2 << 62).variant))
def test_ids_of_other_versions_and_variants_are_refused(id_: UUID) -> None:
    with pytest.raises(BadRequest, match="version 4"):
        read_id(str(id_), "id")


@pytest.mark.parametrize(
    "text",
    ["", "x", "(%s)", "{%s)", " %s", "%s ", "%s0", "{%s", "%s}", "urn:uuid:{%s}", "urn:uuid:4b1f4e4c5b0f4a6e9d0c0d2f7a1b2c3d",
     "4b1f4e4c-5b0f4a6e-9d0c-0d2f-7a1b2c3d", "４b1f4e4c-5b0f-4a6e-9d0c-0d2f7a1b2c3d"],
)  # fmt: skip
def test_whatever_is_around_an_id_is_refused(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        read_id(text.replace("%s", "4b1f4e4c-5b0f-4a6e-9d0c-0d2f7a1b2c3d"), "subscription_id")
    assert refused.value.reason == "bad_id"
    assert refused.value.field == "subscription_id"


@pytest.mark.parametrize("raw", [b"\xff", b"a\0b", "é".encode() * (LONGEST_TEXT + 1)])
def test_paths_hold_bounded_utf8_without_nul(raw: bytes) -> None:
    with pytest.raises(BadRequest) as refused:
        path_text(raw, "ovn")
    assert refused.value.reason == "bad_path"
    with pytest.raises(BadRequest):
        path_id(raw, "entityid")


def test_other_text_in_a_path_is_taken_as_it_is() -> None:
    assert path_text("é a+b/".encode(), "uss_id") == "é a+b/"


@pytest.mark.parametrize("off_ms", [0, 300_000, -300_000])
def test_a_suffix_of_about_now_is_taken_as_sent(off_ms: int) -> None:
    text = uuid7(NOW_US // 1000 + off_ms)
    assert read_suffix(text, NOW_US) == text


@pytest.mark.parametrize("off_ms", [300_001, -300_001, -(10**12)])
def test_a_suffix_of_another_time_is_refused(off_ms: int) -> None:
    assert SUFFIX_SKEW_US == 300_000_000
    with pytest.raises(BadRequest, match="5 minutes"):
        read_suffix(uuid7(NOW_US // 1000 + off_ms), NOW_US)


@pytest.mark.parametrize("bend", [str.upper, lambda s: s.replace("-", ""), "{{{}}}".format, "urn:uuid:{}".format, " {}".format,
                                  lambda s: s[:19] + "c" + s[20:], lambda s: s[:14] + "4" + s[15:], lambda s: ""])  # fmt: skip
def test_a_suffix_has_one_spelling(bend: object) -> None:
    assert callable(bend)
    with pytest.raises(BadRequest, match="canonical"):
        read_suffix(bend(uuid7(NOW_US // 1000)), NOW_US)
