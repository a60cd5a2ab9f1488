"""What is not yours looks as if it were not there, behind every door. A route without its line here fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from beforehand.web.hotline.operations import HOTLINE, HotlineOperation

from .line import BASE, Got, Line, play
from .situation import SECRETS, Situation, situation, volume

NOT_THERE = "00000000-0000-4000-8000-000000000000"
PEOPLE = ("giver", "addressee", "third", "observer")
PARTIES = (*PEOPLE, "service", "bound")
EVERYBODY = (*PARTIES, "forged", "nobody", "operator")
#: Of a party, but for no person.
IMPERSONAL = ("service", "bound")


class Door(NamedTuple):
    """A body or path, of an object by id, and whose it is. `by`: of nobody's object in particular, but for those who may."""

    may: tuple[str, ...]
    asked: Callable[[Situation, str], Any]
    object: str | None = None


def none(*may: str, **fields: Any) -> Door:
    """A door that names no object."""
    return Door(may, lambda s, id_: fields)


def of_notice(*may: str, **fields: Any) -> Door:
    return Door(may, lambda s, id_: {"notice": id_} | fields, "notice")


def of_zone(*may: str, **fields: Any) -> Door:
    return Door(may, lambda s, id_: {"zone": id_} | fields, "zone")


def of_agreement(*may: str) -> Door:
    return Door(may, lambda s, id_: {"agreement": id_}, "agreement")


VOLUME = {"circle": [35.5, 35.8, 9_000], "from": "2027-01-15T09:00:00Z", "to": "2027-01-15T10:00:00Z"}
AREA = {"circle": [35.5, 35.8, 9_000]}
LEG = {"from": [35.9, 35.2], "to": [35.4, 35.9], "from_time": "2027-01-15T09:00:00Z", "to_time": "2027-01-15T10:00:00Z"}
KEY = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
TOLD = ("addressee",)
TOLD_AND_SERVICE = ("addressee", "service")
SEE = ("giver", "addressee", "service", "observer")

DOORS: dict[str, Door] = {
    "partyCreate": none("operator", code="JADE", name="Jade", public_key=KEY),
    "partyJoin": none(*EVERYBODY, party="TEAL", invitation="x", login="mallory", password="long enough"),
    "partyLogin": none(*EVERYBODY, party="TEAL", login="mallory", password="long enough"),
    "partyLogout": none(*PEOPLE, "service"),
    "partyInvite": none(*PEOPLE, roles=["duty"]),
    "partyService": none(*PEOPLE, login="other-gateway"),
    "partyRemove": Door(TOLD, lambda s, id_: {"person": id_}, "deputy"),
    "partyKey": none(*PEOPLE, public_key=KEY),
    "partyRevoke": Door(TOLD, lambda s, id_: {"key": id_, "from": "2027-01-15T09:00:00Z"}, "key"),
    "nonpartyName": none(*PARTIES, code="SHORE-AD"),
    "agreementPropose": none(*PEOPLE, **{"parties": ["GREY", "TEAL"], "from": "2027-01-15T09:00:00Z"}),
    "agreementSign": of_agreement("giver", "addressee"),
    "agreementSuspend": of_agreement("giver", "addressee"),
    "agreementResume": of_agreement("giver", "addressee"),
    "agreementDenounce": of_agreement("giver", "addressee"),
    "agreementCite": none(*PEOPLE, title="Resolution", clauses={"1": "x"}),
    "noticeGive": none(*PARTIES, category="exercise", volumes=[VOLUME]),
    "noticeTry": none(*PARTIES, category="exercise", volumes=[VOLUME]),
    "noticeChange": of_notice("giver", volumes=[VOLUME]),
    "noticeShift": of_notice("giver", minutes=5),
    "noticeBegin": of_notice("giver"),
    "noticeEnd": of_notice("giver"),
    "noticeBreakOff": of_notice("giver"),
    "noticeClear": of_notice("giver"),
    "noticeNotFlown": of_notice("giver"),
    "noticeWithdraw": of_notice("giver"),
    "noticeDeviate": of_notice("giver"),
    "noticeAdvice": of_notice("giver"),
    "noticeRelease": of_notice(*TOLD),
    "noticeObject": of_notice(*TOLD_AND_SERVICE),
    "noticeAnswer": Door(("giver",), lambda s, id_: {"notice": s.notice, "objection": id_, "answer": "amended"}, "objection"),
    "zoneDeclare": none(*PARTIES, kind="range", volumes=[AREA], active=[["2027-01-15T09:00:00Z", None]]),
    "zoneReport": Door(PARTIES, lambda s, id_: {
        "kind": "range", "nonparty": "COAST-AD", "volumes": [AREA], "active": [["2027-01-15T09:00:00Z", None]]}),
    "zonePosture": of_zone(*TOLD_AND_SERVICE, **{"capability": "long", "from": "2027-01-15T09:00:00Z"}),
    "zoneEnd": of_zone(*TOLD_AND_SERVICE),
    "movementDeclare": none(*PARTIES, legs=[LEG]),
    "movementEnd": Door(TOLD_AND_SERVICE, lambda s, id_: {"movement": id_}, "movement"),
    "relayReport": of_notice("giver", "addressee", "service", "observer", nonparty="COAST-AD", named_by="TEAL"),
    "receiptDelivered": of_notice(*TOLD_AND_SERVICE, hash="0" * 64),
    "receiptSeen": of_notice(*TOLD),
    "receiptOpen": of_notice(*TOLD),
    "receiptAnswer": of_notice(*TOLD, volumes=[VOLUME]),
    "receiptVoice": of_notice("giver", party="TEAL", volumes=[VOLUME]),
    "receiptWho": of_notice(*TOLD, answer="none"),
    "receiptDisseminated": of_notice(*TOLD_AND_SERVICE, coverage="all"),
    "phraseEqual": of_notice("giver", "addressee", "observer", party="TEAL"),
    "listParties": Door((*PARTIES, "operator"), lambda s, id_: "/parties"),
    "listAgreements": Door(PARTIES, lambda s, id_: "/agreements"),
    "getAgreement": Door(SEE, lambda s, id_: f"/agreements/{id_}", "agreement"),
    "listNotices": Door(PARTIES, lambda s, id_: "/notices"),
    "getNotice": Door(SEE, lambda s, id_: f"/notices/{id_}", "notice"),
    "getKnew": Door(SEE, lambda s, id_: f"/knew/{id_}", "notice"),
    "listZones": Door(PARTIES, lambda s, id_: "/zones"),
    "listMovements": Door(PARTIES, lambda s, id_: "/movements"),
    "getDayValue": Door((), lambda s, id_: f"/pairs/{id_}/2027-01-15", "GREY"),
}  # fmt: skip
OPERATIONS = {each.id: each for each in HOTLINE}


