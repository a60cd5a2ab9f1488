"""`beforehand nonparty name`: forces and traffic that are not on the line (H1.2)."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from beforehand.cli.hotline.asking import ASKING, Asking, perform

app = App("nonparty", help="Forces and traffic that can hurt or be hurt and are not on the line.")


@app.command
def name(
    code: Annotated[str | None, Parameter(show_default=False, help="A code for it, such as COAST-AD.")] = None,
    /,
    *,
    about: Annotated[str | None, Parameter(show_default=False, help="What it is.")] = None,
    asking: Asking = ASKING,
) -> int:
    """Name a non-party, for your own party."""
    return perform("nonparty name", asking, {"code": code, "about": about}, "Named.")
