"""Every setting: its default, meaning, bounds, environment variable and flag, and where the value in force came from.

A flag wins over the environment, the environment over the default. docs/configuration.md shows this table.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

Source = Literal["default", "env", "flag"]
Given = str | tuple[str, ...] | bool

ENVIRONMENT_PREFIX = "BEFOREHAND_"
#: Variables with that prefix that commands of a party read, and no server does.
OF_CLIENTS = ("SESSION", "TOKEN")
#: How much of a wrong value an error quotes.
_QUOTED_CHARACTERS = 200


class SettingError(ValueError):
    """A value cannot be used. The message names the setting, how it was given, the value, and what is allowed."""


class Kind(Struct, frozen=True):
    """How a value is read (ValueError if it is not allowed), and in words what is allowed. `several` values, or one."""

    read: Callable[[str], Any]
    allowed: str
    several: bool = False
    switch: bool = False


def _whole(least: int, most: int) -> Kind:
    def read(text: str) -> int:
        if re.fullmatch(r"-?[0-9]{1,19}", text) is None or not least <= int(text) <= most:
            raise ValueError
        return int(text)

    return Kind(read, f"a whole number from {least:,} to {most:,}, without separators")


def _seconds(least: float, most: float) -> Kind:
    def read(text: str) -> float:
        value = float(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text) else math.nan
        if not least <= value <= most:
            raise ValueError
        return value

    return Kind(read, f"a number of seconds from {least:g} to {most:g}")


def _choice(*names: str) -> Kind:
    def read(text: str) -> str:
        if text not in names:
            raise ValueError
        return text

    return Kind(read, " or ".join(f"`{name}`" for name in names))


def _text(most: int, allowed: str, pattern: str) -> Kind:
    def read(text: str) -> str:
        if re.fullmatch(pattern, text) is None or len(text) > most:
            raise ValueError
        return text

    return Kind(read, allowed)


def _list(one: Kind) -> Kind:
    return Kind(one.read, one.allowed, several=True)


def _path(text: str) -> Path:
    if not text or "\0" in text:
        raise ValueError
    return Path(text)


def _on_or_off(text: str) -> bool:
    return {"true": True, "1": True, "on": True, "false": False, "0": False, "off": False}[text.lower()]


_SWITCH = Kind(_on_or_off, "`true` or `false` (as a flag: without a value, or as `--no-…`)", switch=True)
_HOST = _text(255, "an IP address or a host name", r"[A-Za-z0-9.:_%-]+")
_NODE_NAME = _text(64, "1 to 64 of the characters A-Z a-z 0-9 . _ -", r"[A-Za-z0-9._-]+")
_AUDIENCE = _list(_text(255, "a name without spaces and commas, at most 255 characters", r"[^\s,\x00-\x1f\x7f]+"))
_TOKEN_KEY = _list(_text(4_096, "`[ISSUER=]FILE`: a PEM public key", r"[^\x00]+"))
_MIB = 1 << 20


class Setting(Struct, frozen=True):
    """One setting. Its flag and environment variable follow from its name, which is a field of `Settings`.

    Lists are named in the plural; their flag is in the singular (`flag_name`), and the variable holds values divided by
    commas.
    """

    name: str
    default: Any
    kind: Kind
    meaning: str
    flag_name: str | None = None

    @property
    def flag(self) -> str:
        """As on the command line."""
        return "--" + (self.flag_name or self.name.replace("_", "-"))

    @property
    def environment(self) -> str:
        """The variable's name."""
        return ENVIRONMENT_PREFIX + self.name.upper()


