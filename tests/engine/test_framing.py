from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.engine.framing import frame, unframe
from beforehand.record.entry import StoredEntry

entries = st.builds(
    StoredEntry,
    header=st.binary(max_size=130),
    facts_salt=st.binary(min_size=32, max_size=32),
    facts=st.binary(max_size=300),
    content=st.none(),
)


@given(st.lists(entries, max_size=5))
def test_what_was_framed_is_unframed(batch):
    assert unframe(frame(batch)) == batch


@given(st.lists(entries, min_size=1, max_size=4), st.data())
def test_a_frame_cut_off_is_noticed(batch, data):
    body = frame(batch)
    whole = [len(frame(batch[:count])) for count in range(len(batch) + 1)]
    size = data.draw(st.integers(0, len(body)).filter(lambda size: size not in whole))
    with pytest.raises(ValueError, match="cut off"):
        unframe(body[:size])


@given(st.binary(max_size=400))
def test_bytes_have_no_second_reading(body):
    try:
        batch = unframe(body)
    except ValueError:
        return
    assert frame(batch) == body
