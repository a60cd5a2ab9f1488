from __future__ import annotations

import json

import pytest

from beforehand.auth.claims import SCOPES_MAX, decode_claims, judge, named
from beforehand.auth.identity import Unauthenticated

from .conftest import NOW_US
from .forger import forge

NOW_S = NOW_US / 1_000_000
ABSENT = object()


def asked(verifier, claims, **changed):
    given = {name: value for name, value in (claims | changed).items() if value is not ABSENT}
    return verifier.verify(b"Bearer " + forge(given), NOW_US)


def refusal(verifier, claims, **changed):
    with pytest.raises(Unauthenticated) as caught:
        asked(verifier, claims, **changed)
    return str(caught.value)


class TestParty:
    @pytest.mark.parametrize("claim", ["sub", "iss"])
    @pytest.mark.parametrize("value", [ABSENT, None, ""])
    def test_subject_and_issuer_must_be_there(self, verifier, claims, claim, value):
        assert f"`{claim}` is missing or empty" in refusal(verifier, claims, **{claim: value})

    @pytest.mark.parametrize("claim", ["sub", "iss"])
    @pytest.mark.parametrize("value", [1, True, ["x"], {"x": "y"}])
    def test_subject_and_issuer_are_strings(self, verifier, claims, claim, value):
        assert claim in refusal(verifier, claims, **{claim: value})

    @pytest.mark.parametrize(("claim", "most"), [("sub", 255), ("iss", 2_048)])
    def test_subject_and_issuer_are_bounded(self, verifier, claims, claim, most):
        assert asked(verifier, claims, **{claim: "é" * most})
        assert f"at most {most}" in refusal(verifier, claims, **{claim: "é" * (most + 1)})

    @pytest.mark.parametrize("claim", ["sub", "iss"])
    @pytest.mark.parametrize("character", ["\0", "\n", "\r", "\x1b", "\x7f", "\x85", "\u2028", "\u2029"])
    def test_neither_may_break_a_line(self, verifier, claims, claim, character):
        assert "control character" in refusal(verifier, claims, **{claim: f"uss{character}1"})

    @pytest.mark.parametrize("subject", [" ", " uss1 ", "uss/1", "ÖAMTC", "空", "\U0001f681", "<b>", "00"])
    def test_a_subject_is_taken_as_it_is(self, verifier, claims, subject):
        assert asked(verifier, claims, sub=subject).subject == subject


class TestTimes:
    @pytest.mark.parametrize("exp", [NOW_S, NOW_S - 1, 0, -1, -1e300])
    def test_an_expired_token_is_refused(self, verifier, claims, exp):
        assert "expired" in refusal(verifier, claims, exp=exp)

    @pytest.mark.parametrize("exp", [ABSENT, None])
    def test_a_token_must_expire(self, verifier, claims, exp):
        assert "`exp` is missing" in refusal(verifier, claims, exp=exp)

    @pytest.mark.parametrize("exp", [NOW_S + 3_600.25, NOW_S + 7_200, 1e300, 10**300, 2**63])
    def test_a_token_may_last_an_hour_at_most(self, verifier, claims, exp):
        assert "more than one hour ahead" in refusal(verifier, claims, exp=exp)

    @pytest.mark.parametrize("exp", [NOW_S + 3_600, NOW_S + 0.25, int(NOW_S) + 1, int(NOW_S) + 3_600])
    def test_up_to_then_it_holds(self, verifier, claims, exp):
        assert asked(verifier, claims, exp=exp)

    @pytest.mark.parametrize("claim", ["nbf", "iat"])
    def test_a_token_of_the_future_is_refused_with_no_leeway(self, verifier, claims, claim):
        assert asked(verifier, claims, **{claim: NOW_S})
        assert f"`{claim}` lies ahead" in refusal(verifier, claims, **{claim: NOW_S + 0.25})
        assert f"`{claim}` lies ahead" in refusal(verifier, claims, **{claim: 1e300})

    @pytest.mark.parametrize("claim", ["nbf", "iat"])
    def test_how_long_ago_it_began_is_all_one(self, verifier, claims, claim):
        for at in (NOW_S - 1e6, 0, -1e300, None):
            assert asked(verifier, claims, **{claim: at})

    @pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
    @pytest.mark.parametrize("value", ["1800003600", True, [], {}])
    def test_times_are_numbers(self, verifier, claims, claim, value):
        assert claim in refusal(verifier, claims, **{claim: value})

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400", "-1e400"])
    def test_numbers_that_json_or_a_clock_does_not_know_are_refused(self, verifier, claims, number):
        body = json.dumps(claims | {"exp": "@"}).replace('"@"', number).encode()
        with pytest.raises(Unauthenticated):
            verifier.verify(b"Bearer " + forge(body), NOW_US)