SETTINGS: tuple[Setting, ...] = (
    Setting("host", "127.0.0.1", _HOST, "Address to listen on."),
    Setting("port", 8080, _whole(0, 65_535), "Port to listen on; 0 takes a free one and prints it."),
    Setting(
        "metrics_port",
        0,
        _whole(0, 65_535),
        "Port of 127.0.0.1 on which an operator's Prometheus finds `/metrics`; 0: none.",
    ),
    Setting(
        "data_dir",
        Path("beforehand-data"),
        Kind(_path, "a folder; made if it is missing"),
        "Folder of the journal. One process at a time; a local file system.",
    ),
    Setting(
        "engine", "sqlite", _choice("sqlite", "memory"), "Where the journal is kept; `memory` forgets it at the end."
    ),
    Setting("node_name", "node", _NODE_NAME, "Name of this node in the entries by which it opens the journal."),
    Setting(
        "token_keys",
        (),
        _TOKEN_KEY,
        "Public keys by which tokens are believed. One given with an issuer speaks for that issuer alone; one given "
        "without speaks for any issuer that no other key names. At least one is needed.",
        "token-key",
    ),
    Setting(
        "audiences",
        (),
        _AUDIENCE,
        "Names of this service in tokens: the claim `aud` must hold one, to the character. At least one is needed.",
        "audience",
    ),
    Setting(
        "allow_http_uss", False, _SWITCH, "Take base URLs with `http`, too. For tests: notices then travel unprotected."
    ),
    Setting(
        "notification_index",
        "increment",
        _choice("increment", "time"),
        "How a subscription's notification index goes: counting up, or in milliseconds since midnight UTC.",
    ),
    Setting(
        "strict_states",
        False,
        _SWITCH,
        "Enforce F3548's transitions between states, and what a USS that is `Down` may not do.",
    ),
    Setting(
        "strict_scopes", False, _SWITCH, "Enforce the scope that each `notify_for_…` flag of a subscription needs."
    ),
    Setting(
        "evict_expired_after_s",
        7 * 86_400,
        _whole(0, 10 * 366 * 86_400),
        "How long after its end an intent, constraint or subscription is kept before an entry removes it.",
    ),
    Setting("max_body_bytes", 4 * _MIB, _whole(1_024, 64 * _MIB), "Largest body of a request; 413 above."),
    Setting(
        "release_wait_s",
        5.0,
        _seconds(0.1, 60),
        "How long an answer waits for what it rests on to be durable; then 503.",
    ),
    Setting(
        "max_clock_error_ms",
        1_000,
        _whole(1, 3_600_000),
        "By how much the wall clock may disagree with the node's own before writes are refused.",
    ),
    Setting(
        "free_space_floor_bytes",
        256 * _MIB,
        _whole(0, 1 << 50),
        "Free space below which writes are refused, until there is more again. 0: no floor.",
    ),
    Setting(
        "free_space_warning_reserve_bytes",
        192 * _MIB,
        _whole(0, 1 << 50),
        "How far below the floor warnings are still taken. At most the floor.",
    ),
    Setting(
        "live_intents",
        1_000_000,
        _whole(1, 100_000_000),
        "Quota of a party: intents and constraints that are live at one time; 429 above.",
    ),
    Setting(
        "live_cells",
        20_000_000,
        _whole(1, 1_000_000_000),
        "Quota of a party: cells of all that is live of it.",
    ),
    Setting(
        "live_subscriptions",
        1_000_000,
        _whole(1, 100_000_000),
        "Quota of a party: live subscriptions, the implicit ones of its intents included.",
    ),
    Setting(
        "cells_per_second",
        200_000,
        _whole(10_000, 100_000_000),
        "Quota of a party: cells that it asks for or is answered in one second. Never less than one request may cover.",
    ),
    Setting(
        "requests_in_flight",
        2_048,
        _whole(1, 1_000_000),
        "Requests being answered at one time; 503 `not_done` above.",
    ),
    Setting("requests_in_flight_per_party", 512, _whole(1, 1_000_000), "The same of one party."),
    Setting(
        "held_bytes",
        512 * _MIB,
        _whole(_MIB, 1 << 40),
        "Bytes of bodies and answers being received or sent at one time; 503 `not_done` above.",
    ),
    Setting("held_bytes_per_party", 96 * _MIB, _whole(_MIB, 1 << 40), "The same of one party."),
    Setting(
        "open_batch_entries",
        20_000,
        _whole(1, 1_000_000),
        "Entries that wait for the next commit; 503 `not_done` above. Warnings have as much again.",
    ),
    Setting("open_batch_bytes", 32 * _MIB, _whole(_MIB, 1 << 30), "The same in bytes."),
    Setting(
        "inline_cells",
        400,
        _whole(0, 10_000),
        "Outlines expected to have more cells are covered in a worker process; 10000 does without that process.",
    ),
    Setting(
        "remembered_tokens",
        10_000,
        _whole(1, 1_000_000),
        "Tokens found good that are remembered, so that they need not be verified again.",
    ),
)
BY_NAME: Mapping[str, Setting] = {setting.name: setting for setting in SETTINGS}


