from __future__ import annotations

import pytest

from beforehand.cli import clock
from beforehand.node.node import ACCEPT_CLOCK_FILE


@pytest.fixture
def file(tmp_path):
    return tmp_path / ACCEPT_CLOCK_FILE


def test_a_server_that_takes_notice_takes_the_file_away(beforehand, tmp_path, file, monkeypatch):
    monkeypatch.setattr(clock.time, "sleep", lambda _: file.unlink())
    status, out, err = beforehand("clock", "accept", "--data-dir", tmp_path)
    assert (status, err) == (0, "")
    assert "clock.accepted" in out


def test_without_a_server_nothing_is_accepted_for_later(beforehand, tmp_path, file, monkeypatch):
    monkeypatch.setattr(clock, "NOTICE_S", 0.0)
    status, out, err = beforehand("clock", "accept", "--data-dir", tmp_path)
    assert (status, out) == (1, "")
    assert "nothing was accepted" in err
    assert not file.exists()


def test_a_wrong_folder_is_named(beforehand, tmp_path):
    status, _, err = beforehand("clock", "accept", "--data-dir", tmp_path / "missing")
    assert status == 1
    assert str(tmp_path / "missing") in err
