"""How a request can fail to become a command."""

from __future__ import annotations

#: reason -> HTTP status. Each has its line in docs/refusals.md. A message names the field, what was wrong, what to do.
REASONS: dict[str, int] = {
    "malformed": 400,
    "wrong_type": 400,
    "missing": 400,
    "bad_path": 400,
    "bad_id": 400,
    "bad_base_url": 400,
    "bad_state": 400,
    "bad_subscription": 400,
    "bad_ovn_suffix": 400,
    "bad_availability": 400,
    "bad_time": 400,
    "bad_altitude": 400,
    "bad_radius": 400,
    "bad_outline": 400,
    "too_many": 400,
    "area_too_large": 400,
    "search_area_too_large": 413,
    "no_trigger": 400,
}


class BadRequest(Exception):
    """A request that becomes no command.

    `reason` is one of `REASONS`; `field` is its place in the body (`extents[3].volume.outline_polygon.vertices[2].lat`)
    or the path parameter, and None where the body as a whole is meant.
    """

    def __init__(self, reason: str, message: str, field: str | None = None) -> None:
        assert reason in REASONS, reason
        super().__init__(reason, message, field)
        self.reason = reason
        self.field = field
        self.message = message if field is None else f"{field} {message}"


class TooLargeInline(Exception):
    """Sound so far, but its covering takes long: decode it again without `inline_cells`, where nobody waits for it."""
