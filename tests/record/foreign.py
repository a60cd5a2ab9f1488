"""A second implementation of docs/entries.md, written from that page alone and sharing nothing with the first.

It also makes the journal of the golden vectors, by the rule that page gives.
"""

from __future__ import annotations

import hashlib

EXAMPLE_ENTRIES = 1_000


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def number(value: int, size: int) -> bytes:
    return bytes((value >> (8 * place)) & 0xFF for place in reversed(range(size)))


def padded(content: bytes) -> bytes:
    size = 256
    while size < 4 + len(content):
        size *= 2
    data = number(len(content), 4) + content
    while len(data) < size:
        data += b"\0"
    return data


def header(seq, epoch, time_us, prev, facts_commitment, content_commitment):
    data = b"\x01" + number(seq, 8) + number(epoch, 8) + number(time_us, 8) + prev + facts_commitment
    return data + (b"\x00" if content_commitment is None else b"\x01" + content_commitment)


def tree_head(leaves):
    """RFC 6962 §2.1, as it is written there."""
    if not leaves:
        return sha()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha(b"\x01", tree_head(leaves[:split]), tree_head(leaves[split:]))


def example_parts(i):
    """What goes into entry i of the example journal: epoch, time, facts, content, and the two salts."""
    text = f"entry {i}: " + ('"\\/\n\x1f\x7f\u20ac\u2028\U0001f600' if i % 5 == 1 else "")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\x1f", "\\u001f")
    facts = f'{{"n":{i},"text":"{escaped}","type":"example"}}'.encode()
    content = bytes((i + j) % 256 for j in range(63 * (i // 3 + 1) % 1_008)) if i % 3 == 2 else None
    return {
        "epoch": 1 + i // 400,
        "time_us": 1_700_000_000_000_000 + 1_000 * i,
        "facts": facts,
        "facts_salt": sha(f"example facts salt {i}".encode()),
        "content": content,
        "content_salt": sha(f"example content salt {i}".encode()),
    }


def example_journal():
    """Of each entry: its parts, its header and its leaf hash."""
    prev = bytes(32)
    for i in range(EXAMPLE_ENTRIES):
        parts = example_parts(i)
        content_commitment = None
        if parts["content"] is not None:
            content_commitment = sha(parts["content_salt"], padded(parts["content"]))
        facts_commitment = sha(parts["facts_salt"], parts["facts"])
        data = header(i, parts["epoch"], parts["time_us"], prev, facts_commitment, content_commitment)
        prev = sha(b"\x00", data)
        yield parts, data, prev
