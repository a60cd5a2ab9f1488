"""What each side knew (H8.1), online and from a copy of the journal."""

from __future__ import annotations

import hashlib
import json

import pytest

from beforehand.core.hotline import events as e
from beforehand.core.hotline.contents import encode
from beforehand.engine.sqlite_journal import SqliteJournal
from beforehand.record.entry import NO_PREV, Chain

from .conftest import ID, OTHER_ID
from .notices import AGREEMENT

GIVEN_US = 1_800_038_340_000_000  # 2027-01-15T18:39:00Z
MINUTE_US = 60_000_000
BY = e.By("GREY")
NOBODY = e.Unshown([], 0)


def facts():
    """An evening, as (µs, event): given, told, seen 3 min later, understood 6 min later, and another notice between."""
    volume = e.VolumeFact(1, "", None, None, GIVEN_US + 21 * MINUTE_US, GIVEN_US + 41 * MINUTE_US, 0)
    given = e.NoticeGiven(
        ID, 1, "GREY", "air_operation", False, [volume], "first", "given", volume.start, volume.end, 21 * MINUTE_US, [],
        NOBODY, NOBODY, [AGREEMENT], [], BY)  # fmt: skip
    told = e.NoticeTold(ID, 1, "TEAL", [1], [e.Why("agreement", AGREEMENT)], "0" * 64, "all", ["SEEN"], {})
    teal = e.By("TEAL", "anna", "duty")
    other = e.NoticeMoved(OTHER_ID, "begun", "active", False)
    return [
        (GIVEN_US, given),
        (GIVEN_US + 1, told),
        (GIVEN_US + 2, other),
        (GIVEN_US + MINUTE_US, e.HandedOut(ID, 1, "TEAL")),
        (GIVEN_US + 3 * MINUTE_US, e.Received(ID, 1, "TEAL", "SEEN", teal)),
        (GIVEN_US + 5 * MINUTE_US, e.ReadBackTried(ID, 1, "TEAL", 1, "all", ["band"], teal)),
        (GIVEN_US + 6 * MINUTE_US, e.Received(ID, 1, "TEAL", "UNDERSTOOD", teal)),
        (GIVEN_US + 6 * MINUTE_US + 1, e.WhoOfOursSaid(ID, 1, "TEAL", "some", teal)),
    ]


@pytest.fixture
def data_dir(tmp_path):
    journal, chain = SqliteJournal(tmp_path / "data"), Chain(NO_PREV, 0, 1)
    journal.open()
    salts = (hashlib.sha256(b"%d" % number).digest() for number in range(100))
    entries = [chain.append(at_us, encode(event), next(salts), None, b"") for at_us, event in facts()]
    journal.append(0, entries)
    journal.close()
    return tmp_path / "data"


@pytest.fixture
def lines(beforehand, data_dir, tmp_path):
    """The same as JSON lines."""
    file = tmp_path / "journal.jsonl"
    file.write_text(beforehand("journal", "tail", "--data-dir", data_dir, "-n", "100", "--json")[1])
    return file


def knew(beforehand, *asked):
    status, out, err = beforehand("knew", "6f1c", *asked, "--json")
    assert status == 0, err
    return json.loads(out)


def test_at_each_instant_it_is_what_was_known_then(beforehand, data_dir):
    """H8.1"""
    early = knew(beforehand, "--data-dir", data_dir, "--at", "2027-01-15T18:40:30Z")["parties"][1]["receipts"][0]
    assert (early["handed_out"], early["seen"], early["usable_warning"]) == ("2027-01-15T18:40:00Z", None, None)
    seen = knew(beforehand, "--data-dir", data_dir, "--at", "2027-01-15T18:42:00Z")["parties"][1]["receipts"][0]
    assert (seen["seen"], seen["understood"], seen["usable_warning"]) == ("2027-01-15T18:42:00Z", None, "18 min")
    late = knew(beforehand, "--data-dir", data_dir, "--at", "2027-01-15T19:00:00Z")["parties"][1]["receipts"][0]
    assert (late["understood"], late["usable_warning"], late["who_of_ours"]) == (
        "2027-01-15T18:45:00Z",
        "15 min",
        "some",
    )
    assert late["read_backs"] == ["1: wrong: band (2027-01-15T18:44:00Z)"]


