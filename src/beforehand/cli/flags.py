"""The flags of the settings, as parameters of a command."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from cyclopts import Parameter

from beforehand.cli.errors import UsageError
from beforehand.settings import SETTINGS, Given, Setting, SettingError, Settings, resolve, unknown_variables


def takes_settings(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command one keyword parameter for each setting; it is called with them as a mapping, `flags`, of those given.

    Values stay text here: one place reads them, whether they come from a flag or from the environment.
    """
    own = [p for p in inspect.signature(command, eval_str=True).parameters.values() if p.name != "flags"]

    def taking(**given: Any) -> int:
        flags = {setting.name: given.pop(setting.name) for setting in SETTINGS if setting.name in given}
        return command(flags=flags, **given)

    parameters = [*own, *map(_parameter, SETTINGS)]
    taking.__doc__ = command.__doc__
    taking.__name__ = command.__name__
    taking.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    taking.__annotations__ = {each.name: each.annotation for each in parameters}
    return taking


def settings_in_force(flags: Mapping[str, Given | None]) -> Settings:
    """The settings of flags and environment. Raises UsageError."""
    for line in unknown_variables(os.environ):
        print(f"beforehand: {line}", file=sys.stderr)
    try:
        return resolve(flags, os.environ)
    except SettingError as error:
        raise UsageError(str(error)) from None


def _parameter(setting: Setting) -> inspect.Parameter:
    annotation: Any = str | None
    consumes: bool | None = None
    if setting.kind.several:
        annotation, consumes = tuple[str, ...] | None, True
    elif setting.kind.switch:
        annotation = bool | None
    default = f"default {shown(setting.default)}, " if setting.default != () else ""
    about = Parameter(
        name=setting.flag,
        help=f"{setting.meaning} ({default}{setting.environment})",
        consume_multiple=consumes,
        negative=None if setting.kind.switch else (),
        show_default=False,
    )
    keyword_only = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(setting.name, keyword_only, default=None, annotation=Annotated[annotation, about])


def shown(value: Any) -> str:
    """A value as it is given."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
