"""`beforehand journal tail` and `beforehand journal show`."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from beforehand.cli.errors import CommandError, UsageError
from beforehand.cli.journal_file import reading
from beforehand.record.entry import StoredEntry, commitment, leaf_hash, parse_header, unpad
from beforehand.record.errors import RecordError
from beforehand.settings import BY_NAME

#: Entries read at once.
CHUNK = 256
#: Entries that `tail` goes back at most.
TAIL_MAX = 100_000
#: Seconds between two looks at a journal that is followed.
LOOK_S = 0.25
#: A value of a fact is shown up to here in a line of `tail`; `show` and --json show all of it.
SHOWN_CHARACTERS = 40

app = App("journal", help="Read the journal, beside a running server or without. Nothing is changed or held up.")

DataDir = Annotated[Path, Parameter(name="--data-dir", help="The server's data directory.")]
AsJson = Annotated[
    bool, Parameter(name="--json", negative=(), show_default=False, help="Print JSON, one line an entry.")
]
DATA_DIR: Path = BY_NAME["data_dir"].default


@app.command
def tail(
    *,
    data_dir: DataDir = DATA_DIR,
    lines: Annotated[int, Parameter(("--lines", "-n"), help="How many entries to go back.")] = 10,
    follow: Annotated[
        bool,
        Parameter(("--follow", "-f"), negative=(), show_default=False, help="Go on with what is added, until Ctrl-C."),
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Print the last entries, one line each: seq, time (UTC), tag, facts."""
    if not 0 <= lines <= TAIL_MAX:
        raise UsageError(f"--lines is {lines}, which is not allowed: give 0 to {TAIL_MAX}.")
    with reading(data_dir) as journal:
        seq = max(0, journal.head() - lines)
        while True:
            entries = journal.read(seq, CHUNK)
            for entry in entries:
                print(json.dumps(described(entry, seq)) if as_json else line(entry, seq))
                seq += 1
            if not entries:
                if not follow:
                    return 0
                sys.stdout.flush()
                time.sleep(LOOK_S)


@app.command
def show(
    seq: Annotated[int, Parameter(help="Number of the entry; the first is 0.")],
    /,
    *,
    data_dir: DataDir = DATA_DIR,
    content: Annotated[
        bool,
        Parameter(
            negative=(), show_default=False, help="Print its words and shapes, too, which are not for everybody."
        ),
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Print one entry: its header and its facts. Where they do not fit together, it says so instead."""
    with reading(data_dir) as journal:
        entries = journal.read(seq, 1) if seq >= 0 else []
        if not entries:
            raise CommandError(f"There is no entry {seq}: the journal holds {journal.head()}, numbered from 0.")
    entry = described(entries[0], seq)
    stored = entries[0].content
    if content and stored is not None:
        entry["content"] = unpad(stored.padded).decode("utf-8", "replace")
    if as_json:
        print(json.dumps(entry))
        return 0
    facts = entry.pop("facts")
    width = max(map(len, entry))
    for name, value in entry.items():
        print(f"{name:{width}}  {value}")
    print(json.dumps(facts, indent=1))
    return 0


def described(entry: StoredEntry, seq: int) -> dict[str, Any]:
    """An entry in words. Raises CommandError if it is not what was written."""
    try:
        header = parse_header(entry.header)
    except RecordError as error:
        raise CommandError(f"Entry {seq} is damaged: {error}.") from None
    if commitment(entry.facts_salt, entry.facts) != header.facts_commitment:
        raise CommandError(f"Entry {seq} is damaged: its facts do not fit its header.")
    if header.content_commitment is None:
        kept = "none"
    else:
        kept = "erased" if entry.content is None else f"{len(entry.content.padded)} bytes, padded"
    return {
        "seq": header.seq,
        "epoch": header.epoch,
        "time": instant(header.time_us),
        "leaf_hash": leaf_hash(entry.header).hex(),
        "prev": header.prev.hex(),
        "content_kept": kept,
        "facts": json.loads(entry.facts),
    }


def line(entry: StoredEntry, seq: int) -> str:
    """An entry in one line."""
    words = described(entry, seq)
    facts = words["facts"]
    said = " ".join(f"{name}={_short(value)}" for name, value in facts.items() if name != "type")
    return f"{words['seq']:>8}  {words['time']}  {facts.get('type', '?'):<14} {said}"


def instant(time_us: int) -> str:
    """µs since the Unix epoch in RFC 3339, UTC."""
    return (
        datetime.fromtimestamp(time_us // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{time_us % 1_000_000:06}Z"
    )


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"