def test_a_folder_and_its_json_lines_say_the_same(beforehand, data_dir, lines, monkeypatch):
    """H8.1: whoever holds a copy gets the same answer."""
    asked = ("--at", "2027-01-15T19:00:00Z")
    from_folder = knew(beforehand, "--data-dir", data_dir, *asked)
    assert knew(beforehand, "--journal", lines, *asked) == from_folder
    with lines.open() as opened:
        monkeypatch.setattr("sys.stdin", opened)
        assert knew(beforehand, "--journal", "-", *asked) == from_folder


def test_as_a_party_it_shows_what_that_party_may_see(beforehand, data_dir):
    """H8.1, H5.3: the answer to who of ours is the addressee's own."""
    asked = ("--data-dir", data_dir, "--at", "2027-01-15T19:00:00Z", "--as")
    assert knew(beforehand, *asked, "TEAL")["parties"][1]["receipts"][0]["who_of_ours"] == "some"
    assert knew(beforehand, *asked, "GREY")["parties"][1]["receipts"][0]["who_of_ours"] is None


def test_in_words_it_adds_nothing_up(beforehand, data_dir):
    """H8.1, P7"""
    status, out, _err = beforehand("knew", ID, "--data-dir", data_dir, "--at", "2027-01-15T18:44:30Z")
    assert status == 0
    said = " ".join(out.split())
    assert "all of the record" in said
    assert "SEEN 2027-01-15 18:42:00Z" in said
    assert "UNDERSTOOD not yet" in said
    assert "read-back 1: wrong: band (2027-01-15 18:44:00Z)" in said
    assert "duty not recorded yet" in said


def test_before_it_was_given_there_was_none(beforehand, data_dir):
    """H8.1"""
    status, out, err = beforehand("knew", "6f1c", "--data-dir", data_dir, "--at", "2027-01-15T18:38:59Z")
    assert (status, out) == (1, "")
    assert "held no notice" in err


def test_missing_entries_are_said(beforehand, lines, tmp_path):
    """P7: what is not there cannot be judged."""
    held = lines.read_text().splitlines(keepends=True)
    (tmp_path / "part.jsonl").write_text("".join([*held[:4], *held[6:]]))
    status, out, err = beforehand("knew", "6f1c", "--journal", tmp_path / "part.jsonl", "--at", "2027-01-15T19:00:00Z")
    assert status == 0
    assert "SEEN not yet" in " ".join(out.split())
    assert "entries 4 to 5 are missing" in err


@pytest.mark.parametrize("change", ["swap", "cut", "unknown"])
def test_a_copy_that_is_none_is_said(beforehand, lines, tmp_path, change):
    held = lines.read_text().splitlines(keepends=True)
    if change == "swap":
        held[1], held[2] = held[2], held[1]
    elif change == "cut":
        held[3] = held[3][:40] + "\n"
    else:
        held[4] = held[4].replace("receipt.stage", "receipt.beamed")
    (tmp_path / "bad.jsonl").write_text("".join(held))
    status, out, err = beforehand("knew", "6f1c", "--journal", tmp_path / "bad.jsonl", "--at", "2027-01-15T19:00:00Z")
    assert (status, out) == (1, "")
    assert err


def test_a_damaged_journal_is_said(beforehand, tmp_path):
    status, _out, err = beforehand("knew", "6f1c", "--data-dir", tmp_path / "none")
    assert (status, "holds no journal" in err) == (1, True)


def test_online_it_asks_the_server(beforehand, server, session, data_dir):
    """H8.1"""
    answer = knew(beforehand, "--data-dir", data_dir, "--at", "2027-01-15T19:00:00Z")
    server.answers[f"GET /knew/{ID}"] = answer
    assert knew(beforehand, "--at", "2027-01-15T19:00:00Z") == answer
    assert server.asked[-1][1] == f"/hotline/v1/knew/{ID}?at=2027-01-15T19%3A00%3A00Z"
    assert beforehand("knew", "6f1c", "--as", "TEAL")[0] == 2
