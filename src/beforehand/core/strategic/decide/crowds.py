"""Too much in one place: an answer is complete or refused, never cut (P8)."""

from __future__ import annotations

from collections.abc import Sequence

from beforehand.core.stamp import Decision
from beforehand.core.strategic import replies as r
from beforehand.core.strategic import state as s
from beforehand.core.strategic.decide.parties import refused
from beforehand.core.strategic.search import OBJECTS_MAX


def too_many(count: int) -> Decision:
    """The refusal of a search that cannot be answered whole."""
    return refused(
        "too_many_results",
        f"The area holds {count} results, more than the {r.MAX_RESULTS} that one answer may have, and an answer is never "
        "cut. Narrow the area, the altitudes or the time.",
    )


def too_crowded() -> Decision:
    """The refusal of what would have to look at more than one search may."""
    return refused(
        "too_many_results",
        f"More than {OBJECTS_MAX} intents, constraints or subscriptions stand in the area and time, or they and the area have "
        "too many cells in common. Narrow the area or the time.",
    )


def too_many_dependents(count: int) -> Decision | None:
    """The refusal of a list of subscriptions on which more intents hang than it may name, or None."""
    if count <= r.MAX_DEPENDENTS:
        return None
    return refused(
        "too_many_results",
        f"{count} operational intents hang on the subscriptions in the area, more than the {r.MAX_DEPENDENTS} that one answer "
        "may name, and an answer is never cut. Narrow the area or the time.",
    )


def too_many_to_tell(count: int) -> Decision | None:
    """The refusal of a change that would have to name more subscribers than an entry can, or None."""
    if count < s.RAISED_MAX:
        return None
    return refused(
        "too_many_results",
        f"{count} subscriptions would have to be told of this, more than the {s.RAISED_MAX} that one answer may name. "
        "Narrow the area or the time.",
    )


def crowded(meeting: Sequence[s.Subscription], subject: str) -> Decision | None:
    """The refusal of one more subscription where so many of the same party's would be raised together with it, or None."""
    if len(meeting) < s.MEETING_SUBSCRIPTIONS_MAX:
        return None
    own = sum(each.manager.subject == subject for each in meeting)
    if own < s.MEETING_SUBSCRIPTIONS_MAX:
        return None
    return refused(
        "quota",
        f"You hold {own} subscriptions in this area and time, and {s.MEETING_SUBSCRIPTIONS_MAX} are the most. "
        "Use one of them, or end some.",
    )
