"""Commands as statements: with a nonce, bound to something, signed with a key."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, TypeVar

from msgspec.structs import replace

from beforehand.core.hotline import commands as c

C = TypeVar("C", bound=c.Asked)


def stated(command: C, nonce: str = "nonce", said: str = "bytes", **bound: Any) -> C:
    """The same command, stated in these bytes."""
    statement = c.Statement(nonce=nonce, **bound)
    return replace(command, by=replace(command.by, statement=statement, digest=sha256(said.encode()).hexdigest()))


def signed(command: C, public: str, nonce: str = "nonce", **bound: Any) -> C:
    """The same, signed by whoever has this key, for the party that speaks unless said otherwise."""
    command = stated(command, nonce, **{"party": command.by.code, **bound})
    return replace(command, by=replace(command.by, public=public, bytes_as_sent="bytes", signature="signature"))


def as_role(command: C, role: str) -> C:
    """The same, said in another role."""
    return replace(command, by=replace(command.by, role=role))


def unbound(command: C) -> C:
    """The same from a token that names no party of this line."""
    return replace(command, by=c.Speaker(command.by.caller))
