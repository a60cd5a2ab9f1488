"""The tokens of one party: one for each audience, renewed before they end."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

#: Tokens are renewed so long before they end that a slow request still finds them good (seconds).
RENEWED_BEFORE_S = 300.0
#: Peers are few; each has one audience.
_KEPT = 1_000

#: Makes a token for (subject, audience); also says when it ends, in seconds since the Unix epoch.
Mint = Callable[[str, str], tuple[str, float]]


class Tokens:
    """Tokens of one subject. `audience` of the registry may be given; that of a peer is the host of its URL."""

    def __init__(self, subject: str, mint: Mint, now_s: Callable[[], float]) -> None:
        self._subject = subject
        self._mint = mint
        self._now_s = now_s
        self._held: dict[str, tuple[str, float]] = {}

    def for_audience(self, audience: str) -> str:
        """A token that still holds for some minutes."""
        held = self._held.get(audience)
        if held is None or held[1] - RENEWED_BEFORE_S < self._now_s():
            if len(self._held) >= _KEPT:
                self._held.clear()
            held = self._held[audience] = self._mint(self._subject, audience)
        return held[0]


def audience_of(url: str) -> str:
    """The audience of a token for a server, by this ecosystem's habit its host. Raises ValueError for what is no URL."""
    return urlsplit(url).hostname or ""
