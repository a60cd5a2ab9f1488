from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from beforehand.record import entry as format_
from beforehand.record.entry import (
    MAX_COUNT,
    MAX_PADDED_BYTES,
    NO_PREV,
    Chain,
    Content,
    Follow,
    Header,
    content_commitment,
    format_header,
    leaf_hash,
    pad,
    parse_header,
    unpad,
    verify_chain,
)
from beforehand.record.errors import ChainError, ContentError, FactsError, HeaderError, RecordError

from .strategies import hashes, headers, journals

SALT = b"s" * 32


@given(headers())
def test_a_header_read_is_the_header_written(header):
    data = format_header(header)
    assert len(data) == (90 if header.content_commitment is None else 122)
    assert parse_header(data) == header
    assert content_commitment(data) == header.content_commitment


@given(st.binary(max_size=130) | st.binary(min_size=90, max_size=90) | st.binary(min_size=122, max_size=122))
def test_bytes_accepted_as_a_header_have_no_second_spelling(data):
    try:
        header = parse_header(data)
    except HeaderError:
        return
    assert format_header(header) == data


@given(headers(), st.data())
def test_a_flipped_bit_makes_another_header_or_none(header, data):
    written = format_header(header)
    changed = flip(written, data.draw(st.integers(0, len(written) * 8 - 1)))
    assert leaf_hash(changed) != leaf_hash(written)
    with suppress(HeaderError):
        assert parse_header(changed) != header


def bare(**changes):
    fields = {"seq": 1, "epoch": 1, "time_us": 1, "prev": SALT, "facts_commitment": SALT, "content_commitment": None}
    return Header(**{**fields, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"seq": MAX_COUNT},
        {"seq": -1},
        {"epoch": MAX_COUNT},
        {"time_us": MAX_COUNT},
        {"time_us": -1},
        {"prev": b"short"},
        {"facts_commitment": b""},
        {"content_commitment": b"x" * 33},
        {"seq": 0},
    ],
)
def test_a_header_outside_the_format_is_not_written(changes):
    with pytest.raises(HeaderError):
        format_header(bare(**changes))


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, 0), (0, 2), (1, 0x80), (9, 0x80), (17, 0x80), (89, 1), (89, 2)],
    ids=["version 0", "version 2", "seq", "epoch", "time", "one content that is not there", "two contents"],
)
def test_a_header_outside_the_format_is_not_read(offset, value):
    data = bytearray(format_header(bare()))
    data[offset] = value
    with pytest.raises(HeaderError):
        parse_header(bytes(data))


def test_a_header_that_hides_its_content_is_not_read():
    data = bytearray(format_header(bare(content_commitment=SALT)))
    data[89] = 0
    with pytest.raises(HeaderError, match="content count"):
        parse_header(bytes(data))


def test_the_first_entry_has_nothing_before_it():
    data = bytearray(format_header(bare(seq=0, prev=NO_PREV)))
    data[25] = 1
    with pytest.raises(HeaderError, match="32 zero bytes"):
        parse_header(bytes(data))


@given(st.binary(max_size=5_000))
@example(b"")
@example(b"x" * 252)
@example(b"x" * 253)
@example(bytes(508))
@example(bytes(509))
def test_padding_is_undone_and_shows_only_a_power_of_two(content):
    padded = pad(content)
    assert unpad(padded) == content
    assert len(padded) >= 256
    assert len(padded).bit_count() == 1
    assert len(padded) == 256 or len(padded) < 2 * (len(content) + 4)


@given(st.binary(max_size=600), st.data())
def test_padding_has_one_spelling(content, data):
    padded = pad(content)
    changed = flip(padded, data.draw(st.integers(0, len(padded) * 8 - 1)))
    with suppress(ContentError):
        assert unpad(changed) != content
    for other in (padded + bytes(len(padded)), padded[:-1], padded[: len(padded) // 2], b""):
        with pytest.raises(ContentError):
            unpad(other)


def test_content_too_large_is_refused_before_it_is_chained():
    chain = Chain(NO_PREV, 0, 1)
    with pytest.raises(ContentError, match="at most"):
        chain.append(1, b"{}", SALT, bytes(MAX_PADDED_BYTES - 3), SALT)
    assert (chain.seq, chain.prev, chain.time_us) == (0, NO_PREV, -1)
    assert len(pad(bytes(MAX_PADDED_BYTES - 4))) == MAX_PADDED_BYTES


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((5, b"{}", SALT), ChainError),
        ((4, b"{}", SALT), ChainError),
        ((6, b"{}", SALT[1:]), FactsError),
        ((6, b"{}", SALT, b"", b""), ContentError),
    ],
    ids=["same time", "earlier", "short salt", "no content salt"],
)
def test_what_is_refused_leaves_the_chain_where_it_was(arguments, error):
    chain = Chain(NO_PREV, 0, 1)
    chain.append(5, b"{}", SALT)
    before = (chain.seq, chain.prev, chain.time_us)
    with pytest.raises(error):
        chain.append(*arguments)
    assert (chain.seq, chain.prev, chain.time_us) == before


def test_facts_too_large_are_refused(monkeypatch):
    monkeypatch.setattr(format_, "MAX_FACTS_BYTES", 10)
    with pytest.raises(FactsError, match="at most 10"):
        Chain(NO_PREV, 0, 1).append(1, b"x" * 11, SALT)


@given(journals())
def test_a_chain_is_followed_to_where_it_was_built(entries):
    end = verify_chain(entries)
    last = parse_header(entries[-1].header)
    assert (end.seq, end.prev) == (len(entries), leaf_hash(entries[-1].header))
    assert (end.epoch, end.time_us) == (last.epoch, last.time_us)


