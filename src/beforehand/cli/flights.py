"""`beforehand flights`."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from beforehand.cli.errors import CommandError, UsageError

if TYPE_CHECKING:
    from beforehand.client.flights.result import Result
    from beforehand.client.listener import Guard
    from beforehand.client.tokens import Mint

SCOPES = ("utm.strategic_coordination",)
LIFETIME_S = 3_600
PICTURE = "flights.svg"


def flights(
    file: Annotated[Path, Parameter(help="Recorded positions: JSON or JSON.gz, as the library `traffic` ships them.")],
    *,
    url: Annotated[str, Parameter(help="The server, such as http://127.0.0.1:8080.")],
    sign_with: Annotated[
        Path,
        Parameter(help="Private RSA key (PEM) that mints the parties' tokens; the server must have its public half."),
    ],
    audience: Annotated[
        str | None, Parameter(help="The server's --audience; the host of --url if not given.", show_default=False)
    ] = None,
    issuer: Annotated[str, Parameter(help="Who issues the tokens: the claim iss.")] = "beforehand-flights",
    out: Annotated[
        Path | None,
        Parameter(help="Folder for what was declared and answered, the result and the picture.", show_default=False),
    ] = None,
    picture: Annotated[
        Path | None, Parameter(help=f"The picture (SVG); {PICTURE} in --out if not given, or here.", show_default=False)
    ] = None,
    leg_s: Annotated[int, Parameter(help="Seconds of flight in one intent, at most.")] = 60,
    begins_in: Annotated[int, Parameter(help="Minutes from now at which the day is to begin.")] = 15,
    as_json: Annotated[bool, Parameter("--json", negative=(), help="Print the result as JSON.")] = False,
) -> int:
    """Plan a recorded day of air traffic beforehand, each operator a party of its own, and say what came of it.

    Exit status 1 if accepted flights really meet, or something of an unplanned one is left behind.

    beforehand flights day.json.gz --url http://127.0.0.1:8080 --sign-with keys/token-key.pem --out day
    """
    from beforehand.client.flights.day import DayError
    from beforehand.client.flights.legs import LEG_MAX_S, LEG_MIN_S
    from beforehand.client.flights.records import FormatError

    if not LEG_MIN_S <= leg_s <= LEG_MAX_S:
        raise UsageError(f"--leg-s is {leg_s}: from {LEG_MIN_S} to {LEG_MAX_S} seconds are possible.")
    if not 1 <= begins_in <= 10_080:
        raise UsageError(f"--begins-in is {begins_in}: from 1 minute to a week (10080) is possible.")
    if not url.startswith(("http://", "https://")):
        raise UsageError(f"--url is {url!r}: it must begin with http:// or https://.")
    try:
        result = _run(file, url, sign_with, audience, issuer, out, picture, leg_s, begins_in, as_json)
    except FormatError as error:
        raise CommandError(f"{file} is refused. {error}") from None
    except DayError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(f"{error.filename or file}: {error.strerror or error}.") from None
    return 0 if result.holds else 1


def _run(
    file: Path,
    url: str,
    sign_with: Path,
    audience: str | None,
    issuer: str,
    out: Path | None,
    picture: Path | None,
    leg_s: int,
    begins_in: int,
    as_json: bool,
) -> Result:
    import contextlib

    import uvloop
    from msgspec.json import encode
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from beforehand.client.flights.day import Terms, plan_day
    from beforehand.client.flights.party import Registry
    from beforehand.client.flights.picture import picture as draw
    from beforehand.client.flights.planner import Outcome
    from beforehand.client.flights.records import FormatError, read_traffic
    from beforehand.client.flights.result import flight_lines, result_of
    from beforehand.client.flights.table import table
    from beforehand.client.flights.tracks import flights_of
    from beforehand.client.tokens import audience_of

    mint, guard = _tokens(sign_with, issuer)
    errors = Console(stderr=True)
    with errors.status("reading"):
        traffic = read_traffic(file)
        found = flights_of(traffic)
    if not found.flights:
        reasons = ", ".join(f"{reason} ({count})" for reason, count in found.unusable.most_common())
        raise FormatError(f"From record 1 to {traffic.records}, the last, none has a usable point: {reasons}.")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    unplanned = 0
    with contextlib.ExitStack() as stack:
        account = None if out is None else stack.enter_context((out / "declared.jsonl").open("wb"))
        progress = stack.enter_context(
            Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn("{task.fields[said]}"),
                console=errors,
            )
        )
        bar = progress.add_task("planning", total=len(found.flights), said="")

        def done(outcome: Outcome) -> None:
            nonlocal unplanned
            unplanned += outcome.delay_min is None
            progress.update(bar, advance=1, said=f"{unplanned} unplanned" if unplanned else "")

        registry = Registry(url, audience or audience_of(url), mint)
        day = uvloop.run(plan_day(found.flights, Terms(leg_s, begins_in), registry, guard, account, done))
    with errors.status("holding every accepted pair against each other"):
        result = result_of(file.name, traffic.records, found, day)
    if out is not None:
        with (out / "flights.jsonl").open("wb") as lines:
            lines.writelines(encode(line) + b"\n" for line in flight_lines(found, day))
        (out / "result.json").write_bytes(encode(result) + b"\n")
    drawn = picture or (out or Path()) / PICTURE
    drawn.write_text(draw(result, day), encoding="utf-8")
    if as_json:
        sys.stdout.write(encode(result).decode() + "\n")
    else:
        console = Console()
        console.print(table(result))
        console.print(f"picture: {drawn}" + ("" if out is None else f" · declared and answered: {out}"), soft_wrap=True)
    return result


def _tokens(sign_with: Path, issuer: str) -> tuple[Mint, Guard]:
    """How tokens of the parties are made, and how the listener of their peers believes them."""
    from beforehand.auth.identity import Unauthenticated
    from beforehand.auth.issuer import IssuerError, load_private_key, mint
    from beforehand.auth.keys import TokenKey, TokenKeys
    from beforehand.auth.tokens import Verifier
    from beforehand.client.listener import HOST

    try:
        key = load_private_key(sign_with)
    except IssuerError as error:
        raise CommandError(str(error)) from None
    verifier = Verifier(TokenKeys([TokenKey(key.public_key(), frozenset({"RS256"}), issuer, str(sign_with))]), [HOST])

    def make(subject: str, audience: str) -> tuple[str, float]:
        now_s = time.time()
        return mint(key, issuer, subject, SCOPES, audience, now_s, LIFETIME_S), now_s + LIFETIME_S

    def guard(authorization: str | None) -> tuple[str, frozenset[str]]:
        try:
            identity = verifier.verify(
                None if authorization is None else authorization.encode(), time.time_ns() // 1000
            )
        except Unauthenticated as error:
            raise ValueError(str(error)) from None
        return identity.subject, identity.scopes

    return make, guard
