from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.record.entry import leaf_hash
from beforehand.record.merkle import EMPTY_HEAD, Tree

from .foreign import tree_head
from .strategies import hashes

# Tree heads that public implementations of RFC 6962 give; entry i is the ASCII text "entry i", but entry 3 is empty.
HEADS = {
    0: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    1: "dziFphNIniTOLPdhmdakI/BC5LvxLX7s7pEu8nbGVwE=",
    2: "WkdmL9ijF9lgSaP59HxV3GfKZgUbqjaD27GbL+CaB7A=",
    3: "lPvQ3YNvUDAWkubQ6t5yjuGexSv/8WBu2AfIV11aqhk=",
    4: "ObaWmXbBA9B3dO2nP7uCEZ0lzzZ/etncU9PKmowXybg=",
    5: "4FgyHiH1CNtXZw3CLQrDlKgBRF9wMitXZVvAbC9a4dQ=",
    6: "S39l6VIPbwQCJNrPtwC7kQlRUsBdRPZCFa/Q3VG4UTk=",
    7: "zcFgkCXf2kAKOjs0Rs8M+7c8GMApttASIsJvh+wQb4A=",
    255: "mcUUMaVMbNvJKn3uLck+pGXI/ZXGuegAP8oiN4RD4Uw=",
    256: "tsOdB0YjAGrZcIdtohMbcmuUr+XiMzjTSp/dh/o5HL0=",
    257: "8y2R8ZKZLBSx4rBbrD0t8U8M644Txt5cs7N0sPr+X9k=",
    65535: "d14b1SutIuQJPGKajiV9G5enVNhoYDp/NkM5l4azAXs=",
    65536: "DqpElFgO20F7/xSi3Jr1pfQ/GA5osgx7grL5nOPZgq8=",
    70000: "siKMPrlNQ919nuK+My72oQRlrFbz9QtIkFLagPiNBbo=",
}

LEAVES = {
    0: "773885a613489e24ce2cf76199d6a423f042e4bbf12d7eecee912ef276c65701",
    1: "2dfb36c6f66cac361429cf46df868ab8242d3a6441f1099c8fb3f98ec5d108a4",
    2: "57c79f4f31ae029c5d4bd30b073c27c94df93438b2b4697e1e1eef5bc0394a41",
    3: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
}


def leaf(index):
    return leaf_hash(b"" if index == 3 else b"entry %d" % index)


@pytest.mark.parametrize("index", LEAVES)
def test_leaves_are_hashed_as_other_implementations_hash_them(index):
    assert leaf(index).hex() == LEAVES[index]


def test_heads_are_those_of_other_implementations():
    tree = Tree()
    heads = {0: tree.head()}
    for index in range(max(HEADS)):
        tree.add(leaf(index))
        if tree.size in HEADS:
            heads[tree.size] = tree.head()
    assert {size: base64.b64encode(head).decode() for size, head in heads.items()} == HEADS


@given(st.lists(hashes, max_size=70))
def test_a_tree_grown_leaf_by_leaf_has_the_head_the_rfc_defines(leaves):
    tree = Tree()
    assert tree.head() == EMPTY_HEAD
    for size, leaf in enumerate(leaves, 1):
        tree.add(leaf)
        assert (tree.size, tree.head()) == (size, tree_head(leaves[:size]))


@given(st.lists(hashes, min_size=1, max_size=40), st.data())
def test_a_flipped_bit_in_any_leaf_changes_the_head(leaves, data):
    place = data.draw(st.integers(0, len(leaves) - 1))
    changed = bytearray(leaves[place])
    changed[data.draw(st.integers(0, 31))] ^= 1 << data.draw(st.integers(0, 7))
    assert Tree(leaves).head() != Tree([*leaves[:place], bytes(changed), *leaves[place + 1 :]]).head()


@given(st.lists(hashes, min_size=2, max_size=40, unique=True))
def test_the_order_of_leaves_counts(leaves):
    assert Tree(leaves).head() != Tree(reversed(leaves)).head()