@given(journals(min_size=2), st.data())
def test_a_chain_can_be_followed_from_any_place_reached_before(entries, data):
    cut = data.draw(st.integers(0, len(entries)))
    reached = verify_chain(entries[:cut])
    later = Follow(reached.prev, reached.seq, reached.epoch, reached.time_us)
    for entry in entries[cut:]:
        later.take(entry)
    assert later.prev == verify_chain(entries).prev


@given(journals(), st.data())
def test_every_flipped_bit_is_noticed_at_the_latest_by_the_next_entry(entries, data):
    place = data.draw(st.integers(0, len(entries) - 1))
    entry = entries[place]
    part = data.draw(st.sampled_from([name for name, value in parts_of(entry).items() if value]))
    value = parts_of(entry)[part]
    changed = flip(value, data.draw(st.integers(0, len(value) * 8 - 1)))
    true_end = verify_chain(entries).prev
    entries[place] = with_part(entry, part, changed)
    if (place, part) == (len(entries) - 1, "header"):
        # Nothing is behind the last header that would tell of another one; the leaf hash tells.
        with suppress(ChainError):
            assert verify_chain(entries).prev != true_end
        return
    with pytest.raises(ChainError) as caught:
        verify_chain(entries)
    assert caught.value.seq in (place, place + 1)


@given(journals(min_size=3), st.data())
def test_entries_left_out_doubled_or_swapped_are_noticed(entries, data):
    place = data.draw(st.integers(0, len(entries) - 2))
    left_out = entries[:place] + entries[place + 1 :]
    doubled = entries[: place + 1] + entries[place:]
    swapped = [*entries[:place], entries[place + 1], entries[place], *entries[place + 2 :]]
    for wrong in (left_out, doubled, swapped):
        with pytest.raises(ChainError):
            verify_chain(wrong)


@dataclass
class Forger:
    """Writes a second entry whose header is right in all but what it is told."""

    chain: Chain

    def second(self, **changes):
        entry = self.chain.append(20, b"{}", SALT)
        return replace(entry, header=format_header(replace(parse_header(entry.header), **changes)))


@pytest.fixture
def first_and_forger():
    chain = Chain(NO_PREV, 0, 7)
    first = chain.append(10, b"{}", SALT, b"words", SALT)
    return first, Forger(chain)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"seq": 2}, "says seq 2"),
        ({"epoch": 6}, "epoch 6 is below 7"),
        ({"time_us": 10}, "time_us 10 is not above 10"),
        ({"prev": SALT}, "prev is not the leaf hash"),
        ({"facts_commitment": SALT}, "facts do not fit"),
    ],
)
def test_a_follower_says_what_does_not_fit_and_stays(first_and_forger, changes, fault):
    first, forger = first_and_forger
    follow = Follow()
    follow.take(first)
    with pytest.raises(ChainError, match=fault) as caught:
        follow.take(forger.second(**changes))
    assert caught.value.seq == follow.seq == 1


def test_content_that_was_erased_or_withheld_breaks_no_chain(first_and_forger):
    first, forger = first_and_forger
    assert verify_chain([replace(first, content=None), forger.second()]).seq == 2


@pytest.mark.parametrize(
    "content",
    [Content(SALT, pad(b"other words")), Content(b"t" * 32, pad(b"words")), Content(b"", SALT + pad(b"words"))],
    ids=["other words", "other salt", "salt moved"],
)
def test_content_that_does_not_fit_its_commitment_is_noticed(first_and_forger, content):
    first, _ = first_and_forger
    with pytest.raises(ChainError, match="content does not fit"):
        verify_chain([replace(first, content=content)])


def test_content_that_no_header_names_is_noticed(first_and_forger):
    first, forger = first_and_forger
    with pytest.raises(ChainError, match="does not name"):
        verify_chain([first, replace(forger.second(), content=Content(SALT, pad(b"")))])


def test_content_that_fits_but_is_not_padded_is_noticed():
    header = bare(
        seq=0,
        prev=NO_PREV,
        facts_commitment=format_.commitment(SALT, b"{}"),
        content_commitment=format_.commitment(SALT, b"bare words"),
    )
    entry = format_.StoredEntry(format_header(header), SALT, b"{}", Content(SALT, b"bare words"))
    with pytest.raises(ChainError, match="not padded"):
        verify_chain([entry])


@given(st.binary(max_size=130), st.binary(max_size=40), st.binary(max_size=40))
def test_whatever_a_follower_is_given_it_refuses_in_one_way(header, salt, facts):
    with pytest.raises(RecordError):
        verify_chain([format_.StoredEntry(header, salt, facts, Content(salt, facts))])


@given(hashes)
def test_a_salt_of_another_length_cannot_shift_the_border_to_the_facts(salt):
    entry = Chain(NO_PREV, 0, 1).append(1, b"facts", salt)
    with pytest.raises(ChainError, match="salt"):
        verify_chain([replace(entry, facts_salt=salt + b"f", facts=b"acts")])


def flip(data, bit):
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << (bit % 8)
    return bytes(changed)


def parts_of(entry):
    parts = {"header": entry.header, "facts_salt": entry.facts_salt, "facts": entry.facts}
    if entry.content is not None:
        parts |= {"content salt": entry.content.salt, "padded": entry.content.padded}
    return parts


def with_part(entry, part, value):
    if part == "content salt":
        return replace(entry, content=replace(entry.content, salt=value))
    if part == "padded":
        return replace(entry, content=replace(entry.content, padded=value))
    return replace(entry, **{part: value})
