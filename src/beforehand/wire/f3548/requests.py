"""Requests into commands: one pure function for each kind, with all that syntax and geometry can refuse."""

from __future__ import annotations

import re
from typing import NamedTuple

from msgspec.json import Decoder

from beforehand.core.stamp import Caller
from beforehand.core.strategic import commands as c
from beforehand.wire.f3548 import bodies
from beforehand.wire.f3548.errors import BadRequest
from beforehand.wire.f3548.ids import path_id, path_text, read_id, read_suffix
from beforehand.wire.f3548.json import read
from beforehand.wire.f3548.times import LATEST_US
from beforehand.wire.f3548.urls import read_base_url
from beforehand.wire.f3548.volumes import read_volume, read_volumes

_STATES = {
    "Accepted": c.IntentState.ACCEPTED,
    "Activated": c.IntentState.ACTIVATED,
    "Nonconforming": c.IntentState.NONCONFORMING,
    "Contingent": c.IntentState.CONTINGENT,
}
_AVAILABILITIES = {
    "": c.Availability.UNKNOWN,
    "unknown": c.Availability.UNKNOWN,
    "normal": c.Availability.NORMAL,
    "down": c.Availability.DOWN,
}
_DAY_US = 86_400_000_000

_intent = Decoder(bodies.PutIntent | None)
_constraint = Decoder(bodies.PutConstraint | None)
_subscription = Decoder(bodies.PutSubscription | None)
_query = Decoder(bodies.Query | None)
_availability = Decoder(bodies.SetAvailability | None)


class Asked(NamedTuple):
    """What arrived: path parameters (percent-decoded) and body, from whom, when, and what the operator allows.

    `inline_cells`: coverings that take about longer than this many cells raise TooLargeInline; None takes them all.
    `earliest_us`: the earliest that it may be, where clocks are in doubt; what ends before that is over.
    """

    params: tuple[bytes, ...]
    body: bytes
    caller: Caller
    now_us: int
    allow_http: bool
    inline_cells: int | None
    earliest_us: int


#: Where it finds nothing, a body that `put_intent` takes is no warning, unless its state is spelt with escapes.
looks_like_a_warning = re.compile(rb'"(?:Nonconforming|Contingent)"').search


def put_intent(asked: Asked) -> c.PutIntent:
    """PUT /operational_intent_references/{entityid}[/{ovn}]"""
    id_ = path_id(asked.params[0], "entityid")
    ovn = _version(asked, "ovn")
    body = read(asked.body, _intent, bodies.PutIntent)
    url = read_base_url(body.uss_base_url, "uss_base_url", asked.allow_http)
    subscription = read_id(body.subscription_id, "subscription_id") if body.subscription_id else None
    new = _new_subscription(body, asked.allow_http)
    state = _STATES.get(body.state or "")
    if state is None:
        raise BadRequest("bad_state", f"must be one of {', '.join(_STATES)}.", "state")
    extent = read_volumes(body.extents, "extents", asked.inline_cells, True, asked.caller)
    _not_over(extent, asked.earliest_us)
    if not ovn and state is not c.IntentState.ACCEPTED:
        raise BadRequest("bad_state", "must be Accepted for an intent that is created.", "state")
    suffix = body.requested_ovn_suffix
    if suffix is not None:
        suffix = read_suffix(suffix, asked.now_us)
    if state is not c.IntentState.ACCEPTED and subscription is None and new is None:
        raise BadRequest(
            "bad_subscription",
            "is required for every state but Accepted: send it, or new_subscription.",
            "subscription_id",
        )
    named = frozenset([ovn for ovn in body.key if ovn]) if body.key else frozenset()
    return c.PutIntent(asked.caller, id_, ovn, extent, state, url, named, subscription, new, suffix)


def _new_subscription(body: bodies.PutIntent, allow_http: bool) -> c.NewSubscription | None:
    new = body.new_subscription
    if new is None:
        return None
    url = read_base_url(new.uss_base_url, "new_subscription.uss_base_url", allow_http)
    if body.subscription_id is not None:
        raise BadRequest("bad_subscription", "must not be sent together with new_subscription.", "subscription_id")
    return c.NewSubscription(url, bool(new.notify_for_constraints))


def _version(asked: Asked, field: str) -> str | None:
    return path_text(asked.params[1], field) if len(asked.params) > 1 else None


def _required_version(asked: Asked, field: str) -> str:
    version = path_text(asked.params[1], field)
    if not version:
        raise BadRequest("bad_path", "is missing: its current value belongs at the end of the path.", field)
    return version


def _not_over(extent: c.Extent, earliest_us: int) -> None:
    if extent.end_us is not None and extent.end_us < earliest_us:
        raise BadRequest("bad_time", "end in the past: End time may not be in the past.", "extents")


