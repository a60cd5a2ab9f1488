"""The commands, each found in a module of its own that is imported only when it is asked for."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from beforehand.cli.errors import CommandError, UsageError

#: Ended by Ctrl-C, as shells count it: 128 + SIGINT.
INTERRUPTED = 130

#: Name, where it is, and what the list of commands says of it.
COMMANDS = (
    ("serve", "beforehand.cli.serve:serve", "Serve parties over HTTP."),
    ("demo", "beforehand.cli.demo_command:demo", "Serve with keys of its own, play a story, print lines to try."),
    ("token", "beforehand.cli.token:token", "Mint a token, or make the key pair to mint with."),
    ("settings", "beforehand.cli.show_settings:settings", "Show every setting, its value and where that came from."),
    ("status", "beforehand.cli.status:status", "Say how a running server, or a journal, is."),
    ("clock", "beforehand.cli.clock:app", "Decide about a clock that a running server does not believe."),
    ("journal", "beforehand.cli.journal:app", "Read the journal, beside a running server or without."),
    ("flights", "beforehand.cli.flights:flights", "Plan a recorded day of air traffic beforehand."),
    ("scenario", "beforehand.cli.scenario:app", "Play a story of the hotline, check one, or print their schema."),
    ("login", "beforehand.cli.hotline.login:login", "Log in to the hotline, in a role."),
    ("party", "beforehand.cli.hotline.party:app", "Parties, their people and signing keys."),
    ("nonparty", "beforehand.cli.hotline.nonparty:app", "Name those who are not on the line."),
    ("agreement", "beforehand.cli.hotline.agreement:app", "Agreements: terms, who signed, what is in force."),
    ("notice", "beforehand.cli.hotline.notice:app", "Tell the others beforehand what, where and when."),
    ("receipt", "beforehand.cli.hotline.receipt:app", "Delivered, seen, understood, disseminated."),
    ("phrase", "beforehand.cli.hotline.phrase:app", "The check phrase that both ends read aloud."),
    ("zone", "beforehand.cli.hotline.zone:app", "Zones of your own, and reported ones."),
    ("movement", "beforehand.cli.hotline.movement:app", "Moving volumes of your own."),
    ("relay", "beforehand.cli.hotline.relay:app", "Say that a notice was passed on to a non-party."),
    ("knew", "beforehand.cli.hotline.knew:knew", "What each side knew of a notice at an instant."),
)

#: What may be asked without a command.
OPTIONS = ("--help", "-h", "--version")


def build(asked: str = "") -> App:
    """The command line, with nothing imported yet of what its commands need.

    asked: the command that is going to run; its help is what its own module says.
    """
    app = App(
        "beforehand",
        help="Parties that share a sky tell each other beforehand, provably.",
        version=_version,
        help_format="plaintext",
        result_action="return_value",
    )
    for name, place, says in COMMANDS:
        app.command(place, name=name, help=None if name == asked else says)
    return app


def run(arguments: Sequence[str] | None) -> int:
    """Run a command; returns the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    asked = given[0] if given else ""
    try:
        _check_known(asked)
        status = build(asked)(given, exit_on_error=False, print_error=False)
        sys.stdout.flush()
    except CycloptsError as error:
        return _failed(f"{error}\n`beforehand {asked} --help` says what it takes.", 2)
    except UsageError as error:
        return _failed(str(error), 2)
    except CommandError as error:
        return _failed(str(error), 1)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has enough. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status if isinstance(status, int) else 0


def _check_known(asked: str) -> None:
    """Said here, for the library would import every command to say it. Raises UsageError."""
    names = [name for name, _place, _says in COMMANDS]
    if asked not in ("", *OPTIONS, *names):
        near = difflib.get_close_matches(asked, names, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}."
        raise UsageError(f"There is no command {asked!r}: {hint}")


def _failed(message: str, status: int) -> int:
    print(f"beforehand: {message.strip()}", file=sys.stderr)
    return status


def _version() -> str:
    from importlib.metadata import version

    return version("beforehand")
