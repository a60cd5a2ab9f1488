"""Every verb is a subcommand, takes its JSON body, and says what the server said."""

from __future__ import annotations

import io
import json
import stat

import pytest

from beforehand.auth.signing import load_signing_key, make_signing_key, public_text, verify
from beforehand.client.hotline_session import Session, load, save
from beforehand.wire.hotline.verbs import BY_NAME, VERBS

from .conftest import DONE, ID, OTHER_ID, ROW

ANSWERS = {
    "done": DONE,
    "created": DONE | {"invitation": "k7q2-aaaa"},
    "invited": DONE | {"invitation": "k7q2-aaaa"},
    "service": DONE | {"secret": "k7q2-bbbb"},
    "token": {
        "token": "the-token",
        "party": "TEAL",
        "person": ID,
        "role": "duty",
        "session": ID,
        "until": "2027-01-15T20:00:00Z",
    },
    "opened": DONE | {"until": "2027-01-15T18:44:00Z", "asked": "all", "volumes": [1]},
    "result": DONE | {"right": True, "wrong": [], "tries": 1, "call": False, "question": None},
    "trial": {"trial": {}},
    "advice": {"words": "Clear."},
}


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_verb_takes_its_body_from_a_file(beforehand, server, session, tmp_path, verb):
    server.answers[f"POST /{verb.name.replace(' ', '/')}"] = ANSWERS[verb.answer]
    (tmp_path / "body.json").write_text(json.dumps(verb.example))
    more = {"operator": ("--token", "op"), "anyone": ("--url", server.url)}.get(verb.who, ())
    status, out, err = beforehand(*verb.name.split(), "--body", tmp_path / "body.json", "--json", *more)
    assert (status, err) == (0, "")
    answer = dict(ANSWERS[verb.answer])
    if verb.answer == "token":
        assert answer.pop("token") not in out
    assert json.loads(out).items() >= answer.items()
    posted = [(path, body) for method, path, body in server.asked if method == "POST"]
    assert len(posted) == 1
    path, body = posted[0]
    statement = body.pop("statement", None)
    assert (path, body) == (verb.path, verb.example)
    assert (statement is not None) == (verb.who == "party")


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_verb_has_help_that_says_what_it_does(beforehand, verb):
    status, out, _err = beforehand(*verb.name.split(), "--help")
    assert status == 0
    assert "--body" in out
    assert "--json" in out


def test_a_body_comes_from_standard_input_and_flags_are_put_into_it(beforehand, server, session, monkeypatch):
    server.answers["POST /notice/begin"] = DONE
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps({"notice": ID}).encode())))
    status, out, _err = beforehand("notice", "begin", "--body", "-", "--deviated")
    assert status == 0
    assert out == "BEGUN, as you say.  (entry 17, 2027-01-15 18:39:00Z)\n"
    _method, _path, body = server.asked[0]
    assert body.pop("statement")["subject"] == f"notice/{ID}"
    assert body == {"notice": ID, "deviated": True}


def test_statements_are_signed_where_the_session_has_a_key(beforehand, server, session, tmp_path):
    """H1.5"""
    private, _public = make_signing_key(tmp_path / "keys", "GREY")
    save(tmp_path / "session.json", Session(server.url, "GREY", "duty", token="t", signing_key=str(private)))
    server.answers["POST /notice/end"] = DONE
    assert beforehand("notice", "end", ID)[0] == 0
    headers, data = server.raw[0]
    public, _, signature = headers["Beforehand-Signature"].partition(" ")
    assert public == public_text(load_signing_key(private))
    assert verify(public, data, signature)


def test_the_next_command_names_the_checkpoint_that_the_last_one_was_shown(beforehand, server, session):
    """H1.5"""
    server.answers["POST /receipt/seen"] = DONE
    server.answers["GET /zones"] = {"zones": []}
    assert beforehand("zone", "list")[:2] == (0, "No zones that you may see.\n")
    assert session().checkpoint == (101, "ab" * 32)
    beforehand("receipt", "seen", ID)
    assert server.asked[-1][2]["statement"]["seen"] == [101, "ab" * 32]
    assert session().checkpoint[0] == 102


