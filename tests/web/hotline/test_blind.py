"""The blind read-back over HTTP: from opening to result no door gives the notice to that person's sessions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from beforehand.core.hotline import events as e
from beforehand.engine.memory import MemoryEngine
from beforehand.testing.faulty import Fault, FaultyEngine
from beforehand.web.hotline.operations import HOTLINE

from .line import BASE, Line, play
from .situation import Situation, situation, volume
from .test_default_deny import DOORS, real

#: What the notice says and nobody who reads it back may be shown: its words, and its numbers in any spelling.
TOLD = ("35.52", "355200000", "35.77", "9000", "6000", "evening sortie", "08:31", "08:51", "31 min", "15215")


async def opened(line: Line) -> Situation:
    """TEAL's first person reads back just now."""
    s = await situation(line)
    await line.seen(f"/notices/{s.notice}", s.addressee.token)
    await line.done_("receipt open", s.addressee.token, notice=s.notice)
    return s


def test_no_door_gives_the_notice_to_the_person_who_reads_it_back() -> None:
    """H5.3: every verb and every read, with each session of that person."""

    async def story(line: Line) -> None:
        s = await opened(line)
        other = await line.login("TEAL", "first", s.addressee.person)
        for token in (s.addressee.token, other.token):
            for operation in HOTLINE:
                if operation.id in ("partyLogout", "partyRemove", "partyRevoke", "receiptAnswer"):
                    continue  # they end the session or the read-back
                door = DOORS[operation.id]
                asked = door.asked(s, real(line, s, door.object or "notice"))
                if isinstance(asked, str):
                    got = await line.of(operation, BASE + asked, token)
                else:
                    got = await line.of(operation, operation.template, token, asked)
                # What it sent itself may come back; nothing else of these may.
                sent = asked if isinstance(asked, str) else json.dumps(asked)
                shown = got.body.decode() if operation.id not in ("listZones", "listMovements") else ""
                found = [each for each in TOLD if each in shown and each not in sent]
                assert not found, (operation.id, got)
            for path in ("?version=1", ""):
                assert (await line.look(f"/notices/{s.notice}{path}", token)).reason == "blind"
            for path in (f"?at={line.at(-0.001)}", ""):
                assert (await line.look(f"/knew/{s.notice}{path}", token)).reason == "blind"

    play(story)


def test_a_row_of_what_is_read_back_says_that_it_is() -> None:
    """H5.3: in the list it keeps its place, without when and how long before."""

    async def story(line: Line) -> None:
        s = await opened(line)
        (row,) = (await line.seen("/notices", s.addressee.token))["notices"]
        assert row["reading_back"]
        assert (row["lead"], row["opens"], row["ends"]) == (None, None, None)
        (row,) = (await line.seen("/notices", s.deputy.token))["notices"]
        assert not row["reading_back"]

    play(story)


def test_a_fetch_by_somebody_else_of_the_party_is_noted() -> None:
    """H5.3: it is given, and stands beside the read-back."""

    async def story(line: Line) -> None:
        s = await opened(line)
        for token in (s.deputy.token, s.service.token):
            await line.seen(f"/notices/{s.notice}", token)
        noted = [each for each in await line.events() if isinstance(each, e.FetchedMeanwhile)]
        assert len(noted) == 2
        knew = await line.seen(f"/knew/{s.notice}", s.giver.token)
        backs = [back for each in knew["parties"] for receipt in each["receipts"] for back in receipt["read_backs"]]
        assert sum("fetched meanwhile" in back for back in backs) == 2

    play(story)


def test_the_result_opens_the_notice_again_and_names_what_was_wrong_but_not_by_how_much() -> None:
    """H5.3: area, band, times; after two wrong ones both are asked onto a call."""

    async def story(line: Line) -> None:
        s = await opened(line)
        wrong = volume(line, 31, 51) | {"from": line.at(41), "circle": [35.9, 35.77, 9_000]}
        result = await line.done_("receipt answer", s.addressee.token, notice=s.notice, volumes=[wrong])
        assert (result["right"], result["wrong"], result["tries"], result["call"]) == (
            False,
            ["area", "times"],
            1,
            False,
        )
        await line.seen(f"/notices/{s.notice}", s.addressee.token)
        await line.done_("receipt open", s.addressee.token, notice=s.notice)
        result = await line.done_("receipt answer", s.addressee.token, notice=s.notice, volumes=[wrong])
        assert result["call"]
        await line.done_("receipt open", s.addressee.token, notice=s.notice)
        right = await line.done_("receipt answer", s.addressee.token, notice=s.notice, volumes=[volume(line, 31, 51)])
        assert right["right"]
        assert right["question"]

    play(story)


@pytest.mark.parametrize(("minutes", "status"), [(4.9, 200), (5.1, 409)])
def test_a_read_back_is_answered_within_five_minutes(minutes: float, status: int) -> None:
    """H5.3: later it has lapsed, which is an entry; the notice is shown again."""

    async def story(line: Line) -> None:
        s = await opened(line)
        said = volume(line, 31, 51)
        await line.wait(minutes)
        got = await line.do("receipt answer", s.addressee.token, notice=s.notice, volumes=[said])
        assert got.status == status
        lapsed = [each for each in await line.events() if isinstance(each, e.ReadBackLapsed)]
        assert len(lapsed) == (status == 409)
        if status == 409:
            assert got.reason == "no_read_back_open"
        await line.seen(f"/notices/{s.notice}", s.addressee.token)

    play(story)


def test_that_it_was_handed_out_is_durable_before_the_content_leaves() -> None:
    """H5.1, P1: while the entry is being written nobody has the notice, neither its document nor that it is there."""
    engine = FaultyEngine(MemoryEngine(), {})

    async def story(line: Line) -> None:
        import asyncio

        s = await situation(line)
        handed: list[Any] = []
        engine.fault_next(Fault.HANGS)
        asking = asyncio.create_task(line.look(f"/notices/{s.notice}", s.addressee.token))
        await engine.hanging.wait()
        await asyncio.sleep(1)
        assert not asking.done()
        handed = [each for each in await line.events() if isinstance(each, e.HandedOut)]
        assert not handed
        engine.let_go()
        got = await asking
        assert got.json["document"]
        handed = [each for each in await line.events() if isinstance(each, e.HandedOut)]
        assert [(each.notice, each.party, each.person) for each in handed] == [(s.notice, "TEAL", s.addressee.person)]

    play(story, engine=engine)


def test_what_cannot_be_written_down_as_handed_out_is_not_handed_out() -> None:
    """H5.1, P1: 503 with no content, as problem details."""
    engine = FaultyEngine(MemoryEngine(), {})

    async def story(line: Line) -> None:
        s = await situation(line)
        engine.fault_next(Fault.FAILS)
        got = await line.look(f"/notices/{s.notice}", s.addressee.token)
        assert (got.status, got.reason) == (503, "not_done")
        assert "evening sortie" not in got.body.decode()

    play(story, engine=engine)