def test_every_route_has_its_line() -> None:
    """H10.3: default deny is tried on every route there is."""
    assert set(DOORS) == set(OPERATIONS)


async def knock(line: Line, operation: HotlineOperation, door: Door, s: Situation, id_: str, token: str | None) -> Got:
    asked = door.asked(s, id_)
    if isinstance(asked, str):
        return await line.of(operation, BASE + asked, token)
    return await line.of(operation, operation.template, token, asked)


def plain(got: Got, id_: str) -> tuple[int, Any]:
    """An answer but for the id that was asked for, and the one that each fault has."""
    text = re.sub(r"\(E:[0-9a-f-]{36}\)", "", got.body.decode())
    return got.status, text.replace(id_, "ID")


def real(line: Line, s: Situation, name: str) -> str:
    """The id of an object that is there."""
    if name == "key":
        return str(next(iter(line.node._machine.hotline.parties["TEAL"].keys)))
    if name == "GREY":
        return name
    found = getattr(s, name)
    return str(found if isinstance(found, str) else found.person)


def absent(name: str) -> str:
    return {"key": "0" * 16, "GREY": "NOBODY"}.get(name, NOT_THERE)


def test_who_may_not_is_answered_as_if_it_were_not_there_and_leaves_no_entry() -> None:
    """H10.3, P5: the same answer for "not there" and "not yours", whoever tries, at every door; nothing is recorded of it."""

    async def story(line: Line) -> None:
        s = await situation(line)
        tokens = s.tokens | {"operator": line.operator}
        assert set(tokens) == set(EVERYBODY)
        begin = line.node.durable
        for id_, door in DOORS.items():
            operation = OPERATIONS[id_]
            for who, token in tokens.items():
                if who in door.may:
                    continue
                name = door.object or "notice"
                if id_ == "getDayValue" and who in ("addressee", "service"):
                    continue  # TEAL and GREY have signed together: theirs to know
                there, not_there = real(line, s, name), absent(name)
                got = await knock(line, operation, door, s, there, token)
                other = await knock(line, operation, door, s, not_there, token)
                if who == "observer" and got.reason == "not_in_agreement":
                    continue  # it sees the agreement, and signs nothing of it
                assert 400 <= got.status < 500, (id_, who, got)
                assert plain(got, there) == plain(other, not_there), (id_, who)
                assert not [secret for secret in SECRETS if secret in got.body.decode()], (id_, who)
                if who in ("third", "observer") and id_ != "partyCreate":
                    assert got.reason == "not_found", (id_, who, got)
        assert line.node.durable == begin

    play(story)


EXPECTED = {"nobody": (401, "unauthenticated"), "forged": (403, "no_party")}


