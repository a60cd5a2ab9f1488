"""`beforehand scenario`: stories of the hotline, played and checked (docs/scenarios.md)."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from beforehand.cli.errors import CommandError, UsageError

if TYPE_CHECKING:
    from beforehand.testing.scenario.outcome import Outcome
    from beforehand.testing.scenario.player import Did
    from beforehand.testing.scenario.script import Script

app = App("scenario", help="Stories of the hotline: play one, check one, or print the JSON Schema of their format.")

Story = Annotated[Path, Parameter(help="The story's YAML file.")]


@app.command
def run(
    file: Story,
    *,
    branch: Annotated[
        str | None, Parameter(show_default=False, help="This branch alone; all of them if not given.")
    ] = None,
    speed: Annotated[
        float | None,
        Parameter(show_default=False, help="In real time, so many times faster; in fake time, at once, if not given."),
    ] = None,
    json: Annotated[bool, Parameter(negative=(), show_default=False, help="Print one JSON object.")] = False,
    picture: Annotated[
        Path | None, Parameter(show_default=False, help="Draw the evening (of one branch) into this SVG file.")
    ] = None,
    server: Annotated[
        str | None, Parameter(show_default=False, help="Play on a running server, in real time, its first step now.")
    ] = None,
    token: Annotated[
        str | None,
        Parameter(show_default=False, help="With --server: a token of its operator, or a file that holds one."),
    ] = None,
    suffix: Annotated[
        str,
        Parameter(show_default=False, help="With --server: put after the code of every party, where those are taken."),
    ] = "",
) -> int:
    """Play a story: its timeline, its verdicts, what each side knew; last, its `expect` held against them.

    Status: 0; 1 where something expected does not hold; 2 where the story cannot be read or set up.
    """
    from beforehand.testing.scenario import printing
    from beforehand.testing.scenario.checks import will_be_refused
    from beforehand.testing.scenario.reading import StoryError, read_file
    from beforehand.testing.scenario.script import scripts

    if speed is not None and not 0 < speed < 1e9:
        raise UsageError("--speed must be greater than 0: 1 is real time, 60 a minute in each second.")
    if (server is None) != (token is None):
        raise UsageError("--server and --token go together: parties are made with an operator's token.")
    try:
        played = scripts(read_file(file), branch)
        if len(played) > 1 and (picture is not None or server is not None):
            names = ", ".join(str(each.branch) for each in played)
            raise UsageError(f"--picture and --server take one branch: choose it with --branch ({names}).")
        for each in played:
            for line in will_be_refused(each):
                print(line, file=sys.stderr)
        watch = _Watch(sys.stderr if json else sys.stdout).see if speed is not None or server is not None else None
        if server is not None:
            assert token is not None
            outcomes = [_on_server(played[0], server, _read_token(token), speed or 1.0, suffix, watch)]
        else:
            outcomes = [_here(each, speed, watch) for each in played]
        if picture is not None:
            _draw(outcomes[0], picture)
        _print(printing.json_pieces(outcomes) if json else (f"{line}\n" for line in printing.text_lines(outcomes)))
        return 0 if printing.all_hold(outcomes) else 1
    except StoryError as error:
        sys.stdout.flush()
        raise UsageError(str(error)) from None


def _here(script: Script, speed: float | None, watch: Callable[[Did], None] | None) -> Outcome:
    from beforehand.testing.scenario.outcome import run as play
    from beforehand.testing.scenario.times import pace

    return play(script, passed=None if speed is None else pace(script, speed, time.sleep), watch=watch)


def _on_server(
    script: Script, url: str, token: str, speed: float, suffix: str, watch: Callable[[Did], None] | None
) -> Outcome:
    from beforehand.testing.scenario.served import Unreachable, run_on

    try:
        return run_on(script, url, token, speed, suffix, watch)
    except Unreachable as error:
        raise CommandError(str(error)) from None


def _read_token(given: str) -> str:
    path = Path(given)
    try:
        return path.read_text("ascii").strip() if len(given) < 256 and path.is_file() else given.strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--token {given}: the file cannot be read: {error}.") from None


class _Watch:
    """Says what is done, as it is done."""

    def __init__(self, out: object) -> None:
        self._out = out

    def see(self, did: Did) -> None:
        """One act."""
        from beforehand.testing.scenario.times import clock

        refused = f": refused ({did.refused})" if did.refused else ""
        print(f"{clock(did.at_us)[11:19]}  {did.party}/{did.name}: {did.do}{refused}", file=self._out, flush=True)  # type: ignore[call-overload]


def _draw(outcome: Outcome, file: Path) -> None:
    from beforehand.testing.scenario.picture import picture

    try:
        file.write_text(picture(outcome), "utf-8")
    except OSError as error:
        raise CommandError(f"The picture cannot be written to {file}: {error.strerror}.") from None


def _print(pieces: Iterable[str]) -> None:
    for piece in pieces:
        sys.stdout.write(piece)
        sys.stdout.flush()


@app.command
def check(file: Story) -> int:
    """Read a story and say what is wrong with it, without playing it; and which of its steps are sure to be refused."""
    from beforehand.testing.scenario.checks import will_be_refused
    from beforehand.testing.scenario.reading import StoryError, read_file
    from beforehand.testing.scenario.script import expectations, scripts
    from beforehand.testing.scenario.times import begin_of

    try:
        document = read_file(file)
        found = scripts(document)
        for script in found:
            begin_of(script)
            of = "" if script.branch is None else f"{script.branch}: "
            expected = expectations(document, script.branch)
            print(f"{of}{len(script.parties)} parties, {len(script.steps)} steps, {len(expected)} expectations")
            for line in will_be_refused(script):
                print(f"  {line}")
    except StoryError as error:
        raise UsageError(str(error)) from None
    return 0


@app.command
def schema() -> int:
    """Print the JSON Schema of a story."""
    from beforehand.testing.scenario.schema import schema_text

    print(schema_text(), end="")
    return 0
