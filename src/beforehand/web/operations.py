"""The operations of the DSS: where each is found, who may ask, how it is read and answered (docs/api.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from beforehand.auth.scopes import OPERATIONS as SCOPES
from beforehand.auth.scopes import Options
from beforehand.wire.f3548 import answers as a
from beforehand.wire.f3548 import bodies as b
from beforehand.wire.f3548 import reports
from beforehand.wire.f3548 import requests as q
from beforehand.wire.f3548.requests import Asked


class Operation(Struct, frozen=True):
    """One operation of F3548-21, by its operationId.

    `decode` makes the command. `status` is that of success. `body` and `answer` are the JSON it takes and gives.
    """

    id: str
    method: str
    template: str
    decode: Callable[[Asked], Any]
    body: type[Struct] | None
    answer: type[Struct]
    status: int = 200

    @property
    def scopes(self) -> Options:
        """Any one of these sets of scopes suffices."""
        return SCOPES[self.id]

    @property
    def warns(self) -> bool:
        """Whether it may bring a warning: only an intent that stands can become off-nominal."""
        return self.id == "updateOperationalIntentReference"

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return self.method == "GET" or self.template.endswith("/query")


_INTENTS = "/dss/v1/operational_intent_references"
_CONSTRAINTS = "/dss/v1/constraint_references"
_SUBSCRIPTIONS = "/dss/v1/subscriptions"
_AVAILABILITY = "/dss/v1/uss_availability"

OPERATIONS = (
    Operation(
        "queryOperationalIntentReferences", "POST", f"{_INTENTS}/query", q.query_intents, b.Query, a.IntentsAnswer
    ),
    Operation("getOperationalIntentReference", "GET", f"{_INTENTS}/{{entityid}}", q.get_intent, None, a.IntentAnswer),
    Operation(
        "createOperationalIntentReference",
        "PUT",
        f"{_INTENTS}/{{entityid}}",
        q.put_intent,
        b.PutIntent,
        a.ChangeIntentAnswer,
        201,
    ),
    Operation(
        "updateOperationalIntentReference",
        "PUT",
        f"{_INTENTS}/{{entityid}}/{{ovn}}",
        q.put_intent,
        b.PutIntent,
        a.ChangeIntentAnswer,
    ),
    Operation(
        "deleteOperationalIntentReference",
        "DELETE",
        f"{_INTENTS}/{{entityid}}/{{ovn}}",
        q.end_intent,
        None,
        a.ChangeIntentAnswer,
    ),
    Operation(
        "queryConstraintReferences", "POST", f"{_CONSTRAINTS}/query", q.query_constraints, b.Query, a.ConstraintsAnswer
    ),
    Operation(
        "getConstraintReference", "GET", f"{_CONSTRAINTS}/{{entityid}}", q.get_constraint, None, a.ConstraintAnswer
    ),
    Operation(
        "createConstraintReference",
        "PUT",
        f"{_CONSTRAINTS}/{{entityid}}",
        q.put_constraint,
        b.PutConstraint,
        a.ChangeConstraintAnswer,
        201,
    ),
    Operation(
        "updateConstraintReference",
        "PUT",
        f"{_CONSTRAINTS}/{{entityid}}/{{ovn}}",
        q.put_constraint,
        b.PutConstraint,
        a.ChangeConstraintAnswer,
    ),
    Operation(
        "deleteConstraintReference",
        "DELETE",
        f"{_CONSTRAINTS}/{{entityid}}/{{ovn}}",
        q.end_constraint,
        None,
        a.ChangeConstraintAnswer,
    ),
    Operation(
        "querySubscriptions", "POST", f"{_SUBSCRIPTIONS}/query", q.query_subscriptions, b.Query, a.SubscriptionsAnswer
    ),
    Operation(
        "getSubscription", "GET", f"{_SUBSCRIPTIONS}/{{subscriptionid}}", q.get_subscription, None, a.SubscriptionAnswer
    ),
    Operation(
        "createSubscription",
        "PUT",
        f"{_SUBSCRIPTIONS}/{{subscriptionid}}",
        q.put_subscription,
        b.PutSubscription,
        a.PutSubscriptionAnswer,
    ),
    Operation(
        "updateSubscription",
        "PUT",
        f"{_SUBSCRIPTIONS}/{{subscriptionid}}/{{version}}",
        q.put_subscription,
        b.PutSubscription,
        a.PutSubscriptionAnswer,
    ),
    Operation(
        "deleteSubscription",
        "DELETE",
        f"{_SUBSCRIPTIONS}/{{subscriptionid}}/{{version}}",
        q.end_subscription,
        None,
        a.SubscriptionAnswer,
    ),
    Operation("makeDssReport", "POST", "/dss/v1/reports", reports.file_report, b.Report, a.ReportAnswer, 201),
    Operation(
        "getUssAvailability", "GET", f"{_AVAILABILITY}/{{uss_id}}", q.get_availability, None, a.AvailabilityAnswer
    ),
    Operation(
        "setUssAvailability",
        "PUT",
        f"{_AVAILABILITY}/{{uss_id}}",
        q.set_availability,
        b.SetAvailability,
        a.AvailabilityAnswer,
    ),
)
