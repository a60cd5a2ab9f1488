"""Request bodies as JSON has them. Whatever is absent or null is None: the standard's clients send either."""

from __future__ import annotations

from msgspec import Struct


class LatLng(Struct, gc=False):
    lat: float | None = None
    lng: float | None = None


class Polygon(Struct, gc=False):
    vertices: list[LatLng | None] | None = None


class Radius(Struct, gc=False):
    value: float | None = None
    units: str | None = None


class Circle(Struct, gc=False):
    center: LatLng | None = None
    radius: Radius | None = None


class Altitude(Struct, gc=False):
    value: float | None = None
    reference: str | None = None
    units: str | None = None


class Time(Struct, gc=False):
    value: str | None = None
    format: str | None = None


class Volume3D(Struct, gc=False):
    outline_circle: Circle | None = None
    outline_polygon: Polygon | None = None
    altitude_lower: Altitude | None = None
    altitude_upper: Altitude | None = None


class Volume4D(Struct, gc=False):
    volume: Volume3D | None = None
    time_start: Time | None = None
    time_end: Time | None = None


class NewSubscription(Struct, gc=False):
    uss_base_url: str | None = None
    notify_for_constraints: bool | None = None


class PutIntent(Struct, gc=False):
    extents: list[Volume4D | None] | None = None
    key: list[str | None] | None = None
    state: str | None = None
    uss_base_url: str | None = None
    subscription_id: str | None = None
    new_subscription: NewSubscription | None = None
    requested_ovn_suffix: str | None = None


class PutConstraint(Struct, gc=False):
    extents: list[Volume4D | None] | None = None
    uss_base_url: str | None = None


class PutSubscription(Struct, gc=False):
    extents: Volume4D | None = None
    uss_base_url: str | None = None
    notify_for_operational_intents: bool | None = None
    notify_for_constraints: bool | None = None


class Query(Struct, gc=False):
    area_of_interest: Volume4D | None = None


class SetAvailability(Struct, gc=False):
    old_version: str | None = None
    availability: str | None = None


class Exchange(Struct, gc=False):
    url: str | None = None
    method: str | None = None
    headers: list[str | None] | None = None
    recorder_role: str | None = None
    request_time: Time | None = None
    request_body: str | None = None
    response_time: Time | None = None
    response_body: str | None = None
    response_code: int | None = None
    problem: str | None = None


class Report(Struct, gc=False):
    report_id: str | None = None
    exchange: Exchange | None = None