def _area(asked: Asked) -> c.Extent:
    body = read(asked.body, _query, bodies.Query)
    return read_volume(body.area_of_interest, "area_of_interest", asked.inline_cells, asked.caller)


def _area_or_413(asked: Asked) -> c.Extent:
    try:
        return _area(asked)
    except BadRequest as error:
        if error.reason == "area_too_large":
            raise BadRequest("search_area_too_large", error.message) from None
        raise


def get_intent(asked: Asked) -> c.GetIntent:
    """GET /operational_intent_references/{entityid}"""
    return c.GetIntent(asked.caller, path_id(asked.params[0], "entityid"))


def query_intents(asked: Asked) -> c.QueryIntents:
    """POST /operational_intent_references/query"""
    return c.QueryIntents(asked.caller, _area(asked))


def end_intent(asked: Asked) -> c.EndIntent:
    """DELETE /operational_intent_references/{entityid}/{ovn}"""
    return c.EndIntent(asked.caller, path_id(asked.params[0], "entityid"), _required_version(asked, "ovn"))


def put_constraint(asked: Asked) -> c.PutConstraint:
    """PUT /constraint_references/{entityid}[/{ovn}]"""
    id_ = path_id(asked.params[0], "entityid")
    ovn = _version(asked, "ovn")
    body = read(asked.body, _constraint, bodies.PutConstraint)
    url = read_base_url(body.uss_base_url, "uss_base_url", asked.allow_http)
    extent = read_volumes(body.extents, "extents", asked.inline_cells, False, asked.caller)
    _not_over(extent, asked.earliest_us)
    return c.PutConstraint(asked.caller, id_, ovn, extent, url)


def get_constraint(asked: Asked) -> c.GetConstraint:
    """GET /constraint_references/{entityid}"""
    return c.GetConstraint(asked.caller, path_id(asked.params[0], "entityid"))


def query_constraints(asked: Asked) -> c.QueryConstraints:
    """POST /constraint_references/query"""
    return c.QueryConstraints(asked.caller, _area_or_413(asked))


def end_constraint(asked: Asked) -> c.EndConstraint:
    """DELETE /constraint_references/{entityid}/{ovn}"""
    return c.EndConstraint(asked.caller, path_id(asked.params[0], "entityid"), _required_version(asked, "ovn"))


def put_subscription(asked: Asked) -> c.PutSubscription:
    """PUT /subscriptions/{subscriptionid}[/{version}]"""
    id_ = path_id(asked.params[0], "subscriptionid")
    version = _version(asked, "version")
    body = read(asked.body, _subscription, bodies.PutSubscription)
    url = read_base_url(body.uss_base_url, "uss_base_url", asked.allow_http)
    extent = read_volume(body.extents, "extents", asked.inline_cells, asked.caller)
    if extent.end_us is None and extent.start_us is not None and extent.start_us > LATEST_US - _DAY_US:
        raise BadRequest("bad_time", "is required so near to the end of the year 9999.", "extents.time_end")
    intents, constraints = bool(body.notify_for_operational_intents), bool(body.notify_for_constraints)
    if not (intents or constraints):
        raise BadRequest(
            "no_trigger",
            "or notify_for_constraints must be true: No notification triggers requested for Subscription.",
            "notify_for_operational_intents",
        )
    return c.PutSubscription(asked.caller, id_, version, extent, url, intents, constraints)


def get_subscription(asked: Asked) -> c.GetSubscription:
    """GET /subscriptions/{subscriptionid}"""
    return c.GetSubscription(asked.caller, path_id(asked.params[0], "subscriptionid"))


def query_subscriptions(asked: Asked) -> c.QuerySubscriptions:
    """POST /subscriptions/query"""
    return c.QuerySubscriptions(asked.caller, _area_or_413(asked))


def end_subscription(asked: Asked) -> c.EndSubscription:
    """DELETE /subscriptions/{subscriptionid}/{version}"""
    return c.EndSubscription(
        asked.caller, path_id(asked.params[0], "subscriptionid"), _required_version(asked, "version")
    )


def _uss_id(asked: Asked) -> str:
    uss = path_text(asked.params[0], "uss_id")
    if not uss:
        raise BadRequest("bad_path", "is missing in the path.", "uss_id")
    return uss


def set_availability(asked: Asked) -> c.SetAvailability:
    """PUT /uss_availability/{uss_id}"""
    uss = _uss_id(asked)
    body = read(asked.body, _availability, bodies.SetAvailability)
    availability = _AVAILABILITIES.get((body.availability or "").lower())
    if availability is None:
        raise BadRequest("bad_availability", "must be Unknown, Normal or Down.", "availability")
    return c.SetAvailability(asked.caller, uss, body.old_version or "", availability)


def get_availability(asked: Asked) -> c.GetAvailability:
    """GET /uss_availability/{uss_id}"""
    return c.GetAvailability(asked.caller, _uss_id(asked))
