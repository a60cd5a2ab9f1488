"""Joining, logging in, being removed."""

from __future__ import annotations

from typing import Any

import pytest

from beforehand.auth.sessions import LIFETIME_MAX_S

from .line import PASSWORD, Line, play
from .situation import situation

RIGHT = {"party": "TEAL", "login": "first", "password": PASSWORD, "role": "senior"}


def test_whatever_is_wrong_about_a_login_the_answer_is_the_same() -> None:
    """H1.3, P5: neither party, login nor password is to be found out; nothing is recorded."""

    async def story(line: Line) -> None:
        s = await situation(line)
        await line.done_("party remove", s.addressee.token, person=s.deputy.person)
        begin = line.node.durable
        answers = set()
        for wrong in (
            {"password": "long enough, but wrong"}, {"party": "JADE"}, {"login": "nobody"}, {"password": ""}, {"role": "pilot",
            "password": "wrong"}, {"login": "second"}, {"login": "gateway"}, {"login": "gateway", "role": "pilot"}, {"password":
            "x" * 100_000}, {"party": "GREY", "login": "second"},
        ):  # fmt: skip
            got = await line.do("party login", None, RIGHT | wrong)
            answers.add((got.status, got.body))
        assert len(answers) == 1
        assert (got.status, got.reason) == (401, "wrong_login")
        assert line.node.durable == begin
        assert (await line.do("party login", None, RIGHT)).status == 200

    play(story)


@pytest.mark.parametrize("login", ["first", "gateway", "nobody"])
def test_a_role_that_cannot_be_one_is_refused_before_anything_is_looked_up(login: str) -> None:
    """P5: whether a login is a service's does not show in how its role is taken."""

    async def story(line: Line) -> None:
        await situation(line)
        got = await line.do("party login", None, RIGHT | {"login": login, "role": "No Role"})
        assert (got.status, got.reason, got.field) == (400, "bad_word", "role")

    play(story)


def test_a_removed_persons_token_is_refused_at_once() -> None:
    """H1.3: the removal counts from its answer on, whatever the token says."""

    async def story(line: Line) -> None:
        s = await situation(line)
        for removed in (s.deputy, s.service):
            assert (await line.look("/parties", removed.token)).status == 200
            await line.done_("party remove", s.addressee.token, person=removed.person)
            for got in (
                await line.look("/parties", removed.token),
                await line.do("zone end", removed.token, zone=s.zone),
            ):
                assert (got.status, got.reason) == (401, "session_over")
        assert (await line.do("party login", None, RIGHT | {"login": "second", "role": "duty"})).reason == "wrong_login"

    play(story)


def test_who_logged_out_is_out_and_other_sessions_go_on() -> None:
    """H1.3: a session is ended by its own token alone."""

    async def story(line: Line) -> None:
        s = await situation(line)
        other = await line.login("TEAL", "first", s.addressee.person)
        await line.done_("party logout", other.token, {})
        assert (await line.look("/parties", other.token)).reason == "session_over"
        assert (await line.look("/parties", s.addressee.token)).status == 200
        assert (await line.do("party logout", s.bound, {})).reason == "person_needed"

    play(story)


def test_a_token_ends_within_the_hour() -> None:
    """H1.3: then one logs in anew."""

    async def story(line: Line) -> None:
        s = await situation(line)
        await line.wait(LIFETIME_MAX_S / 60 - 1)
        assert (await line.look("/parties", s.addressee.token)).status == 200
        await line.wait(2)
        got = await line.look("/parties", s.addressee.token)
        assert (got.status, got.reason) == (401, "unauthenticated")

    play(story)


