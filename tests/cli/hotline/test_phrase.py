"""The check phrase on a command line, with and without a network (H3.2)."""

from __future__ import annotations

import io
import json

import pytest

from beforehand.core.hotline.phrase import spelled

from .conftest import DONE, ID
from .notices import PHRASE, content, document, telling, view


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_args, **_more):
        raise AssertionError("the network was asked for")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("beforehand.cli.hotline.asking.Hotline", refuse)


def test_of_a_saved_document_it_needs_no_network_and_no_login(beforehand, no_network, tmp_path, monkeypatch):
    """H3.2"""
    monkeypatch.setenv("BEFOREHAND_SESSION", str(tmp_path / "none.json"))
    (tmp_path / "told.json").write_text(document())
    status, out, _err = beforehand("phrase", "--file", tmp_path / "told.json")
    assert status == 0
    assert out.splitlines()[0] == f"{PHRASE}   {spelled(PHRASE)}"
    assert "version 1, with GREY" in out


def test_a_document_comes_from_standard_input_also_within_what_show_printed(beforehand, no_network, monkeypatch):
    """H3.2"""
    for text in (document(), json.dumps({"view": {}, "document": document(), "content": None})):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        status, out, _err = beforehand("phrase", "--document", "-", "--json")
        assert status == 0
        assert json.loads(out)["phrases"] == [
            {"notice": ID, "version": 1, "with": "GREY", "phrase": PHRASE, "spoken": spelled(PHRASE)}
        ]


@pytest.mark.parametrize(
    "change",
    [
        {"phrase": "AAAAAA"},
        {"version": 2},
        {"category": "exercise"},
        {"day_value": "f" * 32},
        {"volumes": []},
    ],
)
def test_a_document_that_was_changed_gives_no_phrase(beforehand, tmp_path, change):
    """H3.2: against error."""
    (tmp_path / "told.json").write_text(document(**change))
    status, out, err = beforehand("phrase", "--file", tmp_path / "told.json")
    assert (status, out) == (1, "")
    assert "contradicts itself" in err


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "7", '{"document": "x"}', "\ufffd"])
def test_what_is_no_document_is_said(beforehand, tmp_path, text):
    (tmp_path / "told.json").write_text(text)
    status, out, err = beforehand("phrase", "--file", tmp_path / "told.json")
    assert (status, out) == (1, "")
    assert "notice show NOTICE --save" in err


def test_both_ends_get_the_same(beforehand, server, session):
    """H3.2"""
    server.answers["GET /pairs/TEAL/2027-01-15"] = {"day_value": "0123456789abcdef" * 2}
    server.answers[f"GET /notices/{ID}"] = {"view": view(), "document": None, "content": content()}
    given = beforehand("phrase", "6f1c")[1].splitlines()
    server.answers[f"GET /notices/{ID}"] = {"view": view(versions=[]), "document": document(), "content": None}
    told = beforehand("phrase", "6f1c")[1].splitlines()
    assert given[0] == told[0] == f"{PHRASE}   {spelled(PHRASE)}"
    assert (given[1].split()[-1], told[1].split()[-1]) == ("TEAL", "GREY")


def test_of_ones_own_notice_it_is_over_what_each_was_told(beforehand, server, session):
    """H3.2: per addressee, over exactly the volumes it was told."""
    two = content()
    two["volumes"] = [two["volumes"][0], two["volumes"][0] | {"number": 2, "upper_mm": 1}]
    told = [telling(), telling("BLUE", volumes=[1, 2])]
    server.answers[f"GET /notices/{ID}"] = {"view": view(told=told), "document": None, "content": two}
    for party in ("TEAL", "BLUE"):
        server.answers[f"GET /pairs/{party}/2027-01-15"] = {"day_value": "0123456789abcdef" * 2}
    phrases = json.loads(beforehand("phrase", ID, "--json")[1])["phrases"]
    assert [each["with"] for each in phrases] == ["TEAL", "BLUE"]
    assert phrases[0]["phrase"] == PHRASE != phrases[1]["phrase"]


def test_nobody_told_is_no_phrase(beforehand, server, session):
    server.answers[f"GET /notices/{ID}"] = {"view": view(told=[]), "document": None, "content": content()}
    status, out, err = beforehand("phrase", ID)
    assert (status, out, "Nobody has been told" in err) == (1, "", True)


def test_equal_is_said_by_voice(beforehand, server, session):
    """H3.2"""
    server.answers["POST /phrase/equal"] = DONE
    assert beforehand("phrase", "equal", ID, "--party", "TEAL", "--role", "senior")[0] == 0
    body = server.asked[-1][2]
    assert (body["party"], body["role"], body["notice"]) == ("TEAL", "senior", ID)


def test_a_notice_or_a_file_and_not_both(beforehand):
    assert beforehand("phrase")[0] == beforehand("phrase", ID, "--file", "x")[0] == 2