class Settings(Struct, frozen=True):
    """The values in force, in the units that their names say, and for each the source."""

    host: str
    port: int
    metrics_port: int
    data_dir: Path
    engine: Literal["sqlite", "memory"]
    node_name: str
    token_keys: tuple[str, ...]
    audiences: tuple[str, ...]
    allow_http_uss: bool
    notification_index: Literal["increment", "time"]
    strict_states: bool
    strict_scopes: bool
    evict_expired_after_s: int
    max_body_bytes: int
    release_wait_s: float
    max_clock_error_ms: int
    free_space_floor_bytes: int
    free_space_warning_reserve_bytes: int
    live_intents: int
    live_cells: int
    live_subscriptions: int
    cells_per_second: int
    requests_in_flight: int
    requests_in_flight_per_party: int
    held_bytes: int
    held_bytes_per_party: int
    open_batch_entries: int
    open_batch_bytes: int
    inline_cells: int
    remembered_tokens: int
    sources: Mapping[str, Source]


def resolve(flags: Mapping[str, Given | None], environment: Mapping[str, str]) -> Settings:
    """The settings in force. flags: by name of the setting; None and absent ones were not given. Raises SettingError."""
    values: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    for setting in SETTINGS:
        given = flags.get(setting.name)
        if given is not None and given != ():
            values[setting.name], sources[setting.name] = _read(setting, given, setting.flag), "flag"
        elif setting.environment in environment:
            in_environment = environment[setting.environment]
            values[setting.name] = _read(setting, in_environment, setting.environment)
            sources[setting.name] = "env"
        else:
            values[setting.name], sources[setting.name] = setting.default, "default"
    _fit_together(values, sources)
    return Settings(**values, sources=sources)


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """Variables with our prefix that set nothing, each with the name that may have been meant: a line a variable."""
    known = [*(setting.name.upper() for setting in SETTINGS), *OF_CLIENTS]
    lines = []
    for name in sorted(environment):
        said = name.removeprefix(ENVIRONMENT_PREFIX)
        if said == name or said in known:
            continue
        near = difflib.get_close_matches(said, known, 1)
        lines.append(f"{name} sets nothing" + (f"; did you mean {ENVIRONMENT_PREFIX}{near[0]}?" if near else "."))
    return lines


def _read(setting: Setting, given: Given, how: str) -> Any:
    if isinstance(given, bool):
        return given
    if not setting.kind.several:
        return _read_one(setting, str(given), how)
    several = [one.strip() for one in given.split(",")] if isinstance(given, str) else given
    return tuple(_read_one(setting, one, how) for one in several)


def _read_one(setting: Setting, text: str, how: str) -> Any:
    try:
        return setting.kind.read(text)
    except (ValueError, KeyError):
        quoted = text if len(text) <= _QUOTED_CHARACTERS else text[:_QUOTED_CHARACTERS] + "…"
        raise SettingError(f"{how} is {quoted!r}, which is not allowed: give {setting.kind.allowed}.") from None


def _fit_together(values: dict[str, Any], sources: Mapping[str, Source]) -> None:
    """Make a part that was not given no larger than its whole. Raises SettingError for one that was."""
    for less, more, why in (
        ("free_space_warning_reserve_bytes", "free_space_floor_bytes", "the reserve is a part of the floor"),
        ("requests_in_flight_per_party", "requests_in_flight", "a party's share is a part of all"),
        ("held_bytes_per_party", "held_bytes", "a party's share is a part of all"),
        ("max_body_bytes", "held_bytes_per_party", "the largest body must fit in"),
    ):
        if values[less] <= values[more]:
            continue
        if sources[less] == "default":
            values[less] = values[more]
            continue
        raise SettingError(
            f"{_how(less, sources)} is {values[less]} and {_how(more, sources)} is {values[more]}: {why}, so give {less} at "
            "most as large."
        )


def _how(name: str, sources: Mapping[str, Source]) -> str:
    setting = BY_NAME[name]
    return {"default": f"{name} by default", "env": setting.environment, "flag": setting.flag}[sources[name]]
