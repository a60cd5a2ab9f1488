"""The verbs of the hotline: what a party can do, each in one place for the API, the command line and scenarios.

`notice give` is `POST /hotline/v1/notice/give`, `beforehand notice give`, and `do: notice give` in a scenario.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from beforehand.wire.hotline import bodies as b
from beforehand.wire.hotline.requests import agreements, notices, parties, places, receipts
from beforehand.wire.hotline.requests.reading import Request


class Verb(Struct, frozen=True):
    """One verb. `decode` is None where secrets or passwords are dealt with first (in `web`).

    `who`: `party` (any token of a party), `operator`, or `anyone` (no token). `warns`: never refused for ignorance, lateness,
    clock or rate. `rules`: those of HOTLINE.md that it serves. `example`: a body that can be taken.
    """

    name: str
    body: type[b.Body]
    decode: Callable[[Request], Any] | None
    says: str
    rules: tuple[str, ...]
    example: dict[str, Any]
    who: str = "party"
    warns: bool = False
    answer: str = "done"

    @property
    def path(self) -> str:
        """Where it is asked for."""
        return "/hotline/v1/" + self.name.replace(" ", "/")


_ID = "6f1c1de0-2a7b-4c1e-9d52-0b7c9e6f4a11"
_OTHER_ID = "0d4a52f6-9c1b-4e07-8f3e-51a2b7c8d902"
_KEY = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
_WINDOW = {"from": "2027-01-15T19:00:00Z", "to": "2027-01-15T19:20:00Z"}
_CIRCLE = {
    "circle": [35.52, 35.77, 9000],
    "lower": {"value": 0, "unit": "m", "reference": "wgs84"},
    "upper": {"value": 20000, "unit": "ft", "reference": "amsl"},
}
_VOLUME = _CIRCLE | _WINDOW
_OF_NOTICE = {"notice": _ID}

VERBS: tuple[Verb, ...] = (
    Verb(
        "party create", b.CreateParty, None, "Make a party, with its first signing key and one invitation.", ("H1.1",),
        {"code": "TEAL", "kind": "participant", "name": "Teal Air Command", "public_key": _KEY},
        who="operator", answer="created"),
    Verb(
        "party join", b.Join, None, "Take up an invitation: a person of the party from then on.", ("H1.3",),
        {"party": "TEAL", "invitation": "k7q2-aaaa-bbbb-cccc-dddd-eeee-ffff-gggg", "login": "duty1", "password": "a long one"},
        who="anyone"),
    Verb(
        "party login", b.Login, None, "Log in, in a role: a short-lived token.", ("H1.3",),
        {"party": "TEAL", "login": "duty1", "password": "a long one", "role": "duty"}, who="anyone", answer="token"),
    Verb("party logout", b.Nothing, parties.log_out, "End one's session.", ("H1.3",), {}),
    Verb("party invite", b.Invite, None, "Invite somebody into one's party, once.",
         ("H1.3",), {"roles": ["duty"]}, answer="invited"),
    Verb(
        "party service", b.MakeService, None, "Make a client that speaks for the party, but for no person.", ("H1.3",),
        {"login": "gateway", "about": "our radio gateway"}, answer="service"),
    Verb("party remove", b.RemovePerson, parties.remove_person, "Remove a person or service: its sessions end at once.",
         ("H1.3",),
         {"person": _ID}),
    Verb("party key", b.AddKey, None, "Add a signing key.", ("H1.1",), {"public_key": _KEY}),
    Verb("party revoke", b.RevokeKey, parties.revoke_key, "Revoke a key from a time: what it signed since is contested.",
         ("H1.1",),
         {"key": "21fe31dfa154a261", "from": "2027-01-15T18:00:00Z"}),
    Verb("nonparty name", b.NameNonparty, parties.name_nonparty, "Name a force or traffic that is not on the line.",
         ("H1.2",),
         {"code": "COAST-AD", "about": "air defence on the coast"}),
    Verb(
        "agreement propose", b.Propose, agreements.propose, "Propose terms to others.", ("H7.1",),
        {"title": "Coast", "parties": ["GREY", "TEAL"], "from": "2027-01-01T00:00:00Z",
         "terms": {"lead_min": {"*": 15}, "tell": {"*": ["GREY", "TEAL"]}, "stages": {"*": ["SEEN", "UNDERSTOOD"]},
                   "deadlines_min": {"seen": 3, "understood": 6}}}),
    Verb("agreement sign", b.OfAgreement, agreements.sign, "Sign for one's party.", ("H7.2",), {"agreement": _ID}),
    Verb("agreement suspend", b.OfAgreement, agreements.move_agreement("suspended"), "Suspend it.",
         ("H7.2",), {"agreement": _ID}),
    Verb("agreement resume", b.OfAgreement, agreements.move_agreement("resumed"), "Take it up again.",
         ("H7.2",), {"agreement": _ID}),
    Verb("agreement denounce", b.Denounce, agreements.move_agreement("denounced"), "Denounce it, from a time.", ("H7.2",),
         {"agreement": _ID, "ends": "2027-02-01T00:00:00Z"}),
    Verb(
        "agreement cite", b.CiteInstrument, agreements.cite_instrument,
        "Put a reference instrument on the line, clause by clause.", ("H7.2",),
        {"title": "Resolution 1701", "source": "United Nations Security Council, 2006",
         "clauses": {"2": "calls upon both to deploy their forces together"}}),
    Verb(
        "notice give", b.GiveNotice, notices.give_notice, "Give a notice, in one act.",
        ("H4.1", "H4.2", "H4.3", "H4.4", "H4.5", "H4.6"),
        {"category": "air_operation", "volumes": [_VOLUME], "where": "off Latakia", "title": "evening"}, warns=True),
    Verb("notice try", b.GiveNotice, notices.try_notice, "Say what giving it would come to; counted, and nothing is given.",
         ("H4.8",),
         {"category": "air_operation", "volumes": [_VOLUME]}, answer="trial"),
    Verb("notice change", b.ChangeNotice, notices.change_notice, "A new version, whole.", ("H4.10",),
         _OF_NOTICE | {"volumes": [_VOLUME]}, warns=True),
    Verb("notice shift", b.ShiftNotice, notices.shift_notice, "A new version, moved in time.",
         ("H4.10",), _OF_NOTICE | {"minutes": 10},
         warns=True),
    Verb("notice begin", b.MoveNotice, notices.move_notice("begun"), "It has begun.", ("H4",), _OF_NOTICE, warns=True),
    Verb("notice end", b.MoveNotice, notices.move_notice("ended"), "It has ended, and nothing of it is left there.",
         ("H4",), _OF_NOTICE,
         warns=True),
    Verb("notice break-off", b.MoveNotice, notices.move_notice("broken off"), "It was broken off.",
         ("H4",), _OF_NOTICE, warns=True),
    Verb("notice clear", b.MoveNotice, notices.move_notice("all-clear"), "All clear: nothing of it is left there.",
         ("H4",), _OF_NOTICE,
         warns=True),
    Verb("notice not-flown", b.MoveNotice, notices.move_notice("not flown"), "It was not carried out.",
         ("H4",), _OF_NOTICE, warns=True),
    Verb("notice withdraw", b.MoveNotice, notices.move_notice("withdrawn"), "Withdraw it, before its window.",
         ("H4",), _OF_NOTICE,
         warns=True),
    Verb("notice deviate", b.MoveNotice, notices.move_notice("deviated"), "What is done lies outside what was declared.",
         ("H4",),
         _OF_NOTICE, warns=True),
    Verb("notice advice", b.AskAdvice, notices.ask_advice, "The smallest shift that clears all that may be seen.",
         ("H4.9",), _OF_NOTICE,
         answer="advice"),
    Verb("notice release", b.OfNotice, notices.release, "Let its giver see what of one's own it meets.",
         ("H4.8",), _OF_NOTICE),
    Verb("notice object", b.Object, notices.object_, "Object, ask for a delay, or ask.", ("H5.5",),
         _OF_NOTICE | {"kind": "DELAY_REQUESTED", "text": "our patrol flies home until 21:00"}, warns=True),
    Verb("notice answer", b.AnswerObjection, notices.answer_objection, "Answer an objection.", ("H4.12",),
         _OF_NOTICE | {"objection": _OTHER_ID, "answer": "amended"}),
    Verb(
        "zone declare", b.SetZone, places.declare_zone, "Declare a zone of one's own.", ("H6.4",),
        {"kind": "range", "volumes": [_CIRCLE], "active": [["2027-01-15T18:00:00Z", "2027-01-15T22:00:00Z"]]}, warns=True),
    Verb(
        "zone report", b.SetZone, places.report_zone, "Report a zone of a non-party.", ("H6.4",),
        {"kind": "air_defence", "nonparty": "COAST-AD", "volumes": [_CIRCLE], "active": [["2027-01-15T18:00:00Z", None]],
         "shared": ["GREY"]}, warns=True),
    Verb("zone posture", b.SetPosture, places.set_posture, "A new capability class, from when.", ("H6.4",),
         {"zone": _ID, "capability": "long-range", "from": "2027-01-15T18:00:00Z"}, warns=True),
    Verb("zone end", b.OfZone, places.end_zone, "The zone is no more, or no longer reported.", ("H6.4",), {"zone": _ID}),
    Verb(
        "movement declare", b.DeclareMovement, places.declare_movement, "Declare a moving volume of one's own.", ("H6.2",),
        {"title": "patrol", "legs": [{"from": [35.9, 35.2], "to": [35.4, 35.95], "from_time": "2027-01-15T18:50:00Z",
                                      "to_time": "2027-01-15T19:10:00Z", "radius_m": 2000}]}),
    Verb("movement end", b.OfMovement, places.end_movement, "It is over, or will not be.", ("H6.2",), {"movement": _ID}),
    Verb("relay report", b.ReportRelay, notices.report_relay, "A notice was passed on to a non-party.", ("H1.2",),
         _OF_NOTICE | {"nonparty": "COAST-AD", "named_by": "TEAL", "how": "telephone"}, warns=True),
    Verb("receipt delivered", b.Delivered, receipts.delivered, "The machine has it.",
         ("H5.1",), _OF_NOTICE | {"hash": "0" * 64}),
    Verb("receipt seen", b.Seen, receipts.seen, "A person on duty opened it.", ("H5.2",), _OF_NOTICE),
    Verb("receipt open", b.OfNotice, receipts.open_read_back, "Begin a blind read-back.",
         ("H5.3",), _OF_NOTICE, answer="opened"),
    Verb("receipt answer", b.AnswerReadBack, receipts.answer_read_back, "What is read back.",
         ("H5.3",), _OF_NOTICE | {"volumes": [_VOLUME]},
         answer="result"),
    Verb("receipt voice", b.ReadBackByVoice, receipts.read_back_by_voice, "What the giver heard read back by voice.",
         ("H5.3",),
         _OF_NOTICE | {"party": "TEAL", "volumes": [_VOLUME]}, answer="result"),
    Verb("receipt who", b.SayWhoOfOurs, receipts.say_who_of_ours, "Who of ours is in it or heading there.", ("H5.3",),
         _OF_NOTICE | {"answer": "some"}),
    Verb("receipt disseminated", b.Disseminated, receipts.disseminated, "It was passed on to those of one's own.", ("H5.4",),
         _OF_NOTICE | {"coverage": "all", "means": "radio", "spread": "confirmed back"}),
    Verb("phrase equal", b.SayPhraseEqual, receipts.say_phrase_equal, "The check phrase was found equal, by voice.",
         ("H3.2",), _OF_NOTICE),
)  # fmt: skip
BY_NAME = {verb.name: verb for verb in VERBS}


def decoded(name: str, asked: Request) -> Any:
    """The command of a verb, by its name: so can it be asked of another process. Raises BadField, TooLargeInline."""
    decode = BY_NAME[name].decode
    assert decode is not None
    return decode(asked)