def test_zones_and_movements_are_shown_with_place_and_name(beforehand, server, session):
    limits = {"lower_mm": None, "upper_mm": 3_000_000}
    circle = {"circle": [35.5, 35.7, 9000.0]} | limits
    server.answers["GET /zones"] = {"zones": [{
        "zone": ID, "kind": "range", "said": "declared by TEAL", "age": "3 s", "ended": None, "active": [],
        "capability": None, "words": {"title": "East range"}, "shapes": [circle]}]}  # fmt: skip
    assert beforehand("zone", "list")[1].splitlines()[1:] == [
        "    East range",
        "    centre 35.50000 N 35.70000 E, radius 9,000 m, from the ground, no lower limit to 3,000 m (9,843 ft)",
    ]
    leg = {"from": [35.9, 35.2], "to": [35.4, -35.9], "radius_m": 1000.0} | limits
    server.answers["GET /movements"] = {"movements": [{
        "movement": ID, "party": "GREY", "ended": None, "legs": [], "words": {"title": "patrol"},
        "shapes": [leg]}]}  # fmt: skip
    assert beforehand("movement", "list")[1].splitlines() == [
        f"{ID}  GREY  patrol",
        "    from 35.90000 N 35.20000 E to 35.40000 N 35.90000 W, 1,000 m off, "
        "from the ground, no lower limit to 3,000 m (9,843 ft)",
    ]


def test_a_code_or_login_that_cannot_be_is_said_before_a_password_is_asked_for(beforehand, server):
    asked = ("party", "join", "--invitation", "x", "--url", server.url)
    assert beforehand(*asked, "--party", "grey", "--login", "anna")[::2] == (
        2, "beforehand: --party must be 2 to 16 of the characters A-Z 0-9 - and begin with a letter, such as TEAL.\n"
    )  # fmt: skip
    assert "--login must be" in beforehand(*asked, "--party", "GREY", "--login", "lt.anna")[2]
    assert server.asked == []


class TestNamingNotices:
    def test_the_first_characters_of_its_id_will_do(self, beforehand, server, session):
        server.answers["POST /receipt/seen"] = DONE
        assert beforehand("receipt", "seen", "6F1C")[0] == 0
        assert server.asked[-1][2]["notice"] == ID

    def test_three_are_too_few(self, beforehand, server, session):
        status, _out, err = beforehand("receipt", "seen", "6f1")
        assert (status, server.asked) == (2, [])
        assert "at least 4" in err

    def test_two_that_begin_alike_are_named_and_nothing_is_done(self, beforehand, server, session):
        twin = ID[:9] + OTHER_ID[9:]
        pages = iter(
            [{"notices": [ROW], "next": 7}, {"notices": [ROW | {"notice": twin, "state": "not_flown"}], "next": None}]
        )
        server.answers["GET /notices"] = lambda _body: next(pages)
        status, _out, err = beforehand("notice", "withdraw", "6f1c")
        assert status == 1
        assert ID in err
        assert f"{twin}  GREY  not flown" in err
        assert server.paths() == ["GET /notices?limit=500", "GET /notices?after=7&limit=500"]

    def test_none_is_said(self, beforehand, server, session):
        status, _out, err = beforehand("notice", "end", "ffff")
        assert (status, "no notice that begins with ffff" in err) == (1, True)


