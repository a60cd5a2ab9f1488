"""What is answered without the core: is it alive, is it ready, which version, is this token good."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs

from msgspec import Struct
from msgspec.json import Encoder

from beforehand.auth.identity import Identity
from beforehand.auth.scopes import OPERATIONS, Options
from beforehand.web.answer import Answer, refused, unavailable
from beforehand.web.config import WebConfig

_encode = Encoder().encode


class Asked(Struct, frozen=True):
    """What a service operation may look at."""

    ready: Callable[[], str | None]
    config: WebConfig
    identity: Identity | None
    params: tuple[bytes, ...]
    query: bytes


class Service(Struct, frozen=True):
    """One operation; `scopes` None where anyone may ask."""

    id: str
    method: str
    template: str
    respond: Callable[[Asked], Answer]
    scopes: Options | None = None


def _ready(asked: Asked) -> Answer:
    cause = asked.ready()
    return Answer(200, b'{"ready":true}') if cause is None else unavailable("not_done", cause, 1)


def _version(asked: Asked) -> Answer:
    return Answer(200, _encode({"version": asked.config.system_version}))


def _validate_oauth(asked: Asked) -> Answer:
    assert asked.identity is not None
    owner = parse_qs(asked.query.decode("latin-1")).get("owner", [""])[0]
    if owner and owner != asked.identity.subject:
        return refused(403, "forbidden", "The token's subject is not the owner that was asked for.")
    return Answer(200, b"{}")


def _system_version(asked: Asked) -> Answer:
    try:
        identity = asked.params[0].decode()
    except UnicodeDecodeError:
        return refused(400, "bad_path", "system_identity in the path is not UTF-8.")
    return Answer(200, _encode({"system_identity": identity, "system_version": asked.config.system_version}))


def _pool(asked: Asked) -> Answer:
    """A representation of the airspace that is shared with nobody has no identity to compare."""
    return Answer(200, b'{"dar_id":""}')


def _instances(asked: Asked) -> Answer:
    return Answer(200, b'{"dss_instances":[]}')


def _certificates(asked: Asked) -> Answer:
    return Answer(200, b'{"CAs":[]}')


def _options(asked: Asked) -> Answer:
    """What instances of a pool must agree on; locks are of another design."""
    options = {"scd_global_lock": False, "scd_hash_lock": False}
    return Answer(200, _encode({**options, "time_based_notification_index": asked.config.timed_index}))


SERVICE = (
    Service("getReady", "GET", "/ready", _ready),
    Service("getVersion", "GET", "/aux/v1/version", _version),
    Service("validateOauth", "GET", "/aux/v1/validate_oauth", _validate_oauth, OPERATIONS["validateOauth"]),
    Service("getPool", "GET", "/aux/v1/pool", _pool, OPERATIONS["getPool"]),
    Service("getDSSInstances", "GET", "/aux/v1/pool/dss_instances", _instances, OPERATIONS["getPool"]),
    Service("getAcceptedCAs", "GET", "/aux/v1/configuration/accepted_ca_certs", _certificates),
    Service("getInstanceCAs", "GET", "/aux/v1/configuration/ca_certs", _certificates),
    Service("getGlobalOptions", "GET", "/aux/v1/configuration/global_options", _options, OPERATIONS["getPool"]),
    Service("getSystemVersion", "GET", "/versions/{system_identity}", _system_version),
)
