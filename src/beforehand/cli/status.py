"""`beforehand status`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from beforehand.cli.errors import UsageError

#: Seconds that a server may take for each answer.
TIMEOUT_S = 5.0
#: How much of an answer is shown.
SHOWN_CHARACTERS = 500


def status(
    *,
    url: Annotated[str | None, Parameter(help="A running server, such as http://127.0.0.1:8080.")] = None,
    data_dir: Annotated[Path | None, Parameter(help="A server's data directory; the server may run or not.")] = None,
    as_json: Annotated[bool, Parameter("--json", negative=(), show_default=False, help="Print JSON.")] = False,
) -> int:
    """Say whether a running server lives and can be written to, or what the journal in a data directory holds.

    Exit status 0 if all that was asked about is well, 1 if not.
    """
    if url is None and data_dir is None:
        raise UsageError("Give --url of a running server, or --data-dir of its journal, or both.")
    said: dict[str, Any] = {}
    well = True
    if url is not None:
        said["server"], well = _server(url)
    if data_dir is not None:
        said["journal"] = _journal(data_dir)
    if as_json:
        print(json.dumps(said))
    else:
        for about, facts in said.items():
            for name, value in facts.items():
                print(f"{about} {name}: {value}")
    return 0 if well else 1


def _server(url: str) -> tuple[dict[str, Any], bool]:
    import httpx

    said: dict[str, Any] = {"url": url}
    try:
        with httpx.Client(base_url=url, timeout=TIMEOUT_S, trust_env=False) as client:
            alive = client.get("/healthy").is_success
            ready = client.get("/ready")
            version = client.get("/aux/v1/version")
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        return said | {"alive": False, "why": str(error) or type(error).__name__}, False
    said |= {"alive": alive, "ready": ready.is_success}
    if version.is_success:
        said["version"] = _field(version.text, "version")
    if not ready.is_success:
        said["why"] = _field(ready.text, "message")
    return said, alive and ready.is_success


def _field(body: str, name: str) -> str:
    try:
        found = json.loads(body)[name]
    except (ValueError, KeyError, TypeError):
        found = body
    return str(found)[:SHOWN_CHARACTERS]


def _journal(folder: Path) -> dict[str, Any]:
    from beforehand.cli.journal import described
    from beforehand.cli.journal_file import reading

    with reading(folder) as journal:
        head = journal.head()
        last = journal.read(head - 1, 1) if head else []
        # Its log beside it holds what was committed last.
        files = [journal.path, *journal.path.parent.glob(journal.path.name + "-wal")]
        said: dict[str, Any] = {
            "file": str(journal.path),
            "bytes": sum(file.stat().st_size for file in files),
            "entries": head,
            "writer": _writer(folder),
        }
        if last:
            entry = described(last[0], head - 1)
            said |= {"last": entry["time"], "epoch": entry["epoch"], "leaf_hash": entry["leaf_hash"]}
    return said


def _writer(folder: Path) -> str:
    """Who has the journal open for writing, as the lock says."""
    import fcntl

    from beforehand.engine.data_dir import LOCK_NAME

    try:
        with (folder / LOCK_NAME).open("rb") as file:
            try:
                # Shared, and let go of at once: a server that starts in this very moment tries again.
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return f"process {file.read(20).decode('ascii', 'replace').strip()}"
    except OSError:
        pass
    return "none"