def test_a_service_is_no_person() -> None:
    """H5.3: a service token cannot read back, see, or do what the senior role does; no invitation makes a person a service."""

    async def story(line: Line) -> None:
        s = await situation(line)
        await line.seen(f"/notices/{s.notice}", s.service.token)
        for verb, body in (
            ("receipt seen", {"notice": s.notice}), ("receipt open", {"notice": s.notice}),
            ("party invite", {"roles": ["duty"]}),
            ("agreement sign", {"agreement": s.agreement}), ("notice release", {"notice": s.notice}),
        ):  # fmt: skip
            got = await line.do(verb, s.service.token, body)
            assert (got.status, got.reason) == (403, "person_needed"), verb
        got = await line.do("party invite", s.addressee.token, roles=["duty", "service"])
        assert (got.status, got.reason, got.field) == (400, "bad_word", "roles[1]")

    play(story)


def test_a_person_acts_in_a_role_that_was_given() -> None:
    """H1.3: the invitation names them; the senior role is not taken, it is given."""

    async def story(line: Line) -> None:
        s = await situation(line)
        got = await line.do("party login", None, RIGHT | {"login": "second"})
        assert (got.status, got.reason) == (403, "role_needed")
        assert (await line.do("party invite", s.deputy.token, roles=["duty"])).reason == "role_needed"

    play(story)


def test_an_invitation_is_taken_up_once() -> None:
    """H1.3: whoever comes second is told that it is not known."""

    async def story(line: Line) -> None:
        s = await situation(line)
        made = await line.done_("party invite", s.addressee.token, roles=["duty"])
        body = {"party": "TEAL", "invitation": made["invitation"], "login": "third", "password": PASSWORD}
        for wrong in ({"party": "GREY"}, {"party": "JADE"}, {"invitation": "x"}, {"invitation": ""}):
            got = await line.do("party join", None, body | wrong)
            assert (got.status, got.reason) == (403, "invitation_unknown")
        assert (await line.do("party join", None, body | {"login": "second"})).reason == "login_taken"
        assert (await line.do("party join", None, body | {"password": "short"})).field == "password"
        await line.done_("party join", None, body)
        assert (await line.do("party join", None, body | {"login": "fourth"})).reason == "invitation_unknown"

    play(story)


def party(**fields: Any) -> dict[str, Any]:
    return {"code": "JADE", "name": "Jade", "public_key": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"} | fields


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"code": "J\u0410DE"}, "code"), ({"code": "jade"}, "code"), ({"code": "J"}, "code"), ({"kind": "enemy"}, "kind"),
        ({"public_key": "x"}, "public_key"), ({"public_key": "A" * 43}, "public_key"), ({"issuer": "elsewhere"}, "subject"),
        ({"subject": "jade"}, "issuer"), ({"languages": ["en"] * 51}, "languages"), ({"endpoints": ["x"] * 51}, "endpoints"),
        ({"name": "x" * 201}, "name"),
    ],
)  # fmt: skip
def test_a_party_is_made_whole_or_not_at_all(fields: dict[str, Any], field: str) -> None:
    """H1.1: the refusal names the field, and nothing of a list is left out in silence."""

    async def story(line: Line) -> None:
        begin = line.node.durable
        got = await line.do("party create", line.operator, party(**fields))
        assert (got.status, got.field) == (400, field)
        assert line.node.durable == begin

    play(story)


def test_the_operator_makes_parties_and_no_party_does() -> None:
    """H1.1: with the scope `beforehand.operator`, which no party's token has; codes that look alike are refused."""

    async def story(line: Line) -> None:
        s = await situation(line)
        assert (await line.do("party create", s.giver.token, party())).reason == "forbidden"
        for code, reason in (("TEAL", "code_taken"), ("GREY", "code_taken"), ("TEA1", "code_looks_alike")):
            assert (await line.do("party create", line.operator, party(code=code))).reason == reason
        got = await line.do("party create", line.operator, party(issuer="elsewhere", subject="rust"))
        assert got.reason == "subject_taken"
        await line.done_("party create", line.operator, party())
        seen = await line.seen("/parties", line.operator)
        assert all(each.get("people") is None for each in seen["parties"])

    play(story)
