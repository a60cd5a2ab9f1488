from __future__ import annotations

import json
import stat

import httpx
import pytest

from beforehand.auth.signing import load_signing_key, make_signing_key, public_text, verify
from beforehand.client import hotline as client
from beforehand.client.hotline import Hotline, Speaking, subject
from beforehand.client.hotline_errors import HotlineError
from beforehand.client.hotline_session import NOTICES_MAX, Session, SessionFileError, load, remember, save

ID = "6f1c1de0-2a7b-4c1e-9d52-0b7c9e6f4a11"
LEAF = "ab" * 32
DONE = {"id": ID, "version": 1, "entry": 17, "time": "2027-01-15T18:39:00Z"}
ANNA = Speaking("a-token", "GREY", "duty")


class Server:
    """Answers as it is told, in order, the last one again and again; keeps what it was sent."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []

    def __call__(self, request):
        request.read()
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer() if callable(answer) else answer


def done(entry=17, leaf=LEAF):
    return lambda: httpx.Response(200, json=DONE, headers={"Beforehand-Checkpoint": f"{entry} {leaf}"})


def problem(status, reason, detail="no", **more):
    return lambda: httpx.Response(status, json={"detail": detail, "reason": reason, "status": status, **more})


def speaking(server, by=ANNA, **more):
    waits = []
    line = Hotline(
        "http://hotline.test",
        by,
        transport=httpx.MockTransport(server),
        waiting=lambda seconds, error: waits.append((seconds, error)),
        **more,
    )
    return line, waits


def bodies(server):
    return [json.loads(each.content) for each in server.requests]


class TestStatements:
    def test_an_act_is_bound_to_party_role_subject_time_nonce_and_what_was_seen(self):
        """H1.5"""
        server = Server(done())
        line, _ = speaking(server, seen=(3, "cd" * 32))
        assert line.act("receipt seen", {"notice": ID}) == DONE
        request = server.requests[0]
        assert (request.method, request.url.path) == ("POST", "/hotline/v1/receipt/seen")
        assert request.headers["Authorization"] == "Bearer a-token"
        statement = bodies(server)[0]["statement"]
        assert statement["party"] == "GREY"
        assert statement["role"] == "duty"
        assert statement["subject"] == f"notice/{ID}"
        assert statement["claimed_at"].endswith("Z")
        assert len(statement["nonce"]) == 32
        assert statement["seen"] == [3, "cd" * 32]

    def test_the_bytes_as_sent_are_signed_with_the_partys_key(self, tmp_path):
        """H1.5"""
        key = load_signing_key(make_signing_key(tmp_path, "GREY")[0])
        server = Server(done())
        line, _ = speaking(server, key=key)
        line.act("notice give", {"category": "other", "volumes": []})
        request = server.requests[0]
        public, _, signature = request.headers["Beforehand-Signature"].partition(" ")
        assert public == public_text(key)
        assert verify(public, request.content, signature)
        assert not verify(public, request.content + b" ", signature)

    def test_without_a_key_or_when_asked_not_to_nothing_is_signed(self, tmp_path):
        """H1.5"""
        server = Server(done())
        speaking(server)[0].act("receipt seen", {"notice": ID})
        key = load_signing_key(make_signing_key(tmp_path, "GREY")[0])
        speaking(server, key=key)[0].act("receipt seen", {"notice": ID}, sign=False)
        assert all("Beforehand-Signature" not in each.headers for each in server.requests)

    def test_each_act_has_a_nonce_of_its_own(self):
        """H1.5"""
        server = Server(done())
        line, _ = speaking(server)
        for _ in range(5):
            line.act("receipt seen", {"notice": ID})
        assert len({each["statement"]["nonce"] for each in bodies(server)}) == 5

    def test_the_newest_checkpoint_that_was_shown_is_named_and_no_older_one(self):
        """H1.5"""
        server = Server(done(20), done(11, "ee" * 32), done(21), done(21))
        line, _ = speaking(server)
        for _ in range(4):
            line.act("receipt seen", {"notice": ID})
        assert [each["statement"].get("seen") for each in bodies(server)] == [None, [20, LEAF], [20, LEAF], [21, LEAF]]

    @pytest.mark.parametrize("header", ["", "7", f"x {LEAF}", f"-1 {LEAF}", "7 abc", f"{'9' * 17} {LEAF}", f"² {LEAF}"])
    def test_a_checkpoint_that_cannot_be_read_is_not_taken(self, header):
        line, _ = speaking(
            Server(lambda: httpx.Response(200, json=DONE, headers={"Beforehand-Checkpoint": header.encode()}))
        )
        line.read("/parties")
        assert line.seen is None

    def test_what_is_said_before_one_is_anybody_is_no_statement(self):
        server = Server(done())
        line, _ = speaking(server, Speaking())
        line.act("party login", {"party": "GREY", "login": "anna", "password": "secret"})
        assert "statement" not in bodies(server)[0]
        assert "Authorization" not in server.requests[0].headers

    @pytest.mark.parametrize(
        ("verb", "body", "about"),
        [
            ("notice give", {"category": "other"}, "notice"),
            ("notice shift", {"notice": ID, "minutes": 5}, f"notice/{ID}"),
            ("relay report", {"notice": ID, "nonparty": "X"}, f"notice/{ID}"),
            ("phrase equal", {"notice": ID}, f"notice/{ID}"),
            ("agreement propose", {"parties": []}, "agreement"),
            ("agreement sign", {"agreement": ID}, f"agreement/{ID}"),
            ("zone report", {"kind": "range"}, "zone"),
            ("zone end", {"zone": ID}, f"zone/{ID}"),
            ("movement end", {"movement": ID}, f"movement/{ID}"),
            ("party invite", {"roles": ["duty"]}, "party"),
            ("nonparty name", {"code": "X"}, "nonparty"),
        ],
    )
    def test_the_subject_is_what_the_server_takes_it_to_be(self, verb, body, about):
        """H1.5"""
        assert subject(verb, body) == about


class TestRepeating:
    @pytest.mark.parametrize(
        "first",
        [
            problem(503, "not_done"),
            problem(503, "outcome_unknown"),
            httpx.ReadTimeout("late"),
            httpx.RemoteProtocolError("gone"),
            httpx.ConnectError("refused"),
            lambda: httpx.Response(502, text="<html>bad gateway</html>"),
            lambda: httpx.Response(503, text="<html>who knows</html>"),
            lambda: httpx.Response(200, text="<html>a portal</html>"),
        ],
    )
    def test_the_very_same_bytes_are_sent_again(self, first):
        """H1.5: the same nonce with the same bytes counts once."""
        server = Server(first, first, done())
        line, waits = speaking(server)
        assert line.act("notice give", {"category": "other"}) == DONE
        assert len({each.content for each in server.requests}) == 1
        assert len(server.requests) == 3
        assert len(waits) == 2

    def test_it_gives_up_after_some_tries_and_keeps_the_bytes_that_are_safe_to_repeat(self):
        server = Server(problem(503, "outcome_unknown", "it may have happened"))
        line, waits = speaking(server)
        with pytest.raises(HotlineError) as caught:
            line.act("notice give", {"category": "other"})
        assert caught.value.reason == "outcome_unknown"
        assert caught.value.repeat == server.requests[0].content
        assert len(server.requests) == client.TRIES
        assert sum(seconds for seconds, _ in waits) < 10
        again = Server(done())
        speaking(again)[0].act_bytes("notice give", caught.value.repeat)
        assert again.requests[0].content == server.requests[0].content

    def test_what_counts_twice_if_sent_twice_is_not_repeated(self):
        server = Server(httpx.ReadTimeout("late"))
        line, _ = speaking(server, Speaking())
        with pytest.raises(HotlineError) as caught:
            line.act("party join", {"party": "GREY"})
        assert caught.value.is_unknown
        assert caught.value.repeat is None
        assert len(server.requests) == 1

    def test_what_was_certainly_not_done_is_asked_again_whatever_it_is(self):
        server = Server(problem(503, "not_done"), httpx.ConnectError("refused"), done())
        assert speaking(server, Speaking())[0].act("party join", {"party": "GREY"}) == DONE

    def test_a_longer_wait_that_is_asked_for_is_granted_within_bounds(self):
        busy = lambda: httpx.Response(503, json={"reason": "not_done", "detail": "x"}, headers={"Retry-After": "900"})  # noqa: E731
        line, waits = speaking(Server(busy, done()))
        line.read("/parties")
        assert [seconds for seconds, _ in waits] == [10]

    def test_a_refusal_is_not_repeated_and_names_reason_detail_and_field(self):
        server = Server(problem(400, "bad_time", "volumes[0].from must be RFC 3339.", field="volumes[0].from"))
        line, waits = speaking(server)
        with pytest.raises(HotlineError) as caught:
            line.act("notice give", {"category": "other"})
        error = caught.value
        assert (error.reason, error.field, error.status) == ("bad_time", "volumes[0].from", 400)
        assert str(error) == "volumes[0].from must be RFC 3339."
        assert (len(server.requests), waits, error.repeat) == (1, [], None)

    def test_the_field_is_named_where_the_detail_does_not(self):
        with pytest.raises(HotlineError, match=r"^roles: too many"):
            speaking(Server(problem(400, "x", "too many", field="roles")))[0].read("/parties")


class TestBounds:
    def test_a_redirect_is_not_followed(self):
        server = Server(lambda: httpx.Response(307, headers={"Location": "http://elsewhere.test/"}))
        with pytest.raises(HotlineError) as caught:
            speaking(server)[0].read("/parties")
        assert caught.value.reason == "http_307"
        assert len(server.requests) == 1

    def test_an_answer_that_is_too_long_is_none(self, monkeypatch):
        monkeypatch.setattr(client, "MAX_ANSWER_BYTES", 100)
        with pytest.raises(HotlineError, match="longer than 100 bytes"):
            speaking(Server(lambda: httpx.Response(200, content=b"{" + b" " * 200)))[0].read("/parties")

    def test_an_answer_that_drips_is_none(self, monkeypatch):
        monkeypatch.setattr(client, "ALL_S", -1)
        with pytest.raises(HotlineError, match="not whole"):
            speaking(Server(done()))[0].read("/parties")

    @pytest.mark.parametrize("url", ["", "hotline", "ftp://x", "http://", "http://[::1", "file:///etc/passwd"])
    def test_what_is_no_address_of_a_server_is_refused(self, url):
        with pytest.raises(HotlineError) as caught:
            Hotline(url)
        assert caught.value.reason == "bad_url"

    def test_a_read_spells_its_query_and_leaves_out_what_is_not_said(self):
        server = Server(done())
        speaking(server)[0].read("/notices", after=None, limit=5, live=True)
        speaking(server)[0].read("/notices/../parties")
        assert str(server.requests[0].url) == "http://hotline.test/hotline/v1/notices?limit=5&live=true"


class TestSession:
    def test_it_is_for_its_owner_alone_and_reads_back(self, tmp_path):
        file = tmp_path / "deep" / "session.json"
        session = Session("http://x", "GREY", "duty", "anna", "a-token", "2027-01-15T19:00:00Z", "", (3, LEAF), (ID,))
        save(file, session)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert load(file) == session
        assert [each.name for each in file.parent.iterdir()] == ["session.json"]

    def test_none_is_none_and_a_wrong_one_is_said(self, tmp_path):
        assert load(tmp_path / "none.json") is None
        (tmp_path / "bad.json").write_text("[1]")
        with pytest.raises(SessionFileError, match="no session file"):
            load(tmp_path / "bad.json")

    def test_what_was_shown_is_remembered_beside_what_another_process_wrote(self, tmp_path):
        """H1.5: the newest checkpoint that the sender had seen."""
        file = tmp_path / "session.json"
        save(file, Session("http://x", "GREY", token="new", checkpoint=(9, LEAF), notices=("one", "two")))
        remember(file, (5, "cd" * 32), ("one", "three"))
        assert load(file) == Session(
            "http://x", "GREY", token="new", checkpoint=(9, LEAF), notices=("two", "one", "three")
        )
        remember(file, (12, "cd" * 32))
        assert load(file).checkpoint == (12, "cd" * 32)
        remember(file, None, tuple(map(str, range(2 * NOTICES_MAX))))
        assert len(load(file).notices) == NOTICES_MAX

    def test_remembering_makes_no_session_where_there_is_none(self, tmp_path):
        remember(tmp_path / "none.json", (5, LEAF))
        assert not (tmp_path / "none.json").exists()
