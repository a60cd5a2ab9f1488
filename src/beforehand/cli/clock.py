"""`beforehand clock accept`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from beforehand.cli.errors import CommandError
from beforehand.settings import BY_NAME

#: Seconds in which a running server takes notice; it looks about once a second.
NOTICE_S = 10.0
LOOK_S = 0.1

app = App("clock", help="Decide about a clock that a running server does not believe.")


@app.command
def accept(
    *,
    data_dir: Annotated[Path, Parameter(name="--data-dir", help="The running server's data directory.")] = BY_NAME[
        "data_dir"
    ].default,
) -> int:
    """Have the server believe this machine's wall clock. Look at the clock first: this is recorded.

    Where the clock is ahead, the server's time jumps to it. Where it is behind, the server's time stands still until the
    clock gets there, for time never goes back.
    """
    from beforehand.node.node import ACCEPT_CLOCK_FILE

    file = data_dir / ACCEPT_CLOCK_FILE
    try:
        file.touch(mode=0o600)
        until = time.monotonic() + NOTICE_S
        while file.exists():
            if time.monotonic() > until:
                # Nobody has looked at the clock of a server that is started later.
                file.unlink(missing_ok=True)
                raise CommandError(
                    f"No server took notice within {NOTICE_S:g} s, so nothing was accepted. Is one running on {data_dir}, "
                    "and does its storage answer? `beforehand status --url` says."
                )
            time.sleep(LOOK_S)
    except OSError as error:
        raise CommandError(
            f"{file} cannot be written ({error.strerror}): give the running server's --data-dir."
        ) from None
    print(
        "The server took notice. If it doubted the clock, the entry `clock.accepted` says so: `beforehand journal tail`."
    )
    return 0