class TestErrors:
    def test_a_refusal_says_the_field_and_what_to_do(self, beforehand, server, session):
        server.answers["POST /notice/give"] = (
            400,
            {"reason": "bad_time", "detail": "volumes[0].from must be RFC 3339.", "field": "volumes[0].from"},
        )
        status, out, err = beforehand("notice", "give", "--category", "other", "--where", "here")
        assert (status, out) == (1, "")
        assert err == "beforehand: volumes[0].from must be RFC 3339.\n"

    def test_what_is_missing_is_said_without_asking(self, beforehand, server, session):
        status, _out, err = beforehand("notice", "give", "--where", "here")
        assert (status, server.asked) == (2, [])
        assert "category is missing: give --category" in err
        assert "NOTICE" in beforehand("notice", "end")[2]

    def test_a_warning_that_gets_no_answer_says_use_the_telephone_and_can_be_repeated_safely(
        self, beforehand, server, session, tmp_path
    ):
        """H1.5: the same nonce with the same bytes counts once."""
        server.answers["POST /notice/give"] = (503, {"reason": "outcome_unknown", "detail": "It may have happened."})
        status, _out, err = beforehand("notice", "give", "--category", "other", "--where", "here")
        assert status == 1
        assert "!!! NOT TOLD, as far as is known: use the telephone. !!!" in err
        line = next(each for each in err.splitlines() if "notice give --body" in each)
        file = line.split("--body ")[1]
        assert stat.S_IMODE((tmp_path / file).stat().st_mode) == 0o600
        first = server.raw[0][1]
        assert {data for _headers, data in server.raw} == {first}
        server.answers["POST /notice/give"] = DONE
        assert beforehand("notice", "give", "--body", file, "--json")[0] == 0
        assert server.raw[-1][1] == first

    def test_a_body_with_a_statement_takes_no_flags(self, beforehand, server, session, tmp_path):
        (tmp_path / "body.json").write_text(json.dumps({"notice": ID, "statement": {"nonce": "12345678"}}))
        status, _out, err = beforehand("notice", "begin", "--body", tmp_path / "body.json", "--deviated")
        assert (status, server.asked) == (2, [])
        assert "holds a statement" in err

    def test_no_server_is_said(self, beforehand, server, session):
        server.close()
        status, _out, err = beforehand("notice", "begin", ID)
        assert status == 1
        assert "Nothing was sent" in err
        assert "use the telephone" in err

    @pytest.mark.parametrize("text", ["[]", "{", "nothing", '{"notice": 7}', '{"notice": "x", "other": 1}'])
    def test_a_body_that_is_none_is_said(self, beforehand, server, session, tmp_path, text):
        (tmp_path / "body.json").write_text(text)
        status, _out, err = beforehand("notice", "begin", "--body", tmp_path / "body.json")
        assert (status, server.asked) == (2, [])
        assert "body" in err

    def test_who_is_not_logged_in_is_told_how(self, beforehand, tmp_path, monkeypatch):
        monkeypatch.setenv("BEFOREHAND_SESSION", str(tmp_path / "none.json"))
        status, _out, err = beforehand("notice", "list")
        assert (status, "beforehand login" in err) == (1, True)

    def test_a_session_that_is_over_says_log_in(self, beforehand, server, session):
        server.answers["GET /zones"] = (401, {"reason": "unauthenticated", "detail": "The token has expired."})
        assert "beforehand login" in beforehand("zone", "list")[2]


