"""The bytes of entries are frozen. If one of these tests fails, the change breaks every journal ever written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from beforehand.record.canonical import check, encode_facts
from beforehand.record.entry import NO_PREV, Chain, Follow, parse_header, unpad
from beforehand.record.merkle import Tree

from . import foreign

GOLDEN = Path(__file__).parent / "golden"
DOCUMENT = Path(__file__).parents[2] / "docs" / "entries.md"


@pytest.fixture(scope="module")
def entries():
    return json.loads((GOLDEN / "entries.json").read_text())


@pytest.fixture(scope="module")
def leaf_hashes():
    return (GOLDEN / "leaf_hashes.txt").read_text().split("\n")[:-1]


@pytest.fixture(scope="module")
def tree_heads():
    return json.loads((GOLDEN / "tree_heads.json").read_text())


@pytest.fixture(scope="module")
def built():
    """The example journal, built by the code under test."""
    stored = []
    chain = Chain(NO_PREV, 0, 1)
    for i in range(foreign.EXAMPLE_ENTRIES):
        parts = foreign.example_parts(i)
        chain.epoch = parts["epoch"]
        entry = chain.append(
            parts["time_us"], parts["facts"], parts["facts_salt"], parts["content"], parts["content_salt"]
        )
        stored.append((entry, chain.prev))
    return stored


def test_the_headers_of_the_example_journal_are_what_they_always_were(built, entries):
    for golden in entries:
        entry, _leaf = built[golden["seq"]]
        assert entry.header.hex() == golden["header"]
        assert entry.facts == golden["facts"].encode()
        assert entry.facts_salt.hex() == golden["facts_salt"]
        assert (entry.content and entry.content.salt.hex()) == golden["content_salt"]
        assert (entry.content and entry.content.padded.hex()) == golden["padded"]


def test_the_leaf_hashes_of_the_example_journal_are_what_they_always_were(built, leaf_hashes):
    assert [leaf.hex() for _entry, leaf in built] == leaf_hashes


def test_the_tree_heads_of_the_example_journal_are_what_they_always_were(built, tree_heads):
    assert set(tree_heads) == {"1", "2", "3", "1000"}
    for size, head in tree_heads.items():
        assert Tree(leaf for _entry, leaf in built[: int(size)]).head().hex() == head


def test_an_implementation_written_from_the_document_makes_the_same_bytes(built, leaf_hashes, tree_heads):
    leaves = []
    for (entry, _leaf), (parts, header, leaf) in zip(built, foreign.example_journal(), strict=True):
        assert header == entry.header
        assert (None if parts["content"] is None else foreign.padded(parts["content"])) == (
            None if entry.content is None else entry.content.padded
        )
        leaves.append(leaf)
    assert [leaf.hex() for leaf in leaves] == leaf_hashes
    for size, head in tree_heads.items():
        assert foreign.tree_head(leaves[: int(size)]).hex() == head


def test_the_facts_of_the_example_journal_are_spelled_as_facts_must_be(built):
    for entry, _leaf in built:
        assert encode_facts(check(entry.facts)) == entry.facts


def test_the_example_journal_is_followed_to_its_end(built, leaf_hashes):
    follow = Follow()
    for entry, _leaf in built:
        assert follow.take(entry) == parse_header(entry.header)
    assert (follow.seq, follow.prev.hex()) == (foreign.EXAMPLE_ENTRIES, leaf_hashes[-1])


def test_the_example_journal_covers_what_entries_can_be(built):
    sizes = {len(entry.content.padded) for entry, _leaf in built if entry.content}
    assert sizes == {256, 512, 1_024}
    lengths = {len(unpad(entry.content.padded)) for entry, _leaf in built if entry.content}
    assert {0, 252} < lengths
    assert {parse_header(entry.header).epoch for entry, _leaf in built} == {1, 2, 3}


def test_the_worked_example_in_the_document_is_entry_2_of_the_journal(entries, leaf_hashes, tree_heads):
    text = DOCUMENT.read_text(encoding="utf-8")
    golden = next(entry for entry in entries if entry["seq"] == 2)
    listed = re.search(r"header +01\n((?: {6}.*\n)+)", text).group(1)
    assert "01" + "".join(line.split()[-1] for line in listed.splitlines()) == golden["header"]
    values = [golden["facts"], golden["facts_salt"], golden["content_salt"], *leaf_hashes[:3], *tree_heads.values()]
    assert [value for value in values if value not in text] == []
