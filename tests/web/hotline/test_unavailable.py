"""When it cannot be done: 503 as problem details, warnings in their reserve, clients that vanish."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from beforehand.core.hotline import events as e
from beforehand.engine.memory import MemoryEngine
from beforehand.engine.protocol import Unavailable
from beforehand.node.outcomes import NOT_TOLD
from beforehand.testing.faulty import Fault, FaultyEngine
from beforehand.web.hotline.operations import HOTLINE
from beforehand.web.shares import Limits
from beforehand.wire.hotline.verbs import BY_NAME, VERBS

from .line import OF_VERB, Line, play
from .situation import situation, volume


def notice(line: Line) -> dict[str, Any]:
    return {"category": "exercise", "volumes": [volume(line, 90, 99)]}


@pytest.mark.parametrize(
    ("fault", "reason"),
    [(Fault.FAILS, "not_done"), (Fault.STORED_UNTOLD, "outcome_unknown"), (Fault.LOST_UNTOLD, "outcome_unknown")],
)
def test_what_was_not_stored_and_what_nobody_knows_are_never_confused(fault: Fault, reason: str) -> None:
    """P1: 503 with its reason; a warning that was not stored says to use the telephone."""
    engine = FaultyEngine(MemoryEngine(), {})

    async def story(line: Line) -> None:
        s = await situation(line)
        engine.fault_next(fault)
        got = await line.do("notice give", s.giver.token, notice(line))
        assert (got.status, got.reason) == (503, reason)
        assert (NOT_TOLD in got.json["detail"]) == (reason == "not_done")

    play(story, engine=engine)


def test_storage_that_hangs_ends_a_write_as_unknown_and_a_read_as_not_done() -> None:
    """P1: within five seconds, each as what it is."""
    engine = FaultyEngine(MemoryEngine(), {})

    async def story(line: Line) -> None:
        s = await situation(line)
        engine.fault_next(Fault.HANGS)
        writing = asyncio.create_task(line.do("notice give", s.giver.token, notice(line)))
        await engine.hanging.wait()
        reading = asyncio.create_task(line.look("/notices", s.giver.token))
        assert (await writing).reason == "outcome_unknown"
        assert (await reading).reason == "not_done"
        engine.let_go()

    play(story, engine=engine)


def test_content_that_cannot_be_read_is_no_fault_of_this_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """P7: 503, and nothing is made up in its place."""

    async def story(line: Line) -> None:
        s = await situation(line)

        async def unreadable(entry: int) -> bytes:
            raise Unavailable("the disk is gone")

        monkeypatch.setattr(line.node, "content", unreadable)
        got = await line.look(f"/notices/{s.notice}", s.giver.token)
        assert (got.status, got.reason) == (503, "not_done")
        assert "disk" not in got.json["detail"]

    play(story)


def test_a_warning_passes_where_its_partys_ordinary_requests_are_over_their_share() -> None:
    """P8: the reserve is for warnings alone; what is ordinary waits, and another party does not notice."""

    async def story(line: Line) -> None:
        s = await situation(line)
        await line.settle()
        go_on = asyncio.Event()

        async def slow() -> dict[str, Any]:
            await go_on.wait()
            return {"type": "http.disconnect"}

        waiting = [
            asyncio.create_task(line.ask("POST", OF_VERB["zone end"].template, s.giver.token, receive=slow))
            for _ in range(4)
        ]
        await asyncio.sleep(0)
        ordinary = await line.look("/notices", s.giver.token)
        assert (ordinary.status, ordinary.reason) == (503, "not_done")
        assert (await line.do("zone end", s.giver.token, zone=s.zone)).reason == "not_done"
        assert (await line.do("notice give", s.giver.token, notice(line))).status == 200
        assert (await line.look("/notices", s.third.token)).status == 200
        go_on.set()
        assert {got.status for got in await asyncio.gather(*waiting)} == {0}
        assert (await line.look("/notices", s.giver.token)).status == 200

    play(story, limits=Limits(in_flight=100, in_flight_of_party=4))


def test_a_flood_of_requests_is_refused_and_its_warnings_go_out() -> None:
    """P8, H4.1: no warning is refused for its party's rate, and what is read before it is decided does not stop it either."""

    async def story(line: Line) -> None:
        s = await situation(line)
        admission = line.node._admission

        def none_left(caller: object, cells: int) -> None:
            from beforehand.node.outcomes import TooFast

            raise TooFast("Your party asks too fast.", 1)

        admission.take = none_left  # type: ignore[method-assign]
        got = await line.look("/notices", s.giver.token)
        assert (got.status, got.reason, got.headers["retry-after"]) == (429, "quota", "1")
        change = {"notice": s.notice, "volumes": [volume(line, 40, 60)]}
        for verb, body in (
            ("notice give", notice(line)),
            ("notice change", change),
            ("notice begin", {"notice": s.notice}),
        ):
            assert (await line.do(verb, s.giver.token, body)).status == 200, verb
        assert (await line.do("notice object", s.addressee.token, notice=s.notice)).status == 200

    play(story)


def test_warnings_are_the_verbs_that_the_core_never_refuses_for_a_rate() -> None:
    """P2, P8: one list says it for the reserve, another for the node; they are the same."""
    from beforehand.core.hotline.commands import WARNINGS
    from beforehand.core.hotline.decide import DECIDES

    named = {each.__name__ for each in WARNINGS}
    assert named <= {each.__name__ for each in DECIDES}
    returns = {
        verb.name: str(verb.decode.__annotations__["return"]).removeprefix("c.")
        for verb in VERBS
        if verb.decode is not None
    }
    for name, command in returns.items():
        assert BY_NAME[name].warns == (command in named and name != "notice try"), name


@pytest.mark.parametrize("verb", ["notice give", "party login", "receipt answer"])
def test_a_client_that_vanishes_leaves_nothing_half_done(verb: str) -> None:
    """P8: before its body is whole nothing is decided, and its place is free again."""

    async def story(line: Line) -> None:
        s = await situation(line)
        begin = line.node.durable
        parts = [{"type": "http.request", "body": b'{"category"', "more_body": True}, {"type": "http.disconnect"}]

        async def receive() -> dict[str, Any]:
            return parts.pop(0)

        got = await line.ask("POST", OF_VERB[verb].template, s.giver.token, receive=receive)
        assert got.status == 0
        assert line.node.durable == begin
        assert (line.app.shares.in_flight, line.app.shares.held) == (0, 0)

    play(story)


def test_a_client_that_vanishes_after_its_warning_does_not_unsay_it() -> None:
    """P1, P2: the notice is told although nobody waits for the answer."""

    async def story(line: Line) -> None:
        s = await situation(line)
        asking = asyncio.create_task(line.do("notice give", s.giver.token, notice(line)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await line.settle()
        given = [each for each in await line.events() if isinstance(each, e.NoticeGiven)]
        assert len(given) == 2

    play(story)


@pytest.mark.parametrize("operation", HOTLINE, ids=lambda each: each.id)
def test_a_body_beyond_the_limit_is_refused(operation: Any) -> None:
    """P8: announced or not, before anything is looked up."""

    async def story(line: Line) -> None:
        person = await line.party("GREY")
        path = operation.template.replace("{day}", "2027-01-15").replace("{party}", "GREY")
        got = await line.ask(operation.method, path, person.token, b" " * 2_000)
        assert got.status == 413
        assert line.app.shares.held == 0

    play(story, max_body=1_024)
