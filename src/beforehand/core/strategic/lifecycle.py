"""The life of an operational intent, as one literal table (F3548-21 §4.4, §5; diagrams and tests are drawn from it).

Rows are what stands, columns what its manager asks for. A cell is the state that follows or the reason of the refusal.
The table names no party. By default the registry records what managers say and enforces only the first row; with
`strict_states` it enforces all of it.
"""

from __future__ import annotations

from beforehand.core.strategic.commands import IntentState

ACCEPTED, ACTIVATED, NONCONFORMING, CONTINGENT = IntentState
NEVER = "transition_not_allowed"
ENDED = "ended"

#: what stands (None: nothing yet) -> what is asked (None: to end it) -> what follows
TRANSITIONS: dict[IntentState | None, dict[IntentState | None, IntentState | str]] = {
    None: {
        ACCEPTED: ACCEPTED,
        ACTIVATED: NEVER,
        NONCONFORMING: NEVER,
        CONTINGENT: NEVER,
        None: "not_found",
    },
    ACCEPTED: {
        ACCEPTED: ACCEPTED,
        ACTIVATED: ACTIVATED,
        NONCONFORMING: NONCONFORMING,
        CONTINGENT: CONTINGENT,
        None: ENDED,
    },
    ACTIVATED: {
        ACCEPTED: NEVER,
        ACTIVATED: ACTIVATED,
        NONCONFORMING: NONCONFORMING,
        CONTINGENT: CONTINGENT,
        None: ENDED,
    },
    NONCONFORMING: {
        ACCEPTED: NEVER,
        ACTIVATED: ACTIVATED,
        NONCONFORMING: NONCONFORMING,
        CONTINGENT: CONTINGENT,
        None: ENDED,
    },
    CONTINGENT: {
        ACCEPTED: NEVER,
        ACTIVATED: NEVER,
        NONCONFORMING: NEVER,
        CONTINGENT: CONTINGENT,
        None: ENDED,
    },
}

#: States in which a planner must have named what it meets (F3548-21: the `key` of the request).
NEEDS_AWARENESS: dict[IntentState, bool] = {ACCEPTED: True, ACTIVATED: True, NONCONFORMING: False, CONTINGENT: False}


def refusal(stands: IntentState | None, asked: IntentState | None) -> str | None:
    """The reason why `asked` may not follow `stands`, or None where it may."""
    follows = TRANSITIONS[stands][asked]
    return follows if isinstance(follows, str) and follows != ENDED else None
