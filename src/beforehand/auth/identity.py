"""Who asks, as a verified token says, and the two ways of being turned away."""

from __future__ import annotations

from msgspec import Struct

from beforehand.core.stamp import Caller


class Unauthenticated(Exception):
    """Nobody knows who asks (401). The message says what is wrong with the token, and quotes no token."""


class Forbidden(Exception):
    """It is known who asks, and this they may not (403). The message names what is missing."""


class Identity(Struct, frozen=True):
    """The party that a token speaks for, (issuer, subject), and the scopes that it carries.

    person, role, session: None unless the node itself issued the token; the person is "" where it is a service's.
    """

    issuer: str
    subject: str
    scopes: frozenset[str]
    person: str | None = None
    role: str | None = None
    session: str | None = None

    @property
    def caller(self) -> Caller:
        """The party as the core names it."""
        return Caller(self.issuer, self.subject)
