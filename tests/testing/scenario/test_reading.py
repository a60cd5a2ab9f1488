"""Strict YAML: nothing is read otherwise than it looks, and every error says where it stands."""

from __future__ import annotations

import pytest

from beforehand.testing.scenario.reading import FILE_MAX_BYTES, StoryError, read_file, read_text


def values(text):
    return read_text(text.encode(), "story.yaml").values


def test_times_codes_and_words_stay_what_they_look_like():
    read = values("at: 2027-03-05T21:39:00+03:00\ncode: NO\nclock: 21:39:00\nday: 2027-03-05\nanswer: none\non: off\n")
    assert read == {
        "at": "2027-03-05T21:39:00+03:00",
        "code": "NO",
        "clock": "21:39:00",
        "day": "2027-03-05",
        "answer": "none",
        "on": "off",
    }


def test_numbers_truth_and_nothing_are_read():
    assert values("a: 12\nb: -3.5\nc: true\nd: null\ne: '12'\nf: 1e3\ng:\n") == {
        "a": 12, "b": -3.5, "c": True, "d": None, "e": "12", "f": 1000.0, "g": None}  # fmt: skip


def test_an_anchor_stands_for_what_it_names():
    assert values("a: &x [1, {b: 2}]\nc: *x\n") == {"a": [1, {"b": 2}], "c": [1, {"b": 2}]}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "a: stands twice"),
        ("a:\n  - b: 1\n    b: 2\n", 3, "a[0].b: stands twice"),
        ("a: [1\nb: 2\n", 2, "is no YAML"),
        ("a:\n\t- b\n", 2, "is no YAML"),
        ("- a\n", 1, "must be a mapping"),
        ("a: !!python/name:os.system x\n", 1, "is no value of a story"),
        ("a: 1e999\n", 1, "is no value of a story"),
        ("? [a]\n: b\n", 1, "has a key that is no text"),
        ("a: &a [*b]\n", 1, "is no YAML"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text, line, words):
    with pytest.raises(StoryError, match=r"story\.yaml") as caught:
        values(text)
    assert str(caught.value).startswith(f"story.yaml:{line}: ")
    assert words in str(caught.value)


def test_a_file_that_explodes_is_refused():
    laughs = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 20)}]\n" for n in range(1, 9))
    with pytest.raises(StoryError, match="holds too much"):
        values(laughs)
    with pytest.raises(StoryError, match="too deeply"):
        values("a: " + "[" * 3_000 + "]" * 3_000)
    with pytest.raises(StoryError, match="longer than 1 MiB"):
        values("a: " + "x" * FILE_MAX_BYTES)


def test_a_file_that_is_not_there_or_not_text(tmp_path):
    with pytest.raises(StoryError, match="cannot be read: No such file"):
        read_file(tmp_path / "none.yaml")
    file = tmp_path / "latin.yaml"
    file.write_bytes(b"title: caf\xe9\n")
    with pytest.raises(StoryError, match=r"latin\.yaml: is not UTF-8 \(byte 10\)"):
        read_file(file)
