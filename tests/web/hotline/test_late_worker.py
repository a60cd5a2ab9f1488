"""A warning whose words are for the worker goes out, where that is slow, dead or crowded: with its words not read."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.json import encode

from beforehand.core.hotline.replies import Done
from beforehand.node.outcomes import NotDone
from beforehand.web.hotline import hotline as door
from beforehand.web.hotline.operations import HOTLINE

GIVE = next(each for each in HOTLINE if each.id == "noticeGive")
TRY = next(each for each in HOTLINE if each.id == "noticeTry")


class Node:
    """Keeps what it is asked."""

    record, checkpoint = "", (0, "0" * 64)

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def now_us(self) -> int:
        return 1_800_000_000_000_000

    async def ask(self, command: Any) -> Any:
        self.asked.append(command)
        return Done("id", 1, 1, "")


class Late:
    """A worker that answers never, or says that it has too much to do."""

    def __init__(self, crowded: bool) -> None:
        self.crowded = crowded

    async def run(self, *_args: Any, warning: bool = False) -> Any:
        if self.crowded:
            raise NotDone("Too many large requests wait already.", 1)
        await asyncio.Event().wait()


async def given(operation: Any, crowded: bool, body: dict[str, Any]) -> Node:
    node = Node()
    hotline = door.Hotline(node, Late(crowded), SimpleNamespace(verbs={}), 400)  # type: ignore[arg-type]
    answer = await hotline.answer(operation, (), b"", None, None, encode(body))
    assert answer.status == 200, answer.body
    return node


BODY = {
    "category": "exercise",
    "where": "off Latakia",
    "volumes": [{"circle": [35.5, 35.7, 3_000], "from": "2027-03-05T19:00:00Z", "to": "2027-03-05T19:30:00Z"}],
}


@pytest.mark.parametrize("crowded", [True, False])
def test_a_warning_does_not_wait_for_place_names(monkeypatch: pytest.MonkeyPatch, crowded: bool) -> None:
    """H4.5, P2, P7: it goes out at once, and says that its words were not read."""
    monkeypatch.setattr(door, "WORKER_WAIT_S", 0.05)
    node = asyncio.run(given(GIVE, crowded, BODY))
    (command,) = node.asked
    assert [(each.rule, each.kind) for each in command.marks] == [("H4.5", "TEXT_NOT_READ")]
    assert "off Latakia" in command.words


def test_words_alone_are_still_said_to_be_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """H4.5: no shape is the strongest remark, and needs no place names."""
    body = BODY | {"volumes": [{"from": "2027-03-05T19:00:00Z", "to": "2027-03-05T19:30:00Z"}]}
    monkeypatch.setattr(door, "WORKER_WAIT_S", 0.05)
    node = asyncio.run(given(GIVE, True, body))
    assert [each.kind for each in node.asked[0].marks] == ["NO_GEOMETRY"]


def test_what_is_no_warning_waits_for_the_worker() -> None:
    """P8: a trial is refused where the worker has too much to do."""
    with pytest.raises(NotDone):
        asyncio.run(given(TRY, True, BODY))
