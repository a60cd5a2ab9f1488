"""What all commands of the hotline take, and how one of them asks the server."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from msgspec import ValidationError, convert

from beforehand.auth.signing import SigningKeyError, load_signing_key
from beforehand.cli.errors import CommandError, UsageError
from beforehand.cli.hotline.shown import loud, moment, plain
from beforehand.client.hotline import Hotline
from beforehand.client.hotline_errors import HotlineError
from beforehand.client.hotline_session import Session, SessionFileError, load, remember
from beforehand.wire.hotline.verbs import BY_NAME

SESSION_VARIABLE, TOKEN_VARIABLE = "BEFOREHAND_SESSION", "BEFOREHAND_TOKEN"
#: The longest body that is read from a file: what the server takes at most.
BODY_MAX_BYTES = 8 << 20
#: Notices that are looked through for one whose id begins so; more, and the whole id must be given.
PAGE, PAGES_MAX = 500, 40
PREFIX_MIN, ID_LENGTH = 4, 36
NOT_TOLD = "NOT TOLD, as far as is known: use the telephone."

Notice = Annotated[
    str | None,
    Parameter(help=f"The notice: its id, or the first characters of it, at least {PREFIX_MIN}.", show_default=False),
]
At = Annotated[
    str | None, Parameter(allow_leading_hyphen=True, help="When: RFC 3339, HH:MM today, or -5min.", show_default=False)
]


@Parameter(name="*")
@dataclass(frozen=True)
class Reading:
    """What every command takes that asks the server."""

    session: Annotated[
        Path | None,
        Parameter(
            name="--session",
            show_default=False,
            help=f"Session file of `beforehand login` (default ~/.config/beforehand/session.json, {SESSION_VARIABLE}).",
        ),
    ] = None
    as_json: Annotated[
        bool, Parameter(name="--json", negative=(), show_default=False, help="Print the answer's JSON.")
    ] = False


@Parameter(name="*")
@dataclass(frozen=True)
class Asking(Reading):
    """What every verb takes, too."""

    body: Annotated[
        str | None,
        Parameter(
            name="--body",
            allow_leading_hyphen=True,
            show_default=False,
            help="The verb's JSON body, from a file or - for standard input; flags are put into it.",
        ),
    ] = None


READING, ASKING = Reading(), Asking()


def session_file(given: Path | None) -> Path:
    """The session file that is meant."""
    named = os.environ.get(SESSION_VARIABLE)
    return given or (Path(named) if named else Path.home() / ".config" / "beforehand" / "session.json")


class Line:
    """The server, spoken to as the session says."""

    def __init__(self, hotline: Hotline, session: Session, file: Path) -> None:
        self.hotline = hotline
        self.session = session
        self.file = file
        self.shown: tuple[str, ...] = ()

    def notice(self, said: str) -> str:
        """The whole id of a notice named by its first characters. Raises CommandError, UsageError, HotlineError."""
        said = said.strip().lower()
        if len(said) >= ID_LENGTH:
            return said
        _check_prefix(said)
        found = [row for row in self.rows() if row["notice"].startswith(said)]
        if len(found) == 1:
            return str(found[0]["notice"])
        if not found:
            raise CommandError(
                f"There is no notice that begins with {said} and that you may see: `beforehand notice list`."
            )
        listed = "\n".join(f"  {row['notice']}  {row['giver']}  {row['state'].replace('_', ' ')}" for row in found[:10])
        raise CommandError(f"{len(found)} notices begin with {said}: give more of the one that you mean.\n{listed}")

    def known_notice(self, said: str) -> str:
        """The same, from the session file alone: nothing is fetched. Raises CommandError, UsageError."""
        said = said.strip().lower()
        if len(said) >= ID_LENGTH:
            return said
        _check_prefix(said)
        found = [each for each in self.session.notices if each.startswith(said)]
        if len(found) == 1:
            return found[0]
        if not found:
            raise CommandError(
                f"This session was not shown a notice that begins with {said}, and a read-back fetches nothing of one: "
                "give its whole id, or look at it first with `beforehand notice show`."
            )
        raise CommandError(f"{len(found)} notices begin with {said}: give more of the one that you mean.")

    def rows(self, live: bool = False) -> list[dict[str, Any]]:
        """All rows of the list, complete. Raises HotlineError, CommandError."""
        rows: list[dict[str, Any]] = []
        after: int | None = None
        for _page in range(PAGES_MAX):
            page = self.hotline.read("/notices", after=after, limit=PAGE, live=live or None)
            rows += page["notices"]
            after = page.get("next")
            if after is None:
                self.shown += tuple(row["notice"] for row in rows)
                return rows
        raise CommandError(f"There are more than {PAGE * PAGES_MAX} notices: give the whole id.")


def _check_prefix(said: str) -> None:
    if len(said) < PREFIX_MIN:
        raise UsageError(f"{said!r} is too short for a notice: give at least {PREFIX_MIN} characters of its id.")


@contextlib.contextmanager
def connected(reading: Reading, verb: str = "") -> Iterator[Line]:
    """The server of the session, for a block; whatever goes wrong there becomes a CommandError in words."""
    file = session_file(reading.session)
    try:
        session = load(file)
        if session is None:
            raise CommandError(
                f"You are not logged in ({file} is missing): `beforehand login --url URL --party CODE --login NAME`."
            )
        if not session.token:
            raise CommandError("You are logged out: `beforehand login`.")
        key = load_signing_key(Path(session.signing_key)) if session.signing_key else None
        with Hotline(session.url, session.speaking, key=key, seen=session.checkpoint, waiting=waiting) as hotline:
            line = Line(hotline, session, file)
            try:
                yield line
            finally:
                remember(file, hotline.seen, tuple(dict.fromkeys(line.shown)))
    except HotlineError as error:
        raise CommandError(in_words(error, verb, file.parent)) from None
    except (SessionFileError, SigningKeyError) as error:
        raise CommandError(str(error)) from None


def waiting(seconds: float, error: HotlineError) -> None:
    """Say that it is tried again, and wait."""
    print(f"beforehand: {plain(str(error))} Trying again.", file=sys.stderr, flush=True)
    time.sleep(seconds)


def in_words(error: HotlineError, verb: str, folder: Path) -> str:
    """What a person needs to know of an error, and what to do about it."""
    lines = [plain(str(error))]
    if error.reason in ("session_over", "unauthenticated") and "login" not in str(error):
        lines.append("Log in again: `beforehand login`.")
    if error.repeat is not None and verb:
        file = folder / f"unsure-{secrets.token_hex(4)}.json"
        with (
            contextlib.suppress(OSError),
            os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened,
        ):
            opened.write(error.repeat)
            lines.append("It may have been recorded all the same. To repeat it safely, it counts once:")
            lines.append(f"  beforehand {verb} --body {file}")
    warns = verb in BY_NAME and BY_NAME[verb].warns
    if warns and (error.is_unknown or error.reason in ("not_done", "not_connected")):
        lines.append(loud(NOT_TOLD, sys.stderr))
    return "\n".join(lines)


def body_of(given: str | None, fields: Mapping[str, Any]) -> tuple[dict[str, Any], bytes | None]:
    """The body of a verb, from --body and flags; also its bytes as they stand, where it holds a statement of its own."""
    said = {name: value for name, value in fields.items() if value is not None and value != ()}
    if given is None:
        return said, None
    try:
        data = sys.stdin.buffer.read(BODY_MAX_BYTES + 1) if given == "-" else _read(Path(given))
        body = json.loads(data)
    except OSError as error:
        raise CommandError(f"--body {given} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"--body {given} holds no JSON: {error}.") from None
    if not isinstance(body, dict):
        raise UsageError(f"--body {given} holds no JSON object: give the body of the verb, {{...}}.")
    if "statement" in body:
        if said:
            raise UsageError(
                f"--body {given} holds a statement, which stands as it is: give no other flags ({', '.join(said)})."
            )
        return body, data
    return body | said, None


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(BODY_MAX_BYTES + 1)


def check(verb: str, body: Mapping[str, Any]) -> None:
    """Whether a verb takes this body. Raises UsageError, which names the field."""
    try:
        convert(dict(body), BY_NAME[verb].body)
    except ValidationError as error:
        what = str(error).removeprefix("Object missing required field ")
        if what != str(error):
            name = what.split("`")[1]
            flag = (
                name.upper() if name in ("notice", "agreement", "zone", "movement") else f"--{name.replace('_', '-')}"
            )
            raise UsageError(
                f"{name} is missing: give {flag}, or --body FILE. `beforehand {verb} --help` says more."
            ) from None
        raise UsageError(f"The body of {verb} cannot be taken: {error}.") from None


def act(line: Line, verb: str, asking: Asking, fields: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Do what a verb says: the body as it was sent, and the answer."""
    body, data = body_of(asking.body, fields)
    if data is not None:
        return body, line.hotline.act_bytes(verb, data)
    check(verb, body)
    if "notice" in body:
        body["notice"] = line.notice(str(body["notice"]))
    return body, line.hotline.act(verb, body)


def perform(verb: str, asking: Asking, fields: Mapping[str, Any], said: str) -> int:
    """A verb whose answer is that it was recorded. `said`: what was done, in a few words."""
    with connected(asking, verb) as line:
        _body, answer = act(line, verb, asking, fields)
    if asking.as_json:
        print(json.dumps(answer))
    else:
        print(recorded(said, answer))
    return 0


def recorded(said: str, answer: Mapping[str, Any]) -> str:
    """`said`, and where in the record that stands."""
    return f"{said}  (entry {answer['entry']}, {moment(answer['time'])})"
