"""Outcomes as text and as JSON. What was expected comes last, and is read only when all else has been printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import to_builtins
from msgspec.json import encode

from beforehand.testing.scenario.outcome import Held, Outcome, claim_row, expected, knew, side_by_side
from beforehand.testing.scenario.story import Claim
from beforehand.testing.scenario.times import clock
from beforehand.testing.scenario.verdicts import Verdict


def json_pieces(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """One JSON object, in pieces. Where more than one branch was run, `branch` stands first in every row."""
    several = len(outcomes) > 1

    def rows(of: Any) -> str:
        return ",\n  ".join(
            encode(({"branch": each.script.branch} if several else {}) | row).decode()
            for each in outcomes
            for row in of(each)
        )

    first = outcomes[0].script
    yield f'{{\n"title": {encode(first.title).decode()},\n'
    yield f'"claims": [\n  {_lines([claim_row(each) for each in first.common])}\n],\n'
    yield f'"branches": [\n  {rows(_branch)}\n],\n'
    yield f'"timeline": [\n  {rows(lambda each: map(to_builtins, each.timeline))}\n],\n'
    yield f'"verdicts": [\n  {rows(lambda each: map(verdict_row, each.verdicts))}\n],\n'
    yield f'"knew": [\n  {rows(knew)}\n],\n'
    if several:
        yield f'"side_by_side": [\n  {_lines(side_by_side(outcomes))}\n],\n'
    yield '"expectations": [\n  '
    try:
        yield rows(lambda each: map(held_row, expected(each)))
    finally:
        yield "\n]\n}\n"


def _lines(rows: Sequence[Any]) -> str:
    return ",\n  ".join(encode(each).decode() for each in rows)


def _branch(outcome: Outcome) -> list[dict[str, Any]]:
    script = outcome.script
    said = {"label": script.label} if script.branch is not None else {}
    if script.branch is not None:
        said = {"branch": script.branch, **said}
    return [{**said, "until": clock(outcome.played.end_us), "claims": [claim_row(each) for each in script.claims]}]


def verdict_row(verdict: Verdict) -> dict[str, str]:
    """A verdict as it is printed: rule, subject, value."""
    return {"rule": verdict.rule, "subject": verdict.subject, "value": verdict.value}


def held_row(held: Held) -> dict[str, Any]:
    """An expectation as it is printed."""
    row: dict[str, Any] = {"rule": held.expect.rule, "subject": held.expect.subject, "value": held.expect.value}
    if held.expect.times is not None:
        row["times"] = held.expect.times
    return {**row, "held": held.held} if held.held else {**row, "held": False, "found": held.found}


def text_lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Line by line, for people."""
    yield outcomes[0].script.title
    yield from _claims(outcomes[0].script.common)
    for outcome in outcomes:
        yield from _of_branch(outcome)
    if len(outcomes) > 1:
        yield from _beside(outcomes)
    for outcome in outcomes:
        yield from _expected(outcome)


def _of_branch(outcome: Outcome) -> Iterator[str]:
    script = outcome.script
    if script.branch is not None:
        yield f"\n━━ {script.branch}: {script.label}"
    yield from _claims(script.claims)
    yield "\nTimeline (UTC)"
    day = ""
    for each in outcome.timeline:
        if each.at[:10] != day:
            day = each.at[:10]
            yield f"  {day}"
        of = f" {each.subject}" if each.subject else ""
        yield f"  {each.at[11:19]}  {each.by}: {each.do}{of}: {each.says}"
    yield "\nVerdicts"
    yield from (f"  {each.rule:<6} {each.subject}: {each.value}" for each in outcome.verdicts)
    yield f"\nWhat each side knew at {clock(outcome.played.end_us)}"
    for row in knew(outcome):
        yield from knew_lines(row)


def _claims(claims: Sequence[Claim]) -> Iterator[str]:
    if claims:
        yield "\nClaims (nothing is settled by telling them)"
        yield from (f"  {claim_text(claim_row(each))}" for each in claims)


def knew_lines(row: dict[str, Any]) -> Iterator[str]:
    """What one party could see of what was known of a notice."""
    yield f"  {row['notice']}, as {row['viewer']} may see it: {row['state'].replace('_', ' ')}"
    for version in row["versions"]:
        marks = f"; {', '.join(version['marks'])}" if version["marks"] else ""
        yield f"    version {version['version']} ({version['kind']}): notice lead {version['lead'] or 'not said yet'}{marks}"
    for relay in row["relays"]:
        yield f"    {relay}"
    for party in row["parties"]:
        for receipt in party["receipts"]:
            stages = [
                f"{name.replace('_', ' ')} {receipt[name][11:19]}"
                for name in ("told", "handed_out", "delivered", "seen", "understood", "disseminated")
                if receipt.get(name)
            ]
            usable = f"; usable warning {receipt['usable_warning']}" if receipt.get("usable_warning") else ""
            yield f"    {party['party']}, version {receipt['version']}: {', '.join(stages)}{usable}"
            for what in ("read_backs", "missed"):
                yield from (
                    f"      {'read-back ' if what == 'read_backs' else 'missed: '}{each}" for each in receipt[what]
                )
        for what in ("conflicts", "zone_warnings", "objections"):
            yield from (f"    {party['party']}: {each}" for each in party[what])


def claim_text(row: dict[str, Any]) -> str:
    """A claim as a sentence with its source."""
    return f"{row['by']} ({row['when']}): {row['says']} [{row['source']}]"


def _beside(outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield "\n━━ Side by side"
    for row in side_by_side(outcomes):
        yield f"\n{row['about']}"
        for branch in row["branches"]:
            claimed = "; ".join(f"{each['value']} ({each['by']})" for each in branch["claimed"]) or "nothing is claimed"
            yield f"  {branch['branch']} ({branch['label']}): {claimed}."
            shows = branch["the_record_would_show"]
            yield f"    In this branch the record would show{':' if shows else ' nothing of it.'}"
            yield from (f"      {each}" for each in shows)


def _expected(outcome: Outcome) -> Iterator[str]:
    held = expected(outcome)
    if not held:
        return
    of = f" ({outcome.script.branch})" if outcome.script.branch is not None else ""
    yield f"\nExpected{of}: {sum(each.held for each in held)} of {len(held)} hold"
    for each in held:
        if not each.held:
            row = held_row(each)
            times = "" if each.expect.times is None else f", {each.expect.times} times"
            yield f"  NOT: {row['rule']} {row['subject']}: {row['value']}{times}"
            yield from (f"    but: {found}" for found in each.found or ["nothing of this rule"])


def all_hold(outcomes: Sequence[Outcome]) -> bool:
    """Whether everything that is expected holds. Raises StoryError."""
    return all(each.held for outcome in outcomes for each in expected(outcome))
