from __future__ import annotations

import uuid

import pytest

from .asking import AVAILABILITY, INTENTS, REPORTS, URL, Asker, intent, soon
from .shapes import AvailabilityAnswer, Error, shaped

EXCHANGE = {
    "url": f"{URL}/uss/v1/operational_intents/x",
    "method": "GET",
    "headers": ["Authorization: Bearer x"],
    "recorder_role": "Client",
    "request_time": {"value": "2030-01-01T00:00:00Z", "format": "RFC3339"},
    "request_body": "",
    "response_time": {"value": "2030-01-01T00:00:01Z", "format": "RFC3339"},
    "response_body": "",
    "response_code": 999,
    "problem": "no answer",
}


@pytest.fixture
def uss():
    return f"uss-{uuid.uuid4()}"


def put(party: Asker, uss: str, status: int, **body):
    return party.ask("PUT", f"{AVAILABILITY}/{uss}", status, body)


class TestAvailability:
    def test_of_a_uss_of_which_nothing_was_said_it_is_unknown(self, alice, uss):
        found = alice.ask("GET", f"{AVAILABILITY}/{uss}", 200)
        assert found == {"version": "", "status": {"uss": uss, "availability": "Unknown"}}

    def test_it_is_set_by_the_version_before(self, alice, authority, uss):
        version = ""
        for said, shown in (("Normal", "Normal"), ("down", "Down"), ("UNKNOWN", "Unknown"), ("normal", "Normal")):
            made = put(authority, uss, 200, old_version=version, availability=said)
            shaped(made, AvailabilityAnswer)
            assert made["status"] == {"uss": uss, "availability": shown}
            assert made["version"] not in ("", version)
            version = made["version"]
            assert alice.ask("GET", f"{AVAILABILITY}/{uss}", 200) == made
            for stale in ("", "ThisIsAnIncorrectVersion"):
                put(authority, uss, 409, old_version=stale, availability="Down")

    def test_the_first_needs_no_version(self, authority, uss):
        put(authority, uss, 409, old_version="invalid", availability="Normal")
        put(authority, uss, 200, availability="Normal")

    @pytest.mark.parametrize("said", ["pUrPlE", "Up", " Normal", 5])
    def test_there_are_three(self, authority, uss, said):
        shaped(put(authority, uss, 400, availability=said), Error)

    def test_it_is_shown_on_its_intents_and_whose_uss_is_down_need_not_be_known(
        self, server, bob, authority, here, uss
    ):
        with server.party(uss, "utm.strategic_coordination") as client:
            theirs = Asker(client, uss).plan(intent(soon(here)))
            bob.put_intent(intent(soon(here)), status=409)
            version = put(authority, uss, 200, availability="Down")["version"]
            assert bob.intent(theirs["id"])["uss_availability"] == "Down"
            mine = bob.plan(intent(soon(here)))
            put(authority, uss, 200, old_version=version, availability="Normal")
            assert bob.intent(theirs["id"])["uss_availability"] == "Normal"
            bob.put_intent(intent(soon(here)), mine["id"], mine["ovn"], 409)


class TestReports:
    def test_a_report_is_taken_and_named(self, alice):
        first, second = (alice.ask("POST", REPORTS, 201, {"exchange": EXCHANGE}) for _ in range(2))
        assert first["exchange"] == EXCHANGE
        assert first["report_id"] != second["report_id"]

    @pytest.mark.parametrize("exchange", [5, [], {"headers": "x"}, {"response_code": "5"}, {"request_time": "now"}])
    def test_one_that_is_none_is_refused(self, alice, exchange):
        shaped(alice.ask("POST", REPORTS, 400, {"exchange": exchange}), Error)


class TestServices:
    def test_versions_are_told(self, server):
        with server.client() as client:
            version = client.get("/aux/v1/version").json()["version"]
            assert version
            assert "undefined" not in version
            for system in ("dss", "astm.f3548.v21"):
                assert client.get(f"/versions/{system}").json() == {
                    "system_identity": system,
                    "system_version": version,
                }

    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
    def test_it_says_that_it_lives(self, server, method):
        with server.client() as client:
            answer = client.request(method, "/healthy")
            assert (answer.status_code, answer.text) == (200, "ok")

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/"),
            ("GET", "/dss/v1"),
            ("GET", "/dss/v1/operation_references/x"),
            ("GET", f"{INTENTS}"),
            ("GET", f"{INTENTS}/query/"),
            ("POST", f"{INTENTS}/query/"),
            ("POST", f"{INTENTS}/x"),
            ("PATCH", f"{INTENTS}/x"),
            ("DELETE", f"{INTENTS}/x"),
            ("GET", f"{INTENTS}/x/y"),
            ("GET", f"{INTENTS}/x/y/z"),
            ("OPTIONS", f"{INTENTS}/x"),
            ("GET", f"{AVAILABILITY}"),
            ("POST", f"{AVAILABILITY}/x"),
            ("GET", REPORTS),
        ],
    )
    def test_what_is_not_there_is_404_in_plain_text_whatever_the_method(self, alice, method, path):
        answer = alice.http.request(method, path)
        assert answer.status_code == 404
        assert answer.text == "404 page not found\n"
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"

    def test_a_body_that_announces_too_much_is_refused_before_its_token_is_read(self, server):
        with server.client() as client:
            answer = client.put(f"{INTENTS}/x", content=b" " * (4 * 2**20 + 1))
            assert (answer.status_code, answer.text) == (413, "request body too large\n")

    def test_one_that_announces_nothing_is_refused_when_it_is_too_long(self, alice):
        answer = alice.http.put(f"{INTENTS}/{uuid.uuid4()}", content=iter([b" " * 2**20] * 5))
        assert answer.status_code == 400
        shaped(answer.json(), Error)

    def test_errors_can_be_quoted(self, alice):
        messages = [alice.intent(str(uuid.uuid4()), 404)["message"] for _ in range(2)]
        ids = [message.rpartition("(E:")[2].rstrip(")") for message in messages]
        assert ids[0] != ids[1]
        assert [uuid.UUID(each).version for each in ids] == [4, 4]
