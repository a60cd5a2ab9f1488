"""docs/lifecycle.md, written from the table. To write it anew: PYTHONPATH=tests .venv/bin/python -m docs.lifecycle_page"""

from __future__ import annotations

from pathlib import Path

from beforehand.core.strategic.commands import IntentState
from beforehand.core.strategic.lifecycle import ENDED, NEEDS_AWARENESS, NEVER, TRANSITIONS

PAGE = Path(__file__).parents[2] / "docs" / "lifecycle.md"

HEAD = """# The life of an operational intent

This page is written from `core/strategic/lifecycle.py`; a test fails where the two differ.

Rows are what stands, columns what its manager asks for; a cell is the state that follows, or the reason of the
refusal. By default the registry records what managers say and enforces the first row alone, as registries of this
ecosystem do. With the setting `strict_states` it enforces every row, and what F3548-21 forbids a USS that is Down.

"""
TAIL = """
Ended is no state that is kept: an intent that ended is gone. The answer to its end is remembered for ten minutes, for
whoever lost it on the way. What ended by its clock stays, and counts, until its manager ends it or the node evicts it
(`evict_expired_after_s`).
"""


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
    return HEAD + "\n".join(lines) + "\n" + TAIL


if __name__ == "__main__":
    assert NEVER in page()
    PAGE.write_text(page(), "utf-8")
