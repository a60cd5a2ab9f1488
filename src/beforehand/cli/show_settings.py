"""`beforehand settings`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from cyclopts import Parameter

from beforehand.cli.flags import settings_in_force, shown, takes_settings
from beforehand.settings import SETTINGS, Given


@takes_settings
def settings(
    *,
    flags: Mapping[str, Given | None],
    as_json: Annotated[bool, Parameter("--json", negative=(), show_default=False, help="Print JSON.")] = False,
) -> int:
    """Show every setting, the value that `serve` would use here with the same options, and where it came from."""
    in_force = settings_in_force(flags)
    rows: list[dict[str, Any]] = [
        {"setting": each.name, "value": getattr(in_force, each.name), "source": in_force.sources[each.name]}
        for each in SETTINGS
    ]
    if as_json:
        print(json.dumps(rows, default=str, indent=1))
        return 0
    width = max(len(row["setting"]) for row in rows)
    for row in rows:
        print(f"{row['setting']:{width}}  {row['source']:7}  {shown(row['value'])}")
    return 0
