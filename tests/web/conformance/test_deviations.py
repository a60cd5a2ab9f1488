"""Where this server is stricter, or safer, than the ecosystem's reference on purpose: docs/compatibility.md says why."""

from __future__ import annotations

import json

import pytest

from .asking import (
    AVAILABILITY,
    CONSTRAINTS,
    INTENTS,
    REPORTS,
    SUBSCRIPTIONS,
    constraint,
    implicit,
    intent,
    minutes,
    new_id,
    soon,
    subscription,
    volume,
)
from .shapes import Error, shaped


def sent(party, method, path, content, status):
    """Send bytes as they are; returns the answer."""
    answer = party.http.request(method, path, content=content)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    return answer.json()


class TestBodies:
    @pytest.fixture
    def body(self, here):
        return json.dumps(intent(soon(here)))

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda body: body + " junk",
            lambda body: body + "{}",
            lambda body: "\ufeff" + body,
            lambda body: body.replace('"extents"', '"EXTENTS"'),
            lambda body: body.replace('"https://uss', '"https://u\\u0000ss'),
            lambda body: body.replace('"https://uss', '"https://u\\ud800ss'),
            lambda body: body.encode().replace(b"https://uss", b"https://u\xffss"),
            lambda body: body[:-1] + ', "more": ' + "[" * 101 + "]" * 101 + "}",
            lambda body: body[:-1],
            lambda body: "",
            lambda body: "[]",
            lambda body: "null",
            lambda body: body.replace('"value": 50', '"value": NaN'),
            lambda body: body.replace('"value": 50', '"value": 1e400'),
            lambda body: body.replace('"value": 50', '"value": "50"'),
            lambda body: body.replace('"value": 50, ', ""),
        ],
        ids=[
            *("trailing text", "trailing object", "byte order mark", "upper-case members", "NUL", "lone surrogate"),
            *("not UTF-8", "deep", "cut short", "empty", "array", "null", "NaN", "infinite", "text", "no number"),
        ],
    )
    def test_what_is_not_one_json_value_of_the_right_kind_is_refused(self, alice, body, spoil):
        sent(alice, "PUT", f"{INTENTS}/{new_id()}", body, 201)
        shaped(sent(alice, "PUT", f"{INTENTS}/{new_id()}", spoil(body), 400), Error)

    def test_white_space_and_members_given_twice_are_taken_the_last_one_counts(self, alice, body):
        twice = '{"state": "Foo", ' + body[1:]
        sent(alice, "PUT", f"{INTENTS}/{new_id()}", f" \n{twice} \n", 201)

    def test_a_body_of_null_says_nothing(self, authority):
        uss = f"{AVAILABILITY}/{new_id()}"
        assert sent(authority, "PUT", uss, "null", 200)["status"]["availability"] == "Unknown"
        assert sent(authority, "POST", REPORTS, "null", 201)["report_id"]

    def test_answers_are_not_escaped_for_web_pages(self, alice, here):
        url = "https://uss.example.com/?a=<b>&c"
        assert url in json.dumps(alice.plan(intent(soon(here), uss_base_url=url)))
        answer = alice.http.get(f"{INTENTS}/query")
        assert b"\\u00" not in answer.content


class TestPaths:
    @pytest.mark.parametrize("path", ["%00", "%FF", "a%00b"])
    def test_what_is_no_text_is_refused(self, authority, path):
        for root in (INTENTS, CONSTRAINTS, SUBSCRIPTIONS, AVAILABILITY):
            shaped(sent(authority, "GET", f"{root}/{path}", b"", 400), Error)

    def test_ids_have_no_other_brackets(self, alice):
        for id_ in (f"({new_id()})", f"{{{new_id()})", f"x{new_id()}x"):
            shaped(alice.ask("GET", f"{INTENTS}/{id_}", 400), Error)


class TestUrls:
    @pytest.mark.parametrize(
        "url",
        [
            "",
            " ",
            "junk",
            "/uss",
            "ftp://uss.example.com",
            "https://",
            "https:///uss",
            "https://user:secret@uss.example.com",
            "https://uss.example.com/" + "x" * 2_030,
            "https://uss example.com",
            "https://üss.example.com",
        ],
        ids=["empty", "blank", "text", "path", "ftp", "bare", "no host", "user", "long", "space", "not ASCII"],
    )
    def test_a_base_url_is_an_absolute_one_that_can_be_asked(self, authority, here, url):
        authority.put_intent(intent(soon(here), uss_base_url=url), status=400)
        authority.put_intent(intent(soon(here), new_subscription=implicit(url)), status=400)
        authority.put_constraint(constraint(soon(here), uss_base_url=url), status=400)
        authority.put_subscription(subscription(soon(here), uss_base_url=url), status=400)

    @pytest.mark.parametrize(
        "url", ["https://localhost:8080", "http://127.0.0.1:8080/a/b/", "https://uss.example.com/?x=%20&y#z"]
    )
    def test_it_is_shown_as_it_was_given(self, alice, here, url):
        assert alice.plan(intent(soon(here), uss_base_url=url))["uss_base_url"] == url


class TestPlaces:
    def test_one_volume_without_an_outline_is_named_and_refused(self, alice, authority, here):
        nowhere = soon({})
        refused = alice.put_intent(intent(soon(here), nowhere), status=400)
        assert "extents[1]" in refused["message"]
        assert "extents[1]" in authority.put_constraint(constraint(soon(here), nowhere), status=400)["message"]

    def test_a_subscription_hears_somewhere(self, alice, here):
        alice.put_subscription(subscription(soon({})), status=400)
        mine = alice.subscribe(subscription(soon(here)))
        alice.put_subscription(subscription(soon({})), mine["id"], mine["version"], 400)

    def test_corners_and_volumes_are_counted(self, alice, here):
        many = [{"lat": here.lat + i * 1e-6, "lng": here.lng + (i % 2) * 1e-6} for i in range(5_001)]
        alice.put_intent(intent(soon({"outline_polygon": {"vertices": many}})), status=400)
        alice.put_intent(intent(*[soon(here)] * 1_001), status=400)
        alice.plan(intent(*[soon(here)] * 1_000))

    def test_a_moment_is_no_window_to_plan_or_hear_in(self, alice, authority, here):
        at = minutes(20)
        moment = volume(here, at, at)
        alice.put_intent(intent(moment), status=400)
        authority.put_constraint(constraint(moment), status=400)
        alice.put_subscription(subscription(moment), status=400)
        alice.plan(intent(moment, soon(here)))
        assert len(alice.intents(moment)) == 1


class TestKeys:
    def test_a_key_may_hold_anything_and_only_current_versions_count(self, alice, here):
        mine = alice.plan(intent(soon(here)))
        for key in ([], [""], ["x"], None, ["Available from USS"]):
            alice.put_intent(intent(soon(here)) | {"key": key}, status=409)
        alice.plan(intent(soon(here), key=["x"] * 2_000 + [mine["ovn"]]))
