from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import psutil
import pytest

from beforehand.node.outcomes import NotDone
from beforehand.node.worker import WAITING_PER_PARTY, Worker


@pytest.fixture(autouse=True)
def _jobs_of_this_file_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))


class Refused(Exception):
    """An exception that carries values of its own."""

    def __init__(self, reason: str, field: str) -> None:
        super().__init__(reason, field)
        self.reason = reason
        self.field = field


def refuse(reason: str, field: str) -> None:
    raise Refused(reason, field)


def here() -> int:
    return os.getpid()


def said(text: str) -> str:
    print("something in between the answers")
    return text


def sha256_of(*parts: bytes) -> list[str]:
    return [sha256(part).hexdigest() for part in parts]


def die() -> None:
    os._exit(9)


def devour() -> int:
    return len([bytes(1 << 30) for _ in range(64)])


def story(told: Callable[[Worker], Any], timeout_s: float = 30.0) -> Any:
    async def run() -> Any:
        worker = Worker(timeout_s)
        await worker.start()
        try:
            return await told(worker)
        finally:
            await worker.close()

    return asyncio.run(run())


def test_it_works_in_a_process_beside_this_one() -> None:
    async def told(worker: Worker) -> None:
        first, second = await worker.run("a", here), await worker.run("b", here)
        assert first == second != os.getpid()
        assert await worker.run("a", said, "x" * 10_000_000) == "x" * 10_000_000

    story(told)


def test_what_a_job_raises_is_raised_here() -> None:
    async def told(worker: Worker) -> None:
        with pytest.raises(Refused) as refused:
            await worker.run("a", refuse, "bad", "extents")
        assert (refused.value.reason, refused.value.field) == ("bad", "extents")

    story(told)


def test_a_job_that_takes_too_long_is_ended_and_the_next_is_done() -> None:
    async def told(worker: Worker) -> None:
        await worker.run("a", here)
        with pytest.raises(NotDone, match="too long"):
            await worker.run("a", time.sleep, 3600)
        worker._timeout_s = 30.0
        assert await worker.run("a", here)

    story(told, timeout_s=1.5)


@pytest.mark.parametrize("job", [die, devour])
def test_a_job_that_kills_its_process_or_eats_the_memory_harms_no_other(job: Callable[[], Any]) -> None:
    async def told(worker: Worker) -> None:
        with pytest.raises(NotDone):
            await worker.run("a", job)
        assert await worker.run("b", here)

    story(told)


def test_large_arguments_arrive_as_they_were() -> None:
    async def told(worker: Worker) -> None:
        for size in (0, 65_535, 65_536, 5_000_000):
            body = os.urandom(size)
            assert await worker.run("a", sha256_of, body, b"between", body + b"x") == sha256_of(
                body, b"between", body + b"x"
            )

    story(told)


def test_parties_take_turns_and_nobody_waits_without_bound() -> None:
    order: list[str] = []

    async def told(worker: Worker) -> None:
        async def ask(party: str) -> None:
            await worker.run(party, here)
            order.append(party)

        many = [asyncio.create_task(ask("many")) for _ in range(WAITING_PER_PARTY)]
        await asyncio.sleep(0)
        with pytest.raises(NotDone, match="wait already"):
            await worker.run("many", here)
        few = asyncio.create_task(ask("few"))
        await asyncio.gather(*many, few)

    story(told)
    assert "few" in order[:3]


def test_warnings_go_first_and_are_let_in_when_others_are_not() -> None:
    order: list[str] = []

    async def told(worker: Worker) -> None:
        async def ask(name: str, warning: bool) -> None:
            await worker.run("party", here, warning=warning)
            order.append(name)

        many = [asyncio.create_task(ask("other", False)) for _ in range(WAITING_PER_PARTY)]
        await asyncio.sleep(0)
        warning = asyncio.create_task(ask("warning", True))
        await asyncio.gather(*many, warning)

    story(told)
    assert "warning" in order[:2]


def test_who_only_waited_too_long_does_not_end_the_process() -> None:
    async def told(worker: Worker) -> None:
        first = await worker.run("a", here)
        sleeping = asyncio.create_task(worker.run("a", time.sleep, 1.0))
        await asyncio.sleep(0)
        worker._timeout_s = 0.1
        with pytest.raises(NotDone, match="take long at present"):
            await worker.run("a", here)
        worker._timeout_s = 30.0
        await sleeping
        assert await worker.run("a", here) == first

    story(told)


def test_who_gives_up_is_passed_over() -> None:
    async def told(worker: Worker) -> None:
        given_up = asyncio.create_task(worker.run("a", here))
        await asyncio.sleep(0)
        given_up.cancel()
        assert await worker.run("a", here)

    story(told)


def test_its_end_is_told_to_who_waits_and_leaves_no_process() -> None:
    async def run() -> None:
        worker = Worker()
        await worker.start()
        process = psutil.Process(await worker.run("a", here))
        waiting = [asyncio.create_task(worker.run("a", time.sleep, 3600)) for _ in range(2)]
        await asyncio.sleep(0)
        await worker.close()
        ends = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 10)
        assert [type(each) for each in ends] == [NotDone, NotDone]
        assert not process.is_running()

    asyncio.run(run())
