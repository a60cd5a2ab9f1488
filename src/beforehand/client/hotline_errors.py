"""What can go wrong between a client and the hotline, as one exception."""

from __future__ import annotations

from typing import Any

from msgspec import DecodeError
from msgspec.json import decode

#: Of a body that is no problem document, so much is shown.
SHOWN_CHARACTERS = 300


class HotlineError(Exception):
    """A refusal of the server, or no answer of it.

    `reason` is stable: one of docs/refusals.md, or one of this client's own: `bad_url`, `not_connected` (nothing was sent),
    `no_answer` (it may have been heard). `detail` says what was wrong and what to do, `field` where in the body.
    `repeat`: bytes of an act that may have happened, safe to send again as they are.
    """

    def __init__(
        self, reason: str, detail: str, field: str | None = None, status: int = 0, retry_after: str | None = None
    ) -> None:
        super().__init__(f"{field}: {detail}" if field and field not in detail else detail)
        self.reason = reason
        self.detail = detail
        self.field = field
        self.status = status
        self.retry_after = retry_after
        self.repeat: bytes | None = None

    @property
    def is_unknown(self) -> bool:
        """Whether what was asked may have happened all the same."""
        return self.reason in ("no_answer", "outcome_unknown")


class NoAnswer(HotlineError):
    """No answer came, or none that can be read: whether the request was heard is unknown."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__("no_answer", f"No answer from {url}: {why}.")


def problem(status: int, body: bytes, retry_after: str | None) -> HotlineError:
    """A refusal as the server told it (RFC 9457), or as far as it can be read."""
    try:
        said: Any = decode(body)
    except (DecodeError, UnicodeDecodeError, RecursionError):
        said = None
    if not isinstance(said, dict):
        said = {}
    detail = (
        said.get("detail")
        or said.get("message")
        or said.get("title")
        or body[:SHOWN_CHARACTERS].decode("utf-8", "replace")
    )
    field, reason = said.get("field"), said.get("reason")
    if not isinstance(reason, str):
        # A proxy in between, or what stands in while no server runs: after a 502 or 504 nobody knows what was done.
        reason = {401: "unauthenticated", 502: "no_answer", 503: "not_done", 504: "no_answer"}.get(
            status, f"http_{status}"
        )
        if not said and status == 503:
            reason = "no_answer"
    text = str(detail).strip() or "The server gave no reason."
    return HotlineError(reason, text, field if isinstance(field, str) else None, status, retry_after)
