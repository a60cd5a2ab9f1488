"""`beforehand serve`."""

from __future__ import annotations

from collections.abc import Mapping

from beforehand.cli.errors import CommandError, UsageError
from beforehand.cli.flags import settings_in_force, takes_settings
from beforehand.settings import Given


@takes_settings
def serve(*, flags: Mapping[str, Given | None]) -> int:
    """Serve parties over HTTP, until SIGTERM or Ctrl-C.

    At least one token key and one audience are needed: there is no unauthenticated mode. Each option can be given in the
    environment instead, by the name in brackets.
    """
    settings = settings_in_force(flags)
    if not settings.token_keys:
        raise UsageError("There is no unauthenticated mode: give --token-key [ISSUER=]FILE, a PEM public key.")
    if not settings.audiences:
        raise UsageError("No token would be accepted: give --audience NAME, which tokens name as their `aud`.")

    from beforehand.auth.keys import TokenKeyError
    from beforehand.web.parent import serve as serve_until_stopped

    try:
        return serve_until_stopped(settings)
    except TokenKeyError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(
            f"Cannot listen on {settings.host} port {settings.port}: {error.strerror or error}."
        ) from None
