"""`beforehand demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def demo(
    *,
    port: Annotated[int, Parameter(help="Port of 127.0.0.1 to serve on.")] = 8080,
    data_dir: Annotated[Path, Parameter(help="Folder for keys, journal and lines to try.")] = Path("beforehand-demo"),
) -> int:
    """Serve with a key pair of its own, an evening of the hotline in its journal, and print it and lines to try by hand."""
    from beforehand.cli.demo import Demo

    return Demo(port, data_dir).run()
