"""Giving, showing and following notices (H4)."""

from __future__ import annotations

import copy
import json
import stat
from hashlib import sha256

import pytest

from beforehand.cli.hotline import notice_looks
from beforehand.core.hotline.phrase import spelled

from .conftest import DONE, ID, OTHER_ID
from .notices import PHRASE, content, document, telling, view

GIVE = ("notice", "give", "--category", "air-operation", "--circle", "35.52,35.77,9000", "--alt", "0-20000ft")
LATE = ("--from", "2027-01-15T19:00:00Z", "--to", "2027-01-15T19:20:00Z")


@pytest.fixture
def given(server, session):
    """A server that takes a notice, then shows it as `given` says."""

    def show(**more):
        server.answers["POST /notice/give"] = DONE
        server.answers[f"GET /notices/{ID}"] = {"view": view(**more), "document": None, "content": content()}
        server.answers["GET /pairs/TEAL/2027-01-15"] = {"day_value": "0123456789abcdef" * 2}
        return server

    return show


class TestGiving:
    def test_flags_make_the_body(self, beforehand, given):
        """H4.1"""
        server = given()
        more = ("--where", "off Latakia", "--title", "evening", "--text", "t", "--emergency")
        assert beforehand(*GIVE, *LATE, *more)[0] == 0
        body = server.asked[0][2]
        body.pop("statement")
        assert body == {
            "category": "air_operation",
            "where": "off Latakia",
            "title": "evening",
            "text": "t",
            "emergency": True,
            "volumes": [
                {
                    "circle": ["35.52", "35.77", 9000],
                    "lower": {"value": 0, "unit": "ft", "reference": "unknown"},
                    "upper": {"value": 20000, "unit": "ft", "reference": "unknown"},
                    "from": "2027-01-15T19:00:00Z",
                    "to": "2027-01-15T19:20:00Z",
                }
            ],
        }

    def test_an_area_file_gives_its_volumes_and_for_gives_the_end(self, beforehand, given, tmp_path):
        """H4.1"""
        server = given()
        ring = [[35.0, 35.0], [35.1, 35.0], [35.1, 35.1], [35.0, 35.0]]
        area = {"type": "MultiPolygon", "coordinates": [[ring], [ring]]}
        (tmp_path / "a.geojson").write_text(json.dumps(area))
        asked = (
            "notice",
            "give",
            "--category",
            "exercise",
            "--area",
            tmp_path / "a.geojson",
            *LATE[:2],
            "--for",
            "20min",
        )
        assert beforehand(*asked)[0] == 0
        volumes = server.asked[0][2]["volumes"]
        assert [each["outline"]["type"] for each in volumes] == ["Polygon", "Polygon"]
        assert {each["to"] for each in volumes} == {"2027-01-15T19:20:00Z"}

    def test_a_place_in_words_alone_keeps_its_window(self, beforehand, given):
        """H4.1, H4.5"""
        server = given()
        assert beforehand("notice", "give", "--category", "other", "--where", "off Latakia", *LATE)[0] == 0
        assert server.asked[0][2]["volumes"] == [{"from": "2027-01-15T19:00:00Z", "to": "2027-01-15T19:20:00Z"}]

    def test_both_lead_times_terms_asks_phrase_and_next_steps_are_shown(self, beforehand, given):
        """H4.2, H4.3, H4.6, H3.2"""
        given()
        status, out, _err = beforehand(*GIVE, *LATE)
        assert status == 0
        lines = out.splitlines()
        assert lines[0] == f"GIVEN  {ID}  version 1"
        assert "lead times    notice lead 21 min   usable warning of TEAL: none" in lines
        assert [line.split() for line in lines if "not met" in line.lower() or "judged" in line] == [
            ["lead", "NOT", "met".upper(), "by", "4", "min"],
            ["usable", "cannot", "be", "judged", "not", "yet", "understood"],
        ]
        assert (
            "asked         DECIMAL MINUTES, volume 1: With the decimals read as minutes, it lies at Latakia." in lines
        )
        assert any(line.endswith(f"check phrase {PHRASE}   {spelled(PHRASE)}") for line in lines)
        assert any("told          TEAL  version 1, volume 1" in line for line in lines)
        assert "notice follow 6f1c1de0 --until-understood" in out

    def test_the_loudest_warnings_come_first(self, beforehand, given):
        """H1.2, H4.8, H6.4"""
        relay = {
            "nonparty": "COAST-AD", "named_by": "TEAL", "status": "NOBODY RELAYS", "by": None, "how": None, "at": None,
            "deadline": None, "overdue": False, "beside_zone": OTHER_ID,
        }  # fmt: skip
        bound = relay | {
            "nonparty": "TOWER",
            "status": "NOT RELAYED",
            "by": "TEAL",
            "beside_zone": None,
            "overdue": True,
        }
        conflict = {"party": "TEAL", "volumes": [1], "meetings": []}
        given(relays=[bound, relay], conflicts=[conflict, conflict | {"party": "BLUE", "volumes": None}])
        out = beforehand(*GIVE, *LATE)[1]
        loud = [line for line in out.splitlines() if line.startswith("!!!")]
        assert loud == [
            "!!! NOBODY RELAYS to COAST-AD (named by TEAL), BESIDE ITS ZONE 0d4a52f6 !!!",
            "!!! NOT RELAYED to TOWER (named by TEAL): OVERDUE, TEAL is bound to !!!",
            "!!! CONFLICT, ask TEAL: volume 1 !!!",
            "!!! CONFLICT, ask BLUE: the notice as a whole !!!",
        ]
        assert out.index("!!!") < out.index("category")
        assert "relay report 6f1c1de0 --nonparty COAST-AD --named-by TEAL" in out
        assert "call TEAL, BLUE" in out

    def test_a_notice_that_nobody_is_told_is_loud(self, beforehand, given):
        """H4.7, P7"""
        given(told=[])
        out = beforehand(*GIVE, *LATE)[1]
        assert "!!! NOBODY WAS TOLD !!!" in out
        assert "use the telephone" in out

    def test_contradictions_are_spelled_out(self, beforehand, given):
        """H4.4"""
        server = given()
        answer = server.answers[f"GET /notices/{ID}"]
        answer["view"]["versions"][0] |= {
            "emergency": True, "lead": "3 min", "marks": [{"rule": "H4.4", "kind": "FLOOR_ABOVE_CEILING", "volume": 1}]
        }  # fmt: skip
        answer["content"]["words"]["checks"] = [{"rule": "H4.4", "volume": 1, "says": "The floor, 9 m, is above 5 m."}]
        out = beforehand(*GIVE, *LATE)[1]
        assert "CONTRADICTORY: FLOOR ABOVE CEILING, volume 1: The floor, 9 m, is above 5 m." in out
        assert "EMERGENCY (3 min)" in out
        assert out.splitlines()[2] == "!!! CONTRADICTS ITSELF: FLOOR ABOVE CEILING. Ask its giver; see `asked` !!!"

    def test_heights_are_shown_as_they_were_said_beside_what_they_count_as(self, beforehand, given):
        server = given()
        said = {"value": "20000", "unit": "ft", "reference": "amsl", "qnh_hpa": None}
        server.answers[f"GET /notices/{ID}"]["content"]["words"]["volumes"] = [{"upper": said}]
        out = beforehand(*GIVE, *LATE)[1]
        assert "to 6,206 m (20,361 ft) above WGS84, as it counts" in out
        assert "as said: upper 20000 ft amsl" in out

    def test_that_it_is_given_is_said_even_if_nothing_more_can_be_asked(self, beforehand, server, session):
        server.answers["POST /notice/give"] = DONE
        status, out, err = beforehand(*GIVE, *LATE)
        assert (status, out) == (1, f"GIVEN  {ID}  version 1\n")
        assert "NOT TOLD" not in err

    def test_a_wrong_category_says_which_was_meant(self, beforehand, server, session):
        status, _out, err = beforehand("notice", "give", "--category", "air-operations")
        assert (status, "did you mean air-operation?" in err, server.asked) == (2, True, [])

    def test_to_and_for_exclude_each_other(self, beforehand, server, session):
        assert beforehand(*GIVE, *LATE, "--for", "5min")[0] == 2
        assert server.asked == []

    def test_a_shift_may_be_earlier(self, beforehand, given):
        """H4.10"""
        server = given()
        server.answers["POST /notice/shift"] = DONE | {"version": 2}
        assert beforehand("notice", "shift", ID, "-5", "--end-only", "--json")[0] == 0
        body = server.asked[0][2]
        assert (body["minutes"], body["end_only"]) == (-5, True)


