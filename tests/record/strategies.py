"""What facts, headers and chains can be, for hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from beforehand.record.entry import MAX_COUNT, NO_PREV, Chain, Header

TROUBLESOME = (
    '\x00\x08\t\n\x0b\x0c\r\x1f "\\/\x7f\x80\u00e9\u2028\u2029\ud7ff\ue000\uffff\U00010000\U0001f600\U0010ffff'
)

text = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(TROUBLESOME), max_size=40)
keys = st.text(st.characters(max_codepoint=0x7F), max_size=12)
integers = st.integers(-(2**53) + 1, 2**53 - 1)
values = st.recursive(
    st.none() | st.booleans() | integers | text,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=20,
)

hashes = st.binary(min_size=32, max_size=32)
counts = st.integers(0, MAX_COUNT - 1)


@st.composite
def headers(draw):
    seq = draw(counts)
    prev = NO_PREV if seq == 0 else draw(hashes)
    return Header(seq, draw(counts), draw(counts), prev, draw(hashes), draw(st.none() | hashes))


@st.composite
def journals(draw, min_size=1, max_size=6):
    """Entries that follow each other from entry 0."""
    chain = Chain(NO_PREV, 0, draw(st.integers(0, 5)))
    entries = []
    for _ in range(draw(st.integers(min_size, max_size))):
        chain.epoch += draw(st.integers(0, 1))
        time_us = chain.time_us + draw(st.integers(1, 10**6))
        content = draw(st.none() | st.binary(max_size=600))
        entries.append(chain.append(time_us, draw(st.binary(max_size=300)), draw(hashes), content, draw(hashes)))
    return entries
