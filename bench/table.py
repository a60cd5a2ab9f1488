"""One row for each budget: what was asked, what was measured, what stood beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from msgspec import Struct, to_builtins
from rich.console import Console
from rich.table import Table


class Row(Struct, frozen=True):
    """A budget and its measurement. `holds` is None where a row is only told, not judged."""

    work: str
    budget: str
    measured: str
    beside: str
    ratio: float | None
    holds: bool | None
    detail: dict[str, Any] = {}


def show(rows: list[Row], out: Path | None) -> None:
    """Print the table; with `out`, keep it as JSON too."""
    table = Table("work", "budget", "measured", "beside it", "ratio", "", title="Budgets")
    for row in rows:
        mark = "" if row.holds is None else "[green]holds" if row.holds else "[red]missed"
        ratio = "" if row.ratio is None else f"{row.ratio:.3g}"
        table.add_row(row.work, row.budget, row.measured, row.beside, ratio, mark)
    Console(width=150).print(table)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "bench.json").write_text(json.dumps([to_builtins(row) for row in rows], indent=1))
