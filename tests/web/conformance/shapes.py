"""The shapes of answers by the letter of F3548-21 (annex A.4): which members there are, and what each may hold.

Written apart from the server's own types, so that a slip there is not repeated here.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")]
#: 16 to 128 characters that are safe in a path, or the words that stand for another party's.
Ovn = Annotated[str, Meta(pattern=r"^([A-Za-z0-9._~-]{16,128}|Available from USS)$")]
Version = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._~-]{1,128}$")]
Count = Annotated[int, Meta(ge=0)]
Url = Annotated[str, Meta(pattern=r"^https?://")]
Availability = Literal["Unknown", "Normal", "Down"]


class Time(Struct, forbid_unknown_fields=True):
    value: Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$")]
    format: Literal["RFC3339"]


class IntentReference(Struct, forbid_unknown_fields=True):
    id: Id
    manager: Annotated[str, Meta(min_length=1)]
    uss_availability: Availability
    version: Annotated[int, Meta(ge=1)]
    state: Literal["Accepted", "Activated", "Nonconforming", "Contingent"]
    ovn: Ovn
    time_start: Time
    time_end: Time
    uss_base_url: Url
    subscription_id: Id


class ConstraintReference(Struct, forbid_unknown_fields=True):
    id: Id
    manager: Annotated[str, Meta(min_length=1)]
    uss_availability: Availability
    version: Annotated[int, Meta(ge=1)]
    ovn: Ovn
    time_start: Time
    time_end: Time
    uss_base_url: Url


class Subscription(Struct, forbid_unknown_fields=True):
    id: Id
    version: Version
    notification_index: Count
    time_start: Time
    time_end: Time
    uss_base_url: Url
    notify_for_operational_intents: bool
    notify_for_constraints: bool
    implicit_subscription: bool
    dependent_operational_intents: list[Id]


class SubscriptionState(Struct, forbid_unknown_fields=True):
    subscription_id: Id
    notification_index: Count


class Subscriber(Struct, forbid_unknown_fields=True):
    uss_base_url: Url
    subscriptions: Annotated[list[SubscriptionState], Meta(min_length=1)]


class IntentAnswer(Struct, forbid_unknown_fields=True):
    operational_intent_reference: IntentReference


class IntentsAnswer(Struct, forbid_unknown_fields=True):
    operational_intent_references: list[IntentReference]


class IntentChanged(Struct, forbid_unknown_fields=True):
    subscribers: list[Subscriber]
    operational_intent_reference: IntentReference


class ConstraintAnswer(Struct, forbid_unknown_fields=True):
    constraint_reference: ConstraintReference


class ConstraintsAnswer(Struct, forbid_unknown_fields=True):
    constraint_references: list[ConstraintReference]


class ConstraintChanged(Struct, forbid_unknown_fields=True):
    subscribers: list[Subscriber]
    constraint_reference: ConstraintReference


class SubscriptionAnswer(Struct, forbid_unknown_fields=True):
    subscription: Subscription


class SubscriptionsAnswer(Struct, forbid_unknown_fields=True):
    subscriptions: list[Subscription]


class SubscriptionPut(Struct, forbid_unknown_fields=True):
    subscription: Subscription
    operational_intent_references: list[IntentReference] | msgspec.UnsetType = msgspec.UNSET
    constraint_references: list[ConstraintReference] | msgspec.UnsetType = msgspec.UNSET


class UssStatus(Struct, forbid_unknown_fields=True):
    uss: str
    availability: Availability


class AvailabilityAnswer(Struct, forbid_unknown_fields=True):
    version: str
    status: UssStatus


class Conflict(Struct, forbid_unknown_fields=True):
    message: str
    missing_operational_intents: list[IntentReference] | msgspec.UnsetType = msgspec.UNSET
    missing_constraints: list[ConstraintReference] | msgspec.UnsetType = msgspec.UNSET


class Error(Struct, forbid_unknown_fields=True):
    message: Annotated[str, Meta(min_length=1)]


Shape = TypeVar("Shape")


def shaped(answer: Any, shape: type[Shape]) -> Shape:
    """The answer as its shape. Raises `msgspec.ValidationError` naming the member that does not fit."""
    return msgspec.convert(answer, shape)
