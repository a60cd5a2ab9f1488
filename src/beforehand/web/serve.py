"""The serving process: a node on its journal, and the HTTP side of it, on a socket that its parent holds.

Run by the parent as `python -m beforehand.web.serve SOCKET STATUS`: two file descriptors. The settings come first on
standard input, then a byte that lets it begin, and it stays open for as long as the parent lives.
"""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import signal
import socket
import sys
import threading
from concurrent.futures import Future
from importlib.metadata import version
from typing import IO

import structlog
import uvloop

from beforehand.airspace.cells import MAX_CELLS
from beforehand.auth.keys import load_token_keys
from beforehand.auth.sessions import SessionKey, load_or_make, new_session_key
from beforehand.auth.tokens import Verifier
from beforehand.core.strategic.state import Rules
from beforehand.engine.memory import MemoryEngine
from beforehand.engine.protocol import Engine
from beforehand.engine.sqlite import SqliteEngine
from beforehand.node import Node
from beforehand.node.clock import SystemClock
from beforehand.node.config import NodeConfig
from beforehand.node.entropy import Entropy
from beforehand.node.worker import Worker, end_with_parent
from beforehand.settings import Settings
from beforehand.web.app import App
from beforehand.web.config import WebConfig
from beforehand.web.hotline.hotline import Hotline
from beforehand.web.hotline.people import People, ThreadHasher
from beforehand.web.message import read_settings
from beforehand.web.metrics import Metrics
from beforehand.web.protocol import MAX_CONNECTIONS, Protocol
from beforehand.web.server import Server, listen
from beforehand.web.shares import Limits

log = structlog.get_logger()

#: Exit status of a process that ended because it could not keep its promises (`sysexits.h`: internal software error).
BROKEN = 70
#: Seconds in which answers are flushed before such an end.
FLUSH_S = 1
#: A busy event loop must not keep the journal's thread from the interpreter lock (docs/architecture.md).
SWITCH_INTERVAL_S = 0.0001
#: Descriptors kept free of connections: journal, worker, pipes.
OTHER_DESCRIPTORS = 64


def node_config(settings: Settings) -> NodeConfig:
    """The part of the settings that a node follows."""
    return NodeConfig(
        rules=Rules(
            strict_states=settings.strict_states,
            live_intents=settings.live_intents,
            live_cells=settings.live_cells,
            live_subscriptions=settings.live_subscriptions,
            evict_after_us=settings.evict_expired_after_s * 1_000_000,
        ),
        name=settings.node_name,
        release_wait_us=round(settings.release_wait_s * 1_000_000),
        max_clock_error_us=settings.max_clock_error_ms * 1000,
        space_floor=settings.free_space_floor_bytes,
        warning_reserve=settings.free_space_warning_reserve_bytes,
        open_batch_entries=settings.open_batch_entries,
        open_batch_bytes=settings.open_batch_bytes,
        cells_per_second=settings.cells_per_second,
    )


def web_config(settings: Settings) -> WebConfig:
    """The part of the settings that the HTTP side follows."""
    return WebConfig(
        allow_http=settings.allow_http_uss,
        timed_index=settings.notification_index == "time",
        strict_scopes=settings.strict_scopes,
        max_body=settings.max_body_bytes,
        inline_cells=settings.inline_cells if settings.inline_cells < MAX_CELLS else None,
        limits=Limits(
            in_flight=settings.requests_in_flight,
            in_flight_of_party=settings.requests_in_flight_per_party,
            held_bytes=settings.held_bytes,
            held_bytes_of_party=settings.held_bytes_per_party,
        ),
        system_version=f"beforehand/v{version('beforehand')}",
    )


def _engine(settings: Settings) -> Engine:
    return SqliteEngine(settings.data_dir) if settings.engine == "sqlite" else MemoryEngine()


