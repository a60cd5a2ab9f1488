"""The lifecycle's page is what its table says, and the table is complete and names no party."""

from __future__ import annotations

import pytest

from beforehand.core.strategic.commands import IntentState
from beforehand.core.strategic.lifecycle import ENDED, NEEDS_AWARENESS, TRANSITIONS, refusal
from beforehand.core.strategic.replies import REASONS

from .lifecycle_page import PAGE, page


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
