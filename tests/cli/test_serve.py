from __future__ import annotations

import json
import socket

import pytest

from beforehand.auth.issuer import make_key_pair
from beforehand.settings import SETTINGS


@pytest.fixture
def key(tmp_path):
    return make_key_pair(tmp_path / "keys")[1]


@pytest.fixture
def served(monkeypatch):
    """The settings that a server was asked to run with; none is run."""
    asked = []
    monkeypatch.setattr("beforehand.web.parent.serve", lambda settings: asked.append(settings) or 0)
    return asked


def test_the_options_of_the_interface_keep_their_names(beforehand, served, key, tmp_path):
    status, out, err = beforehand(
        *("serve", "--host", "127.0.0.1", "--port", "0", "--data-dir", tmp_path / "data", "--engine", "memory"),
        *(
            "--token-key",
            key,
            f"issuer={key}",
            "--token-key",
            f"other={key}",
            "--audience",
            "a",
            "b",
            "--allow-http-uss",
        ),
    )
    assert (status, out, err) == (0, "", "")
    [settings] = served
    assert (settings.host, settings.port, settings.data_dir) == ("127.0.0.1", 0, tmp_path / "data")
    assert (settings.engine, settings.audiences, settings.allow_http_uss) == ("memory", ("a", "b"), True)
    assert settings.token_keys == (str(key), f"issuer={key}", f"other={key}")


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_a_flag_with_its_meaning_in_the_help(beforehand, setting, monkeypatch):
    monkeypatch.setenv("COLUMNS", "1000")
    _status, out, _err = beforehand("serve", "--help")
    assert f"{setting.flag} " in out
    assert setting.meaning in out
    assert setting.environment in out


@pytest.mark.parametrize(
    ("left_out", "says"), [("--token-key", "no unauthenticated mode"), ("--audience", "No token would be accepted")]
)
def test_a_server_that_would_refuse_everybody_is_not_started(beforehand, served, left_out, says):
    given = {"--token-key": "k", "--audience": "a"}
    del given[left_out]
    status, _out, err = beforehand("serve", *(word for pair in given.items() for word in pair))
    assert status == 2
    assert says in err
    assert served == []


def test_a_key_that_cannot_be_used_is_named(beforehand, tmp_path, key):
    private = key.with_name("token-key.pem")
    for given, says in ((tmp_path / "missing", "missing"), (private, "private key")):
        status, _out, err = beforehand("serve", "--token-key", given, "--audience", "a", "--port", "0")
        assert status == 1
        assert says in err


def test_an_address_that_cannot_be_listened_on_is_named(beforehand, key):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, _out, err = beforehand("serve", "--token-key", key, "--audience", "a", "--port", port)
    assert status == 1
    assert f"127.0.0.1 port {port}" in err


def test_settings_shows_each_value_and_its_source(beforehand, monkeypatch):
    monkeypatch.setenv("BEFOREHAND_PORT", "1000")
    monkeypatch.setenv("BEFOREHAND_PROT", "1000")
    status, out, err = beforehand("settings", "--json", "--no-strict-states", "--audience", "a")
    assert status == 0
    assert err == "beforehand: BEFOREHAND_PROT sets nothing; did you mean BEFOREHAND_PORT?\n"
    rows = {row["setting"]: (row["value"], row["source"]) for row in json.loads(out)}
    assert rows.keys() == {setting.name for setting in SETTINGS}
    assert rows["port"] == (1000, "env")
    assert rows["strict_states"] == (False, "flag")
    assert rows["audiences"] == (["a"], "flag")
    assert rows["host"] == ("127.0.0.1", "default")


def test_settings_in_words(beforehand):
    _status, out, _err = beforehand("settings", "--audience", "a", "b", "--strict-scopes")
    lines = {line.split()[0]: line.split()[1:] for line in out.splitlines()}
    assert lines["audiences"] == ["flag", "a,b"]
    assert lines["strict_scopes"] == ["flag", "true"]
    assert lines["release_wait_s"] == ["default", "5"]


def test_a_wrong_value_says_which_setting_and_what_is_allowed(beforehand, monkeypatch):
    monkeypatch.setenv("BEFOREHAND_ENGINE", "postgres")
    for command in ("serve", "settings"):
        status, out, err = beforehand(command)
        assert (status, out) == (2, "")
        assert err == "beforehand: BEFOREHAND_ENGINE is 'postgres', which is not allowed: give `sqlite` or `memory`.\n"
