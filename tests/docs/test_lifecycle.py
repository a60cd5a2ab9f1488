"""The lifecycle's page is what its table says, and the table is complete and names no party."""

from __future__ import annotations

import pytest

from beforehand.core.hotline import lifecycle as hotline
from beforehand.core.hotline.replies import REASONS as HOTLINE_REASONS
from beforehand.core.strategic.commands import IntentState
from beforehand.core.strategic.lifecycle import ENDED, NEEDS_AWARENESS, TRANSITIONS, refusal
from beforehand.core.strategic.replies import REASONS

from .lifecycle_page import HOTLINE, PAGE, page


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(), "write it anew: PYTHONPATH=tests .venv/bin/python -m docs.lifecycle_page"


@pytest.mark.parametrize("stands", [*IntentState, None])
@pytest.mark.parametrize("asked", [*IntentState, None])
def test_no_cell_of_the_table_is_empty(stands: IntentState | None, asked: IntentState | None) -> None:
    follows = TRANSITIONS[stands][asked]
    if isinstance(follows, IntentState):
        assert follows == asked
        assert refusal(stands, asked) is None
    elif follows == ENDED:
        assert asked is None
        assert refusal(stands, asked) is None
    else:
        assert follows in REASONS
        assert refusal(stands, asked) == follows


def test_every_state_says_whether_it_needs_awareness() -> None:
    assert set(NEEDS_AWARENESS) == set(IntentState)


@pytest.mark.parametrize("table", [table for _, table, _, _ in HOTLINE], ids=[heading for heading, *_ in HOTLINE])
def test_no_cell_of_the_hotlines_tables_is_empty_and_each_leads_somewhere(table: dict[str, dict[str, object]]) -> None:
    """H4, H5.3, H7.2, P6: whole tables of states and refusals, in which no party stands."""
    columns = list(next(iter(table.values())))
    for row in table.values():
        assert list(row) == columns
        for follows in row.values():
            if isinstance(follows, hotline.Refused):
                assert follows.reason in HOTLINE_REASONS
            else:
                assert follows == hotline.NO_CHANGE or follows in table


def test_every_table_of_the_hotline_is_on_the_page() -> None:
    tables = [each for name, each in vars(hotline).items() if name.isupper() and isinstance(each, dict)]
    assert [table for _, table, _, _ in HOTLINE] == tables
