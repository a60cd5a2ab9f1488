"""P6 on the hotline: swapping parties' codes swaps the output and changes nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from msgspec.json import encode

from beforehand.record.canonical import encode_facts
from core.hotline.playing import CODES, Play

ORDERS = {
    "two exchanged": ("TEAL", "GREY", "PLUM", "RUST"),
    "all turned round": ("RUST", "PLUM", "TEAL", "GREY"),
    "names that sort otherwise": ("ZULU", "YARN", "BETA", "ALFA"),
}


def renamed(text: str, codes: tuple[str, ...]) -> str:
    """The text with the codes of the first play for those of another; a hash over a document is a hash of it."""
    for at, code in enumerate(codes):
        text = text.replace(code, f"\0{at}\0")
    for at, code in enumerate(CODES):
        text = text.replace(f"\0{at}\0", code)
    return re.sub(r'"[0-9a-f]{64}"', '"hash"', text)


def entries(play: Play) -> list[tuple[int, str, str]]:
    return [
        (time_us, encode_facts(event).decode(), (content or b"").decode())
        for time_us, event, content in play.line.journal
    ]


def replies(play: Play) -> list[str]:
    return [encode(each, enc_hook=str).decode() for each in play.replies]


@pytest.mark.parametrize("codes", ORDERS.values(), ids=ORDERS.keys())
@pytest.mark.parametrize("seed", range(3))
def test_swapping_parties_swaps_the_output_and_changes_nothing_else(seed: int, codes: tuple[str, ...]) -> None:
    """P6: every reply, every entry, every document, in the same order."""
    one, other = Play(seed).run(100), Play(seed, codes).run(100)
    assert [renamed(each, CODES) for each in replies(one)] == [renamed(each, codes) for each in replies(other)]

    def said(play: Play, names: tuple[str, ...]) -> list[Any]:
        return [(at, renamed(facts, names), renamed(content, names)) for at, facts, content in entries(play)]

    assert said(one, CODES) == said(other, codes)


def test_a_swap_is_seen() -> None:
    """P6: of four parties none is like another by accident in these plays."""
    one, other = Play(0).run(60), Play(0, ORDERS["two exchanged"]).run(60)
    assert entries(one) != entries(other)
