"""`beforehand scenario`: stories of the hotline, played and checked (docs/scenarios.md)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from beforehand.cli.errors import CommandError, UsageError

app = App("scenario", help="Stories of the hotline: play one, check one, or print the JSON Schema of their format.")

Story = Annotated[Path, Parameter(help="The story's YAML file.")]


@app.command
def run(
    file: Story,
    *,
    branch: Annotated[str | None, Parameter(show_default=False, help="Only this branch; all of them if not given.")] = None,
    speed: Annotated[
        float | None,
        Parameter(show_default=False, help="Real time, so many times faster; at once in fake time if not given."),
    ] = None,
    json: Annotated[bool, Parameter(negative=(), show_default=False, help="Print one JSON object.")] = False,
    picture: Annotated[
        Path | None, Parameter(show_default=False, help="Draw the evening (one branch) as SVG into this file.")
    ] = None,
    server: Annotated[
        str | None, Parameter(show_default=False, help="Play on a running server instead, in real time from now.")
    ] = None,
    token: Annotated[
        str | None, Parameter(show_default=False, help="With --server: a token of its operator, or a file that holds one.")
    ] = None,
    suffix: Annotated[
        str, Parameter(show_default=False, help="With --server: put after every party's code, where the codes are taken.")
    ] = "",
) -> int:
    """Play a story, and print its timeline, verdicts and what each side knew; then hold its `expect` against that.

    Status: 0, or 1 where something expected does not hold, or 2 where the story cannot be read or set up.
    """
    from beforehand.testing.scenario import printing
    from beforehand.testing.scenario.reading import StoryError, read_file
    from beforehand.testing.scenario.script import scripts

    if speed is not None and not 0 < speed < 1e9:
        raise UsageError("--speed must be greater than 0: 1 is real time, 60 a minute in a second.")
    if (server is None) != (token is None):
        raise UsageError("--server and --token go together: parties are made with an operator's token.")
    try:
        played = scripts(read_file(file), branch)
        if picture is not None and len(played) > 1:
            raise UsageError(f"--picture shows one branch: choose it with --branch ({', '.join(str(each.branch) for each in played)}).")
        outcomes = [_outcome(each, speed, server, token, suffix) for each in played]
        if picture is not None:
            _draw(outcomes[0], picture)
        for piece in printing.json_pieces(outcomes) if json else (f"{line}\n" for line in printing.text_lines(outcomes)):
            sys.stdout.write(piece)
            sys.stdout.flush()
        return 0 if printing.all_hold(outcomes) else 1
    except StoryError as error:
        raise UsageError(str(error)) from None


def _outcome(script, speed, server, token, suffix):  # type: ignore[no-untyped-def]
    from beforehand.testing.scenario.outcome import run as play

    return play(script)


def _draw(outcome, picture):  # type: ignore[no-untyped-def]
    raise CommandError("not yet")


@app.command
def check(file: Story) -> int:
    """Read a story and say what is wrong with it, without playing it."""
    return 0
