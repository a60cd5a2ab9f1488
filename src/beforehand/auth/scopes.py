"""What a party may do: F3548's scopes, and for each operation the sets of scopes of which one suffices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from beforehand.auth.identity import Forbidden, Identity

STRATEGIC_COORDINATION = "utm.strategic_coordination"
CONFORMANCE_MONITORING_SA = "utm.conformance_monitoring_sa"
CONSTRAINT_MANAGEMENT = "utm.constraint_management"
CONSTRAINT_PROCESSING = "utm.constraint_processing"
AVAILABILITY_ARBITRATION = "utm.availability_arbitration"
# Remote ID's (F3411-19 annex A); asked for by the token check alone.
RID_READ = "dss.read.identification_service_areas"
POOL_READ = "interuss.pool_status.read"
RID_WRITE = "dss.write.identification_service_areas"
# The hotline's. A party's people and services get theirs from the node itself (sessions.py); a node operator's tokens
# come from an issuer that the operator gave a token key of. Neither opens an operation of F3548.
HOTLINE_PARTY = "beforehand.party"
HOTLINE_OPERATOR = "beforehand.operator"

#: Any one option suffices; of an option, every scope is needed.
Options = Sequence[frozenset[str]]

_SC = frozenset({STRATEGIC_COORDINATION})
_SC_CP = frozenset({STRATEGIC_COORDINATION, CONSTRAINT_PROCESSING})
_CMSA = frozenset({CONFORMANCE_MONITORING_SA})
_CM = frozenset({CONSTRAINT_MANAGEMENT})
_CP = frozenset({CONSTRAINT_PROCESSING})
_AA = frozenset({AVAILABILITY_ARBITRATION})

#: By operationId of F3548-21's OpenAPI (its `security`), and of the DSS's auxiliary API.
OPERATIONS: Mapping[str, Options] = MappingProxyType(
    {
        "queryOperationalIntentReferences": (_SC, _CMSA),
        "getOperationalIntentReference": (_SC, _CMSA),
        "createOperationalIntentReference": (_SC, _SC_CP, _CMSA),
        "updateOperationalIntentReference": (_SC, _SC_CP, _CMSA),
        "deleteOperationalIntentReference": (_SC, _CMSA),
        "queryConstraintReferences": (_CM, _CP),
        "getConstraintReference": (_CM, _CP),
        "createConstraintReference": (_CM,),
        "updateConstraintReference": (_CM,),
        "deleteConstraintReference": (_CM,),
        "querySubscriptions": (_CP, _SC),
        "getSubscription": (_CP, _SC),
        "createSubscription": (_CP, _SC),
        "updateSubscription": (_CP, _SC),
        "deleteSubscription": (_CP, _SC),
        "makeDssReport": (_CM, _CP, _SC, _CMSA, _AA),
        "getUssAvailability": (_AA, _SC, _CMSA),
        "setUssAvailability": (_AA,),
        "validateOauth": (frozenset({RID_READ}), frozenset({RID_WRITE})),
        "getPool": (frozenset({POOL_READ}),),
    }
)


def require(identity: Identity, options: Options) -> None:
    """Return if the token carries every scope of one option. Raises Forbidden."""
    held = identity.scopes
    for option in options:
        if option <= held:
            return
    raise Forbidden(
        f"Access token missing scopes ({_listed([option - held for option in options])}) while expecting "
        f"{_listed(options)} and got {', '.join(sorted(held)) or 'none'}"
    )


def require_off_nominal(identity: Identity, state: str) -> None:
    """Return if the party may report an intent Nonconforming or Contingent (SCD0100). Raises Forbidden."""
    if CONFORMANCE_MONITORING_SA not in identity.scopes:
        raise Forbidden(
            f"Missing `{CONFORMANCE_MONITORING_SA}` Conformance Monitoring for Situational Awareness scope to "
            f"transition to CMSA state: {state} (see SCD0100)"
        )


def require_to_hear(identity: Identity, of_intents: bool, of_constraints: bool) -> None:
    """With `strict_scopes`: return if the party may be told of what it asks to be told. Raises Forbidden.

    The texts of `notify_for_operational_intents` and `notify_for_constraints` in F3548-21's OpenAPI.
    """
    if of_intents and STRATEGIC_COORDINATION not in identity.scopes:
        raise Forbidden(
            f"Access token missing scope {STRATEGIC_COORDINATION}, needed for notify_for_operational_intents"
        )
    if of_constraints and CONSTRAINT_PROCESSING not in identity.scopes:
        raise Forbidden(f"Access token missing scope {CONSTRAINT_PROCESSING}, needed for notify_for_constraints")


def _listed(options: Sequence[frozenset[str]]) -> str:
    return " or ".join(" and ".join(sorted(option)) for option in options)
