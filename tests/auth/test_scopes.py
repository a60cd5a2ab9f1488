from __future__ import annotations

from itertools import chain, combinations

import pytest

from beforehand.auth.identity import Forbidden, Identity
from beforehand.auth.scopes import OPERATIONS, require, require_off_nominal, require_to_hear

NAMES = {
    "SC": "utm.strategic_coordination",
    "CMSA": "utm.conformance_monitoring_sa",
    "CM": "utm.constraint_management",
    "CP": "utm.constraint_processing",
    "AA": "utm.availability_arbitration",
}
SUBSETS = list(chain.from_iterable(combinations(NAMES, count) for count in range(len(NAMES) + 1)))

# Who may, said once more and otherwise: any token with one of these (for no operation two scopes are needed together).
ENOUGH = {
    "queryOperationalIntentReferences": "SC CMSA",
    "getOperationalIntentReference": "SC CMSA",
    "createOperationalIntentReference": "SC CMSA",
    "updateOperationalIntentReference": "SC CMSA",
    "deleteOperationalIntentReference": "SC CMSA",
    "queryConstraintReferences": "CM CP",
    "getConstraintReference": "CM CP",
    "createConstraintReference": "CM",
    "updateConstraintReference": "CM",
    "deleteConstraintReference": "CM",
    "querySubscriptions": "CP SC",
    "getSubscription": "CP SC",
    "createSubscription": "CP SC",
    "updateSubscription": "CP SC",
    "deleteSubscription": "CP SC",
    "makeDssReport": "CM CP SC CMSA AA",
    "getUssAvailability": "AA SC CMSA",
    "setUssAvailability": "AA",
    "validateOauth": "",
    "getPool": "",
}


def party(*scopes):
    return Identity("issuer", "uss1", frozenset(NAMES.get(scope, scope) for scope in scopes))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_is_open_to_exactly_the_scopes_of_the_standard(operation):
    for held in SUBSETS:
        try:
            require(party(*held), OPERATIONS[operation])
            allowed = True
        except Forbidden:
            allowed = False
        assert allowed == (not set(ENOUGH[operation].split()).isdisjoint(held)), held


def test_the_token_check_takes_either_scope_of_remote_id():
    for scope in ("dss.read.identification_service_areas", "dss.write.identification_service_areas"):
        require(party(scope), OPERATIONS["validateOauth"])


@pytest.mark.parametrize("scope", ["", "utm.strategic_coordinatio", "UTM.STRATEGIC_COORDINATION", "other"])
def test_a_scope_is_compared_to_the_character(scope):
    with pytest.raises(Forbidden):
        require(party(scope), OPERATIONS["getSubscription"])


def test_all_scopes_of_an_option_are_needed():
    options = (frozenset({"a", "b"}), frozenset({"c"}))
    require(party("a", "b"), options)
    require(party("c"), options)
    with pytest.raises(Forbidden) as caught:
        require(party("z", "a"), options)
    assert str(caught.value) == "Access token missing scopes (b or c) while expecting a and b or c and got a, z"


def test_a_refusal_says_what_is_missing_from_a_token_without_scopes():
    with pytest.raises(Forbidden, match=r"missing scopes \(utm\.availability_arbitration\) .* and got none$"):
        require(party(), OPERATIONS["setUssAvailability"])


def test_only_monitoring_parties_report_off_nominal_states():
    require_off_nominal(party("CMSA"), "Contingent")
    with pytest.raises(Forbidden, match=r"utm\.conformance_monitoring_sa.*Contingent.*SCD0100"):
        require_off_nominal(party("SC", "CP", "CM", "AA"), "Contingent")


@pytest.mark.parametrize("of_intents", [False, True])
@pytest.mark.parametrize("of_constraints", [False, True])
@pytest.mark.parametrize("held", SUBSETS)
def test_strictly_only_what_a_party_may_see_it_may_be_told_of(of_intents, of_constraints, held):
    allowed = not (of_intents and "SC" not in held) and not (of_constraints and "CP" not in held)
    try:
        require_to_hear(party(*held), of_intents, of_constraints)
        assert allowed
    except Forbidden:
        assert not allowed