async def serve(settings: Settings, listening: socket.socket, status: IO[str], begin: Future[None]) -> int:
    """Open, serve until SIGTERM or the node's end; returns the exit status. Tells the parent when it is ready.

    It takes connections from when `begin` is done: until then somebody else does. Raises what `Node.open` raises, and
    OSError: nothing was answered then.
    """
    token_keys = load_token_keys(settings.token_keys)
    listening_for_figures = _listen_for_figures(settings)
    session_key = _session_key(settings)
    verifier = Verifier(token_keys.with_own(session_key.token_key()), settings.audiences, settings.remembered_tokens)
    folder = settings.data_dir if settings.engine == "sqlite" else None
    node = await Node.open(node_config(settings), SystemClock(), Entropy(), _engine(settings), folder)
    worker = Worker()
    await worker.start()
    config = web_config(settings)
    people = People(node, session_key, settings.audiences[0], ThreadHasher(), Entropy())
    app = App(node, verifier, worker, config, Hotline(node, worker, people, config.inline_cells))
    server = Server(app)
    figures = _figures(listening_for_figures, node, app)
    gc.callbacks.append(_set_aside)
    gc.collect()
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    failed = asyncio.create_task(node.failed())
    stopped = asyncio.create_task(stopping.wait())
    print("ready", file=status, flush=True)
    await asyncio.wait((asyncio.wrap_future(begin), failed, stopped), return_when=asyncio.FIRST_COMPLETED)
    serving = asyncio.create_task(server.run_on(listening))
    await asyncio.wait((serving, failed, stopped), return_when=asyncio.FIRST_COMPLETED)
    if failed.done():
        server.stop(FLUSH_S)
        await asyncio.wait((serving,), timeout=2 * FLUSH_S)
        return BROKEN
    server.stop()
    await serving
    for task in figures:
        task.cancel()
    await asyncio.gather(*figures, return_exceptions=True)
    await worker.close()
    await node.close()
    return 0


def _set_aside(phase: str, info: dict[str, int]) -> None:
    """What was loaded, and what outlives a full collection, is state and lives on: the collector need not look at it again.

    With 60,000 tellings it would stop the loop for 0.2 s each time. State has no cycles, so that what is dropped of it is freed
    at once; of what was in flight at that moment some may stay for good, next to nothing beside what brought the collection on.
    """
    if phase == "stop" and info["generation"] == 2:
        gc.freeze()


def _session_key(settings: Settings) -> SessionKey:
    """The key of the tokens that this node issues; beside the journal, where there is one."""
    if settings.engine != "sqlite":
        return new_session_key(settings.node_name)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return load_or_make(settings.data_dir, settings.node_name)


def _listen_for_figures(settings: Settings) -> socket.socket | None:
    """Where the operator's figures are asked for, if anywhere. Raises OSError, before anything is opened."""
    if not settings.metrics_port:
        return None
    try:
        return listen("127.0.0.1", settings.metrics_port)
    except OSError as error:
        raise OSError(
            error.errno,
            f"metrics_port {settings.metrics_port} cannot be had ({error.strerror}): end what has it, or choose another",
        ) from None


def _figures(listening: socket.socket | None, node: Node, app: App) -> list[asyncio.Task[None]]:
    """What serves the operator's figures, if it is asked for."""
    if listening is None:
        return []
    metrics = Metrics(node, app)
    return [asyncio.create_task(metrics.follow()), asyncio.create_task(Server(metrics).run_on(listening))]


def _follow_standard_input(begin: Future[None]) -> None:
    """A byte lets the process begin. The pipe's end says that the parent is gone, where the kernel does not."""
    if sys.stdin.buffer.read(1):
        begin.set_result(None)
        sys.stdin.buffer.read()
    os._exit(BROKEN)


def _connections() -> int:
    """How many connections there may be, after asking for as many descriptors as are allowed."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS + OTHER_DESCRIPTORS
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return soft - OTHER_DESCRIPTORS


def _log_to_standard_error() -> None:
    """One JSON object a line. No values of variables: they may be tokens or content."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def main() -> int:
    """The process from its start to its end."""
    end_with_parent()
    _log_to_standard_error()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the parent says when to end
    listening = socket.socket(fileno=int(sys.argv[1]))
    status = os.fdopen(int(sys.argv[2]), "w")
    settings = read_settings(sys.stdin.buffer)
    begin: Future[None] = Future()
    threading.Thread(target=_follow_standard_input, args=(begin,), daemon=True).start()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    Protocol.max_connections = _connections()
    try:
        return uvloop.run(serve(settings, listening, status, begin))
    except Exception as error:
        log.error("not_opened", error=f"{type(error).__name__}: {error}")
        print(f"{error}".replace("\n", " "), file=status, flush=True)
        return 1


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads that hang on a disk must not keep a process that is to end.
    os._exit(code)
