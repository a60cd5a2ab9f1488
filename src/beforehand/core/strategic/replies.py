"""What a party is answered: values, later written down by `wire`.

`Refusal.reason` of this subject is one of `REASONS`; each has its line in docs/refusals.md.
"""

from __future__ import annotations

from msgspec import Struct

from beforehand.core.strategic.commands import Availability, IntentState


class IntentReference(Struct, frozen=True, gc=False):
    """An intent as its caller may see it: `ovn` is None where another party manages it."""

    id: bytes
    manager: str
    availability: Availability
    version: int
    state: IntentState
    ovn: str | None
    start_us: int
    end_us: int
    url: str
    subscription: bytes | None


class ConstraintReference(Struct, frozen=True, gc=False):
    """A constraint as its caller may see it: `ovn` is None where another party manages it."""

    id: bytes
    manager: str
    version: int
    ovn: str | None
    start_us: int
    end_us: int
    url: str


class SubscriptionView(Struct, frozen=True, gc=False):
    """A subscription as its own party sees it. `dependents` is None where the answer does not list them."""

    id: bytes
    version: str
    notification_index: int
    start_us: int
    end_us: int
    url: str
    intents: bool
    constraints: bool
    implicit: bool
    dependents: tuple[bytes, ...]


class Raised(Struct, frozen=True, gc=False):
    """A subscription whose holder is to be told, with its new notification index."""

    id: bytes
    url: str
    notification_index: int


class IntentChanged(Struct, frozen=True, gc=False):
    reference: IntentReference
    raised: tuple[Raised, ...]
    created: bool


class ConstraintChanged(Struct, frozen=True, gc=False):
    reference: ConstraintReference
    raised: tuple[Raised, ...]
    created: bool


class SubscriptionChanged(Struct, frozen=True, gc=False):
    """The lists are None where the subscription does not ask for that kind."""

    subscription: SubscriptionView
    intents: tuple[IntentReference, ...] | None
    constraints: tuple[ConstraintReference, ...] | None


class Intent(Struct, frozen=True, gc=False):
    reference: IntentReference


class Intents(Struct, frozen=True, gc=False):
    references: tuple[IntentReference, ...]


class Constraint(Struct, frozen=True, gc=False):
    reference: ConstraintReference


class Constraints(Struct, frozen=True, gc=False):
    references: tuple[ConstraintReference, ...]


class Subscription(Struct, frozen=True, gc=False):
    subscription: SubscriptionView


class SubscriptionEnded(Struct, frozen=True, gc=False):
    subscription: SubscriptionView


class Subscriptions(Struct, frozen=True, gc=False):
    subscriptions: tuple[SubscriptionView, ...]


class UssAvailability(Struct, frozen=True, gc=False):
    """`version` is "" where none was ever set."""

    uss: str
    version: str
    availability: Availability


class ReportFiled(Struct, frozen=True, gc=False):
    id: bytes


class Missing(Struct, frozen=True, gc=False):
    """Detail of the refusal `unaware`: what the planner did not name, at most `MAX_NAMED` of both together."""

    intents: tuple[IntentReference, ...]
    constraints: tuple[ConstraintReference, ...]
    more: int


#: How many intents and constraints a refusal names; `Missing.more` says how many it does not.
MAX_NAMED = 10_000
#: A search that finds more than this is refused (`too_many_results`), never cut.
MAX_RESULTS = 10_000
#: Intents that hang on the subscriptions of one answer, at most; beyond, the same.
MAX_DEPENDENTS = 50_000

#: reason -> HTTP status of F3548-21 as its clients know it (BEHAVIOUR of the ecosystem).
REASONS: dict[str, int] = {
    "unaware": 409,
    "not_current": 409,
    "already_exists": 409,
    "not_found": 404,
    "update_of_nothing": 400,
    "constraint_update_of_nothing": 409,
    "owned_by_another": 403,
    "subscription_owned_by_another": 403,
    "two_issuers": 403,
    "subscription_not_found": 400,
    "subscription_not_covering": 400,
    "subscription_in_use": 400,
    "dependents_not_covered": 400,
    "time_range": 400,
    "ovn_used_before": 400,
    "transition_not_allowed": 400,
    "manager_is_down": 412,
    "too_many_results": 413,
    "quota": 429,
}
