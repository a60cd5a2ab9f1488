from __future__ import annotations

import time
import uuid

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from serving import AUDIENCE

from .asking import AA, AVAILABILITY, CM, CMSA, CONSTRAINTS, CP, INTENTS, REPORTS, SC, SUBSCRIPTIONS
from .shapes import Error, shaped

ID = "11111111-1111-4111-8111-111111111111"
VERSION = "a-version-of-nothing"
#: Method, path, the sets of scopes of which each suffices, and those that do not.
OPERATIONS = [
    ("POST", f"{INTENTS}/query", (SC, CMSA), (CM, CP, AA)),
    ("GET", f"{INTENTS}/{ID}", (SC, CMSA), (CM, CP, AA)),
    ("PUT", f"{INTENTS}/{ID}", (SC, f"{SC} {CP}", CMSA), (CM, CP, AA)),
    ("PUT", f"{INTENTS}/{ID}/{VERSION}", (SC, f"{SC} {CP}", CMSA), (CM, CP, AA)),
    ("DELETE", f"{INTENTS}/{ID}/{VERSION}", (SC, CMSA), (CM, CP, AA)),
    ("POST", f"{CONSTRAINTS}/query", (CM, CP), (SC, CMSA, AA)),
    ("GET", f"{CONSTRAINTS}/{ID}", (CM, CP), (SC, CMSA, AA)),
    ("PUT", f"{CONSTRAINTS}/{ID}", (CM,), (SC, CP, CMSA, AA)),
    ("PUT", f"{CONSTRAINTS}/{ID}/{VERSION}", (CM,), (SC, CP, CMSA, AA)),
    ("DELETE", f"{CONSTRAINTS}/{ID}/{VERSION}", (CM,), (SC, CP, CMSA, AA)),
    ("POST", f"{SUBSCRIPTIONS}/query", (SC, CP), (CM, CMSA, AA)),
    ("GET", f"{SUBSCRIPTIONS}/{ID}", (SC, CP), (CM, CMSA, AA)),
    ("PUT", f"{SUBSCRIPTIONS}/{ID}", (SC, CP), (CM, CMSA, AA)),
    ("PUT", f"{SUBSCRIPTIONS}/{ID}/{VERSION}", (SC, CP), (CM, CMSA, AA)),
    ("DELETE", f"{SUBSCRIPTIONS}/{ID}/{VERSION}", (SC, CP), (CM, CMSA, AA)),
    ("POST", REPORTS, (SC, CMSA, CM, CP, AA), ("dss.read.identification_service_areas",)),
    ("GET", f"{AVAILABILITY}/uss1", (AA, SC, CMSA), (CM, CP)),
    ("PUT", f"{AVAILABILITY}/uss1", (AA,), (SC, CMSA, CM, CP)),
    ("GET", "/aux/v1/validate_oauth", ("dss.read.identification_service_areas",), (SC, AA)),
    ("GET", "/aux/v1/validate_oauth", ("dss.write.identification_service_areas",), (CM, CP)),
]
NAMES = [f"{method} {path.replace(ID, 'ID').replace(VERSION, 'VERSION')}" for method, path, _, _ in OPERATIONS]


def claims(**changed):
    """The claims of a token. Times are seconds from now; None leaves a claim out."""
    given = {
        "iss": "another-issuer",
        "sub": f"someone-{uuid.uuid4()}",
        "aud": AUDIENCE,
        "scope": SC,
        "exp": 3_600,
    }
    kept = {name: value for name, value in (given | changed).items() if value is not None}
    return kept | {name: int(time.time()) + kept[name] for name in ("exp", "nbf", "iat") if name in kept}


def asked(server, token, header="Authorization", scheme="Bearer"):
    with server.client() as client:
        return client.get(f"{INTENTS}/{ID}", headers={header: f"{scheme} {token}".encode()})


