"""`beforehand login`, and the passwords of it and of `party join`."""

from __future__ import annotations

import getpass
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from cyclopts import Parameter

from beforehand.cli.errors import CommandError, UsageError
from beforehand.cli.hotline.asking import ASKING, Asking, body_of, check, in_words, session_file, waiting
from beforehand.cli.hotline.shown import moment

if TYPE_CHECKING:
    from beforehand.client.hotline_session import Session

#: A longer file is none that holds a password.
PASSWORD_MAX_BYTES = 10_000

PasswordFile = Annotated[
    str | None,
    Parameter(
        allow_leading_hyphen=True,
        show_default=False,
        help="File whose first line is the password (- for standard input); else it is asked for.",
    ),
]


def login(
    *,
    url: Annotated[
        str | None, Parameter(show_default=False, help="The server, such as https://hotline.example.")
    ] = None,
    party: Annotated[str | None, Parameter(show_default=False, help="Code of your party.")] = None,
    login: Annotated[str | None, Parameter(show_default=False, help="Your login in your party.")] = None,
    role: Annotated[
        str | None, Parameter(show_default=False, help="The role you are on duty in; duty if not given.")
    ] = None,
    signing_key: Annotated[
        Path | None,
        Parameter(
            name=("--signing-key", "--key"),
            show_default=False,
            help="Your party's private signing key, PEM: statements are signed with it.",
        ),
    ] = None,
    password_file: PasswordFile = None,
    asking: Asking = ASKING,
) -> int:
    """Log in, in a role, and keep the session in a file for the commands that follow.

    What is not given is taken from the session file of the last login, so that `beforehand login` alone renews it.
    """
    from beforehand.auth.signing import SigningKeyError, load_signing_key
    from beforehand.client.hotline import Hotline
    from beforehand.client.hotline_errors import HotlineError
    from beforehand.client.hotline_session import Session, SessionFileError, load, save

    file = session_file(asking.session)
    try:
        before = load(file) or Session("", "")
        url = url or before.url
        if not url:
            raise UsageError(f"Give --url: {file} remembers no login yet.")
        body = _body(asking, party, login, role, password_file, before)
        same = before.url == url and before.party == body["party"]
        key = str(signing_key.resolve()) if signing_key is not None else before.signing_key if same else ""
        if key:
            load_signing_key(Path(key))
        _warn_of_plain(url)
        with Hotline(url, waiting=waiting) as hotline:
            answer = hotline.act("party login", body)
            seen = hotline.seen
        if same and before.checkpoint is not None and (seen is None or before.checkpoint[0] > seen[0]):
            seen = before.checkpoint
        session = Session(
            url,
            answer["party"],
            answer["role"],
            body["login"],
            answer["token"],
            answer["until"],
            key,
            seen,
            before.notices if same else (),
        )
        save(file, session)
    except HotlineError as error:
        raise CommandError(in_words(error, "party login", file.parent)) from None
    except (SessionFileError, SigningKeyError) as error:
        raise CommandError(str(error)) from None
    if asking.as_json:
        shown = {name: value for name, value in answer.items() if name != "token"}
        print(json.dumps(shown | {"session_file": str(file)}))
        return 0
    signed = "signed" if key else "UNSIGNED (no --signing-key): they hold by the node's word alone"
    print(f"On duty for {session.party}, in the role {session.role}, until {moment(session.until)}.")
    print(f"Statements are {signed}.\nSession: {file}")
    return 0


def _body(
    asking: Asking, party: str | None, login: str | None, role: str | None, password_file: str | None, before: Session
) -> dict[str, Any]:
    """What is said at the door: from --body, flags, the last login, and the keyboard. Raises UsageError, CommandError."""
    fields = {"party": party, "login": login, "role": role}
    if asking.body is None:
        fields = {name: value or getattr(before, name) for name, value in fields.items()}
        missing = [f"--{name}" for name in ("party", "login") if not fields[name]]
        if missing:
            raise UsageError(f"Give {', '.join(missing)}: no login is remembered yet.")
        fields["role"] = fields["role"] or "duty"
        fields["password"] = password(password_file, f"Password of {fields['login']} of {fields['party']}: ")
    body, _data = body_of(asking.body, fields)
    check("party login", body)
    return body


def password(file: str | None, prompt: str, twice: bool = False) -> str:
    """A password from a file's first line, or typed without echo. Raises CommandError."""
    if file is None:
        if not sys.stdin.isatty():
            raise CommandError("There is no terminal to ask for a password at: give --password-file FILE.")
        typed = getpass.getpass(prompt)
        if twice and getpass.getpass("The same again: ") != typed:
            raise CommandError("The two passwords differ: nothing was done. Try again.")
        return typed
    try:
        if file == "-":
            data = sys.stdin.buffer.read(PASSWORD_MAX_BYTES)
        else:
            with Path(file).open("rb") as opened:
                data = opened.read(PASSWORD_MAX_BYTES)
        return data.decode().split("\n")[0].rstrip("\r")
    except OSError as error:
        raise CommandError(f"--password-file {file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CommandError(f"--password-file {file} holds no UTF-8 text.") from None


def _warn_of_plain(url: str) -> None:
    """A password that goes to another machine in the clear is said, and not refused: a tunnel may protect it."""
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        print(
            "beforehand: this connection is not encrypted (http): password and token can be read on the way.",
            file=sys.stderr,
        )