def test_who_is_nobody_here_comes_no_further_than_the_door() -> None:
    """H5.3, H10.3: no token; a foreign token that claims a person, a role and a session of TEAL; the operator's."""

    async def story(line: Line) -> None:
        s = await situation(line)
        for id_, door in DOORS.items():
            operation = OPERATIONS[id_]
            there = real(line, s, door.object or "notice")
            if "nobody" in door.may:
                continue
            got = await knock(line, operation, door, s, there, None)
            assert (got.status, got.reason) == EXPECTED["nobody"]
            forged = await knock(line, operation, door, s, there, s.forged)
            assert (forged.status, forged.reason) == (
                EXPECTED["forged"] if id_ != "partyCreate" else (403, "forbidden")
            )
            operator = await knock(line, operation, door, s, there, line.operator)
            if "operator" not in door.may:
                assert (operator.status, operator.reason) == (403, "forbidden")

    play(story)


def test_who_may_is_not_told_that_it_is_not_there() -> None:
    """H10.3: the table is no table of refusals alone: whoever it names gets past the door."""

    async def story(line: Line) -> None:
        s = await situation(line)
        tokens = s.tokens | {"operator": line.operator}
        for id_, door in reversed(DOORS.items()):
            for who in door.may:
                if id_ in ("partyLogout", "partyRemove", "partyRevoke", "partyJoin", "partyLogin"):
                    continue  # their own tests: they end what others need here
                got = await knock(line, OPERATIONS[id_], door, s, real(line, s, door.object or "notice"), tokens[who])
                refused = (got.reason, id_) if got.status in (401, 403, 404) else None
                # An observer sees the notice, and is none of those who were told it or who relay it.
                observing = who == "observer" and refused in (("no_relay", "relayReport"), ("not_found", "phraseEqual"))
                assert refused is None or observing, (id_, who, got)

    play(story)


LISTS = (
    "/parties",
    "/agreements",
    "/notices",
    "/zones",
    "/movements",
    "/notices?live=true",
    "/notices?after=0&limit=500",
)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_holds_ones_own_part_alone(path: str) -> None:
    """H10.3, H4.8, P5: a third party's lists hold nothing of others' notices, zones, movements, agreements, people, words."""

    async def story(line: Line) -> None:
        s = await situation(line)
        ids = (
            s.notice,
            s.zone,
            s.movement,
            s.agreement,
            s.deputy.person,
            s.addressee.person,
            s.giver.person,
            "COAST-AD",
        )
        for token in (s.third.token, s.bound):
            text = (await line.look(path, token)).body.decode()
            assert not [each for each in (*ids, *SECRETS) if each in text]
        text = (await line.look(path, s.giver.token)).body.decode()
        assert not [
            each for each in (s.zone, s.movement, s.deputy.person, "night patrol", "coast battery") if each in text
        ]

    play(story)


def test_how_many_entries_an_act_writes_and_how_a_list_goes_on_says_nothing_of_others() -> None:
    """H10.3: cursors are numbers of one's own entries; what lies between is nobody's answer."""

    async def story(line: Line) -> None:
        s = await situation(line)
        mine = {"category": "exercise", "volumes": [volume(line, 90, 99, circle=[10, 10, 1_000])]}
        for _ in range(2):
            await line.done_("notice give", s.third.token, mine)
        page = await line.seen("/notices?limit=1", s.third.token)
        assert page["next"] is not None
        rest = await line.seen(f"/notices?limit=1&after={page['next']}", s.third.token)
        assert rest["next"] is None
        assert len(rest["notices"]) == 1

    play(story)


def test_a_party_that_another_issuer_speaks_for_is_the_one_bound_to_it_alone() -> None:
    """H1.1, H5.3: `beforehand.party` of a foreign issuer speaks for a bound party, for no person of it, and for no other."""

    async def story(line: Line) -> None:
        s = await situation(line)
        parties = {each["code"]: each for each in (await line.seen("/parties", s.bound))["parties"]}
        assert parties["RUST"]["people"] is not None
        assert parties["TEAL"].get("people") is None
        for subject in ("TEAL", "GREY", "Rust", "rust "):
            token = line.foreign("elsewhere", subject, "beforehand.party")
            assert (await line.look("/parties", token)).reason == "no_party"
        other_issuer = line.foreign("operator", "rust", "beforehand.party")
        assert (await line.look("/parties", other_issuer)).reason == "no_party"
        assert (await line.do("party invite", s.bound, roles=["duty"])).reason == "person_needed"

    play(story)


def test_a_giver_is_told_whom_to_ask_and_nothing_of_what_it_meets_until_that_is_released() -> None:
    """H4.8, P5: neither the id, the words nor the place of another's zone or movement, in any view of its own notice."""

    async def story(line: Line) -> None:
        s = await situation(line)
        for path in (f"/notices/{s.notice}", f"/knew/{s.notice}"):
            text = (await line.look(path, s.giver.token)).body.decode()
            assert "TEAL" in text
            assert not [each for each in (s.zone, s.movement, "night patrol", "coast battery") if each in text]
        await line.done_("notice release", s.addressee.token, notice=s.notice)
        view = (await line.seen(f"/notices/{s.notice}", s.giver.token))["view"]
        assert {each["id"] for conflict in view["conflicts"] for each in conflict["meetings"]} >= {s.movement}

    play(story)