class TestPeople:
    def test_login_keeps_a_session_for_its_owner_alone_and_shows_no_secret(self, beforehand, server, tmp_path):
        """H1.3"""
        server.answers["POST /party/login"] = ANSWERS["token"] | {"token": "the-token"}
        (tmp_path / "password").write_text("a long one\nand more\n")
        file = tmp_path / "config" / "session.json"
        given = ("--session", file, "--password-file", tmp_path / "password")
        status, out, _err = beforehand("login", "--url", server.url, "--party", "TEAL", "--login", "omar", *given)
        assert status == 0
        assert server.asked[-1][2] == {"party": "TEAL", "login": "omar", "password": "a long one", "role": "duty"}
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert "a long one" not in file.read_text()
        assert "the-token" not in out
        assert "UNSIGNED" in out
        # Again, with nothing said: as the last time.
        assert beforehand("login", *given)[0] == 0
        assert server.asked[-1] == server.asked[-2]
        assert load(file).checkpoint == (102, "ab" * 32)

    def test_login_without_a_terminal_asks_for_a_file(self, beforehand, server, tmp_path, monkeypatch):
        monkeypatch.setattr("sys.stdin", io.StringIO())
        asked = ("login", "--url", server.url, "--party", "TEAL", "--login", "omar", "--session", tmp_path / "s")
        status, _out, err = beforehand(*asked)
        assert (status, "--password-file" in err, server.asked) == (1, True, [])

    def test_a_wrong_password_changes_nothing(self, beforehand, server, session, tmp_path):
        server.answers["POST /party/login"] = (
            401,
            {"reason": "wrong_login", "detail": "Party, login or password are wrong."},
        )
        (tmp_path / "password").write_text("wrong")
        before = session()
        status, _out, err = beforehand("login", "--password-file", tmp_path / "password")
        assert (status, session()) == (1, before)
        assert "password are wrong" in err

    def test_join_asks_for_the_password_twice(self, beforehand, server, monkeypatch):
        """H1.3"""
        typed = iter(["a long one", "a long two", "a long one", "a long one"])
        monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        server.answers["POST /party/join"] = DONE
        asked = ("party", "join", "--url", server.url, "--party", "TEAL", "--invitation", "k7q2", "--login", "omar")
        status, _out, err = beforehand(*asked)
        assert (status, "differ" in err, server.asked) == (1, True, [])
        assert beforehand(*asked)[0] == 0
        assert server.asked[0][2]["password"] == "a long one"

    def test_the_operator_makes_a_party_with_a_new_key(self, beforehand, server, tmp_path, monkeypatch):
        """H1.1"""
        monkeypatch.setenv("BEFOREHAND_TOKEN", "op-token")
        server.answers["POST /party/create"] = ANSWERS["created"]
        asked = ("party", "create", "TEAL", "--name", "Teal Air", "--new-key", tmp_path / "teal", "--url", server.url)
        status, out, _err = beforehand(*asked)
        assert status == 0
        assert "k7q2-aaaa" in out
        key = load_signing_key(tmp_path / "teal" / "TEAL.pem")
        assert server.asked[-1][2] == {"code": "TEAL", "name": "Teal Air", "public_key": public_text(key)}
        assert server.raw[-1][0]["Authorization"] == "Bearer op-token"
        # Nothing is overwritten; the public half that is there can be given.
        assert "--public-key" in beforehand(*asked)[2]
        again = (*asked[:5], "--public-key", tmp_path / "teal" / "TEAL.pub", *asked[-2:])
        assert beforehand(*again)[0] == 0
        assert server.asked[-1] == server.asked[-2]

    def test_a_party_makes_its_own_key_without_a_server(self, beforehand, tmp_path):
        """H1.1"""
        status, out, _err = beforehand("party", "new-key", "TEAL", tmp_path / "teal", "--json")
        assert status == 0
        public = (tmp_path / "teal" / "TEAL.pub").read_text().strip()
        assert public_text(load_signing_key(tmp_path / "teal" / "TEAL.pem")) == public
        assert json.loads(out)["public"].endswith("TEAL.pub")

    def test_creating_a_party_needs_the_operators_token(self, beforehand, server):
        status, _out, err = beforehand(
            "party", "create", "TEAL", "--name", "x", "--public-key", "x" * 43, "--url", server.url
        )
        assert (status, "BEFOREHAND_TOKEN" in err, server.asked) == (2, True, [])

    def test_logging_out_leaves_no_token_behind(self, beforehand, server, session):
        server.answers["POST /party/logout"] = DONE
        assert beforehand("party", "logout")[0] == 0
        assert session().token == ""
        status, _out, err = beforehand("notice", "list")
        assert (status, "logged out" in err) == (1, True)


def test_every_verb_of_the_table_was_tried():
    assert {verb.answer for verb in VERBS} == set(ANSWERS)
    assert len(BY_NAME) == len(VERBS)
