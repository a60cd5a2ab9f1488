"""What an operator may set of the HTTP side (docs/configuration.md)."""

from __future__ import annotations

from msgspec import Struct

from beforehand.web.shares import Limits


class WebConfig(Struct, frozen=True):
    """Sizes in bytes. `timed_index`: notification indices are ms since UTC midnight instead of counts."""

    allow_http: bool = False
    timed_index: bool = False
    strict_scopes: bool = False
    max_body: int = 4_194_304
    inline_cells: int | None = 400
    limits: Limits = Limits()
    system_version: str = "unknown"
