"""Work that would stall the event loop: pure functions, carried out one at a time in a process beside this one.

The process is bounded in memory and in the time a job may take, is started anew when it dies, and ends with its parent.
Warnings go first, and have a queue of their own; parties take turns, so that one that asks for much waits behind itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import pickle
import resource
import signal
import sys
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from io import BytesIO
from typing import IO, Any, NamedTuple, TypeVar

import structlog

from beforehand.node.outcomes import NotDone

log = structlog.get_logger()

#: Seconds from asking to the answer.
TIMEOUT_S = 10.0
#: Jobs of one party, and of all, that may wait.
WAITING_PER_PARTY = 16
WAITING_MAX = 256
#: The worst request that is taken (5,000 corners, 10,000 cells, 4 MiB of JSON) needs a tenth of this.
MEMORY_BYTES = 4 << 30
_LENGTH_BYTES = 4
_LARGE_BYTES = 65_536
_PR_SET_PDEATHSIG = 1

T = TypeVar("T")


class _Job(NamedTuple):
    parts: list[bytes]
    until: float
    done: asyncio.Future[Any]


class _Pickler(pickle.Pickler):
    """Leaves large bytes aside, for to pickle them is to copy them more than once."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self.aside: list[bytes] = []

    def persistent_id(self, obj: Any) -> int | None:
        if type(obj) is not bytes or len(obj) < _LARGE_BYTES:
            return None
        self.aside.append(obj)
        return len(self.aside)


class _Unpickler(pickle.Unpickler):
    def __init__(self, parts: list[bytes]) -> None:
        super().__init__(BytesIO(parts[0]))
        self._parts = parts

    def persistent_load(self, pid: int) -> bytes:
        return self._parts[pid]


def _parts(value: Any) -> list[bytes]:
    pickled = BytesIO()
    pickler = _Pickler(pickled)
    pickler.dump(value)
    return [pickled.getvalue(), *pickler.aside]


class _Queue:
    """Jobs that wait, taken from each party in turn."""

    def __init__(self) -> None:
        self._of_parties: OrderedDict[Hashable, deque[_Job]] = OrderedDict()
        self.count = 0

    def check(self, party: Hashable) -> None:
        """Raise NotDone if the party, or all, have too much waiting."""
        jobs = self._of_parties.get(party)
        if self.count >= WAITING_MAX or (jobs is not None and len(jobs) >= WAITING_PER_PARTY):
            raise NotDone("Too many large requests wait already. Nothing was done; ask again in a moment.", 1)

    def put(self, party: Hashable, job: _Job) -> None:
        self._of_parties.setdefault(party, deque()).append(job)
        self.count += 1

    def take(self) -> _Job:
        party, jobs = self._of_parties.popitem(last=False)
        job = jobs.popleft()
        if jobs:
            self._of_parties[party] = jobs
        self.count -= 1
        return job


class Worker:
    """The process and who waits for it. Parties are told apart by any hashable value."""

    def __init__(self, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._warnings = _Queue()
        self._others = _Queue()
        self._filled = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to take jobs; the process itself is started with the first."""
        self._task = asyncio.create_task(self._work())

    async def run(self, party: Hashable, function: Callable[..., T], *args: Any, warning: bool = False) -> T:
        """The result of a function of a module, or what it raises. Arguments and result are pickled.

        Raises NotDone if too many wait, it takes too long, or the process dies over it.
        """
        loop = asyncio.get_running_loop()
        queue = self._warnings if warning else self._others
        queue.check(party)
        job = _Job(_parts((function, args)), loop.time() + self._timeout_s, loop.create_future())
        queue.put(party, job)
        self._filled.set()
        raised, result = pickle.loads(await job.done)  # here, on the time of who asked
        if raised:
            raise result
        done: T = result
        return done

    async def _work(self) -> None:
        while True:
            await self._filled.wait()
            job = (self._warnings if self._warnings.count else self._others).take()
            if not (self._warnings.count or self._others.count):
                self._filled.clear()
            if not job.done.cancelled():
                await self._do(job)

    async def _do(self, job: _Job) -> None:
        try:
            if asyncio.get_running_loop().time() >= job.until:  # it waited too long: the process is not to blame
                raise NotDone("Large requests take long at present. Nothing was done; ask again in a moment.", 1)
            answer = await self._in_time(job)
        except NotDone as error:
            if not job.done.cancelled():
                job.done.set_exception(error)
        else:
            if not job.done.cancelled():
                job.done.set_result(answer)

    async def _in_time(self, job: _Job) -> bytes:
        """The answer of the process. Raises NotDone, and then the process is ended."""
        try:
            async with asyncio.timeout_at(job.until):
                return await self._exchange(job.parts)
        except TimeoutError:
            await self._end_process()
            raise NotDone("This took too long. Nothing was done; ask for a simpler or smaller area.") from None
        except (OSError, EOFError, asyncio.IncompleteReadError) as error:
            log.warning("worker_died", error=repr(error))
            await self._end_process()
            raise NotDone("The process for large requests ended. Nothing was done; ask again.", 1) from None

    async def _exchange(self, parts: list[bytes]) -> bytes:
        process = self._process
        if process is None:
            process = self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", __name__, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
            )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(len(parts).to_bytes(_LENGTH_BYTES, "big"))
        for part in parts:
            process.stdin.write(len(part).to_bytes(_LENGTH_BYTES, "big"))
            process.stdin.write(part)
            await process.stdin.drain()
        length = int.from_bytes(await process.stdout.readexactly(_LENGTH_BYTES), "big")
        return await process.stdout.readexactly(length)

    async def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def close(self) -> None:
        """End the process and whoever waits for it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for queue in (self._warnings, self._others):
            while queue.count:
                job = queue.take()
                if not job.done.done():
                    job.done.set_exception(NotDone("This node is ending; nothing was done."))
        await self._end_process()


def end_with_parent() -> None:
    """Have the kernel kill this process when the thread that started it ends (Linux; elsewhere a pipe's end tells)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _main() -> None:
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the parent says when to end
    os.nice(5)  # what is answered inline goes first
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing that prints may get between the answers
    asked = sys.stdin.buffer
    while (head := asked.read(_LENGTH_BYTES)) and len(head) == _LENGTH_BYTES:
        _answer([_part(asked) for _ in range(int.from_bytes(head, "big"))], answers)


def _part(asked: IO[bytes]) -> bytes:
    return asked.read(int.from_bytes(asked.read(_LENGTH_BYTES), "big"))


def _answer(parts: list[bytes], answers: IO[bytes]) -> None:
    try:
        function, args = _Unpickler(parts).load()
        answer = pickle.dumps((False, function(*args)))
    except MemoryError:
        os._exit(1)  # it may have no memory left for the next job either
    except Exception as error:
        answer = pickle.dumps((True, error))
    answers.write(len(answer).to_bytes(_LENGTH_BYTES, "big"))
    answers.write(answer)
    answers.flush()


if __name__ == "__main__":
    _main()