OBJECTION = {
    "objection": OTHER_ID, "version": 1, "party": "TEAL", "kind": "QUESTION", "state": "open", "answer": None,
    "deadline": None, "entry": 20, "answer_entry": None, "text": "which day?", "answer_text": None,
}  # fmt: skip


class TestItsGiver:
    def test_an_objection_is_shown_in_its_words_with_how_to_answer_it(self, beforehand, given):
        given(objections=[OBJECTION])
        out = beforehand("notice", "show", ID)[1]
        assert "in words: which day?" in out
        assert "beforehand notice answer 6f1c1de0 --answer" in out

    @pytest.mark.parametrize("named", [(), ("--objection", OTHER_ID[:6])])
    def test_the_only_open_objection_need_not_be_named_whole(self, beforehand, given, named):
        server = given(objections=[OBJECTION | {"objection": ID, "answer": "amended"}, OBJECTION])
        server.answers["POST /notice/answer"] = DONE
        assert beforehand("notice", "answer", "6f1c", "--answer", "noted, goes ahead", *named)[0] == 0
        assert server.asked[-1][2]["objection"] == OTHER_ID

    def test_of_two_that_are_open_none_is_guessed(self, beforehand, given):
        server = given(objections=[OBJECTION, OBJECTION | {"objection": ID}])
        status, _out, err = beforehand("notice", "answer", ID, "--answer", "amended")
        assert (status, "2 objections are open" in err) == (2, True)
        assert server.paths() == [f"GET /notices/{ID}"]

    def test_what_has_begun_is_named_and_that_it_deviates_is_loud(self, beforehand, given):
        server = given(deviated=True, state_in_words="active")
        server.answers["POST /notice/begin"] = DONE
        lines = beforehand("notice", "begin", ID)[1].splitlines()
        assert lines[0].startswith("BEGUN, as you say.")
        assert lines[1].startswith("6f1c1de0      air operation, version 1, 2027-01-15")
        assert lines[1].endswith(": ACTIVE")
        assert lines[2].startswith("!!! DEVIATED")


