from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from beforehand.node.entropy import BLOCK_BYTES, Entropy


@given(st.lists(st.integers(0, 3 * BLOCK_BYTES), max_size=30))
def test_every_byte_is_given_once_and_as_many_as_were_asked_for(sizes):
    fetched = []

    def source(size):
        fetched.append(bytes([len(fetched) % 256]) * size)
        return fetched[-1]

    entropy = Entropy(source)
    taken = [entropy(size) for size in sizes]
    assert [len(each) for each in taken] == sizes
    for number, block in enumerate(fetched[:256]):
        assert sum(each.count(number) for each in taken) <= len(block)


def test_what_the_operating_system_gives_does_not_repeat_itself():
    entropy = Entropy()
    taken = [entropy(32) for _ in range(3 * BLOCK_BYTES // 32)]
    assert len(set(taken)) == len(taken)
