from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.node.config import NodeConfig
from beforehand.settings import BY_NAME, SETTINGS, SettingError, Settings, resolve, unknown_variables
from beforehand.web.config import WebConfig
from beforehand.web.serve import node_config, web_config

DOCS = Path(__file__).parents[1] / "docs" / "configuration.md"


def shown(default):
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`" if default != () else "none"


def row(setting):
    """What docs/configuration.md says of a setting, in one row."""
    names = f"`{setting.flag}` `{setting.environment}`"
    return f"| {names} | {shown(setting.default)} | {setting.kind.allowed} | {setting.meaning} |"


def test_the_documentation_has_exactly_one_true_row_for_each_setting():
    rows = [line for line in DOCS.read_text().splitlines() if line.startswith("| `--")]
    expected = [row(setting) for setting in SETTINGS]
    assert rows == expected, "docs/configuration.md should hold these rows:\n" + "\n".join(expected)


def test_every_setting_is_a_field_and_every_field_a_setting():
    fields = [field.name for field in msgspec.structs.fields(Settings)]
    assert fields == [*(setting.name for setting in SETTINGS), "sources"]


@pytest.mark.parametrize("name", BY_NAME)
def test_every_setting_is_obeyed_somewhere(name):
    source = Path(__file__).parents[1] / "src" / "beforehand"
    assert any(
        re.search(rf"\bsettings\.{name}\b", file.read_text())
        for file in source.rglob("*.py")
        if file.name != "settings.py"
    )


def test_a_server_with_nothing_set_runs_on_the_documented_defaults():
    settings = resolve({}, {})
    assert node_config(settings) == NodeConfig()
    assert web_config(settings) == WebConfig(system_version=web_config(settings).system_version)


class TestSource:
    def test_nothing_given_means_the_defaults(self):
        settings = resolve({}, {})
        for setting in SETTINGS:
            assert getattr(settings, setting.name) == setting.default
            assert settings.sources[setting.name] == "default"

    def test_the_environment_wins_over_the_default_and_a_flag_over_both(self):
        environment = {"BEFOREHAND_PORT": "1000", "BEFOREHAND_HOST": "::1"}
        settings = resolve({"port": "2000"}, environment)
        assert (settings.port, settings.sources["port"]) == (2000, "flag")
        assert (settings.host, settings.sources["host"]) == ("::1", "env")
        assert settings.sources["engine"] == "default"

    def test_a_wrong_value_in_the_environment_does_no_harm_where_a_flag_wins(self):
        assert resolve({"port": "2000"}, {"BEFOREHAND_PORT": "x"}).port == 2000

    @pytest.mark.parametrize("not_given", [None, ()])
    def test_a_flag_that_was_not_given_changes_nothing(self, not_given):
        settings = resolve({"audiences": not_given}, {"BEFOREHAND_AUDIENCES": "a"})
        assert (settings.audiences, settings.sources["audiences"]) == (("a",), "env")