class TestAddressee:
    @pytest.fixture
    def told(self, server, session):
        """As TEAL is shown it."""
        told = document()
        mine = view(versions=[], told=[telling(handed_out="2027-01-15T18:40:00Z")])
        server.answers[f"GET /notices/{ID}"] = {"view": mine, "document": told, "content": None}
        server.answers["POST /receipt/delivered"] = DONE
        return told

    def test_showing_it_says_delivered_by_the_hash_and_never_seen(self, beforehand, server, told):
        """H5.1, H5.2"""
        status, out, _err = beforehand("notice", "show", "6f1c")
        assert status == 0
        assert server.paths() == ["GET /notices?limit=500", f"GET /notices/{ID}", "POST /receipt/delivered"]
        body = server.asked[-1][2]
        assert body["hash"] == sha256(told.encode()).hexdigest()
        assert body["version"] == 1
        assert f"check phrase  {PHRASE}" in out
        assert "SEEN          not yet, asked for by" in out
        assert "receipt seen 6f1c1de0" in out

    def test_what_came_late_is_late_and_no_longer_overdue(self, beforehand, server, told):
        server.answers[f"GET /notices/{ID}"]["view"]["told"][0]["missed"] = ["DELIVERED"]
        out = beforehand("notice", "show", ID)[1]
        assert "OVERDUE" not in out
        assert next(line for line in out.splitlines() if "DELIVERED  " in line).endswith(", late")

    def test_of_what_is_over_nothing_more_is_asked(self, beforehand, server, told):
        server.answers[f"GET /notices/{ID}"]["view"]["state"] = "withdrawn"
        assert "next" not in beforehand("notice", "show", ID)[1]

    def test_delivered_is_said_once(self, beforehand, server, told):
        """H5.1"""
        server.answers[f"GET /notices/{ID}"]["view"]["told"][0]["delivered"] = "2027-01-15T18:40:00Z"
        beforehand("notice", "show", ID)
        beforehand("notice", "show", ID, "--no-receipt")
        assert server.paths() == [f"GET /notices/{ID}"] * 2

    def test_the_document_is_saved_byte_for_byte_for_its_owner_alone(self, beforehand, server, told, tmp_path):
        """H3.2, H5.1"""
        file = tmp_path / "told.json"
        assert beforehand("notice", "show", ID, "--save", file)[0] == 0
        assert file.read_bytes() == told.encode()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        server.answers["POST /receipt/delivered"] = DONE
        assert beforehand("receipt", "delivered", "--file", file)[0] == 0
        assert server.asked[-1][2]["hash"] == sha256(told.encode()).hexdigest()
        assert server.asked[-1][2]["notice"] == ID

    def test_a_document_that_contradicts_its_phrase_is_not_shown_as_good(self, beforehand, server, told):
        """H3.2"""
        server.answers[f"GET /notices/{ID}"]["document"] = document(phrase="AAAAAA")
        status, out, err = beforehand("notice", "show", ID)
        assert (status, out) == (1, "")
        assert "contradicts itself" in err

    def test_while_it_is_read_back_it_is_not_shown(self, beforehand, server, session):
        """H5.3"""
        detail = "You are reading this notice back, blind."
        server.answers[f"GET /notices/{ID}"] = (409, {"reason": "blind", "detail": detail})
        status, out, err = beforehand("notice", "show", ID)
        assert (status, out) == (1, "")
        assert detail in err

    def test_the_list_says_what_was_not_fetched_and_what_is_being_read_back(self, beforehand, server, session):
        """H5.1, H5.3"""
        server.answers["GET /notices"]["notices"] = [
            _row(handed_out=False),
            _row(reading_back=True, lead=None, opens=None, ends=None),
        ]
        out = beforehand("notice", "list")[1].splitlines()
        assert "NOT FETCHED" in out[0]
        assert "being read back, blind" in out[1]