class TestOperations:
    @pytest.mark.parametrize(("method", "path", "sufficient", "insufficient"), OPERATIONS, ids=NAMES)
    def test_each_asks_for_a_token_and_a_scope_before_it_reads_a_body(
        self, server, method, path, sufficient, insufficient
    ):
        stranger = rsa.generate_private_key(65_537, 2_048)
        with server.client() as client:
            for headers, status in (
                ({}, 401),
                ({"Authorization": "Bearer"}, 401),
                ({"Authorization": f"Bearer {jwt.encode(claims(), stranger, 'RS256')}"}, 401),
                *(({"Authorization": f"Bearer {server.token('x', scope)}"}, 403) for scope in (*insufficient, "")),
            ):
                answer = client.request(method, path, headers=headers, content=b"{ no json")
                assert answer.status_code == status, (headers, answer.text)
                shaped(answer.json(), Error)
            for scope in sufficient:
                answer = client.request(method, path, headers={"Authorization": f"Bearer {server.token('x', scope)}"})
                assert answer.status_code not in (401, 403, 500), answer.text

    @pytest.mark.parametrize("path", ["/aux/v1/version", "/versions/dss", "/healthy", "/ready"])
    def test_some_ask_for_none_and_mind_none(self, server, path):
        with server.client() as client:
            for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Bearer {server.token('x', SC)}"}):
                assert client.get(path, headers=headers).status_code == 200


class TestTokens:
    @pytest.mark.parametrize(
        "changed",
        [
            {},
            {"aud": [AUDIENCE, "elsewhere"]},
            {"scope": f"{CM} {SC} something.else"},
            {"jti": "x", "client_id": "someone", "nbf": -1},
            {"iat": -1},
            {"exp": 30.5},
            {"iss": "NoAuth"},
        ],
        ids=lambda changed: ",".join(changed) or "plain",
    )
    def test_tokens_as_issuers_write_them_are_believed(self, server, changed):
        token = jwt.encode(claims(**changed), server.key, "RS256")
        assert asked(server, token).status_code == 404

    @pytest.mark.parametrize(
        "changed",
        [
            {"sub": None},
            {"sub": ""},
            {"iss": None},
            {"iss": ""},
            {"exp": None},
            {"exp": -1},
            {"exp": 3_720},
            {"nbf": 60},
            {"iat": 60},
            {"aud": None},
            {"aud": "elsewhere"},
            {"aud": "127.0.0"},
            {"scope": [SC]},
        ],
        ids=lambda changed: ",".join(f"{name}={value}"[:24] for name, value in changed.items()),
    )
    def test_tokens_that_claim_less_or_more_are_not(self, server, changed):
        answer = asked(server, jwt.encode(claims(**changed), server.key, "RS256"))
        assert answer.status_code == 401
        shaped(answer.json(), Error)

    @pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256"])
    def test_an_rsa_key_speaks_by_every_rsa_algorithm_and_any_key_id(self, server, algorithm):
        token = jwt.encode(claims(), server.key, algorithm, headers={"kid": "unknown", "typ": "JWT"})
        assert asked(server, token).status_code == 404

    def test_no_token_goes_without_a_signature_or_by_the_public_key_as_a_secret(self, server):
        public = server.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        unsigned = jwt.encode(claims(), None, "none")
        hmac_key = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
        head, body, _ = jwt.encode(claims(), b"k" * 32, "HS256").split(".")
        mac = jwt.utils.base64url_encode(hmac_key.sign(f"{head}.{body}".encode(), public)).decode()
        for token in (unsigned, f"{head}.{body}.{mac}", "x", "a.b.c", "..", "é"):
            assert asked(server, token).status_code == 401

    @pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
    def test_scheme_and_header_are_taken_in_any_case(self, server, scheme):
        for header in ("Authorization", "authorization", "AUTHORIZATION"):
            assert asked(server, server.token("x", SC), header, scheme).status_code == 404

    def test_a_token_may_be_used_again_and_another_of_the_same_party_speaks_for_the_same(self, server):
        first, second = server.token("twice", SC), server.token("twice", SC, lifetime_s=600)
        assert first != second
        assert [asked(server, token).status_code for token in (first, first, second)] == [404] * 3

    def test_the_owner_of_a_token_can_be_asked(self, server):
        with server.party("owner-1", "dss.read.identification_service_areas") as client:
            for owner, status in ((None, 200), ("owner-1", 200), ("owner-2", 403), ("OWNER-1", 403)):
                params = {} if owner is None else {"owner": owner}
                assert client.get("/aux/v1/validate_oauth", params=params).status_code == status
