"""docs/lifecycle.md, written from the tables. To write it anew: PYTHONPATH=tests .venv/bin/python -m docs.lifecycle_page"""

from __future__ import annotations

from pathlib import Path

from beforehand.core.hotline import lifecycle as hotline
from beforehand.core.strategic.commands import IntentState
from beforehand.core.strategic.lifecycle import ENDED, NEEDS_AWARENESS, NEVER, TRANSITIONS

PAGE = Path(__file__).parents[2] / "docs" / "lifecycle.md"

HEAD = """# Lifecycles

This page is written from `core/strategic/lifecycle.py` and `core/hotline/lifecycle.py`; a test fails where they differ.

## An operational intent

Rows are what stands, columns what its manager asks for; a cell is the state that follows, or the reason of the
refusal. By default the registry records what managers say and enforces the first row alone, as registries of this
ecosystem do. With the setting `strict_states` it enforces every row, and what F3548-21 forbids a USS that is Down.

"""
TAIL = """
Ended is no state that is kept: an intent that ended is gone. The answer to its end is remembered for ten minutes, for
whoever lost it on the way. What ended by its clock stays, and counts, until its manager ends it or the node evicts it
(`evict_expired_after_s`).
"""

HOTLINE_HEAD = """# The hotline

What stands is a column here, what happens a row; a cell is the state that follows, `–` where it is recorded and
changes nothing, or the reason of the refusal. No table names a party.

"""
#: The hotline's tables: heading, table, where a life begins, and what is to be known of it.
HOTLINE: tuple[tuple[str, dict[str, dict[str, str | hotline.Refused]], str, str], ...] = (
    (
        "A notice",
        hotline.NOTICE,
        "given",
        """Its giver says what happens to it, and the clock does; a new version stands `inside` the one before, is a `slip`
of its times, or lies `outside` it (`later`: with an end after the one that stood). The clock runs on the union
of the windows still in any addressee's picture. A notice that is given inside or after its window begins as
`due` or `over unconfirmed`. That something was done outside of what was declared (`deviated`) is recorded in
any state, and changes none.

No clock makes a sky safe: what is over without an all-clear is `over unconfirmed`, stays in the picture, and
lapses only where an agreement names a `linger`; it is then listed as *nobody said clear*. A notice leaves the
picture by `clear`, `withdrawn`, `not flown` or `lapsed` alone.
""",
    ),
    (
        "An agreement",
        hotline.AGREEMENT,
        "proposed",
        """Its terms bind while it is `in force`, and while it is `denounced` and its notice period runs.
""",
    ),
    (
        "A read-back",
        hotline.READ_BACK,
        "closed",
        """Of one addressee and one version. A person opens it, and has five minutes. After the second wrong one both
officers are asked onto a call.
""",
    ),
    (
        "An objection",
        hotline.OBJECTION,
        "open",
        """It stops nothing by itself, whatever is answered.
""",
    ),
)


def words(state: str) -> str:
    return state.replace("_", " ")


def hotline_cell(follows: str | hotline.Refused) -> str:
    if isinstance(follows, hotline.Refused):
        return f"`{follows.reason}`"
    return "–" if follows == hotline.NO_CHANGE else words(follows)


def of_hotline(heading: str, table: dict[str, dict[str, str | hotline.Refused]], first: str, about: str) -> str:
    """One of the hotline's tables. Its columns stand one below the other: a notice has fourteen."""
    columns = list(next(iter(table.values())))
    lines = [
        f"## {heading}",
        "",
        about,
        "| happens \\ stands | " + " | ".join(f"**{words(state)}**" for state in table) + " |",
        "|---" * (len(table) + 1) + "|",
    ]
    lines += [f"| {each} | " + " | ".join(hotline_cell(row[each]) for row in table.values()) + " |" for each in columns]
    lines += ["", "```mermaid", "stateDiagram-v2", f"    [*] --> {first}"]
    for stands, row in table.items():
        ways: dict[str, list[str]] = {}
        for each in columns:
            follows = row[each]
            if isinstance(follows, str) and follows not in (stands, hotline.NO_CHANGE):
                ways.setdefault(follows, []).append(each)
        lines += [f"    {stands} --> {follows}: {', '.join(by)}" for follows, by in ways.items()]
    return "\n".join([*lines, "```", ""])


def said(state: IntentState | None) -> str:
    return "nothing" if state is None else state.name.capitalize()


def cell(follows: IntentState | str) -> str:
    if isinstance(follows, IntentState):
        return said(follows)
    return "(gone)" if follows == ENDED else f"`{follows}`"


def page() -> str:
    asked = [*IntentState, None]
    lines = [
        "| stands \\ asked | " + " | ".join("its end" if each is None else said(each) for each in asked) + " |",
        "|---" * (len(asked) + 1) + "|",
    ]
    for stands, row in TRANSITIONS.items():
        lines.append(f"| **{said(stands)}** | " + " | ".join(cell(row[each]) for each in asked) + " |")
    lines += ["", "```mermaid", "stateDiagram-v2"]
    for stands, row in TRANSITIONS.items():
        before = "[*]" if stands is None else said(stands)
        for each in asked:
            follows = row[each]
            if isinstance(follows, IntentState) and follows != stands:
                lines.append(f"    {before} --> {said(follows)}")
            elif follows == ENDED:
                lines.append(f"    {before} --> [*]")
    aware = [said(state) for state, needs in NEEDS_AWARENESS.items() if needs]
    astray = [said(state) for state, needs in NEEDS_AWARENESS.items() if not needs]
    lines += [
        "```",
        "",
        f"To be {' or '.join(aware)}, its planner must have named the current version of everything it meets; else the",
        f"refusal is `unaware`. {' and '.join(astray)} say that a flight went astray: they are never refused for what their",
        "manager did not know, and the entry keeps what that was.",
    ]
    tables = "\n".join(of_hotline(*each) for each in HOTLINE)
    return HEAD + "\n".join(lines) + "\n" + TAIL + "\n" + HOTLINE_HEAD + tables


if __name__ == "__main__":
    assert NEVER in page()
    PAGE.write_text(page(), "utf-8")