class TestAudience:
    @pytest.mark.parametrize("aud", ["uss.example", ["uss.example"], ["x", "uss.example"], ["", "uss.example"]])
    def test_one_audience_must_be_ours(self, verifier, claims, aud):
        assert asked(verifier, claims, aud=aud)

    @pytest.mark.parametrize(
        "aud",
        [ABSENT, None, "", [], "x", "USS.EXAMPLE", "uss.example ", "uss.example,x", "uss.example.", ["uss", "example"]],
    )
    def test_to_the_character(self, verifier, claims, aud):
        assert refusal(verifier, claims, aud=aud).startswith("Invalid access token audience: [")

    @pytest.mark.parametrize("aud", [1, {"uss.example": 1}, [1], [None], [["uss.example"]]])
    def test_an_audience_is_a_string_or_an_array_of_strings(self, verifier, claims, aud):
        assert "aud" in refusal(verifier, claims, aud=aud)


class TestScopes:
    @pytest.mark.parametrize(
        ("scope", "scopes"),
        [
            (ABSENT, set()),
            (None, set()),
            ("", set()),
            (" ", set()),
            ("a", {"a"}),
            ("a  b a", {"a", "b"}),
            ("a\tb", {"a\tb"}),
            ("a,b", {"a,b"}),
        ],
    )
    def test_scopes_are_divided_by_spaces(self, verifier, claims, scope, scopes):
        assert asked(verifier, claims, scope=scope).scopes == scopes

    @pytest.mark.parametrize("scope", [["utm.strategic_coordination"], [], {}, 1, True])
    def test_an_array_of_scopes_is_refused(self, verifier, claims, scope):
        assert "scope" in refusal(verifier, claims, scope=scope)

    def test_scopes_are_bounded(self, verifier, claims):
        assert asked(verifier, claims, scope=" ".join(map(str, range(SCOPES_MAX))))
        assert "scopes" in refusal(verifier, claims, scope=" ".join(map(str, range(SCOPES_MAX + 1))))


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"1", b"{}x", b"\xff", b'{"sub":"\xff"}', b'{"sub":"\\ud800"}', b"[" * 5_000],
)
def test_claims_that_are_no_json_object_are_refused(verifier, body):
    with pytest.raises(Unauthenticated):
        verifier.verify(b"Bearer " + forge(body), NOW_US)


def test_deep_nesting_in_a_claim_nobody_reads_is_survived(verifier, claims):
    body = json.dumps(claims)[:-1].encode() + b', "x": ' + b"[" * 2_500 + b"]" * 2_500 + b"}"
    with pytest.raises(Unauthenticated):
        verifier.verify(b"Bearer " + forge(body), NOW_US)


def test_other_claims_are_ignored(verifier, claims):
    assert asked(verifier, claims, jti="x", client_id=1, roles=["x"], SUB="other").subject == "uss1"


def test_a_verdict_holds_while_every_time_in_it_holds(claims):
    exp = int(NOW_S) + 3_000
    judged = claims | {"exp": exp, "nbf": NOW_S - 20, "iat": NOW_S - 10}
    issuer = named(claims["iss"], "iss", 100)
    verdict = judge(decode_claims(json.dumps(judged).encode()), issuer, {"uss.example"}, NOW_US)
    assert (verdict.from_us, verdict.until_us) == (NOW_US - 10_000_000, exp * 1_000_000)
