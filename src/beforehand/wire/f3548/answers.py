"""Answers as JSON has them: what a client reads, and what the API's description says. `replies` writes them by hand."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, Struct, UnsetType


class Time(Struct, frozen=True, gc=False):
    """RFC 3339, UTC."""

    value: str
    format: Literal["RFC3339"]


class IntentReference(Struct, frozen=True, gc=False):
    """`ovn` is `Available from USS` where another party holds it."""

    id: str
    manager: str
    uss_availability: Literal["Unknown", "Normal", "Down"]
    version: int
    state: Literal["Accepted", "Activated", "Nonconforming", "Contingent"]
    ovn: str
    time_start: Time
    time_end: Time
    uss_base_url: str
    subscription_id: str


class ConstraintReference(Struct, frozen=True, gc=False):
    """`ovn` is `Available from USS` where another party holds it."""

    id: str
    manager: str
    uss_availability: Literal["Unknown"]
    version: int
    ovn: str
    time_start: Time
    time_end: Time
    uss_base_url: str


class Subscription(Struct, frozen=True, gc=False):
    id: str
    version: str
    notification_index: int
    time_start: Time
    time_end: Time
    uss_base_url: str
    notify_for_operational_intents: bool
    notify_for_constraints: bool
    implicit_subscription: bool
    dependent_operational_intents: list[str]


class SubscriptionState(Struct, frozen=True, gc=False):
    subscription_id: str
    notification_index: int


class SubscriberToNotify(Struct, frozen=True, gc=False):
    uss_base_url: str
    subscriptions: list[SubscriptionState]


class ChangeIntentAnswer(Struct, frozen=True, gc=False):
    subscribers: list[SubscriberToNotify]
    operational_intent_reference: IntentReference


class IntentAnswer(Struct, frozen=True, gc=False):
    operational_intent_reference: IntentReference


class IntentsAnswer(Struct, frozen=True, gc=False):
    operational_intent_references: list[IntentReference]


class ChangeConstraintAnswer(Struct, frozen=True, gc=False):
    subscribers: list[SubscriberToNotify]
    constraint_reference: ConstraintReference


class ConstraintAnswer(Struct, frozen=True, gc=False):
    constraint_reference: ConstraintReference


class ConstraintsAnswer(Struct, frozen=True, gc=False):
    constraint_references: list[ConstraintReference]


class PutSubscriptionAnswer(Struct, frozen=True, gc=False):
    """Each list is there if the subscription asks for its kind."""

    subscription: Subscription
    operational_intent_references: list[IntentReference] | UnsetType = UNSET
    constraint_references: list[ConstraintReference] | UnsetType = UNSET


class SubscriptionAnswer(Struct, frozen=True, gc=False):
    subscription: Subscription


class SubscriptionsAnswer(Struct, frozen=True, gc=False):
    subscriptions: list[Subscription]


class UssStatus(Struct, frozen=True, gc=False):
    uss: str
    availability: Literal["Unknown", "Normal", "Down"]


class AvailabilityAnswer(Struct, frozen=True, gc=False):
    version: str
    status: UssStatus


class Conflict(Struct, frozen=True, gc=False):
    """409: what the planner did not name, if that is why."""

    message: str
    missing_operational_intents: list[IntentReference] | UnsetType = UNSET
    missing_constraints: list[ConstraintReference] | UnsetType = UNSET


class ReportTime(Struct, frozen=True, gc=False):
    """As the report had it."""

    value: str
    format: str


class Exchange(Struct, frozen=True, gc=False):
    """Optional fields are left out where the report had none; required ones are then empty."""

    url: str
    method: str
    recorder_role: str
    request_time: ReportTime
    headers: list[str] | UnsetType = UNSET
    request_body: str | UnsetType = UNSET
    response_time: ReportTime | UnsetType = UNSET
    response_body: str | UnsetType = UNSET
    response_code: int | UnsetType = UNSET
    problem: str | UnsetType = UNSET


class ReportAnswer(Struct, frozen=True, gc=False):
    report_id: str
    exchange: Exchange


class Message(Struct, frozen=True, gc=False):
    """Any refusal; the header Beforehand-Reason gives its stable reason."""

    message: str
