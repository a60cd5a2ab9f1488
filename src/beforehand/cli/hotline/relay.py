"""`beforehand relay report`: that a notice was passed on to a non-party (H1.2)."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import App, Parameter

from beforehand.cli.hotline.asking import ASKING, Asking, At, Notice, perform
from beforehand.cli.hotline.values import time

app = App("relay", help="Passing notices on to those who are not on the line.")


@app.command
def report(
    notice: Notice = None,
    /,
    *,
    nonparty: Annotated[str | None, Parameter(show_default=False, help="To whom it was passed on.")] = None,
    named_by: Annotated[
        str | None, Parameter(show_default=False, help="Who named it; your own party if not given.")
    ] = None,
    how: Annotated[
        Literal["telephone", "radio", "in person", "text", "liaison", "other"] | None,
        Parameter(show_default=False, help="How; telephone if not given."),
    ] = None,
    at: At = None,
    text: Annotated[str | None, Parameter(show_default=False, help="Anything more.")] = None,
    asking: Asking = ASKING,
) -> int:
    """Say that a notice was passed on to a non-party."""
    fields = {
        "notice": notice, "nonparty": nonparty, "named_by": named_by, "how": how,
        "at": None if at is None else time(at, "--at"), "text": text,
    }  # fmt: skip
    return perform("relay report", asking, fields, "RELAYED, as you say.")
