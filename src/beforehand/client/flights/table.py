"""The result of a day as a table for a terminal."""

from __future__ import annotations

from rich.table import Table

from beforehand.client.flights.result import Result


def table(result: Result) -> Table:
    """Two columns: what, and how many; what must be 0 says so."""
    shown = Table(title=f"{result.file}, planned beforehand", title_style="bold", show_header=False, min_width=60)
    shown.add_column(style="dim")
    shown.add_column(justify="right")
    for name, value in rows(result):
        shown.add_row(name, value)
    return shown


def rows(result: Result) -> list[tuple[str, str]]:
    """The table's rows: a name and a value each."""
    r = result
    share = (
        "none were named"
        if r.real_share is None
        else f"{r.real_share:.2f} ({r.real_meetings} of {r.cell_level_meetings})"
    )
    found = [
        ("records · aircraft and callsigns", f"{r.records:,} · {r.aircraft_and_callsigns:,}"),
        ("flights · operators", f"{r.flights:,} · {r.operators:,}"),
        ("planned · unplanned", f"{r.planned:,} · {r.unplanned:,}"),
        ("intents that stand", f"{r.intents:,}"),
        ("refusals for what was not known", f"{r.refusals:,}"),
        ("real ÷ cell-level meetings", share),
        ("accepted pairs that really meet", _must_be_none(r.pairs_that_meet)),
        ("left behind of unplanned flights", _must_be_none(r.left_behind)),
        ("flights moved", f"{r.moved:,}"),
        ("delay: median · worst", "no flight planned" if r.delay_median_min is None
         else f"{r.delay_median_min:g} min · {r.delay_worst_min} min"),
        ("planning took", f"{r.seconds:.1f} s, {r.requests:,} declarations and withdrawals"),
    ]  # fmt: skip
    found += [(f"unplanned: {reason}", f"{count:,}") for reason, count in r.unplanned_because.items()]
    if r.without_flight:
        found.append(("without a usable point", f"{r.without_flight:,}"))
    found += [(f"records left out: {reason}", f"{count:,}") for reason, count in r.unusable_records.items()]
    return found


def _must_be_none(count: int) -> str:
    return "[green]0[/]" if count == 0 else f"[bold red]{count:,} (must be 0)[/]"
