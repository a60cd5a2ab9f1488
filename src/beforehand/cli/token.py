"""`beforehand token`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from beforehand.cli.errors import CommandError, UsageError


def token(
    *,
    key: Annotated[Path | None, Parameter(help="The issuer's private RSA key, PEM.")] = None,
    issuer: Annotated[
        str | None, Parameter(help="Who issues: the claim iss. A party is an issuer and a subject.")
    ] = None,
    sub: Annotated[str | None, Parameter(help="Who is to ask: the claim sub.")] = None,
    scope: Annotated[
        tuple[str, ...],
        Parameter(
            help="What it may do, such as utm.strategic_coordination; several.",
            consume_multiple=True,
            negative=(),
            show_default=False,
        ),
    ] = (),
    audience: Annotated[str | None, Parameter(help="The server's --audience: the claim aud.")] = None,
    lifetime: Annotated[int, Parameter(help="For how many seconds it holds, at most 3600.")] = 3_600,
    new_key: Annotated[
        Path | None,
        Parameter(help="Make a key pair in this folder instead; nothing is overwritten.", show_default=False),
    ] = None,
    as_json: Annotated[bool, Parameter("--json", negative=(), show_default=False, help="Print JSON.")] = False,
) -> int:
    """Mint a token and print it, or make the key pair to mint with.

    beforehand token --new-key keys

    beforehand token --key keys/token-key.pem --issuer me --sub uss1 --audience localhost --scope utm.strategic_coordination
    """
    from beforehand.auth.issuer import IssuerError, load_private_key, make_key_pair, mint

    asked = {"--key": key, "--issuer": issuer, "--sub": sub, "--audience": audience}
    try:
        if new_key is not None:
            if any(value is not None for value in asked.values()) or scope:
                raise UsageError("--new-key makes a key pair and no token: give it alone.")
            private, public = make_key_pair(new_key)
            made = {"private": str(private), "public": str(public)}
            print(json.dumps(made) if as_json else "\n".join(f"{half}: {file}" for half, file in made.items()))
            return 0
        if key is None or issuer is None or sub is None or audience is None:
            missing = ", ".join(name for name, value in asked.items() if value is None)
            raise UsageError(f"A token needs {missing} too; --new-key FOLDER makes a key pair first.")
        now_s = time.time()
        minted = mint(load_private_key(key), issuer, sub, scope, audience, now_s, lifetime)
    except IssuerError as error:
        raise CommandError(str(error)) from None
    print(json.dumps({"access_token": minted, "expires_at": int(now_s) + lifetime}) if as_json else minted)
    return 0
