"""Who asks, and how much it may hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from beforehand.core.stamp import Caller, Decision, Refusal
from beforehand.core.strategic.events import PartyBound
from beforehand.core.strategic.state import PARTIES_MAX, Party, StrategicState

#: Decisions with no entry share this.
NOTHING: tuple[()] = ()


def refused(reason: str, message: str, detail: Any = None) -> Decision:
    """A refusal that leaves no entry."""
    return Decision(NOTHING, NOTHING, Refusal(reason, message, detail))


def answered(reply: Any) -> Decision:
    """An answer that leaves no entry."""
    return Decision(NOTHING, NOTHING, reply)


def not_this_party(state: StrategicState, caller: Caller) -> Decision | None:
    """The refusal of a caller whose subject belongs to another issuer, or None."""
    party = state.parties.get(caller.subject)
    if party is None or party.issuer == caller.issuer:
        return None
    return refused(
        "two_issuers",
        f"The subject {caller.subject!r} belongs to another token issuer here. A party is an issuer and a subject; "
        "use the issuer that this subject first wrote with, or another subject.",
    )


def written(state: StrategicState, caller: Caller, event: Struct, reply: Any, content: bytes | None = None) -> Decision:
    """A decision that writes one event, after binding a party that writes for the first time."""
    if caller.subject in state.parties:
        return Decision((event,), NOTHING if content is None else (content,), reply)
    return Decision(
        (PartyBound(caller.subject, caller.issuer), event), NOTHING if content is None else (None, content), reply
    )


def over_quota(
    state: StrategicState, caller: Caller, *, intents: int = 0, cells: int = 0, subscriptions: int = 0
) -> Decision | None:
    """The refusal of a party that would hold more than its quotas allow, or None."""
    party = state.parties.get(caller.subject)
    if party is None:
        if len(state.parties) >= PARTIES_MAX:
            return refused("quota", f"This node serves at most {PARTIES_MAX} parties; ask its operator.")
        party = Party(caller.subject, caller.issuer)
    rules = state.rules
    limits: Sequence[tuple[str, int, int, int]] = (
        ("live intents and constraints", party.intents, intents, rules.live_intents),
        ("cells of live intents, constraints and subscriptions", party.cells, cells, rules.live_cells),
        ("live subscriptions", party.subscriptions, subscriptions, rules.live_subscriptions),
    )
    for what, has, more, most in limits:
        if more > 0 and has + more > most:
            return refused(
                "quota",
                f"Quota of {what} exceeded: you hold {has}, this would add {more}, the limit is {most}. "
                "End what is over, or ask the node's operator.",
            )
    return None