def _row(**more):
    from .conftest import ROW

    return ROW | more


class TestFollowing:
    @pytest.fixture(autouse=True)
    def _at_once(self, monkeypatch):
        monkeypatch.setattr(notice_looks, "EVERY_S", 0)

    def test_only_what_changed_is_printed_until_all_have_understood(self, beforehand, server, session):
        """H5, H4.2"""
        seen = {"seen": "2027-01-15T18:41:00Z", "usable_warning": "19 min"}
        understood = seen | {"understood": "2027-01-15T18:45:00Z", "usable_warning": "15 min"}
        steps = [{}, {}, {"handed_out": "2027-01-15T18:40:00Z"}, seen, {**seen, "missed": ["UNDERSTOOD"]}, understood]
        views = iter([view(told=[telling(**each)]) for each in steps])
        server.answers[f"GET /notices/{ID}"] = lambda _body: {"view": next(views)}
        status, out, _err = beforehand("notice", "follow", ID, "--until-understood")
        assert status == 0
        said = [line[10:] for line in out.splitlines()]
        assert said[0] == "notice: given, version 1, notice lead 21 min"
        assert said[1].startswith("TEAL version 1 handed out: 2027-01-15")
        assert said[2].startswith("TEAL version 1 SEEN: ")
        assert said[2].endswith("usable warning 19 min")
        assert said[3] == "!!! TEAL version 1 UNDERSTOOD: OVERDUE !!!"
        assert any(line.startswith("TEAL version 1 UNDERSTOOD: ") and line.endswith("15 min") for line in said)

    def test_one_of_two_who_understood_is_not_all(self):
        """H5"""
        both = view(told=[telling(understood="2027-01-15T18:45:00Z"), telling("BLUE")])
        assert not notice_looks.understood(both)
        later = copy.deepcopy(both)
        later["told"][1]["understood"] = "2027-01-15T18:46:00Z"
        assert notice_looks.understood(later)
        assert not notice_looks.understood(later | {"version": 2})
        assert not notice_looks.understood(later | {"looked": False})
        assert not notice_looks.understood(view(told=[]))

    def test_a_notice_that_ends_first_is_a_failure(self, beforehand, server, session):
        server.answers[f"GET /notices/{ID}"] = {"view": view(state="withdrawn", state_in_words="withdrawn")}
        status, _out, err = beforehand("notice", "follow", ID, "--until-understood")
        assert (status, "not everybody had understood" in err) == (1, True)

    def test_a_server_that_is_away_for_a_while_is_said_once_and_followed_again(self, beforehand, server, session):
        """P7: unknown is shown as such."""
        done = view(told=[telling(understood="2027-01-15T18:45:00Z")])
        away = (503, {"reason": "not_done", "detail": "The service is starting."})
        answers = iter([{"view": view()}, *[away] * 14, {"view": done}])
        server.answers[f"GET /notices/{ID}"] = lambda _body: next(answers)
        status, out, _err = beforehand("notice", "follow", ID, "--until-understood")
        assert status == 0
        assert out.count("!!! no answer: The service is starting. !!!") == 1
        assert out.count("answers again") == 1


def test_advice_says_what_is_hidden_before_what_would_clear(beforehand, server, session):
    """H4.8, H4.9"""
    later, higher = {"minutes": 15.0, "feet": 0.0}, {"minutes": -5.0, "feet": 500.0}
    server.answers["POST /notice/advice"] = {
        "notice": ID, "version": 1, "clear": False, "best": later, "time": later, "altitude": None, "both": higher,
        "cells_only": 2, "ask": ["TEAL"], "words": "Clears all that you may see: 15 min later.", "nearby": [], "of_nearby": 0,
    }  # fmt: skip
    out = beforehand("notice", "advice", ID)[1].splitlines()
    assert out[0].startswith("!!! CONFLICT, ask TEAL")
    assert out[1].startswith("!!! CELLS ONLY: 2")
    assert out[2:] == [
        "advice        Clears all that you may see: 15 min later.",
        "by time       15 min later",
        "by altitude   nothing clears",
        "by both       5 min earlier and 500 ft higher",
    ]
