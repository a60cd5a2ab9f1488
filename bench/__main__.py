"""`python -m bench`: measures every budget and prints the table; `--only` chooses, `--out` keeps the numbers."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from bench.flood import flooded
from bench.notices import notices
from bench.requests import overlapping, throughput
from bench.scale import growth, one_cell
from bench.table import Row, show


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--only", choices=["throughput", "overlapping", "notices", "flood", "growth", "one-cell"], nargs="*"
    )
    parser.add_argument("--out", type=Path, help="folder for bench.json")
    parser.add_argument("--live", type=int, default=1_000_000, help="live intents of the growth (default 1,000,000)")
    parser.add_argument("--count", type=int, default=20_000, help="requests of one throughput measurement")
    arguments = parser.parse_args()
    parts: dict[str, Callable[[], list[Row]]] = {
        "throughput": lambda: throughput(arguments.count),
        "overlapping": overlapping,
        "notices": lambda: notices(arguments.count // 5),
        "flood": flooded,
        "one-cell": lambda: one_cell(min(100_000, arguments.live)),
        "growth": lambda: growth(arguments.live),
    }
    rows: list[Row] = []
    for name, part in parts.items():
        if not arguments.only or name in arguments.only:
            print(f"measuring {name} ...", flush=True)
            rows += part()
    show(rows, arguments.out)


if __name__ == "__main__":
    main()