class TestValues:
    def test_several_values_are_divided_by_commas_in_the_environment_alone(self):
        settings = resolve({"token_keys": ("a,b=c", "d")}, {"BEFOREHAND_AUDIENCES": "x, y,z"})
        assert settings.token_keys == ("a,b=c", "d")
        assert settings.audiences == ("x", "y", "z")

    @pytest.mark.parametrize(
        ("text", "value"), [("true", True), ("TRUE", True), ("1", True), ("on", True), ("false", False), ("0", False)]
    )
    def test_a_switch_is_on_or_off(self, text, value):
        assert resolve({}, {"BEFOREHAND_STRICT_STATES": text}).strict_states is value

    @pytest.mark.parametrize("value", [True, False])
    def test_a_switch_given_as_a_flag_is_taken_as_it_is(self, value):
        settings = resolve({"strict_states": value}, {"BEFOREHAND_STRICT_STATES": "true"})
        assert (settings.strict_states, settings.sources["strict_states"]) == (value, "flag")

    def test_a_folder_becomes_a_path(self):
        assert resolve({"data_dir": "/a b/c"}, {}).data_dir == Path("/a b/c")

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("port", ""),
            ("port", "-1"),
            ("port", "65536"),
            ("port", "80.0"),
            ("port", " 80"),
            ("port", "1_000"),
            ("port", "٣"),
            ("port", "9" * 5_000),
            ("host", ""),
            ("host", "a b"),
            ("data_dir", ""),
            ("data_dir", "a\0b"),
            ("engine", "SQLITE"),
            ("engine", ""),
            ("node_name", "a/b"),
            ("node_name", "n" * 65),
            ("audiences", ("a b",)),
            ("audiences", ("",)),
            ("token_keys", ("",)),
            ("notification_index", "Time"),
            ("release_wait_s", "0"),
            ("release_wait_s", "61"),
            ("release_wait_s", "1e1"),
            ("release_wait_s", "nan"),
            ("max_body_bytes", "0"),
            ("live_cells", "0"),
            ("inline_cells", "10001"),
        ],
    )
    def test_a_value_out_of_bounds_is_refused_with_what_is_allowed(self, name, value):
        setting = BY_NAME[name]
        with pytest.raises(SettingError) as caught:
            resolve({name: value}, {})
        message = str(caught.value)
        assert message.startswith(f"{setting.flag} is ")
        assert setting.kind.allowed in message
        assert len(message) < 1_000

    @pytest.mark.parametrize("value", ["yes", "", "2"])
    def test_a_switch_is_nothing_else(self, value):
        with pytest.raises(SettingError, match=r"BEFOREHAND_STRICT_SCOPES is .* `true` or `false`"):
            resolve({}, {"BEFOREHAND_STRICT_SCOPES": value})

    @pytest.mark.parametrize(
        ("less", "more", "whole", "besides"),
        [
            ("free_space_warning_reserve_bytes", "free_space_floor_bytes", 5_000, {}),
            ("requests_in_flight_per_party", "requests_in_flight", 10, {}),
            ("held_bytes_per_party", "held_bytes", 5_000_000, {}),
            ("max_body_bytes", "held_bytes_per_party", 2_000_000, {"held_bytes": "3000000"}),
        ],
    )
    def test_a_part_is_never_larger_than_its_whole(self, less, more, whole, besides):
        resolve({less: str(whole), **besides}, {BY_NAME[more].environment: str(whole)})
        with pytest.raises(
            SettingError, match=f"{BY_NAME[less].flag} is {whole + 1} and {BY_NAME[more].environment} is"
        ):
            resolve({less: str(whole + 1), **besides}, {BY_NAME[more].environment: str(whole)})

    def test_a_part_that_was_not_given_gives_way_to_its_whole(self):
        settings = resolve(
            {"free_space_floor_bytes": "0", "held_bytes": str(2 << 20)}, {"BEFOREHAND_REQUESTS_IN_FLIGHT": "3"}
        )
        assert settings.free_space_warning_reserve_bytes == 0
        assert settings.requests_in_flight_per_party == 3
        assert (settings.held_bytes_per_party, settings.max_body_bytes) == (2 << 20, 2 << 20)
        assert settings.sources["free_space_warning_reserve_bytes"] == "default"

    def test_any_text_gives_a_value_or_a_setting_error(self):
        @given(st.sampled_from(SETTINGS), st.text(max_size=30) | st.integers().map(str) | st.floats().map(str))
        def answers(setting, text):
            with suppress(SettingError):
                value = getattr(resolve({}, {setting.environment: text}), setting.name)
                assert isinstance(value, type(setting.default))

        answers()


class TestUnknownVariables:
    def test_a_misspelt_variable_is_told_with_what_may_have_been_meant(self):
        assert unknown_variables({"BEFOREHAND_PROT": "1"}) == [
            "BEFOREHAND_PROT sets nothing; did you mean BEFOREHAND_PORT?"
        ]

    def test_others_are_not_our_business(self):
        assert unknown_variables({"PATH": "x", "BEFORE": "y", "BEFOREHAND_PORT": "1"}) == []

    def test_one_like_no_other_is_told_all_the_same(self):
        assert unknown_variables({"BEFOREHAND_QQQQQQ_777": ""}) == ["BEFOREHAND_QQQQQQ_777 sets nothing."]


def test_what_commands_of_a_party_read_is_no_mistake():
    assert unknown_variables({"BEFOREHAND_SESSION": "a", "BEFOREHAND_TOKEN": "b"}) == []
