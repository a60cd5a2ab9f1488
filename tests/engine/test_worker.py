from __future__ import annotations

import asyncio
import threading

import pytest

from beforehand.engine import worker as worker_
from beforehand.engine.protocol import Unavailable
from beforehand.engine.worker import Worker

from .journals import in_loop


def nothing():
    pass


@in_loop
async def test_jobs_are_done_in_order_on_one_thread_and_the_loop_stays_free():
    done, go_on = [], threading.Event()
    worker = Worker("test", nothing)
    first = worker.submit(go_on.wait)
    later = [worker.submit(done.append, number) for number in range(20)]
    assert not first.done()
    go_on.set()
    await asyncio.gather(*later)
    threads = {await worker.submit(threading.get_ident) for _ in range(3)}
    assert done == list(range(20))
    assert len(threads) == 1
    assert threading.get_ident() not in threads
    await worker.stop(nothing)


@in_loop
async def test_what_a_job_raises_reaches_who_asked_and_nobody_else():
    worker = Worker("test", nothing)
    with pytest.raises(ZeroDivisionError):
        await worker.submit(divmod, 1, 0)
    assert await worker.submit(divmod, 7, 2) == (3, 1)
    await worker.stop(nothing)


@in_loop
async def test_the_jobs_that_wait_are_bounded(monkeypatch):
    monkeypatch.setattr(worker_, "MAX_WAITING", 3)
    worker, go_on = Worker("test", nothing), threading.Event()
    waiting = [worker.submit(go_on.wait) for _ in range(3)]
    with pytest.raises(Unavailable, match="3 requests wait"):
        worker.submit(nothing)
    go_on.set()
    await asyncio.gather(*waiting)
    await worker.submit(nothing)
    await worker.stop(nothing)


@in_loop
async def test_stopping_does_what_waits_and_the_last_job_and_takes_no_more(monkeypatch):
    monkeypatch.setattr(worker_, "MAX_WAITING", 2)
    done, worker, go_on = [], Worker("test", nothing), threading.Event()
    worker.submit(go_on.wait)
    worker.submit(done.append, "waiting")
    stops = [asyncio.ensure_future(worker.stop(lambda: done.append("last"))) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable, match="closed"):
        worker.submit(nothing)
    go_on.set()
    await asyncio.gather(*stops)
    assert done == ["waiting", "last"]


@in_loop
async def test_what_is_done_after_each_job_is_in_nobodys_way():
    going, go_on = threading.Event(), threading.Event()

    def after_job():
        going.set()
        go_on.wait()

    worker = Worker("test", after_job)
    assert await worker.submit(divmod, 7, 2) == (3, 1)
    going.wait()
    go_on.set()
    await worker.stop(nothing)


def test_a_loop_that_ends_without_stopping_the_worker_is_not_missed():
    go_on = threading.Event()

    async def leave():
        Worker("left", nothing).submit(go_on.wait)

    asyncio.run(leave())
    [left] = [thread for thread in threading.enumerate() if thread.name == "left"]
    go_on.set()
    left.join()
