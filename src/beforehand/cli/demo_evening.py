"""The evening that `beforehand demo` serves: played once into its journal as if it had just happened, and told briefly."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

from beforehand.cli.errors import CommandError
from beforehand.core.hotline.contents import read_notice
from beforehand.core.hotline.events import NoticeGiven
from beforehand.engine.protocol import EngineError
from beforehand.engine.sqlite import SqliteEngine
from beforehand.record.entry import StoredEntry
from beforehand.testing.scenario.outcome import Outcome, knew, record
from beforehand.testing.scenario.picture import picture
from beforehand.testing.scenario.printing import knew_lines
from beforehand.testing.scenario.reading import read_file
from beforehand.testing.scenario.script import PEOPLE, scripts
from beforehand.testing.scenario.times import MINUTE_US, band, clock, window
from beforehand.testing.scenario.verdicts import Verdict
from beforehand.testing.scenario.world import Entry

STORY, BRANCH = "latakia.yaml", "FICTION"
#: The name of the node that writes it: that of a server whose operator names none.
NODE = "node"
#: Entries that are stored at one time.
BATCH = 500

#: Headings, and by rule and words the verdicts under each.
_TOLD: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("two lead times", (("H4.2", ""),)),
    ("terms check", (("H4.3", ""),)),
    ("conflicts", (("H4.8", "CONFLICT"), ("H4.9", "meets"), ("H6.4", "in active zone"))),
    ("advice", (("H4.9", "advice"), ("H4.12", "answers"), ("H4.10", "slip"))),
    ("read-back, blind", (("H5.3", "read-back"), ("H5.3", "UNDERSTOOD"))),
    ("check phrase", (("H3.2", ""),)),
)


class Evening:
    """What is in a demo's folder of the evening: its text, picture, and the passwords of its people."""

    def __init__(self, folder: Path, stories: Path) -> None:
        self._folder = folder
        self._stories = stories
        self.text_file = folder / "evening.txt"
        self.picture_file = folder / "evening.svg"
        self.passwords = folder / "passwords"

    @property
    def played(self) -> bool:
        """Whether it was played by an earlier run: it stands in the journal then, and is not played again."""
        return self.text_file.exists()

    def play(self, data_dir: Path, now_us: int) -> None:
        """Play it into a journal that is empty, its last step a minute ago. Raises CommandError, StoryError."""
        script = scripts(read_file(self._stories / STORY), BRANCH)[0]
        outcome, stored = record(script, now_us // MINUTE_US * MINUTE_US - MINUTE_US, self._password, NODE)
        try:
            asyncio.run(_store(data_dir, stored))
        except EngineError as error:
            raise CommandError(f"The evening cannot be stored in {data_dir}: {error}") from None
        self.picture_file.write_text(picture(outcome), "utf-8")
        self.text_file.write_text("\n".join(told(outcome)) + "\n", "utf-8")

    def password_file(self, party: str, name: str) -> Path:
        """Where somebody's password is, for that person alone."""
        return self.passwords / f"{party}-{name}"

    def _password(self, party: str, name: str) -> str:
        """The password of one of its people, made the first time."""
        file = self.password_file(party, name)
        if name not in PEOPLE:
            return secrets.token_urlsafe(12)
        if not file.exists():
            self.passwords.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
                opened.write(secrets.token_urlsafe(12) + "\n")
        return file.read_text("ascii").strip()


async def _store(data_dir: Path, stored: Sequence[StoredEntry]) -> None:
    """Write a journal whole into an empty folder. Raises EngineError."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = SqliteEngine(data_dir)
    await engine.open()
    try:
        for at in range(0, len(stored), BATCH):
            await engine.append(at, stored[at : at + BATCH])
    finally:
        await engine.close()


def told(outcome: Outcome) -> Iterator[str]:
    """The evening in the order in which one asks of it."""
    parties = ", ".join(outcome.script.parties)
    yield f"FICTION: an evening of invented parties ({parties}), played on this service. Times are UTC."
    yield "\n  the notice"
    for entry in outcome.journal:
        if isinstance(entry.event, NoticeGiven) and entry.event.version == 1:
            yield f"    {clock(entry.time_us)[11:16]}  {_notice(entry, outcome)}"
    told_to = [each for each in outcome.verdicts if each.rule == "H4.7"]
    yield from _lines(told_to)
    for heading, wanted in _TOLD:
        found = [
            each
            for each in outcome.verdicts
            if any(each.rule == rule and words in each.value for rule, words in wanted)
        ]
        if found:
            yield f"\n  {heading}"
            yield from _lines(found)
    loud = [each for each in outcome.verdicts if each.rule == "H1.2" and "RELAY" in each.value]
    yield from (f"\n  >>> {each.value} <<<" for each in loud)
    yield f"\n  what each side knew at the end ({clock(outcome.played.end_us)[11:16]})"
    for row in knew(outcome):
        if row["viewer"] == row["giver"]:
            yield from (f"  {line}" for line in list(knew_lines(row))[1:])


def _notice(entry: Entry, outcome: Outcome) -> str:
    """Who tells what, where and when."""
    event, label = entry.event, outcome.played.names.label_of(entry.event.notice)
    assert entry.content is not None
    where = read_notice(entry.content).words.get("where")
    volumes = [f"{window(each.start, each.end)}, {band(each.lower, each.upper)}" for each in event.volumes]
    return f"{label}: {event.category.replace('_', ' ')}{f', {where}' if where else ''}: {'; '.join(volumes)}"


def _lines(found: Sequence[Verdict]) -> Iterator[str]:
    for each in found:
        yield f"    {clock(each.at_us)[11:16]}  {each.subject}: {each.value}"
